#include "kernels/autocorrelation/incremental_sums.h"

#include "kernels/null_moments.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vigil::incremental {

ValueMoments::ValueMoments(std::span<const double> values)
{
    CompensatedSum sum;
    double least = std::numeric_limits<double>::infinity();
    double greatest = -least;
    for (const double x : values) {
        if (!std::isnan(x)) {
            require(std::isfinite(x), "a value is infinite");
            n += 1;
            sum.add(x);
            least = std::min(least, x);
            greatest = std::max(greatest, x);
        }
    }
    require(n > 0, "there are no values");
    require(least < greatest, "all {:.0f} values are equal; there is no pattern to look for", n);
    mean = sum.value() / n;
    CompensatedSum second;
    CompensatedSum fourth;
    const double scale = std::max(greatest - mean, mean - least); // so that fourth powers do not overflow
    for (const double x : values) {
        if (!std::isnan(x)) {
            const double square = (x - mean) / scale * ((x - mean) / scale);
            second.add(square);
            fourth.add(square * square);
        }
    }
    squares = second.value() * scale * scale;
    kurtosis = n * fourth.value() / (second.value() * second.value());
}

void StepSums::add(double z, double lag, std::int64_t k, bool row_standardised)
{
    const auto count = static_cast<double>(k);
    cross += row_standardised ? z * (lag / count) : z * lag;
    ++linked;
    links += k;
    links2 += count * count;
    most = std::max(most, k);
}

void StepSums::add_column(double inverse_k, double column)
{
    s1 += inverse_k * (1 + column);
    s2 += (1 + column) * (1 + column);
}

namespace {

/// Sums of the weights, as Cliff and Ord name them.
struct WeightSums {
    double s0 = 0, s1 = 0, s2 = 0;
};

double variance_of(double n, double kurtosis, const WeightSums& w)
{
    const double s02 = w.s0 * w.s0;
    const double e = -1 / (n - 1);
    const double first = n * ((n * n - 3 * n + 3) * w.s1 - n * w.s2 + 3 * s02);
    const double second = kurtosis * ((n * n - n) * w.s1 - 2 * n * w.s2 + 6 * s02);
    return (first - second) / ((n - 1) * (n - 2) * (n - 3) * s02) - e * e;
}

} // namespace

MoranStep step_of(double distance_m, std::span<const StepSums> parts, const ValueMoments& moments,
                  bool row_standardised)
{
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    CompensatedSum cross;
    CompensatedSum s1;
    CompensatedSum s2;
    CompensatedSum links2;
    std::int64_t linked = 0;
    std::int64_t links = 0;
    MoranStep step{.distance_m = distance_m,
                   .i = missing,
                   .expectation = missing,
                   .variance = missing,
                   .z = missing,
                   .p = missing};
    for (const StepSums& part : parts) {
        cross.add(part.cross);
        s1.add(part.s1);
        s2.add(part.s2);
        links2.add(part.links2);
        linked += part.linked;
        links += part.links;
        step.most_neighbours = std::max(step.most_neighbours, part.most);
    }
    const auto n = static_cast<double>(linked);
    step.islands = static_cast<std::int64_t>(moments.n) - linked;
    step.mean_neighbours = static_cast<double>(links) / moments.n;
    if (linked < 2) {
        return step;
    }
    const auto all = static_cast<double>(links);
    const WeightSums w = row_standardised ? WeightSums{n, s1.value(), s2.value()}
                                          : WeightSums{all, 2 * all, 4 * links2.value()};
    step.i = n / w.s0 * (cross.value() / moments.squares);
    step.expectation = -1 / (n - 1);
    const bool all_linked = all == n * (n - 1); // I is then its expectation, whatever the values
    if (linked >= 4 && !all_linked) {
        step.variance = variance_of(n, moments.kurtosis, w);
        if (step.variance > 0) {
            step.z = (step.i - step.expectation) / std::sqrt(step.variance);
            step.p = two_sided_p(step.z);
        }
    }
    return step;
}

void check_distances(std::span<const double> distances_m)
{
    require(!distances_m.empty() && distances_m.size() <= 1000, "{} distances; 1 to 1000 can be tried",
            distances_m.size());
    double before = 0;
    for (const double d : distances_m) {
        require(d > before && std::isfinite(d), "a distance of {} m does not follow {} m", d, before);
        before = d;
    }
}

IncrementalMoran with_peaks(std::vector<MoranStep> steps, double peak_z)
{
    IncrementalMoran result{std::move(steps), {}, {}, {}};
    const auto z = [&](std::size_t k) {
        return result.steps[k].z;
    };
    for (std::size_t k = 1; k + 1 < result.steps.size(); ++k) {
        if (z(k) > peak_z && z(k) > z(k - 1) && z(k) > z(k + 1)) {
            result.peaks.push_back(k);
        }
    }
    for (const std::size_t k : result.peaks) {
        if (!result.max_peak || z(k) > z(*result.max_peak)) {
            result.max_peak = k;
        }
    }
    if (!result.peaks.empty()) {
        result.first_peak = result.peaks.front();
    }
    return result;
}

} // namespace vigil::incremental
