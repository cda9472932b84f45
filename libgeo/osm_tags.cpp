#include "libgeo/osm_tags.h"

#include "libgeo/osm_access.h"

#include <algorithm>

namespace vigil {

namespace {

/// What profiles may want to know of a way; everything else is dropped, because ways of unlike tags cannot be
/// one edge. Sorted.
constexpr std::string_view kept_keys[] = {"4wd_only",
                                          "access",
                                          "bridge",
                                          "bus",
                                          "conveying",
                                          "foot",
                                          "footway",
                                          "ford",
                                          "goods",
                                          "hazmat",
                                          "hgv",
                                          "hov",
                                          "ice_road",
                                          "informal",
                                          "junction",
                                          "lit",
                                          "maxaxleload",
                                          "maxheight",
                                          "maxlength",
                                          "maxspeed:hgv",
                                          "maxweight",
                                          "maxwidth",
                                          "motor_vehicle",
                                          "motorcar",
                                          "motorroad",
                                          "psv",
                                          "railway:traffic_mode",
                                          "sac_scale",
                                          "seasonal",
                                          "service",
                                          "smoothness",
                                          "surface",
                                          "toll",
                                          "toll:hgv",
                                          "tracks",
                                          "tracktype",
                                          "trail_visibility",
                                          "tunnel",
                                          "usage",
                                          "vehicle",
                                          "winter_road"};

struct HighwayClass {
    std::string_view name;
    Vehicles open; ///< by default
};

constexpr Vehicles everybody = vehicle::motor | vehicle::foot;
constexpr HighwayClass highway_classes[] = {
    {"motorway", vehicle::motor},  {"motorway_link", vehicle::motor},
    {"trunk", everybody},          {"trunk_link", everybody},
    {"primary", everybody},        {"primary_link", everybody},
    {"secondary", everybody},      {"secondary_link", everybody},
    {"tertiary", everybody},       {"tertiary_link", everybody},
    {"unclassified", everybody},   {"residential", everybody},
    {"living_street", everybody},  {"service", everybody},
    {"road", everybody},           {"track", everybody},
    {"busway", vehicle::bus},      {"bus_guideway", vehicle::bus},
    {"pedestrian", vehicle::foot}, {"footway", vehicle::foot},
    {"cycleway", vehicle::foot},   {"path", vehicle::foot},
    {"bridleway", vehicle::foot},  {"steps", vehicle::foot},
    {"corridor", vehicle::foot},
};

constexpr std::string_view rail_classes[] = {"rail",         "light_rail", "subway",   "tram",
                                             "narrow_gauge", "monorail",   "funicular"};

const HighwayClass* highway_class(std::string_view value)
{
    const auto* const found = std::find_if(std::begin(highway_classes), std::end(highway_classes),
                                           [&](const HighwayClass& c) { return c.name == value; });
    return found == std::end(highway_classes) ? nullptr : found;
}

bool is_rail(std::string_view value)
{
    return std::find(std::begin(rail_classes), std::end(rail_classes), value) != std::end(rail_classes);
}

bool is_ferry(const OsmTagList& tags)
{
    const std::string_view ferry = tags["ferry"];
    return tags["route"] == "ferry" || (!ferry.empty() && ferry != "no");
}

/// bridge=no says what no tag says as well.
bool says_nothing(const OsmTag& tag)
{
    return tag.value.empty() || (tag.value == "no" && (tag.key == "bridge" || tag.key == "tunnel" ||
                                                       tag.key == "toll" || tag.key == "ford"));
}

bool changes_with_time(std::string_view oneway)
{
    return oneway == "reversible" || oneway == "alternating";
}

std::vector<std::string> kept_tags(const OsmTagList& tags)
{
    std::vector<std::string> kept;
    for (const OsmTag& tag : tags.all()) {
        const bool wanted =
            std::find(std::begin(kept_keys), std::end(kept_keys), tag.key) != std::end(kept_keys) ||
            (tag.key == "oneway" && changes_with_time(tag.value));
        if (wanted && !says_nothing(tag)) {
            std::string text(tag.key);
            text += '=';
            text += tag.value;
            kept.push_back(std::move(text));
        }
    }
    std::sort(kept.begin(), kept.end());
    return kept;
}

void set_speeds(WayKind& kind, const OsmTagList& tags)
{
    const auto speed = [&](std::string_view key, float otherwise) {
        const std::string_view text = tags[key];
        return text.empty() ? otherwise : static_cast<float>(osm_speed_kmh(text));
    };
    const float both = speed("maxspeed", 0);
    kind.speed_forward_kmh = speed("maxspeed:forward", both);
    kind.speed_backward_kmh = speed("maxspeed:backward", both);
}

/// Who may travel on a way by access tags and oneway together.
void set_vehicles(WayKind& kind, const OsmTagList& tags, Vehicles by_default, Vehicles one_way)
{
    const OsmOneway oneway = osm_oneway(tags, one_way);
    kind.forward = osm_access(tags, by_default, OsmDirection::forward) & oneway.forward;
    kind.backward = osm_access(tags, by_default, OsmDirection::backward) & oneway.backward;
}

WayKind ferry_kind(const OsmTagList& tags)
{
    WayKind kind;
    kind.mode = Mode::ferry;
    kind.road_class = "ferry";
    // boats for walkers or bicycles are tagged so; a bare route=ferry takes cars
    const bool for_walkers = !osm_tells_motor(tags) && (tags.has("foot") || tags.has("bicycle"));
    set_vehicles(kind, tags, for_walkers ? vehicle::foot : everybody, vehicle::none);
    const OsmOneway oneway = osm_oneway(tags, vehicle::none);
    if ((oneway.forward & vehicle::train) == 0) { // a boat's one way binds whoever is aboard
        kind.forward = vehicle::none;
    }
    if ((oneway.backward & vehicle::train) == 0) {
        kind.backward = vehicle::none;
    }
    return kind;
}

WayKind rail_kind(const OsmTagList& tags)
{
    WayKind kind;
    kind.mode = Mode::rail;
    kind.road_class = tags["railway"];
    const OsmOneway oneway = osm_oneway(tags, vehicle::none);
    kind.forward = oneway.forward & vehicle::train;
    kind.backward = oneway.backward & vehicle::train;
    return kind;
}

WayKind highway_kind(const OsmTagList& tags, const HighwayClass& highway)
{
    WayKind kind;
    kind.road_class = highway.name;
    Vehicles open = highway.open;
    if (tags["motorroad"] == "yes") {
        open &= static_cast<Vehicles>(~vehicle::foot);
    }
    const std::string_view junction = tags["junction"];
    const bool implied =
        junction == "roundabout" || junction == "circular" || highway.name.starts_with("motorway");
    set_vehicles(kind, tags, open, implied ? vehicle::motor : vehicle::none);
    if (tags["area"] == "yes") { // its outline: people walk round or across, nobody drives round a square
        kind.forward &= vehicle::foot;
        kind.backward &= vehicle::foot;
    }
    kind.mode = ((kind.forward | kind.backward) & vehicle::motor) != 0 ? Mode::road : Mode::walk;
    return kind;
}

bool is_used(const WayKind& kind)
{
    return (kind.forward | kind.backward) != vehicle::none;
}

std::optional<WayKind> kind_of(const OsmTagList& tags)
{
    if (is_ferry(tags)) {
        return ferry_kind(tags);
    }
    if (const HighwayClass* highway = highway_class(tags["highway"])) {
        WayKind kind = highway_kind(tags, *highway);
        if (is_used(kind)) {
            return kind;
        }
    }
    if (is_rail(tags["railway"])) {
        return rail_kind(tags);
    }
    return {};
}

OsmWayTags with_details(WayKind kind, const OsmTagList& tags)
{
    OsmWayTags result;
    result.kind = std::move(kind);
    set_speeds(result.kind, tags);
    result.kind.tags = kept_tags(tags);
    if (result.kind.mode == Mode::ferry) {
        result.minutes = osm_minutes(tags["duration"]);
    }
    result.name = osm_way_name(tags.all());
    return result;
}

} // namespace

std::optional<OsmWayTags> osm_way_tags(std::span<const OsmTag> all)
{
    const OsmTagList tags(all);
    std::optional<WayKind> kind = kind_of(tags);
    if (!kind || !is_used(*kind)) {
        return {};
    }
    return with_details(std::move(*kind), tags);
}

std::string_view osm_way_name(std::span<const OsmTag> all)
{
    const OsmTagList tags(all);
    const std::string_view name = tags["name"];
    return name.empty() ? tags["ref"] : name;
}

bool osm_is_label(const OsmTag& tag)
{
    constexpr std::string_view keys[] = {"name",       "ref",      "source",   "note",
                                         "created_by", "wikidata", "wikipedia"};
    constexpr std::string_view prefixes[] = {"name:", "addr:", "tiger:", "source:", "destination", "ref:"};
    return std::find(std::begin(keys), std::end(keys), tag.key) != std::end(keys) ||
           tag.key.ends_with("_name") ||
           std::any_of(std::begin(prefixes), std::end(prefixes),
                       [&](std::string_view prefix) { return tag.key.starts_with(prefix); });
}

std::optional<OsmWayTags> osm_rail_in_road(std::span<const OsmTag> all)
{
    const OsmTagList tags(all);
    if (!is_rail(tags["railway"]) || highway_class(tags["highway"]) == nullptr) {
        return {};
    }
    OsmWayTags rail = with_details(rail_kind(tags), tags);
    rail.kind.speed_forward_kmh = rail.kind.speed_backward_kmh = 0; // the sign is for the road
    rail.kind.tags.clear();
    return rail;
}

} // namespace vigil
