#include "libgeo/io/features_io.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <sstream>

using namespace vigil;
using namespace vigil::test;
using Catch::Matchers::Contains;

namespace {

const std::vector<double>& numbers(const Features& layer, const std::string& field)
{
    return std::get<std::vector<double>>(layer.table.find(field)->values);
}

const std::vector<std::string>& texts(const Features& layer, const std::string& field)
{
    return std::get<std::vector<std::string>>(layer.table.find(field)->values);
}

std::vector<std::string> cells(const std::string& line)
{
    std::vector<std::string> out;
    std::istringstream in(line);
    for (std::string cell; std::getline(in, cell, ',');) {
        out.push_back(cell);
    }
    return out;
}

/// Deaths by identifier of the address.
std::map<std::string, double> soho_deaths()
{
    std::map<std::string, double> deaths;
    std::istringstream in(read_file(testdata("soho/soho1854_deaths.csv")));
    std::string line;
    std::getline(in, line);
    const auto header = cells(line);
    const auto column = std::find(header.begin(), header.end(), "deaths") - header.begin();
    const auto id = std::find(header.begin(), header.end(), "id") - header.begin();
    while (std::getline(in, line)) {
        const auto row = cells(line);
        deaths[row[static_cast<std::size_t>(id)]] = std::stod(row[static_cast<std::size_t>(column)]);
    }
    return deaths;
}

struct Share {
    int addresses = 0;
    double deaths = 0;
};

/// What is nearest to pump 9, Broad Street.
Share broad_street(const std::string& file)
{
    const Features routes = io::read_features(file);
    const auto deaths = soho_deaths();
    Share share;
    for (std::size_t i = 0; i < routes.geometry.size(); ++i) {
        if (texts(routes, "to_id")[i] == "9") {
            ++share.addresses;
            share.deaths += deaths.at(texts(routes, "from_id")[i]);
        }
    }
    return share;
}

/// A street of two edges along 33.4 N and an island north of it.
constexpr const char* streets = R"({"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"ow":"no"},"geometry":{"type":"LineString","coordinates":[[-111.80,33.40],[-111.79,33.40]]}},
{"type":"Feature","properties":{"ow":"yes"},"geometry":{"type":"LineString","coordinates":[[-111.79,33.40],[-111.78,33.40]]}},
{"type":"Feature","properties":{"ow":"no"},"geometry":{"type":"LineString","coordinates":[[-111.80,33.42],[-111.79,33.42]]}}]})";

constexpr const char* pairs = "case_id,from_id,from_lon,from_lat,to_lon,to_lat\n"
                              "ahead,007,-111.798,33.4001,-111.782,33.3999\n"
                              "back,a,-111.782,33.4,-111.798,33.4\n"
                              "island,007,-111.798,33.4,-111.795,33.42\n"
                              "same,b,-111.795,33.4,-111.795,33.4\n";

} // namespace

TEST_CASE("the two density peaks of Mesa are 774.1 m apart along the streets", "[routes]")
{
    // peaks of a Gaussian density with sigma 150 m on 25 m cells; 601 m apart as the crow flies
    const TemporaryFolder folder;
    const std::string ends = folder.file("peaks.csv", "from_lon,from_lat,to_lon,to_lat\n"
                                                      "-111.836907,33.418240,-111.838739,33.413042\n");
    const std::string net = folder / "net.vnet";
    REQUIRE(test::vigil({"network", testdata("mesa/mesa.gpkg"), net, "--layer", "streets"}).exit_code == 0);
    const auto ran = test::vigil(
        {"routes", net, folder / "routes.gpkg", "--pairs", ends, "--snap", "node", "--ways", "1"});
    CHECK(ran.err.empty());
    CHECK(ran.out.empty());
    REQUIRE(ran.exit_code == 0);
    const Features routes = io::read_features(folder / "routes.gpkg");
    REQUIRE(routes.geometry.size() == 1);
    // 774.1 m on the plane of UTM zone 12N, whose scale there is 0.99968 (PROJ)
    CHECK(numbers(routes, "len_km")[0] == Approx(774.1 / 0.99968 / 1000).margin(0.00005));
    CHECK(numbers(routes, "prob")[0] == 1);
    CHECK(texts(routes, "status")[0] == "ok");
    CHECK(routes.crs.authority == "EPSG:26912");

    // the same from the layer of lines itself, and from edge to edge
    REQUIRE(test::vigil({"routes", testdata("mesa/mesa.gpkg"), folder / "direct.gpkg", "--network-layer",
                         "streets", "--pairs", ends, "--snap", "node", "--ways", "1"})
                .exit_code == 0);
    const Features direct = io::read_features(folder / "direct.gpkg");
    CHECK(direct.geometry.xy == routes.geometry.xy);
    REQUIRE(test::vigil({"routes", net, folder / "edges.gpkg", "--pairs", ends}).exit_code == 0);
    const Features edges = io::read_features(folder / "edges.gpkg");
    CHECK(numbers(edges, "snap_m")[0] <= numbers(routes, "snap_m")[0]);
}

TEST_CASE("most deaths of Soho 1854 are nearest to the Broad Street pump along the streets", "[routes]")
{
    const TemporaryFolder folder;
    const std::string soho = testdata("soho/soho1854.gpkg");
    const std::string deaths = testdata("soho/soho1854_deaths.csv");
    const std::string pumps = testdata("soho/soho1854_pumps.csv");
    // from node to node in the largest part of the layer streets_noded: 248 of 392 deaths, 165 of 324
    // addresses, computed independently with networkx
    const auto ran = test::vigil({"routes", soho, folder / "a.geojson", "--network-layer", "streets_noded",
                                  "--tolerance", "0.1", "--snap", "node", "--largest", "--nearest", "--ways",
                                  "1", "--profile", "walk", "--from", deaths, "--to", pumps});
    CHECK(ran.err.empty());
    REQUIRE(ran.exit_code == 0);
    const Share nodes = broad_street(folder / "a.geojson");
    CHECK(nodes.addresses == 165);
    CHECK(nodes.deaths == 248);
    // from door to pump along the properly noded streets it is 269; in a straight line 266
    REQUIRE(test::vigil({"routes", soho, folder / "b.gpkg", "--network-layer", "streets_raw", "--node",
                         "--tolerance", "2", "--nearest", "--ways", "1", "--from", deaths, "--to", pumps})
                .exit_code == 0);
    const Share doors = broad_street(folder / "b.gpkg");
    CHECK(doors.addresses == 188);
    CHECK(doors.deaths == 269);
}

TEST_CASE("routes list what has no path, and go by one-way rules", "[routes]")
{
    const TemporaryFolder folder;
    const std::string net = folder.file("streets.geojson", streets);
    const std::string ends = folder.file("pairs.csv", pairs);
    const auto ran = test::vigil(
        {"routes", net, folder / "r.gpkg", "--oneway", "ow", "--pairs", ends, "--crs", "EPSG:32612"});
    REQUIRE(ran.exit_code == 0);
    CHECK_THAT(ran.err, Contains("2 of 4 cases have no path") && Contains("no_path"));
    const Features routes = io::read_features(folder / "r.gpkg");
    CHECK(texts(routes, "case_id") == std::vector<std::string>{"ahead", "back", "island", "same"});
    CHECK(texts(routes, "from_id") == std::vector<std::string>{"007", "a", "007", "b"});
    CHECK(texts(routes, "to_id") == std::vector<std::string>{"2", "3", "4", "5"}); // lines of the file
    CHECK(texts(routes, "status") == std::vector<std::string>{"ok", "no_path", "no_path", "ok"});
    CHECK(numbers(routes, "len_km")[0] == Approx(1.488).margin(0.003)); // 0.016 degrees at 33.4 N
    CHECK(numbers(routes, "snap_m")[0] == Approx(11.1).margin(0.1));
    CHECK(std::isnan(numbers(routes, "len_km")[1]));
    CHECK(numbers(routes, "len_km")[3] == Approx(0).margin(1e-9));

    const auto far = test::vigil({"routes", net, folder / "far.csv", "--pairs", ends, "--max-snap", "5"});
    REQUIRE(far.exit_code == 0);
    CHECK_THAT(far.err, Contains("off_network"));
    CHECK_THAT(read_file(folder / "far.csv"), Contains("off_network") && Contains("no_path"));
}

TEST_CASE("pairs come by a pipe and routes leave by one, the same for any number of threads", "[routes]")
{
    const TemporaryFolder folder;
    const std::string net = folder.file("streets.geojson", streets);
    const auto ran = test::vigil({"routes", net, "-", "--pairs", "-", "-q"}, pairs);
    CHECK(ran.err.empty());
    REQUIRE(ran.exit_code == 0);
    CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == 4);
    CHECK(test::vigil({"routes", net, "-", "--pairs", "-", "-q", "--threads", "1"}, pairs).out == ran.out);
    const auto file = test::vigil({"routes", net, "-", "--pairs", folder.file("p.csv", pairs), "-q"});
    CHECK(file.out == ran.out);
    CHECK(test::shell("\"$VIGIL\" routes " + net + " - --pairs " + folder / "p.csv" +
                      " -q | head -c 1 >/dev/null; exit ${PIPESTATUS[0]}")
              .err.empty());
}

TEST_CASE("every origin goes to every destination, or to the nearest", "[routes]")
{
    const TemporaryFolder folder;
    const std::string net = folder.file("streets.geojson", streets);
    const std::string from = folder.file("from.csv", "id,lon,lat\na,-111.799,33.4\nb,-111.784,33.4\n");
    const std::string to = folder.file("to.csv", "id,lon,lat\nx,-111.795,33.4\ny,-111.781,33.4\n");
    REQUIRE(test::vigil({"routes", net, folder / "all.gpkg", "--from", from, "--to", to}).exit_code == 0);
    const Features all = io::read_features(folder / "all.gpkg");
    CHECK(texts(all, "from_id") == std::vector<std::string>{"a", "a", "b", "b"});
    CHECK(texts(all, "to_id") == std::vector<std::string>{"x", "y", "x", "y"});
    REQUIRE(test::vigil({"routes", net, folder / "near.gpkg", "--from", from, "--to", to, "--nearest"})
                .exit_code == 0);
    const Features near = io::read_features(folder / "near.gpkg");
    CHECK(texts(near, "to_id") == std::vector<std::string>{"x", "y"});
}

TEST_CASE("vigil routes meets bad input with one line and the right exit code", "[routes]")
{
    const TemporaryFolder folder;
    const std::string net = folder.file("streets.geojson", streets);
    const std::string good = folder.file("pairs.csv", pairs);
    const std::string out = folder / "out.gpkg";
    const auto refused = [&](std::vector<std::string> arguments, int code, const std::string& text) {
        arguments.insert(arguments.begin(), "routes");
        const auto ran = test::vigil(arguments);
        INFO(ran.err);
        CHECK(ran.exit_code == code);
        CHECK_THAT(ran.err, Contains(text));
        CHECK(ran.out.empty());
    };
    refused({net, out}, 2, "--pairs");
    refused({net, out, "--from", good}, 2, "--to");
    refused({net, out, "--pairs", good, "--nearest"}, 2, "--nearest");
    refused({net, out, "--pairs", good, "--from-x", "from_lon"}, 2, "--from-y");
    refused({net, out, "--pairs", folder / "nowhere.csv"}, 3, "nowhere.csv");
    refused({net, out, "--pairs", folder.file("empty.csv", "")}, 3, "empty.csv");
    refused({net, out, "--pairs", folder.file("header.csv", "from_lon,from_lat,to_lon,to_lat\n")}, 3,
            "header.csv");
    refused({net, out, "--pairs", folder.file("names.csv", "a,b\n1,2\n")}, 3, "from_lon");
    refused({net, out, "--pairs",
             folder.file("nan.csv", "from_lon,from_lat,to_lon,to_lat\nnan,33.4,-111.8,inf\n")},
            3, "nan.csv");
    refused({net, out, "--pairs",
             folder.file("metres.csv", "from_x,from_y,to_x,to_y\n420000,3690000,420100,3690100\n")},
            3, "--input-crs");
    refused({good, out, "--pairs", good}, 3, "pairs.csv");
    refused({testdata("mesa/mesa.gpkg"), out, "--pairs", good, "--network-layer", "crimes"}, 3,
            "made of lines");
    refused({net, out, "--pairs", good, "--max-memory", "1000"}, 5, "memory");
    refused({net, out, "--pairs", good, "--max-snap", "-3"}, 2, "--max-snap");
    CHECK_FALSE(std::filesystem::exists(out));
    const std::string older = folder.file("older.gpkg", "older");
    refused({net, older, "--pairs", good}, 4, "--overwrite");
    CHECK(read_file(older) == "older");
    CHECK(test::vigil({"routes", net, "/dev/full", "--pairs", good}).exit_code == 4);

    // one place twice, and a row with a bad coordinate among good ones
    const std::string mixed = folder.file("mixed.csv", "from_lon,from_lat,to_lon,to_lat\n"
                                                       "-111.798,33.4,-111.798,33.4\n"
                                                       "-111.798,412,-111.795,33.4\n");
    const auto ran = test::vigil({"routes", net, out, "--pairs", mixed});
    CHECK(ran.exit_code == 0);
    CHECK_THAT(ran.err, Contains("1 of 2 rows skipped"));
}
