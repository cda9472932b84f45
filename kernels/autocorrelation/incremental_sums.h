#pragma once

#include "kernels/autocorrelation/incremental.h"
#include "kernels/compensated_sum.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vigil::incremental {

/// Moments of the values that take part.
struct ValueMoments {
    double n = 0;
    double mean = 0;
    double squares = 0;  ///< sum (x - mean)^2
    double kurtosis = 0; ///< n sum (x - mean)^4 / squares^2

    /// throws   Error when a value is infinite or all are equal
    explicit ValueMoments(std::span<const double> values);
};

/// What a run of features adds to the sums of one distance.
struct StepSums {
    double cross = 0;        ///< sum_i z_i sum_j w_ij z_j
    double s1 = 0;           ///< sum_i (1 + column sum) / k_i: S1 of rows that add up to 1
    double s2 = 0;           ///< sum_i (1 + column sum)^2: S2 of such rows
    std::int64_t linked = 0; ///< features with a neighbour
    std::int64_t links = 0;
    double links2 = 0; ///< sum k^2
    std::int64_t most = 0;

    /// A feature with k > 0 neighbours whose centred values add up to `lag`.
    void add(double z, double lag, std::int64_t k, bool row_standardised);
    /// The column sum of a feature, each of its k > 0 neighbours j giving 1 / k_j.
    void add_column(double inverse_k, double column);
};

/// Adds up the parts of one distance in their order, and turns them into a step.
MoranStep step_of(double distance_m, std::span<const StepSums> parts, const ValueMoments& moments,
                  bool row_standardised);

/// throws   Error unless the distances are ascending, positive, finite, and at most 1000
void check_distances(std::span<const double> distances_m);

/// Fills in the peaks.
IncrementalMoran with_peaks(std::vector<MoranStep> steps, double peak_z);

} // namespace vigil::incremental
