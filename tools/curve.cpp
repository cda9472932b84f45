#include "tools/curve.h"

#include "libgeo/io/block_file.h"
#include "libgeo/io/output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vigil::tools {

namespace {

constexpr double width = 640, height = 400, left = 90, right = 20, top = 40, bottom = 60;

/// Places of points in the picture.
class Axes {
  public:
    explicit Axes(const Curve& curve)
        : log_(curve.log_x), low_x_(along(curve.x.front())), high_x_(along(curve.x.back())),
          low_y_(curve.low_y), high_y_(curve.high_y)
    {
        high_x_ = high_x_ > low_x_ ? high_x_ : low_x_ + 1;
        high_y_ = high_y_ > low_y_ ? high_y_ : low_y_ + 1;
    }
    [[nodiscard]] double x(double value) const
    {
        return left + (along(value) - low_x_) / (high_x_ - low_x_) * (width - left - right);
    }
    [[nodiscard]] double y(double value) const
    {
        const double at = height - bottom - (value - low_y_) / (high_y_ - low_y_) * (height - top - bottom);
        return std::clamp(at, top, height - bottom);
    }
    /// Round numbers along the axis.
    [[nodiscard]] std::vector<double> x_ticks() const
    {
        std::vector<double> ticks;
        if (log_) {
            for (double power = std::floor(low_x_); power <= high_x_; power += 1) {
                for (const double digit : {1.0, 2.0, 5.0}) {
                    add(ticks, digit * std::pow(10.0, power));
                }
            }
            return ticks;
        }
        const double rough = (high_x_ - low_x_) / 6;
        const double power = std::pow(10.0, std::floor(std::log10(rough)));
        const double step = rough > 5 * power ? 10 * power : rough > 2 * power ? 5 * power : 2 * power;
        for (double k = std::ceil(low_x_ / step); k * step <= high_x_; k += 1) {
            add(ticks, k * step);
        }
        return ticks;
    }
    [[nodiscard]] double y_tick(int i) const { return low_y_ + (high_y_ - low_y_) * i / 4; }

  private:
    [[nodiscard]] double along(double value) const { return log_ ? std::log10(value) : value; }
    void add(std::vector<double>& ticks, double value) const
    {
        if (along(value) >= low_x_ && along(value) <= high_x_) {
            ticks.push_back(value);
        }
    }

    bool log_;
    double low_x_, high_x_, low_y_, high_y_;
};

std::string text(double x, double y, const char* anchor, const std::string& words)
{
    return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor, words);
}

std::string ticks(const Axes& axes)
{
    std::string out;
    for (const double value : axes.x_ticks()) {
        const double x = axes.x(value);
        out += fmt::format("<path d=\"M{:.1f} {}V{}\" stroke=\"#ddd\"/>\n", x, top, height - bottom);
        out += text(x, height - bottom + 18, "middle", fmt::format("{:g}", value));
    }
    for (int i = 0; i <= 4; ++i) {
        const double value = axes.y_tick(i);
        out += text(left - 8, axes.y(value) + 4, "end", fmt::format("{:.4g}", value));
    }
    return out;
}

std::string line(const Curve& curve, const Axes& axes)
{
    std::string path;
    std::string dots;
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
        if (std::isfinite(curve.y[i])) {
            const double x = axes.x(curve.x[i]);
            const double y = axes.y(curve.y[i]);
            path += fmt::format("{}{:.2f} {:.2f}", path.empty() ? "M" : "L", x, y);
            if (std::find(curve.dots.begin(), curve.dots.end(), i) != curve.dots.end()) {
                dots += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" fill=\"#225ea8\"/>\n", x, y);
            }
        }
    }
    return fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"#225ea8\" stroke-width=\"2\"/>\n", path) + dots;
}

} // namespace

std::string curve_picture(const Curve& curve)
{
    const Axes axes(curve);
    std::string svg = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
        "font-family=\"DejaVu Sans, sans-serif\" font-size=\"12\">\n"
        "<rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>\n",
        width, height);
    svg += ticks(axes) + line(curve, axes);
    const double x = axes.x(curve.chosen_x);
    svg += fmt::format("<path d=\"M{0:.1f} {1}V{2}\" stroke=\"#b0142a\" stroke-dasharray=\"4 3\"/>\n"
                       "<circle cx=\"{0:.1f}\" cy=\"{3:.1f}\" r=\"4\" fill=\"#b0142a\"/>\n",
                       x, top, height - bottom, axes.y(curve.chosen_y));
    svg += text(left, 24, "start", curve.title);
    svg += text((left + width - right) / 2, height - 16, "middle", curve.x_label);
    return svg + "</svg>\n";
}

void write_curve_files(const std::string& path, const std::string& csv, const std::string& svg,
                       bool overwrite)
{
    io::PendingOutput output(path, overwrite);
    io::write_text(output.file(), path, csv);
    if (!output.to_stream()) {
        io::write_text(output.sidecar(".svg"), path, svg);
    }
    output.commit();
}

} // namespace vigil::tools
