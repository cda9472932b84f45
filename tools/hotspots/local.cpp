#include "tools/hotspots/local.h"

#include "kernels/autocorrelation/local_geary.h"
#include "kernels/autocorrelation/local_join_counts.h"
#include "kernels/autocorrelation/local_moran.h"
#include "kernels/null_moments.h"
#include "kernels/weights/structure.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>

namespace vigil::tools {

namespace {

template <typename Type>
std::vector<std::uint8_t> numbers_of(const std::vector<Type>& types)
{
    std::vector<std::uint8_t> numbers;
    numbers.reserve(types.size());
    for (const Type type : types) {
        numbers.push_back(static_cast<std::uint8_t>(type));
    }
    return numbers;
}

LocalResult getis_ord_result(const Units& units, std::span<const double> values, const Neighbourhood& near,
                             LocalStatistic statistic)
{
    GetisOrd found =
        getis_ord_of(units, values, near,
                     statistic == LocalStatistic::gi ? HotspotStatistic::gi : HotspotStatistic::gi_star);
    return {.statistic = statistic,
            .value = {},
            .z = std::move(found.z),
            .p = std::move(found.p),
            .neighbours = std::move(found.neighbours),
            .sum = std::move(found.sum),
            .effective = std::move(found.effective),
            .type = {}};
}

// LocalResult::sum is, for Gi* and Gi, the weighted sum over the neighbours (itself included for Gi*); for
// local Moran and join counts the plain sum over the others; for Geary that of the squared differences.

/// Lists as the statistic weighs them.
Weights weighing(const Units& units, const Neighbourhood& near, const HotspotOptions& o)
{
    Weights lists = lists_of(near, units);
    return o.row_standardise ? row_standardised(std::move(lists)) : lists;
}

LocalResult moran_result(std::span<const double> values, const Weights& plain, const Weights& weighted)
{
    LocalMoran found = local_moran(values, weighted);
    NeighbourSums sums = neighbour_sums(values, plain);
    return {.statistic = LocalStatistic::moran,
            .value = std::move(found.value),
            .z = std::move(found.z),
            .p = std::move(found.p),
            .neighbours = std::move(found.neighbours),
            .sum = std::move(sums.sums),
            .effective = {},
            .type = numbers_of(found.quadrant)};
}

/// What permutation compares: the sum of squared differences from all neighbours.
std::vector<double> squared_differences(std::span<const double> values, const Weights& plain)
{
    std::vector<double> sums(values.size(), std::nan(""));
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isnan(values[i])) {
            double sum = 0;
            for (const std::uint32_t j : plain.neighbours(i)) {
                const double apart = values[i] - values[j];
                sum += j != i && !std::isnan(apart) ? apart * apart : 0;
            }
            sums[i] = sum;
        }
    }
    return sums;
}

LocalResult geary_result(std::span<const double> values, const Weights& plain, const Weights& weighted)
{
    LocalGeary found = local_geary(values, weighted);
    return {.statistic = LocalStatistic::geary,
            .value = std::move(found.value),
            .z = std::move(found.z),
            .p = std::move(found.p),
            .neighbours = std::move(found.neighbours),
            .sum = squared_differences(values, plain),
            .effective = {},
            .type = numbers_of(found.type)};
}

LocalResult join_count_result(std::span<const double> values, const Weights& plain)
{
    for (const double x : values) {
        require(std::isnan(x) || x == 0 || x == 1,
                "join counts need values that are 0 or 1 (nothing or something); these hold others");
    }
    LocalJoinCounts found = local_join_counts(values, plain);
    NeighbourSums sums = neighbour_sums(values, plain);
    return {.statistic = LocalStatistic::join_count,
            .value = std::move(found.count),
            .z = {},
            .p = std::move(found.p),
            .neighbours = std::move(found.neighbours),
            .sum = std::move(sums.sums),
            .effective = {},
            .type = {}};
}

/// An island resembles nobody: it has no p.
void blank_islands(LocalResult& local, std::span<const double> values)
{
    if (!differ(values)) {
        return; // nobody stands out
    }
    const std::int32_t self = local.statistic == LocalStatistic::gi_star ? 1 : 0;
    for (std::size_t i = 0; i < local.p.size(); ++i) {
        if (local.neighbours[i] <= self) {
            local.p[i] = std::nan("");
        }
    }
}

LocalResult statistic_of(const Units& units, std::span<const double> values, const Neighbourhood& near,
                         const HotspotOptions& options)
{
    switch (options.statistic) {
    case LocalStatistic::moran:
        return moran_result(values, lists_of(near, units), weighing(units, near, options));
    case LocalStatistic::geary:
        return geary_result(values, lists_of(near, units), weighing(units, near, options));
    case LocalStatistic::join_count:
        return join_count_result(values, lists_of(near, units));
    case LocalStatistic::gi_star:
    case LocalStatistic::gi:
        break;
    }
    return getis_ord_result(units, values, near, options.statistic);
}

} // namespace

bool differ(std::span<const double> values)
{
    double first = std::nan("");
    return std::any_of(values.begin(), values.end(), [&](double x) {
        first = std::isnan(first) ? x : first;
        return x != first && !std::isnan(x);
    });
}

LocalResult local_of(const Units& units, std::span<const double> values, const Neighbourhood& near,
                     const HotspotOptions& options)
{
    LocalResult local = statistic_of(units, values, near, options);
    blank_islands(local, values);
    return local;
}

const char* type_name(LocalStatistic statistic, std::uint8_t type)
{
    const bool geary = statistic == LocalStatistic::geary;
    switch (type) {
    case 1:
        return "HH";
    case 2:
        return "LL";
    case 3:
        return geary ? "positive" : "LH";
    case 4:
        return geary ? "negative" : "HL";
    default:
        return "";
    }
}

} // namespace vigil::tools
