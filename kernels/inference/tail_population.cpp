#include "kernels/inference/tail_population.h"

#include "kernels/compensated_sum.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

namespace vigil::tails {

namespace {

constexpr double exact_limit = 0x1p52; ///< sums of whole numbers below this are exact

/// The power of two that makes all values whole, if one up to 1024 does and sums stay exact.
std::optional<double> whole_scale(std::span<const double> values)
{
    double scale = 1;
    double greatest = 0;
    double present = 0;
    for (const double x : values) {
        if (std::isnan(x)) {
            continue;
        }
        while (scale <= 1024 && x * scale != std::nearbyint(x * scale)) {
            scale *= 2;
        }
        if (scale > 1024) {
            return std::nullopt;
        }
        greatest = std::max(greatest, std::fabs(x));
        present += 1;
    }
    return greatest * scale * present < exact_limit ? std::optional(scale) : std::nullopt;
}

void tabulate_sorted(Population& p, std::span<const double> values)
{
    p.value.clear();
    for (const double x : values) {
        if (!std::isnan(x)) {
            p.value.push_back(x);
        }
    }
    std::sort(p.value.begin(), p.value.end());
    p.value.erase(std::unique(p.value.begin(), p.value.end()), p.value.end());
    p.count.assign(p.value.size(), 0);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isnan(values[i])) {
            const auto at = std::lower_bound(p.value.begin(), p.value.end(), values[i]) - p.value.begin();
            p.own[i] = static_cast<std::uint32_t>(at);
            ++p.count[p.own[i]];
        }
    }
}

/// The same for values that are whole and lie close together.
void tabulate_dense(Population& p, std::span<const double> values, double least, double greatest)
{
    std::vector<std::int64_t> count(static_cast<std::size_t>(greatest - least) + 1, 0);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isnan(values[i])) {
            p.own[i] = static_cast<std::uint32_t>(values[i] - least);
            ++count[p.own[i]];
        }
    }
    std::vector<std::uint32_t> index(count.size(), 0);
    for (std::size_t c = 0; c < count.size(); ++c) {
        if (count[c] > 0) {
            index[c] = static_cast<std::uint32_t>(p.value.size());
            p.value.push_back(least + static_cast<double>(c));
            p.count.push_back(count[c]);
        }
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        p.own[i] = std::isnan(values[i]) ? 0 : index[p.own[i]];
    }
}

/// Counts whole values in their greatest common step, from the end with more of their weight.
void count_in_steps(Population& p, double scale)
{
    const double least = p.value.front();
    const double greatest = p.value.back();
    std::int64_t step = 0;
    double above_least = 0;
    double members = 0;
    for (std::size_t v = 0; v < p.value.size(); ++v) {
        step = std::gcd(step, std::llround((p.value[v] - least) * scale));
        above_least += (p.value[v] - least) * static_cast<double>(p.count[v]);
        members += static_cast<double>(p.count[v]);
    }
    const bool from_above = above_least > 0.5 * members * (greatest - least);
    p.whole = true;
    p.step = static_cast<double>(std::max<std::int64_t>(step, 1)) / scale * (from_above ? -1 : 1);
    p.origin = from_above ? greatest : least;
    for (double& x : p.value) {
        x = (x - p.origin) / p.step;
    }
    if (from_above) {
        std::reverse(p.value.begin(), p.value.end());
        std::reverse(p.count.begin(), p.count.end());
        for (std::uint32_t& own : p.own) {
            own = static_cast<std::uint32_t>(p.value.size() - 1 - own);
        }
    }
}

double log_choose(double n, double k)
{
    return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

/// C(tied, needed) / C(members, draws).
double share_of(std::int64_t tied, std::int64_t needed, std::int64_t members, std::int64_t draws)
{
    double share = 1;
    if (draws <= 10000) { // factors that stay in range, so that few roundings add up
        std::int64_t ways = 0;
        for (std::int64_t d = 0; d < draws; ++d) {
            share *= static_cast<double>(d + 1) / static_cast<double>(members - d);
            for (; ways < needed && (share < 1 || d + 1 == draws); ++ways) {
                share *= static_cast<double>(tied - ways) / static_cast<double>(ways + 1);
            }
        }
        return share;
    }
    return std::exp(log_choose(static_cast<double>(tied), static_cast<double>(needed)) -
                    log_choose(static_cast<double>(members), static_cast<double>(draws)));
}

Population tabulated(std::span<const double> values, bool in_steps)
{
    Population p;
    p.own.assign(values.size(), 0);
    double least = std::numeric_limits<double>::infinity();
    double greatest = -least;
    for (const double x : values) {
        require(!std::isinf(x), "a value is infinite");
        least = x < least ? x : least;
        greatest = x > greatest ? x : greatest;
    }
    const std::optional<double> scale = whole_scale(values);
    if (scale && *scale == 1 && least <= greatest && greatest - least < 1e6) {
        tabulate_dense(p, values, least, greatest);
    } else {
        tabulate_sorted(p, values);
    }
    if (in_steps && scale && !p.value.empty()) {
        count_in_steps(p, *scale);
    }
    std::int64_t members = 0;
    CompensatedSum sum;
    for (std::size_t v = 0; v < p.value.size(); ++v) {
        p.below.push_back(members);
        p.sum_below.push_back(sum.value());
        members += p.count[v];
        sum.add(p.value[v] * static_cast<double>(p.count[v]));
    }
    p.below.push_back(members);
    p.sum_below.push_back(sum.value());
    return p;
}

} // namespace

Population population_of(std::span<const double> values)
{
    return tabulated(values, true);
}

Population population_as_given(std::span<const double> values)
{
    return tabulated(values, false);
}

Population::End Population::least(std::size_t left_out, std::int64_t draws) const
{
    const bool counts = below[left_out] < draws; // the left-out one would be among them
    const std::int64_t rank = draws + (counts ? 1 : 0);
    const auto v =
        static_cast<std::size_t>(std::lower_bound(below.begin(), below.end(), rank) - below.begin()) - 1;
    const std::int64_t tied = count[v] - (v == left_out ? 1 : 0);
    const std::int64_t lower = below[v] - (left_out < v ? 1 : 0);
    const double sum = sum_below[v] - (left_out < v ? value[left_out] : 0);
    return {sum + static_cast<double>(draws - lower) * value[v], tied, draws - lower};
}

Population::End Population::greatest(std::size_t left_out, std::int64_t draws) const
{
    const std::int64_t above_own = members() - below[left_out + 1];
    const bool counts = above_own < draws;
    const std::int64_t rank = members() - draws - (counts ? 1 : 0); // members below those
    const auto v =
        static_cast<std::size_t>(std::upper_bound(below.begin(), below.end(), rank) - below.begin()) - 1;
    const std::int64_t tied = count[v] - (v == left_out ? 1 : 0);
    const std::int64_t higher = members() - below[v + 1] - (left_out > v ? 1 : 0);
    const double sum = sum_below.back() - sum_below[v + 1] - (left_out > v ? value[left_out] : 0);
    return {sum + static_cast<double>(draws - higher) * value[v], tied, draws - higher};
}

double Population::share(const End& end, std::int64_t draws) const
{
    return share_of(end.tied, end.needed, members() - 1, draws);
}

double Population::greatest_sum(std::int64_t draws) const
{
    const std::int64_t rank = members() - draws;
    const auto v =
        static_cast<std::size_t>(std::upper_bound(below.begin(), below.end() - 1, rank) - below.begin()) - 1;
    const std::int64_t higher = members() - below[v + 1];
    return sum_below.back() - sum_below[v + 1] + static_cast<double>(draws - higher) * value[v];
}

Tail Population::of_one(std::size_t left_out, double x, double tolerance) const
{
    const auto first = std::lower_bound(value.begin(), value.end(), x - tolerance) - value.begin();
    const auto last = std::upper_bound(value.begin(), value.end(), x + tolerance) - value.begin();
    const auto out = static_cast<std::ptrdiff_t>(left_out);
    const auto others = static_cast<double>(members() - 1);
    const std::int64_t less = below[static_cast<std::size_t>(first)] - (out < first ? 1 : 0);
    const std::int64_t to_equal = below[static_cast<std::size_t>(last)] - (out < last ? 1 : 0);
    return {(others - static_cast<double>(less)) / others, static_cast<double>(to_equal) / others,
            static_cast<double>(to_equal - less) / others};
}

Atoms atoms_of(const Population& population)
{
    constexpr std::size_t most = 512;
    constexpr std::size_t outer = 64; // kept one by one at each end
    constexpr std::size_t runs = 192; // between them
    Atoms atoms;
    const std::size_t n = population.value.size();
    const auto keep = [&](std::size_t v) {
        atoms.value.push_back(population.value[v]);
        atoms.count.push_back(static_cast<double>(population.count[v]));
    };
    if (n <= most) {
        for (std::size_t v = 0; v < n; ++v) {
            keep(v);
        }
        return atoms;
    }
    for (std::size_t v = 0; v < outer; ++v) {
        keep(v);
    }
    const double from = population.value[outer];
    const double range = population.value[n - outer - 1] - from;
    std::size_t begin = outer;
    for (std::size_t run = 0; run < runs; ++run) {
        // runs are short both in rank and in value
        std::size_t end = begin;
        CompensatedSum sum;
        double members = 0;
        while (end < n - outer) {
            const double rank = static_cast<double>(end - outer) / static_cast<double>(n - 2 * outer);
            const double place = range > 0 ? (population.value[end] - from) / range : 0;
            if (run + 1 < runs &&
                0.5 * (rank + place) * static_cast<double>(runs) >= static_cast<double>(run + 1)) {
                break;
            }
            sum.add(population.value[end] * static_cast<double>(population.count[end]));
            members += static_cast<double>(population.count[end]);
            ++end;
        }
        if (end == begin) {
            continue;
        }
        const double mean = sum.value() / members;
        double squares = 0;
        for (std::size_t v = begin; v < end; ++v) {
            const double d = population.value[v] - mean;
            squares += d * d * static_cast<double>(population.count[v]);
        }
        const double sd = std::sqrt(squares / members);
        for (const double side : {-sd, sd}) {
            atoms.value.push_back(mean + side);
            atoms.count.push_back(0.5 * members);
        }
        begin = end;
    }
    for (std::size_t v = n - outer; v < n; ++v) {
        keep(v);
    }
    return atoms;
}

} // namespace vigil::tails
