#include "tests/tools/match_runs.h"

#include "libgeo/io/features_io.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <random>

// vigil match as a person runs it. Sightings are invented; where nothing else is said the town is Ford
// (testdata/ford): streets 250 m apart, each named in ford.osm with the number of its way.

using namespace vigil;
using namespace vigil::test;
using Catch::Matchers::Contains;

namespace {

/// A fix every 20 m or so for 40 steps along Chapel Street (way 1002) eastwards, 5 m off it on either side
/// in turn, two seconds apart.
std::string chapel_street()
{
    std::string text = "trip,lon,lat,time\n";
    for (int i = 0; i < 40; ++i) {
        text += fmt::format("east,{:.6f},{:.6f},2024-03-05T08:{:02}:{:02}Z\n", -29.9990 + i * 0.00019,
                            0.0022609 + (i % 2 == 0 ? 0.00004 : -0.00004), i * 2 / 60, i * 2 % 60);
    }
    return text;
}

/// Three cases with a few sightings each: with times in seconds, with days between, without.
const char* const few = "case_id,lon,lat,time\n"
                        "walker,-29.9955,0.0046,2024-03-05 08:00:10\n"
                        "lodger,-29.9989,0.0023,2024-03-01 12:00:00\n"
                        "walker,-29.9910,0.0069,2024-03-05 08:03:20\n"
                        "lodger,-29.9866,0.0136,2024-03-09 12:00:00\n"
                        "walker,-29.9888,0.0113,2024-03-05 08:05:30\n"
                        "nobody,-29.9932,0.0001,\n"
                        "nobody,-29.9978,0.0158,\n";

/// The documented fields of a layer: first cells of the table under its heading.
std::vector<std::string> documented_fields(const std::string& layer)
{
    std::istringstream page(read_file(std::string(VIGIL_SOURCE_DIR) + "/docs/commands/match.md"));
    std::vector<std::string> fields;
    bool here = false;
    for (std::string line; std::getline(page, line);) {
        if (line.starts_with("#")) {
            here = line == "### " + layer;
        } else if (here && line.starts_with("| ") && !line.starts_with("| field") &&
                   !line.starts_with("| ---")) {
            std::istringstream cell(line.substr(2, line.find(" |", 2) - 2));
            for (std::string name; cell >> name;) {
                fields.push_back(name.back() == ',' ? name.substr(0, name.size() - 1) : name);
            }
        }
    }
    return fields;
}

double entropy_bits(const std::vector<double>& shares)
{
    double bits = 0;
    for (const double p : shares) {
        bits -= p > 0 ? p * std::log2(p) : 0;
    }
    return bits;
}

std::vector<std::string> sorted(std::vector<std::string> values)
{
    std::sort(values.begin(), values.end());
    return values;
}

} // namespace

TEST_CASE("a match has four layers, with the fields of its page", "[match]")
{
    const TemporaryFolder folder;
    const std::string out = folder / "o.gpkg";
    REQUIRE(test::vigil({"match", ford(), testdata("ford/tracks.gpx"), out, "-q"}).exit_code == 0);
    for (const std::string& layer : match_layer_names()) {
        const Features features = io::read_features(out, {.layer = layer, .crs = {}});
        std::vector<std::string> names;
        for (const Field& field : features.table.fields) {
            names.push_back(field.name);
        }
        CAPTURE(layer);
        CHECK(sorted(names) == sorted(documented_fields(layer)));
        CHECK(features.crs.label() == "EPSG:4326");
    }
}

TEST_CASE("a dense track lies on the street it was taken in", "[match]")
{
    const std::string fixes = chapel_street();
    const auto points = match_rows("points", ford(), fixes);
    REQUIRE(points.size() == 40);
    for (std::size_t i = 0; i < points.size(); ++i) {
        CHECK(points[i].at("row") == std::to_string(i + 2)); // lines of the file
        CHECK(points[i].at("seq") == std::to_string(i + 1));
        CHECK(points[i].at("status") == "matched");
        CHECK(number(points[i], "snap_m") < 15); // 4.4 m but near corners
    }
    const auto edges = match_rows("edges", ford(), fixes);
    std::size_t on_best = 0;
    for (const Row& edge : edges) {
        if (edge.at("on_best") == "1") {
            CHECK(edge.at("src_id") == "1002");
            CHECK(edge.at("name") == "Chapel Street");
            CHECK(edge.at("dir") == "forward");
            CHECK(number(edge, "prob") > 0.9);
            CHECK(edge.at("in_corr") == "1");
            ++on_best;
        }
    }
    CHECK(on_best == 4); // corners at 29.9978, 29.9955, 29.9933: from -29.9990 to -29.9916
    const auto routes = match_rows("routes", ford(), fixes);
    CHECK(routes[0].at("case_id") == "east");
    CHECK(number(routes[0], "len_km") == Approx(39 * 0.00019 * 111.32).margin(0.01));
    CHECK(number(routes[0], "agree") > 0.95);
    CHECK(routes[0].at("n_obs") == "40");
    CHECK(routes[0].at("n_break") == "0");
    CHECK(routes[0].at("modes") == "road");
    CHECK(routes[0].at("status") == "ok");
}

TEST_CASE("probabilities are shares, and every row of the input is a point", "[match]")
{
    const auto points = match_rows("points", ford(), few);
    CHECK(column(points, "row") == std::vector<std::string>{"2", "3", "4", "5", "6", "7", "8"});
    CHECK(column(points, "case_id") ==
          std::vector<std::string>{"walker", "lodger", "walker", "lodger", "walker", "nobody", "nobody"});
    CHECK(points[0].at("time") == "2024-03-05T08:00:10");
    CHECK(points[6].at("time").empty());
    const std::map<std::string, std::vector<std::string>> shares{{"routes", {"prob", "agree"}},
                                                                 {"edges", {"prob"}},
                                                                 {"points", {"p_snap", "p_second"}},
                                                                 {"ambiguity", {"p_best", "p_second"}}};
    for (const auto& [layer, fields] : shares) {
        for (const Row& row : match_rows(layer, ford(), few)) {
            for (const std::string& field : fields) {
                CAPTURE(layer, field, row.at(field));
                CHECK(number(row, field) >= 0);
                CHECK(number(row, field) <= 1 + 1e-12);
            }
        }
    }
}

TEST_CASE("two ways of one length are half as likely each", "[match]")
{
    const TemporaryFolder folder;
    const std::string net = fork(folder);
    const std::string& seen = before_and_after_the_fork();
    const std::vector<std::string> many{"--draws", "2000", "--ways",    "1000",
                                        "--name",  "name", "--sharing", "1"};
    std::map<std::string, double> prob;
    for (const Row& edge : where(match_rows("edges", net, seen, many), "dir", "forward")) {
        prob[edge.at("name")] = number(edge, "prob");
        CHECK(edge.at("in_corr") == "1"); // 90 % of the draws need both ways
    }
    REQUIRE(prob.size() == 4);
    CHECK(prob["west"] == 1);
    CHECK(prob["east"] == 1);
    CHECK(prob["north"] == Approx(0.5).margin(0.05)); // 4 standard errors of 2,000 draws
    CHECK(prob["north"] + prob["south"] == Approx(1));

    const auto legs = match_rows("ambiguity", net, seen, many);
    REQUIRE(legs.size() == 1);
    const double likelier = std::max(prob["north"], prob["south"]);
    CHECK(number(legs[0], "p_best") == Approx(likelier));
    CHECK(number(legs[0], "p_second") == Approx(1 - likelier));
    CHECK(legs[0].at("ways") == "2");
    CHECK(number(legs[0], "ambig") == Approx(entropy_bits({likelier, 1 - likelier})));
    CHECK(legs[0].at("unclear") == "0");
    CHECK(legs[0].at("elapsed").empty());

    const auto routes = match_rows("routes", net, seen, many);
    REQUIRE(routes.size() == 2);
    CHECK(number(routes[0], "prob") + number(routes[1], "prob") == Approx(1));
    for (const Row& route : routes) {
        // 111.32 m of either end are certain, the rest as likely as the way it takes
        const double all_km = number(route, "len_km");
        const double way = number(route, "prob");
        CHECK(number(route, "agree") == Approx((0.22264 + (all_km - 0.22264) * way) / all_km).margin(1e-4));
        CHECK(number(route, "ambig") == Approx(number(legs[0], "ambig")));
        CHECK(number(route, "len_km") == Approx(number(legs[0], "len_km")).epsilon(1e-6));
    }
    // the likelier way alone holds half of the draws whole
    const auto half = match_rows("edges", net, seen, {"--draws", "2000", "--corridor", "0.5"});
    CHECK(where(where(half, "in_corr", "1"), "dir", "forward").size() == 3);
}

TEST_CASE("without draws the best route is told and no probability", "[match]")
{
    const TemporaryFolder folder;
    const std::string net = fork(folder);
    const std::string& seen = before_and_after_the_fork();
    const std::vector<std::string> none{"--draws", "0"};
    const Ran ran = match_layer("routes", net, seen, none);
    CHECK(ran.err.empty());
    const auto routes = rows_of(ran.out);
    REQUIRE(routes.size() == 1);
    const auto drawn = match_rows("routes", net, seen);
    CHECK(routes[0].at("wkt") == drawn[0].at("wkt"));
    CHECK(routes[0].at("cost_min") == drawn[0].at("cost_min"));
    for (const char* unknown : {"prob", "agree", "ambig"}) {
        CHECK(routes[0].at(unknown).empty());
    }
    const auto edges = match_rows("edges", net, seen, none);
    REQUIRE(edges.size() == 3); // west, one of the ways, east
    for (const Row& edge : edges) {
        CHECK(edge.at("on_best") == "1");
        CHECK(edge.at("prob").empty());
        CHECK(edge.at("in_corr").empty());
    }
    const auto legs = match_rows("ambiguity", net, seen, none);
    REQUIRE(legs.size() == 1);
    for (const char* unknown : {"p_best", "p_second", "ways", "ambig", "unclear"}) {
        CHECK(legs[0].at(unknown).empty());
    }
    CHECK(number(legs[0], "len_km") > 0);
    // where sightings are is worked out, not drawn
    const auto points = match_rows("points", net, seen, none);
    CHECK(number(points[0], "p_snap") == Approx(1));
    CHECK(match_rows("points", net, seen) == points);
}

TEST_CASE("the option ways says how many routes are listed beside the best", "[match]")
{
    for (const std::string n : {"0", "1", "3"}) {
        const auto routes = match_rows("routes", ford(), few, {"--ways", n, "--sharing", "1"});
        for (const char* id : {"walker", "lodger", "nobody"}) {
            const auto of_case = where(routes, "case_id", id);
            CHECK(of_case.size() == std::stoul(n) + 1);
            double last = 1;
            for (std::size_t k = 0; k < of_case.size(); ++k) {
                CHECK(of_case[k].at("rank") == std::to_string(k + 1));
                CHECK((k == 0 || number(of_case[k], "prob") <= last));
                last = k == 0 ? 1 : number(of_case[k], "prob");
            }
        }
    }
}

TEST_CASE("the answer is the same for any number of threads, and for the same seed", "[match]")
{
    for (const std::string& layer : match_layer_names()) {
        const std::string one = match_layer(layer, ford(), few, {"--threads", "1"}).out;
        CHECK_FALSE(one.empty());
        CHECK(match_layer(layer, ford(), few, {"--threads", "2"}).out == one);
        CHECK(match_layer(layer, ford(), few, {"--threads", "8", "--seed", "1"}).out == one);
    }
    CHECK(match_layer("edges", ford(), few, {"--seed", "2"}).out != match_layer("edges", ford(), few).out);
    const auto best = [](const std::string& seed) {
        return column(where(match_rows("routes", ford(), few, {"--seed", seed}), "rank", "1"), "wkt");
    };
    CHECK(best("2") == best("1")); // the best route is not drawn
}

TEST_CASE("a case has the same answer alone and in any order of rows", "[match]")
{
    std::string walker = "case_id,lon,lat,time\n";
    std::string shuffled = walker;
    std::istringstream lines(few);
    std::vector<std::string> rows;
    for (std::string line; std::getline(lines, line);) {
        walker += line.starts_with("walker") ? line + "\n" : "";
        rows.push_back(line);
    }
    for (const std::size_t i : {6U, 3U, 5U, 7U, 2U, 4U, 1U}) { // only those without times keep their order
        shuffled += rows[i] + "\n";
    }
    for (const char* layer : {"routes", "edges"}) {
        const auto all = match_rows(layer, ford(), few);
        CHECK(match_rows(layer, ford(), walker) == where(all, "case_id", "walker"));
        const auto other = match_rows(layer, ford(), shuffled);
        for (const char* id : {"walker", "lodger", "nobody"}) {
            CHECK(where(other, "case_id", id) == where(all, "case_id", id));
        }
    }
    CHECK_THAT(match_layer("routes", ford(), shuffled).err, Contains("times are before those of the row"));
}

TEST_CASE("sightings in no order are visited along the way", "[match]")
{
    const TemporaryFolder folder;
    const std::string net = town(folder, {{"long", "[0,0],[0.02,0]"}, {"on", "[0.02,0],[0.04,0]"}});
    const std::string seen = "lon,lat\n0.03,0\n0.001,0\n0.015,0\n0.039,0\n";
    const auto routes = match_rows("routes", net, seen, {"--unordered"});
    // by the rows it would be 3-2-4-5, with the same stretch three times over
    CHECK((routes[0].at("visits") == "3 4 2 5" || routes[0].at("visits") == "5 2 4 3"));
    CHECK(number(routes[0], "len_km") == Approx(0.038 * 111.32).epsilon(1e-4));
    CHECK(match_rows("routes", net, seen)[0].at("visits").empty());

    // numbers of the order, two of them equal: first 0.001, last 0.039, and the way between settles the rest
    const std::string some = "lon,lat,seq\n0.03,0,2\n0.001,0,1\n0.015,0,2\n0.039,0,3\n";
    CHECK(match_rows("routes", net, some)[0].at("visits") == "4 2");
    const auto points = match_rows("points", net, some);
    CHECK(column(points, "seq") == std::vector<std::string>{"3", "1", "2", "4"});

    // times of day that are known to the hour, and overlap
    const std::string spans = "lon,lat,from,to\n"
                              "0.001,0,2024-03-05 08:00:00,2024-03-05 09:00:00\n"
                              "0.03,0,2024-03-05 09:30:00,2024-03-05 11:00:00\n"
                              "0.015,0,2024-03-05 09:30:00,2024-03-05 10:30:00\n"
                              "0.039,0,2024-03-05 12:00:00,2024-03-05 12:00:00\n";
    const std::vector<std::string> columns{"--time", "from", "--time-end", "to"};
    CHECK(match_rows("routes", net, spans, columns)[0].at("visits") == "4 3");
    const auto timed = match_rows("points", net, spans, columns);
    CHECK(timed[0].at("time") == "2024-03-05T08:00:00/2024-03-05T09:00:00");
    CHECK(timed[3].at("time") == "2024-03-05T12:00:00");
}

TEST_CASE("time between sightings is told in minutes, also of days", "[match]")
{
    const auto legs = match_rows("ambiguity", ford(), few);
    const auto lodger = where(legs, "case_id", "lodger");
    REQUIRE(lodger.size() == 1);
    CHECK(number(lodger[0], "elapsed") == Approx(8 * 24 * 60));
    const auto walker = where(legs, "case_id", "walker");
    REQUIRE(walker.size() == 2);
    CHECK(number(walker[0], "elapsed") == Approx(190.0 / 60));
    CHECK(walker[0].at("from_row") == "2");
    CHECK(walker[0].at("to_row") == "4");
    CHECK(where(legs, "case_id", "nobody").at(0).at("elapsed").empty());
    // a case is as long as its legs
    const auto routes = where(match_rows("routes", ford(), few), "rank", "1");
    for (const char* field : {"len_km", "cost_min", "ambig"}) {
        CHECK(number(where(routes, "case_id", "walker").at(0), field) ==
              Approx(number(walker[0], field) + number(walker[1], field)));
    }
}

TEST_CASE("how well a place is known decides how far it may be from the route", "[match]")
{
    // a third sighting 220 m off the street that joins the others
    const TemporaryFolder folder;
    const std::string net =
        town(folder, {{"long", "[0,0],[0.02,0]"}, {"side", "[0.01,0.002],[0.02,0.002],[0.02,0]"}});
    const auto at = [&](const std::string& sigma) {
        const auto points = match_rows(
            "points", net, "lon,lat,uncert_m\n0.001,0,20\n0.010,0.002," + sigma + "\n0.019,0,20\n");
        CHECK(number(points[1], "sigma_m") == Approx(std::stod(sigma) / 2));
        return number(points[1], "snap_m");
    };
    CHECK(at("20") < 1);    // an address: they went there
    CHECK(at("4000") > 50); // somewhere in a town: on the way
    const auto words =
        match_rows("points", net, "lon,lat,how\n0.001,0,address\n0.019,0,Town\n", {"--precision", "how"});
    CHECK(column(words, "sigma_m") == std::vector<std::string>{"20", "2000"});
    const auto given =
        match_rows("points", net, "lon,lat,uncert_m\n0.001,0,\n0.019,0,70\n", {"--sigma", "25"});
    CHECK(column(given, "sigma_m") == std::vector<std::string>{"25", "35"});
}

TEST_CASE("the noise of tracks is estimated from them", "[match]")
{
    // 300 fixes along one street, alternately 6 m on either side: the median of the distance is 6 m
    const TemporaryFolder folder;
    const std::string net = town(folder, {{"long", "[0,0],[0.1,0]"}});
    std::string text = "lon,lat\n";
    for (int i = 0; i < 300; ++i) {
        text += fmt::format("{:.5f},{:.6f}\n", 0.001 + i * 0.0002, (i % 2 == 0 ? 6 : -6) / 110574.3);
    }
    const Ran ran = match_layer("points", net, text, {"-v"});
    CHECK_THAT(ran.err, Contains("8.9 m, estimated from")); // 1.4826 x 6
    CHECK(number(rows_of(ran.out)[0], "sigma_m") == Approx(1.4826 * 6).epsilon(0.01));
    CHECK(number(match_rows("points", net, text, {"--sigma", "3"})[0], "sigma_m") == 3);
}

TEST_CASE("one layer can be written in any format, and in another CRS", "[match]")
{
    const TemporaryFolder folder;
    const std::string seen = folder.file("seen.csv", few);
    for (const std::string& layer : match_layer_names()) {
        const std::size_t rows = match_rows(layer, ford(), few).size();
        for (const std::string extension : {"csv", "geojson", "shp", "gpkg"}) {
            CAPTURE(layer, extension);
            const std::string out = folder / (layer + "_" + extension + "." + extension);
            REQUIRE(test::vigil({"match", ford(), seen, out, "--only", layer, "-q"}).exit_code == 0);
            if (extension == "csv") {
                CHECK(rows_of(read_file(out)).size() == rows);
            } else {
                const Features features = io::read_features(out);
                CHECK(features.geometry.size() == rows);
                CHECK(features.table.find("case_id") != nullptr);
            }
        }
    }
    const auto north = match_rows("points", ford(), few, {"--crs", "EPSG:32625"});
    const auto degrees = match_rows("points", ford(), few);
    for (std::size_t i = 0; i < north.size(); ++i) {
        // zone 25 has its middle at 33 W; at the equator a degree of latitude is 110,574 m, times 0.9996 and
        // 1 / cos(3 degrees)
        CHECK(number(north[i], "x") == Approx(833978).margin(1500));
        CHECK(number(north[i], "y") ==
              Approx(number(degrees[i], "lat") * 110574.3 * 0.9996 * 1.00137).epsilon(1e-3));
        CHECK(north[i].at("p_snap") == degrees[i].at("p_snap"));
    }
}

TEST_CASE("sightings may be a CSV file, standard input or a layer of points", "[match]")
{
    const TemporaryFolder folder;
    const std::string text = "case_id,lon,lat,seq\na,-29.9955,0.0046,1\na,-29.9910,0.0069,2\n";
    const Ran file =
        test::vigil({"match", ford(), folder.file("s.csv", text), "-", "--only", "edges", "--format", "csv"});
    CHECK(file.exit_code == 0);
    CHECK(match_layer("edges", ford(), text).out == file.out);
    const auto feature = [](const std::string& at, int seq) {
        return R"({"type":"Feature","properties":{"case_id":"a","seq":)" + std::to_string(seq) +
               R"(},"geometry":{"type":"Point","coordinates":[)" + at + "]}}";
    };
    const std::string points = folder.file("s.geojson", R"({"type":"FeatureCollection","features":[)" +
                                                            feature("-29.9910,0.0069", 2) + "," +
                                                            feature("-29.9955,0.0046", 1) + "]}");
    const Ran layer = test::vigil({"match", ford(), points, "-", "--only", "edges", "--format", "csv"});
    CHECK(layer.exit_code == 0);
    CHECK(layer.out == file.out);
}

TEST_CASE("ten thousand sightings take seconds", "[match]")
{
    std::string text = "case_id,lon,lat,time\n";
    std::mt19937 random(7); // NOLINT: the same town every time
    for (int c = 0; c < 200; ++c) {
        const double lat = 0.0022609 * (c % 4);
        for (int i = 0; i < 50; ++i) {
            const double off = (static_cast<double>(random() % 1000) / 1000 - 0.5) * 0.0001;
            text += fmt::format("case {},{:.6f},{:.6f},2024-03-05T08:{:02}:{:02}Z\n", c,
                                -29.9995 + i * 0.00025, lat + off, i * 3 / 60, i * 3 % 60);
        }
    }
    const auto start = std::chrono::steady_clock::now();
    const auto points = match_rows("points", ford(), text);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    CHECK(points.size() == 10'000);
    CHECK(where(points, "status", "matched").size() == 10'000);
    CHECK(seconds < 60); // about one on two cores; sanitizers and busy machines take longer
}
