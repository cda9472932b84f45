#include "kernels/route/match/posterior.h"

#include "kernels/compensated_sum.h"
#include "kernels/route/match/ln_sum.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <unordered_map>
#include <utility>

namespace vigil {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

bool all_below_infinity(std::span<const double> values)
{
    bool all = true;
    for (const double value : values) {
        all &= value < infinity; // false of NaN
    }
    return all;
}

} // namespace

Posterior::Posterior(const OrderLattice& lattice, std::vector<std::vector<double>> log_emission,
                     const Legs& legs)
    : lattice_(&lattice), emission_(std::move(log_emission))
{
    require(lattice.nodes() > 0, "posterior: no sightings");
    for (const std::uint32_t sighting : lattice.sighting) {
        require(sighting < emission_.size() && !emission_[sighting].empty(),
                "posterior: sighting {} has no state", sighting + 1);
    }
    for (std::size_t sighting = 0; sighting < emission_.size(); ++sighting) {
        require(all_below_infinity(emission_[sighting]),
                "posterior: a state of sighting {} has no likelihood", sighting + 1);
    }
    number_levels();
    number_sightings();
    take_constants();
    number_legs();
    std::vector<double> best(forward_.size());
    go_forward(legs, best);
    if (log_evidence_ > -infinity) {
        go_backward();
        find_best(best);
    }
}

void Posterior::number_levels()
{
    const std::uint32_t nodes = lattice_->nodes();
    level_of_.resize(nodes);
    first_state_.assign(1, 0);
    for (std::uint32_t node = 0; node < nodes; ++node) {
        const std::uint32_t first = lattice_->first_in[node];
        const bool start = first == lattice_->first_in[node + 1];
        level_of_[node] = start ? 0 : level_of_[lattice_->from[first]] + 1;
        require(node == 0 ? start : level_of_[node] >= level_of_[node - 1],
                "posterior: the nodes of the lattice are not numbered by how many sightings have been");
        if (level_of_[node] == level_.size()) {
            level_.push_back(node);
        }
        first_state_.push_back(first_state_.back() + emission_[lattice_->sighting[node]].size());
    }
    level_.push_back(nodes);
    forward_.resize(first_state_.back());
    plain_.resize(first_state_.back());
}

void Posterior::number_sightings()
{
    first_node_.assign(emission_.size() + 1, 0);
    for (const std::uint32_t sighting : lattice_->sighting) {
        ++first_node_[sighting + 1];
    }
    for (std::size_t i = 1; i < first_node_.size(); ++i) {
        first_node_[i] += first_node_[i - 1];
    }
    node_.resize(lattice_->nodes());
    std::vector<std::uint32_t> next(first_node_.begin(), first_node_.end() - 1);
    for (std::uint32_t node = 0; node < lattice_->nodes(); ++node) {
        node_[next[lattice_->sighting[node]]++] = node;
    }
}

/// Every order has each sighting once, so what all its states share says nothing of them.
void Posterior::take_constants()
{
    CompensatedSum sum;
    for (std::size_t i = 0; i < emission_.size(); ++i) {
        if (first_node_[i] < first_node_[i + 1]) {
            const double greatest = take_greatest(emission_[i]);
            sum.add(greatest > -infinity ? greatest : 0);
        }
    }
    constants_ = sum.value();
}

void Posterior::number_legs()
{
    std::unordered_map<std::uint64_t, std::uint32_t> known;
    known.reserve(emission_.size());
    leg_of_arc_.reserve(lattice_->from.size());
    std::size_t weights = 0;
    std::size_t shifts = 0;
    for (std::uint32_t node = 0; node < lattice_->nodes(); ++node) {
        const std::uint32_t to = lattice_->sighting[node];
        for (std::uint32_t arc = lattice_->first_in[node]; arc < lattice_->first_in[node + 1]; ++arc) {
            const std::uint32_t from = lattice_->sighting[lattice_->from[arc]];
            const auto [place, is_new] =
                known.try_emplace(std::uint64_t{from} << 32U | to, static_cast<std::uint32_t>(leg_.size()));
            if (is_new) {
                leg_.push_back({nullptr, weights, shifts});
                weights += emission_[from].size() * emission_[to].size();
                shifts += emission_[to].size();
            }
            leg_of_arc_.push_back(place->second);
        }
    }
    weight_.resize(weights);
    shift_.resize(shifts, -infinity);
}

/// Asks for the legs into a node that are not known yet.
void Posterior::take_legs(std::uint32_t node, const Legs& legs)
{
    const std::uint32_t to = lattice_->sighting[node];
    const std::size_t columns = emission_[to].size();
    for (std::uint32_t arc = lattice_->first_in[node]; arc < lattice_->first_in[node + 1]; ++arc) {
        Leg& leg = leg_[leg_of_arc_[arc]];
        if (leg.matrix == nullptr) {
            const std::uint32_t from = lattice_->sighting[lattice_->from[arc]];
            const std::size_t rows = emission_[from].size();
            leg.matrix = &legs(from, to);
            require(leg.matrix->rows == rows && leg.matrix->columns == columns &&
                        leg.matrix->log_p.size() == rows * columns && all_below_infinity(leg.matrix->log_p),
                    "posterior: the leg from sighting {} to {} is not of {} by {} likelihoods", from + 1,
                    to + 1, rows, columns);
            weigh(leg);
        }
    }
}

void Posterior::weigh(const Leg& leg)
{
    const LegMatrix& matrix = *leg.matrix;
    double* const weight = weight_.data() + leg.first_weight;
    double* const shift = shift_.data() + leg.first_shift;
    for (std::size_t from = 0; from < matrix.rows; ++from) {
        for (std::size_t to = 0; to < matrix.columns; ++to) {
            shift[to] = std::max(shift[to], matrix.log_p[from * matrix.columns + to]);
        }
    }
    for (std::size_t from = 0; from < matrix.rows; ++from) {
        for (std::size_t to = 0; to < matrix.columns; ++to) {
            const double log_p = matrix.log_p[from * matrix.columns + to];
            weight[to * matrix.rows + from] = log_p == -infinity ? 0 : std::exp(log_p - shift[to]);
        }
    }
}

/// ln of the sum over the states of node `from` of what leads into a state.
double Posterior::ln_into(const Leg& leg, std::uint32_t from, std::size_t state) const
{
    const std::size_t rows = leg.matrix->rows;
    const double* const weight = weight_.data() + leg.first_weight + state * rows;
    const double* const plain = plain_.data() + first_state_[from];
    double sum = 0;
    for (std::size_t i = 0; i < rows; ++i) {
        sum += plain[i] * weight[i];
    }
    if (sum > least_plain_sum) {
        return shift_[leg.first_shift + state] + std::log(sum);
    }
    const double* const forward = forward_.data() + first_state_[from];
    const double* const log_p = leg.matrix->log_p.data() + state;
    return ln_sum(rows, [&](std::size_t i) { return forward[i] + log_p[i * leg.matrix->columns]; });
}

void Posterior::arrive(std::uint32_t node)
{
    const std::uint32_t first = lattice_->first_in[node];
    const std::uint32_t end = lattice_->first_in[node + 1];
    const std::vector<double>& emission = emission_[lattice_->sighting[node]];
    double* const forward = forward_.data() + first_state_[node];
    for (std::size_t state = 0; state < emission.size(); ++state) {
        double sum = first == end ? 0 : -infinity;
        if (emission[state] > -infinity) {
            for (std::uint32_t arc = first; arc < end; ++arc) {
                sum = ln_add(sum, ln_into(leg_[leg_of_arc_[arc]], lattice_->from[arc], state));
            }
        }
        forward[state] = sum + emission[state];
    }
}

/// Forward sums and Viterbi, level by level: what is known of a leg is used while it is at hand.
void Posterior::go_forward(const Legs& legs, std::vector<double>& best)
{
    CompensatedSum evidence;
    evidence.add(constants_);
    level_shift_.reserve(levels());
    for (std::uint32_t level = 0; level < levels(); ++level) {
        for (std::uint32_t node = level_[level]; node < level_[level + 1]; ++node) {
            take_legs(node, legs);
            arrive(node);
        }
        const std::size_t first = first_state_[level_[level]];
        const std::size_t end = first_state_[level_[level + 1]];
        const double shift = take_greatest(std::span(forward_).subspan(first, end - first));
        if (shift == -infinity) {
            log_evidence_ = -infinity;
            return;
        }
        level_shift_.push_back(shift);
        evidence.add(shift);
        for (std::size_t i = first; i < end; ++i) {
            plain_[i] = std::exp(forward_[i]);
        }
        for (std::uint32_t node = level_[level]; node < level_[level + 1]; ++node) {
            viterbi_step(node, best);
        }
    }
    const std::size_t last = first_state_[level_[levels() - 1]];
    evidence.add(ln_sum(forward_.size() - last, [&](std::size_t i) { return forward_[last + i]; }));
    log_evidence_ = evidence.value();
}

/// Adds what an arc leads to, to the states that it leaves.
///
/// after   ln of what comes after each state that it leads to, their emission included
/// sum     to work in
void Posterior::leave(std::uint32_t arc, std::span<const double> after, std::vector<double>& sum)
{
    const Leg& leg = leg_[leg_of_arc_[arc]];
    const std::size_t rows = leg.matrix->rows;
    const double* const shift = shift_.data() + leg.first_shift;
    double greatest = -infinity;
    for (std::size_t to = 0; to < after.size(); ++to) {
        greatest = std::max(greatest, after[to] + shift[to]);
    }
    if (greatest == -infinity) {
        return;
    }
    sum.assign(rows, 0);
    for (std::size_t to = 0; to < after.size(); ++to) {
        const double plain = std::exp(after[to] + shift[to] - greatest);
        const double* const weight = weight_.data() + leg.first_weight + to * rows;
        for (std::size_t i = 0; i < rows; ++i) {
            sum[i] += plain * weight[i];
        }
    }
    double* const backward = backward_.data() + first_state_[lattice_->from[arc]];
    for (std::size_t i = 0; i < rows; ++i) {
        const double* const log_p = leg.matrix->log_p.data() + i * after.size();
        const double ln = sum[i] > least_plain_sum
                              ? greatest + std::log(sum[i])
                              : ln_sum(after.size(), [&](std::size_t to) { return after[to] + log_p[to]; });
        backward[i] = ln_add(backward[i], ln);
    }
}

void Posterior::go_backward()
{
    backward_.assign(forward_.size(), -infinity);
    level_ln_sum_.resize(levels());
    std::fill(backward_.begin() + static_cast<std::ptrdiff_t>(first_state_[level_[levels() - 1]]),
              backward_.end(), 0.0);
    std::vector<double> after;
    std::vector<double> sum;
    for (std::uint32_t level = levels(); level-- > 0;) {
        const std::size_t first = first_state_[level_[level]];
        const std::size_t size = first_state_[level_[level + 1]] - first;
        take_greatest(std::span(backward_).subspan(first, size));
        level_ln_sum_[level] =
            ln_sum(size, [&](std::size_t i) { return forward_[first + i] + backward_[first + i]; });
        for (std::uint32_t node = level_[level]; node < level_[level + 1]; ++node) {
            after = emission_[lattice_->sighting[node]];
            for (std::size_t i = 0; i < after.size(); ++i) {
                after[i] += backward_[first_state_[node] + i];
            }
            for (std::uint32_t arc = lattice_->first_in[node]; arc < lattice_->first_in[node + 1]; ++arc) {
                leave(arc, after, sum);
            }
        }
    }
}

/// State number `state`, counted from the first of a node on through those that follow it.
Posterior::At Posterior::at(std::uint32_t node, std::size_t state) const
{
    const std::size_t number = first_state_[node] + state;
    while (first_state_[node + 1] <= number) {
        ++node;
    }
    return {node, static_cast<std::uint32_t>(number - first_state_[node])};
}

/// ln of the likeliest way into each state of a node, less the level shifts of forward.
void Posterior::viterbi_step(std::uint32_t node, std::vector<double>& best) const
{
    const std::vector<double>& emission = emission_[lattice_->sighting[node]];
    double* const into = best.data() + first_state_[node];
    const bool start = lattice_->first_in[node] == lattice_->first_in[node + 1];
    std::fill_n(into, emission.size(), start ? 0 : -infinity);
    for (std::uint32_t arc = lattice_->first_in[node]; arc < lattice_->first_in[node + 1]; ++arc) {
        const std::uint32_t before = lattice_->from[arc];
        const double* log_p = leg_[leg_of_arc_[arc]].matrix->log_p.data();
        for (std::uint32_t i = 0; i < states(before); ++i, log_p += emission.size()) {
            const double here = best[first_state_[before] + i];
            for (std::size_t to = 0; to < emission.size(); ++to) {
                into[to] = std::max(into[to], here + log_p[to]);
            }
        }
    }
    for (std::size_t to = 0; to < emission.size(); ++to) {
        into[to] += emission[to] - level_shift_[level_of_[node]];
    }
}

/// The likeliest state on the way into one.
Posterior::At Posterior::viterbi_before(At after, const std::vector<double>& best) const
{
    At likeliest;
    double greatest = -infinity;
    for (std::uint32_t arc = lattice_->first_in[after.node]; arc < lattice_->first_in[after.node + 1];
         ++arc) {
        const std::uint32_t before = lattice_->from[arc];
        const LegMatrix& leg = *leg_[leg_of_arc_[arc]].matrix;
        for (std::uint32_t i = 0; i < leg.rows; ++i) {
            const double ln = best[first_state_[before] + i] + leg.log_p[i * leg.columns + after.state];
            if (ln > greatest) {
                greatest = ln;
                likeliest = {before, i};
            }
        }
    }
    return likeliest;
}

void Posterior::find_best(const std::vector<double>& best)
{
    const std::uint32_t last = level_[levels() - 1];
    const auto ends = best.begin() + static_cast<std::ptrdiff_t>(first_state_[last]);
    const auto likeliest = std::max_element(ends, best.end()); // the first of equals
    At now = at(last, static_cast<std::size_t>(likeliest - ends));
    // its level shifts are those of forward, so this is its share of the sum there
    const double* const forward = forward_.data() + first_state_[last];
    log_probability_of_best_ =
        *likeliest - ln_sum(forward_.size() - first_state_[last], [&](std::size_t i) { return forward[i]; });
    best_.sighting.resize(levels());
    best_.state.resize(levels());
    for (std::uint32_t level = levels(); level-- > 0;) {
        best_.sighting[level] = lattice_->sighting[now.node];
        best_.state[level] = now.state;
        now = viterbi_before(now, best);
    }
}

void Posterior::require_possible() const
{
    require(log_evidence_ > -infinity, "posterior: no order and states of the sightings are possible");
}

std::vector<double> Posterior::marginal(std::uint32_t sighting) const
{
    require_possible();
    std::vector<double> p(emission_.at(sighting).size(), 0);
    for (std::uint32_t i = first_node_[sighting]; i < first_node_[sighting + 1]; ++i) {
        const std::size_t first = first_state_[node_[i]];
        const double sum = level_ln_sum_[level_of_[node_[i]]];
        for (std::size_t state = 0; state < p.size(); ++state) {
            p[state] += std::exp(forward_[first + state] + backward_[first + state] - sum);
        }
    }
    return p;
}

const StateSequence& Posterior::best() const
{
    require_possible();
    return best_;
}

double Posterior::log_probability_of_best() const
{
    require_possible();
    return log_probability_of_best_;
}

double entropy_bits(std::span<const double> probabilities)
{
    double bits = 0;
    for (const double p : probabilities) {
        bits -= p > 0 ? p * std::log2(p) : 0;
    }
    return std::max(0.0, bits); // shares that round to a little more than 1
}

} // namespace vigil
