#pragma once

#include "kernels/route/match/cost_noise.h"
#include "kernels/route/match/leg_part.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// A way through a part, from a seed of the start to one of the end.
struct PartWay {
    std::vector<std::uint32_t> nodes; ///< of the part; all but the last are travelled in full
    Weight fixed = 0;                 ///< seeds and turns, which cost the same to all
    bool operator==(const PartWay&) const = default;
};

/// One traveller between two places.
struct Traveller {
    std::span<const Seed> start, end; ///< nodes of the part
    std::uint64_t draw = 0;
    std::span<const PartWay> known; ///< some ways between these; they only save time
};

/// Finds the ways that travellers take, sixteen at once: nodes carry sixteen costs side by side, and each is
/// looked at again until none becomes cheaper for anyone. From either end that is done up to half of what the
/// best known way costs the traveller; the cheapest way meets between: it is known from the start up to the
/// first node beyond that half, and from there on to the end.
///
/// A side costs at least one unit here, so that no way goes in circles.
///
/// source   Bellman (1958), On a routing problem, Quarterly of Applied Mathematics 16, 87-90
class DrawSearch {
  public:
    enum Way : std::uint8_t { forward, backward };
    static constexpr std::size_t most_travellers = CostNoise::lanes;

    /// At most sixteen travellers; ways get as many, empty where none leads. The part must outlive the call.
    void run(const LegPart& part, const CostNoise& noise, std::span<const Traveller> travellers,
             std::span<PartWay> ways);

  private:
    using Lanes = CostNoise::Costs;
    /// What is known of a node.
    struct Label {
        Lanes ahead;  ///< from the start, its side not yet travelled
        Lanes behind; ///< to the end, its side included
        Lanes after;  ///< to the end, its side not included
        Lanes cost;   ///< of its side
    };
    struct Meeting {
        std::uint32_t node = no_index;
        Weight weight = unreachable;
    };
    template <Way way>
    struct Sweep;

    void begin();
    void touch(std::uint32_t node);
    const Lanes& cost(std::uint32_t node);
    [[nodiscard]] Weight cost(const PartWay& way, std::size_t lane);
    void bound();
    template <Way way>
    void seed();
    template <Way way>
    void wait(std::uint32_t node);
    template <Way way>
    void expand(std::uint32_t node);
    template <Way way>
    void grow();
    void meet();
    [[nodiscard]] PartWay trace(std::size_t lane);
    template <Way way>
    std::uint32_t next_arc(std::uint32_t node, std::size_t lane);

    const LegPart* part_ = nullptr;
    const CostNoise* noise_ = nullptr;
    std::span<const Traveller> travellers_;
    CostNoise::Draws draws_;
    std::vector<Label> label_;
    std::vector<std::uint32_t> touched_; ///< the run in which a node was first seen
    std::vector<std::uint32_t> drawn_;   ///< and that in which its costs were drawn
    std::vector<std::uint32_t> seen_;    ///< those seen in this run
    std::uint32_t run_ = 0;
    Lanes beyond_{}; ///< one more than the best known way costs
    Lanes half_{};
    std::array<Meeting, most_travellers> meeting_;
    std::vector<std::uint64_t> waiting_; ///< a bit for each node to be looked at, in order of cost
    std::uint32_t first_ = 0;            ///< the word looked at, or one before it in which a node waits
};

} // namespace vigil
