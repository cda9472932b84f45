#include "tests/tools/match_runs.h"

#include "tests/support/refused.h"

#include <filesystem>

// What vigil match answers when sightings, network or options are not as it would like them. Nothing of a
// sighting is told but its row: match_layer checks that of every run.

using namespace vigil;
using namespace vigil::test;
using Catch::Matchers::Contains;

namespace {

/// Two sightings in Ford that all goes well with.
const char* const good = "case_id,lon,lat\nfine,-29.99551,0.00451\nfine,-29.98652,0.00679\n";

/// What is said of the points of a case, as "matched outlier matched".
std::string fates(const std::string& network, const std::string& sightings,
                  const std::vector<std::string>& options = {})
{
    std::string all;
    for (const Row& row : match_rows("points", network, sightings, options)) {
        all += (all.empty() ? "" : " ") + row.at("status");
    }
    return all;
}

} // namespace

TEST_CASE("a case of one sighting is a route that stays", "[match]")
{
    const std::string one = "lon,lat\n-29.99660,0.00451\n";
    const auto routes = match_rows("routes", ford(), one);
    REQUIRE(!routes.empty());
    CHECK(routes[0].at("status") == "ok");
    CHECK(routes[0].at("n_obs") == "1");
    CHECK(number(routes[0], "len_km") == 0);
    CHECK(number(routes[0], "cost_min") == 0);
    CHECK(routes[0].at("modes").empty());
    CHECK(fates(ford(), one) == "matched");
    CHECK(match_rows("edges", ford(), one).at(0).at("name") == "Market Street");
    CHECK(match_rows("ambiguity", ford(), one).empty());
}

TEST_CASE("sightings of one place and time are one stay", "[match]")
{
    std::string same = "lon,lat,time\n";
    for (int i = 0; i < 5; ++i) {
        same += "-29.99660,0.00452,2024-03-05 08:00:00\n";
    }
    CHECK(fates(ford(), same) == "matched matched matched matched matched");
    const auto routes = match_rows("routes", ford(), same);
    CHECK(number(routes[0], "len_km") == Approx(0).margin(0.001));
    CHECK_THAT(match_layer("routes", ford(), same, {"-v"}).err, Contains("4 like the one before"));
}

TEST_CASE("a sighting in the sea is listed where it was reported", "[match]")
{
    const std::string sea = "lon,lat\n-29.99551,0.00451\n-25.12345,10.54321\n-29.98652,0.00679\n";
    const Ran ran = match_layer("points", ford(), sea);
    CHECK(ran.exit_code == 0);
    CHECK_THAT(ran.err, Contains("1 of 3 sightings are not on a route (status unreachable)"));
    const auto points = rows_of(ran.out);
    REQUIRE(points.size() == 3);
    CHECK(points[1].at("status") == "unreachable");
    CHECK(points[1].at("st_code") == "3");
    CHECK(points[1].at("lon") == "-25.12345");
    CHECK(points[1].at("lat") == "10.54321");
    for (const char* field :
         {"seq", "part", "snap_m", "edge_id", "p_snap", "p_second", "alt_edge", "ambig"}) {
        CHECK(points[1].at(field).empty());
    }
    CHECK(points[2].at("seq") == "2");
    // its neighbours have the route they have without it
    const auto routes = match_rows("routes", ford(), sea);
    const auto without = match_rows("routes", ford(), "lon,lat\n-29.99551,0.00451\n-29.98652,0.00679\n");
    CHECK(routes[0].at("wkt") == without[0].at("wkt"));
    CHECK(routes[0].at("n_obs") == "2");
    CHECK(routes[0].at("status") == "ok");
}

TEST_CASE("a speed that nobody reaches makes an outlier", "[match]")
{
    const std::string fast = "lon,lat,time\n-29.99551,0.00451,2024-01-01 08:00:00\n"
                             "-29.96551,0.00455,2024-01-01 08:00:01\n" // 3.3 km in a second
                             "-29.98652,0.00679,2024-01-01 08:04:00\n";
    CHECK(fates(ford(), fast) == "matched outlier matched");
    CHECK_THAT(match_layer("points", ford(), fast).err,
               Contains("1 of 3 sightings are not on a route (status outlier)"));
    CHECK(fates(ford(), fast, {"--max-speed", "100000"}) == "matched matched matched");
}

TEST_CASE("parts of a network that nothing joins break a route", "[match]")
{
    const TemporaryFolder folder;
    const std::string net = town(folder, {{"main", "[0,0],[0.01,0]"}, {"island", "[0,0.02],[0.01,0.02]"}});
    const std::string seen = "lon,lat\n0.0011,0.00001\n0.0042,0.00002\n0.0043,0.02002\n0.0091,0.02001\n"
                             "0.0093,0.02001\n";
    const auto routes = match_rows("routes", net, seen);
    REQUIRE(!routes.empty());
    CHECK(routes[0].at("status") == "broken");
    CHECK(routes[0].at("n_break") == "1");
    CHECK_THAT(routes[0].at("wkt"), Contains("MULTILINESTRING"));
    const auto points = match_rows("points", net, seen);
    CHECK(points[2].at("status") == "gap");
    CHECK(column(points, "part") == std::vector<std::string>{"1", "1", "2", "2", "2"});
    CHECK_THAT(match_layer("routes", net, seen).err, Contains("1 of 1 cases have a route in several parts"));

    // one sighting alone on the island is connected with no other
    CHECK(fates(net, "lon,lat\n0.0011,0.00001\n0.0042,0.02002\n0.0071,0.00001\n") ==
          "matched unreachable matched");
}

TEST_CASE("a case without a route is listed beside those that have one", "[match]")
{
    const std::string both = std::string(good) + "lost,-25.12345,10.54321\nlost,-25.12346,10.54322\n";
    const Ran ran = match_layer("routes", ford(), both);
    CHECK(ran.exit_code == 0);
    CHECK_THAT(ran.err, Contains("1 of 2 cases have no route") && Contains("status no_route"));
    const auto lost = where(rows_of(ran.out), "case_id", "lost");
    REQUIRE(lost.size() == 1);
    CHECK(lost[0].at("status") == "no_route");
    CHECK(lost[0].at("wkt").empty());
    CHECK(lost[0].at("n_obs") == "0");
    for (const char* field : {"rank", "prob", "agree", "cost_min", "len_km", "n_break", "ambig", "ferries"}) {
        CHECK(lost[0].at(field).empty());
    }
    for (const char* layer : {"edges", "ambiguity"}) {
        CHECK(match_layer(layer, ford(), both).out == match_layer(layer, ford(), good).out);
    }
    CHECK(fates(ford(), both) == "matched matched unreachable unreachable");
}

TEST_CASE("cases of which none has a route are rows all the same", "[match]")
{
    const std::string lost = "case_id,lon,lat\na,-25.12345,10.54321\nb,-25.12346,10.54322\n";
    for (const std::string& layer : match_layer_names()) {
        const Ran ran = match_layer(layer, ford(), lost);
        CHECK(ran.exit_code == 0);
        CHECK_THAT(ran.err, Contains("2 of 2 cases have no route"));
        CHECK(rows_of(ran.out).size() == (layer == "routes" || layer == "points" ? 2 : 0));
    }
    const TemporaryFolder folder;
    const std::string seen = folder.file("lost.csv", lost);
    CHECK(test::vigil({"match", ford(), seen, folder / "o.gpkg", "-q"}).exit_code == 0);
    for (const std::string& layer : match_layer_names()) {
        for (const std::string extension : {"geojson", "shp"}) {
            const std::string out = folder / (layer + "_" + extension + "." + extension);
            CHECK(test::vigil({"match", ford(), seen, out, "--only", layer, "-q"}).exit_code == 0);
        }
    }
}

TEST_CASE("a sigma larger than the network leaves everything possible", "[match]")
{
    const std::string vague = "lon,lat,uncert_m\n-29.99551,0.00451,1000000\n-29.98652,0.00679,1000000\n";
    CHECK(fates(ford(), vague) == "matched matched");
    CHECK(match_rows("edges", ford(), vague).size() > 50); // of some 90, most in both directions
    CHECK(fates(ford(), good, {"--sigma", "1000000"}) == "matched matched");
}

TEST_CASE("times that go backwards are sorted, and told", "[match]")
{
    const std::string rows[] = {"-29.99551,0.00451,2024-03-05 08:00:00\n",
                                "-29.99101,0.00681,2024-03-05 08:02:00\n",
                                "-29.98652,0.00679,2024-03-05 08:04:00\n"};
    const std::string head = "lon,lat,time\n";
    const Ran ran = match_layer("routes", ford(), head + rows[2] + rows[1] + rows[0]);
    CHECK_THAT(ran.err, Contains("2 times are before those of the row before"));
    CHECK(ran.out == match_layer("routes", ford(), head + rows[0] + rows[1] + rows[2]).out);
}

TEST_CASE("without a column of times rows are the order, and no time is taken off", "[match]")
{
    CHECK(column(match_rows("points", ford(), good), "seq") == std::vector<std::string>{"1", "2"});
    CHECK(column(match_rows("points", ford(), good), "time") == std::vector<std::string>{"", ""});
    CHECK_THAT(match_layer("points", ford(), good, {"-v"}).err,
               Contains("order that of the rows; 0 with a time"));
}

TEST_CASE("a file without sightings is refused", "[match]")
{
    const TemporaryFolder folder;
    const std::string out = folder / "o.gpkg";
    const auto with = [&](const std::string& name, const std::string& text, const std::string& complaint,
                          const std::vector<std::string>& options = {}) {
        std::vector<std::string> words{ford(), folder.file(name, text), out};
        words.insert(words.end(), options.begin(), options.end());
        refused("match", words, 3, complaint);
    };
    with("empty.csv", "", "empty.csv: is empty");
    with("head.csv", "lon,lat\n", "head.csv: holds column names and no rows");
    with("else.csv", "foo,bar\n1,2\n", "no columns of coordinates found");
    with("bad.csv", "lon,lat\n912.345,0.0045\n913.456,0.0045\n", "none of 2 records can be used");
    with("case.csv", good, "--case nix", {"--case", "nix"});
    with("seq.csv", good, "nix", {"--seq", "nix"});
    with("time.csv", good, "nix", {"--time", "nix"});
    with("precision.csv", good, "nix", {"--precision", "nix"});
    with("uncertainty.csv", good, "nix", {"--uncertainty", "nix"});
    refused("match", {ford(), folder / "nowhere.csv", out}, 3, "nowhere.csv");
    refused("match", {folder / "nowhere.osm", folder / "case.csv", out}, 3, "nowhere.osm");
    refused("match", {folder.file("not.osm", "<osm version='0.6'></osm>"), folder / "case.csv", out}, 3,
            "not.osm");
    CHECK_FALSE(std::filesystem::exists(out));
}

TEST_CASE("rows that cannot be used are counted and kept", "[match]")
{
    const TemporaryFolder folder;
    const std::string text = std::string(good) + "fine,912.345,0.0045\nfine,,\n";
    const Ran ran = match_layer("points", ford(), text, {"--rejects", folder / "r.csv"});
    CHECK(ran.exit_code == 0);
    CHECK(rows_of(ran.out).size() == 2);
    CHECK_THAT(ran.err, Contains("1 of 4 rows skipped: no coordinates (first at line 5)") &&
                            Contains("(first at line 4)"));
    CHECK_THAT(read_file(folder / "r.csv"), Contains("912.345"));
}

TEST_CASE("a profile under which nothing can be travelled is refused", "[match]")
{
    const TemporaryFolder folder;
    const std::string seen = folder.file("s.csv", good);
    const std::string none =
        folder.file("none.profile", "vehicle = car\nmode rail = 1\ndefault speed = 30\n");
    refused("match", {ford(), seen, folder / "o.gpkg", "--profile", none}, 3,
            "nothing of the network can be travelled");
    refused("match", {ford(), seen, folder / "o.gpkg", "--profile", "camel"}, 3, "car, truck, bus, walk");
    // the railway is not near these streets
    CHECK(fates(ford(), good, {"--profile", "rail"}) == "unreachable unreachable");
}

TEST_CASE("options of a match that make no sense are refused", "[match]")
{
    const TemporaryFolder folder;
    const std::string seen = folder.file("s.csv", good);
    const std::string out = folder / "o.gpkg";
    const auto option = [&](const std::vector<std::string>& more, const std::string& complaint) {
        std::vector<std::string> words{ford(), seen, out};
        words.insert(words.end(), more.begin(), more.end());
        refused("match", words, 2, complaint);
    };
    option({"--draws", "-1"}, "--draws");
    option({"--draws", "100001"}, "--draws");
    option({"--ways", "-1"}, "--ways");
    option({"--sigma", "0"}, "--sigma");
    option({"--sigma", "nan"}, "--sigma");
    option({"--corridor", "0"}, "--corridor");
    option({"--corridor", "1.1"}, "--corridor");
    option({"--sharing", "0"}, "--sharing");
    option({"--sharing", "1.1"}, "--sharing");
    option({"--dwell", "1.5"}, "--dwell");
    option({"--max-speed", "0"}, "--max-speed");
    option({"--turn", "-1"}, "--turn");
    option({"--spread", "-1"}, "--spread");
    option({"--reverse", "-1"}, "--reverse");
    option({"--seed", "1.5"}, "--seed");
    option({"--only", "nodes"}, "routes, edges, points, ambiguity");
    option({"--unordered", "--seq", "lon"}, "--unordered");
    option({"--precision-sigma", "village:1000"}, "--precision");
    CHECK_FALSE(std::filesystem::exists(out));
    // what is odd and has an answer
    for (const auto& [name, value] : std::map<std::string, std::string>{{"--turn", "0"},
                                                                        {"--spread", "0"},
                                                                        {"--reverse", "0"},
                                                                        {"--dwell", "0"},
                                                                        {"--dwell", "1"},
                                                                        {"--corridor", "1"},
                                                                        {"--draws", "1"},
                                                                        {"--sigma", "0.1"},
                                                                        {"--spread", "1e6"},
                                                                        {"--turn", "1e6"},
                                                                        {"--reverse", "1e6"}}) {
        CAPTURE(name, value);
        CHECK(fates(ford(), good, {name, value}) == "matched matched");
        CHECK(match_rows("routes", ford(), good, {name, value})[0].at("status") == "ok");
    }
}

TEST_CASE("without a spread everyone takes the cheapest way between the drawn places", "[match]")
{
    const TemporaryFolder folder;
    const auto legs = match_rows("ambiguity", fork(folder), before_and_after_the_fork(), {"--spread", "0"});
    CHECK(legs.at(0).at("ways") == "1");
    CHECK(number(legs[0], "p_best") == Approx(1));
    CHECK(number(legs[0], "ambig") == Approx(0).margin(1e-12));
}

TEST_CASE("a match never writes over what it reads, nor over anything unasked", "[match]")
{
    const TemporaryFolder folder;
    const std::string seen = folder.file("s.csv", good);
    const std::string net = folder.file("ford.osm", read_file(ford()));
    refused("match", {net, seen, seen, "--only", "routes", "--overwrite"}, 2, "s.csv");
    refused("match", {net, seen, net, "--overwrite", "--format", "gpkg"}, 2, "ford.osm");
    CHECK(read_file(seen) == good);
    CHECK(read_file(net) == read_file(ford()));
    const std::string older = folder.file("o.gpkg", "older");
    refused("match", {net, seen, older}, 4, "--overwrite");
    CHECK(read_file(older) == "older");
    CHECK(test::vigil({"match", net, seen, older, "--overwrite", "-q"}).exit_code == 0);
    refused("match", {net, seen, folder / "o.csv"}, 4, "holds one layer and there are 4");
    refused("match", {"-", "-", folder / "p.gpkg"}, 2, "standard input");
    CHECK(test::vigil({"match", net, seen, "/dev/full", "--only", "routes", "--format", "csv"}).exit_code ==
          4);
    refused("match", {net, seen, folder / "q.gpkg", "--max-memory", "1000"}, 5, "memory");
}
