#pragma once

#include "libgeo/osm_tags.h"

#include <span>
#include <string_view>

namespace vigil {

/// Tags of one object by key.
class OsmTagList {
  public:
    explicit OsmTagList(std::span<const OsmTag> tags) : tags_(tags) {}
    /// Empty when there is no such tag.
    [[nodiscard]] std::string_view operator[](std::string_view key) const
    {
        for (const OsmTag& tag : tags_) {
            if (tag.key == key) {
                return tag.value;
            }
        }
        return {};
    }
    [[nodiscard]] bool has(std::string_view key) const { return !(*this)[key].empty(); }
    [[nodiscard]] std::span<const OsmTag> all() const { return tags_; }

  private:
    std::span<const OsmTag> tags_;
};

/// Which way along a line a tag is asked for: "vehicle", "vehicle:forward", "vehicle:backward".
enum class OsmDirection { any, forward, backward };

/// Who may travel, given who may by default (cars, trucks, buses and people on foot; others stay as they
/// are). The most specific tag decides. "no" and "emergency" close; every other value of a key that is about
/// motor vehicles or walkers opens. The broad keys access and vehicle close, but open nothing to motor
/// vehicles that is closed by default: a footpath with access=yes is not a road.
Vehicles osm_access(const OsmTagList& tags, Vehicles by_default, OsmDirection direction);

/// Whether the tags say anything about motor vehicles in particular.
bool osm_tells_motor(const OsmTagList& tags);

/// What oneway=* and its relatives say.
struct OsmOneway {
    Vehicles forward = vehicle::all; ///< who may go along the drawing as far as oneway is concerned
    Vehicles backward = vehicle::all;
};
/// by_default  the vehicles that go one way when no tag says otherwise: motorways, roundabouts
OsmOneway osm_oneway(const OsmTagList& tags, Vehicles by_default);

/// "1:30", "90", "01:30:00", "PT1H30M" in minutes; NaN when not understood.
double osm_minutes(std::string_view text);

} // namespace vigil
