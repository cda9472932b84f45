#include "tests/tools/hotspots_runs.h"

#include <catch2/catch.hpp>

using namespace vigil::test;

namespace {

const std::string mesa = testdata("mesa/mesa_crimes.csv");

/// 36 squares in six rows with a value; v0 to v8 over and over.
std::vector<Square> squares()
{
    return checkerboard(6, [](int i) { return fmt::format("\"v\":{},\"people\":{}", i % 9, 50 + i); });
}

/// Whether a text holds a number with four decimals or more: a coordinate, which nobody is to see.
bool names_a_place(const std::string& text)
{
    std::size_t decimals = 0;
    bool after_point = false;
    for (const char c : text) {
        const bool digit = c >= '0' && c <= '9';
        decimals = after_point && digit ? decimals + 1 : 0;
        after_point = c == '.' || (after_point && digit);
        if (decimals >= 4) {
            return true;
        }
    }
    return false;
}

/// A run that must end with exit code 3 and one line, leaving nothing but `before`.
void refused(const TemporaryFolder& folder, const std::string& input, const Words& words, const Words& says)
{
    CAPTURE(words);
    const Words before = folder.names();
    const Ran ran = hotspots(joined({input, folder / "out.gpkg", "-q"}, words));
    CAPTURE(ran.err);
    CHECK(ran.exit_code == 3);
    CHECK(one_line(ran.err));
    CHECK(ran.out.empty());
    CHECK(!names_a_place(ran.err));
    for (const std::string& word : says) {
        CAPTURE(word);
        CHECK(said(ran, word));
    }
    CHECK(folder.names() == before);
}

bool all_are(const std::vector<double>& values, double wanted)
{
    return !values.empty() &&
           std::all_of(values.begin(), values.end(), [=](double v) { return v == wanted; });
}

} // namespace

TEST_CASE("where all values are equal nothing stands out, by any statistic", "[hotspots]")
{
    const TemporaryFolder folder;
    const std::string same =
        folder.file("same.geojson", geojson(checkerboard(6, [](int) { return std::string("\"v\":1"); })));
    for (const std::string statistic : {"gi_star", "gi", "moran", "geary", "join_count"}) {
        for (const std::string p : {"normal", "exact", "permutation"}) {
            if ((statistic == "geary" && p == "exact") || (statistic == "join_count" && p == "normal")) {
                continue;
            }
            CAPTURE(statistic, p);
            const Made t = made(folder, same, {"--value", "v", "--statistic", statistic, "--p", p});
            REQUIRE(t.ran.exit_code == 0);
            CHECK(said(t.ran, "36 features, all of the same value: nothing can stand out"));
            const std::string prefix = statistic.starts_with("gi") ? "gi"
                                       : statistic == "moran"      ? "lm"
                                       : statistic == "geary"      ? "lg"
                                                                   : "jc";
            CHECK(all_are(t[prefix + "_p"], 1));
            CHECK(all_are(t[prefix + "_bin"], 0));
            CHECK((prefix == "jc" || all_are(t[prefix + "_z"], 0)));
        }
    }
}

TEST_CASE("one feature, and fewer than thirty, are told and not refused", "[hotspots]")
{
    const TemporaryFolder folder;
    const std::string one = folder.file("one.geojson", geojson({{10, 50, 0.01, "\"v\":3"}}));
    const Made alone = made(folder, one, {"--value", "v"});
    CHECK(alone.ran.exit_code == 0);
    CHECK(said(alone.ran, "1 features, all of the same value"));
    CHECK(all_are(alone["gi_z"], 0));
    const std::string few = folder.file(
        "few.geojson", geojson(checkerboard(5, [](int i) { return fmt::format("\"v\":{}", i); })));
    const Made t = made(folder, few, {"--value", "v"});
    CHECK(t.ran.exit_code == 0);
    CHECK(said(t.ran, "only 25 features: below 30 the z-scores are rough"));
    const Made enough = made(folder, folder.file("s.geojson", geojson(squares())), {"--value", "v"});
    CHECK(!said(enough.ran, "rough"));
    refused(folder, folder.file("point.csv", "lon,lat\n10,50\n"), {"--grid", "points"}, {"one place alone"});
}

TEST_CASE("places that hold one incident each cannot stand out, and the way out is named", "[hotspots]")
{
    const TemporaryFolder folder;
    const std::string in = folder.file("in.csv", "lon,lat\n-111,33\n-111.01,33\n-111,33.01\n-111.02,33.01\n");
    const auto ran = hotspots({in, "-", "--grid", "points"});
    CHECK(ran.exit_code == 0);
    CHECK(ran.err.find("--grid fishnet") != std::string::npos);
    CHECK(ran.out.find("\"gi_p\":1") != std::string::npos);
}

TEST_CASE("a band in which nobody has a neighbour is refused, and the one that works is named", "[hotspots]")
{
    const TemporaryFolder folder;
    const std::string file = folder.file("squares.geojson", geojson(squares()));
    Rows rows("x,y,weight");
    for (int i = 0; i < 40; ++i) {
        rows.add(500000 + 137 * i, 5000000 + 11 * (i * i % 31), i % 6);
    }
    const std::string places = folder.file("places.csv", rows.text());
    const Words at_places = joined(on_plane, {"--grid", "points"});
    const Words far = {"--grid", "points", "--geodesic", "--input-crs", "EPSG:4326"};
    Rows world("lon,lat,weight");
    for (int i = 0; i < 40; ++i) {
        world.add(-180 + 9 * i, i % 7, i % 6);
    }
    const std::string round = folder.file("world.csv", world.text());
    for (const auto& one : std::vector<std::pair<std::string, Words>>{
             {file, {"--value", "v"}}, {places, at_places}, {round, far}}) {
        const std::string& input = one.first;
        const Words& words = one.second;
        const Ran ran = hotspots(joined({input, folder / "out.gpkg", "--band", "1", "-q"}, words));
        CAPTURE(ran.err);
        CHECK(ran.exit_code == 3);
        CHECK(one_line(ran.err));
        const std::string name = "with --band ";
        const auto at = ran.err.find(name);
        REQUIRE(at != std::string::npos);
        const double least = std::stod(ran.err.substr(at + name.size()));
        const auto islands_with = [&](double band) {
            const Made t = made(folder, input, joined(words, {"--band", fmt::format("{:.1f}", band)}));
            CHECK(t.ran.exit_code == 0);
            const auto p = t["gi_p"];
            return std::count_if(p.begin(), p.end(), [](double v) { return std::isnan(v); });
        };
        CHECK(islands_with(least) == 0);
        CHECK(islands_with(least - 0.2) > 0); // and it is the least, to a tenth of a metre
    }
}

TEST_CASE("islands have no p and are no cold spots, even when half of all are", "[hotspots]")
{
    const TemporaryFolder folder;
    std::vector<Square> half = squares();
    for (int i = 0; i < 36; ++i) {
        const int row = i / 6;
        half.push_back({11 + 0.02 * (i % 6), 51 + 0.02 * row, 0.01, fmt::format("\"v\":{}", i % 9)});
    }
    const std::string file = folder.file("half.geojson", geojson(half));
    for (const std::string p_kind : {"normal", "exact", "permutation"}) {
        for (const std::string statistic : {"gi_star", "gi", "moran", "geary"}) {
            if (statistic == "geary" && p_kind == "exact") {
                continue;
            }
            CAPTURE(p_kind, statistic);
            const Made t = made(folder, file, {"--value", "v", "--p", p_kind, "--statistic", statistic});
            REQUIRE(t.ran.exit_code == 0);
            CHECK(said(t.ran, "36 of 72 features have no neighbour and get no p"));
            const std::string prefix = statistic == "moran" ? "lm" : statistic == "geary" ? "lg" : "gi";
            for (const std::string& field :
                 {prefix + "_p", prefix + "_q", prefix + "_bin", std::string("p_sim")}) {
                CAPTURE(field);
                const auto& cells = t.columns.at(field);
                for (std::size_t i = 0; i < 72; ++i) {
                    CHECK(cells[i].empty() == (i >= 36));
                }
            }
        }
    }
    // q counts 36 tests, not 72: the largest p is its own q
    const Made t = made(folder, file, {"--value", "v"});
    double most = 0;
    double q = 0;
    for (std::size_t i = 0; i < 36; ++i) {
        most = std::max(most, t["gi_p"][i]);
        q = std::max(q, t["gi_q"][i]);
    }
    CHECK(most == q);
}

TEST_CASE("counts and populations that cannot be are refused with their row", "[hotspots]")
{
    const TemporaryFolder folder;
    const auto with = [&](std::size_t row, const std::string& properties) {
        std::vector<Square> all = squares();
        all[row - 1].properties = properties;
        return folder.file("squares.geojson", geojson(all));
    };
    const Words rates = {"--value", "v", "--population", "people"};
    with(1, "\"v\":1,\"people\":50");
    refused(folder, with(8, "\"v\":2,\"people\":-50"), rates, {"row 8", "people", "negative"});
    for (const std::string rate : {"eb", "eb-local", "eb-standard", "raw"}) {
        refused(folder, with(5, "\"v\":-2,\"people\":50"), joined(rates, {"--rate", rate}),
                {"row 5", "negative"});
    }
    const Made nobody = made(folder, with(4, "\"v\":0,\"people\":0"), rates);
    CHECK(nobody.ran.exit_code == 0);
    CHECK(
        said(nobody.ran, "1 polygons have no population in people and therefore no rate; they are left out"));
    CHECK(nobody.columns.at("value")[3].empty());
    CHECK(nobody.columns.at("gi_z")[3].empty());
    CHECK(nobody["n_nbrs"][2] == 5); // six less the one that is left out
    const Made absent = made(folder, with(4, "\"v\":null,\"people\":7"), rates);
    CHECK(absent.ran.exit_code == 0);
    CHECK(absent.columns.at("gi_z")[3].empty());
    refused(
        folder,
        folder.file("squares.geojson",
                    geojson(checkerboard(6, [](int i) { return fmt::format("\"v\":{},\"people\":0", i); }))),
        rates, {"no polygon has a population in people"});
    refused(folder,
            folder.file(
                "squares.geojson",
                geojson(checkerboard(6, [](int i) { return fmt::format("\"v\":0,\"people\":{}", 9 + i); }))),
            rates, {"no case"});
    refused(folder, with(1, "\"v\":1"), {"--value", "v", "--population", "folk"}, {"folk"});
    refused(folder, with(4, "\"v\":\"many\""), {"--value", "v"}, {"v holds text"});
    const Made negative = made(folder, with(1, "\"v\":-50,\"people\":50"), {"--value", "v"}); // no counts
    CHECK(negative.ran.exit_code == 0);
    const Made more = made(folder, with(1, "\"v\":90,\"people\":50"), rates);
    CHECK(said(more.ran, "1 features count more cases than people"));
}

TEST_CASE("polygons that are doubled, overlap or cross themselves are told", "[hotspots]")
{
    const TemporaryFolder folder;
    std::vector<Square> twice = squares();
    twice.push_back(twice[7]);
    const Made copies = made(folder, folder.file("twice.geojson", geojson(twice)), {"--value", "v"});
    CHECK(copies.ran.exit_code == 0);
    CHECK(said(copies.ran, "2 of 37 polygons are copies of others or overlap them"));
    twice.back() = {10.005, 50.005, 0.04, "\"v\":5"}; // lies on the centres of sixteen others
    const std::string overlapping = folder.file("over.geojson", geojson(twice));
    CHECK(said(made(folder, overlapping, {"--value", "v"}).ran,
               "of 37 polygons are copies of others or overlap"));
    CHECK(said(made(folder, overlapping, {"--value", "v", "--geodesic"}).ran,
               "are copies of others or overlap"));
    CHECK(!said(made(folder, folder.file("s.geojson", geojson(squares())), {"--value", "v"}).ran, "overlap"));

    std::string text = geojson(squares());
    const std::string square =
        "[10.010000,50.000000],[10.020000,50.000000],[10.020000,50.010000],[10.010000,50.010000]";
    REQUIRE(text.find(square) != std::string::npos);
    text.replace(text.find(square), square.size(),
                 "[10.010000,50.000000],[10.020000,50.010000],[10.020000,50.000000],[10.010000,50.010000]");
    const std::string tied = folder.file("bow_tie.geojson", text);
    const Made mended = made(folder, tied, {"--value", "v"});
    CHECK(mended.ran.exit_code == 0);
    CHECK(said(mended.ran, "bow_tie.geojson: 1 invalid polygons were repaired, the first in row 2"));
    CHECK(!std::isnan(mended["gi_z"][1]));
    CHECK(!names_a_place(mended.ran.err)); // where it is stays unsaid
    const Made counted =
        made(folder, folder.file("in.csv", "lon,lat\n10.011,50.005\n10.015,50.001\n10.035,50.015\n"),
             {"--polygons", tied});
    CHECK(counted.ran.exit_code == 0);
    CHECK(said(counted.ran, "repaired"));
    CHECK(counted["n"][1] == 1); // the second place lies between the wings
}

TEST_CASE("weights files that do not fit are refused with file and line", "[hotspots]")
{
    const TemporaryFolder folder;
    const std::string file = folder.file("s.geojson", geojson(checkerboard(6, [](int i) {
                                             return fmt::format("\"v\":{},\"code\":\"c{}\"", i % 9, i + 1);
                                         })));
    const Words by_code = {"--weights-id", "code"};
    const std::vector<std::tuple<std::string, std::string, Words, Words>> wrong = {
        {"a.gal", "0 36 s x\nc1 2\n1 2\n", {}, {"a.gal:2", "c1"}},
        {"b.gal", "36\n1 2\n2 3\n2 2\n1", {}, {"b.gal:5"}},
        {"c.gwt", "36\n1 37 1\n", {}, {"c.gwt:2", "37"}},
        {"d.csv", "from,to,weight\n1,2,x\n", {}, {"d.csv:2", "\"x\""}},
        {"e.csv", "from,to,weight\nc1,c99,1\n", by_code, {"e.csv:2", "c99"}},
        {"f.csv", "from,to,weight\nc1,c2,1\nc1,c2,1\n", by_code, {"f.csv:3"}},
        {"g.gal", "", {}, {"g.gal"}},
        {"h.csv", "from,to,weight\nc1,c2,1\n", {"--weights-id", "NOPE"}, {"NOPE"}},
        {"i.gal", "36\n1 1\n2\n", {}, {"i.gal", "1 of 36"}},
    };
    for (const auto& [name, text, words, says] : wrong) {
        const std::string weights = folder.file(name, text);
        refused(folder, file, joined({"--value", "v", "--weights-file", weights}, words), says);
    }
    refused(folder, file, {"--value", "v", "--weights-file", folder / "nowhere.gal"}, {"no such file"});
    refused(folder, file, {"--value", "v", "--k", "36"}, {"36"});
    refused(folder, file, {"--value", "v", "--statistic", "join_count"}, {"0 or 1"});
    refused(folder, file, {"--value", "v", "--network", folder / "nowhere.gpkg", "--band", "5"},
            {"no such file"});
}

TEST_CASE("options that cannot go together are refused before anything is read", "[hotspots]")
{
    const TemporaryFolder folder;
    const std::vector<Words> wrong = {
        {"--weights", "network"},
        {"--weights", "file"},
        {"--weights", "space-time"},
        {"--weights", "inverse", "--k", "3"},
        {"--weights", "delaunay", "--band", "5"},
        {"--weights-id", "x"},
        {"--weights-file", "a.gal", "--weights", "knn"},
        {"--network", "a.gpkg", "--weights", "band"},
        {"--time-band", "3", "--weights", "band"},
        {"--p", "permutation", "--permutations", "0"},
        {"--p-interval", "--permutations", "0"},
        {"--p", "exact", "--statistic", "geary"},
        {"--p", "normal", "--statistic", "join_count"},
        {"--null", "total"},
        {"--null", "total", "--p", "exact", "--statistic", "gi"},
        {"--arcgis-names", "--statistic", "moran"},
        {"--curve", "c.csv"},
        {"--optimise", "--grid", "points"},
        {"--optimise", "--by", "kind"},
        {"--population", "people"},
        {"--rate", "raw"},
        {"--uncertain", "--value", "v"},
        {"--polygons", "p.gpkg", "--cell", "5"},
        {"--value", "v", "--by", "kind"},
        {"--snap-distance", "5"},
        {"--fdr", "holm"},
    };
    for (const Words& words : wrong) {
        CAPTURE(words);
        const Ran ran = hotspots(joined({folder / "nowhere.csv", folder / "out.gpkg"}, words));
        CHECK(ran.exit_code == 2);
        CHECK(one_line(ran.err));
        CHECK(said(ran, "--"));
    }
    CHECK(folder.names().empty());
    for (const Words& words : std::vector<Words>{
             {"--geodesic"}, {"--grid", "points", "--weights", "queen"}, {"--since", "soon"}}) {
        CHECK(hotspots(joined({mesa, folder / "out.gpkg"}, words)).exit_code == 2);
    }
    CHECK(folder.names().empty());
}
