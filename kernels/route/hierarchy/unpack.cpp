#include "kernels/route/hierarchy/unpack.h"

#include <algorithm>
#include <cassert>

namespace vigil::hierarchy {

namespace {

/// An edge to go along, with what is known of it: fewer places to look up.
struct Step {
    std::uint32_t edge = 0; ///< 2 * edge, plus 1 when it is gone down
    std::uint32_t tail = 0; ///< the lower end
    Weight weight = 0;
};

/// The lowest arc that runs along an edge at the edge's weight; no_index when the edge is a shortcut only.
std::uint32_t arc_along(const CustomisedHierarchy& metric, const Step& step)
{
    const Hierarchy& h = metric.hierarchy();
    const auto first = h.arc_edge.begin() + h.arc_begin[step.tail];
    const auto last = h.arc_edge.begin() + h.arc_begin[step.tail + 1];
    const auto [from, to] = std::equal_range(first, last, step.edge);
    for (auto k = from - h.arc_edge.begin(); k < to - h.arc_edge.begin(); ++k) {
        if (metric.arc_weight[static_cast<std::size_t>(k)] == step.weight) {
            return h.arc[static_cast<std::size_t>(k)];
        }
    }
    return no_index;
}

struct Halves {
    Step first, second;
};

/// The two edges over the lowest node that add up to an edge's weight.
Halves halves_of(const CustomisedHierarchy& metric, const Step& step)
{
    const Hierarchy& h = metric.hierarchy();
    const std::uint32_t v = step.tail, w = h.up_head[step.edge / 2];
    const bool down = (step.edge & 1U) != 0;
    for (std::uint32_t k = h.down_begin[v]; k < h.down_begin[v + 1]; ++k) {
        const std::uint32_t near = h.down_edge[k]; // (u, v)
        const Weight part = down ? metric.weight[near].up : metric.weight[near].down;
        if (part > step.weight) {
            continue;
        }
        const std::uint32_t u = h.down_tail[k];
        const auto last = h.up_head.begin() + h.up_begin[u + 1];
        const auto found = std::lower_bound(h.up_head.begin() + near + 1, last, w);
        if (found == last || *found != w) {
            continue;
        }
        const auto far = static_cast<std::uint32_t>(found - h.up_head.begin()); // (u, w)
        const Weight rest = step.weight - part;
        if (!down && metric.weight[far].up == rest) {
            return {{2 * near + 1, u, part}, {2 * far, u, rest}};
        }
        if (down && metric.weight[far].down == rest) {
            return {{2 * far + 1, u, rest}, {2 * near, u, part}};
        }
    }
    assert(false && "an edge's weight comes from an arc or from below");
    return {};
}

/// Goes along an edge: by an arc, or by its halves. The depth is bounded, each half being lower in the tree,
/// but that can be far: the halves wait in a list.
void go_along(const CustomisedHierarchy& metric, Step step, std::vector<Step>& waiting,
              std::vector<std::uint32_t>& arcs)
{
    waiting.assign(1, step);
    while (!waiting.empty()) {
        step = waiting.back();
        waiting.pop_back();
        if (const std::uint32_t arc = arc_along(metric, step); arc != no_index) {
            arcs.push_back(arc);
            continue;
        }
        const Halves halves = halves_of(metric, step);
        waiting.push_back(halves.second);
        waiting.push_back(halves.first);
    }
}

} // namespace

void unpack(const CustomisedHierarchy& metric, std::span<const std::uint32_t> edges,
            std::vector<std::uint32_t>& arcs)
{
    std::vector<Step> waiting;
    for (const std::uint32_t e : edges) {
        const TwoWay& both = metric.weight[e / 2];
        const Weight weight = (e & 1U) == 0 ? both.up : both.down;
        go_along(metric, {e, metric.hierarchy().up_tail[e / 2], weight}, waiting, arcs);
    }
}

} // namespace vigil::hierarchy
