#pragma once

#include "libgeo/route_network.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vigil {

/// How somebody travels: who they are, which modes they use, how fast, what they avoid.
struct Profile {
    std::string name;
    Vehicles vehicles = vehicle::car;                 ///< an edge open to any of them may be used
    std::array<Vehicles, mode_count> mode_vehicles{}; ///< the same for one mode only; 0: `vehicles`
    std::array<double, mode_count> mode_factor{};     ///< of time, by Mode; 0: not used at all
    std::vector<std::pair<std::string, double>>
        speed_kmh;                ///< by class, in the order of the file; 0: not used
    double default_speed_kmh = 0; ///< of classes without one; 0: such edges are not used
    bool use_signposted = true;   ///< the edge's own speed wins over that of its class
    double most_speed_kmh = 1000; ///< the vehicle goes no faster
    double signposted_factor = 1; ///< travel speed / signposted speed
    /// "key=value" or "key=*": time is multiplied; 0: not used. Of one key, the value itself wins over *.
    std::vector<std::pair<std::string, double>> tag_factor;
    double border_minutes = 0;   ///< at each border
    double transfer_minutes = 0; ///< at each transfer
    double barrier_minutes = 0;  ///< at each barrier that may be passed and is no border
    std::vector<std::pair<std::string, double>> polygon_factor; ///< file, factor: time inside is multiplied

    [[nodiscard]] Vehicles vehicles_of(Mode mode) const
    {
        const Vehicles own = mode_vehicles[static_cast<std::size_t>(mode)];
        return own != vehicle::none ? own : vehicles;
    }
};

/// Reads a profile: lines of `key = value`, each key once. # at the beginning of a line or after a space
/// begins a comment. The value is what follows the last = of a line.
///
///     name = car               absent: the name of the file without folders and ending
///     vehicle = car bus        one or more of car, truck, bus, foot, train
///     vehicle ferry = foot     who travels where the mode is ferry; else `vehicle`
///     mode road = 1            factor on time; modes without a line, or with `no`, are not used
///     speed motorway = 110     km/h of a class; also mph, knots, m/s; `no`: not used
///     default speed = 30       of classes without a line; absent or `no`: not used
///     signposted = 0.9         yes, no, or travel speed / signposted speed
///     most speed = 130
///     factor surface=gravel = 1.5   tag and factor on time; `no`: not used
///     factor toll=* = 1.3           any other value of the key
///     factor area night.gpkg = 3    polygons and factor on time inside
///     border = 20              minutes; also s, min, h; likewise transfer, barrier
///
/// file     its name, for errors
/// throws   Error "file:line: what was seen and what to do"
Profile parse_profile(std::string_view text, const std::string& file);

/// The profiles that come with vigil: car, truck, bus, walk, rail, ferry, multimodal.
std::vector<std::string> profile_names();
/// The text of one of them; empty for another name.
std::string_view profile_text(std::string_view name);

/// An area where time is multiplied: a factor for the share of each edge that lies inside.
struct AreaFactor {
    std::vector<double> inside; ///< of each edge, 0 to 1
    double factor = 1;          ///< > 0
};

/// What every edge side and arc of a network costs under a profile, in minutes scaled to whole weights.
///
/// minutes = length / speed * mode factor * tag factors * area factors + border + transfer + barrier minutes
///
/// where the edge's own minutes, when it has them, stand for length / speed, and an area multiplies by
/// 1 + inside * (factor - 1). Speed is at least 0.1 km/h. An edge of length 0 needs no speed, nor does a
/// transfer. Edges of more than 100,000 minutes are none.
/// Rounded to the nearest unit, at least 1 for an edge longer than 0. A unit is a millisecond, or the least
/// power of ten times that for which no cheapest way reaches 2^30.
/// throws   Error when nothing of the network can be travelled under the profile, an area does not fit, or
///          edges are so dear that a unit is more than a hundredth of what half of all cost at most
/// cost     O(edges + arcs)
Costs costs_of(const RouteNetwork& network, const Profile& profile,
               const std::vector<AreaFactor>& areas = {});

/// Which edges may be travelled in one direction at least: one flag each.
std::vector<std::uint8_t> usable_edges(const RouteNetwork& network, const Costs& costs);

/// The rounded share, 0 to 1, of what an edge costs; `unreachable` stays so.
Weight part_weight(Weight full, double share);

} // namespace vigil
