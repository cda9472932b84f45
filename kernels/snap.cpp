#include "kernels/snap.h"

#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace vigil {

namespace {

constexpr double spacing_m = 50;

struct OnSegment {
    XY xy;
    double along_m = 0;
    double dist_m2 = 0;
};

/// The point of segment a-b nearest to p.
OnSegment nearest_on_segment(XY p, XY a, XY b)
{
    const double length_m2 = squared_distance_m2(a, b);
    const double dot = (p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y);
    const double t = std::clamp(dot / length_m2, 0.0, 1.0);
    const XY xy = t == 1 ? b : XY{a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)};
    return {xy, t * std::sqrt(length_m2), squared_distance_m2(p, xy)};
}

double squared(double value)
{
    return value * value;
}

} // namespace

Snapper::Snapper(const Network& network, std::span<const std::uint32_t> edges) : network_(network)
{
    std::vector<XY> centres;
    if (edges.empty()) {
        for (std::uint32_t e = 0; e < network.edges.size(); ++e) {
            add_stretches(e, centres);
        }
    }
    for (const std::uint32_t e : edges) {
        add_stretches(e, centres);
    }
    index_.emplace(std::move(centres));
}

/// Cuts an edge into equal lengths of at most 50 m; the middle of each stands for the segments it touches, so
/// that no point of the edge is farther than 25 m from the middle that stands for it.
void Snapper::add_stretches(std::uint32_t edge_number, std::vector<XY>& centres)
{
    const NetworkEdge& edge = network_.edges[edge_number];
    const double count = std::max(1.0, std::ceil(edge.length_m / spacing_m));
    const double step_m = edge.length_m / count;
    std::size_t v = edge.shape_begin; // the segment that holds the current length begins here
    double offset_m = 0;              // of vertex v
    double next_m = distance_m(network_.shape[v], network_.shape[v + 1]);
    const auto advance_to = [&](double length_m) {
        while (offset_m + next_m < length_m && v + 2 < edge.shape_end) {
            offset_m += next_m;
            ++v;
            next_m = distance_m(network_.shape[v], network_.shape[v + 1]);
        }
    };
    for (double k = 0; k < count; ++k) {
        advance_to(k * step_m);
        Stretch stretch{edge_number, v, 0, offset_m};
        const double middle_m = (k + 0.5) * step_m;
        advance_to(middle_m);
        const double t = std::clamp((middle_m - offset_m) / next_m, 0.0, 1.0);
        const XY a = network_.shape[v];
        const XY b = network_.shape[v + 1];
        centres.push_back({a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)});
        advance_to((k + 1) * step_m);
        stretch.last = v + 1;
        stretches_.push_back(stretch);
    }
}

void Snapper::measure(XY place, const Stretch& stretch, Snapped& best) const
{
    double offset_m = stretch.first_offset_m;
    for (std::size_t v = stretch.first; v < stretch.last; ++v) {
        const XY a = network_.shape[v];
        const XY b = network_.shape[v + 1];
        const OnSegment on = nearest_on_segment(place, a, b);
        const double length_m = network_.edges[stretch.edge].length_m;
        const Snapped found{
            {stretch.edge, std::min(offset_m + on.along_m, length_m)}, on.xy, std::sqrt(on.dist_m2)};
        const auto key = [](const Snapped& s) {
            return std::tuple(s.distance_m, s.place.edge, s.place.offset_m);
        };
        if (key(found) < key(best)) {
            best = found;
        }
        offset_m += distance_m(a, b);
    }
}

std::optional<Snapped> Snapper::snap(XY place, double max_distance_m) const
{
    require(std::isfinite(place.x) && std::isfinite(place.y), "a place to snap is not finite");
    Snapped best;
    best.distance_m = std::numeric_limits<double>::infinity();
    // A point of the network at distance d belongs to a middle at most 25 m farther. The widening takes up
    // the rounding of the tree's own distances.
    const auto reach_m2 = [](double distance_m) {
        return squared(distance_m + spacing_m / 2) * (1 + 1e-6) + 1e-6;
    };
    index_->search(place, reach_m2(max_distance_m), [&](std::uint32_t i, double) {
        measure(place, stretches_[i], best);
        return reach_m2(std::min(best.distance_m, max_distance_m));
    });
    if (!(best.distance_m <= max_distance_m) || std::isinf(best.distance_m)) {
        return std::nullopt;
    }
    return best;
}

NodeSnapper::NodeSnapper(const Network& network, std::span<const std::uint32_t> nodes)
{
    std::vector<std::optional<NetworkPlace>> place(network.nodes.size());
    for (std::uint32_t e = 0; e < network.edges.size(); ++e) {
        const NetworkEdge& edge = network.edges[e];
        place[edge.from] = place[edge.from].value_or(NetworkPlace{e, 0});
        place[edge.to] = place[edge.to].value_or(NetworkPlace{e, edge.length_m});
    }
    std::vector<bool> allowed(network.nodes.size(), nodes.empty());
    for (const std::uint32_t v : nodes) {
        allowed[v] = true;
    }
    std::vector<XY> places;
    for (std::size_t v = 0; v < network.nodes.size(); ++v) {
        if (allowed[v] && place[v]) {
            places.push_back(network.nodes[v]);
            place_of_.push_back(*place[v]);
        }
    }
    index_.emplace(std::move(places));
}

std::optional<Snapped> NodeSnapper::snap(XY place, double max_distance_m) const
{
    require(std::isfinite(place.x) && std::isfinite(place.y), "a place to snap is not finite");
    const auto widened = [](double dist_m2) {
        return dist_m2 * (1 + 1e-6) + 1e-6;
    };
    double best_m2 = std::numeric_limits<double>::infinity();
    std::uint32_t best = 0;
    index_->search(place, widened(squared(max_distance_m)), [&](std::uint32_t i, double dist_m2) {
        if (dist_m2 < best_m2 || (dist_m2 == best_m2 && i < best)) {
            best_m2 = dist_m2;
            best = i;
        }
        return widened(std::min(best_m2, squared(max_distance_m)));
    });
    if (std::isinf(best_m2) || std::sqrt(best_m2) > max_distance_m) {
        return std::nullopt;
    }
    return Snapped{place_of_[best], index_->places()[best], std::sqrt(best_m2)};
}

XY to_xy(const Network& network, NetworkPlace place)
{
    const auto shape = network.shape_of(network.edges[place.edge]);
    double left_m = place.offset_m;
    for (std::size_t v = 0; v + 1 < shape.size(); ++v) {
        const double length_m = distance_m(shape[v], shape[v + 1]);
        if (left_m < length_m) {
            const double t = left_m / length_m;
            return {shape[v].x + t * (shape[v + 1].x - shape[v].x),
                    shape[v].y + t * (shape[v + 1].y - shape[v].y)};
        }
        left_m -= length_m;
    }
    return shape.back();
}

} // namespace vigil
