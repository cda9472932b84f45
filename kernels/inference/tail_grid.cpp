#include "kernels/inference/tail_grid.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace vigil::tails {

namespace {

constexpr std::size_t columns = 2048; ///< steps up to the largest sum of a grid
constexpr int most_grids = 24;

/// The population in whole steps from its least value (or its greatest, downwards).
struct Grid {
    WholeAtoms atoms;
    std::vector<std::uint32_t> level; ///< atom of each value of the population
    double rounding = 0;              ///< mean squared error of one value, steps^2
};

/// All values at or beyond the last column become one: a subset with one of them is beyond.
Grid grid_of(const Population& population, double origin, double step)
{
    Grid grid;
    const std::size_t n = population.value.size();
    grid.level.resize(n);
    std::vector<std::int64_t> count(columns + 2, 0);
    double carry = 0; // what the rounding of the values before left over
    double squares = 0;
    double members = 0;
    for (std::size_t r = 0; r < n; ++r) {
        const std::size_t v = step > 0 ? r : n - 1 - r; // from the origin on
        const double exact = (population.value[v] - origin) / step;
        const auto copies = static_cast<double>(population.count[v]);
        double rounded = static_cast<double>(columns) + 1;
        if (exact < static_cast<double>(columns)) {
            rounded = exact == 0 ? 0.0 : std::max(0.0, std::floor(exact - carry + 0.5));
            const double error = (rounded - exact) * copies;
            carry = std::clamp(carry + error, -0.5, 0.5);
            squares += (rounded - exact) * error;
            members += copies;
        }
        grid.level[v] = static_cast<std::uint32_t>(rounded);
        count[grid.level[v]] += population.count[v];
    }
    std::vector<std::uint32_t> atom(count.size(), 0);
    for (std::size_t level = 0; level < count.size(); ++level) {
        if (count[level] > 0) {
            atom[level] = static_cast<std::uint32_t>(grid.atoms.size());
            grid.atoms.value.push_back(static_cast<std::int64_t>(level));
            grid.atoms.count.push_back(count[level]);
        }
    }
    for (std::uint32_t& level : grid.level) {
        level = atom[level];
    }
    grid.rounding = members > 0 ? squares / members : 0;
    return grid;
}

/// Left-out values so many steps apart count as one: the sum's mean moves by a step / 10 at
/// most.
std::int64_t alike(const Population& population, std::size_t draws)
{
    const auto k = static_cast<std::int64_t>(draws);
    return std::clamp<std::int64_t>(population.members() / (10 * std::max<std::int64_t>(k, 1)), 1, 128);
}

void leave_out_alike(const WholeAtoms& atoms, std::span<Query> queries, std::int64_t apart)
{
    std::vector<std::uint32_t> instead(atoms.size(), 0);
    for (std::size_t begin = 0; begin < atoms.size();) {
        std::size_t end = begin;
        std::size_t most = begin;
        while (end < atoms.size() && atoms.value[end] / apart == atoms.value[begin] / apart) {
            most = atoms.count[end] > atoms.count[most] ? end : most;
            ++end;
        }
        std::fill(instead.begin() + static_cast<std::ptrdiff_t>(begin),
                  instead.begin() + static_cast<std::ptrdiff_t>(end), static_cast<std::uint32_t>(most));
        begin = end;
    }
    for (Query& q : queries) {
        q.own = instead[q.own];
    }
}

/// Chances below and above each column of one subset size, read between columns.
class Reading {
  public:
    Reading(const SumChances& chances, double spread)
        : chances_(chances), spread_(spread), above_(chances.chance.size() + 1),
          below_(chances.chance.size() + 1)
    {
        const std::span<const double> chance = chances.chance;
        above_[chance.size()] = chances.beyond / chances.total;
        for (std::size_t s = chance.size(); s-- > 0;) {
            above_[s] = above_[s + 1] + chance[s] / chances.total;
        }
        for (std::size_t s = 0; s < chance.size(); ++s) {
            below_[s + 1] = below_[s] + chance[s] / chances.total;
        }
    }
    [[nodiscard]] Tail at(double sum) const
    {
        const double upper = corrected(sum, [&](double s) { return upper_at(s); });
        const double lower = corrected(sum, [&](double s) { return lower_at(s); });
        return upper < lower ? Tail{upper, 1 - upper, 0} : Tail{1 - lower, lower, 0};
    }

  private:
    /// The chance of each column lies evenly between half a step below and above it.
    [[nodiscard]] double upper_at(double sum) const
    {
        const auto s = static_cast<std::size_t>(std::floor(sum + 0.5));
        const double share = sum + 0.5 - static_cast<double>(s);
        return above_[s + 1] + (1 - share) * (above_[s] - above_[s + 1]);
    }
    [[nodiscard]] double lower_at(double sum) const
    {
        const auto s = static_cast<std::size_t>(std::floor(sum + 0.5));
        const double share = sum + 0.5 - static_cast<double>(s);
        return below_[s] + share * (below_[s + 1] - below_[s]);
    }
    /// A tail that falls as e^(-r s) grows by e^(r^2 spread / 2) when noise of variance `spread`
    /// is added.
    template <typename Function>
    [[nodiscard]] double corrected(double sum, const Function& tail) const
    {
        constexpr double apart = 4;
        const double here = tail(sum);
        const double low = std::max(0.0, sum - apart);
        const double high = std::min(static_cast<double>(chances_.chance.size()) - 1, sum + apart);
        const double rate = (std::log(tail(high)) - std::log(tail(low))) / (high - low);
        if (!(here < 0.5) || !std::isfinite(rate)) {
            return here;
        }
        return here * std::exp(-0.5 * std::min(rate * rate * spread_, 0.5));
    }

    const SumChances& chances_;
    double spread_;
    std::vector<double> above_, below_;
};

/// Where the steps of a grid begin and which way they go.
struct Steps {
    double origin = 0;
    double size = 0; ///< > 0
    bool down = false;
};

double from_origin(const Query& q, const Steps& steps)
{
    return std::fabs(q.sum - static_cast<double>(q.draws) * steps.origin);
}

/// Answers the first of `asked`, by draws, as many as `work_limit` allows; takes what it costs
/// from `work_left`.
std::size_t one_grid(const Population& population, std::span<const Query> asked, const Steps& steps,
                     double work_limit, double& work_left,
                     const std::function<void(const Query&, const Tail&)>& report)
{
    const Grid grid = grid_of(population, steps.origin, steps.down ? -steps.size : steps.size);
    std::vector<Query> in_steps(asked.begin(), asked.end());
    for (Query& q : in_steps) {
        q.sum = from_origin(q, steps) / steps.size;
        q.own = grid.level[q.own];
        q.swapped = q.swapped != steps.down;
    }
    const auto work = [&](TableSize s) {
        const double leaves = static_cast<double>(columns) / static_cast<double>(alike(population, s.draws));
        return table_work(grid.atoms, s, LeavingOut::quick,
                          std::min(static_cast<double>(grid.atoms.size()), leaves));
    };
    const TableSize size = countable(grid.atoms, in_steps, columns, work, std::min(work_limit, work_left));
    if (size.draws == 0) {
        return 0;
    }
    work_left -= work(size);
    const auto fits = static_cast<std::size_t>(
        std::partition_point(
            in_steps.begin(), in_steps.end(),
            [&](const Query& q) { return q.draws <= static_cast<std::int64_t>(size.draws); }) -
        in_steps.begin());
    const std::span<Query> chosen = std::span(in_steps).first(fits);
    leave_out_alike(grid.atoms, chosen, alike(population, size.draws));
    const std::vector<std::size_t> group = groups(chosen, grid.atoms.size(), size.draws);
    const auto others = static_cast<double>(population.members() - 1);
    subset_tables(grid.atoms, size, wanted_of(group), LeavingOut::quick, [&](const SumChances& chances) {
        const auto k = static_cast<double>(chances.draws);
        const Reading reading(chances, k * (1 - k / others) * grid.rounding);
        const std::size_t g = chances.left_out * (size.draws + 1) + chances.draws;
        for (const Query& q : chosen.subspan(group[g], group[g + 1] - group[g])) {
            report(q, reading.at(q.sum));
        }
    });
    return fits;
}

} // namespace

std::size_t grid_tails(const Population& population, std::span<Query> queries, double work_limit,
                       const std::function<void(const Query&, const Tail&)>& report)
{
    if (queries.empty()) {
        return 0;
    }
    const double least = population.value.front();
    const double greatest = population.value.back();
    const bool down = population.sum() > 0.5 * static_cast<double>(population.members()) * (least + greatest);
    Steps steps{down ? greatest : least, 0, down};
    double largest = 0;
    for (const Query& q : queries) {
        largest = std::max(largest, from_origin(q, steps));
    }
    if (!(largest > 0)) {
        return queries.size();
    }
    double left_work = 3 * work_limit;
    std::vector<Query> left;
    std::vector<std::vector<Query>> by_scale(most_grids);
    for (const Query& q : queries) {
        const double octave = std::floor(std::log2(largest / from_origin(q, steps)));
        by_scale[static_cast<std::size_t>(std::clamp(octave, 0.0, most_grids - 1.0))].push_back(q);
    }
    for (std::size_t scale = by_scale.size();
         scale-- > 0;) { // small sums first: mostly of few members, and cheap
        std::vector<Query>& asked = by_scale[scale];
        if (asked.empty()) {
            continue;
        }
        steps.size = std::ldexp(largest, -static_cast<int>(scale)) / static_cast<double>(columns - 8);
        if (population.whole && steps.size <= 1) { // no coarser than the values: nothing is gained
            left.insert(left.end(), asked.begin(), asked.end());
            continue;
        }
        const std::size_t fits = one_grid(population, asked, steps, work_limit, left_work, report);
        left.insert(left.end(), asked.begin() + static_cast<std::ptrdiff_t>(fits), asked.end());
    }
    std::stable_sort(left.begin(), left.end(),
                     [](const Query& a, const Query& b) { return a.draws < b.draws; });
    std::copy(left.begin(), left.end(), queries.begin());
    return left.size();
}

} // namespace vigil::tails
