#include "tools/density/curve_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vigil::tools {

namespace {

constexpr double width = 640, height = 400, left = 90, right = 20, top = 40, bottom = 60;

/// Places of sigma and value in the picture.
struct Axes {
    double low_x = 0, high_x = 1, low_y = 0, high_y = 1;

    [[nodiscard]] double x(double sigma_m) const
    {
        return left + (std::log(sigma_m) - low_x) / (high_x - low_x) * (width - left - right);
    }
    [[nodiscard]] double y(double value) const
    {
        return height - bottom - (value - low_y) / (high_y - low_y) * (height - top - bottom);
    }
};

/// The middle of the values decides the range: towards both ends criteria run off by powers of ten.
Axes axes_of(const BandwidthCurve& curve)
{
    std::vector<double> values;
    std::copy_if(curve.value.begin(), curve.value.end(), std::back_inserter(values),
                 [](double v) { return std::isfinite(v); });
    std::sort(values.begin(), values.end());
    Axes axes{std::log(curve.sigma_m.front()), std::log(curve.sigma_m.back()), 0, 1};
    if (values.empty()) {
        return axes;
    }
    const bool seeks_high = curve.chosen_value >= values.back();
    const double middle = values[values.size() / 2];
    axes.low_y = seeks_high ? 2 * middle - curve.chosen_value : curve.chosen_value;
    axes.high_y = seeks_high ? curve.chosen_value : 2 * middle - curve.chosen_value;
    const double margin =
        std::fmax((axes.high_y - axes.low_y) * 0.06, std::fabs(axes.high_y) * 1e-9 + 1e-300);
    axes.low_y -= margin;
    axes.high_y += margin;
    return axes;
}

std::string text(double x, double y, const char* anchor, const std::string& words)
{
    return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor, words);
}

std::string ticks(const Axes& axes)
{
    std::string out;
    for (double power = std::floor(axes.low_x / std::log(10.0)); power <= axes.high_x / std::log(10.0);
         power += 1) {
        for (const double digit : {1.0, 2.0, 5.0}) {
            const double sigma_m = digit * std::pow(10.0, power);
            if (std::log(sigma_m) >= axes.low_x && std::log(sigma_m) <= axes.high_x) {
                const double x = axes.x(sigma_m);
                out += fmt::format("<path d=\"M{:.1f} {}V{}\" stroke=\"#ddd\"/>\n", x, top, height - bottom);
                out += text(x, height - bottom + 18, "middle", fmt::format("{:g}", sigma_m));
            }
        }
    }
    for (int i = 0; i <= 4; ++i) {
        const double value = axes.low_y + (axes.high_y - axes.low_y) * i / 4;
        out += text(left - 8, axes.y(value) + 4, "end", fmt::format("{:.4g}", value));
    }
    return out;
}

} // namespace

std::string curve_picture(const BandwidthCurve& curve)
{
    const Axes axes = axes_of(curve);
    std::string line;
    for (std::size_t i = 0; i < curve.sigma_m.size(); ++i) {
        if (std::isfinite(curve.value[i])) {
            const double y = std::clamp(axes.y(curve.value[i]), top, height - bottom);
            line += fmt::format("{}{:.2f} {:.2f}", line.empty() ? "M" : "L", axes.x(curve.sigma_m[i]), y);
        }
    }
    std::string svg = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
        "font-family=\"DejaVu Sans, sans-serif\" font-size=\"12\">\n"
        "<rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>\n",
        width, height);
    svg += ticks(axes);
    svg += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"#225ea8\" stroke-width=\"2\"/>\n", line);
    const double x = axes.x(curve.chosen_sigma_m);
    svg += fmt::format("<path d=\"M{0:.1f} {1}V{2}\" stroke=\"#b0142a\" stroke-dasharray=\"4 3\"/>\n"
                       "<circle cx=\"{0:.1f}\" cy=\"{3:.1f}\" r=\"4\" fill=\"#b0142a\"/>\n",
                       x, top, height - bottom, axes.y(curve.chosen_value));
    svg += text(left, 24, "start",
                fmt::format("{}: sigma {:.4g} m chosen", curve.criterion, curve.chosen_sigma_m));
    svg += text((left + width - right) / 2, height - 16, "middle",
                "sigma, m (values off the picture lie on its border)");
    return svg + "</svg>\n";
}

} // namespace vigil::tools
