#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>

using namespace vigil;
using namespace vigil::test;
using Catch::Matchers::Contains;

namespace {

/// A layer of lines, one for each text of coordinates; speeds are JSON values.
std::string layer(const std::vector<std::string>& lines, const std::vector<std::string>& speeds = {})
{
    std::string out;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        out += out.empty() ? "" : ",";
        out += R"({"type":"Feature","properties":{"kmh":)" + (speeds.empty() ? "null" : speeds[i]) +
               R"(},"geometry":{"type":"LineString","coordinates":)" + lines[i] + "}}";
    }
    return R"({"type":"FeatureCollection","features":[)" + out + "]}";
}

const std::string here = "[[10,0],[10.001,0]]";
const std::string nowhere = "[[10,0],[10,0]]";

} // namespace

TEST_CASE("each input is told of by its own name", "[network]")
{
    const TemporaryFolder folder;
    const std::string one = folder.file("one.geojson", layer({nowhere, here}));
    const std::string two = folder.file("two.geojson", layer({here, here, nowhere, nowhere}));
    const auto ran = test::vigil({"network", testdata("ford/ford.osm"), one, two, folder / "a.vnet"});
    REQUIRE(ran.exit_code == 0);
    CHECK(ran.err == "one.geojson: 1 lines without length dropped (first is feature 1)\n"
                     "two.geojson: 2 lines without length dropped (first is feature 3)\n");
    const auto told = test::vigil({"network", testdata("ford/ford.osm"), one, two, folder / "b.vnet", "-v"});
    CHECK_THAT(told.err, Contains("ford.osm: 66 nodes; 33 of 33 ways"));
    CHECK_THAT(told.err, Contains("one.geojson: 2 lines; 0 ends moved") && Contains("3 inputs: "));
}

TEST_CASE("speeds that are not understood are counted", "[network]")
{
    const TemporaryFolder folder;
    const std::string lines =
        folder.file("a.geojson", layer({here, here, here, here, here},
                                       {"\"30 mph\"", "\"fast\"", "\"\"", "\"['50', '30']\"", "\"0\""}));
    const auto ran = test::vigil({"network", lines, folder / "a.vnet", "--speed", "kmh"});
    CHECK(ran.exit_code == 0);
    CHECK(one_line(ran.err));
    CHECK_THAT(ran.err, Contains("a.geojson: speed of 2 of 5 lines not understood (first is feature 2)"));
}

TEST_CASE("inputs under another name are refused with the name to give them", "[network][osm]")
{
    const TemporaryFolder folder;
    const std::string net = folder / "N.VNET";
    REQUIRE(test::vigil({"network", testdata("ford/ford.osm"), net}).exit_code == 0);
    CHECK(test::vigil({"network", "--info", net}).exit_code == 0);
    CHECK(test::vigil({"network", net, folder / "n.gpkg"}).exit_code == 0);
    std::filesystem::rename(net, folder / "n.bin");
    const auto ran = test::vigil({"network", folder / "n.bin", folder / "x.vnet"});
    CHECK(ran.exit_code == 3);
    CHECK(one_line(ran.err));
    CHECK_THAT(ran.err, Contains("n.bin: holds an engine file") && Contains(".vnet"));
}

TEST_CASE("a default speed is for lines, and stays with those that vigil network wrote", "[network]")
{
    const TemporaryFolder folder;
    const std::string lines = folder.file("a.geojson", layer({here}));
    REQUIRE(test::vigil({"network", lines, folder / "a.vnet"}).exit_code == 0);
    REQUIRE(test::vigil({"network", lines, folder / "a.gpkg"}).exit_code == 0);
    for (const std::string& input : {testdata("ford/ford.osm"), folder / "a.vnet"}) {
        const auto ran = test::vigil({"network", input, folder / "b.gpkg", "--default-speed", "50"});
        CHECK(ran.exit_code == 2);
        CHECK_THAT(ran.err, Contains("--default-speed"));
    }
    const auto ran = test::vigil({"network", folder / "a.gpkg", "-", "--default-speed", "50"});
    CHECK(ran.exit_code == 0);
    CHECK_THAT(ran.out, Contains(R"("speed_kmh":50)"));
}

TEST_CASE("crossings that --borders finds are told with -v", "[network]")
{
    const TemporaryFolder folder;
    const std::string lines = folder.file("a.geojson", layer({here}));
    const std::string countries = folder.file(
        "c.geojson", R"({"type":"FeatureCollection","features":[)"
                     R"({"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":)"
                     R"([[[9,-1],[10.0005,-1],[10.0005,1],[9,1],[9,-1]]]}},)"
                     R"({"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":)"
                     R"([[[10.0005,-1],[11,-1],[11,1],[10.0005,1],[10.0005,-1]]]}}]})");
    const auto ran = test::vigil({"network", lines, folder / "a.vnet", "--borders", countries, "-v"});
    CHECK_THAT(ran.err, Contains("c.geojson: 1 crossings of borders found"));
}

TEST_CASE("rows of pairs that cannot be used are told once, without options there are not", "[routes]")
{
    const TemporaryFolder folder;
    const std::string lines = folder.file("a.geojson", layer({here}));
    const std::string pairs = folder.file("p.csv", "from_lon,from_lat,to_lon,to_lat\n"
                                                   "10,0,10.001,0\n"
                                                   ",,,\n"
                                                   "10,99,10.001,0\n");
    const auto ran = test::vigil({"routes", lines, "-", "--pairs", pairs});
    CHECK(ran.exit_code == 0);
    CHECK_THAT(ran.err, Contains("p.csv: 2 of 3 rows skipped: origin: ") && !Contains("--rejects"));
    const auto refuse = [&](std::vector<std::string> arguments, const std::string& text) {
        arguments.insert(arguments.begin(), {"routes", lines, "-"});
        const auto refused = test::vigil(arguments);
        INFO(refused.err);
        CHECK(refused.exit_code != 0);
        CHECK(one_line(refused.err));
        CHECK_THAT(refused.err, Contains(text));
    };
    const std::string places = folder.file("q.csv", "lon,lat\n10,0\n");
    refuse({"--pairs", pairs, "--from-id", "nosuch"}, "--from-id nosuch");
    refuse({"--pairs", pairs, "--to-id", "nosuch"}, "--to-id nosuch");
    refuse({"--from", places, "--to", places, "--from-id", "nosuch"}, "--from-id nosuch");
    refuse({"--from", places, "--to", places, "--to-x", "a", "--to-y", "lat"}, "--to-x a");
    refuse({"--pairs", pairs, "--from-layer", "a"}, "--from-layer");
    refuse({"--pairs", pairs, "--to-layer", "a"}, "--to-layer");
}
