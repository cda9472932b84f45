#include "kernels/route/place_ends.h"

#include "kernels/route/profile.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>

namespace vigil {

namespace {

double share(double part_m, double whole_m)
{
    return whole_m > 0 ? std::clamp(part_m / whole_m, 0.0, 1.0) : 0.0;
}

} // namespace

PlaceEnds::PlaceEnds(const RouteNetwork& network, const Costs& costs) : network_(network), costs_(costs)
{
    first_copy_.assign(network.place_nodes + 1, 0);
    for (std::uint32_t v = network.place_nodes; v < network.nodes(); ++v) {
        ++first_copy_[network.node_of[v] + 1];
    }
    for (std::size_t v = 0; v < network.place_nodes; ++v) {
        first_copy_[v + 1] += first_copy_[v];
    }
    copy_.resize(network.nodes() - network.place_nodes);
    std::vector<std::uint32_t> next(first_copy_.begin(), first_copy_.end() - 1);
    for (std::uint32_t v = network.place_nodes; v < network.nodes(); ++v) {
        copy_[next[network.node_of[v]]++] = v;
    }
}

/// The node a place is at, or no_index when it is inside its edge.
std::uint32_t PlaceEnds::node_at(EdgePlace place) const
{
    const RouteEdge& edge = network_.edge[place.edge];
    if (place.offset_m <= 0) {
        return edge.from;
    }
    return place.offset_m >= edge.length_m ? edge.to : no_index;
}

/// The arc by which a side is travelled from a node or a copy of one; no_index when nobody may.
std::uint32_t PlaceEnds::arc_on(std::uint32_t node, EdgeSide side) const
{
    for (std::uint32_t arc = network_.first_out[node]; arc < network_.first_out[node + 1]; ++arc) {
        if (network_.arc_side[arc] == side) {
            return arc;
        }
    }
    return no_index;
}

bool PlaceEnds::same_place(EdgePlace from, EdgePlace to) const
{
    return from == to || (node_at(from) != no_index && node_at(from) == node_at(to));
}

std::vector<PartialEnd> PlaceEnds::leaving(EdgePlace place) const
{
    if (const std::uint32_t node = node_at(place); node != no_index) {
        return {{node, 0, 0, 2 * place.edge}};
    }
    const double whole_m = network_.edge[place.edge].length_m;
    std::vector<PartialEnd> ends;
    for (const EdgeSide side : {2 * place.edge, 2 * place.edge + 1}) {
        const std::uint32_t arc = arc_on(network_.tail_of_side(side), side);
        if (arc != no_index && costs_.of_arc[arc] < unreachable) {
            const double part_m = is_backward(side) ? place.offset_m : whole_m - place.offset_m;
            ends.push_back({network_.head[arc], part_weight(costs_.of_side[side], share(part_m, whole_m)),
                            part_m, side});
        }
    }
    return ends;
}

void PlaceEnds::add_arrivals(std::uint32_t node, EdgeSide side, Weight weight, double length_m,
                             std::vector<PartialEnd>& ends) const
{
    const auto add = [&](std::uint32_t v) {
        const std::uint32_t arc = arc_on(v, side);
        if (arc != no_index && costs_.of_arc[arc] < unreachable) {
            ends.push_back({v, weight, length_m, side});
        }
    };
    add(node);
    for (std::uint32_t i = first_copy_[node]; i < first_copy_[node + 1]; ++i) {
        add(copy_[i]);
    }
}

std::vector<PartialEnd> PlaceEnds::arriving(EdgePlace place) const
{
    if (const std::uint32_t node = node_at(place); node != no_index) {
        std::vector<PartialEnd> ends{{node, 0, 0, 2 * place.edge}};
        for (std::uint32_t i = first_copy_[node]; i < first_copy_[node + 1]; ++i) {
            ends.push_back({copy_[i], 0, 0, 2 * place.edge});
        }
        return ends;
    }
    const double whole_m = network_.edge[place.edge].length_m;
    std::vector<PartialEnd> ends;
    for (const EdgeSide side : {2 * place.edge, 2 * place.edge + 1}) {
        const double part_m = is_backward(side) ? whole_m - place.offset_m : place.offset_m;
        add_arrivals(network_.tail_of_side(side), side,
                     part_weight(costs_.of_side[side], share(part_m, whole_m)), part_m, ends);
    }
    return ends;
}

DirectWay PlaceEnds::direct(EdgePlace from, EdgePlace to) const
{
    DirectWay best;
    if (from.edge != to.edge) {
        return best;
    }
    const double whole_m = network_.edge[from.edge].length_m;
    const double part_m = std::abs(to.offset_m - from.offset_m);
    for (const EdgeSide side : {2 * from.edge, 2 * from.edge + 1}) {
        const bool leads = is_backward(side) ? to.offset_m <= from.offset_m : to.offset_m >= from.offset_m;
        if (leads && costs_.of_side[side] < unreachable) {
            const Weight weight = part_weight(costs_.of_side[side], share(part_m, whole_m));
            if (weight < best.weight) {
                best = {weight, part_m, side};
            }
        }
    }
    if (part_m == 0 && best.weight == unreachable) {
        best = {0, 0, 2 * from.edge}; // one place: nobody has to move
    }
    return best;
}

RouteWay PlaceEnds::direct_way(EdgePlace from, EdgePlace to, EdgeSide side)
{
    return {{side}, from.offset_m, to.offset_m, from.offset_m == to.offset_m};
}

RouteWay PlaceEnds::way(EdgePlace from, EdgePlace to, const PartialEnd& first,
                        std::span<const std::uint32_t> arcs, const PartialEnd& last) const
{
    const auto start_of = [&](EdgeSide side) {
        return is_backward(side) ? network_.edge[edge_of(side)].length_m : 0.0;
    };
    const bool starts_inside = first.length_m > 0;
    const bool ends_inside = last.length_m > 0;
    if (!starts_inside && arcs.empty() && !ends_inside) {
        return {{first.element}, from.offset_m, from.offset_m, true}; // both at one node
    }
    RouteWay way;
    if (starts_inside) {
        way.sides.push_back(first.element);
    }
    for (const std::uint32_t arc : arcs) {
        way.sides.push_back(network_.arc_side[arc]);
    }
    if (ends_inside) {
        way.sides.push_back(last.element);
    }
    way.start_m = starts_inside ? from.offset_m : start_of(way.sides.front());
    way.end_m = ends_inside ? to.offset_m : start_of(reversed(way.sides.back()));
    return way;
}

Weight PlaceEnds::weight_of(const RouteWay& way, const Costs& costs) const
{
    if (way.stays || way.sides.empty()) {
        return 0;
    }
    Weight sum = 0;
    std::uint32_t node = network_.tail_of_side(way.sides.front());
    for (std::size_t i = 0; i < way.sides.size(); ++i) {
        const std::uint32_t arc = arc_on(node, way.sides[i]); // from a copy, so that bans count
        if (arc == no_index || costs.of_arc[arc] >= unreachable) {
            return unreachable;
        }
        const double whole_m = network_.edge[edge_of(way.sides[i])].length_m;
        const TravelledPart part = travelled_part(network_, way, i);
        const double part_m = std::abs(part.to_m - part.from_m);
        sum = add(sum, part_weight(costs.of_side[way.sides[i]], whole_m > 0 ? share(part_m, whole_m) : 1));
        node = network_.head[arc];
    }
    return sum;
}

std::vector<Seed> seeds_of(std::span<const PartialEnd> ends)
{
    std::vector<Seed> seeds;
    for (const PartialEnd& end : ends) {
        seeds.push_back({end.node, end.weight});
    }
    return seeds;
}

} // namespace vigil
