#include "kernels/route/match/ln_sum.h"
#include "kernels/route/match/posterior.h"

#include <cmath>
#include <numeric>
#include <utility>

namespace vigil {

namespace {

/// The number of a weight, drawn in proportion; one of 0 never.
std::size_t pick(std::span<const double> weight, double sum, double uniform)
{
    const double target = uniform * sum;
    double below = 0;
    std::size_t last = 0;
    for (std::size_t i = 0; i < weight.size(); ++i) {
        below += weight[i];
        if (below > target) {
            return i;
        }
        last = weight[i] > 0 ? i : last;
    }
    return last; // rounding has lifted the target to the sum
}

} // namespace

/// What came before, when one is known to have come after.
///
/// weight   to work in
Posterior::At Posterior::draw_before(At after, double uniform, std::vector<double>& weight) const
{
    const std::uint32_t arc = lattice_->first_in[after.node];
    if (lattice_->first_in[after.node + 1] != arc + 1) {
        return draw_before_in_logs(after, uniform, weight);
    }
    const std::uint32_t before = lattice_->from[arc];
    const Leg& leg = leg_[leg_of_arc_[arc]];
    const std::size_t rows = states(before);
    const double* const into = weight_.data() + leg.first_weight + after.state * rows;
    const double* const plain = plain_.data() + first_state_[before];
    weight.resize(rows);
    double sum = 0;
    for (std::size_t i = 0; i < rows; ++i) {
        weight[i] = plain[i] * into[i];
        sum += weight[i];
    }
    if (!(sum > least_plain_sum)) {
        return draw_before_in_logs(after, uniform, weight);
    }
    return {before, static_cast<std::uint32_t>(pick(weight, sum, uniform))};
}

Posterior::At Posterior::draw_before_in_logs(At after, double uniform, std::vector<double>& weight) const
{
    const std::uint32_t first = lattice_->first_in[after.node];
    const std::uint32_t end = lattice_->first_in[after.node + 1];
    weight.clear();
    for (std::uint32_t arc = first; arc < end; ++arc) {
        const LegMatrix& leg = *leg_[leg_of_arc_[arc]].matrix;
        const double* const forward = forward_.data() + first_state_[lattice_->from[arc]];
        for (std::size_t i = 0; i < leg.rows; ++i) {
            weight.push_back(forward[i] + leg.log_p[i * leg.columns + after.state]);
        }
    }
    take_greatest(weight);
    double sum = 0;
    for (double& value : weight) {
        value = std::exp(value);
        sum += value;
    }
    std::size_t state = pick(weight, sum, uniform);
    std::uint32_t arc = first;
    while (state >= states(lattice_->from[arc])) {
        state -= states(lattice_->from[arc]);
        ++arc;
    }
    return {lattice_->from[arc], static_cast<std::uint32_t>(state)};
}

StateSequence Posterior::sample(const Random& random, std::uint64_t draw) const
{
    return std::move(samples(random, draw, 1).front());
}

std::vector<StateSequence> Posterior::samples(const Random& random, std::uint64_t first,
                                              std::size_t count) const
{
    require_possible();
    const std::uint32_t last = level_[levels() - 1];
    const std::span<const double> ends = std::span(plain_).subspan(first_state_[last]);
    const double sum = std::accumulate(ends.begin(), ends.end(), 0.0);
    std::vector<StateSequence> sequences(count);
    std::vector<At> now(count);
    for (std::size_t i = 0; i < count; ++i) {
        sequences[i].sighting.resize(levels());
        sequences[i].state.resize(levels());
        now[i] = at(last, pick(ends, sum, random.uniform((first + i) * levels())));
    }
    // all draws at a level before the next, for what is known of a level to stay at hand
    std::vector<double> weight;
    for (std::uint32_t level = levels(); level-- > 0;) {
        for (std::size_t i = 0; i < count; ++i) {
            sequences[i].sighting[level] = lattice_->sighting[now[i].node];
            sequences[i].state[level] = now[i].state;
            if (level > 0) {
                const std::uint64_t number = (first + i) * levels() + (levels() - level);
                now[i] = draw_before(now[i], random.uniform(number), weight);
            }
        }
    }
    return sequences;
}

} // namespace vigil
