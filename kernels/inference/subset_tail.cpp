#include "kernels/inference/subset_tail.h"

#include "kernels/inference/tail_few.h"
#include "kernels/inference/tail_grid.h"
#include "kernels/inference/tail_population.h"
#include "kernels/inference/tail_queries.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>

namespace vigil {

namespace {

using tails::Population;
using tails::Query;
using tails::Tail;

class Tails {
  public:
    Tails(const Population& population, std::vector<Query> queries, std::size_t features)
        : population_(population), queries_(std::move(queries))
    {
        constexpr double none = std::numeric_limits<double>::quiet_NaN();
        out_.at_least.assign(features, none);
        out_.at_most.assign(features, none);
        out_.equal.assign(features, none);
        out_.method.assign(features, TailMethod::none);
    }

    SubsetTails run(double work_limit)
    {
        std::size_t left = 0; // queries_[left ...) are not answered yet
        while (left < queries_.size() && queries_[left].draws == 0) {
            put(queries_[left++], {1, 1, 1}, TailMethod::exact); // all or nothing drawn: the sum is constant
        }
        if (left == queries_.size()) {
            return std::move(out_);
        }
        if (population_.whole) {
            left = count(left, work_limit);
        } else {
            left = take_few(left, 0.25 * work_limit);
        }
        left = take_rounded(left, work_limit);
        approximate(left);
        return std::move(out_);
    }

  private:
    void put(const Query& query, const Tail& tail, TailMethod method)
    {
        const bool swapped = query.swapped;
        out_.at_least[query.feature] = swapped ? tail.at_most : tail.at_least;
        out_.at_most[query.feature] = swapped ? tail.at_least : tail.at_most;
        out_.equal[query.feature] = tail.equal;
        out_.method[query.feature] = method;
    }
    std::size_t count(std::size_t begin, double work_limit);
    void answer(const tails::SumChances& chances, std::span<const Query> queries);
    std::size_t take_few(std::size_t begin, double work_limit);
    std::size_t take_rounded(std::size_t begin, double work_limit);
    void approximate(std::size_t begin);
    void approximate(std::span<const Query> queries, const tails::TailCurve& curve);

    const Population& population_;
    std::vector<Query> queries_; ///< by subset size
    SubsetTails out_;
};

/// Counts the tails of as many subset sizes, from the smallest, as the limit allows. Returns
/// where it stopped.
std::size_t Tails::count(std::size_t begin, double work_limit)
{
    tails::WholeAtoms atoms;
    for (const double x : population_.value) {
        atoms.value.push_back(std::llround(x));
    }
    atoms.count = population_.count;
    const tails::TableSize size = tails::countable(
        atoms, std::span(queries_).subspan(begin), 0,
        [&](tails::TableSize s) {
            return tails::table_work(atoms, s, tails::LeavingOut::exact, static_cast<double>(atoms.size()));
        },
        work_limit);
    if (size.draws == 0) {
        return begin;
    }
    const auto end = static_cast<std::size_t>(
        std::partition_point(
            queries_.begin() + static_cast<std::ptrdiff_t>(begin), queries_.end(),
            [&](const Query& q) { return q.draws <= static_cast<std::int64_t>(size.draws); }) -
        queries_.begin());
    const std::span<Query> chosen = std::span(queries_).subspan(begin, end - begin);
    const std::vector<std::size_t> group = tails::groups(chosen, population_.value.size(), size.draws);
    tails::subset_tables(atoms, size, tails::wanted_of(group), tails::LeavingOut::exact,
                         [&](const tails::SumChances& chances) {
                             const std::size_t g = chances.left_out * (size.draws + 1) + chances.draws;
                             answer(chances, chosen.subspan(group[g], group[g + 1] - group[g]));
                         });
    return end;
}

void Tails::answer(const tails::SumChances& chances, std::span<const Query> queries)
{
    const std::span<const double> chance = chances.chance;
    std::vector<double> tail(chance.size() + 1, 0.0);
    tail[chance.size()] = chances.beyond;
    for (std::size_t s = chance.size(); s-- > 0;) {
        tail[s] = tail[s + 1] + chance[s];
    }
    const auto beyond = static_cast<double>(chance.size());
    std::vector<Tail> found(queries.size());
    for (std::size_t i = 0; i < queries.size(); ++i) {
        const double s = queries[i].sum;
        found[i].at_least = s < 0         ? 1
                            : s >= beyond ? 0
                                          : std::min(1.0, tail[static_cast<std::size_t>(s)] / chances.total);
        found[i].equal = s < 0 || s >= beyond ? 0 : chance[static_cast<std::size_t>(s)] / chances.total;
    }
    double sum = 0;
    for (std::size_t s = 0; s < chance.size(); ++s) {
        sum += chance[s];
        tail[s] = sum;
    }
    for (std::size_t i = 0; i < queries.size(); ++i) {
        const double s = queries[i].sum;
        found[i].at_most = s < 0         ? 0
                           : s >= beyond ? 1
                                         : std::min(1.0, tail[static_cast<std::size_t>(s)] / chances.total);
        put(queries[i], found[i], TailMethod::exact);
    }
}

/// Takes what needs no table: the ends, and subsets few enough to look at. Returns where the
/// others now begin.
std::size_t Tails::take_few(std::size_t begin, double work_limit)
{
    const double tolerance = tails::rounding(population_);
    const tails::FewSubsets subsets(population_);
    std::vector<char> taken(queries_.size(), 0);
    for (std::size_t from = begin; from < queries_.size();) {
        const std::int32_t draws = queries_[from].draws;
        std::size_t to = from;
        while (to < queries_.size() && queries_[to].draws == draws) {
            ++to;
        }
        const double work = static_cast<double>(to - from) * subsets.work(draws);
        const bool few = draws > 1 && work <= work_limit;
        work_limit -= few ? work : 0;
        parallel_chunks(to - from, 16, [&](std::size_t first, std::size_t last) {
            for (std::size_t i = from + first; i < from + last; ++i) {
                const Query& q = queries_[i];
                std::optional<Tail> tail = tails::at_the_ends(population_, q, population_.least(q.own, draws),
                                                              population_.greatest(q.own, draws), tolerance);
                if (!tail && few) {
                    tail = subsets.tail(q.own, draws, q.sum, draws * tolerance);
                }
                if (tail) {
                    put(q, *tail, TailMethod::exact);
                    taken[i] = 1;
                }
            }
        });
        from = to;
    }
    std::vector<Query> left;
    for (std::size_t i = begin; i < queries_.size(); ++i) {
        if (taken[i] == 0) {
            left.push_back(queries_[i]);
        }
    }
    queries_ = std::move(left);
    return 0;
}

/// Counts on grids of rounded values what these allow. Returns where the others now begin.
std::size_t Tails::take_rounded(std::size_t begin, double work_limit)
{
    const std::span<Query> queries = std::span(queries_).subspan(begin);
    const std::size_t left =
        tails::grid_tails(population_, queries, work_limit,
                          [&](const Query& q, const Tail& tail) { put(q, tail, TailMethod::rounded); });
    queries_.resize(begin + left);
    return begin;
}

void Tails::approximate(std::size_t begin)
{
    const std::span<Query> rest = std::span(queries_).subspan(begin);
    if (rest.empty()) {
        return;
    }
    const tails::Atoms atoms = tails::atoms_of(population_);
    tails::sort_for_curve(rest, population_,
                          atoms.value.size() == population_.value.size() && population_.whole);
    const tails::TailCurve curve(atoms, population_.whole ? 1 : 0);
    constexpr std::size_t chunk = 2048;
    parallel_chunks(rest.size(), chunk, [&](std::size_t from, std::size_t to) {
        approximate(rest.subspan(from, to - from), curve);
    });
}

void Tails::approximate(std::span<const Query> queries, const tails::TailCurve& curve)
{
    tails::SaddlePoint last;
    const Query* before = nullptr;
    Population::End least;
    Population::End greatest;
    Tail tail;
    TailMethod method = TailMethod::none;
    const double tolerance = population_.whole ? 0 : tails::rounding(population_);
    for (const Query& q : queries) {
        const bool same_size = before != nullptr && before->draws == q.draws;
        const bool same_group = same_size && before->own == q.own;
        if (!same_group) {
            least = population_.least(q.own, q.draws);
            greatest = population_.greatest(q.own, q.draws);
        }
        if (!same_size) {
            last = {};
        }
        if (!same_group || before->sum != q.sum) {
            const std::optional<Tail> counted =
                tails::at_the_ends(population_, q, least, greatest, tolerance);
            tail = counted ? *counted
                           : curve.tail(static_cast<double>(q.draws), q.sum, population_.value[q.own], last);
            method = counted ? TailMethod::exact : last.found ? TailMethod::saddlepoint : TailMethod::normal;
        }
        put(q, tail, method);
        before = &q;
    }
}

/// The population with one member more, which everybody leaves out: all of the others can then be drawn.
Population with_stranger(std::span<const double> values)
{
    std::vector<double> more(values.begin(), values.end());
    const auto present = std::find_if(more.begin(), more.end(), [](double x) { return !std::isnan(x); });
    if (present == more.end()) {
        return tails::population_of(values);
    }
    more.push_back(*present);
    Population population = tails::population_of(more);
    const std::uint32_t stranger = population.own.back();
    population.own.assign(values.size(), stranger);
    return population;
}

} // namespace

SubsetTails subset_tails(std::span<const double> values, std::span<const std::int32_t> neighbours,
                         std::span<const double> sums, const SubsetTailOptions& options)
{
    require(values.size() == neighbours.size() && values.size() == sums.size(),
            "{} values, {} numbers of neighbours and {} sums", values.size(), neighbours.size(), sums.size());
    const bool whole_map = options.left_out == LeftOut::nothing;
    const Population population = whole_map ? with_stranger(values) : tails::population_of(values);
    return Tails(population, tails::queries_of(population, values, neighbours, sums), values.size())
        .run(options.work_limit);
}

} // namespace vigil
