#include "libgeo/io/features_io.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <set>

using namespace vigil;
using namespace vigil::test;
using Catch::Matchers::Contains;

namespace {

struct Drawn {
    std::vector<XY> line; ///< units of 0.0001 degree (about 11 m) from a place on the equator
    std::string properties = "{}";
};

std::string feature(const Drawn& drawn)
{
    std::string text = R"({"type":"Feature","properties":)" + drawn.properties +
                       R"(,"geometry":{"type":"LineString","coordinates":[)";
    for (std::size_t v = 0; v < drawn.line.size(); ++v) {
        text += fmt::format("{}[{:.7f},{:.7f}]", v == 0 ? "" : ",", 10 + drawn.line[v].x * 1e-4,
                            drawn.line[v].y * 1e-4);
    }
    return text + "]}}";
}

std::string geojson(const std::vector<Drawn>& lines)
{
    std::string out;
    for (const Drawn& drawn : lines) {
        out += (out.empty() ? "" : ",\n") + feature(drawn);
    }
    return R"({"type":"FeatureCollection","features":[)" + out + "]}";
}

/// The edges made of lines.
Features edges_of(const TemporaryFolder& folder, const std::vector<Drawn>& lines,
                  std::vector<std::string> options = {})
{
    options.insert(options.begin(), {"network", folder.file("in.geojson", geojson(lines)),
                                     folder / "out.gpkg", "--overwrite"});
    const auto ran = test::vigil(options);
    INFO(ran.err);
    REQUIRE(ran.exit_code == 0);
    return io::read_features(folder / "out.gpkg", {.layer = "edges"});
}

const std::vector<std::int64_t>& integers(const Features& layer, const std::string& field)
{
    return std::get<std::vector<std::int64_t>>(layer.table.find(field)->values);
}

const std::vector<std::string>& texts(const Features& layer, const std::string& field)
{
    return std::get<std::vector<std::string>>(layer.table.find(field)->values);
}

const std::vector<double>& numbers(const Features& layer, const std::string& field)
{
    return std::get<std::vector<double>>(layer.table.find(field)->values);
}

std::size_t nodes_in(const TemporaryFolder& folder)
{
    return io::read_features(folder / "out.gpkg", {.layer = "nodes"}).geometry.size();
}

} // namespace

TEST_CASE("one closed line is a network of one node and one loop", "[network]")
{
    const TemporaryFolder folder;
    const Features edges = edges_of(folder, {{{{0, 0}, {10, 0}, {10, 10}, {0, 0}}}});
    CHECK(edges.geometry.size() == 1);
    CHECK(nodes_in(folder) == 1);
    CHECK(integers(edges, "from_node") == integers(edges, "to_node"));

    // and it can be travelled: from one place on it to another, either way round
    REQUIRE(test::vigil({"network", folder / "in.geojson", folder / "loop.vnet"}).exit_code == 0);
    const auto ran = test::vigil({"routes", folder / "loop.vnet", "-", "--pairs", "-", "--ways", "1"},
                                 "from_lon,from_lat,to_lon,to_lat\n10.0001,0,10.0003,0\n");
    CHECK(ran.err.empty());
    REQUIRE(ran.exit_code == 0);
    // 0.0002 degrees of longitude on the equator of WGS 84, whose radius is 6378137 m: 22.2639 m
    CHECK_THAT(ran.out, Contains("\"status\":\"ok\"") && Contains("\"len_km\":0.02226389"));
}

TEST_CASE("parallel lines stay apart, doubled lines too, and a loop hangs on its node", "[network]")
{
    const TemporaryFolder folder;
    // two ways round from A to B, a loop at B, and a tail so that A and B are nodes
    const Features edges = edges_of(folder, {{{{0, 0}, {5, 3}, {10, 0}}},
                                             {{{0, 0}, {5, -3}, {10, 0}}},
                                             {{{10, 0}, {15, 5}, {15, -5}, {10, 0}}},
                                             {{{0, 0}, {-10, 0}}}});
    CHECK(edges.geometry.size() == 4);
    CHECK(nodes_in(folder) == 3);
    const auto told = test::vigil({"network", folder / "in.geojson", folder / "v.gpkg", "-v"});
    CHECK_THAT(told.err, Contains("1 loops") && Contains("1 parallel edges") && Contains("1 dangling ends"));
}

TEST_CASE("lines without length and lines below the tolerance are dropped and told of", "[network]")
{
    const TemporaryFolder folder;
    const std::vector<Drawn> lines = {{{{0, 0}, {10, 0}}}, {{{10, 0}, {10, 0}}}, {{{10, 0}, {20, 0}}}};
    CHECK(edges_of(folder, lines).geometry.size() == 1); // a chain of two
    const auto told = test::vigil({"network", folder / "in.geojson", folder / "v.gpkg"});
    CHECK_THAT(told.err, Contains("1 lines without length dropped (first is feature 2)"));
}

TEST_CASE("the order of lines changes nothing but the numbers of features", "[network]")
{
    const TemporaryFolder folder;
    const std::string residential = R"({"kind":"residential"})";
    std::vector<Drawn> lines;
    for (double i = 0; i < 6; ++i) {
        for (double j = 0; j < 6; ++j) {
            lines.push_back({{{i * 10, j * 10}, {i * 10 + 10, j * 10}}, residential});
            lines.push_back({{{i * 10, j * 10}, {i * 10 + 3, j * 10 + 4}, {i * 10, j * 10 + 10}}});
        }
    }
    const std::vector<std::string> options = {"--class", "kind"};
    const Features first = edges_of(folder, lines, options);
    std::mt19937_64 random(7);
    std::shuffle(lines.begin(), lines.end(), random);
    for (Drawn& drawn : lines) {
        if (random() % 2 == 0) {
            std::reverse(drawn.line.begin(), drawn.line.end());
        }
    }
    const Features second = edges_of(folder, lines, options);
    CHECK(first.geometry.xy == second.geometry.xy);
    for (const char* field : {"from_node", "to_node", "component", "pieces"}) {
        CHECK(integers(first, field) == integers(second, field));
    }
    CHECK(numbers(first, "length_m") == numbers(second, "length_m"));
    CHECK(texts(first, "class") == texts(second, "class"));
}

TEST_CASE("noding joins what crosses on one level only", "[network]")
{
    const TemporaryFolder folder;
    const auto crossing = [&](const std::string& over) {
        return std::vector<Drawn>{{{{-10, 0}, {10, 0}}, R"({"z":"0"})"}, {{{0, -10}, {0, 10}}, over}};
    };
    CHECK(edges_of(folder, crossing(R"({"z":"0"})")).geometry.size() == 2);
    CHECK(edges_of(folder, crossing(R"({"z":"0"})"), {"--node"}).geometry.size() == 4);
    CHECK(edges_of(folder, crossing(R"({"z":"0"})"), {"--node", "--level", "z"}).geometry.size() == 4);
    CHECK(edges_of(folder, crossing(R"({"z":"1"})"), {"--node", "--level", "z"}).geometry.size() == 2);
    CHECK(edges_of(folder, crossing(R"({"z":"1"})"), {"--node"}).geometry.size() == 4);
}

TEST_CASE("a column of modes tells roads from rails and ferries, which meet over transfers only", "[network]")
{
    const TemporaryFolder folder;
    const std::vector<Drawn> lines = {{{{0, 0}, {10, 0}}, R"({"m":"road"})"},
                                      {{{10, 0}, {20, 0}}, R"({"m":"Ferry"})"},
                                      {{{20, 0}, {30, 0}}, R"({"m":""})"}};
    const Features edges = edges_of(folder, lines, {"--mode", "m"});
    const auto& modes = texts(edges, "mode");
    CHECK(std::count(modes.begin(), modes.end(), "ferry") == 1);
    CHECK(std::count(modes.begin(), modes.end(), "road") == 2);
    CHECK(std::count(modes.begin(), modes.end(), "transfer") == 2);

    const std::string bad = folder.file("bad.geojson", geojson({{{{0, 0}, {10, 0}}, R"({"m":"camel"})"}}));
    const auto ran = test::vigil({"network", bad, folder / "bad.gpkg", "--mode", "m"});
    CHECK(ran.exit_code == 3);
    CHECK(one_line(ran.err));
    CHECK_THAT(ran.err, Contains("feature 1: column m") && Contains("road, walk, rail"));
}

TEST_CASE("polygons of countries mark lines that go from one country to another", "[network]")
{
    const TemporaryFolder folder;
    const std::string countries = folder.file("countries.geojson", R"({"type":"FeatureCollection","features":[
{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[9,-1],[10,-1],[10,1],[9,1],[9,-1]]]}},
{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[10,-1],[11,-1],[11,1],[10,1],[10,-1]]]}}]})");
    // the first stays in the west, the second goes over, the third stays in the east
    const std::vector<Drawn> lines = {{{{-30, 0}, {-10, 0}}},
                                      {{{-10, 0}, {10, 0}}},
                                      {{{10, 0}, {30, 0}}},
                                      {{{10, 0}, {10, 9}}},
                                      {{{-10, 0}, {-10, 9}}}};
    const Features edges = edges_of(folder, lines, {"--borders", countries});
    const auto& border = integers(edges, "border");
    CHECK(std::count(border.begin(), border.end(), 1) == 1);
    // a route over it counts one
    const std::string pair = folder.file("pair.csv", "from_lon,from_lat,to_lon,to_lat\n9.998,0,10.002,0\n");
    const auto over =
        test::vigil({"routes", folder / "in.geojson", "-", "--pairs", pair, "--borders", countries});
    REQUIRE(over.exit_code == 0);
    CHECK_THAT(over.out, Contains("\"borders\":1"));
    const auto without = test::vigil({"routes", folder / "in.geojson", "-", "--pairs", pair});
    CHECK_THAT(without.out, Contains("\"borders\":0"));

    const std::string points = folder.file("p.csv", "lon,lat\n1,2\n");
    const auto ran = test::vigil({"network", folder / "in.geojson", folder / "x.gpkg", "--borders", points});
    CHECK(ran.exit_code == 3);
    CHECK(one_line(ran.err));
    const auto lines_for_polygons = test::vigil(
        {"network", folder / "in.geojson", folder / "x.gpkg", "--borders", folder / "in.geojson"});
    CHECK(lines_for_polygons.exit_code == 3);
    CHECK_THAT(lines_for_polygons.err, Contains("no polygons"));
}

TEST_CASE("lines and OpenStreetMap go into one network, in WGS 84", "[network][osm]")
{
    const TemporaryFolder folder;
    // a lane that no survey has yet, from the end of Farm Lane (node 64) southwards
    const std::string lane = folder.file(
        "lane.geojson", R"({"type":"Feature","properties":{"n":"New Lane"},"geometry":{"type":"LineString",)"
                        R"("coordinates":[[-29.9932626,-0.0045218],[-29.9932626,-0.0065]]}})");
    REQUIRE(test::vigil({"network", testdata("ford/ford.osm"), lane, folder / "a.gpkg", "--name", "n"})
                .exit_code == 0);
    const Features edges = io::read_features(folder / "a.gpkg", {.layer = "edges"});
    CHECK(edges.crs.authority == "EPSG:4326");
    CHECK(edges.geometry.size() == 94); // 93 of the town
    const auto& names = texts(edges, "name");
    CHECK(std::count(names.begin(), names.end(), "New Lane") == 1);
    // several inputs do not share vertices: the lane is a part of its own
    const auto& component = integers(edges, "component");
    CHECK(*std::max_element(component.begin(), component.end()) == 2);
}

TEST_CASE("layers are written in the CRS asked for, engine files keep that of the lines", "[network]")
{
    const TemporaryFolder folder;
    const std::string mesa = testdata("mesa/mesa.gpkg");
    REQUIRE(test::vigil({"network", mesa, folder / "m.vnet", "--layer", "streets"}).exit_code == 0);
    REQUIRE(test::vigil({"network", folder / "m.vnet", folder / "m.gpkg"}).exit_code == 0);
    CHECK(io::read_features(folder / "m.gpkg", {.layer = "edges"}).crs.authority == "EPSG:26912");
    REQUIRE(test::vigil({"network", folder / "m.vnet", folder / "w.gpkg", "--crs", "EPSG:4326"}).exit_code ==
            0);
    CHECK(io::read_features(folder / "w.gpkg", {.layer = "edges"}).crs.authority == "EPSG:4326");
}
