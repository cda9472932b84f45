#include "tools/density/curve_picture.h"

#include "tools/curve.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vigil::tools {

namespace {

/// The middle of the values decides the range: towards both ends criteria run off by powers of ten.
void set_range(Curve& picture)
{
    std::vector<double> values;
    std::copy_if(picture.y.begin(), picture.y.end(), std::back_inserter(values),
                 [](double v) { return std::isfinite(v); });
    std::sort(values.begin(), values.end());
    if (values.empty()) {
        return;
    }
    const bool seeks_high = picture.chosen_y >= values.back();
    const double middle = values[values.size() / 2];
    picture.low_y = seeks_high ? 2 * middle - picture.chosen_y : picture.chosen_y;
    picture.high_y = seeks_high ? picture.chosen_y : 2 * middle - picture.chosen_y;
    const double margin =
        std::fmax((picture.high_y - picture.low_y) * 0.06, std::fabs(picture.high_y) * 1e-9 + 1e-300);
    picture.low_y -= margin;
    picture.high_y += margin;
}

} // namespace

std::string curve_picture(const BandwidthCurve& curve)
{
    Curve picture{
        .x = curve.sigma_m,
        .y = curve.value,
        .log_x = true,
        .chosen_x = curve.chosen_sigma_m,
        .chosen_y = curve.chosen_value,
        .dots = {},
        .title = fmt::format("{}: sigma {:.4g} m chosen", curve.criterion, curve.chosen_sigma_m),
        .x_label = "sigma, m (values off the picture lie on its border)",
    };
    set_range(picture);
    return curve_picture(picture);
}

} // namespace vigil::tools
