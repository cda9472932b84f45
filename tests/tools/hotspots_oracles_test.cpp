#include "libgeo/io/features_io.h"
#include "tests/tools/hotspots_runs.h"

#include <catch2/catch.hpp>

#include <numeric>

using namespace vigil::test;

namespace {

const std::string columbus = testdata("reference/columbus.gpkg");
const std::string sids = testdata("reference/sids2.gpkg");
const std::string saint_louis = testdata("reference/stl_hom.gpkg");

/// Columbus has no CRS; any plane will do.
const Words columbus_crime = {"--value", "CRIME", "--input-crs", "EPSG:32616"};

bool close(double seen, double wanted)
{
    return std::isnan(seen) == std::isnan(wanted) &&
           (std::isnan(seen) || std::fabs(seen - wanted) <= 1e-9 * std::max(1.0, std::fabs(wanted)));
}

/// Rows of a table of R's whose first columns are `data` and `params`.
Columns rows_of(const std::string& file, const std::string& data, const std::string& params)
{
    Columns all = csv_columns(testdata("autocorrelation/" + file));
    Columns chosen;
    for (std::size_t i = 0; i < all["data"].size(); ++i) {
        if (all["data"][i] == data && all["params"][i] == params) {
            for (const auto& [name, column] : all) {
                chosen[name].push_back(column[i]);
            }
        }
    }
    return chosen;
}

/// Order of places from west to east, then south to north: as the command numbers them.
std::vector<std::size_t> from_the_west(const std::vector<double>& x, const std::vector<double>& y)
{
    std::vector<std::size_t> order(x.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return x[a] != x[b] ? x[a] < x[b] : y[a] < y[b]; });
    return order;
}

/// Invented places of testdata/autocorrelation with their counts as weights.
std::string counted_places(const TemporaryFolder& folder)
{
    Columns table = csv_columns(testdata("autocorrelation/points.csv"));
    Rows rows("x,y,weight");
    for (std::size_t i = 0; i < table["x"].size(); ++i) {
        rows.add(table["x"][i], table["y"][i], table["counts"][i]);
    }
    return folder.file("places.csv", rows.text());
}

const Words places_on_plane = joined(on_plane, {"--grid", "points"});

void check_local_moran(const Made& made, const Columns& wanted)
{
    REQUIRE(made.ran.exit_code == 0);
    REQUIRE(!made["lm_z"].empty());
    const auto value = numbers(wanted.at("moran"));
    const auto z = numbers(wanted.at("z"));
    const std::map<std::string, std::string> types = {
        {"High-High", "HH"}, {"Low-Low", "LL"}, {"Low-High", "LH"}, {"High-Low", "HL"}};
    std::size_t typed = 0;
    for (std::size_t i = 0; i < z.size(); ++i) {
        CHECK(close(made["lm_i"][i], value[i]));
        CHECK(close(made["lm_z"][i], z[i]));
        const std::string& type = made.columns.at("co_type")[i];
        CHECK((type.empty() || type == types.at(wanted.at("quadrant")[i])));
        CHECK(type.empty() == (made["lm_bin"][i] < 2));
        typed += type.empty() ? 0U : 1U;
    }
    CHECK(typed > 0);
}

} // namespace

TEST_CASE("Gi and Gi* of polygons and places are R's", "[hotspots]")
{
    const TemporaryFolder folder;
    // with weights of rows that sum to 1, the conditional z of local Moran is Gi's but for its sign
    const Made gi = made(folder, columbus, joined(columbus_crime, {"--statistic", "gi"}));
    REQUIRE(gi.ran.exit_code == 0);
    const auto moran = numbers(rows_of("local.csv", "columbus", "CRIME queen W")["z"]);
    REQUIRE(moran.size() == 49);
    for (std::size_t i = 0; i < moran.size(); ++i) {
        CHECK(close(std::fabs(gi["gi_z"][i]), std::fabs(moran[i])));
    }
    const Made star = made(folder, columbus, columbus_crime);
    for (const std::size_t i : {16U, 29U, 24U, 25U, 28U, 32U}) { // numbered from 1; nine digits are kept
        const double wanted =
            expected_value("columbus", "Gi* z", fmt::format("CRIME queen+self binary, {}", i));
        CHECK(std::fabs(star["gi_z"][i - 1] - wanted) < 6e-8);
    }
    const auto z = star["gi_z"];
    const auto count = [&](const std::string& stat, auto test) {
        CHECK(static_cast<double>(std::count_if(z.begin(), z.end(), test)) ==
              expected_value("columbus", stat, "CRIME queen+self binary"));
    };
    count("count Gi* > 1.96", [](double v) { return v > 1.96; });
    count("count Gi* < -1.96", [](double v) { return v < -1.96; });

    Columns table = csv_columns(testdata("getis_ord/points.csv"));
    Rows rows("x,y,weight");
    for (std::size_t i = 0; i < table["x"].size(); ++i) {
        rows.add(table["x_knn"][i], table["y_knn"][i], table["value"][i]);
    }
    const std::string file = folder.file("places.csv", rows.text());
    const auto order = from_the_west(numbers(table["x_knn"]), numbers(table["y_knn"]));
    for (const std::string statistic : {"gi", "gi_star"}) {
        const Made places =
            made(folder, file,
                 joined(places_on_plane, {"--weights", "knn", "--k", "6", "--statistic", statistic}));
        REQUIRE(places.ran.exit_code == 0);
        const auto wanted = numbers(table["knn_" + statistic]);
        for (std::size_t k = 0; k < order.size(); ++k) {
            CHECK(close(places["gi_z"][k], wanted[order[k]]));
        }
    }
}

TEST_CASE("local Moran and Geary are R's", "[hotspots]")
{
    const TemporaryFolder folder;
    const Columns crime = rows_of("local.csv", "columbus", "CRIME queen W");
    check_local_moran(
        made(folder, columbus, joined(columbus_crime, {"--statistic", "moran", "--row-standardise"})), crime);
    const Made geary =
        made(folder, columbus, joined(columbus_crime, {"--statistic", "geary", "--row-standardise"}));
    REQUIRE(geary.ran.exit_code == 0);
    const auto c = numbers(crime.at("geary"));
    for (std::size_t i = 0; i < c.size(); ++i) {
        CHECK(close(geary["lg_c"][i], c[i]));
    }
    Columns places = csv_columns(testdata("autocorrelation/points.csv"));
    const auto order = from_the_west(numbers(places["x"]), numbers(places["y"]));
    const Columns wanted = rows_of("local.csv", "points", "counts knn B");
    Columns sorted;
    for (const auto& [name, column] : wanted) {
        for (const std::size_t i : order) {
            sorted[name].push_back(column[i]);
        }
    }
    check_local_moran(made(folder, counted_places(folder),
                           joined(places_on_plane,
                                  {"--weights", "knn", "--k", "5", "--statistic", "moran", "--fdr", "none"})),
                      sorted);
}

TEST_CASE("the statistics of the whole map are R's", "[hotspots]")
{
    struct Case {
        std::string data, params, input;
        Words words;
    };
    const TemporaryFolder folder;
    const std::string places = counted_places(folder);
    const Words knn = joined(places_on_plane, {"--weights", "knn", "--k", "5"});
    const Words band = joined(places_on_plane, {"--weights", "band", "--band", "400"});
    const std::vector<Case> cases = {
        {"columbus", "CRIME queen", columbus, columbus_crime},
        {"columbus", "CRIME rook", columbus, joined(columbus_crime, {"--weights", "rook"})},
        {"sids2", "SIDR74 queen", sids, {"--value", "SIDR74"}},
        {"sids2", "SIDR79 queen", sids, {"--value", "SIDR79"}},
        {"stl_hom", "HR7984 queen", saint_louis, {"--value", "HR7984"}},
        {"stl_hom", "HR8893 rook", saint_louis, {"--value", "HR8893", "--weights", "rook"}},
        {"points", "counts knn", places, knn},
        {"points", "counts band", places, band}, // eleven islands
    };
    const std::map<std::string, std::string> names = {
        {"moran", "Moran's I"}, {"geary", "Geary's C"}, {"general_g", "General G"}};
    for (const Case& c : cases) {
        for (const std::string style : {"B", "W"}) {
            CAPTURE(c.data, c.params, style);
            const Words more = style == "W" ? Words{"--row-standardise"} : Words{};
            const Made run =
                made(folder, c.input,
                     joined(joined(c.words, more), {"--global", folder / "g.csv", "--permutations", "0"}));
            REQUIRE(run.ran.exit_code == 0);
            Columns seen = csv_columns(folder / "g.csv");
            Columns wanted = rows_of("global.csv", c.data, c.params + " " + style);
            std::size_t compared = 0;
            for (std::size_t i = 0; i < seen["statistic"].size(); ++i) {
                for (std::size_t k = 0; k < wanted["stat"].size(); ++k) {
                    const bool same = names.at(wanted["stat"][k]) == seen["statistic"][i] &&
                                      wanted["null"][k] == seen["null"][i];
                    const bool binary_only = wanted["stat"][k] == "general_g" && style == "W";
                    if (!same || binary_only) {
                        continue;
                    }
                    ++compared;
                    CAPTURE(seen["statistic"][i], seen["null"][i]);
                    CHECK(close(std::stod(seen["value"][i]), std::stod(wanted["value"][k])));
                    CHECK(close(std::stod(seen["expected"][i]), std::stod(wanted["expected"][k])));
                    const bool one_n = wanted["stat"][k] != "geary" || c.params != "counts band";
                    if (one_n) { // else see testdata/autocorrelation/README.md
                        CHECK(close(std::stod(seen["variance"][i]), std::stod(wanted["variance"][k])));
                        CHECK(close(std::stod(seen["z"][i]), std::stod(wanted["z"][k])));
                    }
                }
            }
            CHECK(compared == (style == "B" ? 5U : 4U));
        }
    }
    for (const std::string shape : {"queen", "rook"}) {
        made(folder, columbus, joined(columbus_crime, {"--weights", shape, "--global", folder / "g.csv"}));
        CHECK(std::stod(csv_columns(folder / "g.csv")["links"].front()) ==
              expected_value("columbus", "links", shape));
    }
}

TEST_CASE("permutations of the whole map have the moments of their formulas", "[hotspots]")
{
    const TemporaryFolder folder;
    const Made run = made(folder, columbus,
                          joined(columbus_crime, {"--global", folder / "g.csv", "--permutations", "999"}));
    REQUIRE(run.ran.exit_code == 0);
    Columns g = csv_columns(folder / "g.csv");
    std::size_t compared = 0;
    for (std::size_t i = 0; i < g["null"].size(); ++i) {
        for (std::size_t k = 0; k < g["null"].size(); ++k) {
            if (g["statistic"][i] == g["statistic"][k] && g["null"][i] == "permutation" &&
                g["null"][k] == "randomisation") {
                ++compared;
                const double variance = std::stod(g["variance"][k]);
                CHECK(close(std::stod(g["value"][i]), std::stod(g["value"][k])));
                CHECK(std::fabs(std::stod(g["expected"][i]) - std::stod(g["expected"][k])) <
                      5 * std::sqrt(variance / 999)); // five standard errors
                CHECK(std::stod(g["variance"][i]) / variance == Approx(1).epsilon(0.25));
                CHECK(std::stod(g["p"][i]) == 0.002); // crime in Columbus: the least that 999 can give
            }
        }
    }
    CHECK(compared == 3);
}

TEST_CASE("join counts of high crime are R's, near by near", "[hotspots]")
{
    const TemporaryFolder folder;
    vigil::Features layer = vigil::io::read_features(columbus, {.layer = {}, .crs = "EPSG:32616"});
    const auto& crime = std::get<std::vector<double>>(layer.table.find("CRIME")->values);
    std::vector<std::int64_t> high;
    for (const double v : crime) {
        high.push_back(v > 35 ? 1 : 0);
    }
    layer.table.fields = {{"high", "", "", high}};
    vigil::io::write_features(folder / "high.gpkg", {&layer, 1}, {});
    const Made t = made(folder, folder / "high.gpkg",
                        {"--value", "high", "--statistic", "join_count", "--global", folder / "g.csv"});
    REQUIRE(t.ran.exit_code == 0);
    CHECK(!t.has("jc_z"));
    Columns seen = csv_columns(folder / "g.csv");
    Columns wanted = rows_of("joins.csv", "columbus", "CRIME > 35 queen B");
    std::size_t compared = 0;
    for (std::size_t i = 0; i < seen["statistic"].size(); ++i) {
        for (std::size_t k = 0; k < wanted["pair"].size(); ++k) {
            const std::string pair = wanted["pair"][k] == "1:0" ? "0:1" : wanted["pair"][k];
            std::string name = "join count " + pair;
            std::replace(name.begin(), name.end(), ':', '-');
            const std::string null = wanted["sampling"][k] == "free" ? "free sampling" : "randomisation";
            if (seen["statistic"][i] == name && seen["null"][i] == null) {
                ++compared;
                CHECK(close(std::stod(seen["value"][i]), std::stod(wanted["count"][k])));
                CHECK(close(std::stod(seen["expected"][i]), std::stod(wanted["expected"][k])));
                CHECK(close(std::stod(seen["variance"][i]), std::stod(wanted["variance"][k])));
                CHECK(close(std::stod(seen["z"][i]), std::stod(wanted["z"][k])));
            }
        }
    }
    CHECK(compared == 5);
    const auto joins = t["jc_n"];
    const auto p = t["jc_p"];
    double twice = 0;
    for (std::size_t i = 0; i < joins.size(); ++i) {
        twice += high[i] == 1 ? joins[i] : 0; // each join is seen from both ends
        CHECK((high[i] == 1 || std::isnan(p[i])));
    }
    CHECK(twice / 2 == 54);
}

TEST_CASE("rates of sudden infant death are R's", "[hotspots]")
{
    const TemporaryFolder folder;
    Columns table = csv_columns(testdata("rates/sids.csv"));
    const auto x = numbers(table["x"]);
    const auto y = numbers(table["y"]);
    std::string gal = "100\n"; // counties within 80 km by their label points, as the table's are
    for (std::size_t i = 0; i < x.size(); ++i) {
        std::string near;
        int count = 0;
        for (std::size_t j = 0; j < x.size(); ++j) {
            if (j != i && std::hypot(x[i] - x[j], y[i] - y[j]) <= 80000) {
                near += fmt::format("{}{}", count++ > 0 ? " " : "", j + 1);
            }
        }
        gal += fmt::format("{} {}\n{}\n", i + 1, count, near);
    }
    const std::string file = folder.file("near.gal", gal);
    for (const auto& [rate, column] : std::vector<std::pair<std::string, std::string>>{
             {"raw", "raw"}, {"eb", "eb"}, {"eb-local", "eb_window"}, {"eb-standard", "ebi_z"}}) {
        const Made t = made(folder, sids,
                            {"--value", "SID74", "--population", "BIR74", "--rate", rate, "--weights-file",
                             file, "--global", folder / "g.csv", "--row-standardise"});
        REQUIRE(t.ran.exit_code == 0);
        const auto wanted = numbers(table[column]);
        const auto seen = t["value"];
        REQUIRE(seen.size() == 100);
        for (std::size_t i = 0; i < seen.size(); ++i) {
            CAPTURE(rate, i, seen[i], wanted[i]);
            CHECK(std::fabs(seen[i] - wanted[i]) <= 1e-9 * std::max(1e-3, std::fabs(wanted[i])));
        }
        CHECK(t["people"] == numbers(table["people"]));
        if (rate == "eb-standard") {
            Columns global = csv_columns(folder / "g.csv");
            CHECK(close(std::stod(global["value"].front()), std::stod(table["ebi_moran"].front())));
        }
    }
}
