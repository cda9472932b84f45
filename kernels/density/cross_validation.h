#pragma once

#include "kernels/places.h"
#include "libgeo/plane.h"
#include "libgeo/progress.h"

#include <cstddef>
#include <span>
#include <vector>

namespace vigil {

/// What a bandwidth is judged by. Each is defined for the Gaussian kernel phi_s of standard deviation s;
/// another kernel takes the bandwidth of equal sigma (bandwidth_for_sigma). Places k have weight w_k, N = sum
/// w_k, and f(k) = sum_j w_j phi_s(k - j), f_-k = f(k) - a_k phi_s(0), a_k the weight that is left out (see
/// LeaveOut).
///
///     likelihood_cv        max of sum_k w_k log f_-k(k)
///     least_squares_cv     min of N^-2 sum_jk w_j w_k phi_{sqrt2 s}(j - k)
///                             - 2/N sum_k w_k f_-k(k) / (N - a_k)
///     cronie_van_lieshout  min of (|W| - sum_k w_k / f(k))^2, the place itself in f, no edge correction
///     berman_diggle        min of the mean square error M(2 s), see BermanDiggle in berman_diggle.h
///
/// source   Silverman (1986), 3.4.3, 3.4.4; Cronie and van Lieshout (2018), Biometrika 105, 455-462;
///          Berman and Diggle (1989), JRSS B 51, 81-92
enum class BandwidthCriterion { likelihood_cv, least_squares_cv, cronie_van_lieshout, berman_diggle };

/// "likelihood-cv", "least-squares-cv", "cronie-van-lieshout", "berman-diggle"
const char* name_of(BandwidthCriterion criterion);

/// What is left out where an incident must not vouch for itself. A weight is a count in either case.
enum class LeaveOut {
    place,    ///< all at its place, a_k = w_k: geocoded addresses repeat, and repeats would draw sigma to 0
    incident, ///< one incident, a_k = min(w_k, 1): what spatstat and sparr do
};

/// a_k
double left_out_weight(const Place& place, LeaveOut leave_out);

struct SelectionOptions {
    Box window = {};    ///< where incidents were recorded; empty: their bounding box
    double area_m2 = 0; ///< |W| for cronie_van_lieshout, if not all of the window; 0: all of it
    LeaveOut leave_out = LeaveOut::place;
    double precision_m = 0; ///< precision of the coordinates: no sigma below it is tried
    double min_sigma_m = 0; ///< 0: half the median distance to the nearest other place
    double max_sigma_m = 0; ///< 0: half the diagonal of the window
    std::size_t steps = 40; ///< values on the curve, >= 3
};

/// A criterion over the bandwidth.
struct BandwidthCurve {
    const char* criterion = "";
    std::vector<double> sigma_m; ///< ascending, logarithmically spaced
    std::vector<double> value;   ///< of the criterion at each
    double chosen_sigma_m = 0;   ///< the optimum, refined between its neighbours on the curve
    double chosen_value = 0;
    bool at_edge = false; ///< the best is the first or last on the curve: the data do not settle it
};

/// The criterion at one sigma.
double criterion_value(BandwidthCriterion criterion, std::span<const Place> places, double sigma_m,
                       const SelectionOptions& options);

/// The curve of a criterion and its optimum: the best of `steps` values, then golden section and parabolas
/// (Brent) in log sigma between its neighbours to 1e-4. Berman-Diggle: see berman_diggle.h for its range.
/// Coordinates are metres; the result depends neither on the order of the rows nor on the threads.
///
/// throws   Error as merged_places; incidents in fewer than 2 places; an option out of range
/// cost     steps + about 10 evaluations of gaussian_at at all places
BandwidthCurve bandwidth_curve(BandwidthCriterion criterion, std::span<const XY> points,
                               std::span<const double> weights, const SelectionOptions& options = {},
                               const Progress& progress = {});

} // namespace vigil
