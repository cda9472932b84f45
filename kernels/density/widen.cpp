#include "kernels/density/widen.h"

#include "libgeo/error.h"

#include <cmath>

namespace vigil {

std::vector<double> widened_bandwidths(KernelShape shape, std::span<const double> bandwidths_m,
                                       std::span<const double> uncertainty_m)
{
    require(bandwidths_m.size() == uncertainty_m.size(), "{} uncertainties for {} bandwidths",
            uncertainty_m.size(), bandwidths_m.size());
    std::vector<double> widened(bandwidths_m.begin(), bandwidths_m.end());
    for (std::size_t i = 0; i < widened.size(); ++i) {
        require(uncertainty_m[i] >= 0 && std::isfinite(uncertainty_m[i]),
                "incident {} has a location uncertainty that is no distance", i + 1);
        if (uncertainty_m[i] > 0) { // others keep their bandwidth to the last digit
            const double sigma = sigma_of(shape, widened[i]);
            widened[i] = bandwidth_for_sigma(shape, std::hypot(sigma, uncertainty_m[i] / 2));
        }
    }
    return widened;
}

} // namespace vigil
