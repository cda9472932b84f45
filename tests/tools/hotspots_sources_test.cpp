#include "libgeo/io/features_io.h"
#include "tests/tools/hotspots_runs.h"

#include <catch2/catch.hpp>

#include <numeric>

using namespace vigil::test;

namespace {

double total(const std::vector<double>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0);
}

std::vector<double> doubles_of(const vigil::Features& layer, const std::string& name)
{
    const vigil::Field* field = layer.table.find(name);
    REQUIRE(field != nullptr);
    if (const auto* whole = std::get_if<std::vector<std::int64_t>>(&field->values)) {
        return {whole->begin(), whole->end()};
    }
    return std::get<std::vector<double>>(field->values);
}

/// 40 incidents on a plane, alternately of two kinds, in four rows of ten cells of 100 m.
std::string two_kinds()
{
    Rows rows("x,y,kind,stage,start,end");
    for (int i = 0; i < 40; ++i) {
        rows.add(500050 + 100 * (i % 10), 5000050 + 100 * (i / 10), i % 4 == 0 ? "Few, \"rare\"" : "many",
                 i % 2 == 0 ? "transit" : "", i < 20 ? "2024-01-10" : "2024-02-01",
                 i < 20 ? "2024-01-10" : "2024-02-10");
    }
    return rows.text();
}

} // namespace

TEST_CASE("a column for --by makes a layer for each value, all on the same cells", "[hotspots]")
{
    const TemporaryFolder folder;
    std::string text = two_kinds();
    for (std::size_t at = 0; (at = text.find("Few, \"rare\"", at)) != std::string::npos; at += 15) {
        text.replace(at, 11, "\"Few, \"\"rare\"\"\""); // quoted as CSV has it
    }
    const std::string file = folder.file("kinds.csv", text);
    const Words frame = joined(on_plane, {"--cell", "100"});
    const Ran ran =
        hotspots(joined({file, folder / "k.gpkg", "--by", "kind", "--global", folder / "g.csv"}, frame));
    INFO(ran.err);
    REQUIRE(ran.exit_code == 0);
    const auto few = vigil::io::read_features(folder / "k.gpkg", {.layer = "hotspots_few___rare_"});
    const auto many = vigil::io::read_features(folder / "k.gpkg", {.layer = "hotspots_many"});
    CHECK(few.geometry.size() == 40);
    CHECK(few.geometry.xy == many.geometry.xy);
    CHECK(total(doubles_of(few, "n")) == 10);
    CHECK(total(doubles_of(many, "n")) == 30);
    Columns global = csv_columns(folder / "g.csv");
    CHECK(std::count(global["group"].begin(), global["group"].end(), "many") >= 5);

    const Ran stage = hotspots(joined({file, folder / "s.gpkg", "--by", "stage"}, frame));
    CHECK(stage.exit_code == 0);
    CHECK(said(stage, "20 of 40 incidents have no stage and are left out"));
    const auto transit = vigil::io::read_features(folder / "s.gpkg"); // one layer, but named by its group
    CHECK(total(doubles_of(transit, "n")) == 20);

    for (const std::string ext : {"csv", "geojson", "shp"}) { // hold one layer only
        const Ran one = hotspots(joined({file, folder / ("k." + ext), "--by", "kind"}, frame));
        CHECK(one.exit_code != 0);
        CHECK(one_line(one.err));
    }
    const Ran unknown = hotspots(joined({file, folder / "u.gpkg", "--by", "colour"}, frame));
    CHECK(unknown.exit_code == 3);
    CHECK(said(unknown, "colour"));
    CHECK(folder.names() == Words{"g.csv", "k.gpkg", "kinds.csv", "s.gpkg"});
}

TEST_CASE("what happened between two dates counts with its share", "[hotspots]")
{
    // 20 on 10 January; 20 somewhere in the ten days from 1 to 10 February, both included
    const TemporaryFolder folder;
    std::string text = two_kinds();
    std::erase(text, '"');
    for (std::size_t at = 0; (at = text.find("Few, rare", at)) != std::string::npos;) {
        text.replace(at, 9, "few");
    }
    const std::string file = folder.file("dates.csv", text);
    const auto with = [&](const Words& words) {
        Made t =
            made(folder, file,
                 joined(joined(on_plane, {"--cell", "100", "--time", "start", "--time-end", "end"}), words));
        INFO(t.ran.err);
        REQUIRE(t.ran.exit_code == 0);
        return t;
    };
    CHECK(total(with({})["n"]) == 40);
    CHECK(total(with({"--until", "2024-01-31"})["n"]) == 20);
    const Made february = with({"--since", "2024-02-06"}); // 5 days of 10
    CHECK(total(february["n"]) == 20);
    CHECK(std::fabs(total(february["value"]) - 10) < 1e-9);
    CHECK(std::fabs(total(with({"--since", "2024-01-10", "--until", "2024-02-03"})["value"]) - 24) < 1e-9);
    const Ran never = hotspots(joined({file, "-", "--since", "2030-01-01", "--time", "start"}, on_plane));
    CHECK(never.exit_code == 3);
    CHECK(one_line(never.err));
    CHECK(said(never, "no incident is left between --since and --until"));
    const Ran backwards = hotspots(
        joined({file, "-", "--since", "2024-02-01", "--until", "2024-01-01", "--time", "start"}, on_plane));
    CHECK(backwards.exit_code != 0);
    CHECK(one_line(backwards.err));
}

TEST_CASE("incidents are counted in polygons, and become rates", "[hotspots]")
{
    // 36 squares; in square i there are i % 4 incidents, among 100 people each
    const TemporaryFolder folder;
    const std::vector<Square> squares =
        checkerboard(6, [](int i) { return fmt::format("\"people\":{}", i == 5 ? 0 : 100 + i); });
    const std::string polygons = folder.file("squares.geojson", geojson(squares));
    Rows rows("lon,lat,weight");
    std::vector<double> wanted;
    for (std::size_t i = 0; i < squares.size(); ++i) {
        wanted.push_back(static_cast<double>(i % 4));
        for (std::size_t k = 0; k < i % 4; ++k) {
            rows.add(squares[i].west + 0.002 + 0.002 * static_cast<double>(k), squares[i].south + 0.005, 0.5);
        }
    }
    rows.add(20.0, 60.0, 1); // far outside
    const std::string file = folder.file("in.csv", rows.text());
    const Made t = made(folder, file, {"--polygons", polygons});
    REQUIRE(t.ran.exit_code == 0);
    CHECK(t["n"] == wanted);
    CHECK(said(t.ran, "1 of 55 incidents lie outside"));
    CHECK(t["n_nbrs"].front() == 4); // queen, itself included
    CHECK(t["n_nbrs"][7] == 9);
    const Made rates =
        made(folder, file, {"--polygons", polygons, "--population", "people", "--rate", "raw"});
    REQUIRE(rates.ran.exit_code == 0);
    CHECK(said(rates.ran, "1 polygons have no population in people"));
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        CAPTURE(i);
        if (i == 5) {
            CHECK(rates.columns.at("gi_z")[i].empty());
        } else { // `weight` was found by its name: each incident counts half
            CHECK(std::fabs(rates["value"][i] - 0.5 * wanted[i] / (100 + static_cast<double>(i))) < 1e-15);
        }
    }
    CHECK(rates["n_nbrs"][4] == 5); // the sixth square is nobody's neighbour: 6 - 1
}

TEST_CASE("a sliver between polygons is bridged when asked, and islands are told", "[hotspots]")
{
    const TemporaryFolder folder;
    std::vector<Square> squares = checkerboard(6, [](int i) { return fmt::format("\"v\":{}", i % 5); });
    for (std::size_t i = 0; i < squares.size(); ++i) {
        squares[i].west += i % 6 >= 3 ? 0.00001 : 0; // a gap of a hundred-thousandth of a degree
    }
    squares.push_back({12, 52, 0.01, "\"v\":9"});
    const std::string file = folder.file("gap.geojson", geojson(squares));
    const Ran apart = hotspots({file, "-", "--value", "v", "-v"});
    CHECK(apart.exit_code == 0);
    CHECK(said(apart, "3 connected parts"));
    CHECK(said(apart, "1 of 37 features have no neighbour"));
    const Ran joint = hotspots({file, "-", "--value", "v", "-v", "--tolerance", "0.0001"});
    CHECK(said(joint, "2 connected parts"));
    CHECK(said(joint, "220 links")); // 2 (30 + 30 edges + 50 diagonals)
    const Made t = made(folder, file, {"--value", "v"});
    for (const std::string field : {"gi_p", "gi_q", "gi_bin", "p_sim", "p_exact"}) {
        CAPTURE(field);
        CHECK(t.columns.at(field).back().empty());
        CHECK(!t.columns.at(field).front().empty());
    }
}

TEST_CASE("polygons on both sides of the antimeridian are neighbours on the ellipsoid", "[hotspots]")
{
    const TemporaryFolder folder;
    std::vector<Square> squares; // a tenth of a degree wide, three columns on each side
    for (int i = 0; i < 36; ++i) {
        const double west = 179.7 + 0.1 * (i % 6);
        const int row = i / 6;
        squares.push_back({i % 6 < 3 ? west : west - 360, 0.1 * row, 0.1, fmt::format("\"v\":{}", i % 7)});
    }
    const std::string file = folder.file("pacific.geojson", geojson(squares));
    const Made t = made(folder, file, {"--value", "v", "--geodesic", "--band", "16000", "-v"});
    REQUIRE(t.ran.exit_code == 0);
    CHECK(said(t.ran, "220 links")); // corners are 15.7 km apart: 2 (30 + 30 edges + 50 diagonals)
    CHECK(said(t.ran, "1 connected parts"));
    CHECK(t["n_nbrs"][0] == 4);
    CHECK(t["n_nbrs"][8] == 9); // its neighbours to the east lie beyond the antimeridian
    const Ran on_a_plane = hotspots({file, "-", "--value", "v"});
    CHECK(on_a_plane.exit_code == 3);
    CHECK(said(on_a_plane, "too wide to measure on one plane"));
}
