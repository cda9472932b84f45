#include "libgeo/io/features_io.h"
#include "tests/tools/hotspots_runs.h"

#include <catch2/catch.hpp>

#include <set>

using namespace vigil::test;

namespace {

const std::string mesa = testdata("mesa/mesa_crimes.csv");

} // namespace

TEST_CASE("every statistic gives the same bytes for any number of threads", "[hotspots]")
{
    const TemporaryFolder folder;
    const std::string noise = folder.file("noise.csv", sparse_noise(40, 300, 9).text());
    const std::vector<Words> statistics = {
        {"--statistic", "gi_star", "--p", "exact"},
        {"--statistic", "gi", "--p", "permutation", "--p-interval"},
        {"--statistic", "moran", "--p", "exact", "--fdr", "by"},
        {"--statistic", "geary", "--p", "permutation"},
        {"--statistic", "join_count"},
    };
    const std::vector<Words> neighbours = {
        {"--grid", "fishnet", "--cell", "150"},
        {"--grid", "hexagon", "--cell", "150", "--weights", "band", "--band", "400", "--stability"},
        {"--grid", "snap", "--snap-distance", "150", "--weights", "knn", "--k", "5"},
        {"--grid", "fishnet", "--cell", "300", "--weights", "kernel", "--band", "900", "--row-standardise"},
    };
    for (const Words& statistic : statistics) {
        for (const Words& weights : neighbours) {
            const bool geary = statistic[1] == "geary";
            const bool kernel = std::find(weights.begin(), weights.end(), "kernel") != weights.end();
            const bool joins_of_places = statistic[1] == "join_count" && weights[1] == "snap";
            if ((geary && kernel) || joins_of_places) {
                continue; // not defined, and all of the same value
            }
            Words how = statistic;
            if (kernel) {
                std::replace(how.begin(), how.end(), std::string("exact"), std::string("permutation"));
            }
            CAPTURE(how, weights);
            const auto run = [&](const std::string& threads) {
                const Ran ran =
                    hotspots(joined(joined({noise, "-", "--no-provenance", "-q", "--threads", threads},
                                           joined(on_plane, weights)),
                                    how));
                CHECK(ran.exit_code == 0);
                CHECK(ran.err.empty());
                return ran.out;
            };
            const std::string bytes = run("1");
            CHECK(bytes.find("n_nbrs") != std::string::npos);
            CHECK((run("2") == bytes));
            CHECK((run("8") == bytes));
        }
    }
    const auto everything = [&](const std::string& threads) {
        const std::string global = folder / "g.csv";
        const std::string weights = folder / "w.csv";
        const Made t = made(folder, noise,
                            joined(on_plane, {"--optimise", "--global", global, "--write-weights", weights,
                                              "--curve", folder / "c.csv", "--threads", threads}));
        CHECK(t.ran.exit_code == 0);
        return read_file(folder / "made.csv") + read_file(global) + read_file(weights) +
               read_file(folder / "c.csv") + read_file(folder / "c.svg") + t.ran.err;
    };
    const std::string bytes = everything("1");
    CHECK((everything("2") == bytes));
    CHECK((everything("8") == bytes));
}

TEST_CASE("ArcGIS's names are those of the fields when asked, and aliases else", "[hotspots]")
{
    const TemporaryFolder folder;
    const Words frame = {"--cell", "100", "--crs", "EPSG:26912"};
    const Made ours = made(folder, mesa, frame);
    const Made theirs = made(folder, mesa, joined(frame, {"--arcgis-names"}));
    REQUIRE(theirs.ran.exit_code == 0);
    for (const auto& [a, b] : std::vector<std::pair<std::string, std::string>>{
             {"gi_z", "GiZScore"}, {"gi_p", "GiPValue"}, {"gi_bin", "Gi_Bin"}, {"n_nbrs", "NNeighbors"}}) {
        CAPTURE(a, b);
        CHECK(!ours.has(b));
        CHECK(!theirs.has(a));
        REQUIRE(theirs.has(b));
        CHECK(theirs.columns.at(b) == ours.columns.at(a));
    }
    for (const std::string ext : {"gpkg", "shp", "geojson", "fgb"}) { // ten characters fit all formats
        CAPTURE(ext);
        const TemporaryFolder apart; // companions have the same stem
        const std::string out = apart / ("a." + ext);
        REQUIRE(hotspots(joined({mesa, out, "--arcgis-names", "-q"}, frame)).exit_code == 0);
        const auto layer = vigil::io::read_features(out);
        for (const std::string name : {"GiZScore", "GiPValue", "Gi_Bin", "NNeighbors"}) {
            CHECK(layer.table.find(name) != nullptr);
        }
        CHECK(layer.table.rows() == 324);
        if (ext == "shp") {
            const std::string style = read_file(apart / "a.qml");
            CHECK(style.find("Gi_Bin") != std::string::npos); // the style follows the names
            CHECK(style.find("gi_bin\"") == std::string::npos);
        }
    }
}

TEST_CASE("the fields of each statistic are those that the page lists", "[hotspots]")
{
    const TemporaryFolder folder;
    const std::string file = folder.file("s.geojson", geojson(checkerboard(6, [](int i) {
                                             return fmt::format("\"v\":{},\"people\":{}", i % 9, 90 + i);
                                         })));
    const auto fields = [&](const Words& words) {
        const Made t = made(folder, file, joined({"--value", "v"}, words));
        INFO(t.ran.err);
        CHECK(t.ran.exit_code == 0);
        std::set<std::string> names;
        for (const auto& [name, column] : t.columns) {
            names.insert(name);
            CHECK(name.size() <= 10);
        }
        names.erase("wkt");
        return names;
    };
    const std::set<std::string> base = {"cell_id", "value", "n_nbrs", "p_sim"};
    const auto with = [&](std::set<std::string> more) {
        more.insert(base.begin(), base.end());
        return more;
    };
    CHECK(fields({}) == with({"gi_z", "gi_p", "gi_q", "gi_bin", "gi_bin_raw", "p_exact"}));
    CHECK(fields({"--p", "exact", "--p-interval"}) ==
          with({"gi_z", "gi_p", "gi_q", "gi_bin", "gi_bin_raw", "p_norm", "p_low", "p_high"}));
    CHECK(fields({"--statistic", "moran"}) ==
          with({"lm_i", "lm_z", "lm_p", "lm_q", "lm_bin", "lm_type", "co_type", "p_exact"}));
    CHECK(fields({"--statistic", "geary"}) ==
          with({"lg_c", "lg_z", "lg_p", "lg_q", "lg_bin", "lg_type", "co_type"}));
    CHECK(fields({"--statistic", "gi", "--weights", "inverse", "--band", "1200", "--fdr", "none"}) ==
          with({"gi_z", "gi_p", "gi_bin", "gi_bin_raw", "n_eff"}));
    CHECK(fields({"--population", "people", "--band", "1200", "--stability"}) ==
          with({"cases", "people", "gi_z", "gi_p", "gi_q", "gi_bin", "gi_bin_raw", "p_exact", "stable"}));
}

TEST_CASE("what is written beside the layer is written whole or not at all", "[hotspots]")
{
    const TemporaryFolder folder;
    const Words frame = {"--cell", "100", "--crs", "EPSG:26912", "-q"};
    const std::string out = folder / "h.csv";
    const Words beside = {"--global", folder / "g.csv", "--write-weights", folder / "w.gal"};
    REQUIRE(hotspots(joined(joined({mesa, out}, frame), beside)).exit_code == 0);
    const std::string global = read_file(folder / "g.csv");
    CHECK(global.starts_with(
        "group,statistic,null,value,expected,variance,z,p,features,islands,components,links\n"));
    CHECK(hotspots(joined(joined({mesa, folder / "i.csv"}, frame), beside)).exit_code == 4); // they are there
    CHECK(read_file(folder / "g.csv") == global);
    CHECK(hotspots(joined(joined({mesa, out, "--overwrite"}, frame), beside)).exit_code == 0);
    CHECK(read_file(folder / "g.csv") == global);
    const Words before = folder.names(); // the layer is there: nothing new beside it
    CHECK(hotspots(joined({mesa, out, "--global", folder / "new.csv", "--write-weights", folder / "new.gal"},
                          frame))
              .exit_code == 4);
    CHECK(hotspots(joined({mesa, folder / "no/such.csv", "--global", folder / "new.csv"}, frame)).exit_code ==
          4);
    CHECK(folder.names() == before);
}

TEST_CASE("words stay with their rows when cells are left out", "[hotspots]")
{
    // a block of full cells in the north-west, so that rows before the first absent cell are clusters
    const TemporaryFolder folder;
    std::string text = "x,y\n";
    for (int row = 0; row < 12; ++row) {
        for (int col = 0; col < 12; ++col) {
            const int incidents = row < 4 && col < 4 ? 9 : (row + col) % 3 == 0 ? 1 : 0;
            for (int k = 0; k < incidents; ++k) {
                text += std::to_string(421050 + 100 * col) + "," + std::to_string(3698150 - 100 * row) + "\n";
            }
        }
    }
    const Made t = made(folder, folder.file("block.csv", text),
                        joined(on_plane, {"--cell", "100", "--drop-empty", "--statistic", "moran"}));
    const auto& type = t.columns.at("lm_type");
    std::size_t clusters = 0;
    for (std::size_t i = 0; i < type.size(); ++i) {
        clusters += type[i] == "1" ? 1U : 0U;
        CHECK((type[i] == "1") == (t.columns.at("co_type")[i] == "HH"));
    }
    CHECK(clusters > 4);
    CHECK(type.front() == "1");
}

TEST_CASE("groups whose names differ only in what a layer name cannot hold get layers of their own",
          "[hotspots]")
{
    const TemporaryFolder folder;
    std::string text = "x,y,kind\n";
    for (int i = 0; i < 60; ++i) {
        text += std::to_string(421000 + 70 * (i % 8)) + "," + std::to_string(3698000 + 90 * (i / 8)) + "," +
                (i % 2 == 0 ? "Theft" : "theft") + "\n";
    }
    const Ran ran = hotspots(joined({folder.file("two.csv", text), folder / "two.gpkg", "--by", "kind"},
                                    joined(on_plane, {"--cell", "100"})));
    CHECK(ran.exit_code == 0);
    CHECK(ran.err.find("heft") == std::string::npos); // messages do not say what a group is called
}
