#include "kernels/route/profile.h"

#include "libgeo/error.h"
#include "libgeo/random.h"
#include "tests/support/hand_network.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

using namespace vigil;
using Catch::Matchers::Contains;

namespace {

/// A profile from lines, with a car on roads.
Profile profile(const std::string& lines)
{
    return parse_profile("vehicle = car\nmode road = 1\n" + lines, "test.profile");
}

/// The message with which a profile is refused.
std::string refusal(const std::string& text)
{
    try {
        parse_profile(text, "my/own.profile");
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::input);
        return error.what();
    }
    return {};
}

double minutes(const Costs& costs, EdgeSide side)
{
    return costs.of_side[side] == unreachable ? HUGE_VAL : costs.of_side[side] * costs.unit_minutes;
}

/// One edge of 1 km between two nodes.
RouteNetwork one_edge(const EdgeKind& kind, const std::string& road_class,
                      const std::vector<std::string>& tags = {}, double length_m = 1000,
                      float known_minutes = std::numeric_limits<float>::quiet_NaN())
{
    test::HandNetwork hand;
    const auto a = hand.node(10, 50);
    const auto b = hand.node(10.01, 50);
    hand.edge(a, b, length_m, hand.kind(kind, road_class, tags), known_minutes);
    return hand.network();
}

constexpr EdgeKind open_road = {Mode::road, vehicle::all, vehicle::all};

/// Minutes along an edge of 1 km.
double forward_minutes(const std::string& lines, const EdgeKind& kind, const std::string& road_class,
                       const std::vector<std::string>& tags = {})
{
    return minutes(costs_of(one_edge(kind, road_class, tags), profile(lines)), 0);
}

/// Every mode: roads, a path to a station, rails, a ferry, a gate.
RouteNetwork little_world()
{
    test::HandNetwork hand;
    const auto town = hand.node(10, 50);
    const auto gate = hand.node(10.05, 50);
    const auto behind = hand.node(10.05, 50);
    const auto square = hand.node(10.1, 50);
    const auto station = hand.node(10.1, 50.001);
    const auto rail_end = hand.node(11, 50);
    const auto quay = hand.node(10.12, 50);
    const auto island = hand.node(10.3, 50);
    const auto road = hand.kind(open_road, "residential", {"surface=gravel"});
    hand.edge(town, gate, 3500, road);
    hand.edge(gate, behind, 0, hand.kind(open_road, "residential", {"barrier=gate"}));
    hand.edge(behind, square, 3500, road);
    hand.edge(square, quay, 1400, hand.kind({Mode::walk, vehicle::foot, vehicle::foot}, "footway"));
    hand.edge(square, station, 0, hand.kind({Mode::transfer, vehicle::all, vehicle::all}, ""));
    hand.edge(station, rail_end, 65000,
              hand.kind({Mode::rail, vehicle::train, vehicle::train, 0, 120, 120}, "rail"));
    hand.edge(quay, island, 13000, hand.kind({Mode::ferry, vehicle::all, vehicle::all}, "ferry"), 45);
    return hand.network();
}

} // namespace

TEST_CASE("a profile is read line by line")
{
    const Profile p = parse_profile("\xef\xbb\xbf# people who help\r\n"
                                    "  name   = night bus  # a comment\r\n"
                                    "vehicle = bus, car\n"
                                    "vehicle ferry = foot\n"
                                    "mode road = 1\n"
                                    "mode ferry = 1.5\n"
                                    "mode walk = no\n"
                                    "speed  motorway = 50 mph\n"
                                    "speed primary road = 60km/h\n"
                                    "speed steps = no\n"
                                    "default speed = 10 m/s\n"
                                    "signposted = 0.9\n"
                                    "most speed = 100 knots\n"
                                    "factor surface = gravel = 1.5\n"
                                    "factor toll=* = 1.3\n"
                                    "factor access=private = no\n"
                                    "factor area my roads#1=old.gpkg = 3\n"
                                    "border = 1.5 h\n"
                                    "transfer = 30 s\n"
                                    "barrier = 2 min",
                                    "x.profile");
    using Pairs = std::vector<std::pair<std::string, double>>;
    CHECK(p.name == "night bus");
    CHECK(p.vehicles_of(Mode::road) == (vehicle::bus | vehicle::car));
    CHECK(p.vehicles_of(Mode::ferry) == vehicle::foot);
    CHECK(p.mode_factor == std::array<double, mode_count>{1, 0, 0, 1.5, 0});
    // A mile is 1.609344 km, a knot 1.852 km/h, by definition.
    CHECK(p.speed_kmh == Pairs{{"motorway", 50 * 1.609344}, {"primary road", 60}, {"steps", 0}});
    CHECK(p.default_speed_kmh == 36);
    CHECK(p.use_signposted);
    CHECK(p.signposted_factor == 0.9);
    CHECK(p.most_speed_kmh == Approx(185.2));
    CHECK(p.tag_factor == Pairs{{"surface=gravel", 1.5}, {"toll=*", 1.3}, {"access=private", 0}});
    CHECK(p.polygon_factor == Pairs{{"my roads#1=old.gpkg", 3}});
    CHECK(p.border_minutes == 90);
    CHECK(p.transfer_minutes == 0.5);
    CHECK(p.barrier_minutes == 2);

    const Profile bare =
        parse_profile("vehicle = foot\nmode walk = 1\nsignposted = no\n", "a.b/my.own.profile");
    CHECK(bare.name == "my.own");
    CHECK_FALSE(bare.use_signposted);
    CHECK(bare.default_speed_kmh == 0);
}

TEST_CASE("a wrong line of a profile is refused with its number and what to do")
{
    const std::string good = "vehicle = car\nmode road = 1\n";
    const std::vector<std::pair<std::string, std::string>> lines = {
        {"speed motorway 110", "\"speed motorway 110\" has no =; write a line as 'key = value'"},
        {"= 5", "no key before the ="},
        {"border =", "\"border\" has no value"},
        {"border = # later", "\"border\" has no value"},
        {"colour = red", "\"colour\" is no key; there are name, vehicle"},
        {"vehicle = car", "\"vehicle\" is set before, in line 1; keep one of them"},
        {"mode  road = 2", "\"mode road\" is set before, in line 2"},
        {"vehicle rail = camel", "\"camel\" is no vehicle; there are car, truck, bus, foot, train"},
        {"vehicle rail = ,", "no vehicle is named"},
        {"mode air = 1", "\"air\" is no mode; there are road, walk, rail, ferry, transfer"},
        {"mode walk = -1", "\"-1\" is negative"},
        {"mode walk = fast", "\"fast\" is not a factor"},
        {"speed = 5", "which class?"},
        {"speed motorway = -5", "\"-5\" is negative"},
        {"speed motorway = inf", "\"inf\" is not a speed such as 80"},
        {"speed motorway = nan", "\"nan\" is not a speed"},
        {"speed motorway = 1e999", "\"1e999\" is not a speed"},
        {"speed motorway = 110 min", "\"110 min\" is not a speed"},
        {"speed motorway = 1,5", "\"1,5\" has a comma; write the number with a point"},
        {"speed motorway = 5000", "outside 0.1..1000 km/h; check the number and its unit"},
        {"most speed = 0", "write no where there is no going"},
        {"signposted = maybe", "\"maybe\" is not a factor such as 0.9, yes or no"},
        {"signposted = 0", "outside 0..10"},
        {"factor gravel = 2", "\"gravel\" is no tag"},
        {"factor surface= = 2", "\"surface=\" is no tag"},
        {"factor = 2", "is no tag"},
        {"factor surface=gravel = 0", "1 changes nothing, 2 doubles"},
        {"factor surface=gravel = 10001", "write no to close the way"},
        {"factor surface=gravel = -2", "is negative"},
        {"factor area = 2", "which area?"},
        {"factor area a.gpkg = no", "\"no\" is not a factor"},
        {"border = -1", "is negative"},
        {"border = 20 km", "\"20 km\" is not a time such as 20, 20 min or 1.5 h"},
        {"transfer = 9e9", "more than 100000 minutes"},
        {"barrier = \x1b[31m", "\"\\u001b[31m\" is not a time"}, // nothing that a terminal would obey
    };
    for (const auto& [line, message] : lines) {
        INFO(line);
        const std::string seen = refusal(good + line + "\n");
        CHECK(seen.starts_with("my/own.profile:3: "));
        CHECK_THAT(seen, Contains(message));
        CHECK(test::one_line(seen + "\n"));
    }
    CHECK_THAT(refusal(good + "factor a=b = 2\nfactor a = b = 3\n"), Contains("in line 3"));
    CHECK(refusal("").starts_with("my/own.profile:1: no vehicle is named; add a line"));
    CHECK_THAT(refusal("vehicle = car\n\n"), Contains("no mode is used; add a line"));
    CHECK_THAT(refusal("vehicle = car\nmode road = no\n"), Contains("no mode is used"));
}

TEST_CASE("a profile of any bytes is read or refused in one line")
{
    const std::string whole(profile_text("multimodal"));
    const Random random(11, 0);
    std::size_t refused = 0;
    for (std::uint64_t i = 0; i < 3000; ++i) {
        std::string text = whole;
        for (std::uint64_t k = 0; k < 3; ++k) {
            const std::uint64_t bits = random.bits(3 * i + k);
            text[bits / 256 % text.size()] = static_cast<char>(bits % 256);
        }
        const std::string why = refusal(text);
        refused += why.empty() ? 0U : 1U;
        CHECK((why.empty() || test::one_line(why + "\n")));
    }
    CHECK(refused > 100);
    CHECK(refused < 3000);
}

TEST_CASE("the speed of an edge is its own, else that of its class, else the default")
{
    const EdgeKind signposted = {Mode::road, vehicle::all, vehicle::all, 0, 60, 30};
    const std::string lines = "speed primary = 40\ndefault speed = 20\n";
    // 1 km at v km/h takes 60 / v minutes.
    CHECK(forward_minutes(lines, open_road, "primary") == Approx(1.5));
    CHECK(forward_minutes(lines, open_road, "other") == Approx(3));
    CHECK(forward_minutes(lines, signposted, "primary") == Approx(1));
    CHECK(forward_minutes(lines + "signposted = 0.5", signposted, "primary") == Approx(2));
    CHECK(forward_minutes(lines + "signposted = no", signposted, "primary") == Approx(1.5));
    CHECK(forward_minutes(lines + "most speed = 10", signposted, "primary") == Approx(6));
    CHECK(forward_minutes(lines + "mode rail = 1", signposted, "primary") == Approx(1));
    const Costs both = costs_of(one_edge(signposted, "primary"), profile(lines));
    CHECK(minutes(both, 1) == Approx(2)); // 30 km/h against the drawing
    CHECK(both.unit_minutes == 1.0 / 60000);
    CHECK(both.of_side[0] == 60000);
    CHECK(minutes(costs_of(one_edge(open_road, "primary", {}, 1000, 7), profile(lines)), 1) == 7);
}

TEST_CASE("an edge whose class, mode, vehicle or tag the profile does not want is closed")
{
    const std::string lines = "speed primary = 60\nspeed steps = no\n";
    const auto closed = [&](const std::string& more, const EdgeKind& kind, const std::string& road_class,
                            const std::vector<std::string>& tags = {}) {
        try {
            forward_minutes(lines + more, kind, road_class, tags);
        } catch (const Error& error) {
            CHECK_THAT(error.what(), Contains("nothing of the network can be travelled") && Contains("test"));
            return true;
        }
        return false;
    };
    CHECK_FALSE(closed("", open_road, "primary"));
    CHECK(closed("", open_road, "secondary"));
    CHECK(closed("default speed = 5", open_road, "steps"));
    CHECK(closed("", {Mode::walk, vehicle::all, vehicle::all}, "primary"));
    CHECK(closed("", {Mode::road, vehicle::foot, vehicle::foot}, "primary"));
    CHECK(closed("factor access=private = no", open_road, "primary", {"access=private"}));
    CHECK_FALSE(closed("vehicle road = foot", {Mode::road, vehicle::foot, vehicle::foot}, "primary"));

    const RouteNetwork oneway = one_edge({Mode::road, vehicle::all, vehicle::foot}, "primary");
    const Costs costs = costs_of(oneway, profile(lines));
    CHECK(minutes(costs, 0) == Approx(1));
    CHECK(costs.of_side[1] == unreachable);
    REQUIRE(oneway.arcs() == 2); // people on foot may go back
    CHECK(costs.of_arc[0] == costs.of_side[0]);
    CHECK(costs.of_arc[1] == unreachable);
    CHECK(usable_edges(oneway, costs) == std::vector<std::uint8_t>{1});
}

TEST_CASE("tags multiply time; of one key the value itself wins over the star")
{
    const std::string lines =
        "speed primary = 60\nfactor surface=* = 2\nfactor surface=gravel = 3\nfactor toll=* = 5\n";
    CHECK(forward_minutes(lines, open_road, "primary", {"surface=gravel"}) == Approx(3));
    CHECK(forward_minutes(lines, open_road, "primary", {"surface=sand"}) == Approx(2));
    CHECK(forward_minutes(lines, open_road, "primary", {"surface=sand", "toll=yes"}) == Approx(10));
    CHECK(forward_minutes(lines, open_road, "primary", {"lit=yes"}) == Approx(1));
    CHECK(forward_minutes("speed primary = 60\nmode ferry = 4", {Mode::ferry, vehicle::all, vehicle::all},
                          "primary") == Approx(4));
}

TEST_CASE("borders, transfers and barriers add minutes that no factor touches")
{
    const std::string lines =
        "speed primary = 60\nmode transfer = 2\nborder = 20\ntransfer = 5\nbarrier = 0.5\n"
        "factor barrier=* = 9\n";
    const EdgeKind border = {Mode::road, vehicle::all, vehicle::all, 1};
    const EdgeKind transfer = {Mode::transfer, vehicle::all, vehicle::all};
    CHECK(forward_minutes(lines, border, "primary") == Approx(21));
    CHECK(forward_minutes(lines, transfer, "") == Approx(5));
    const auto at_node = [&](const EdgeKind& kind, const std::vector<std::string>& tags) {
        return minutes(costs_of(one_edge(kind, "any", tags, 0), profile(lines)), 0);
    };
    CHECK(at_node(open_road, {"barrier=gate"}) == Approx(0.5));
    CHECK(at_node(border, {"barrier=border_control"}) == Approx(20)); // no barrier besides
    CHECK(at_node(open_road, {}) == 0);
}

TEST_CASE("an area multiplies the share of an edge that lies inside")
{
    const RouteNetwork network = one_edge(open_road, "primary");
    const Profile p = profile("speed primary = 60\nborder = 20\n");
    // 1 minute; a quarter of it threefold: 0.75 + 0.75; then half of that twofold: 1.5 * 1.5
    CHECK(minutes(costs_of(network, p, {{{0.25}, 3}}), 0) == Approx(1.5));
    CHECK(minutes(costs_of(network, p, {{{0.25}, 3}, {{0.5}, 2}}), 0) == Approx(2.25));
    CHECK_THROWS_AS(costs_of(network, p, {{{}, 3}}), Error);
    CHECK_THROWS_AS(costs_of(network, p, {{{1.5}, 3}}), Error);
    CHECK_THROWS_AS(costs_of(network, p, {{{0.5}, 0}}), Error);
    CHECK_THROWS_AS(costs_of(network, p, {{{std::nan("")}, 2}}), Error);
}

TEST_CASE("a banned turn closes its arc to whom it binds")
{
    test::HandNetwork hand;
    const auto a = hand.node(10, 50);
    const auto b = hand.node(10.01, 50);
    const auto c = hand.node(10.02, 50);
    const auto road = hand.kind(open_road, "primary");
    const auto ab = hand.edge(a, b, 1000, road);
    const auto bc = hand.edge(b, c, 1000, road);
    hand.ban(2 * ab, 2 * bc, vehicle::car);
    const RouteNetwork network = hand.network();
    REQUIRE(network.nodes() == 4); // b twice
    const auto open_arcs = [&](const std::string& lines) {
        const Costs costs =
            costs_of(network, parse_profile(lines + "mode road = 1\ndefault speed = 60\n", "p"));
        CHECK(costs.of_side == std::vector<Weight>(4, 60000));
        return std::count(costs.of_arc.begin(), costs.of_arc.end(), 60000U);
    };
    CHECK(network.arcs() == 6); // two directions of two edges, and the two arcs of the copy
    CHECK(open_arcs("vehicle = car\n") == 5);
    CHECK(open_arcs("vehicle = foot\n") == 6);
    CHECK(open_arcs("vehicle = car truck\n") == 6);
}

TEST_CASE("every profile that comes with vigil can be travelled")
{
    CHECK(profile_names() ==
          std::vector<std::string>{"car", "truck", "bus", "walk", "rail", "ferry", "multimodal"});
    CHECK(profile_text("camel").empty());
    const RouteNetwork network = little_world();
    for (const std::string& name : profile_names()) {
        INFO(name);
        const Profile p = parse_profile(profile_text(name), name + ".profile");
        CHECK(p.name == name);
        CHECK(profile_text(name) ==
              test::read_file(std::string(VIGIL_SOURCE_DIR) + "/profiles/" + name + ".profile"));
        const Costs costs = costs_of(network, p);
        CHECK(costs.unit_minutes == 1.0 / 60000);
        CHECK(std::count(costs.of_arc.begin(), costs.of_arc.end(), unreachable) < network.arcs());
    }
    const auto usable = [&](const std::string& name) {
        return usable_edges(network, costs_of(network, parse_profile(profile_text(name), name)));
    };
    // road, gate, road, path, transfer, rail, ferry
    // the transfer too: without it nobody gets onto a ferry
    CHECK(usable("car") == std::vector<std::uint8_t>{1, 1, 1, 0, 1, 0, 1});
    CHECK(usable("walk") == std::vector<std::uint8_t>{1, 1, 1, 1, 1, 0, 1});
    CHECK(usable("rail") == std::vector<std::uint8_t>{0, 0, 0, 0, 0, 1, 0});
    CHECK(usable("ferry") == std::vector<std::uint8_t>{0, 0, 0, 0, 0, 0, 1});
    CHECK(usable("multimodal") == std::vector<std::uint8_t>(7, 1));

    const Costs car = costs_of(network, parse_profile(profile_text("car"), "car"));
    CHECK(minutes(car, 0) == Approx(3.5 / 25 * 60 * 1.5).epsilon(1e-5)); // residential at 25 km/h, gravel
    CHECK(minutes(car, 2) == Approx(0.5));                               // the gate
    CHECK(minutes(car, 12) == Approx(45));                               // the ferry's own time
    const Costs walk = costs_of(network, parse_profile(profile_text("walk"), "walk"));
    CHECK(minutes(walk, 6) == Approx(1.4 / 4.8 * 60)); // 17.5 minutes at 4.8 km/h
    const Costs rail = costs_of(network, parse_profile(profile_text("rail"), "rail"));
    CHECK(minutes(rail, 10) == Approx(65 / (120 * 0.65) * 60)); // 50 minutes
}

TEST_CASE("weights are whole milliseconds while sums allow it")
{
    // A circle of n edges of 10 hours: no way is longer than the circle; the bound is twice that at most.
    const auto circle = [](std::uint32_t n) {
        test::HandNetwork hand;
        const auto road = hand.kind({Mode::road, vehicle::car, vehicle::none}, "");
        for (std::uint32_t i = 0; i < n; ++i) {
            hand.node(i * 0.1, 0);
        }
        for (std::uint32_t i = 0; i < n; ++i) {
            hand.edge(i, (i + 1) % n, 10000, road, 600);
        }
        return hand.network();
    };
    const Profile p = profile("default speed = 1\n");
    // 10 h are 3.6e7 ms; 2^30 ms are about 29.8 of them, of which two are kept for the ends.
    CHECK(costs_of(circle(20), p).unit_minutes == 1.0 / 60000);
    const Costs longer = costs_of(circle(60), p);
    CHECK(longer.unit_minutes == Approx(10.0 / 60000));
    CHECK(longer.of_side[0] == 3600000);
    // Any edge of some length costs something.
    CHECK(costs_of(one_edge(open_road, "", {}, 1e-6), profile("default speed = 100")).of_side[0] == 1);
    // An edge of ten thousand years is none, nor is one of more than 100,000 minutes.
    const RouteNetwork endless = one_edge(open_road, "", {}, 1e300);
    CHECK_THROWS_AS(costs_of(endless, profile("default speed = 100")), Error);
    CHECK(minutes(costs_of(one_edge(open_road, "", {}, 1000, 99999), p), 0) == Approx(99999));
    CHECK_THROWS_AS(costs_of(one_edge(open_road, "", {}, 1000, 100001), p), Error);
}
