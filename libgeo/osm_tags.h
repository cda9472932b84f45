#pragma once

#include "libgeo/ways.h"

#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace vigil {

/// A tag of an OpenStreetMap object.
struct OsmTag {
    std::string_view key, value;
};

/// What a way's tags say for travel; nothing when nobody may travel on it (a building, a river, a proposal).
///
/// road   highway=* open to some motor vehicle; walk: paths only people on foot use; rail: railway=rail,
///        light_rail, subway, tram, narrow_gauge, monorail, funicular; ferry: route=ferry or ferry=*
/// Access is the most specific of access, vehicle, motor_vehicle, motorcar (hgv, psv, bus; foot), after the
/// defaults of the class; oneway, oneway:<mode>, junction=roundabout and motorways bind vehicles, not people
/// on foot. A boat's one way binds everybody. area=yes leaves the outline to people on foot. Speeds are
/// maxspeed[:forward|:backward] in km/h; mph and knots are converted; "walk" is 7, "none" and words without a
/// number are not known. Unusual access (private, delivery, destination, customers) stays open and keeps its
/// tag, so that a profile can make it dear; "no" and "emergency" close. Tags kept: those a profile may want
/// (surface, smoothness, tracktype, toll, access, service, lit, bridge, tunnel, tracks, usage, ...); the list
/// is in osm_tags.cpp. source  wiki.openstreetmap.org: Key:access, OSM tags for routing, Key:oneway,
/// Key:maxspeed
struct OsmWayTags {
    WayKind kind;
    double minutes = std::numeric_limits<double>::quiet_NaN(); ///< duration=hh:mm of a ferry
    std::string_view name;                                     ///< name, else ref
};
std::optional<OsmWayTags> osm_way_tags(std::span<const OsmTag> all);

/// The name alone, as in OsmWayTags.
std::string_view osm_way_name(std::span<const OsmTag> all);

/// Whether a tag of a way never matters for its kind and duration: names, numbers, sources, addresses. A
/// quick answer for ways that differ in nothing else; other tags that do not matter are not told.
bool osm_is_label(const OsmTag& tag);

/// The rails of a way that is a road or path as well: trams in the street. They travel apart from the
/// traffic, so they are a way of their own; nothing when there are none, or osm_way_tags gave them already.
std::optional<OsmWayTags> osm_rail_in_road(std::span<const OsmTag> all);

/// What a node's tags say: barrier, border post, station, stop; nothing for an ordinary node.
std::optional<VertexMark> osm_node_tags(std::span<const OsmTag> all);

/// Whether a station's mark may be moved to a line beside it: a station or stop as a whole, drawn beside the
/// tracks, not the place where trains stop.
bool osm_is_beside(const VertexMark& station);

/// What a turn restriction says, for some vehicles.
struct OsmBan {
    Vehicles banned = vehicle::motor;
    bool only = false;
    bool operator==(const OsmBan&) const = default;
};

/// Rules of a relation type=restriction: restriction=no_* or only_*, restriction:hgv, :bus and so on,
/// except=*. Empty when there is none that binds a vehicle known here, or when it holds at some hours only
/// (restriction:conditional, day_on, hour_on).
std::vector<OsmBan> osm_restriction_tags(std::span<const OsmTag> all);

/// A speed such as "50", "30 mph", "12 knots", "walk"; 0 when there is no number.
double osm_speed_kmh(std::string_view text);

} // namespace vigil
