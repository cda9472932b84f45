#pragma once

#include "libgeo/plane.h"
#include "libgeo/progress.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

struct CoverageOptions {
    std::int64_t max_circles = 200;
    std::vector<double> radii_m = {1000}; ///< allowed radii, metres; each > 0
    double cost_per_km2 = 0;              ///< weight that a circle must bring for each km2 of its area; >= 0
    std::int64_t min_count = 1;           ///< a circle must add at least this many incidents; >= 1
    double stand_off_m = 0;               ///< no centre this near to a place; 0: centres may lie anywhere
    int relocation_rounds = 20;           ///< at most; each moves every circle to where it adds most
    int bound_rounds = 6;                 ///< work spent on tightening the bound; 0: none
};

/// A chosen circle, in order of what it adds.
struct CoverageCircle {
    XY centre;
    double radius_m = 0;
    double gain = 0;             ///< weight that no earlier circle covers
    double covered = 0;          ///< weight inside, also when an earlier circle covers it
    std::int64_t gain_count = 0; ///< incidents that no earlier circle covers
};

struct Coverage {
    std::vector<CoverageCircle> circles;
    double total = 0;            ///< weight of all places
    double value = 0;            ///< weight covered less the circles' cost
    std::int64_t beyond = 0;     ///< incidents outside every circle that min_count and stand_off_m allow
    std::vector<double> at_most; ///< max_circles values: no list of k+1 circles has a higher value
};

/// Centres for at most N circles that cover the most weight (maximum coverage).
///
///     maximise  sum of w_i over the places inside any circle  -  cost * sum of the circles' areas
///
/// Candidate centres form a fixed lattice of pitch r/8 for each radius r. Lazy greedy choice, then each
/// circle in turn is lifted and put where it adds most until nothing improves, then centred on what it alone
/// covers. Weights are summed as integers (quantum 2^-60 of n * max w), ties go to the smaller radius and the
/// south-western block, so the answer depends on neither the order of the places nor the threads.
/// With one radius and no cost the greedy start covers at least 1 - 1/e = 63 % of the optimum;
/// `at_most` says how near this one is: a Lagrangian bound over the same candidates.
///
/// places   n places, metres; equal ones are merged
/// weights  n values >= 0, or empty for all 1
/// counts   n numbers of incidents >= 0 that each place stands for, or empty for all 1
/// returns  circles by falling gain; fewer than asked when no candidate adds value and min_count incidents
/// throws   Error if a size differs, a value is negative or not finite, or an option is out of its range
/// cost     O(n * radii) time for each round, memory as coverage_bytes says
/// source   Church & ReVelle (1974), Pap. Reg. Sci. 32, 101-118; Minoux (1978), Optim. Tech. 7, 234-243;
///          Nemhauser, Wolsey & Fisher (1978), Math. Program. 14, 265-294; Fisher (1981), Manag. Sci. 27,
///          1-18
Coverage max_coverage(std::span<const XY> places, std::span<const double> weights,
                      std::span<const std::int64_t> counts, const CoverageOptions& options = {},
                      const Progress& progress = {});

/// Weight per km2 of the area within `radius_m` of any place: what a circle put anywhere near reaches on
/// average, and so the cost_per_km2 above which a larger radius has to earn its area.
///
/// throws   Error as max_coverage; 0 when there are no places
double mean_density_per_km2(std::span<const XY> places, std::span<const double> weights, double radius_m);

/// An upper estimate of the memory that max_coverage takes, in bytes.
double coverage_bytes(std::span<const XY> places, std::span<const double> radii_m);

} // namespace vigil
