#include "libgeo/osm_access.h"

#include <algorithm>
#include <charconv>

namespace vigil {

namespace {

constexpr Vehicles nobody = vehicle::train; // what stands on a road never stops a train
constexpr Vehicles walkers = vehicle::foot | vehicle::train;

struct Barrier {
    std::string_view name;
    Vehicles passable; ///< when no access tag tells
};

constexpr Barrier barriers[] = {
    // closed now and then, or slow, but made to be passed
    {"border_control", vehicle::all},
    {"bump_gate", vehicle::all},
    {"cattle_grid", vehicle::all},
    {"coupure", vehicle::all},
    {"entrance", vehicle::all},
    {"gate", vehicle::all},
    {"hampshire_gate", vehicle::all},
    {"kerb", vehicle::all},
    {"lift_gate", vehicle::all},
    {"rising_bollard", vehicle::all},
    {"sally_port", vehicle::all},
    {"sliding_beam", vehicle::all},
    {"sliding_gate", vehicle::all},
    {"swing_gate", vehicle::all},
    {"toll_booth", vehicle::all},
    // for wide axles
    {"bus_trap", vehicle::truck | vehicle::bus | walkers},
    {"sump_buster", vehicle::truck | vehicle::bus | walkers},
    // nothing gets through
    {"cable_barrier", nobody},
    {"city_wall", nobody},
    {"fence", nobody},
    {"guard_rail", nobody},
    {"hedge", nobody},
    {"retaining_wall", nobody},
    {"wall", nobody},
    // all others leave people on foot through: bollard, block, chain, stile, kissing_gate, ...
};

constexpr double tall_m = 4; // trucks and buses fit under what is this high

bool fits_tall(std::string_view maxheight)
{
    double metres = 0;
    const auto [end, error] = std::from_chars(maxheight.data(), maxheight.data() + maxheight.size(), metres,
                                              std::chars_format::fixed);
    const std::string_view unit = maxheight.substr(static_cast<std::size_t>(end - maxheight.data()));
    return error == std::errc() && metres >= tall_m && (unit.empty() || unit == " m" || unit == "m");
}

Vehicles passable_by_default(std::string_view barrier, const OsmTagList& tags)
{
    if (barrier == "height_restrictor") {
        const bool tall = fits_tall(tags["maxheight"]);
        return tall ? vehicle::all : static_cast<Vehicles>(vehicle::car | walkers);
    }
    if (barrier == "bollard" && tags["bollard"] == "rising") {
        return vehicle::all;
    }
    const auto* const found = std::find_if(std::begin(barriers), std::end(barriers),
                                           [&](const Barrier& b) { return b.name == barrier; });
    return found == std::end(barriers) ? walkers : found->passable;
}

std::string tag_text(std::string_view key, std::string_view value)
{
    std::string text(key);
    text += '=';
    text += value;
    return text;
}

bool is_yes(std::string_view value)
{
    return value == "yes";
}

bool stops_trains_or_boats(const OsmTagList& tags)
{
    constexpr std::string_view keys[] = {"train",    "tram",      "subway", "light_rail",
                                         "monorail", "funicular", "ferry"};
    return std::any_of(std::begin(keys), std::end(keys),
                       [&](std::string_view key) { return is_yes(tags[key]); });
}

void set_station(VertexMark& mark, const OsmTagList& tags)
{
    const std::string_view railway = tags["railway"];
    const auto station = [&](std::string_view key, std::string_view value) {
        mark.station = true;
        if (mark.tag.empty()) {
            mark.tag = tag_text(key, value);
        }
    };
    if (railway == "station" || railway == "halt" || railway == "tram_stop" || railway == "stop") {
        station("railway", railway);
    } else if (tags["public_transport"] == "stop_position" && stops_trains_or_boats(tags)) {
        station("public_transport", "stop_position");
    } else if (tags["amenity"] == "ferry_terminal") {
        station("amenity", "ferry_terminal");
    }
}

} // namespace

std::optional<VertexMark> osm_node_tags(std::span<const OsmTag> all)
{
    const OsmTagList tags(all);
    VertexMark mark;
    const std::string_view barrier = tags["barrier"];
    if (!barrier.empty() && barrier != "no") {
        mark.passable = osm_access(tags, passable_by_default(barrier, tags), OsmDirection::any);
        mark.tag = tag_text("barrier", barrier);
        mark.border = barrier == "border_control";
    } else if (const std::string_view ford = tags["ford"]; !ford.empty() && ford != "no") {
        mark.passable =
            osm_access(tags, ford == "stepping_stones" ? walkers : vehicle::all, OsmDirection::any);
        mark.tag = tag_text("ford", ford);
    }
    if (tags["railway"] == "border") {
        mark.border = true;
        mark.tag = mark.tag.empty() ? "railway=border" : mark.tag;
    }
    set_station(mark, tags);
    if (mark.tag.empty()) {
        return {};
    }
    return mark;
}

bool osm_is_beside(const VertexMark& station)
{
    return station.station && (station.tag == "railway=station" || station.tag == "railway=halt" ||
                               station.tag == "railway=tram_stop");
}

} // namespace vigil
