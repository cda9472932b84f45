#include "tests/tools/hotspots_runs.h"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace vigil::test;

namespace {

/// Twelve clusters of 40 incidents in 6 km by 6 km, and 200 anywhere.
Rows clusters(const std::string& uncertainty)
{
    std::mt19937 random(3);
    const auto below = [&](std::uint32_t limit) {
        return static_cast<double>(random() % limit);
    };
    Rows rows("x,y,uncertainty_m");
    for (int cluster = 0; cluster < 12; ++cluster) {
        const double x = 500500 + below(5000);
        const double y = 5000500 + below(5000);
        for (int i = 0; i < 40; ++i) { // sums of three are about normal
            rows.add(x + (below(500) + below(500) + below(500)) / 1.5 - 500,
                     y + (below(500) + below(500) + below(500)) / 1.5 - 500, uncertainty);
        }
    }
    for (int i = 0; i < 200; ++i) {
        rows.add(500000 + below(6000), 5000000 + below(6000), uncertainty);
    }
    return rows;
}

const Words study = joined(on_plane, {"--extent", "500000,5000000,506000,5006000"});

/// The line that tells a choice: "optimise: cell size: 200 m, because ..."
std::string choice(const Ran& ran, const std::string& name)
{
    const std::string start = "optimise: " + name + ": ";
    const auto at = ran.err.find(start);
    return at == std::string::npos ? "" : ran.err.substr(at, ran.err.find('\n', at) - at);
}

bool holds(const std::string& text, const std::string& words)
{
    return text.find(words) != std::string::npos;
}

double number_in(const std::string& line, const std::string& name)
{
    const std::string start = "optimise: " + name + ": ";
    return line.starts_with(start) ? std::stod(line.substr(start.size())) : -1;
}

} // namespace

TEST_CASE("every choice of --optimise is told with its reason, and kept with the output", "[hotspots]")
{
    const TemporaryFolder folder;
    const std::string file = folder.file("clusters.csv", clusters("0").text());
    const Ran ran = hotspots(joined({file, folder / "o.geojson", "--optimise"}, on_plane));
    INFO(ran.err);
    REQUIRE(ran.exit_code == 0);
    const std::string kept = read_file(folder / "o.geojson");
    for (const std::string name :
         {"stray places", "spacing", "cell size", "empty cells", "first distance", "step", "band"}) {
        CAPTURE(name);
        const std::string line = choice(ran, name);
        CHECK(holds(line, ", because "));
        CHECK(holds(kept, "chosen " + name));
    }
    CHECK(holds(choice(ran, "empty cells"), "left out"));
    CHECK(hotspots(joined({file, "-", "--optimise", "-q"}, on_plane)).err.empty());

    // the same numbers follow when what was chosen is given
    const double cell = number_in(choice(ran, "cell size"), "cell size");
    const double band = number_in(choice(ran, "band"), "band");
    REQUIRE(cell > 0);
    REQUIRE(band > cell);
    const Made chosen = made(folder, file, joined(on_plane, {"--optimise", "--curve", folder / "c.csv"}));
    Columns curve = csv_columns(folder / "c.csv");
    std::string exact;
    for (std::size_t k = 0; k < curve["chosen"].size(); ++k) {
        exact = curve["chosen"][k] == "1" ? curve["distance_m"][k] : exact;
    }
    REQUIRE(!exact.empty());
    CHECK(std::fabs(std::stod(exact) - band) < 1e-2);
    const Made given = made(
        folder, file, joined(on_plane, {"--drop-empty", "--cell", fmt::format("{}", cell), "--band", exact}));
    CHECK((given.columns == chosen.columns));
    for (const double n : chosen["n"]) {
        CHECK(n > 0);
    }
}

TEST_CASE("what is given to --optimise stays as given", "[hotspots]")
{
    const TemporaryFolder folder;
    const std::string file = folder.file("clusters.csv", clusters("0").text());
    const auto with = [&](const Words& words) {
        Made t = made(folder, file, joined({"--optimise"}, words));
        INFO(t.ran.err);
        REQUIRE(t.ran.exit_code == 0);
        return t;
    };
    const Made pinned = with(joined(study, {"--cell", "250", "--band", "700"}));
    CHECK((pinned.columns == made(folder, file, joined(study, {"--cell", "250", "--band", "700"})).columns));
    CHECK(holds(choice(pinned.ran, "cell size"), "250 m"));
    CHECK(holds(choice(pinned.ran, "band"), "700 m"));
    CHECK(holds(choice(pinned.ran, "empty cells"), "kept as zeros"));
    CHECK(choice(pinned.ran, "stray places").empty()); // not looked for
    CHECK(pinned["n"].size() == 576);

    const Made dropped = with(joined(study, {"--cell", "250", "--drop-empty"}));
    CHECK(holds(choice(dropped.ran, "empty cells"), "--drop-empty was given"));
    CHECK(dropped["n"].size() < 576);
    const Made near = with(joined(study, {"--cell", "250", "--weights", "queen", "--fdr", "none"}));
    CHECK(holds(choice(near.ran, "neighbours"), "as given"));
    CHECK(choice(near.ran, "band").empty());
    CHECK(!near.has("gi_q"));
    const Made k = with(joined(study, {"--cell", "250", "--k", "12"}));
    for (const double n : k["n_nbrs"]) {
        CHECK(n == 13);
    }
    const Made snapped = with(joined(on_plane, {"--grid", "snap", "--snap-distance", "100"}));
    CHECK(holds(choice(snapped.ran, "snap distance"), "100 m"));
    CHECK(snapped["n"].size() < 680);
    double all = 0;
    for (const double n : snapped["n"]) {
        all += n;
    }
    CHECK(all == 680);
    const Made hexagons = with(joined(study, {"--grid", "hexagon", "--cell", "300"}));
    CHECK(holds(choice(hexagons.ran, "band"), "because"));

    const std::string mask = folder.file( // a part of the west; degrees about (3 E, 45.15 N)
        "mask.geojson", geojson({{3.0, 45.15, 0.04, "\"v\":1"}}));
    const Made masked = with(joined(on_plane, {"--cell", "250", "--mask", mask}));
    CHECK(holds(choice(masked.ran, "empty cells"), "kept as zeros"));
    CHECK(said(masked.ran, "lie outside the extent or mask"));
    const Ran refused = hotspots(
        joined({file, folder / "x.csv", "--optimise", "--band", "700", "--curve", folder / "x2.csv"}, study));
    CHECK(refused.exit_code != 0);
    CHECK(said(refused, "--curve"));
    CHECK(!std::filesystem::exists(folder / "x.csv"));
}

TEST_CASE("the choices of --optimise serve polygons too, and it writes the curve with a picture",
          "[hotspots]")
{
    const TemporaryFolder folder;
    const Made t = made(folder, testdata("reference/sids2.gpkg"),
                        {"--value", "SIDR74", "--optimise", "--curve", folder / "curve.csv"});
    INFO(t.ran.err);
    REQUIRE(t.ran.exit_code == 0);
    const double band = number_in(choice(t.ran, "band"), "band");
    Columns curve = csv_columns(folder / "curve.csv");
    const auto distance = numbers(curve["distance_m"]);
    const auto z = numbers(curve["z"]);
    const auto peak = numbers(curve["peak"]);
    const auto chosen = numbers(curve["chosen"]);
    REQUIRE(distance.size() > 3);
    CHECK(std::is_sorted(distance.begin(), distance.end()));
    CHECK(std::count(chosen.begin(), chosen.end(), 1.0) == 1);
    for (std::size_t k = 0; k < z.size(); ++k) {
        if (chosen[k] == 1) {
            CHECK(peak[k] == 1);
            CHECK(std::fabs(distance[k] - band) < 1);
            CHECK(z[k] > 1.96);
        }
        if (peak[k] == 1) { // above both sides
            CHECK((k == 0 || z[k] > z[k - 1]));
            CHECK((k + 1 == z.size() || z[k] > z[k + 1]));
        }
    }
    // each point of the curve is Moran's I within that distance, row-standardised
    for (const std::size_t k : {std::size_t{0}, z.size() - 1}) {
        made(folder, testdata("reference/sids2.gpkg"),
             {"--value", "SIDR74", "--band", curve["distance_m"][k], "--row-standardise", "--global",
              folder / "g.csv"});
        CHECK(std::fabs(std::stod(csv_columns(folder / "g.csv")["z"].front()) - z[k]) < 1e-9);
        std::filesystem::remove(folder / "g.csv");
    }
    const std::string svg = read_file(folder / "curve.svg");
    CHECK(svg.find("<svg") != std::string::npos);
    CHECK(svg.find("</svg>") != std::string::npos);
}

TEST_CASE("places that are certain are as hot as their bin says, always", "[hotspots]")
{
    const TemporaryFolder folder;
    const std::string sure = folder.file("sure.csv", clusters("0").text());
    const std::string vague = folder.file("vague.csv", clusters("400").text());
    const auto with = [&](const std::string& file, const Words& words) {
        Made t =
            made(folder, file,
                 joined(joined(study, {"--cell", "300", "--uncertain", "--redistributions", "9"}), words));
        INFO(t.ran.err);
        REQUIRE(t.ran.exit_code == 0);
        return t;
    };
    const Made certain = with(sure, {});
    for (std::size_t i = 0; i < certain["n"].size(); ++i) {
        CHECK(certain["hot_share"][i] == (certain["gi_bin"][i] > 0 ? 1 : 0));
        CHECK(certain["cold_share"][i] == (certain["gi_bin"][i] < 0 ? 1 : 0));
    }
    const Made moved = with(vague, {});
    CHECK(moved["gi_z"] == certain["gi_z"]); // the map itself is that of the places given
    std::size_t between = 0;
    for (std::size_t i = 0; i < moved["n"].size(); ++i) {
        const double hot = moved["hot_share"][i];
        const double cold = moved["cold_share"][i];
        CHECK(hot >= 0);
        CHECK(cold >= 0);
        CHECK(hot + cold <= 1);
        CHECK(std::fabs(hot * 9 - std::round(hot * 9)) < 1e-12);
        between += hot > 0 && hot < 1 ? 1U : 0U;
    }
    CHECK(between > 0);
    CHECK((with(vague, {"--threads", "1"}).columns == moved.columns));
    std::istringstream lines(clusters("400").text()); // nor does the order of the rows matter
    std::string backwards;
    std::string header;
    std::getline(lines, header);
    for (std::string line; std::getline(lines, line);) {
        backwards.insert(0, line + "\n");
    }
    const std::string turned = folder.file("turned.csv", header + "\n" + backwards);
    CHECK((with(turned, {}).columns == moved.columns));
    CHECK(with(vague, {"--seed", "5"})["hot_share"] != moved["hot_share"]);
    CHECK((with(vague, {"--p", "exact", "--permutations", "0"}).has("hot_share")));
    const Made joins = with(vague, {"--statistic", "join_count"}); // cells that hold several count once
    CHECK(joins.has("hot_share"));
    const Ran none =
        hotspots(joined({folder.file("bare.csv", "x,y\n500100,5000100\n500900,5000100\n503000,5004000\n"),
                         "-", "--cell", "300", "--uncertain"},
                        study));
    CHECK(none.exit_code == 3);
    CHECK(said(none, "--uncertainty"));
    for (const std::string grid : {"points", "snap"}) { // there are no cells to move between
        const Ran at_places = hotspots(joined({vague, "-", "--uncertain", "--grid", grid, "-q"}, on_plane));
        CHECK(at_places.exit_code == 2);
        CHECK(said(at_places, "--uncertain"));
    }
}

TEST_CASE("uncertain incidents among people are compared as rates", "[hotspots]")
{
    // people differ a hundredfold; with certain places the shares must repeat the bins of the rates
    const TemporaryFolder folder;
    const std::string squares = folder.file("squares.geojson", geojson(checkerboard(8, [](int i) {
                                                return fmt::format("\"people\":{}", i % 8 < 4 ? 100 : 10000);
                                            })));
    Rows rows("lon,lat,uncertainty_m");
    for (int i = 0; i < 64; ++i) {
        for (int k = 0; k < (i % 8 < 4 ? 3 : 6); ++k) {
            const int row = i / 8;
            rows.add(10.002 + 0.01 * (i % 8) + 0.001 * k, 50.005 + 0.01 * row, 0);
        }
    }
    const Made t = made(folder, folder.file("in.csv", rows.text()),
                        {"--polygons", squares, "--population", "people", "--rate", "raw", "--uncertain",
                         "--redistributions", "3"});
    INFO(t.ran.err);
    REQUIRE(t.ran.exit_code == 0);
    std::size_t hot = 0;
    for (std::size_t i = 0; i < t["n"].size(); ++i) {
        hot += t["gi_bin"][i] > 0 ? 1U : 0U;
        CHECK(t["hot_share"][i] == (t["gi_bin"][i] > 0 ? 1 : 0));
        CHECK(t["cold_share"][i] == (t["gi_bin"][i] < 0 ? 1 : 0));
    }
    CHECK(hot > 0);
}

TEST_CASE("the stable share counts the bands that agree with the bin", "[hotspots]")
{
    const TemporaryFolder folder;
    const std::string file = folder.file("clusters.csv", clusters("0").text());
    const auto with = [&](const Words& words) {
        return made(folder, file, joined(joined(study, {"--cell", "200"}), words));
    };
    const Made t = with({"--band", "400", "--stability"});
    REQUIRE(t.ran.exit_code == 0);
    const auto narrow = with({"--band", "300"})["gi_bin"];
    const auto wide = with({"--band", "500"})["gi_bin"];
    const auto bin = t["gi_bin"];
    const auto sign = [](double v) {
        return v > 0 ? 1 : v < 0 ? -1 : 0;
    };
    for (std::size_t i = 0; i < bin.size(); ++i) {
        const int agree =
            1 + (sign(narrow[i]) == sign(bin[i]) ? 1 : 0) + (sign(wide[i]) == sign(bin[i]) ? 1 : 0);
        CHECK(std::fabs(t["stable"][i] - agree / 3.0) < 1e-12);
    }
    const auto k = with({"--k", "8", "--stability"});
    CHECK(k.has("stable"));
    const Ran no_band = hotspots(joined({file, "-", "--cell", "200", "--stability", "-q"}, study));
    CHECK(no_band.exit_code == 2);
    CHECK(one_line(no_band.err));
}
