#include "tests/support/refused.h"
#include "tests/tools/routes_runs.h"

#include <algorithm>
#include <filesystem>

using namespace vigil;
using namespace vigil::test;
using Catch::Matchers::Contains;

namespace {

std::string ford()
{
    return testdata("ford/ford.osm");
}

/// Origins and destinations in the town; the third origin lies far outside.
constexpr const char* origins = "id,lon,lat\na,-29.9987,0.0023\nb,-29.9865,0.0158\nc,-29,0.5\n";
constexpr const char* destinations = "id,lon,lat\nx,-29.9642,0.005\ny,-29.9935,0.0136\nz,-29.9935,0.0136\n";

} // namespace

TEST_CASE("a table holds what the cheapest ways cost", "[routes]")
{
    const TemporaryFolder folder;
    const std::string from = folder.file("from.csv", origins);
    const std::string to = folder.file("to.csv", destinations);
    const std::string net = folder / "ford.vnet";
    REQUIRE(test::vigil({"network", ford(), net}).exit_code == 0);
    for (const char* profile : {"car", "walk", "multimodal"}) {
        INFO(profile);
        const auto table =
            routes({net, "--from", from, "--to", to, "--table", "--profile", profile, "--max-snap", "500"});
        REQUIRE(table.exit_code == 0);
        CHECK_THAT(table.err, Contains("3 of 9 costs are missing"));
        const auto cells = rows_of(table.out);
        const auto ways = rows_of(routes({net, "--from", from, "--to", to, "--ways", "1", "--profile",
                                          profile, "--max-snap", "500"})
                                      .out);
        REQUIRE(cells.size() == 9);
        REQUIRE(ways.size() == 9);
        for (std::size_t i = 0; i < 9; ++i) {
            CHECK(cells[i].at("from_id") == ways[i].at("from_id"));
            CHECK(cells[i].at("to_id") == ways[i].at("to_id"));
            CHECK(cells[i].at("status") == ways[i].at("status"));
            if (cells[i].at("status") == "ok") {
                CHECK(number(cells[i], "cost_min") == Approx(number(ways[i], "cost_min")).margin(1e-5));
            } else {
                CHECK(cells[i].at("status") == "off_network");
                CHECK(cells[i].at("cost_min").empty());
            }
        }
        for (const char* threads : {"1", "8"}) {
            CHECK(routes({ford(), "--from", from, "--to", to, "--table", "--profile", profile, "--max-snap",
                          "500", "--threads", threads})
                      .out == table.out);
        }
    }
}

TEST_CASE("a table is a file with how it was made, whole or not at all", "[routes]")
{
    const TemporaryFolder folder;
    const std::string from = folder.file("from.csv", origins);
    const std::string to = folder.file("to.csv", destinations);
    const std::string out = folder / "t.csv";
    REQUIRE(test::vigil({"routes", ford(), out, "--from", from, "--to", to, "--table"}).exit_code == 0);
    CHECK(read_file(out) == routes({ford(), "--from", from, "--to", to, "--table"}).out);
    CHECK_THAT(read_file(folder / "t.vigil.json"), Contains("ford.osm") && Contains("from.csv"));
    refused("routes", {ford(), out, "--from", from, "--to", to, "--table"}, 4, "--overwrite");
    refused("routes", {ford(), folder / "t.gpkg", "--from", from, "--to", to, "--table"}, 2, "CSV");
    refused("routes", {ford(), "-", "--from", from, "--to", to, "--table", "--format", "geojson"}, 2, "CSV");
    refused("routes", {ford(), out, "--pairs", testdata("ford/journeys.csv"), "--table"}, 2, "--table");
    refused("routes", {ford(), out, "--from", from, "--to", to, "--table", "--nearest"}, 2, "--table");
    refused(
        "routes",
        {ford(), out, "--from", from, "--to", to, "--table", "--scenario", "car:1", "--scenario", "bus:1"}, 2,
        "--table");
    CHECK(test::vigil({"routes", ford(), "/dev/full", "--from", from, "--to", to, "--table"}).exit_code == 4);
    CHECK(folder.names() == std::vector<std::string>{"from.csv", "t.csv", "t.vigil.json", "to.csv"});
}

TEST_CASE("the nearest destination is the cheapest of all, the first of equals", "[routes]")
{
    const TemporaryFolder folder;
    const std::string from = folder.file("from.csv", origins);
    const std::string to = folder.file("to.csv", destinations);
    const auto told = routes({ford(), "--from", from, "--to", to, "--ways", "1"});
    CHECK_THAT(told.err, Contains("farther than 10000 m from the network (--max-snap)")); // a wrong network?
    const std::string any = "1e8";                                                        // m
    const auto all = routes_rows({ford(), "--from", from, "--to", to, "--ways", "1", "--max-snap", any});
    const auto near =
        routes_rows({ford(), "--from", from, "--to", to, "--ways", "1", "--nearest", "--max-snap", any});
    REQUIRE(all.size() == 9);
    REQUIRE(near.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        const auto best = std::min_element(
            all.begin() + static_cast<int>(3 * i), all.begin() + static_cast<int>(3 * i + 3),
            [](const Row& a, const Row& b) { return number(a, "cost_min") < number(b, "cost_min"); });
        CHECK(near[i].at("from_id") == best->at("from_id"));
        CHECK(near[i].at("to_id") == best->at("to_id"));
        CHECK(number(near[i], "cost_min") == Approx(number(*best, "cost_min")).margin(1e-9));
    }
    CHECK(near[0].at("to_id") == "y"); // z stands at the same place
    // one origin, many destinations
    const std::string one = folder.file("one.csv", "id,lon,lat\na,-29.9987,0.0023\n");
    const auto many = routes_rows({ford(), "--from", one, "--to", to, "--ways", "1"});
    REQUIRE(many.size() == 3);
    for (std::size_t j = 0; j < 3; ++j) {
        CHECK(many[j].at("cost_min") == all[j].at("cost_min"));
        CHECK(many[j].at("wkt") == all[j].at("wkt"));
    }
    const auto off = routes({ford(), "--from", from, "--to", to, "--nearest", "--max-snap", "500"});
    CHECK(off.exit_code == 0);
    const auto rows = rows_of(off.out);
    CHECK(rows.back().at("status") == "off_network");
    CHECK(rows.back().at("to_id").empty());
}

TEST_CASE("stops are passed in their order", "[routes]")
{
    const TemporaryFolder folder;
    const std::string stops = folder.file("stops.csv", "trip,lon,lat,n\n"
                                                       "t,-29.9987,0.00226,2\n"
                                                       "t,-29.987,0.01356,1\n"
                                                       "u,-29.9865,0.0158,1\n"
                                                       "t,-29.9975,0.0009,10\n"
                                                       "u,-29.9935,0.0136,2\n");
    const auto rows = routes_rows({ford(), "--stops", stops, "--case", "trip", "--seq", "n", "--ways", "1"});
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].at("case_id") == "t");
    CHECK(rows[0].at("from_id") == "3"); // lines of the file; 10 comes after 2
    CHECK(rows[0].at("to_id") == "5");
    // the legs one by one
    const auto legs = routes_rows({ford(), "--pairs", "-", "--ways", "1"},
                                  "case_id,from_lon,from_lat,to_lon,to_lat\n"
                                  "1,-29.987,0.01356,-29.9987,0.00226\n2,-29.9987,0.00226,-29.9975,0.0009\n"
                                  "3,-29.9865,0.0158,-29.9935,0.0136\n");
    REQUIRE(legs.size() == 3);
    for (const char* column : {"cost_min", "len_km"}) {
        CHECK(number(rows[0], column) ==
              Approx(number(legs[0], column) + number(legs[1], column)).margin(1e-9));
        CHECK(number(rows[1], column) == Approx(number(legs[2], column)).margin(1e-9));
    }
    // several ways: products of the probabilities of legs, which sum to one among those listed
    double sum = 0;
    for (const Row& way :
         of_case(routes_rows({ford(), "--stops", stops, "--case", "trip", "--seq", "n"}), "t")) {
        sum += number(way, "prob");
        CHECK_THAT(way.at("wkt"), Contains("-29.9987 0.0022609")); // the stop in between
    }
    CHECK(sum == Approx(1).epsilon(1e-12));
    // without --seq the order of rows
    const auto as_they_stand = routes_rows({ford(), "--stops", stops, "--case", "trip", "--ways", "1"});
    CHECK(as_they_stand.at(0).at("from_id") == "2");
    CHECK(as_they_stand.at(0).at("to_id") == "5");
}

TEST_CASE("a case of one stop is listed and told of", "[routes]")
{
    const TemporaryFolder folder;
    const std::string stops =
        folder.file("stops.csv", "case_id,lon,lat,seq\n"
                                 "a,-29.9987,0.00226,1\na,-29.987,0.01356,2\nb,-29.99,0,1\n");
    const auto ran = routes({ford(), "--stops", stops, "--seq", "seq", "--ways", "1"});
    CHECK(ran.exit_code == 0);
    CHECK_THAT(ran.err, Contains("1 cases have a single stop"));
    const auto rows = rows_of(ran.out);
    REQUIRE(rows.size() == 2);
    CHECK(rows[1].at("case_id") == "b");
    CHECK(rows[1].at("status") == "no_path");
    CHECK(rows[1].at("wkt").empty());
    const std::string out = folder / "o.gpkg";
    refused("routes", {ford(), out, "--stops", stops, "--case", "nix"}, 3, "--case nix");
    refused("routes", {ford(), out, "--stops", stops, "--seq", "nix"}, 3, "nix");
    refused("routes", {ford(), out, "--stops", folder.file("no.csv", "lon,lat\n-29.99,0\n-29.98,0\n")}, 3,
            "--case");
    refused("routes",
            {ford(), out, "--stops",
             folder.file("words.csv", "case_id,lon,lat,seq\na,-29.99,0,1\na,-29.98,0,two\n"), "--seq", "seq"},
            3, "words.csv:3");
    refused("routes", {ford(), out, "--pairs", testdata("ford/journeys.csv"), "--seq", "seq"}, 2, "--stops");
    refused("routes", {ford(), out, "--stops", stops, "--nearest"}, 2, "--nearest");
}

TEST_CASE("places off the network, on islands and in one place are listed", "[routes]")
{
    const TemporaryFolder folder;
    const std::string net = folder.file("two.geojson", R"({"type":"FeatureCollection","features":[
{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[10,50],[10.01,50]]}},
{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[10,50.02],[10.01,50.02]]}}]})");
    const std::string pairs = "id,from_lon,from_lat,to_lon,to_lat\n"
                              "near,10.001,50.0001,10.009,50\n"
                              "far,10.001,50,10.009,50.01\n"
                              "island,10.001,50,10.009,50.02\n"
                              "same,10.005,50,10.005,50\n";
    const auto ran = routes({net, "--pairs", "-", "--max-snap", "100"}, pairs);
    CHECK(ran.exit_code == 0);
    CHECK_THAT(ran.err, Contains("1 of 4 cases have no path") && Contains("farther than 100 m"));
    CHECK_THAT(ran.err, !Contains("10.0") && !Contains("50.0"));
    const auto rows = rows_of(ran.out);
    REQUIRE(rows.size() == 4);
    CHECK(rows[0].at("status") == "ok");
    CHECK(rows[1].at("status") == "off_network");
    CHECK(number(rows[1], "snap_m") == Approx(1112).margin(1)); // 0.01 degrees of latitude at 50 N
    CHECK(rows[2].at("status") == "no_path");
    CHECK(rows[3].at("status") == "ok");
    CHECK(number(rows[3], "len_km") == Approx(0).margin(1e-9));
    CHECK(number(rows[3], "detour") == 1);
    CHECK(number(rows[3], "prob") == 1);
}

TEST_CASE("profiles that cannot be used are told by file and line", "[routes]")
{
    const TemporaryFolder folder;
    const std::string out = folder / "o.gpkg";
    const auto with = [&](const std::string& name, const std::string& text, const std::string& complaint) {
        refused("routes",
                {ford(), out, "--pairs", testdata("ford/journeys.csv"), "--profile", folder.file(name, text)},
                3, complaint);
    };
    with("a.profile", "vehicle = car\nmode road = 1\nspeed residential = fast\n", "a.profile:3: ");
    with("b.profile", "vehicle = car\n\nmode road = 1\nbogus = 3\n", "b.profile:4: ");
    with("c.profile", "vehicle = submarine\n", "c.profile:1: ");
    with("d.profile", "", "d.profile:1: ");
    with("e.profile", "vehicle = train\nmode road = 1\ndefault speed = 30\n", "e.profile: nothing");
    with("f.profile", "vehicle = car\nmode road = 1\ndefault speed = 30\nfactor area none.gpkg = 2\n",
         "none.gpkg");
    static_cast<void>(folder.file(
        "lines.geojson",
        R"({"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[0,0],[1,1]]}})"));
    with("g.profile", "vehicle = car\nmode road = 1\ndefault speed = 30\nfactor area lines.geojson = 2\n",
         "no polygons");
    const std::vector<std::string> run = {ford(), out, "--pairs", testdata("ford/journeys.csv")};
    const auto option = [&](const std::vector<std::string>& more, int code, const std::string& complaint) {
        std::vector<std::string> all = run;
        all.insert(all.end(), more.begin(), more.end());
        refused("routes", all, code, complaint);
    };
    option({"--profile", "camel"}, 3, "car, truck, bus, walk");
    option({"--profile", folder.path()}, 3, "folder");
    option({"--profile", "car", "--scenario", "walk:1"}, 2, "not both");
    option({"--scenario", "walk:0"}, 2, "--scenario");
    option({"--scenario", "walk:nan"}, 2, "--scenario");
    option({"--scenario", ":0.4"}, 2, "no profile");
    option({"--ways", "0"}, 2, "--ways");
    option({"--theta", "-1"}, 2, "--theta");
    option({"--stretch", "0.5"}, 2, "--stretch");
    option({"--max-memory", "1000"}, 5, "memory");
    CHECK_FALSE(std::filesystem::exists(out));
}

TEST_CASE("standard input is one of the inputs only", "[routes][network]")
{
    refused("routes", {"-", "-", "--pairs", "-"}, 2, "standard input");
    refused("routes", {ford(), "-", "--from", "-", "--to", "-"}, 2, "standard input");
    CHECK(test::vigil({"network", "-", "-", "-"}).exit_code == 2);
}

TEST_CASE("in a real town a table, many cheapest ways and few agree", "[routes]")
{
    const std::string extract = shared_data("routes/osm/osrm_monaco.osm.pbf");
    if (extract.empty()) {
        WARN("skipped: no extracts here");
        return;
    }
    const TemporaryFolder folder;
    const std::string net = folder / "town.vnet";
    REQUIRE(test::vigil({"network", extract, net}).exit_code == 0);
    // a lattice of 23 x 23 pairs of places over the town: more than 500 searches, which take the hierarchy
    std::string from = "id,lon,lat\n";
    std::string to = from;
    std::string pairs = "from_lon,from_lat,to_lon,to_lat\n";
    const auto place = [](int i, int step) {
        return std::to_string(7.412 + (i * step % 23) * 0.0012) + "," + std::to_string(43.726 + i * 0.001);
    };
    for (int i = 0; i < 23; ++i) {
        from += std::to_string(i) + "," + place(i, 5) + "\n";
        to += std::to_string(i) + "," + place(i, 7) + "\n";
        pairs += place(3, 5) + "," + place(i, 7) + "\n"; // from the fourth origin only
    }
    const std::string from_file = folder.file("from.csv", from);
    const std::string to_file = folder.file("to.csv", to);
    for (const char* profile : {"car", "walk"}) {
        INFO(profile);
        const std::vector<std::string> ends = {"--from",    from_file, "--to", to_file,
                                               "--profile", profile,   "-q"};
        const auto run = [&](std::vector<std::string> arguments) {
            arguments.insert(arguments.end(), ends.begin(), ends.end());
            return routes(arguments);
        };
        const auto table = run({net, "--table"});
        CHECK(run({net, "--table", "--threads", "1"}).out == table.out);
        CHECK(run({extract, "--table", "--threads", "8"}).out == table.out);
        const auto cells = rows_of(table.out);
        const auto ways = rows_of(run({net, "--ways", "1"}).out);
        const auto few =
            rows_of(routes({net, "--pairs", "-", "--ways", "3", "--profile", profile, "-q"}, pairs).out);
        REQUIRE(cells.size() == 23 * 23);
        REQUIRE(ways.size() == cells.size());
        for (std::size_t i = 0; i < cells.size(); ++i) {
            CHECK(cells[i].at("status") == ways[i].at("status"));
            if (cells[i].at("status") == "ok") {
                CHECK(number(cells[i], "cost_min") == Approx(number(ways[i], "cost_min")).margin(1e-5));
            }
        }
        for (const Row& row : few) {
            if (row.at("rank") == "1") {
                const std::size_t cell =
                    3 * 23 + std::stoul(row.at("case_id")) - 2; // lines of the file, from 2
                CHECK(number(row, "cost_min") == Approx(number(ways[cell], "cost_min")).margin(1e-9));
            }
        }
    }
}
