#include "tools/density/bandwidth.h"

#include "tools/density/scale.h"

#include <algorithm>

namespace vigil::tools {

std::vector<double> choose_bandwidths(const DensityToolOptions& o, const Sample& all,
                                      const std::optional<Geometries>& /*mask*/, const cli::Context& context)
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
    const double h = rule_bandwidth(o.rule, o.density.shape, spread);
    context.warn("bandwidth {:.6g} m chosen by the {} rule (n = {:.6g}; sigma {:.6g} m); --bandwidth sets another", h,
                 name_of(o.rule), spread.n, sigma_of(o.density.shape, h));
    return {h};
}

} // namespace vigil::tools
