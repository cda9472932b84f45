#pragma once

#include "kernels/nearest3.h"
#include "kernels/route/edge_snapper.h"

#include <optional>
#include <span>
#include <vector>

namespace vigil {

/// Finds the nearest joint of a network: a node, or a place inside a chain where one source line ends and the
/// next begins. Of several as near the one on the lowest edge is taken; one on an edge of no length (a
/// barrier, a border post) only when nothing else is as near. Offsets of joints inside chains are those of
/// the pieces, in single precision.
class JointSnapper {
  public:
    /// usable   one flag per edge: its joints may be snapped to; empty means all
    /// throws   Error when there is not one flag for each edge
    explicit JointSnapper(const RouteNetwork& network, std::span<const std::uint8_t> usable = {});

    /// throws   Error when the place is not finite
    [[nodiscard]] std::optional<SnapCandidate> nearest(LonLat place) const;

  private:
    std::vector<SnapCandidate> joints_;
    std::optional<BallIndex> index_;
};

} // namespace vigil
