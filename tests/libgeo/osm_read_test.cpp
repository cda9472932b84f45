#include "tests/libgeo/osm_reading.h"

#include <cmath>

using namespace vigil;
using namespace vigil::test;

namespace {
const OsmTags rails{{"railway", "rail"}};
}

TEST_CASE("a town of OpenStreetMap becomes ways in the order of its numbers", "[osm]")
{
    const auto town = read_town(OsmText()
                                    .node(3)
                                    .node(1)
                                    .node(20000000000, 10.5, 0) // beyond 32 bits
                                    .node(2)
                                    .way(11, {20000000000, 3}, {{"highway", "steps"}, {"name", "Stair"}})
                                    .way(10, {1, 2, 2, 3}, {{"highway", "residential"}, {"ref", "7"}})
                                    .way(12, {1, 3}, {{"waterway", "river"}})
                                    .way(13, {1, 2}, {{"highway", "proposed"}}));
    check_sound(town.ways);
    CHECK(drawn(town.ways) == "10:123 11:43"); // a node twice in a row is one
    REQUIRE(town.ways.vertex.size() == 4);
    CHECK(town.ways.vertex[0].lon == 100010000); // 10.001 degrees
    CHECK(town.ways.names[town.ways.ways[0].name] == "7");
    CHECK(town.ways.names[town.ways.ways[1].name] == "Stair");
    CHECK(town.report.nodes == 4);
    CHECK(town.report.ways == 4);
    CHECK(town.report.used_ways == 2);
    CHECK(town.report.cut_ways == 0);
    CHECK(town.report.newest.empty());
}

TEST_CASE("a way with missing nodes stays in parts", "[osm]")
{
    const auto town = read_town(OsmText()
                                    .nodes(1, 2)
                                    .nodes(4, 5)
                                    .node(7)
                                    .way(10, {1, 2, 3, 4, 5, 6, 7, 8}, street)
                                    .way(11, {8, 9}, street)
                                    .way(12, {1, 4}, street)
                                    .way(13, {2, 5, 11}, street));
    CHECK(drawn(town.ways) == "10:12 10:34 12:13 13:24");
    CHECK(town.ways.vertex.size() == 4);
    CHECK(town.report.cut_ways == 3);
    CHECK(town.report.used_ways == 3);
}

TEST_CASE("what several extracts share is taken once", "[osm]")
{
    const TemporaryFolder folder;
    const std::string west =
        folder.file("west.osm", OsmText()
                                    .node(1)
                                    .node(2, {{"barrier", "gate"}})
                                    .node(3)
                                    .way(10, {1, 2, 3}, street)
                                    .way(11, {3, 4}, street)
                                    .relation(5, {{"way", 10, "from"}, {"node", 3, "via"}, {"way", 11, "to"}},
                                              {{"type", "restriction"}, {"restriction", "no_left_turn"}})
                                    .xml());
    const std::string east =
        folder.file("east.osm", OsmText()
                                    .node(2, {{"barrier", "gate"}})
                                    .nodes(3, 5)
                                    .way(10, {2, 3}, street) // clipped
                                    .way(11, {3, 4}, street)
                                    .way(12, {4, 5}, street)
                                    .relation(5, {{"way", 10, "from"}, {"node", 3, "via"}, {"way", 11, "to"}},
                                              {{"type", "restriction"}, {"restriction", "no_left_turn"}})
                                    .xml());
    const auto both = read({west, east});
    CHECK(drawn(both.ways) == "10:123 11:34 12:45");
    CHECK(both.ways.marks.size() == 1);
    CHECK(both.ways.bans.size() == 1);
    CHECK(both.report.restrictions == 1);
    CHECK(both.report.cut_ways == 0);
    CHECK(same(both.ways, read({east, west}).ways));
    CHECK(same(both.ways, read({west, east, west}).ways));
}

TEST_CASE("turn restrictions become bans between ways", "[osm]")
{
    const OsmTags no_turn{{"type", "restriction"}, {"restriction", "no_left_turn"}};
    OsmText town;
    town.nodes(1, 9)
        .way(10, {1, 2}, street)
        .way(11, {2, 3}, street)
        .way(12, {3, 4}, street)
        .way(13, {2, 5, 6}, street)
        .way(14, {7, 2, 8}, street) // goes on beyond the crossing
        .way(15, {7, 2, 8}, {{"highway", "primary"}, {"oneway", "yes"}})
        .way(16, {4, 9}, {{"waterway", "river"}});
    SECTION("over a node")
    {
        town.relation(1, {{"way", 10, "from"}, {"node", 2, "via"}, {"way", 13, "to"}}, no_turn)
            .relation(2, {{"way", 10, "from"}, {"node", 2, "via"}, {"way", 11, "to"}},
                      {{"type", "restriction"}, {"restriction", "only_straight_on"}, {"except", "psv"}});
        const auto read = read_town(town);
        REQUIRE(read.ways.bans.size() == 2);
        const TurnBan& no = read.ways.bans[0];
        CHECK(read.ways.ways[no.from_way].source == 10);
        CHECK(read.ways.ways[no.to_way].source == 13);
        CHECK(no.via_vertex == 1); // node 2
        CHECK_FALSE(no.only);
        CHECK(no.banned == vehicle::motor);
        CHECK(read.ways.bans[1].only);
        CHECK(read.ways.bans[1].banned == (vehicle::car | vehicle::truck));
        CHECK(read.report.restrictions == 2);
        CHECK(read.report.restrictions_ignored == 0);
    }
    SECTION("over ways, in either order of the members")
    {
        town.relation(1, {{"way", 10, "from"}, {"way", 11, "via"}, {"way", 12, "to"}}, no_turn)
            .relation(2, {{"way", 13, "from"}, {"way", 12, "via"}, {"way", 11, "via"}, {"way", 10, "to"}},
                      no_turn);
        const auto read = read_town(town);
        // 13 meets 11 at node 2, but 11 and 12 lead to node 4, where 10 is not
        REQUIRE(read.ways.bans.size() == 1);
        CHECK(read.ways.bans[0].via_vertex == no_index);
        REQUIRE(read.ways.bans[0].via_ways.size() == 1);
        CHECK(read.ways.ways[read.ways.bans[0].via_ways[0]].source == 11);
        CHECK(read.report.restrictions_ignored == 1);

        town.way(17, {4, 9}, street)
            .relation(3, {{"way", 13, "from"}, {"way", 12, "via"}, {"way", 11, "via"}, {"way", 17, "to"}},
                      no_turn);
        const auto again = read_town(town);
        REQUIRE(again.ways.bans.size() == 2);
        REQUIRE(again.ways.bans[1].via_ways.size() == 2);
        CHECK(again.ways.ways[again.ways.bans[1].via_ways[0]].source == 11);
        CHECK(again.ways.ways[again.ways.bans[1].via_ways[1]].source == 12);
    }
    SECTION("several ways may be forbidden to enter")
    {
        town.relation(1, {{"way", 10, "from"}, {"way", 11, "from"}, {"node", 2, "via"}, {"way", 13, "to"}},
                      {{"type", "restriction"}, {"restriction", "no_entry"}});
        const auto read = read_town(town);
        CHECK(read.ways.bans.size() == 2);
        CHECK(read.report.restrictions == 1);
    }
    SECTION("what is not clear is ignored and counted")
    {
        town.relation(1, {{"way", 99, "from"}, {"node", 2, "via"}, {"way", 11, "to"}}, no_turn) // no such way
            .relation(2, {{"way", 10, "from"}, {"node", 99, "via"}, {"way", 11, "to"}}, no_turn)
            .relation(3, {{"way", 10, "from"}, {"node", 2, "via"}}, no_turn)
            .relation(4, {{"way", 16, "from"}, {"node", 4, "via"}, {"way", 12, "to"}}, no_turn) // a river
            .relation(5, {{"way", 10, "from"}, {"node", 4, "via"}, {"way", 12, "to"}},
                      no_turn) // not at node 4
            .relation(6, {{"way", 10, "from"}, {"node", 2, "via"}, {"way", 14, "to"}}, no_turn) // which way?
            .relation(7, {{"way", 10, "from"}, {"node", 2, "via"}, {"way", 11, "to"}},
                      {{"type", "restriction"}, {"restriction:conditional", "no_left_turn @ (Mo-Fr)"}})
            .relation(8, {{"way", 10, "from"}, {"node", 2, "via"}, {"way", 15, "to"}},
                      no_turn) // one way: clear
            .relation(9, {{"way", 10, ""}}, {{"type", "route"}});
        const auto read = read_town(town);
        CHECK(read.ways.bans.size() == 1);
        CHECK(read.report.restrictions == 1);
        CHECK(read.report.restrictions_ignored == 7);
    }
    SECTION("of a cut way, the part that meets the crossing is meant")
    {
        town.way(18, {2, 9, 100, 5, 3}, street)
            .relation(1, {{"way", 12, "from"}, {"node", 3, "via"}, {"way", 18, "to"}}, no_turn);
        const auto read = read_town(town);
        REQUIRE(read.ways.bans.size() == 1);
        const Way& to = read.ways.ways[read.ways.bans[0].to_way];
        CHECK(to.source == 18);
        CHECK(read.ways.along[to.vertex_begin] == 4); // node 5
    }
}

TEST_CASE("barriers and border posts mark vertices", "[osm]")
{
    const auto town = read_town(OsmText()
                                    .node(1, {{"barrier", "gate"}}) // on no way
                                    .node(2, {{"highway", "crossing"}})
                                    .node(3, {{"barrier", "bollard"}})
                                    .node(4, {{"barrier", "border_control"}})
                                    .way(10, {2, 3, 4}, street));
    REQUIRE(town.ways.marks.size() == 2);
    CHECK(town.ways.marks[0].vertex == 1);
    CHECK(town.ways.marks[0].tag == "barrier=bollard");
    CHECK((town.ways.marks[0].passable & vehicle::motor) == 0);
    CHECK(town.ways.marks[1].border);
    CHECK(town.ways.marks[1].passable == vehicle::all);
}

TEST_CASE("stations are marked on rails, or given to the rails beside them", "[osm]")
{
    const auto town =
        read_town(OsmText()
                      .node(1)
                      .node(2, {{"railway", "station"}})
                      .nodes(3, 4)
                      .node(5, {{"railway", "tram_stop"}})                                // on the road
                      .node(6, {{"public_transport", "stop_position"}, {"train", "yes"}}) // likewise
                      .node(20, 10.0031, 0.001, {{"railway", "halt"}})                    // 112 m from node 3
                      .node(21, 10.003, 0.002, {{"railway", "station"}})                  // 222 m from node 3
                      .node(22, 10.0029, 0, {{"amenity", "ferry_terminal"}})
                      .node(30, 10.1, 0, {{"amenity", "ferry_terminal"}})
                      .node(31, 10.2, 0)
                      .way(10, {1, 2, 3, 4}, rails)
                      .way(11, {5, 6}, street)
                      .way(12, {30, 31}, {{"route", "ferry"}, {"duration", "PT20M"}}));
    check_sound(town.ways);
    std::string stations;
    for (const VertexMark& mark : town.ways.marks) {
        CHECK(mark.station);
        stations += std::to_string(mark.vertex + 1) + " " + mark.tag + "; ";
    }
    // the tram stop is 111 m from node 4
    CHECK(stations == "2 railway=station; 3 railway=halt; 4 railway=tram_stop; 7 amenity=ferry_terminal; ");
    CHECK(town.report.stations_moved == 2);
    CHECK(town.report.stations_alone == 1);
    CHECK(town.ways.ways[2].minutes == 20);
}

TEST_CASE("a station drawn as an area stands in the middle of it", "[osm]")
{
    const auto town = read_town(OsmText()
                                    .nodes(1, 4)
                                    .node(20, 10.0026, 0.0005, {{"railway", "halt"}}) // 71 m from node 3
                                    .node(21, 10.0035, 0.0005)
                                    .node(22, 10.0035, 0.0015)
                                    .node(23, 10.0025, 0.0015)
                                    .way(10, {1, 2, 3, 4}, rails)
                                    .way(11, {20, 21, 22, 23, 20}, {{"railway", "station"}})
                                    .way(12, {98, 99}, {{"railway", "station"}}));
    CHECK(drawn(town.ways) == "10:1234");
    REQUIRE(town.ways.marks.size() == 1); // the middle is 111 m north of node 3
    CHECK(town.ways.marks[0].vertex == 2);
    CHECK(town.report.stations_moved == 2);
    CHECK(town.report.stations_alone == 0);
}

TEST_CASE("the duration of a ferry is not that of a part", "[osm]")
{
    const auto town =
        read_town(OsmText().nodes(1, 2).way(10, {1, 2, 3}, {{"route", "ferry"}, {"duration", "20"}}));
    CHECK(std::isnan(town.ways.ways.at(0).minutes));
}

TEST_CASE("a street with rails gives the road, then the rails", "[osm]")
{
    const auto town = read_town(OsmText()
                                    .nodes(1, 3)
                                    .way(10, {1, 2}, {{"highway", "residential"}, {"railway", "tram"}})
                                    .way(11, {2, 3}, street)
                                    .relation(1, {{"way", 10, "from"}, {"node", 2, "via"}, {"way", 11, "to"}},
                                              {{"type", "restriction"}, {"restriction", "no_left_turn"}}));
    CHECK(drawn(town.ways) == "10:12 10:12 11:23");
    CHECK(town.ways.kinds[town.ways.ways[0].kind].mode == Mode::road);
    CHECK(town.ways.kinds[town.ways.ways[1].kind].mode == Mode::rail);
    REQUIRE(town.ways.bans.size() == 1);
    CHECK(town.ways.bans[0].from_way == 0);
}
