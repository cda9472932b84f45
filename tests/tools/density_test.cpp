#include "libgeo/io/crs.h"
#include "libgeo/io/raster_io.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

namespace {

using Catch::Matchers::Contains;
using vigil::io::read_raster;
using vigil::test::one_line;
using vigil::test::Ran;
using vigil::test::shell;
using vigil::test::TemporaryFolder;
using vigil::test::testdata;

const std::string mesa = testdata("mesa/mesa_crimes.csv");

Ran density(std::vector<std::string> words)
{
    words.insert(words.begin(), "density");
    return vigil::test::vigil(words);
}

/// Largest value and where its cell's centre lies.
struct Peak {
    double value = 0;
    vigil::XY at;
};

Peak peak_of(const vigil::io::LoadedRaster& loaded)
{
    Peak peak;
    const vigil::Grid& grid = loaded.raster.grid;
    for (std::int64_t row = 0; row < grid.rows; ++row) {
        for (std::int64_t col = 0; col < grid.cols; ++col) {
            if (loaded.raster.at(row, col) > peak.value) {
                peak = {loaded.raster.at(row, col), {grid.centre_x(col), grid.centre_y(row)}};
            }
        }
    }
    return peak;
}

double distance_to(const vigil::io::LoadedRaster& loaded, vigil::XY place, double lon, double lat)
{
    vigil::XY target[] = {{lon, lat}};
    vigil::io::transform(target, vigil::io::wgs84(), loaded.crs);
    return vigil::distance_m(place, target[0]);
}

double integral_of(const vigil::io::LoadedRaster& loaded)
{
    double sum = 0;
    for (const double value : loaded.raster.values) {
        sum += std::isnan(value) ? 0 : value;
    }
    return sum;
}

const std::string three = "x,y\n1000,1000\n1010,1000\n1400,1300\n";

} // namespace

TEST_CASE("the densest place of Mesa holds 307 crimes a square kilometre", "[density]")
{
    // testdata/README.md: 307 crimes/km2 at -111.83691, 33.41824, Gaussian of 150 m on cells of 25 m,
    // computed with NumPy on its own
    const TemporaryFolder folder;
    const auto ran = density({mesa, folder / "d.tif", "--kernel", "gaussian", "--bandwidth", "150", "--cell",
                              "25", "--crs", "EPSG:26912"});
    REQUIRE(ran.exit_code == 0);
    CHECK(ran.err.empty());
    CHECK(ran.out.empty());
    const auto loaded = read_raster(folder / "d.tif");
    const Peak peak = peak_of(loaded);
    CHECK(peak.value == Approx(307).margin(0.5));
    CHECK(distance_to(loaded, peak.at, -111.83691, 33.41824) <= 25);
    CHECK(integral_of(loaded) * 25 * 25 / 1e6 == Approx(287).epsilon(1e-4));
    CHECK(loaded.description.unit == "incidents per km2");
    CHECK(folder.names() == std::vector<std::string>{"d.qml", "d.tif"});
}

TEST_CASE("the deaths of Soho point to the Broad Street pump", "[density]")
{
    const TemporaryFolder folder;
    const auto ran = density({testdata("soho/soho1854_deaths.csv"), folder / "d.tif", "--weight", "deaths",
                              "--kernel", "gaussian", "--bandwidth", "40", "--cell", "2"});
    REQUIRE(ran.exit_code == 0);
    const auto loaded = read_raster(folder / "d.tif");
    CHECK(distance_to(loaded, peak_of(loaded).at, -0.136749, 51.513338) <= 10); // pump 9
    CHECK(integral_of(loaded) * 2 * 2 / 1e6 == Approx(392).epsilon(1e-3));
}

TEST_CASE("a hand-computed surface comes out of the command", "[density]")
{
    // one incident at 1000,1000, quartic of 100 m: 3 / (pi 0.1^2) = 95.493 per km2 at its place, and
    // 95.493 * 0.9375^2 = 83.929 at 25 m; cells of 50 m have no centre nearer than (25, 25): u^2 = 0.125
    const TemporaryFolder folder;
    const std::string one = folder.file("one.csv", "x,y\n1000,1000\n");
    REQUIRE(
        density({one, folder / "d.tif", "--input-crs", "EPSG:26912", "--bandwidth", "100", "--cell", "50"})
            .exit_code == 0);
    const auto loaded = read_raster(folder / "d.tif");
    CHECK(loaded.raster.grid ==
          vigil::Grid{.left_x = 900, .top_y = 1100, .cell_m = 50, .rows = 4, .cols = 4});
    CHECK(loaded.raster.at(1, 1) == Approx(95.492966 * 0.875 * 0.875).epsilon(1e-6));
    CHECK(loaded.raster.at(0, 0) == 0); // (75, 75): 106 m away
}

TEST_CASE("units are per square kilometre, per cell, or a probability", "[density]")
{
    const TemporaryFolder folder;
    const std::string file = folder.file("three.csv", three);
    const auto sum_with = [&](const std::string& unit) {
        REQUIRE(density({file, folder / (unit + ".tif"), "--input-crs", "EPSG:26912", "--bandwidth", "100",
                         "--cell", "5", "--unit", unit})
                    .exit_code == 0);
        return integral_of(read_raster(folder / (unit + ".tif")));
    };
    CHECK(sum_with("km2") * 25 / 1e6 == Approx(3).epsilon(1e-3));
    CHECK(sum_with("cell") == Approx(3).epsilon(1e-3));
    CHECK(sum_with("probability") * 25 / 1e6 == Approx(1).epsilon(1e-3));
    CHECK(read_raster(folder / "probability.tif").description.unit == "probability per km2");
    CHECK(read_raster(folder / "cell.tif").description.unit == "incidents per cell");
}

TEST_CASE("a mask leaves NoData outside and zeros inside", "[density]")
{
    const TemporaryFolder folder;
    const std::string file = folder.file("three.csv", three);
    // about 111 m by 93 m a thousandth of a degree here; given in degrees, so it has to be transformed
    vigil::XY corners[] = {{900, 900}, {1200, 900}, {1200, 1450}, {900, 1450}};
    const auto utm = vigil::io::crs_from_user("EPSG:32631");
    const auto lonlat = vigil::io::to_lonlat(corners, utm);
    std::string ring;
    for (std::size_t i = 0; i <= 4; ++i) {
        ring +=
            fmt::format("{}[{:.9f},{:.9f}]", i == 0 ? "" : ",", lonlat[i % 4].lon_deg, lonlat[i % 4].lat_deg);
    }
    const std::string mask = folder.file(
        "mask.geojson", R"({"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},)"
                        R"("geometry":{"type":"Polygon","coordinates":[[)" +
                            ring + "]]}}]}");
    const auto ran = density({file, folder / "d.tif", "--input-crs", "EPSG:32631", "--bandwidth", "50",
                              "--cell", "10", "--mask", mask, "--extent", "800,800,1500,1500"});
    CHECK(ran.err == "");
    REQUIRE(ran.exit_code == 0);
    const auto loaded = read_raster(folder / "d.tif");
    const auto value_at = [&](double x, double y) {
        const vigil::Grid& grid = loaded.raster.grid;
        return loaded.raster.at(static_cast<std::int64_t>((grid.top_y - y) / 10),
                                static_cast<std::int64_t>((x - grid.left_x) / 10));
    };
    CHECK(std::isnan(value_at(850, 1000)));
    CHECK(std::isnan(value_at(1401, 1301))); // an incident, but outside
    CHECK(value_at(1001, 1001) > 0);
    CHECK(value_at(1150, 1400) == 0);
    std::size_t inside = 0;
    for (const double value : loaded.raster.values) {
        inside += static_cast<std::size_t>(!std::isnan(value));
    }
    CHECK(inside == 30 * 55);

    const auto lines = density({file, folder / "e.tif", "--input-crs", "EPSG:32631", "--bandwidth", "50",
                                "--mask", testdata("mesa/mesa_schools.csv")});
    CHECK(lines.exit_code == 3);
    CHECK(one_line(lines.err));
    const auto elsewhere = density({file, folder / "e.tif", "--input-crs", "EPSG:32631", "--bandwidth", "50",
                                    "--cell", "10", "--mask", mask, "--extent", "5000,5000,6000,6000"});
    CHECK(elsewhere.exit_code == 3);
    CHECK_THAT(elsewhere.err, Contains("mask.geojson"));
    CHECK_FALSE(std::filesystem::exists(folder / "e.tif"));
}

TEST_CASE("a bandwidth that was not given is chosen and told", "[density]")
{
    const TemporaryFolder folder;
    const auto ran = density({mesa, folder / "d.tif", "--cell", "50"});
    CHECK(ran.exit_code == 0);
    CHECK(one_line(ran.err));
    CHECK_THAT(ran.err, Contains("bandwidth 203.5") && Contains("arcgis rule (n = 287)"));
    CHECK(density({mesa, folder / "e.tif", "--cell", "50", "-q"}).err.empty());
    CHECK(density({mesa, folder / "f.tif", "--cell", "50", "--rule", "scott"}).exit_code == 0);
}

TEST_CASE("verbose tells the settings, the error bound and what the grid holds", "[density]")
{
    const TemporaryFolder folder;
    const auto ran = density({mesa, folder / "d.tif", "--cell", "50", "--bandwidth", "283", "-v"});
    CHECK(ran.exit_code == 0);
    CHECK_THAT(ran.err, Contains("sigma 100.05") && Contains("error at most") &&
                            Contains("of a total weight of 287") && Contains("EPSG:"));
}

TEST_CASE("a bandwidth of less than two cells is warned of with numbers", "[density]")
{
    const TemporaryFolder folder;
    const auto coarse = density({mesa, folder / "d.tif", "--cell", "50", "--bandwidth", "60"});
    CHECK(coarse.exit_code == 0);
    CHECK_THAT(coarse.err, Contains("bandwidth 60 m is 1.2 cells") && Contains("--cell 20"));
    const auto lost = density({mesa, folder / "e.tif", "--cell", "50", "--bandwidth", "20"});
    CHECK(lost.exit_code == 0);
    CHECK_THAT(lost.err, Contains("0.4 cells") && Contains("lost"));
}

TEST_CASE("the same incidents in another order, by pipe or on other threads give the same bytes", "[density]")
{
    const TemporaryFolder folder;
    const auto ran =
        shell("cd '" + folder.path() + "' && f='" + mesa + "' && o='--no-provenance -q' && " +
              "$VIGIL density $f a.tif $o && " + "(head -n1 $f; tail -n+2 $f | sort -r) > turned.csv && " +
              "$VIGIL density turned.csv b.tif $o --threads 1 && cmp a.tif b.tif && " +
              "$VIGIL density - - $o --threads 3 < $f > c.tif && cmp a.tif c.tif && " + "cmp a.qml b.qml");
    CHECK(ran.exit_code == 0);
    CHECK(ran.err.empty());
    CHECK(ran.out.empty());
}

TEST_CASE("incidents outside the extent count as far as they reach, and none at all is warned of",
          "[density]")
{
    const TemporaryFolder folder;
    const std::string file = folder.file("three.csv", three);
    const std::vector<std::string> base{file,  folder / "d.tif", "--input-crs", "EPSG:26912",  "--bandwidth",
                                        "100", "--cell",         "10",          "--overwrite", "--extent"};
    auto near = base;
    near.emplace_back("1050,950,1200,1100");
    CHECK(density(near).exit_code == 0);
    const auto loaded = read_raster(folder / "d.tif");
    CHECK(loaded.raster.grid.cols == 15);
    CHECK(peak_of(loaded).value > 0);
    auto far = base;
    far.emplace_back("5000,5000,5100,5100");
    const auto ran = density(far);
    CHECK(ran.exit_code == 0);
    CHECK_THAT(ran.err, Contains("all values are 0"));
}

TEST_CASE("density refuses unusable input with one line and exit code 3", "[density]")
{
    const TemporaryFolder folder;
    struct Case {
        std::string name, text, says;
    };
    const Case cases[] = {
        {"empty.csv", "", "empty.csv"},
        {"header.csv", "lon,lat\n", "header.csv"},
        {"nan.csv", "lon,lat\nnan,nan\ninf,1\n", "nan.csv"},
        {"nocrs.csv", "x,y\n421000,3699000\n421100,3699100\n", "--input-crs"},
        {"one.csv", "lon,lat\n-111.8,33.4\n", "--bandwidth"},
        {"equal.csv", "lon,lat\n-111.8,33.4\n-111.8,33.4\n-111.8,33.4\n", "--bandwidth"},
        {"columns.csv", "a,b\n1,2\n", "columns.csv"},
        {"zero.csv", "lon,lat,weight\n-111.8,33.4,0\n-111.9,33.5,0\n", ""},
        {"binary.csv", std::string("\x00\x01\x02\x03", 4), "binary.csv"},
    };
    for (const Case& one : cases) {
        const auto ran = density({folder.file(one.name, one.text), folder / "d.tif"});
        INFO(one.name << ": " << ran.err);
        CHECK(ran.exit_code == 3);
        CHECK_THAT(ran.err, Contains(one.says));
        CHECK(ran.err.find("-111.8") == std::string::npos);
        CHECK_FALSE(std::filesystem::exists(folder / "d.tif"));
    }
    const auto absent = density({folder / "absent.csv", folder / "d.tif"});
    CHECK(absent.exit_code == 3);
    CHECK(one_line(absent.err));
    CHECK_THAT(absent.err, Contains("absent.csv"));
}

TEST_CASE("one place is enough when a bandwidth is given", "[density]")
{
    const TemporaryFolder folder;
    const std::string equal = folder.file("equal.csv", "lon,lat\n-111.8,33.4\n-111.8,33.4\n-111.8,33.4\n");
    const auto ran = density({equal, folder / "d.tif", "--bandwidth", "100"});
    CHECK(ran.exit_code == 0);
    const auto loaded = read_raster(folder / "d.tif");
    CHECK(integral_of(loaded) * loaded.raster.grid.cell_m * loaded.raster.grid.cell_m / 1e6 ==
          Approx(3).epsilon(1e-3));
}

TEST_CASE("swapped columns are refused or warned of", "[density]")
{
    const TemporaryFolder folder;
    const std::string swapped =
        folder.file("s.csv", "lat,lon\n-111.82,33.40\n-111.83,33.41\n-111.84,33.42\n");
    const auto ran = density({swapped, folder / "d.tif"});
    CHECK(ran.exit_code == 3); // latitudes beyond 90
    CHECK_THAT(ran.err, Contains("latitude"));
}

TEST_CASE("NaN and infinite coordinates are skipped, counted and told", "[density]")
{
    const TemporaryFolder folder;
    const std::string mixed =
        folder.file("m.csv", "lon,lat\n-111.82,33.40\nnan,33.41\n-111.83,inf\n-111.84,33.42\n");
    const auto ran = density({mixed, folder / "d.tif", "--bandwidth", "500", "--cell", "100"});
    CHECK(ran.exit_code == 0);
    CHECK_THAT(ran.err, Contains("2 of 4"));
    CHECK(integral_of(read_raster(folder / "d.tif")) * 1e4 / 1e6 == Approx(2).epsilon(1e-2));
}

TEST_CASE("density refuses options that make no sense with exit code 2", "[density]")
{
    const TemporaryFolder folder;
    const std::vector<std::vector<std::string>> wrong{
        {"--cell", "0"},        {"--cell", "-5"},        {"--cell", "nan"},       {"--bandwidth", "0"},
        {"--bandwidth", "inf"}, {"--kernel", "cone"},    {"--rule", "guess"},     {"--unit", "m2"},
        {"--extent", "1,2,3"},  {"--extent", "1,2,1,5"}, {"--extent", "5,5,1,1"}, {"--extent", "a,b,c,d"},
        {"--tail", "0"},        {"--format", "geojson"},
    };
    for (const auto& words : wrong) {
        std::vector<std::string> all{mesa, folder / "d.tif"};
        all.insert(all.end(), words.begin(), words.end());
        const auto ran = density(all);
        INFO(words[0] << " " << words[1] << ": " << ran.err);
        CHECK(ran.exit_code == 2);
        CHECK_THAT(ran.err, Contains(words[0]));
    }
    const auto picture = density({mesa, folder / "d.png", "--bandwidth", "200"});
    CHECK(picture.exit_code == 2);
    CHECK_THAT(picture.err, Contains(".tif"));
    CHECK(folder.names().empty());
}

TEST_CASE("a grid of 10^12 cells is refused at once with a cell size that fits", "[density]")
{
    const TemporaryFolder folder;
    const auto ran = density({mesa, folder / "d.tif", "--bandwidth", "200", "--cell", "0.002"});
    CHECK(ran.exit_code == 5);
    CHECK(one_line(ran.err));
    const auto at = ran.err.find("--cell ");
    REQUIRE(at != std::string::npos);
    const std::string fitting = ran.err.substr(at + 7, ran.err.find(' ', at + 7) - at - 7);
    CHECK(std::stod(fitting) > 0.002);
    CHECK(std::stod(fitting) < 1);

    const auto small =
        density({mesa, folder / "d.tif", "--bandwidth", "200", "--cell", "1", "--max-memory", "170M"});
    CHECK(small.exit_code == 5);
    const auto tiny = density({mesa, folder / "d.tif", "--bandwidth", "200", "--cell", "1e-300"});
    CHECK(tiny.exit_code == 5);
    CHECK(folder.names().empty());
}

TEST_CASE("a cell size that the refusal names does fit", "[density]")
{
    const TemporaryFolder folder;
    const auto refused =
        density({mesa, folder / "d.tif", "--bandwidth", "200", "--cell", "1", "--max-memory", "170M"});
    const auto at = refused.err.find("--cell ");
    REQUIRE(at != std::string::npos);
    const std::string fitting = refused.err.substr(at + 7, refused.err.find(' ', at + 7) - at - 7);
    CHECK(density({mesa, folder / "d.tif", "--bandwidth", "200", "--cell", fitting, "--max-memory", "170M"})
              .exit_code == 0);
}
