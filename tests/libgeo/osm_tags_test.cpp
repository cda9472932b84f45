#include "libgeo/osm_access.h"
#include "libgeo/osm_tags.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <cmath>

// What is expected follows the pages of wiki.openstreetmap.org on each key: Key:access, Key:oneway,
// Key:barrier, Key:maxspeed, Tag:route=ferry, Relation:restriction.

using namespace vigil;
using vigil::vehicle::bus;
using vigil::vehicle::car;
using vigil::vehicle::foot;
using vigil::vehicle::motor;
using vigil::vehicle::none;
using vigil::vehicle::train;
using vigil::vehicle::truck;

namespace {

using Tags = std::vector<OsmTag>;

/// "road 7 15": mode, vehicles along the drawing, vehicles against it; "none" when nobody travels.
std::string travel(const Tags& tags)
{
    const auto way = osm_way_tags(tags);
    return way ? fmt::format("{} {} {}", name_of(way->kind.mode), way->kind.forward, way->kind.backward)
               : "none";
}

std::string both(Mode mode, Vehicles who)
{
    return fmt::format("{} {} {}", name_of(mode), who, who);
}

std::string road(int forward, int backward)
{
    return fmt::format("road {} {}", forward, backward);
}

Vehicles passable(const Tags& tags)
{
    const auto mark = osm_node_tags(tags);
    REQUIRE(mark);
    return mark->passable;
}

} // namespace

TEST_CASE("classes of highways tell who travels on them", "[osm]")
{
    CHECK(travel({{"highway", "residential"}}) == both(Mode::road, motor | foot));
    CHECK(travel({{"highway", "primary_link"}}) == both(Mode::road, motor | foot));
    CHECK(travel({{"highway", "living_street"}}) == both(Mode::road, motor | foot));
    CHECK(travel({{"highway", "track"}}) == both(Mode::road, motor | foot));
    CHECK(travel({{"highway", "trunk"}, {"motorroad", "yes"}}) == both(Mode::road, motor));
    CHECK(travel({{"highway", "busway"}}) == both(Mode::road, bus));
    for (const char* path : {"pedestrian", "footway", "cycleway", "path", "bridleway", "steps", "corridor"}) {
        CHECK(travel({{"highway", path}}) == both(Mode::walk, foot));
    }
    for (const char* other : {"construction", "proposed", "abandoned", "razed", "platform", "raceway",
                              "escape", "rest_area", "services", "bus_stop", "no"}) {
        CHECK(travel({{"highway", other}}) == "none");
    }
    CHECK(travel({{"building", "yes"}}) == "none");
    CHECK(travel({}) == "none");
}

TEST_CASE("the narrowest access tag decides", "[osm]")
{
    CHECK(travel({{"highway", "service"}, {"access", "no"}}) == "none");
    CHECK(travel({{"highway", "service"}, {"access", "no"}, {"foot", "yes"}}) == both(Mode::walk, foot));
    CHECK(travel({{"highway", "service"}, {"access", "no"}, {"bus", "yes"}}) == both(Mode::road, bus));
    CHECK(travel({{"highway", "service"}, {"access", "no"}, {"psv", "yes"}, {"bus", "no"}}) == "none");
    CHECK(travel({{"highway", "residential"}, {"motor_vehicle", "no"}}) == both(Mode::walk, foot));
    CHECK(travel({{"highway", "residential"}, {"vehicle", "no"}, {"motorcar", "yes"}}) ==
          both(Mode::road, car | foot));
    CHECK(travel({{"highway", "residential"}, {"hgv", "no"}}) == both(Mode::road, car | bus | foot));
    CHECK(travel({{"highway", "residential"}, {"goods", "no"}, {"hgv", "yes"}}) ==
          both(Mode::road, motor | foot));
    CHECK(travel({{"highway", "residential"}, {"foot", "no"}}) == both(Mode::road, motor));
    CHECK(travel({{"highway", "motorway"}, {"foot", "yes"}, {"oneway", "no"}}) ==
          both(Mode::road, motor | foot));
    // unusual access stays open, with its tag
    for (const char* access : {"private", "delivery", "destination", "customers", "permit", "agricultural"}) {
        const auto way = osm_way_tags(Tags{{"highway", "service"}, {"access", access}});
        REQUIRE(way);
        CHECK(way->kind.forward == (motor | foot));
        CHECK(way->kind.tags == std::vector<std::string>{std::string("access=") + access});
    }
    // what is closed to cars by its class is opened by tags about motor vehicles only
    CHECK(travel({{"highway", "footway"}, {"access", "yes"}}) == both(Mode::walk, foot));
    CHECK(travel({{"highway", "footway"}, {"vehicle", "yes"}}) == both(Mode::walk, foot));
    CHECK(travel({{"highway", "path"}, {"motor_vehicle", "agricultural"}}) == both(Mode::road, motor | foot));
    CHECK(travel({{"highway", "pedestrian"}, {"bus", "yes"}}) == both(Mode::road, bus | foot));
    CHECK(travel({{"highway", "cycleway"}, {"foot", "no"}}) == "none");
    // for one direction
    CHECK(travel({{"highway", "residential"}, {"motor_vehicle:backward", "no"}}) == road(motor | foot, foot));
    CHECK(travel({{"highway", "residential"}, {"motor_vehicle", "no"}, {"bus:forward", "yes"}}) ==
          road(bus | foot, foot));
}

TEST_CASE("one way binds vehicles, not people on foot", "[osm]")
{
    const auto street = [](std::string_view key, std::string_view value) {
        return travel({{"highway", "residential"}, {key, value}});
    };
    CHECK(street("oneway", "yes") == road(motor | foot, foot));
    CHECK(street("oneway", "1") == road(motor | foot, foot));
    CHECK(street("oneway", "-1") == road(foot, motor | foot));
    CHECK(street("oneway", "reverse") == road(foot, motor | foot));
    CHECK(street("oneway", "no") == road(motor | foot, motor | foot));
    CHECK(street("oneway", "maybe") == road(motor | foot, motor | foot));
    CHECK(street("oneway:hgv", "yes") == road(motor | foot, car | bus | foot));
    CHECK(street("junction", "roundabout") == road(motor | foot, foot));
    CHECK(street("junction", "circular") == road(motor | foot, foot));
    CHECK(travel({{"highway", "motorway"}}) == road(motor, none));
    CHECK(travel({{"highway", "motorway_link"}}) == road(motor, none));
    CHECK(travel({{"highway", "motorway_link"}, {"oneway", "no"}}) == road(motor, motor));
    CHECK(travel({{"highway", "motorway"}, {"oneway", "-1"}}) == road(none, motor));

    for (const OsmTag lane : {OsmTag{"oneway:bus", "no"}, OsmTag{"oneway:psv", "no"},
                              OsmTag{"busway", "opposite_lane"}, OsmTag{"busway:left", "opposite_lane"}}) {
        CHECK(travel({{"highway", "primary"}, {"oneway", "yes"}, lane}) == road(motor | foot, bus | foot));
    }
    CHECK(travel({{"highway", "steps"}, {"oneway", "yes"}}) == both(Mode::walk, foot));
    CHECK(travel({{"highway", "steps"}, {"conveying", "forward"}}) == "walk 8 0");
    CHECK(travel({{"highway", "footway"}, {"oneway:foot", "-1"}}) == "walk 0 8");

    const auto tidal = osm_way_tags(Tags{{"highway", "primary"}, {"oneway", "reversible"}});
    REQUIRE(tidal);
    CHECK(tidal->kind.backward == (motor | foot));
    CHECK(tidal->kind.tags == std::vector<std::string>{"oneway=reversible"});
}

TEST_CASE("squares are walked round, not driven round", "[osm]")
{
    CHECK(travel({{"highway", "pedestrian"}, {"area", "yes"}}) == both(Mode::walk, foot));
    CHECK(travel({{"highway", "service"}, {"area", "yes"}}) == both(Mode::walk, foot));
}

TEST_CASE("railways carry trains", "[osm]")
{
    for (const char* railway :
         {"rail", "light_rail", "subway", "tram", "narrow_gauge", "monorail", "funicular"}) {
        CHECK(travel({{"railway", railway}}) == both(Mode::rail, train));
    }
    for (const char* other :
         {"abandoned", "disused", "construction", "platform", "proposed", "razed", "station"}) {
        CHECK(travel({{"railway", other}}) == "none");
    }
    CHECK(travel({{"railway", "tram"}, {"oneway", "yes"}}) == "rail 16 0");
    CHECK(travel({{"railway", "rail"}, {"access", "no"}}) ==
          both(Mode::rail, train)); // nobody may walk there
    const auto yard =
        osm_way_tags(Tags{{"railway", "rail"}, {"service", "yard"}, {"usage", "main"}, {"gauge", "1435"}});
    REQUIRE(yard);
    CHECK(yard->kind.road_class == "rail");
    CHECK(yard->kind.tags == std::vector<std::string>{"service=yard", "usage=main"});
}

TEST_CASE("a street with tram rails is a road, and a railway beside", "[osm]")
{
    const Tags street{
        {"highway", "residential"}, {"railway", "tram"}, {"maxspeed", "50"}, {"name", "High Street"}};
    CHECK(travel(street) == both(Mode::road, motor | foot));
    const auto rails = osm_rail_in_road(street);
    REQUIRE(rails);
    CHECK(rails->kind.mode == Mode::rail);
    CHECK(rails->kind.road_class == "tram");
    CHECK(rails->kind.forward == train);
    CHECK(rails->name == "High Street");
    CHECK_FALSE(osm_rail_in_road(Tags{{"railway", "tram"}}));
    CHECK_FALSE(osm_rail_in_road(Tags{{"highway", "residential"}}));
    CHECK(travel({{"highway", "service"}, {"access", "no"}, {"railway", "tram"}}) == both(Mode::rail, train));
}

TEST_CASE("ferries carry what they say", "[osm]")
{
    CHECK(travel({{"route", "ferry"}}) == both(Mode::ferry, motor | foot));
    CHECK(travel({{"route", "ferry"}, {"foot", "yes"}}) == both(Mode::ferry, foot));
    CHECK(travel({{"route", "ferry"}, {"foot", "yes"}, {"motor_vehicle", "yes"}}) ==
          both(Mode::ferry, motor | foot));
    CHECK(travel({{"route", "ferry"}, {"motor_vehicle", "no"}}) == both(Mode::ferry, foot));
    CHECK(travel({{"route", "ferry"}, {"hgv", "no"}}) == both(Mode::ferry, car | bus | foot));
    CHECK(travel({{"route", "ferry"}, {"access", "no"}}) == "none");
    CHECK(travel({{"route", "ferry"}, {"oneway", "yes"}}) == "ferry 15 0");
    CHECK(travel({{"ferry", "trunk"}}) == both(Mode::ferry, motor | foot));
    CHECK(travel({{"ferry", "no"}}) == "none");
    CHECK(travel({{"route", "bus"}}) == "none");
    CHECK(osm_way_tags(Tags{{"route", "ferry"}, {"duration", "00:25"}})->minutes == 25);
    CHECK(std::isnan(osm_way_tags(Tags{{"route", "ferry"}})->minutes));
}

TEST_CASE("durations are read in all their spellings", "[osm]")
{
    CHECK(osm_minutes("25") == 25);
    CHECK(osm_minutes("1:30") == 90);
    CHECK(osm_minutes("01:30:30") == 90.5);
    CHECK(osm_minutes("26:00") == 1560);
    CHECK(osm_minutes("PT1H30M") == 90);
    CHECK(osm_minutes("PT45S") == 0.75);
    CHECK(osm_minutes("P1DT1H") == 1500);
    for (const char* bad :
         {"", "0", "-5", "1:", ":5", "1:2:3:4", "P", "PT", "PT5", "P1M", "soon", "1h", "PT1H30"}) {
        CAPTURE(bad);
        CHECK(std::isnan(osm_minutes(bad)));
    }
}

TEST_CASE("speeds are read in all their units", "[osm]")
{
    CHECK(osm_speed_kmh("50") == 50);
    CHECK(osm_speed_kmh("50 km/h") == 50);
    CHECK(osm_speed_kmh("30 mph") == Approx(48.28032)); // 1.609344 km a mile
    CHECK(osm_speed_kmh("30mph") == Approx(48.28032));
    CHECK(osm_speed_kmh("10 knots") == Approx(18.52)); // 1.852 km a nautical mile
    CHECK(osm_speed_kmh("walk") == 7);
    CHECK(osm_speed_kmh("7.5") == 7.5);
    CHECK(osm_speed_kmh("50;30") == 50);
    for (const char* bad : {"", "none", "signals", "RO:urban", "DE:zone:30", "variable", "-5", "5000", "nan",
                            "inf", "50 furlongs", "0x10", "999999999999999999999999999999999999999999"}) {
        CAPTURE(bad);
        CHECK(osm_speed_kmh(bad) == 0);
    }
    const auto way = osm_way_tags(Tags{
        {"highway", "primary"}, {"maxspeed", "80"}, {"maxspeed:forward", "60"}, {"maxspeed:backward", "x"}});
    REQUIRE(way);
    CHECK(way->kind.speed_forward_kmh == 60);
    CHECK(way->kind.speed_backward_kmh == 0);
}

TEST_CASE("the name is the name, else the number of the road", "[osm]")
{
    CHECK(osm_way_tags(Tags{{"highway", "primary"}, {"name", "Long Lane"}, {"ref", "A1"}})->name ==
          "Long Lane");
    CHECK(osm_way_tags(Tags{{"highway", "primary"}, {"ref", "A1"}})->name == "A1");
    CHECK(osm_way_tags(Tags{{"highway", "primary"}})->name.empty());
}

TEST_CASE("tags of a way are kept sorted, without those that say nothing", "[osm]")
{
    const auto way = osm_way_tags(Tags{{"surface", "gravel"},
                                       {"highway", "track"},
                                       {"bridge", "no"},
                                       {"toll", "yes"},
                                       {"lit", "no"},
                                       {"source", "survey"},
                                       {"tracktype", "grade3"}});
    REQUIRE(way);
    CHECK(way->kind.tags ==
          std::vector<std::string>{"lit=no", "surface=gravel", "toll=yes", "tracktype=grade3"});
}

TEST_CASE("barriers let through whom they can", "[osm]")
{
    constexpr Vehicles all = vehicle::all;
    constexpr Vehicles walk = foot | train;
    for (const char* open : {"gate", "lift_gate", "swing_gate", "toll_booth", "cattle_grid", "entrance",
                             "kerb", "border_control", "sally_port"}) {
        CHECK(passable({{"barrier", open}}) == all);
    }
    for (const char* narrow : {"bollard", "block", "stile", "kissing_gate", "cycle_barrier", "turnstile",
                               "chain", "jersey_barrier", "log", "something_new"}) {
        CHECK(passable({{"barrier", narrow}}) == walk);
    }
    CHECK(passable({{"barrier", "wall"}}) == train);
    CHECK(passable({{"barrier", "fence"}, {"foot", "yes"}}) == walk);
    CHECK(passable({{"barrier", "bus_trap"}}) == (truck | bus | walk));
    CHECK(passable({{"barrier", "height_restrictor"}}) == (car | walk));
    CHECK(passable({{"barrier", "height_restrictor"}, {"maxheight", "4.2"}}) == all);
    CHECK(passable({{"barrier", "height_restrictor"}, {"maxheight", "2.1"}}) == (car | walk));
    CHECK(passable({{"barrier", "bollard"}, {"bollard", "rising"}}) == all);
    CHECK(passable({{"barrier", "bollard"}, {"motor_vehicle", "permit"}}) == all);
    CHECK(passable({{"barrier", "bollard"}, {"access", "no"}, {"foot", "yes"}}) == walk);
    CHECK(passable({{"barrier", "bollard"}, {"access", "yes"}}) == walk); // no car fits between them for that
    CHECK(passable({{"barrier", "gate"}, {"access", "no"}}) == train);
    CHECK(passable({{"barrier", "gate"}, {"access", "private"}}) == all);
    CHECK(passable({{"barrier", "gate"}, {"vehicle", "no"}}) == walk);
    CHECK(passable({{"barrier", "gate"}, {"hgv", "no"}}) == (car | bus | walk));
    CHECK(passable({{"ford", "yes"}}) == all);
    CHECK(passable({{"ford", "stepping_stones"}}) == walk);
    CHECK(osm_node_tags(Tags{{"barrier", "gate"}})->tag == "barrier=gate");
    CHECK_FALSE(osm_node_tags(Tags{{"barrier", "no"}}));
    CHECK_FALSE(osm_node_tags(Tags{{"highway", "crossing"}}));
    CHECK(osm_node_tags(Tags{{"barrier", "border_control"}})->border);
    CHECK(osm_node_tags(Tags{{"railway", "border"}})->border);
    CHECK_FALSE(osm_node_tags(Tags{{"barrier", "gate"}})->border);
}

TEST_CASE("stations and stops are where travellers board", "[osm]")
{
    const auto is_station = [](const Tags& tags) {
        const auto mark = osm_node_tags(tags);
        return mark && mark->station;
    };
    CHECK(is_station({{"railway", "station"}}));
    CHECK(is_station({{"railway", "halt"}}));
    CHECK(is_station({{"railway", "tram_stop"}}));
    CHECK(is_station({{"public_transport", "stop_position"}, {"train", "yes"}}));
    CHECK(is_station({{"public_transport", "stop_position"}, {"subway", "yes"}}));
    CHECK(is_station({{"amenity", "ferry_terminal"}}));
    CHECK_FALSE(is_station({{"public_transport", "stop_position"}, {"bus", "yes"}}));
    CHECK_FALSE(is_station({{"railway", "level_crossing"}}));
    CHECK_FALSE(is_station({{"railway", "disused"}}));
    CHECK(osm_is_beside(*osm_node_tags(Tags{{"railway", "station"}})));
    CHECK_FALSE(osm_is_beside(*osm_node_tags(Tags{{"public_transport", "stop_position"}, {"train", "yes"}})));
}

TEST_CASE("turn restrictions bind whom they name", "[osm]")
{
    using Bans = std::vector<OsmBan>;
    const auto rules = [](const Tags& tags) {
        return osm_restriction_tags(tags);
    };
    CHECK(rules({{"restriction", "no_left_turn"}}) == Bans{{motor, false}});
    CHECK(rules({{"restriction", "only_straight_on"}}) == Bans{{motor, true}});
    CHECK(rules({{"restriction", "no_u_turn"}, {"except", "psv;bicycle"}}) == Bans{{car | truck, false}});
    CHECK(rules({{"restriction", "no_u_turn"}, {"except", "hgv; bus"}}) == Bans{{car, false}});
    CHECK(rules({{"restriction", "no_entry"}, {"except", "motor_vehicle"}}).empty());
    CHECK(rules({{"restriction:hgv", "no_right_turn"}}) == Bans{{truck, false}});
    CHECK(rules({{"restriction:bus", "only_left_turn"}}) == Bans{{bus, true}});
    // the rule for lorries stands in place of the general one
    CHECK(rules({{"restriction", "no_left_turn"}, {"restriction:hgv", "only_straight_on"}}) ==
          Bans{{car | bus, false}, {truck, true}});
    CHECK(rules({{"restriction:conditional", "no_left_turn @ (07:00-09:00)"}}).empty());
    CHECK(rules({{"restriction", "no_left_turn"}, {"hour_on", "07:00"}, {"hour_off", "09:00"}}).empty());
    CHECK(rules({{"restriction:bicycle", "no_left_turn"}}).empty());
    CHECK(rules({{"restriction", "give_way"}}).empty());
    CHECK(rules({}).empty());
}
