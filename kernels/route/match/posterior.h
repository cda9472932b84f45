#pragma once

#include "kernels/route/match/order_lattice.h"
#include "libgeo/random.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace vigil {

/// ln p(to | from) of a leg, up to a constant of the leg: log_p[from * columns + to]; -infinity: impossible.
struct LegMatrix {
    std::size_t rows = 0, columns = 0;
    std::vector<double> log_p;
};

/// One sighting after another, each in one of its states.
struct StateSequence {
    std::vector<std::uint32_t> sighting; ///< in the order of events
    std::vector<std::uint32_t> state;    ///< of each, in that order
};

/// Exact inference over the hidden states of sightings in all their orders (hidden Markov model; a chain when
/// the order is known).
///
///     p(order, states) ~ prod exp(log_emission) * prod exp(log_p of the legs between neighbours)
///
/// Every state keeps the logarithm of its sum, shifted by the greatest of all nodes that as many sightings
/// lead to, and emissions are taken against the greatest of their sighting, so that no length of a case
/// underflows and no constant of a sighting costs digits. Sums are taken over plain numbers, each leg into a
/// state divided by the likeliest one; a sum that underflow may have touched is taken again over logarithms.
///
/// source   Rabiner (1989), A tutorial on hidden Markov models, Proc. IEEE 77, 257-286 (forward-backward,
///          Viterbi); Fruehwirth-Schnatter (1994), Data augmentation and dynamic linear models, J. Time
///          Series Analysis 15, 183-202 (forward filtering, backward sampling)
/// cost     O(arcs of the lattice * states^2) time, O(pairs of neighbours * states^2) memory; a sample takes
///          O(arcs into the nodes that it visits * states)
class Posterior {
  public:
    using Legs = std::function<const LegMatrix&(std::uint32_t from_sighting, std::uint32_t to_sighting)>;

    /// lattice        must outlive this; its nodes numbered by how many sightings have been
    /// log_emission   of each sighting: of each of its states, at least one; -infinity: impossible
    /// legs           of two sightings that are neighbours in some order, asked once for each such pair, of
    /// the
    ///                sightings that can come first first; what it returns must outlive this. Legs behind
    ///                the place where a case turns out to be impossible are not asked for
    /// throws         Error when a sighting of the lattice has no state, a leg does not fit the states of its
    ///                ends, or a logarithm is NaN or +infinity
    Posterior(const OrderLattice& lattice, std::vector<std::vector<double>> log_emission, const Legs& legs);

    /// ln of the sum over all orders and states; -infinity when none is possible. All that follows is for
    /// finite ones, and throws Error otherwise. Safe to ask from several threads.
    [[nodiscard]] double log_evidence() const { return log_evidence_; }
    /// Probability of each state of a sighting; of one that is not in the lattice, 0.
    [[nodiscard]] std::vector<double> marginal(std::uint32_t sighting) const;
    /// The single likeliest order and states (Viterbi); of equals the lowest node and state, from the end.
    [[nodiscard]] const StateSequence& best() const;
    /// ln of its probability.
    [[nodiscard]] double log_probability_of_best() const;
    /// A sample from the joint distribution: draw number `draw` of a stream; takes as many random numbers
    /// as there are sightings in the lattice, from draw * sightings on, the last sighting's first.
    [[nodiscard]] StateSequence sample(const Random& random, std::uint64_t draw) const;
    /// Draws number `first` to first + count - 1: the same as one by one, several times faster.
    [[nodiscard]] std::vector<StateSequence> samples(const Random& random, std::uint64_t first,
                                                     std::size_t count) const;

  private:
    /// Where a leg's likelihoods stand: into each state `to` from each state `from`, divided by the
    /// likeliest, weight_[first_weight + to * rows + from], and the ln of that one, shift_[first_shift + to].
    struct Leg {
        const LegMatrix* matrix; ///< null before it is asked for
        std::size_t first_weight, first_shift;
    };
    /// What underflow takes from a sum of products of two numbers up to 1 is below 1e-307 for each: nothing
    /// of a sum of more than this.
    static constexpr double least_plain_sum = 1e-280;

    struct At {
        std::uint32_t node = 0, state = 0;
    };

    void take_constants();
    void number_levels();
    void number_sightings();
    void number_legs();
    void take_legs(std::uint32_t node, const Legs& legs);
    void weigh(const Leg& leg);
    void go_forward(const Legs& legs, std::vector<double>& best);
    void arrive(std::uint32_t node);
    void go_backward();
    void leave(std::uint32_t arc, std::span<const double> after, std::vector<double>& sum);
    void find_best(const std::vector<double>& best);
    void viterbi_step(std::uint32_t node, std::vector<double>& best) const;
    [[nodiscard]] At viterbi_before(At after, const std::vector<double>& best) const;
    [[nodiscard]] double ln_into(const Leg& leg, std::uint32_t from, std::size_t state) const;
    [[nodiscard]] At at(std::uint32_t node, std::size_t state) const;
    [[nodiscard]] At draw_before(At after, double uniform, std::vector<double>& weight) const;
    [[nodiscard]] At draw_before_in_logs(At after, double uniform, std::vector<double>& weight) const;
    void require_possible() const;

    [[nodiscard]] std::size_t states(std::uint32_t node) const
    {
        return first_state_[node + 1] - first_state_[node];
    }
    [[nodiscard]] std::uint32_t levels() const { return static_cast<std::uint32_t>(level_.size() - 1); }

    const OrderLattice* lattice_;
    std::vector<std::vector<double>> emission_; ///< less the greatest of each sighting
    double constants_ = 0;                      ///< the sum of those
    std::vector<std::uint32_t> level_; ///< nodes of level l, the (l + 1)th seen: [level_[l], level_[l + 1])
    std::vector<std::uint32_t> level_of_;    ///< of each node
    std::vector<std::uint32_t> first_node_;  ///< of each sighting, into node_
    std::vector<std::uint32_t> node_;        ///< by sighting
    std::vector<std::size_t> first_state_;   ///< of each node, into the four below
    std::vector<double> forward_, backward_; ///< ln, less the greatest of the level; emission is in forward
    std::vector<double> plain_;              ///< exp(forward)
    std::vector<double> level_shift_;  ///< what was taken off forward at each level, beside the one before
    std::vector<double> level_ln_sum_; ///< ln sum of exp(forward + backward) of each level
    std::vector<std::uint32_t> leg_of_arc_;
    std::vector<Leg> leg_;
    std::vector<double> weight_, shift_;
    double log_evidence_ = 0;
    StateSequence best_;
    double log_probability_of_best_ = 0;
};

/// Entropy of probabilities that sum to 1, in bits.
double entropy_bits(std::span<const double> probabilities);

} // namespace vigil
