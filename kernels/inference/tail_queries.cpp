#include "kernels/inference/tail_queries.h"

#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace vigil::tails {

namespace {

/// One stable pass: by key(query), which is less than `keys`.
template <typename Key>
void counting_sort(std::span<Query> queries, std::vector<Query>& spare, std::size_t keys, const Key& key)
{
    std::vector<std::size_t> place(keys + 1, 0);
    for (const Query& q : queries) {
        ++place[key(q) + 1];
    }
    std::partial_sum(place.begin(), place.end(), place.begin());
    spare.resize(queries.size());
    for (const Query& q : queries) {
        spare[place[key(q)]++] = q;
    }
    std::copy(spare.begin(), spare.end(), queries.begin());
}

std::size_t greatest_draws(std::span<const Query> queries)
{
    std::int32_t most = 0;
    for (const Query& q : queries) {
        most = std::max(most, q.draws);
    }
    return static_cast<std::size_t>(most);
}

void sort_by_sum(std::span<Query> queries, std::vector<Query>& spare, bool whole)
{
    double most = 0;
    double least = 0;
    for (const Query& q : queries) {
        most = std::max(most, q.sum);
        least = std::min(least, q.sum);
    }
    if (whole && least >= 0 && most < 1e6) {
        counting_sort(queries, spare, static_cast<std::size_t>(most) + 1,
                      [](const Query& q) { return static_cast<std::size_t>(q.sum); });
    } else {
        std::stable_sort(queries.begin(), queries.end(),
                         [](const Query& a, const Query& b) { return a.sum < b.sum; });
    }
}

} // namespace

std::vector<Query> queries_of(const Population& population, std::span<const double> values,
                              std::span<const std::int32_t> neighbours, std::span<const double> sums)
{
    std::vector<Query> queries;
    queries.reserve(values.size());
    const std::int64_t others = population.members() - 1;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (std::isnan(values[i]) || neighbours[i] == 0) {
            continue;
        }
        require(neighbours[i] > 0 && neighbours[i] <= others, "feature {} has {} neighbours of {} others",
                i + 1, neighbours[i], others);
        require(std::isfinite(sums[i]), "the sum over the neighbours of feature {} is not finite", i + 1);
        Query q{sums[i], neighbours[i], population.own[i], static_cast<std::uint32_t>(i), false};
        if (population.whole) {
            q.sum = (q.sum - static_cast<double>(q.draws) * population.origin) / population.step;
            require(q.sum == std::nearbyint(q.sum),
                    "the sum over the neighbours of feature {} cannot be one of values", i + 1);
            q.sum = std::clamp(q.sum, -1.0, population.greatest_sum(q.draws) + 1); // all the same outside
            q.swapped = population.step < 0;
        }
        if (2 * static_cast<std::int64_t>(q.draws) > others) { // ask for those that are not neighbours
            q.sum = population.sum() - population.value[q.own] - q.sum;
            q.draws = static_cast<std::int32_t>(others - q.draws);
            q.swapped = !q.swapped;
        }
        queries.push_back(q);
    }
    std::vector<Query> spare;
    counting_sort(queries, spare, greatest_draws(queries) + 1,
                  [](const Query& q) { return static_cast<std::size_t>(q.draws); });
    return queries;
}

TableSize countable(const WholeAtoms& atoms, std::span<const Query> queries, std::size_t least_sum,
                    const std::function<double(TableSize)>& work, double work_limit)
{
    constexpr std::int32_t most_draws =
        1000; // beyond, the chances of few draws fall out of the numbers' range
    constexpr double most_cells = 8e6;
    TableSize best;
    if (atoms.size() < 2 || static_cast<double>(atoms.size()) > work_limit) {
        return best;
    }
    TableSize size{0, least_sum};
    for (std::size_t begin = 0; begin < queries.size();) {
        const std::int32_t draws = queries[begin].draws;
        size.draws = static_cast<std::size_t>(draws);
        double most = 0;
        for (; begin < queries.size() && queries[begin].draws == draws; ++begin) {
            most = std::max(most, queries[begin].sum);
        }
        if (!(most < most_cells) || draws > most_draws) {
            break;
        }
        size.sum = std::max(size.sum, static_cast<std::size_t>(most));
        if (size.cells() > most_cells || work(size) > work_limit) {
            break;
        }
        best = size;
    }
    return best;
}

std::vector<std::size_t> groups(std::span<Query> queries, std::size_t values, std::size_t draws)
{
    const auto group = [&](const Query& q) {
        return q.own * (draws + 1) + static_cast<std::size_t>(q.draws);
    };
    std::vector<Query> spare;
    counting_sort(queries, spare, values, [](const Query& q) { return std::size_t{q.own}; });
    std::vector<std::size_t> begin(values * (draws + 1) + 1, 0);
    for (const Query& q : queries) {
        ++begin[group(q) + 1];
    }
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    return begin;
}

std::vector<bool> wanted_of(std::span<const std::size_t> group)
{
    std::vector<bool> wanted(group.size() - 1);
    for (std::size_t g = 0; g < wanted.size(); ++g) {
        wanted[g] = group[g + 1] > group[g];
    }
    return wanted;
}

void sort_for_curve(std::span<Query> queries, const Population& population, bool repeated)
{
    std::vector<Query> spare;
    sort_by_sum(queries, spare, population.whole);
    if (repeated) {
        counting_sort(queries, spare, population.value.size(),
                      [](const Query& q) { return std::size_t{q.own}; });
    }
    counting_sort(queries, spare, greatest_draws(queries) + 1,
                  [](const Query& q) { return static_cast<std::size_t>(q.draws); });
}

double rounding(const Population& population)
{
    const double reach = std::max(std::fabs(population.value.front()), std::fabs(population.value.back()));
    return 1e-12 * reach;
}

std::optional<Tail> at_the_ends(const Population& population, const Query& query,
                                const Population::End& least, const Population::End& greatest,
                                double tolerance)
{
    if (query.draws == 1) {
        return population.of_one(query.own, query.sum, tolerance);
    }
    const double slack = tolerance * static_cast<double>(query.draws);
    if (query.sum > greatest.sum + slack) {
        return Tail{0, 1, 0};
    }
    if (query.sum < least.sum - slack) {
        return Tail{1, 0, 0};
    }
    if (greatest.sum - least.sum <= slack) {
        return Tail{1, 1, 1};
    }
    if (query.sum >= greatest.sum - slack) {
        const double share = population.share(greatest, query.draws);
        return Tail{share, 1, share};
    }
    if (query.sum <= least.sum + slack) {
        const double share = population.share(least, query.draws);
        return Tail{1, share, share};
    }
    return std::nullopt;
}

} // namespace vigil::tails
