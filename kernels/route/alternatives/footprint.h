#pragma once

#include "kernels/route/alternatives/way_field.h"

namespace vigil::alternatives {

/// A part of a way: on one stretch of road.
struct Part {
    std::uint32_t element = 0;
    Weight cost = 0;
    double length_m = 0;
};

/// The parts of a way in order, with those of its ends. Ends of no cost and no length are no parts: the place
/// is the node.
std::vector<Part> parts_of(const Way& way, const Query& query, const RouteGraph& graph);

/// Whether a way comes over a stretch twice. A way that leaves an edge by one end and comes back to it by the
/// other does not: its two parts there lie apart, unless the same stretch also leads from one place to the
/// other.
bool repeats_a_stretch(const Way& way, std::span<const Part> parts, const Query& query);

/// What a way covers: its stretches in rising order, each once, with the cost of all its parts there.
class Footprint {
  public:
    explicit Footprint(std::span<const Part> parts);

    /// The cost of the way on a stretch; 0 where it does not come.
    [[nodiscard]] Weight on(std::uint32_t element) const;
    /// The cost that two ways have in common: on each stretch the smaller of theirs.
    [[nodiscard]] std::uint64_t shared(const Footprint& other) const;
    [[nodiscard]] auto begin() const { return covered_.begin(); }
    [[nodiscard]] auto end() const { return covered_.end(); }

  private:
    struct Covered {
        std::uint32_t element = 0;
        Weight cost = 0;
    };
    std::vector<Covered> covered_;
};

} // namespace vigil::alternatives
