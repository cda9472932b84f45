// What `vigil density` makes of one group besides a plain surface.

#include "tests/tools/density_runs.h"

#include "libgeo/io/features_io.h"
#include "libgeo/io/raster_io.h"
#include "libgeo/style.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace {

using Catch::Matchers::Contains;
using namespace vigil::test;
using vigil::io::read_raster;
using vigil::io::read_raster_bands;

} // namespace

TEST_CASE("a geodesic surface crosses the antimeridian in one piece", "[density]")
{
    const TemporaryFolder folder;
    const std::string file = folder.file("a.csv", "lon,lat\n179.9,10\n-179.9,10\n179.95,10.1\n");
    const auto ran = density_of_degrees({file, folder / "d.tif", "--geodesic", "--bandwidth", "50000", "-v"});
    INFO(ran.err);
    REQUIRE(ran.exit_code == 0);
    const auto loaded = read_raster(folder / "d.tif");
    CHECK(loaded.crs.geographic);
    CHECK(loaded.raster.grid.left_x > 170);
    CHECK(loaded.raster.grid.cols < 100);
    CHECK_THAT(ran.err, Contains("holds 3") || Contains("holds 2.99"));
    // the same incidents on a plane are too wide for one
    CHECK(density_of_degrees({file, folder / "p.tif", "--bandwidth", "50000"}).exit_code != 0);
}

TEST_CASE("regions of 50, 75 and 95 % lie within each other and hold what they say", "[density]")
{
    const TemporaryFolder folder;
    const auto ran = density_of_degrees({testdata("mesa/mesa_crimes.csv"), folder / "d.tif", "--bandwidth",
                                         "200", "--cell", "10", "--contours", folder / "c.gpkg"});
    REQUIRE(ran.exit_code == 0);
    const auto layer = vigil::io::read_features(folder / "c.gpkg");
    const auto percent = vigil::numbers_of(*layer.table.find("percent"));
    const auto level = vigil::numbers_of(*layer.table.find("level"));
    const auto area = vigil::numbers_of(*layer.table.find("area_km2"));
    CHECK(percent == std::vector<double>{95, 75, 50});
    CHECK(area[0] > area[1]);
    CHECK(area[1] > area[2]);
    const auto raster = read_raster(folder / "d.tif").raster;
    for (std::size_t k = 0; k < 3; ++k) {
        double held = 0;
        for (const double value : raster.values) {
            held += value >= level[k] * (1 - 1e-6) ? value * 1e-4 : 0;
        }
        CHECK(held / 287 * 100 == Approx(percent[k]).margin(0.5));
    }
    REQUIRE(density_of_degrees({testdata("mesa/mesa_crimes.csv"), folder / "v.tif", "--bandwidth", "200",
                                "--cell", "10", "--unit", "percent-volume"})
                .exit_code == 0);
    const auto volume = read_raster(folder / "v.tif");
    CHECK(volume.description.unit == "% of incidents");
    CHECK(highest(volume.raster) == 100);
}

TEST_CASE("a surface can be scaled as other programs do, which says how they differ", "[density]")
{
    // one incident at a cell's centre; quartic of 100 m
    const TemporaryFolder folder;
    const std::string file = folder.file("o.csv", "x,y\n1005,1005\n");
    const auto peak = [&](const std::string& match, const std::string& kernel) {
        const auto ran = density({file, folder / "d.tif", "--bandwidth", "100", "--cell", "10", "--match",
                                  match, "--kernel", kernel, "--overwrite"});
        REQUIRE(ran.exit_code == 0);
        CHECK_THAT(ran.err, Contains("--match"));
        const auto raster = read_raster(folder / "d.tif").raster;
        CHECK(std::isnan(raster.at(0, 0)) == (kernel == "quartic")); // no data where nothing is in reach
        return highest(raster);
    };
    CHECK(peak("qgis", "quartic") == Approx(1));
    CHECK(peak("arcgis", "quartic") == Approx(3 / (pi * 0.01)));
    CHECK(peak("saga", "quartic") == Approx(3 / (pi * 0.01) * 1e-4)); // times 100 m2, in km2
    CHECK(peak("saga", "gaussian") == Approx(1));
}

TEST_CASE("a snap raster gives cells and extent", "[density]")
{
    const TemporaryFolder folder;
    const std::string file = folder.file("g.csv", two_groups());
    REQUIRE(density({file, folder / "a.tif", "--bandwidth", "300", "--cell", "33", "--extent",
                     "1003,1007,4501,2999"})
                .exit_code == 0);
    REQUIRE(density({file, folder / "b.tif", "--bandwidth", "200", "--snap-raster", folder / "a.tif"})
                .exit_code == 0);
    CHECK(read_raster(folder / "a.tif").raster.grid == read_raster(folder / "b.tif").raster.grid);
    const auto other = density_of_degrees(
        {burkitt, folder / "c.tif", "--bandwidth", "20000", "--snap-raster", folder / "a.tif"});
    CHECK(other.exit_code == 3);
    CHECK_THAT(other.err, Contains("--crs"));
}

TEST_CASE("strips give the same bytes as a raster in one piece", "[density]")
{
    const TemporaryFolder folder;
    const std::string file = folder.file("g.csv", two_groups());
    for (const std::string kernel : {"quartic", "gaussian", "cosine"}) {
        const auto made = [&](const std::string& name, bool tiles) {
            std::vector<std::string> words{
                file, folder / name, "--bandwidth", "100",         "--cell",         "2",
                "-q", "--kernel",    kernel,        "--overwrite", "--no-provenance"};
            if (tiles) {
                words.insert(words.end(), {"--tiles", "--max-memory", "200M"});
            }
            const auto ran = density(words);
            INFO(ran.err);
            REQUIRE(ran.exit_code == 0);
            return vigil::test::read_file(folder / name);
        };
        const bool same = made("a.tif", false) == made("b.tif", true);
        INFO(kernel);
        CHECK(same);
    }
    const auto vast = density({file, folder / "v.tif", "--bandwidth", "100", "--cell", "0.0003", "--tiles"});
    CHECK(vast.exit_code == 5);
    CHECK(one_line(vast.err));
}

TEST_CASE("edge correction makes up for what lies beyond the window", "[density]")
{
    // an incident on the western border of the window: half of its kernel lies outside
    const TemporaryFolder folder;
    const std::string file = folder.file("e.csv", "x,y\n1000,2000\n");
    const auto made = [&](const std::string& edge) {
        REQUIRE(density({file, folder / (edge + ".tif"), "--bandwidth", "200", "--cell", "10", "--extent",
                         "1000,1000,3000,3000", "--edge", edge})
                    .exit_code == 0);
        return read_raster(folder / (edge + ".tif")).raster;
    };
    const auto none = made("none");
    const auto uniform = made("uniform");
    const auto jones = made("jones-diggle");
    CHECK(integral(none) / 1e6 == Approx(0.5).epsilon(1e-3));
    CHECK(integral(jones) / 1e6 == Approx(1).epsilon(1e-3));
    // in the first column, 5 m inside, e = 1/2 + share of the kernel within 5 m of the line
    const std::int64_t row = 99; // y = 2005
    CHECK(uniform.at(row, 0) / none.at(row, 0) == Approx(1 / (0.5 + 5 * 16 / (5 * pi * 200))).epsilon(2e-3));
    CHECK(uniform.at(row, 30) == none.at(row, 30)); // beyond reach of the border
    const auto without = density({file, folder / "x.tif", "--bandwidth", "200", "--edge", "uniform"});
    CHECK(without.exit_code == 2);
    CHECK_THAT(without.err, Contains("--mask or --extent"));
}

TEST_CASE("weights that are all 0 are no density", "[density]")
{
    const TemporaryFolder folder;
    const auto ran = density({folder.file("z.csv", "x,y,weight\n1000,1000,0\n1100,1000,0\n"),
                              folder / "d.tif", "--bandwidth", "100"});
    CHECK(ran.exit_code == 3);
    CHECK_THAT(ran.err, Contains("all weights are 0"));
    CHECK_FALSE(std::filesystem::exists(folder / "d.tif"));
}

TEST_CASE("a probability does not depend on the order of the rows", "[density]")
{
    // weights whose sum is another in the last digit when they are added the other way
    const TemporaryFolder folder;
    const std::string heading = "x,y,weight\n";
    std::string forwards, backwards;
    for (int i = 0; i < 300; ++i) {
        const std::string row =
            fmt::format("{},{},{}\n", 1000 + 37 * i % 500, 1000 + 53 * i % 400, 0.1 + 1e-3 * (i * i % 97));
        forwards += row;
        backwards.insert(0, row);
    }
    const auto made = [&](const std::string& name, const std::string& rows) {
        REQUIRE(density({folder.file(name + ".csv", heading + rows), folder / (name + ".tif"), "--bandwidth",
                         "100", "--cell", "10", "--unit", "probability", "--no-provenance", "-v"})
                    .exit_code == 0);
        return vigil::test::read_file(folder / (name + ".tif"));
    };
    const bool same = made("a", forwards) == made("b", backwards);
    CHECK(same);
}

TEST_CASE("a wall keeps a density on its side", "[density]")
{
    const TemporaryFolder folder;
    const std::string file = folder.file("e.csv", "x,y\n1955,2005\n");
    // a wall of 2 km, 45 m east of the incident: the way around is longer than the kernel reaches
    const std::string wall =
        folder.file("wall.geojson",
                    R"({"type":"FeatureCollection","crs":{"type":"name","properties":{"name":)"
                    R"("urn:ogc:def:crs:EPSG::32631"}},"features":[{"type":"Feature","properties":{"a":1},)"
                    R"("geometry":{"type":"LineString","coordinates":[[2000,1000],[2000,3000]]}}]})");
    const std::vector<std::string> base{file,       "--bandwidth",        "200", "--cell", "10",
                                        "--extent", "1500,1500,2500,2500"};
    const auto made = [&](const std::string& name, const std::vector<std::string>& more) {
        std::vector<std::string> words = base;
        words.insert(words.begin() + 1, folder / name);
        words.insert(words.end(), more.begin(), more.end());
        const auto ran = density(words);
        INFO(ran.err);
        REQUIRE(ran.exit_code == 0);
        return read_raster(folder / name).raster;
    };
    const auto open = made("open.tif", {});
    const auto walled = made("walled.tif", {"--barriers", wall});
    for (std::int64_t row = 0; row < open.grid.rows; ++row) {
        for (std::int64_t col = 0; col < open.grid.cols; ++col) {
            const double expected = open.grid.centre_x(col) < 2000 ? open.at(row, col) : 0;
            CHECK(walled.at(row, col) == Approx(expected).margin(1e-6));
        }
    }
}

TEST_CASE("adaptive kernels are narrow where incidents are dense, and each bandwidth can be had", "[density]")
{
    const TemporaryFolder folder;
    const auto ran =
        density_of_degrees({testdata("mesa/mesa_crimes.csv"), folder / "d.tif", "--adaptive", "--bandwidth",
                            "200", "--cell", "20", "--point-bandwidths", folder / "h.csv", "-v"});
    INFO(ran.err);
    REQUIRE(ran.exit_code == 0);
    CHECK_THAT(ran.err, Contains("adaptive bandwidths from"));
    CHECK(integral(read_raster(folder / "d.tif").raster) / 1e6 == Approx(287).epsilon(1e-3));
    const std::string csv = vigil::test::read_file(folder / "h.csv");
    double logs = 0;
    int n = 0;
    for (std::size_t at = csv.find('\n') + 1; at < csv.size(); at = csv.find('\n', at) + 1) {
        logs += std::log(std::stod(csv.substr(csv.rfind(',', csv.find('\n', at)) + 1)));
        ++n;
    }
    CHECK(n == 287);
    CHECK(std::exp(logs / n) == Approx(200).epsilon(1e-6)); // their geometric mean, none being trimmed
    CHECK(csv.find("-111") == std::string::npos);           // no place
}

TEST_CASE("the standard error has a band of its own", "[density]")
{
    const TemporaryFolder folder;
    const std::string file = folder.file("o.csv", "x,y\n1005,1005\n");
    REQUIRE(density({file, folder / "d.tif", "--bandwidth", "100", "--cell", "10", "--error", "poisson"})
                .exit_code == 0);
    // one incident: the standard error of w K is w K
    const auto surface = read_raster(folder / "d.tif", false, UINT64_MAX, "1").raster;
    const auto error = read_raster(folder / "d.tif", false, UINT64_MAX, "density standard error").raster;
    for (std::size_t i = 0; i < surface.values.size(); ++i) {
        CHECK(error.values[i] == Approx(surface.values[i]).epsilon(1e-6));
    }
}

TEST_CASE("a rule with a criterion writes its curve and a picture", "[density]")
{
    const TemporaryFolder folder;
    const auto ran =
        density_of_degrees({testdata("mesa/mesa_crimes.csv"), folder / "d.tif", "--rule", "likelihood-cv",
                            "--cell", "25", "--bandwidth-curve", folder / "curve.csv"});
    REQUIRE(ran.exit_code == 0);
    CHECK_THAT(ran.err, Contains("likelihood-cv rule") && Contains("sigma"));
    const std::string curve = vigil::test::read_file(folder / "curve.csv");
    CHECK(std::count(curve.begin(), curve.end(), '\n') == 42); // header, 40 values, the chosen one
    CHECK_THAT(vigil::test::read_file(folder / "curve.svg"), Contains("<svg") && Contains("likelihood-cv"));
    const auto formula = density_of_degrees(
        {testdata("mesa/mesa_crimes.csv"), folder / "e.tif", "--bandwidth-curve", folder / "other.csv"});
    CHECK(formula.exit_code == 2);
    CHECK_FALSE(std::filesystem::exists(folder / "other.csv"));
}
