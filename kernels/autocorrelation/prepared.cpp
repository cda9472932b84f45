#include "kernels/autocorrelation/prepared.h"

namespace vigil {

Prepared prepared(std::span<const double> values, const Weights& weights, Islands islands)
{
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    constexpr NullTest unknown{missing, missing, missing, missing, missing, missing};
    Prepared p;
    p.result = {missing, unknown, unknown, 0, 0, 0};
    p.links = link_sums(values, weights);
    if (islands == Islands::drop && p.links.linked < p.links.features) {
        std::vector<double> linked(values.begin(), values.end());
        for (std::size_t i = 0; i < linked.size(); ++i) {
            linked[i] = p.links.is_linked[i] ? linked[i] : missing;
        }
        p.values = centred_values(linked);
    } else {
        p.values = centred_values(values);
    }
    p.result.features = islands == Islands::keep ? p.links.features : p.links.linked;
    p.result.islands = p.links.features - p.links.linked;
    p.result.links = p.links.links;
    p.n = static_cast<double>(p.result.features);
    return p;
}

} // namespace vigil
