#include "kernels/autocorrelation/local_join_counts.h"

#include "kernels/autocorrelation/link_sums.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>

namespace vigil {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// A neighbourhood's sums.
struct Around {
    double weight = 0;    ///< sum w x
    std::size_t ones = 0; ///< neighbours with a 1
    std::size_t count = 0;
    double least = std::numeric_limits<double>::infinity(); ///< weight
    double greatest = -std::numeric_limits<double>::infinity();

    [[nodiscard]] bool alike() const { return least == greatest && least > 0; }
};

Around around(std::span<const double> values, const Weights& weights, std::size_t i)
{
    Around sums;
    for_links(values, weights, i, [&](std::size_t j, double w) {
        sums.weight += w * values[j];
        sums.ones += static_cast<std::size_t>(values[j] == 1);
        ++sums.count;
        sums.least = std::min(sums.least, w);
        sums.greatest = std::max(sums.greatest, w);
    });
    return sums;
}

} // namespace

std::vector<double> upper_hypergeometric(std::size_t all, std::size_t marked, std::size_t draws)
{
    const std::size_t unmarked = all - marked;
    const std::size_t first = draws > unmarked ? draws - unmarked : 0;
    const std::size_t last = std::min(draws, marked);
    const auto step = [&](std::size_t m) { // P(m + 1) / P(m)
        return static_cast<double>(marked - m) * static_cast<double>(draws - m) /
               (static_cast<double>(m + 1) * static_cast<double>(unmarked + m + 1 - draws));
    };
    // from the most likely number outwards, so that terms only fall; each is then divided by their sum
    std::vector<double> mass(draws + 1);
    std::size_t mode = first;
    while (mode < last && step(mode) > 1) {
        ++mode;
    }
    mass[mode] = 1;
    for (std::size_t m = mode; m < last; ++m) {
        mass[m + 1] = mass[m] * step(m);
    }
    for (std::size_t m = mode; m > first; --m) {
        mass[m - 1] = mass[m] / step(m - 1);
    }
    std::vector<double> tail(draws + 1);
    double sum = 0;
    for (std::size_t m = last + 1; m > first; --m) {
        tail[m - 1] = sum += mass[m - 1];
    }
    std::fill(tail.begin(), tail.begin() + static_cast<std::ptrdiff_t>(first), sum);
    std::transform(tail.begin(), tail.end(), tail.begin(), [sum](double t) { return t / sum; });
    return tail;
}

LocalJoinCounts local_join_counts(std::span<const double> values, const Weights& weights)
{
    require(values.size() == weights.size(), "{} values and {} rows of weights", values.size(),
            weights.size());
    const std::size_t n = values.size();
    std::size_t present = 0;
    std::size_t ones = 0;
    for (std::size_t i = 0; i < n; ++i) {
        require(std::isnan(values[i]) || values[i] == 0 || values[i] == 1,
                "row {}: join counts are for values that are 0 or 1", i + 1);
        present += static_cast<std::size_t>(!std::isnan(values[i]));
        ones += static_cast<std::size_t>(values[i] == 1);
    }
    std::vector<Around> all(n);
    parallel_chunks(n, 4096, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            if (!std::isnan(values[i])) {
                all[i] = around(values, weights, i);
            }
        }
    });
    LocalJoinCounts result{std::vector<double>(n, missing), std::vector<double>(n, missing),
                           std::vector<std::int32_t>(n)};
    std::map<std::size_t, std::vector<double>> tails; // by number of neighbours
    for (std::size_t i = 0; i < n; ++i) {
        const Around& a = all[i];
        result.neighbours[i] = static_cast<std::int32_t>(a.count);
        if (a.count == 0) {
            continue;
        }
        result.count[i] = values[i] * a.weight;
        if (values[i] == 1 && a.alike()) {
            auto [at, fresh] = tails.try_emplace(a.count);
            if (fresh) {
                at->second = upper_hypergeometric(present - 1, ones - 1, a.count);
            }
            result.p[i] = at->second[a.ones];
        }
    }
    return result;
}

} // namespace vigil
