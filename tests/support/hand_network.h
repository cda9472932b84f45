#pragma once

#include "libgeo/route_network.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace vigil::test {

/// A route network written down edge by edge: what the searches see, without the builder of networks.
class HandNetwork {
  public:
    /// Returns the number of the node.
    std::uint32_t node(double lon_deg, double lat_deg);
    /// Returns the number of the kind. `tags` are "key=value".
    std::uint32_t kind(EdgeKind kind, const std::string& road_class,
                       const std::vector<std::string>& tags = {});
    /// Returns the number of the edge. Its drawing is straight, with `between` vertices on the way; it is one
    /// piece.
    std::uint32_t edge(std::uint32_t from, std::uint32_t to, double length_m, std::uint32_t kind,
                       float minutes = std::numeric_limits<float>::quiet_NaN(), std::uint32_t between = 0);
    /// No turn from one side onto another for these vehicles: the first then ends at a copy of its node.
    void ban(EdgeSide from, EdgeSide to, Vehicles banned);

    /// Arcs for every direction that somebody may travel, the strong components, no rank.
    [[nodiscard]] RouteNetwork network() const;

  private:
    struct Ban {
        EdgeSide from, to;
        Vehicles banned;
    };
    struct Arc {
        std::uint32_t tail, head;
        EdgeSide side;
        Vehicles closed;
    };
    std::uint32_t text(const std::string& text);
    [[nodiscard]] std::uint32_t tail_of(EdgeSide side) const;
    [[nodiscard]] std::vector<Arc> arcs() const;

    std::vector<FixedLonLat> nodes_;
    std::vector<EdgeKind> kinds_;
    std::vector<std::uint32_t> tags_;
    std::vector<std::string> texts_{std::string()};
    std::vector<RouteEdge> edges_;
    std::vector<FixedLonLat> shape_;
    std::vector<EdgePiece> pieces_;
    std::vector<Ban> bans_;
};

} // namespace vigil::test
