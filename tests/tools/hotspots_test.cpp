#include "tests/tools/hotspots_runs.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <sstream>

using namespace vigil;
using test::calm;
using test::csv_columns;
using test::hotspots;
using test::numbers;
using test::one_line;
using test::read_file;
using test::TemporaryFolder;
using test::testdata;

namespace {

const std::string mesa = testdata("mesa/mesa_crimes.csv");

std::size_t above(const std::vector<double>& values, double limit)
{
    return static_cast<std::size_t>(
        std::count_if(values.begin(), values.end(), [=](double v) { return v > limit; }));
}

/// The same rows in another order.
std::string shuffled(const std::string& csv)
{
    std::istringstream in(csv);
    std::string header;
    std::getline(in, header);
    std::vector<std::string> rows;
    for (std::string row; std::getline(in, row);) {
        rows.push_back(row);
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        std::swap(rows[i], rows[(i * 7919 + 13) % rows.size()]);
    }
    std::string text = header + "\n";
    for (const std::string& row : rows) {
        text += row + "\n";
    }
    return text;
}

/// Incidents on whole steps of a hundredth of a degree, with weights.
std::string weighted_incidents()
{
    std::string text = "lon,lat,weight\n";
    for (int i = 0; i < 400; ++i) {
        const int col = (i * 37) % 19;
        const int row = (i * i + 5 * i) % 17;
        text += std::to_string(10 + 0.01 * col) + "," + std::to_string(50 + 0.01 * row) + "," +
                std::to_string(0.1 * ((i * 13) % 29)) + "\n";
    }
    return text;
}

} // namespace

TEST_CASE("Mesa in cells of 100 m has the numbers of an independent program", "[hotspots]")
{
    // numpy, see testdata/README.md: 18 x 18 cells, queen neighbours and self, binary
    const TemporaryFolder folder;
    const auto ran = hotspots({mesa, folder / "h.csv", "--cell", "100", "--crs", "EPSG:26912"});
    REQUIRE(ran.exit_code == 0);
    CHECK(calm(ran));
    CHECK(ran.out.empty());
    auto table = csv_columns(folder / "h.csv");
    const auto n = numbers(table["n"]);
    const auto z = numbers(table["gi_z"]);
    REQUIRE(n.size() == 324);
    double sum = 0;
    for (const double count : n) {
        sum += count;
    }
    CHECK(sum == 287);
    CHECK(*std::max_element(n.begin(), n.end()) == 38);
    const double most = *std::max_element(z.begin(), z.end());
    CHECK(most == Approx(4.657).margin(5e-4));
    CHECK(above(z, 1.96) == 12);
    CHECK(above(z, 2.58) == 10);
    CHECK(above(z, 3.29) == 9);
    for (std::size_t i = 0; i < z.size(); ++i) { // two neighbourhoods share the largest sum
        const bool corner = table["wkt"][i].starts_with("POLYGON ((422000 3697800,");
        const bool other = table["wkt"][i].starts_with("POLYGON ((422100 3698000,");
        CHECK((z[i] == most) == (corner || other));
    }
    const auto nbrs = numbers(table["n_nbrs"]);
    CHECK(nbrs.front() == 4);
    CHECK(nbrs[20] == 9);
    CHECK(table["cell_id"].front() == "0");
}

TEST_CASE("the same incidents give the same bytes for any threads, order of rows, or pipe", "[hotspots]")
{
    const TemporaryFolder folder;
    const std::string csv = weighted_incidents();
    const std::string file = folder.file("a.csv", csv);
    const std::string other = folder.file("b.csv", shuffled(csv));
    const std::vector<std::vector<std::string>> ways = {
        {"--cell", "1500"},
        {"--cell", "1500", "--weights", "band", "--band", "4000", "--statistic", "gi"},
        {"--grid", "hexagon", "--cell", "1500"},
        {"--grid", "hexagon-pointy", "--cell", "900", "--weights", "knn"},
        {"--grid", "points", "--weights", "knn", "--k", "5"},
        {"--grid", "points"},
    };
    for (std::size_t w = 0; w < ways.size(); ++w) {
        CAPTURE(w);
        const auto run = [&](const std::string& in, const std::string& threads, const std::string& input) {
            std::vector<std::string> words = {in, "-", "--no-provenance", "--threads", threads, "-q"};
            words.insert(words.end(), ways[w].begin(), ways[w].end());
            const auto ran = hotspots(words, input);
            CHECK(ran.exit_code == 0);
            CHECK(ran.err.empty());
            return ran.out;
        };
        const std::string bytes = run(file, "1", {});
        CHECK(bytes.find("gi_bin") != std::string::npos);
        for (const char* threads : {"2", "3", "8"}) {
            CHECK((run(file, threads, {}) == bytes));
        }
        CHECK((run(other, "2", {}) == bytes));
        CHECK((run("-", "2", csv) == bytes));
    }
}

TEST_CASE("every format holds the same features, and two runs the same bytes", "[hotspots]")
{
    for (const char* ext : {"gpkg", "shp", "geojson", "geojsonl", "fgb", "csv"}) {
        CAPTURE(ext);
        const TemporaryFolder folder; // companions have the same stem
        const std::string one = folder / (std::string("one.") + ext);
        const auto write = [&](std::vector<std::string> more) {
            more.insert(more.begin(), {mesa, one, "--cell", "200", "--no-provenance"});
            return hotspots(more);
        };
        const auto first = write({});
        CHECK(first.exit_code == 0);
        CHECK(calm(first));
        const std::string bytes = read_file(one);
        CHECK(!bytes.empty());
        CHECK(write({}).exit_code == 4); // it is there already
        CHECK((read_file(one) == bytes));
        CHECK(write({"--overwrite", "--threads", "3"}).exit_code == 0);
        CHECK((read_file(one) == bytes));
    }
}

TEST_CASE("polygons are examined by a field", "[hotspots]")
{
    const TemporaryFolder folder;
    const auto ran = hotspots({testdata("reference/sids2.gpkg"), folder / "c.csv", "--value", "SIDR74"});
    REQUIRE(ran.exit_code == 0);
    auto table = csv_columns(folder / "c.csv");
    const auto z = numbers(table["gi_z"]);
    CHECK(z.size() == 100);
    CHECK(static_cast<double>(above(z, 1.96)) ==
          test::expected_value("sids2", "count Gi* > 1.96", "SIDR74 queen+self binary"));
    CHECK(*std::max_element(z.begin(), z.end()) ==
          Approx(test::expected_value("sids2", "Gi* z", "SIDR74 queen+self binary, Northampton"))
              .epsilon(1e-7));
    for (const char* weights : {"rook", "knn", "band"}) {
        const auto other =
            hotspots({testdata("reference/sids2.gpkg"), "-", "--value", "SIDR74", "--weights", weights});
        CHECK(other.exit_code == 0);
        CHECK(calm(other));
    }
    const auto text = hotspots({testdata("reference/sids2.gpkg"), "-", "--value", "NAME"});
    CHECK(text.exit_code == 3);
    CHECK(text.err.find("NAME holds text") != std::string::npos);
    const auto missing = hotspots({testdata("reference/sids2.gpkg"), "-", "--value", "RATE"});
    CHECK(missing.exit_code == 3);
    CHECK(missing.err.find("SIDR74") != std::string::npos);
}

TEST_CASE("a wider extent adds empty cells, a mask takes cells away", "[hotspots]")
{
    const TemporaryFolder folder;
    const auto cells = [&](std::vector<std::string> words) {
        words.insert(words.begin(),
                     {mesa, folder / "h.csv", "--cell", "100", "--crs", "EPSG:26912", "--overwrite"});
        const auto ran = hotspots(words);
        CHECK(ran.exit_code == 0);
        return csv_columns(folder / "h.csv")["n"].size();
    };
    CHECK(cells({"--extent", "421800,3696700,423600,3698500"}) == 324);
    CHECK(cells({"--extent", "421750,3696700,423600,3698500"}) == 342); // widened to whole cells
    const std::string mask =
        folder.file("mask.geojson",
                    R"({"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":
        {"type":"Polygon","coordinates":[[[-111.84,33.41],[-111.83,33.41],[-111.83,33.42],[-111.84,33.42],[-111.84,33.41]]]}}]})");
    const std::size_t inside = cells({"--mask", mask});
    CHECK(inside > 90); // about 930 m x 1110 m
    CHECK(inside < 115);
    CHECK(hotspots({mesa, "-", "--extent", "0,0,10,10", "--cell", "1"}).exit_code == 3);
}

TEST_CASE("input that cannot be used ends with one line and exit code 3", "[hotspots]")
{
    const TemporaryFolder folder;
    const std::string head = "lon,lat\n";
    for (const auto& [text, said] : std::vector<std::pair<std::string, std::string>>{
             {"", ""},
             {head, ""},
             {head + "nan,nan\ninf,33\n", ""},
             {head + "200,95\n", ""},
             {head + "-111,33\n", "--cell"},
             {head + "-111,33\n-111,33\n-111,33\n", "--cell"},
             {"x,y\n421000,3697000\n422000,3698000\n", "CRS"},
             {"name,colour\na,b\n", ""},
         }) {
        CAPTURE(text);
        const auto ran = hotspots({folder.file("in.csv", text), folder / "out.gpkg"});
        CHECK(ran.exit_code == 3);
        CHECK(ran.err.find(said) != std::string::npos);
        CHECK(ran.out.empty());
        CHECK(folder.names() == std::vector<std::string>{"in.csv"});
    }
    const auto missing = hotspots({folder / "nowhere.csv", folder / "out.gpkg"});
    CHECK(missing.exit_code == 3);
    CHECK(one_line(missing.err));
    CHECK(hotspots({"/vsicurl/http://localhost/a.csv", folder / "out.gpkg"}).exit_code == 3);
    CHECK(folder.names() == std::vector<std::string>{"in.csv"});
}

TEST_CASE("one place with a cell size is one cell in which nothing stands out", "[hotspots]")
{
    const TemporaryFolder folder;
    for (const char* rows : {"-111,33\n", "-111,33\n-111,33\n"}) {
        for (const char* grid : {"fishnet", "hexagon", "hexagon-pointy"}) {
            const auto ran = hotspots({folder.file("in.csv", std::string("lon,lat\n") + rows),
                                       folder / "h.csv", "--cell", "500", "--grid", grid, "--overwrite"});
            CHECK(ran.exit_code == 0);
            auto table = csv_columns(folder / "h.csv");
            const auto p = numbers(table["gi_p"]);
            const auto bin = numbers(table["gi_bin"]);
            REQUIRE(!p.empty());
            CHECK(std::all_of(bin.begin(), bin.end(), [](double b) { return b == 0; }));
            CHECK(std::none_of(p.begin(), p.end(), [](double v) { return std::isnan(v); }));
        }
    }
    const auto alone = hotspots({folder / "in.csv", "-", "--grid", "points"});
    CHECK(alone.exit_code == 3);
    CHECK(one_line(alone.err));
}

TEST_CASE("a grid that is too large is refused at once with exit code 5", "[hotspots]")
{
    const TemporaryFolder folder;
    for (const char* grid : {"fishnet", "hexagon"}) {
        for (const char* cell : {"0.0017", "1e-9", "1e-300"}) {
            const auto ran = hotspots({mesa, folder / "out.gpkg", "--cell", cell, "--grid", grid});
            CHECK(ran.exit_code == 5);
            CHECK(one_line(ran.err));
            CHECK(ran.err.find("--cell") != std::string::npos);
        }
    }
    CHECK(hotspots({mesa, folder / "out.gpkg", "--cell", "5", "--max-memory", "1M"}).exit_code == 5);
    const auto many =
        hotspots({mesa, folder / "out.gpkg", "--cell", "5", "--weights", "knn", "--k", "90000"});
    CHECK(many.exit_code == 5);
    CHECK(many.err.find("--k") != std::string::npos);
    CHECK(folder.names().empty());
}

TEST_CASE("options that contradict one another are refused with exit code 2", "[hotspots]")
{
    const TemporaryFolder folder;
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"--cell", "0"},
             {"--cell", "-5"},
             {"--band", "50", "--weights", "queen"},
             {"--k", "5", "--weights", "band"},
             {"--band", "50", "--k", "5"},
             {"--grid", "points", "--weights", "rook"},
             {"--grid", "points", "--cell", "10"},
             {"--extent", "1,2,3"},
             {"--extent", "5,5,1,1"},
             {"--value", "n", "--cell", "10"},
             {"--grid", "triangles"},
         }) {
        CAPTURE(words);
        std::vector<std::string> all = {mesa, folder / "out.gpkg"};
        all.insert(all.end(), words.begin(), words.end());
        const auto ran = hotspots(all);
        CHECK(ran.exit_code == 2);
        CHECK(one_line(ran.err));
    }
    CHECK(folder.names().empty());
    const auto many = hotspots({mesa, "-", "--grid", "points", "--k", "500"});
    CHECK(many.exit_code == 3);
    CHECK(many.err.find("194") != std::string::npos);
}

TEST_CASE("an output that cannot be written ends with exit code 4 and no litter", "[hotspots]")
{
    const TemporaryFolder folder;
    CHECK(hotspots({mesa, "/dev/full", "--format", "geojsonl", "--cell", "100"}).exit_code == 4);
    CHECK(hotspots({mesa, folder / "no/such/out.gpkg", "--cell", "100"}).exit_code == 4);
    CHECK(hotspots({mesa, folder / "out.xyz", "--cell", "100"}).exit_code != 0);
    const auto limited =
        test::shell("ulimit -f 8; $VIGIL hotspots '" + mesa + "' '" + (folder / "out.gpkg") + "' --cell 20");
    CHECK(limited.exit_code == 4);
    CHECK(folder.names().empty());
    const auto closed = test::shell("set -o pipefail; $VIGIL hotspots '" + mesa +
                                    "' - --cell 10 | head -c 100 > /dev/null; exit ${PIPESTATUS[0]}");
    CHECK(closed.exit_code == 141);
    CHECK(calm(closed));
}

TEST_CASE("Ctrl-C in the middle leaves the older output and no litter", "[hotspots]")
{
    const TemporaryFolder folder;
    const std::string out = folder.file("out.gpkg", "older");
    const auto ran = test::shell("timeout --preserve-status -s INT 0.4 $VIGIL hotspots '" + mesa + "' '" +
                                 out + "' --cell 2 --overwrite");
    CHECK((ran.exit_code == 130 || ran.exit_code == 0)); // 0: it was quicker
    CHECK(folder.names() == std::vector<std::string>{"out.gpkg"});
    CHECK((ran.exit_code == 0 || read_file(out) == "older"));
}

TEST_CASE("verbose runs say what was chosen, and outputs remember how they were made", "[hotspots]")
{
    const TemporaryFolder folder;
    const auto ran = hotspots({mesa, folder / "h.geojson", "-v"});
    CHECK(ran.exit_code == 0);
    for (const char* word : {"cell size 100 m", "18 x 18", "324 features", "queen", "99 %"}) {
        CAPTURE(word);
        CHECK(ran.err.find(word) != std::string::npos);
    }
    const std::string text = read_file(folder / "h.geojson");
    CHECK(text.find("mesa_crimes.csv") != std::string::npos);
    CHECK(text.find("cell_m") != std::string::npos);
    CHECK(text.find(testdata("mesa")) == std::string::npos); // no folders
}
