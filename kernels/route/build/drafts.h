#pragma once

#include "kernels/route/build/edges.h"

#include <cstdint>
#include <vector>

namespace vigil::route_build {

/// An edge before it has its number.
struct EdgeDraft {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    std::uint32_t kind = 0;
    std::uint32_t name = 0;
    std::int64_t source = 0;
    std::uint32_t point_begin = 0; ///< EdgeDrafts::points [point_begin, point_end)
    std::uint32_t point_end = 0;
    Chain steps;
};

struct EdgeDrafts {
    std::vector<EdgeDraft> edges;
    std::vector<std::uint32_t> points;
};

/// Edges along chains (whose steps are turned round where need be), over barriers and between modes, in no
/// particular order.
EdgeDrafts draft_edges(Lines& lines, Chains& chains, const Nodes& nodes, const std::vector<PointMark>& marks,
                       const std::vector<Transfer>& transfers);

} // namespace vigil::route_build
