#include "libgeo/style_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace vigil {

namespace {

std::vector<double> finite_sorted(std::span<const double> values)
{
    std::vector<double> kept;
    std::copy_if(values.begin(), values.end(), std::back_inserter(kept),
                 [](double v) { return std::isfinite(v); });
    std::sort(kept.begin(), kept.end());
    return kept;
}

double power_of_ten(double value)
{
    return std::pow(10, std::floor(std::log10(value)));
}

/// A multiple of `step`, free of the noise that multiplying by 0.1 leaves.
double multiple(double count, double step)
{
    return step < 1 ? count / std::round(1 / step) : count * step;
}

std::uint8_t mix(std::uint8_t a, std::uint8_t b, double fraction)
{
    return static_cast<std::uint8_t>(std::lround(a + (b - a) * fraction));
}

} // namespace

double round_step(double length, int most)
{
    const double raw = length / most;
    const double power = power_of_ten(raw);
    for (const double digit : {1.0, 2.0, 2.5, 5.0}) {
        if (digit * power >= raw * (1 - 1e-9)) {
            return digit * power;
        }
    }
    return 10 * power;
}

std::vector<double> round_stops(std::span<const double> values, int most)
{
    double largest = 0;
    for (const double v : values) {
        if (std::isfinite(v)) {
            largest = std::max(largest, v);
        }
    }
    if (largest < std::numeric_limits<double>::min() || largest > 1e300) {
        return {0, 1};
    }
    const double step = round_step(largest, most);
    const int steps = std::max(1, static_cast<int>(std::ceil(largest / step * (1 - 1e-9))));
    std::vector<double> stops;
    for (int i = 0; i <= steps; ++i) {
        stops.push_back(multiple(i, step));
    }
    return stops;
}

std::vector<double> symmetric_stops(std::span<const double> values, int most)
{
    std::vector<double> sizes;
    std::transform(values.begin(), values.end(), std::back_inserter(sizes),
                   [](double v) { return std::fabs(v); });
    const std::vector<double> above = round_stops(sizes, most / 2);
    std::vector<double> stops;
    for (std::size_t i = above.size() - 1; i > 0; --i) {
        stops.push_back(-above[i]);
    }
    stops.insert(stops.end(), above.begin(), above.end());
    return stops;
}

std::vector<double> quantile_bounds(std::span<const double> values, int classes)
{
    const std::vector<double> sorted = finite_sorted(values);
    if (sorted.empty()) {
        return {0, 1};
    }
    const double spread = sorted.back() - sorted.front();
    if (!(spread > 0) || !std::isfinite(spread)) {
        return {sorted.front()};
    }
    const double step = power_of_ten(spread) / 10;
    std::vector<double> bounds{multiple(std::floor(sorted.front() / step), step)};
    for (int i = 1; i < classes; ++i) {
        const auto at = static_cast<std::size_t>(i) * (sorted.size() - 1) / static_cast<std::size_t>(classes);
        bounds.push_back(multiple(std::round(sorted[at] / step), step));
    }
    bounds.push_back(multiple(std::ceil(sorted.back() / step), step));
    bounds.erase(std::unique(bounds.begin(), bounds.end()), bounds.end());
    return bounds;
}

Colour palette_colour(std::span<const Colour> palette, double fraction)
{
    const double at = std::clamp(fraction, 0.0, 1.0) * static_cast<double>(palette.size() - 1);
    const auto below = std::min(static_cast<std::size_t>(at), palette.size() - 1);
    const Colour a = palette[below];
    const Colour b = palette[std::min(below + 1, palette.size() - 1)];
    const double part = at - static_cast<double>(below);
    return {mix(a.red, b.red, part), mix(a.green, b.green, part), mix(a.blue, b.blue, part),
            mix(a.alpha, b.alpha, part)};
}

std::string legend_number(double value)
{
    std::string text = fmt::format("{:.6g}", value == 0 ? 0.0 : value);
    const std::size_t whole = std::min(text.find('.'), text.size());
    const std::size_t first = text.starts_with('-') ? 1 : 0;
    if (text.find('e') != std::string::npos || whole - first < 5) {
        return text;
    }
    for (std::size_t at = whole - 3; at > first && at < text.size(); at -= 3) {
        text.insert(at, "\u202f"); // narrow no-break space
        if (at < first + 4) {
            break;
        }
    }
    return text;
}

} // namespace vigil
