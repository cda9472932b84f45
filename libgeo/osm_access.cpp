#include "libgeo/osm_access.h"

#include <algorithm>
#include <array>

namespace vigil {

namespace {

/// A key in its spellings for both directions and for each.
struct Key {
    std::string_view plain, forward, backward;
    bool opens; ///< whether it can open what is closed by default
};

constexpr Key access_key{"access", "access:forward", "access:backward", false};
constexpr Key vehicle_key{"vehicle", "vehicle:forward", "vehicle:backward", false};
constexpr Key motor_key{"motor_vehicle", "motor_vehicle:forward", "motor_vehicle:backward", true};

// From broad to narrow: the last that is there decides.
constexpr std::array car_keys{access_key, vehicle_key, motor_key,
                              Key{"motorcar", "motorcar:forward", "motorcar:backward", true}};
constexpr std::array truck_keys{access_key, vehicle_key, motor_key,
                                Key{"goods", "goods:forward", "goods:backward", true},
                                Key{"hgv", "hgv:forward", "hgv:backward", true}};
constexpr std::array bus_keys{access_key, vehicle_key, motor_key,
                              Key{"psv", "psv:forward", "psv:backward", true},
                              Key{"bus", "bus:forward", "bus:backward", true}};
constexpr std::array foot_keys{Key{"access", "access:forward", "access:backward", true},
                               Key{"foot", "foot:forward", "foot:backward", true}};

bool closes(std::string_view value)
{
    return value == "no" || value == "emergency";
}

bool after(const OsmTagList& tags, std::span<const Key> keys, bool open, OsmDirection direction)
{
    const auto take = [&](std::string_view value, bool opens) {
        if (!value.empty()) {
            open = !closes(value) && (open || opens);
        }
    };
    for (const Key& key : keys) {
        take(tags[key.plain], key.opens);
        if (direction != OsmDirection::any) {
            take(tags[direction == OsmDirection::forward ? key.forward : key.backward], key.opens);
        }
    }
    return open;
}

enum class Sense { unknown, both, forward, backward };

Sense sense_of(std::string_view value)
{
    if (value == "yes" || value == "true" || value == "1") {
        return Sense::forward;
    }
    if (value == "-1" || value == "reverse") {
        return Sense::backward;
    }
    // which way a reversible road runs changes with the hour: nobody can be kept out
    if (value == "no" || value == "false" || value == "0" || value == "reversible" ||
        value == "alternating") {
        return Sense::both;
    }
    return Sense::unknown;
}

void bind(OsmOneway& oneway, Sense sense, Vehicles whom)
{
    const auto set = [&](Vehicles& side, bool open) {
        side = static_cast<Vehicles>(open ? side | whom : side & ~whom);
    };
    if (sense != Sense::unknown) {
        set(oneway.forward, sense != Sense::backward);
        set(oneway.backward, sense != Sense::forward);
    }
}

/// Lanes of buses against the traffic.
bool buses_go_back(const OsmTagList& tags)
{
    return std::any_of(tags.all().begin(), tags.all().end(), [](const OsmTag& tag) {
        return tag.key.starts_with("busway") &&
               (tag.key == "busway" || tag.key == "busway:left" || tag.key == "busway:right" ||
                tag.key == "busway:both") &&
               (tag.value == "opposite_lane" || tag.value == "opposite" || tag.value == "opposite_track");
    });
}

} // namespace

Vehicles osm_access(const OsmTagList& tags, Vehicles by_default, OsmDirection direction)
{
    Vehicles result = by_default & static_cast<Vehicles>(~(vehicle::motor | vehicle::foot));
    const auto ask = [&](Vehicles who, std::span<const Key> keys) {
        if (after(tags, keys, (by_default & who) != 0, direction)) {
            result |= who;
        }
    };
    ask(vehicle::car, car_keys);
    ask(vehicle::truck, truck_keys);
    ask(vehicle::bus, bus_keys);
    ask(vehicle::foot, foot_keys);
    return result;
}

bool osm_tells_motor(const OsmTagList& tags)
{
    constexpr std::string_view keys[] = {"vehicle", "motor_vehicle", "motorcar", "hgv",
                                         "goods",   "psv",           "bus"};
    return std::any_of(std::begin(keys), std::end(keys), [&](std::string_view key) { return tags.has(key); });
}

OsmOneway osm_oneway(const OsmTagList& tags, Vehicles by_default)
{
    OsmOneway oneway;
    bind(oneway, Sense::forward, by_default);
    bind(oneway, sense_of(tags["oneway"]), vehicle::motor | vehicle::train);
    if (buses_go_back(tags)) {
        bind(oneway, Sense::both, vehicle::bus);
    }
    bind(oneway, sense_of(tags["oneway:vehicle"]), vehicle::motor);
    bind(oneway, sense_of(tags["oneway:motor_vehicle"]), vehicle::motor);
    bind(oneway, sense_of(tags["oneway:motorcar"]), vehicle::car);
    bind(oneway, sense_of(tags["oneway:goods"]), vehicle::truck);
    bind(oneway, sense_of(tags["oneway:hgv"]), vehicle::truck);
    bind(oneway, sense_of(tags["oneway:psv"]), vehicle::bus);
    bind(oneway, sense_of(tags["oneway:bus"]), vehicle::bus);
    bind(oneway, sense_of(tags["oneway:foot"]), vehicle::foot);
    const std::string_view conveying = tags["conveying"]; // moving stairs and pavements
    if (conveying == "forward" || conveying == "backward") {
        bind(oneway, conveying == "forward" ? Sense::forward : Sense::backward, vehicle::foot);
    }
    return oneway;
}

} // namespace vigil
