#include "tools/density/bandwidth.h"

#include "libgeo/error.h"
#include "tools/curve.h"
#include "tools/density/curve_picture.h"
#include "tools/density/scale.h"

#include <algorithm>

namespace vigil::tools {

namespace {

/// The curve as CSV, and beside it as a picture.
void write_curve(const DensityToolOptions& o, const BandwidthCurve& curve)
{
    std::string csv = "sigma_m,bandwidth_m,value,chosen\n";
    const auto row = [&](double sigma_m, double value, int chosen) {
        csv += fmt::format("{:.9g},{:.9g},{:.12g},{}\n", sigma_m,
                           bandwidth_for_sigma(o.density.shape, sigma_m), value, chosen);
    };
    for (std::size_t i = 0; i < curve.sigma_m.size(); ++i) {
        row(curve.sigma_m[i], curve.value[i], 0);
    }
    row(curve.chosen_sigma_m, curve.chosen_value, 1);
    write_curve_files(o.bandwidth_curve, csv, curve_picture(curve), o.write.overwrite);
}

double by_criterion(const DensityToolOptions& o, const Sample& all, const std::optional<Geometries>& mask,
                    const cli::Context& context)
{
    SelectionOptions options;
    if (!o.extent.empty()) {
        options.window = {o.extent[0], o.extent[1], o.extent[2], o.extent[3]};
    } else if (mask) {
        options.window = bounding_box(mask->xy);
    }
    const BandwidthCurve curve =
        bandwidth_curve(*criterion_of(o.rule), all.xy, all.weight, options, context.progress);
    if (!o.bandwidth_curve.empty()) {
        write_curve(o, curve);
    }
    if (curve.at_edge) {
        context.warn(
            "the {} criterion is best at the end of its range, sigma {:.6g} m: the data do not settle the "
            "bandwidth; look at --bandwidth-curve, or use another --rule",
            curve.criterion, curve.chosen_sigma_m);
    }
    return curve.chosen_sigma_m;
}

} // namespace

std::vector<double> choose_bandwidths(const DensityToolOptions& o, const Sample& all,
                                      const std::optional<Geometries>& mask, const cli::Context& context)
{
    if (!all.radius_m.empty()) {
        return {*std::max_element(all.radius_m.begin(), all.radius_m.end())};
    }
    if (!o.bandwidths_m.empty()) {
        std::vector<double> given;
        for (const double h : o.bandwidths_m) {
            given.push_back(matched_bandwidth(o, h));
        }
        return given;
    }
    const Spread spread = spread_of(all.xy, all.weight);
    const double sigma_m =
        criterion_of(o.rule) ? by_criterion(o, all, mask, context) : rule_sigma(o.rule, spread);
    const double h = bandwidth_for_sigma(o.density.shape, sigma_m);
    context.warn(
        "bandwidth {:.6g} m chosen by the {} rule (n = {:.6g}), sigma {:.6g} m; --bandwidth sets another", h,
        name_of(o.rule), spread.n, sigma_m);
    return {h};
}

} // namespace vigil::tools
