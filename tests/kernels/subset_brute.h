#pragma once

#include "kernels/inference/subset_tail.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <vector>

/// Subsets counted one member after the other, and neighbourhoods to ask about.
namespace vigil::test {

using vigil::SubsetTails;
using vigil::TailMethod;

inline constexpr double none = std::numeric_limits<double>::quiet_NaN();

struct Questions {
    std::vector<double> values;
    std::vector<std::int32_t> neighbours;
    std::vector<double> sums;
};

inline SubsetTails tails(const Questions& q, double work_limit = 2e8)
{
    return vigil::subset_tails(q.values, q.neighbours, q.sums, {.work_limit = work_limit});
}

/// Each feature has `draws` neighbours picked at random among the others, by random draws from
/// `item` on.
inline Questions random_neighbours(std::vector<double> values, const std::vector<std::int32_t>& draws,
                                   std::uint64_t seed)
{
    Questions q{std::move(values), {}, {}};
    const std::size_t n = q.values.size();
    for (std::size_t i = 0; i < n; ++i) {
        const vigil::Random random(seed, i);
        std::vector<std::size_t> others;
        for (std::size_t j = 0; j < n; ++j) {
            if (j != i) {
                others.push_back(j);
            }
        }
        const std::int32_t k = draws[i % draws.size()];
        double sum = 0;
        for (std::int32_t d = 0; d < k; ++d) {
            const auto left = others.size() - static_cast<std::size_t>(d);
            const auto pick = static_cast<std::size_t>(random.uniform(static_cast<std::uint64_t>(d)) *
                                                       static_cast<double>(left));
            sum += q.values[others[pick]];
            std::swap(others[pick], others[left - 1]);
        }
        q.neighbours.push_back(k);
        q.sums.push_back(sum);
    }
    return q;
}

/// Numbers of subsets of the others by sum, one member after the other: ways[k][s], exact below
/// 2^64.
using Ways = std::vector<std::map<double, long double>>;
inline Ways ways_without(const std::vector<double>& values, std::size_t left_out, std::size_t most)
{
    Ways ways(most + 1);
    ways[0][0] = 1;
    for (std::size_t j = 0; j < values.size(); ++j) {
        if (j == left_out || std::isnan(values[j])) {
            continue;
        }
        for (std::size_t k = most; k > 0; --k) {
            for (const auto& [sum, count] : ways[k - 1]) {
                ways[k][sum + values[j]] += count;
            }
        }
    }
    return ways;
}

struct Slow {
    double at_least = 0, at_most = 0, equal = 0;
};
inline Slow slow_tail(const std::map<double, long double>& ways, double sum)
{
    long double all = 0, upper = 0, lower = 0, equal = 0;
    for (const auto& [s, count] : ways) {
        all += count;
        upper += s >= sum ? count : 0;
        lower += s <= sum ? count : 0;
        equal += s == sum ? count : 0;
    }
    return {static_cast<double>(upper / all), static_cast<double>(lower / all),
            static_cast<double>(equal / all)};
}

/// The largest relative error over all features, against subsets counted one member after the
/// other.
inline double worst_error(const Questions& q, const SubsetTails& t)
{
    const auto relative = [](double a, double b) {
        return a == b ? 0 : std::fabs(a - b) / std::fabs(b);
    };
    const auto most = static_cast<std::size_t>(*std::max_element(q.neighbours.begin(), q.neighbours.end()));
    std::map<double, Ways> ways; // by left-out value
    double worst = 0;
    for (std::size_t i = 0; i < q.values.size(); ++i) {
        if (std::isnan(q.values[i]) || q.neighbours[i] == 0) {
            CHECK(std::isnan(t.at_least[i]));
            continue;
        }
        if (ways.count(q.values[i]) == 0) {
            ways[q.values[i]] = ways_without(q.values, i, most);
        }
        const Slow slow = slow_tail(ways[q.values[i]][static_cast<std::size_t>(q.neighbours[i])], q.sums[i]);
        worst = std::max({worst, relative(t.at_least[i], slow.at_least), relative(t.at_most[i], slow.at_most),
                          relative(t.equal[i], slow.equal)});
    }
    return worst;
}

/// Skewed counts: the whole part of a power of a uniform number.
inline std::vector<double> counts(std::size_t n, double power, double scale, std::uint64_t seed)
{
    std::vector<double> values(n);
    for (std::size_t i = 0; i < n; ++i) {
        values[i] = std::floor(scale * std::pow(vigil::Random(seed, i).uniform(0), power));
    }
    return values;
}

inline bool all_exact(const SubsetTails& t)
{
    return std::all_of(t.method.begin(), t.method.end(),
                       [](TailMethod m) { return m == TailMethod::exact || m == TailMethod::none; });
}

/// Each feature's neighbours are the `draws` next to it when the values stand in order: from the
/// coldest to the hottest neighbourhoods there are.
inline Questions neighbours_in_order(std::vector<double> values, std::int32_t draws)
{
    std::sort(values.begin(), values.end());
    Questions q{values, {}, {}};
    const std::size_t window = static_cast<std::size_t>(draws) + 1;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t from = std::min(i < window / 2 ? 0 : i - window / 2, values.size() - window);
        double sum = 0;
        for (std::size_t j = from; j < from + window; ++j) {
            sum += j == i ? 0 : values[j];
        }
        q.neighbours.push_back(draws);
        q.sums.push_back(sum);
    }
    return q;
}

} // namespace vigil::test
