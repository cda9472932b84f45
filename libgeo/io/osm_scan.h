#pragma once

#include "libgeo/io/osm_file.h"
#include "libgeo/io/osm_node_table.h"
#include "libgeo/io/osm_read.h"
#include "libgeo/osm_tags.h"

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vigil::io {

/// A way that somebody can travel on, as the file has it.
struct OsmWay {
    std::int64_t id = 0;
    std::uint32_t kind = 0;
    std::uint32_t rail_kind = no_index; ///< of the rails in it when it is a road as well
    std::uint32_t name = 0;
    float minutes = std::numeric_limits<float>::quiet_NaN();
    std::size_t begin = 0; ///< OsmScan::refs [begin, end)
    std::size_t end = 0;
};

/// A turn restriction, its members still by number.
struct OsmRestriction {
    std::int64_t id = 0;
    std::vector<OsmBan> bans; ///< empty: not understood
    std::vector<std::int64_t> from, to, via_ways;
    std::vector<std::int64_t> via_nodes;
};

/// A station drawn as an area.
struct OsmStationArea {
    std::int64_t id = 0;
    VertexMark mark;
    std::vector<std::int64_t> outline;
};

/// Numbers texts in the order in which they come; 0 is the empty one.
class OsmTexts {
  public:
    std::uint32_t number_of(std::string_view text);
    [[nodiscard]] std::vector<std::string> take() { return std::move(texts_); }

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> numbers_;
    std::vector<std::string> texts_{std::string()};
};

/// Numbers kinds likewise.
class OsmKinds {
  public:
    std::uint32_t number_of(const WayKind& kind);
    [[nodiscard]] const WayKind& operator[](std::uint32_t number) const { return kinds_[number]; }
    [[nodiscard]] std::vector<WayKind> take() { return std::move(kinds_); }

  private:
    std::unordered_map<std::string, std::uint32_t> numbers_;
    std::vector<WayKind> kinds_;
    std::string text_;
};

/// What the tags of a way come to; ways alike but for their names share one.
struct OsmMeaning {
    std::uint32_t kind = no_index; ///< nobody travels
    std::uint32_t rail_kind = no_index;
    float minutes = std::numeric_limits<float>::quiet_NaN();
};

/// Works out the meaning of tags, once for those that come again.
class OsmMeanings {
  public:
    explicit OsmMeanings(OsmKinds& kinds) : kinds_(kinds) {}
    OsmMeaning of(std::span<const OsmTag> tags);

  private:
    OsmMeaning work_out(std::span<const OsmTag> tags);

    static constexpr std::size_t most = 100000; ///< kept; beyond it tags are hardly ever alike
    OsmKinds& kinds_;
    std::unordered_map<std::string, OsmMeaning> known_;
    std::string text_;
};

/// What the first pass finds: ways and turn restrictions.
struct OsmScan {
    std::vector<OsmWay> ways;
    std::vector<std::int64_t> refs; ///< nodes along the ways
    OsmKinds kinds;
    OsmTexts names;
    std::vector<OsmRestriction> restrictions;
    std::vector<OsmStationArea> station_areas;
    std::size_t all_ways = 0;
    std::string newest;
};

/// Adds the ways and restrictions of a file.
void scan_ways(const OsmFile& file, OsmScan& scan, const Progress& progress);

/// A station that stands on no node of a way.
struct OsmPlace {
    std::int64_t id = 0; ///< of the node; of an area the way's, negative
    FixedLonLat place;
    VertexMark mark;
};

/// What the second pass finds: where the nodes of the ways are, and what stands there.
struct OsmNodes {
    OsmNodeTable table;
    std::vector<VertexMark> marks;   ///< VertexMark::vertex is the slot in the table
    std::vector<OsmPlace> elsewhere; ///< stations on other nodes
    std::size_t all_nodes = 0;
};

/// Adds the places and marks of the nodes in a file; what is known already stays.
void scan_nodes(const OsmFile& file, OsmNodes& nodes, const Progress& progress);

} // namespace vigil::io
