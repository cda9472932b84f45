#pragma once

#include "kernels/earth.h"
#include "libgeo/route_network.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// Places that stand for somebody who was seen at a town or in a district, see CandidateFinder.
///
/// Edges are cut into stretches of equal length, each at most `longest_m`, which count from their middles.
/// Stretches lie in the order of their middles along a Hilbert curve over longitude and latitude, so what a
/// disc holds is met in the order in which it is cut into strata. Every `block` of them is wrapped in a ball;
/// a search looks at all balls, and into those that reach into the disc.
///
/// cost   O(m log m) to build and 40 bytes for each of m stretches; a search takes m / 64 looks at balls and
///        some 20 ns for each stretch within reach
class VaguePlaces {
  public:
    static constexpr double longest_m = 100;

    /// Somewhere on an edge, with ln of its mass as a share of the heaviest place's.
    struct Place {
        EdgePlace place;
        double log_weight = 0;
    };

    /// usable   one flag per edge, or empty for all; prior: weight of each edge per metre, >= 0, or empty
    /// Edges of no length have no mass and are left out. The network must outlive this.
    /// throws   Error when there are more than 2^32 - 2 stretches
    VaguePlaces(const RouteNetwork& network, std::span<const std::uint8_t> usable,
                std::span<const float> prior);

    /// At most `most` (1 or more) places for the measure prior(edge) exp(-d^2 / (2 sigma^2)) ds over the
    /// stretches whose middles lie within reach, ordered by edge, then offset.
    [[nodiscard]] std::vector<Place> find(LonLat centre, double sigma_m, double reach_m,
                                          std::size_t most) const;

  private:
    static constexpr std::size_t block = 64;
    struct Stretch {
        XYZ middle;
        float length_m = 0;
        float mass = 0; ///< prior * length_m
        std::uint32_t edge = 0;
        std::uint32_t part = 0; ///< of the edge, from 0
    };
    struct Ball {
        XYZ centre;
        double radius_m = 0;
    };
    /// A stretch within reach.
    struct Met {
        std::uint32_t stretch = 0;
        double arc_m = 0; ///< from the centre of the sighting to the middle
        double mass = 0;
    };

    void add(std::uint32_t e, double prior);
    void sort_along_curve();
    void wrap();
    [[nodiscard]] std::vector<Met> within(const XYZ& centre, double reach_m) const;
    void weigh(std::vector<Met>& met, double sigma_m) const;
    [[nodiscard]] EdgePlace on(const Stretch& stretch, double share) const;
    [[nodiscard]] std::vector<Place> all_of(const std::vector<Met>& met) const;
    [[nodiscard]] std::vector<Place> strata_of(const std::vector<Met>& met, std::size_t most) const;

    const RouteNetwork* network_;
    std::vector<Stretch> stretch_; ///< along the curve
    std::vector<Ball> ball_;       ///< around each block of them
};

} // namespace vigil
