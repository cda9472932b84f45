#pragma once

#include "libgeo/io/osm_read.h"
#include "tests/support/osm_text.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace vigil::test {

inline const OsmTags street{{"highway", "residential"}};

inline io::OsmWays read(const std::vector<std::string>& paths)
{
    return io::read_osm(paths);
}

inline io::OsmWays read_town(const OsmText& town)
{
    const TemporaryFolder folder;
    return read({folder.file("town.osm", town.xml())});
}

/// "10:123 11:34": each way with its vertices, counted from 1.
inline std::string drawn(const Ways& ways)
{
    std::string text;
    for (const Way& way : ways.ways) {
        text += (text.empty() ? "" : " ") + std::to_string(way.source) + ":";
        for (std::size_t i = way.vertex_begin; i < way.vertex_end; ++i) {
            text += std::to_string(ways.along[i] + 1);
        }
    }
    return text;
}

inline bool same_mark(const VertexMark& a, const VertexMark& b)
{
    return a.vertex == b.vertex && a.passable == b.passable && a.border == b.border &&
           a.station == b.station && a.tag == b.tag;
}

inline bool same_ban(const TurnBan& a, const TurnBan& b)
{
    return a.from_way == b.from_way && a.to_way == b.to_way && a.via_vertex == b.via_vertex &&
           a.via_ways == b.via_ways && a.only == b.only && a.banned == b.banned;
}

inline bool same(const Ways& a, const Ways& b)
{
    const auto names = [](const Ways& w) {
        std::vector<std::string> list;
        for (const Way& way : w.ways) {
            list.push_back(w.names[way.name]);
        }
        return list;
    };
    const auto kinds = [](const Ways& w) {
        std::vector<WayKind> list;
        for (const Way& way : w.ways) {
            list.push_back(w.kinds[way.kind]);
        }
        return list;
    };
    return a.vertex == b.vertex && a.along == b.along && drawn(a) == drawn(b) && names(a) == names(b) &&
           kinds(a) == kinds(b) &&
           std::equal(a.marks.begin(), a.marks.end(), b.marks.begin(), b.marks.end(), same_mark) &&
           std::equal(a.bans.begin(), a.bans.end(), b.bans.begin(), b.bans.end(), same_ban);
}

inline void check_sound(const Ways& ways)
{
    REQUIRE(std::is_sorted(ways.ways.begin(), ways.ways.end(),
                           [](const Way& a, const Way& b) { return a.source < b.source; }));
    for (const Way& way : ways.ways) {
        REQUIRE(way.vertex_end - way.vertex_begin >= 2);
        REQUIRE(way.vertex_end <= ways.along.size());
        REQUIRE(way.kind < ways.kinds.size());
        REQUIRE(way.name < ways.names.size());
    }
    REQUIRE(
        std::all_of(ways.along.begin(), ways.along.end(), [&](auto v) { return v < ways.vertex.size(); }));
    for (std::size_t i = 0; i < ways.marks.size(); ++i) {
        REQUIRE(ways.marks[i].vertex < ways.vertex.size());
        REQUIRE((i == 0 || ways.marks[i - 1].vertex < ways.marks[i].vertex));
    }
    for (const TurnBan& ban : ways.bans) {
        REQUIRE((ban.via_vertex == no_index) != ban.via_ways.empty());
        REQUIRE(std::max(ban.from_way, ban.to_way) < ways.ways.size());
    }
}

} // namespace vigil::test
