#pragma once

#include "kernels/density/cross_validation.h"
#include "kernels/kernel_shape.h"
#include "libgeo/plane.h"
#include "libgeo/progress.h"

#include <optional>
#include <span>

namespace vigil {

/// Ways to choose a bandwidth from the data.
enum class BandwidthRule {
    arcgis,              ///< search radius of a quartic kernel, robust against stray incidents
    scott,               ///< sigma for data like one normal cloud
    normal_scale,        ///< scott with the smaller of standard deviation and scaled interquartile range
    oversmoothing,       ///< the smoothest that any cloud of that spread could ask for: an upper bound
    berman_diggle,       ///< least mean square error of the intensity, if incidents come in clusters
    likelihood_cv,       ///< where left-out incidents are most likely
    least_squares_cv,    ///< least integrated square error
    cronie_van_lieshout, ///< where inverse densities add up to the area
};

/// All of them, in the order above.
std::span<const BandwidthRule> bandwidth_rules();

/// "arcgis", "scott", "normal-scale", "oversmoothing", or the name of the criterion
const char* name_of(BandwidthRule rule);

/// The criterion a rule finds the best of; none for a rule that is a formula on the spread.
std::optional<BandwidthCriterion> criterion_of(BandwidthRule rule);

/// How far weighted points lie from each other. A weight is a count: it counts that many times.
struct Spread {
    double n = 0;                 ///< sum of weights
    XY mean;                      ///< metres
    double standard_distance = 0; ///< sqrt(sum w d^2 / n), d = distance to the mean
    double median_distance = 0;   ///< least d such that half of the weight lies within d
    double sd_x = 0, sd_y = 0;    ///< sqrt(sum w (x - mean)^2 / (n - 1))
    double iqr_x = 0, iqr_y = 0;  ///< interquartile ranges, quartiles as for median_distance
};

/// throws   Error as merged_places
Spread spread_of(std::span<const XY> points, std::span<const double> weights = {});

/// The standard deviation (see sigma_of) a rule gives, metres:
///
///     arcgis        h = 0.9 min(SD, sqrt(1 / ln 2) Dm) n^(-1/5), sigma = h / sqrt(8)
///     scott         sqrt(sd_x sd_y) n^(-1/6)
///     normal_scale  min((sd_x + sd_y) / 2, (iqr_x + iqr_y) / 2 / 1.34) n^(-1/6)
///     oversmoothing (2 R / (n V))^(1/6) of the same min, R = 1 / (4 pi), V = 16 Gamma(5) 8 / (10^4 pi):
///                   normal_scale times 1.0845
///
/// A robust measure that is 0, since more than half of the weight is in one place, is left out.
///
/// throws   Error when all incidents are in one place, or the rule has a criterion: that needs the points
/// source   Esri, "How Kernel Density works"; Scott (1992), Multivariate Density Estimation, 6.42;
///          Silverman (1986), 3.28 and 4.14; Terrell (1990), JASA 85, 470-477
double rule_sigma(BandwidthRule rule, const Spread& spread);

/// The same for any rule: by its formula, or as chosen_sigma_m of bandwidth_curve().
double rule_sigma(BandwidthRule rule, std::span<const XY> points, std::span<const double> weights,
                  const SelectionOptions& options = {}, const Progress& progress = {});

/// The bandwidth of a kernel by a rule: bandwidth_for_sigma(shape, rule_sigma(rule, spread)).
double rule_bandwidth(BandwidthRule rule, KernelShape shape, const Spread& spread);

} // namespace vigil
