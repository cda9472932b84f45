#include "libgeo/io/crs.h"
#include "libgeo/io/features_io.h"
#include "tests/support/refused.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <regex>

using namespace vigil;
using namespace vigil::test;
using Catch::Matchers::Contains;

namespace {

const std::vector<double>& numbers(const Features& layer, const std::string& field)
{
    return std::get<std::vector<double>>(layer.table.find(field)->values);
}

const std::vector<std::int64_t>& integers(const Features& layer, const std::string& field)
{
    return std::get<std::vector<std::int64_t>>(layer.table.find(field)->values);
}

std::int64_t largest(const std::vector<std::int64_t>& values)
{
    return *std::max_element(values.begin(), values.end());
}

/// GeoJSON of lines near 33.4 N, 111.8 W; coordinates are in units of 0.0001 degree from there.
std::string geojson(const std::vector<std::vector<XY>>& lines, const std::string& properties = "{}")
{
    std::string out = R"({"type":"FeatureCollection","features":[)";
    for (std::size_t i = 0; i < lines.size(); ++i) {
        out += i == 0 ? "" : ",";
        out += R"({"type":"Feature","properties":)" + properties +
               R"(,"geometry":{"type":"LineString","coordinates":[)";
        for (std::size_t v = 0; v < lines[i].size(); ++v) {
            out += fmt::format("{}[{:.7f},{:.7f}]", v == 0 ? "" : ",", -111.8 + lines[i][v].x * 1e-4,
                               33.4 + lines[i][v].y * 1e-4);
        }
        out += "]}}";
    }
    return out + "]}";
}

} // namespace

TEST_CASE("the streets of Mesa become one network of 31.818 km", "[network]")
{
    const TemporaryFolder folder;
    const auto ran =
        test::vigil({"network", testdata("mesa/mesa.gpkg"), folder / "net.gpkg", "--layer", "streets"});
    CHECK(ran.err.empty());
    CHECK(ran.out.empty());
    REQUIRE(ran.exit_code == 0);
    const Features edges = io::read_features(folder / "net.gpkg", {.layer = "edges"});
    const Features nodes = io::read_features(folder / "net.gpkg", {.layer = "nodes"});
    // 293 lines meet at 220 places; where just two meet, they are one edge
    const std::size_t through = 220 - nodes.geometry.size();
    CHECK(through > 0);
    CHECK(edges.geometry.size() == 293 - through);
    CHECK(edges.crs.authority == "EPSG:26912");
    // 31,818 m on the plane of UTM zone 12N, whose scale there is 0.99968 (PROJ)
    const auto& length_m = numbers(edges, "length_m");
    CHECK(std::accumulate(length_m.begin(), length_m.end(), 0.0) == Approx(31818 / 0.99968).margin(1));
    CHECK(largest(integers(edges, "component")) == 1);
    const auto& pieces = integers(edges, "pieces");
    CHECK(std::accumulate(pieces.begin(), pieces.end(), std::int64_t{0}) == 293);
    std::vector<std::string> names;
    for (const Field& field : edges.table.fields) {
        names.push_back(field.name);
    }
    CHECK(names == std::vector<std::string>{"edge_id", "from_node", "to_node", "length_m", "name", "class",
                                            "mode", "speed_kmh", "oneway", "vehicles", "border", "component",
                                            "source_id", "pieces"});
}

TEST_CASE("Soho as drawn has to be noded: then it is one network", "[network]")
{
    const TemporaryFolder folder;
    const std::string soho = testdata("soho/soho1854.gpkg");
    const auto raw = test::vigil({"network", soho, folder / "raw.gpkg", "--layer", "streets_raw"});
    REQUIRE(raw.exit_code == 0);
    CHECK(largest(integers(io::read_features(folder / "raw.gpkg", {.layer = "nodes"}), "component")) > 30);

    const auto ran = test::vigil(
        {"network", soho, folder / "net.gpkg", "--layer", "streets_raw", "--node", "--tolerance", "2", "-v"});
    REQUIRE(ran.exit_code == 0);
    CHECK_THAT(ran.err, Contains("1 strong components") && Contains("37 dangling ends"));
    const Features nodes = io::read_features(folder / "net.gpkg", {.layer = "nodes"});
    CHECK(largest(integers(nodes, "component")) == 1);
    // In the layer streets_noded 39 street ends hang 0.05 m beside the street they were drawn to, so it falls
    // into 12 components.
    const auto noded = test::vigil(
        {"network", soho, folder / "noded.gpkg", "--layer", "streets_noded", "--tolerance", "0.1", "-v"});
    REQUIRE(noded.exit_code == 0);
    CHECK_THAT(noded.err,
               Contains("12 strong components") && Contains("7 pieces shorter than the tolerance dropped"));
}

TEST_CASE("one-way, speed, name and class columns reach the edges", "[network]")
{
    const TemporaryFolder folder;
    const std::string lines =
        folder.file("a.geojson", geojson({{{0, 0}, {10, 0}}},
                                         R"({"ow":"-1","kmh":"36","road":"Main St","kind":"primary"})"));
    const auto ran = test::vigil({"network", lines, folder / "net.gpkg", "--oneway", "ow", "--speed", "kmh",
                                  "--name", "road", "--class", "kind"});
    CHECK(ran.err.empty());
    REQUIRE(ran.exit_code == 0);
    const Features edges = io::read_features(folder / "net.gpkg", {.layer = "edges"});
    CHECK(edges.crs.authority == "EPSG:4326"); // that of the lines
    CHECK(numbers(edges, "speed_kmh")[0] == 36);
    const auto text = [&](const char* field) {
        return std::get<std::vector<std::string>>(edges.table.find(field)->values)[0];
    };
    CHECK(text("oneway") == "-1");
    CHECK(text("name") == "Main St");
    CHECK(text("class") == "primary");
}

TEST_CASE("lines come by a pipe and edges leave by one; their order does not matter", "[network]")
{
    const TemporaryFolder folder;
    const std::string lines = geojson({{{0, 0}, {10, 0}}, {{10, 0}, {10, 10}}, {{0, 0}, {0, 10}}});
    const std::string turned = geojson({{{0, 0}, {0, 10}}, {{0, 0}, {10, 0}}, {{10, 0}, {10, 10}}});
    const auto ran = test::vigil({"network", "-", "-"}, lines);
    CHECK(ran.err.empty());
    REQUIRE(ran.exit_code == 0);
    CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == 1); // one chain
    // but for the feature that the first piece came from
    const std::regex source(R"("source_id":\d+)");
    CHECK(std::regex_replace(test::vigil({"network", "-", "-"}, turned).out, source, "") ==
          std::regex_replace(ran.out, source, ""));
    CHECK(test::vigil({"network", "-", "-", "--threads", "1"}, lines).out == ran.out);
}

TEST_CASE("degenerate lines are counted, not fatal", "[network]")
{
    const TemporaryFolder folder;
    const std::string lines =
        folder.file("a.geojson", geojson({{{0, 0}, {10, 0}}, {{3, 3}, {3, 3}}, {{10, 0}, {10, 10}}}));
    const auto ran = test::vigil({"network", lines, folder / "net.gpkg"});
    REQUIRE(ran.exit_code == 0);
    CHECK_THAT(ran.err, Contains("1 lines without length dropped (first is feature 2)"));
}

TEST_CASE("lines without a CRS are asked for one", "[network]")
{
    const TemporaryFolder folder;
    const std::string lines = folder / "lines.shp";
    REQUIRE(test::vigil({"network", testdata("mesa/mesa.gpkg"), lines, "--layer", "streets"}).exit_code == 0);
    std::filesystem::remove(folder / "lines.prj");
    const auto ran = test::vigil({"network", lines, folder / "net.gpkg"});
    CHECK(ran.exit_code == 3);
    CHECK_THAT(ran.err, Contains("lines.shp: no CRS; add --input-crs"));
    CHECK(test::vigil({"network", lines, folder / "net.gpkg", "--input-crs", "EPSG:26912"}).exit_code == 0);
}

TEST_CASE("what vigil network wrote is taken as it is", "[network]")
{
    const TemporaryFolder folder;
    const std::string lines = folder.file(
        "a.geojson", geojson({{{0, 0}, {10, 0}}, {{10, 0}, {10, 10}}}, R"({"kmh":36,"ow":"yes"})"));
    REQUIRE(
        test::vigil({"network", lines, folder / "a.gpkg", "--speed", "kmh", "--oneway", "ow"}).exit_code ==
        0);
    REQUIRE(test::vigil({"network", folder / "a.gpkg", folder / "b.gpkg"}).exit_code == 0);
    const Features first = io::read_features(folder / "a.gpkg", {.layer = "edges"});
    const Features again = io::read_features(folder / "b.gpkg", {.layer = "edges"});
    CHECK(first.geometry.xy == again.geometry.xy);
    CHECK(numbers(first, "speed_kmh") == numbers(again, "speed_kmh"));
    CHECK(integers(first, "to_node") == integers(again, "to_node"));
}

TEST_CASE("vigil network meets bad input with one line and the right exit code", "[network]")
{
    const TemporaryFolder folder;
    const std::string good = folder.file("good.geojson", geojson({{{0, 0}, {10, 0}}}));
    const std::string out = folder / "out.gpkg";
    refused("network", {folder.file("empty.geojson", ""), out}, 3, "empty.geojson");
    refused("network", {folder / "nowhere.gpkg", out}, 3, "nowhere.gpkg");
    refused("network", {folder.file("none.geojson", R"({"type":"FeatureCollection","features":[]})"), out}, 3,
            "no feature");
    refused("network", {testdata("mesa/mesa.gpkg"), out}, 3, "crimes");
    refused("network", {testdata("mesa/mesa.gpkg"), out, "--layer", "crimes"}, 3, "made of lines");
    refused("network", {testdata("mesa/mesa_crimes.csv"), out}, 3, "CSV");
    refused("network", {folder.file("point.geojson", geojson({{{5, 5}, {5, 5}}})), out}, 3, "no line");
    refused("network",
            {folder.file("nan.geojson", R"({"type":"Feature","properties":{},"geometry":{"type":)"
                                        R"("LineString","coordinates":[[0,NaN],[1,1]]}})"),
             out},
            3, "nan.geojson");
    refused("network",
            {folder.file("swapped.geojson", R"({"type":"Feature","properties":{},"geometry":{"type":)"
                                            R"("LineString","coordinates":[[33.4,-111.8],[33.5,-111.8]]}})"),
             out},
            3, "swapped");
    refused("network", {good, out, "--tolerance", "-1"}, 2, "--tolerance");
    refused("network", {good, out, "--tolerance", "nan"}, 2, "--tolerance");
    refused("network", {good, out, "--oneway", "nothing"}, 3, "--oneway nothing");
    refused("network", {good, out, "--crs", "EPSG:0"}, 3, "EPSG:0");
    refused("network", {good}, 2, "output");
    refused("network", {good, out, "--layers", folder / "more.gpkg"}, 2, "--layers");
    refused("network", {"--info", good, out}, 2, "--info");
    refused("network", {good, out, "--max-memory", "100"}, 5, "vertices");
    refused("network", {good, folder / "missing" + "/out.gpkg"}, 4, "missing");
    CHECK(folder.names().size() == 6); // the inputs; nothing else was left behind
    const std::string older = folder.file("older.gpkg", "older");
    refused("network", {good, older}, 4, "--overwrite");
    CHECK(read_file(older) == "older");
    CHECK(test::vigil({"network", good, "/dev/full", "--format", "gpkg"}).exit_code == 4);
}
