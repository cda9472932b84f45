#include "kernels/route/match/vague_places.h"

#include "kernels/route/build/nodes.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <tuple>

namespace vigil {

namespace {

/// Equal parts into which an edge is cut.
std::uint32_t parts_of(double length_m)
{
    return static_cast<std::uint32_t>(std::ceil(length_m / VaguePlaces::longest_m));
}

/// No chord of a place that is nearer than an arc is longer.
double chord_of_arc_m(double arc_m)
{
    const double half = arc_m / (2 * mean_earth_radius_m);
    if (half >= std::numbers::pi / 2) {
        return std::numeric_limits<double>::infinity(); // the ellipsoid is wider than the sphere
    }
    return 2 * mean_earth_radius_m * std::sin(half);
}

} // namespace

VaguePlaces::VaguePlaces(const RouteNetwork& network, std::span<const std::uint8_t> usable,
                         std::span<const float> prior)
    : network_(&network)
{
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        if (usable.empty() || usable[e] != 0) {
            add(e, prior.empty() ? 1.0 : static_cast<double>(prior[e]));
        }
    }
    require(stretch_.size() < no_index, "more than 2^32 - 2 stretches of {} m for vague sightings",
            longest_m);
    sort_along_curve();
    wrap();
}

/// Adds the parts of an edge, with their middles on the drawing.
void VaguePlaces::add(std::uint32_t e, double prior)
{
    const double length_m = network_->edge[e].length_m;
    if (!(length_m > 0)) {
        return;
    }
    std::vector<XYZ> points;
    stretches_of(network_->shape_of(e), points);
    double all_m = 0;
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
        all_m += chord_m(points[i], points[i + 1]);
    }
    const std::uint32_t parts = parts_of(length_m);
    const double part_m = length_m / parts;
    std::size_t i = 0;
    double begin_m = 0; // of chords, up to points[i]
    for (std::uint32_t part = 0; part < parts; ++part) {
        const double goal_m = all_m * ((part + 0.5) / parts);
        double step_m = chord_m(points[i], points[i + 1]);
        while (begin_m + step_m < goal_m && i + 2 < points.size()) {
            begin_m += step_m;
            ++i;
            step_m = chord_m(points[i], points[i + 1]);
        }
        const double t = step_m > 0 ? std::clamp((goal_m - begin_m) / step_m, 0.0, 1.0) : 0;
        stretch_.push_back({along(points[i], t, points[i + 1] - points[i]), static_cast<float>(part_m),
                            static_cast<float>(prior * part_m), e, part});
    }
}

void VaguePlaces::sort_along_curve()
{
    using Key = std::pair<std::uint64_t, std::uint32_t>; // equal ones stay in the order of edges
    std::vector<Key> keys;
    keys.reserve(stretch_.size());
    for (std::uint32_t i = 0; i < stretch_.size(); ++i) {
        keys.emplace_back(route_build::hilbert_place(to_fixed(to_lon_lat(stretch_[i].middle))), i);
    }
    std::sort(keys.begin(), keys.end());
    std::vector<Stretch> sorted;
    sorted.reserve(stretch_.size());
    for (const Key& key : keys) {
        sorted.push_back(stretch_[key.second]);
    }
    stretch_ = std::move(sorted);
}

/// Puts a ball around each block: around the middle of its box.
void VaguePlaces::wrap()
{
    for (std::size_t begin = 0; begin < stretch_.size(); begin += block) {
        const std::span<const Stretch> in =
            std::span(stretch_).subspan(begin, std::min(block, stretch_.size() - begin));
        XYZ low = in.front().middle;
        XYZ high = low;
        for (const Stretch& one : in) {
            low = {std::min(low.x, one.middle.x), std::min(low.y, one.middle.y),
                   std::min(low.z, one.middle.z)};
            high = {std::max(high.x, one.middle.x), std::max(high.y, one.middle.y),
                    std::max(high.z, one.middle.z)};
        }
        Ball ball{along(low, 0.5, high - low), 0};
        for (const Stretch& one : in) {
            ball.radius_m = std::max(ball.radius_m, chord_m(ball.centre, one.middle));
        }
        ball_.push_back(ball);
    }
}

std::vector<VaguePlaces::Met> VaguePlaces::within(const XYZ& centre, double reach_m) const
{
    const double limit_m = chord_of_arc_m(reach_m) * (1 + 1e-12); // takes up the rounding of the balls
    std::vector<Met> met;
    for (std::size_t b = 0; b < ball_.size(); ++b) {
        if (chord_m(centre, ball_[b].centre) > (limit_m + ball_[b].radius_m) * (1 + 1e-12)) {
            continue;
        }
        const std::size_t end = std::min((b + 1) * block, stretch_.size());
        for (std::size_t i = b * block; i < end; ++i) {
            const double away_m = chord_m(centre, stretch_[i].middle);
            if (away_m <= limit_m) {
                const double arc_m = arc_of_chord_m(away_m);
                if (arc_m <= reach_m) {
                    met.push_back({static_cast<std::uint32_t>(i), arc_m, 0});
                }
            }
        }
    }
    return met;
}

/// Gives each stretch its mass, up to a constant, and drops those that have none.
void VaguePlaces::weigh(std::vector<Met>& met, double sigma_m) const
{
    const bool known =
        std::any_of(met.begin(), met.end(), [&](const Met& one) { return stretch_[one.stretch].mass > 0; });
    // Seen from the nearest that counts, so that not all vanish when they are many sigmas away.
    double least_m = std::numeric_limits<double>::infinity();
    for (Met& one : met) {
        const Stretch& stretch = stretch_[one.stretch];
        one.mass = static_cast<double>(known ? stretch.mass : stretch.length_m);
        if (one.mass > 0) {
            least_m = std::min(least_m, one.arc_m);
        }
    }
    for (Met& one : met) {
        const double beyond = (one.arc_m - least_m) / sigma_m * ((one.arc_m + least_m) / sigma_m);
        one.mass = one.mass > 0 ? one.mass * std::exp(-beyond / 2) : 0;
    }
    std::erase_if(met, [](const Met& one) { return !(one.mass > 0); });
}

/// The place that leaves a share of a stretch behind.
EdgePlace VaguePlaces::on(const Stretch& stretch, double share) const
{
    const double length_m = network_->edge[stretch.edge].length_m;
    const double offset_m = length_m * ((stretch.part + share) / parts_of(length_m));
    return {stretch.edge, std::min(offset_m, length_m)};
}

std::vector<VaguePlaces::Place> VaguePlaces::all_of(const std::vector<Met>& met) const
{
    double most = 0;
    for (const Met& one : met) {
        most = std::max(most, one.mass);
    }
    std::vector<Place> places;
    places.reserve(met.size());
    for (const Met& one : met) {
        places.push_back({on(stretch_[one.stretch], 0.5), std::log(one.mass / most)});
    }
    return places;
}

/// The middle of the mass of each of `most` strata of equal mass.
std::vector<VaguePlaces::Place> VaguePlaces::strata_of(const std::vector<Met>& met, std::size_t most) const
{
    double all = 0;
    for (const Met& one : met) {
        all += one.mass;
    }
    std::vector<Place> places;
    places.reserve(most);
    std::size_t i = 0;
    double before = 0; // the mass of what comes before met[i]
    for (std::size_t k = 0; k < most; ++k) {
        const double goal = all * ((static_cast<double>(k) + 0.5) / static_cast<double>(most));
        while (before + met[i].mass < goal && i + 1 < met.size()) {
            before += met[i].mass;
            ++i;
        }
        const double share = std::clamp((goal - before) / met[i].mass, 0.0, 1.0);
        places.push_back({on(stretch_[met[i].stretch], share), 0});
    }
    return places;
}

std::vector<VaguePlaces::Place> VaguePlaces::find(LonLat centre, double sigma_m, double reach_m,
                                                  std::size_t most) const
{
    std::vector<Met> met = within(earth_centred(centre), reach_m);
    weigh(met, sigma_m);
    std::vector<Place> places = met.size() > most ? strata_of(met, most) : all_of(met);
    std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
        return std::tie(a.place.edge, a.place.offset_m) < std::tie(b.place.edge, b.place.offset_m);
    });
    return places;
}

} // namespace vigil
