// Bands, groups, comparisons and cubes of `vigil density`.

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

TEST_CASE("a column makes one band for each value, on one grid, in the order of their names", "[density]")
{
    const TemporaryFolder folder;
    const std::string file = folder.file("g.csv", two_groups());
    const auto ran =
        density({file, folder / "d.tif", "--by", "kind", "--bandwidth", "300", "--cell", "20", "-v"});
    INFO(ran.err);
    REQUIRE(ran.exit_code == 0);
    const auto bands = read_raster_bands(folder / "d.tif");
    REQUIRE(bands.size() == 2);
    CHECK(bands[0].name == "left");
    CHECK(bands[1].name == "right");
    CHECK(band_integral(folder / "d.tif", "left") / 1e6 == Approx(60).epsilon(1e-3));
    CHECK(band_integral(folder / "d.tif", "right") / 1e6 == Approx(60).epsilon(1e-3));
    const auto unknown = density({file, folder / "e.tif", "--by", "absent", "--bandwidth", "300"});
    CHECK(unknown.exit_code == 3);
    CHECK_THAT(unknown.err, Contains("absent"));
}

TEST_CASE("months share out an incident known only by an interval", "[density]")
{
    // 2024-01-22 to 2024-02-11 is 20 days, 10 of them in January; one more on 2024-02-20
    const TemporaryFolder folder;
    const std::string file = folder.file("m.csv", "x,y,start,end\n1000,1000,2024-01-22,2024-02-11\n"
                                                  "1400,1000,2024-02-20,2024-02-20\n");
    const auto ran = density({file, folder / "d.tif", "--by-month", "--time", "start", "--time-end", "end",
                              "--bandwidth", "200", "--cell", "5"});
    INFO(ran.err);
    REQUIRE(ran.exit_code == 0);
    const auto bands = read_raster_bands(folder / "d.tif");
    REQUIRE(bands.size() == 2);
    CHECK(bands[0].name == "2024-01");
    const double january = band_integral(folder / "d.tif", "2024-01") / 1e6;
    const double february = band_integral(folder / "d.tif", "2024-02") / 1e6;
    CHECK(january + february == Approx(2).epsilon(1e-3));
    CHECK(january == Approx(10.0 / 21).epsilon(1e-2)); // the end date is a whole day: 21 days, 10 in January

    REQUIRE(density({file, folder / "w.tif", "--since", "2024-02-15", "--time", "start", "--time-end", "end",
                     "--bandwidth", "200", "--cell", "5"})
                .exit_code == 0);
    CHECK(integral(read_raster(folder / "w.tif").raster) / 1e6 == Approx(1).epsilon(1e-3));
    const auto never =
        density({file, folder / "n.tif", "--since", "2030-01-01", "--time", "start", "--bandwidth", "200"});
    CHECK(never.exit_code == 3);
    CHECK(one_line(never.err));
    CHECK(density({file, folder / "n.tif", "--since", "soon", "--bandwidth", "200"}).exit_code == 2);
}

TEST_CASE("several bandwidths make one band each, equal to those made alone", "[density]")
{
    const TemporaryFolder folder;
    const std::string file = folder.file("g.csv", two_groups());
    const std::vector<std::string> place{"--cell", "20", "--extent", "1500,1500,4800,2800"};
    const auto with = [&](const std::string& bandwidth, const std::string& to) {
        std::vector<std::string> words{file, folder / to, "--bandwidth", bandwidth};
        words.insert(words.end(), place.begin(), place.end());
        REQUIRE(density(words).exit_code == 0);
    };
    with("150,300", "both.tif");
    with("150", "narrow.tif");
    with("300", "wide.tif");
    const auto narrow = read_raster(folder / "narrow.tif").raster.values;
    const auto wide = read_raster(folder / "wide.tif").raster.values;
    CHECK(read_raster(folder / "both.tif", false, UINT64_MAX, "1").raster.values == narrow);
    CHECK(read_raster(folder / "both.tif", false, UINT64_MAX, "2").raster.values == wide);
}

TEST_CASE("a radius column gives each incident its own kernel, uncertainty widens it", "[density]")
{
    // quartics of 100 m and 200 m, far apart: peaks 3 / (pi h^2) per m2
    const TemporaryFolder folder;
    const std::string file = folder.file("r.csv", "x,y,reach,uncert_m\n1005,1005,100,0\n3005,1005,200,\n");
    REQUIRE(density({file, folder / "d.tif", "--radius-column", "reach", "--cell", "10"}).exit_code == 0);
    const auto raster = read_raster(folder / "d.tif").raster;
    CHECK(highest(raster) == Approx(3 / (pi * 0.01)).epsilon(1e-6));
    CHECK(integral(raster) / 1e6 == Approx(2).epsilon(1e-3));

    // sigma^2 = h^2 / 8 + u^2 / 4 with h = 100, u = 100: 3750; h^2 = 30000
    const std::string vague = folder.file("u.csv", "x,y,uncertainty_m\n1005,1005,100\n");
    REQUIRE(density({vague, folder / "u.tif", "--bandwidth", "100", "--cell", "10"}).exit_code == 0);
    CHECK(highest(read_raster(folder / "u.tif").raster) == Approx(3 / (pi * 0.03)).epsilon(1e-6));
    REQUIRE(density({vague, folder / "i.tif", "--bandwidth", "100", "--cell", "10", "--ignore-uncertainty"})
                .exit_code == 0);
    CHECK(highest(read_raster(folder / "i.tif").raster) == Approx(3 / (pi * 0.01)).epsilon(1e-6));
}

TEST_CASE("negative weights lower a surface and are told", "[density]")
{
    const TemporaryFolder folder;
    const std::string file = folder.file("n.csv", "x,y,weight\n1005,1005,2\n3005,1005,-1\n");
    const auto ran = density({file, folder / "d.tif", "--bandwidth", "200", "--cell", "10"});
    REQUIRE(ran.exit_code == 0);
    CHECK_THAT(ran.err, Contains("1 of 2 incidents have a negative weight"));
    CHECK(integral(read_raster(folder / "d.tif").raster) / 1e6 == Approx(1).epsilon(1e-3));
    for (const std::string kernel : {"gaussian", "triangular"}) { // summed in other ways
        REQUIRE(density({file, folder / "k.tif", "--bandwidth", "100", "--cell", "10", "--kernel", kernel,
                         "--overwrite"})
                    .exit_code == 0);
        CHECK(integral(read_raster(folder / "k.tif").raster) / 1e6 == Approx(1).epsilon(3e-3));
    }
}

TEST_CASE("a planted difference between two groups is found, on the side where it is", "[density]")
{
    const TemporaryFolder folder;
    const std::string file = folder.file("g.csv", two_groups());
    const std::vector<std::string> base{file, "--by",          "kind", "--bandwidth", "400", "--cell",
                                        "50", "--simulations", "99",   "--seed",      "3"};
    const auto with = [&](std::vector<std::string> more) {
        std::vector<std::string> words = base;
        words.insert(words.begin() + 1, more[0]);
        words.insert(words.end(), more.begin() + 1, more.end());
        return density(words);
    };
    const auto compared =
        with({folder / "d.tif", "--difference", "left", "right", "--contours", folder / "t.gpkg"});
    INFO(compared.err);
    REQUIRE(compared.exit_code == 0);
    const auto difference = read_raster(folder / "d.tif", false, UINT64_MAX, "1").raster;
    const auto p = read_raster(folder / "d.tif", false, UINT64_MAX, "p").raster;
    const auto cell = [&](double x, double y) {
        return std::pair{static_cast<std::int64_t>((p.grid.top_y - y) / 50),
                         static_cast<std::int64_t>((x - p.grid.left_x) / 50)};
    };
    const auto [row, left] = cell(2200, 2100);
    const auto right = cell(4200, 2100).second;
    CHECK(difference.at(row, left) > 0);
    CHECK(difference.at(row, right) < 0);
    CHECK(p.at(row, left) == Approx(0.02)); // 2 (0 + 1) / (99 + 1): no relabelling reaches it
    CHECK(p.at(row, right) == Approx(0.02));
    CHECK(std::abs(integral(difference)) < 1e6 * 0.5); // 60 less 60

    const auto layer = vigil::io::read_features(folder / "t.gpkg");
    CHECK(layer.name == "tolerance");
    REQUIRE(layer.table.find("class") != nullptr);
    CHECK(layer.geometry.size() == 4);

    REQUIRE(with({folder / "r.tif", "--relative-risk", "left", "right"}).exit_code == 0);
    CHECK(read_raster_bands(folder / "r.tif").front().name == "log left / right");
    const auto absent = with({folder / "e.tif", "--difference", "left", "middle"});
    CHECK(absent.exit_code == 3);
    CHECK_THAT(absent.err, Contains("middle") && Contains("left, right"));
}

TEST_CASE("the same seed gives the same bytes on any number of threads, another seed others", "[density]")
{
    const TemporaryFolder folder;
    std::string csv = "x,y,kind\n"; // labels without a pattern, so that p is not the same everywhere
    for (int i = 0; i < 80; ++i) {
        csv += fmt::format("{},{},{}\n", 1000 + 97 * i % 1000, 1000 + 61 * i % 700,
                           i % 3 == 0 ? "left" : "right");
    }
    const std::string file = folder.file("g.csv", csv);
    const auto made = [&](const std::string& name, const std::string& seed, const std::string& threads) {
        REQUIRE(density({file, folder / name, "--by", "kind", "--difference", "left", "right", "--bandwidth",
                         "400", "--cell", "50", "--simulations", "39", "--seed", seed, "--threads", threads,
                         "--no-provenance"})
                    .exit_code == 0);
        return vigil::test::read_file(folder / name);
    };
    const std::string first = made("a.tif", "1", "1");
    const bool same = first == made("b.tif", "1", "3");
    CHECK(same);
    const bool others = first != made("c.tif", "2", "3");
    CHECK(others);
}

TEST_CASE("a cube holds the incidents of its time, as bands and as netCDF", "[density]")
{
    const TemporaryFolder folder;
    for (const std::string name : {"c.tif", "c.nc"}) {
        const auto ran = density_of_degrees({burkitt, folder / name, "--bandwidth", "20000", "--cell", "2000",
                                             "--slices", "6", "--time-bandwidth", "500", "-v"});
        INFO(ran.err);
        REQUIRE(ran.exit_code == 0);
    }
    const auto bands = read_raster_bands(folder / "c.tif");
    REQUIRE(bands.size() == 6);
    CHECK(bands[0].name.substr(0, 4) == "1962"); // the record runs from 1961-02-16 to 1975-10-23
    CHECK(bands[5].name.substr(0, 4) == "1974");
    CHECK(std::is_sorted(bands.begin(), bands.end(),
                         [](const auto& a, const auto& b) { return a.name < b.name; }));
    // the weight in a slice is at most that of all cases, per day, about the times of its kernel
    double days = 0;
    for (const auto& band : bands) {
        days += band_integral(folder / "c.tif", band.name) / 1e6;
    }
    const double slice_days = (5362.0) / 6;                // from day 413 to 5775 of the source
    CHECK(days * slice_days == Approx(188).epsilon(0.25)); // a Riemann sum with 6 nodes
    CHECK(std::filesystem::file_size(folder / "c.nc") > 1000);
    CHECK(density_of_degrees({burkitt, folder / "x.nc", "--bandwidth", "20000"}).exit_code == 2);
    const auto timeless = density(
        {folder.file("g.csv", "x,y\n1,1\n2,2\n"), folder / "x.tif", "--slices", "3", "--bandwidth", "10"});
    CHECK(timeless.exit_code == 3);
    CHECK_THAT(timeless.err, Contains("--time"));
}

TEST_CASE("options that contradict each other are refused by name", "[density]")
{
    const TemporaryFolder folder;
    const std::string file = folder.file("g.csv", two_groups());
    const std::vector<std::vector<std::string>> wrong{
        {"--difference", "left", "right"},
        {"--by", "kind", "--by-month"},
        {"--by", "kind", "--difference", "left", "left"},
        {"--by", "kind", "--difference", "left", "right", "--relative-risk", "left", "right"},
        {"--by", "kind", "--slices", "3"},
        {"--geodesic", "--cell", "10"},
        {"--cell-degrees", "1"},
        {"--time-bandwidth", "3"},
        {"--levels", "5"},
        {"--percent", "50"},
        {"--tiles", "--unit", "percent-volume"},
        {"--match", "qgis", "--unit", "cell"},
        {"--snap-raster", "a.tif", "--cell", "5"},
        {"--radius-column", "x", "--bandwidth", "5"},
        {"--by", "kind", "--contours", "c.gpkg"},
    };
    for (const auto& words : wrong) {
        std::vector<std::string> all{file, folder / "d.tif"};
        all.insert(all.end(), words.begin(), words.end());
        const auto ran = density(all);
        INFO(words[0] << ": " << ran.err);
        CHECK(ran.exit_code == 2);
        CHECK(one_line(ran.err));
        CHECK_THAT(ran.err, Contains("--"));
    }
    const auto degrees = density_of_degrees({burkitt, folder / "d.tif", "--bandwidth", "0.1"});
    CHECK(degrees.exit_code == 3);
    CHECK_THAT(degrees.err, Contains("metres") && Contains("degrees"));
    CHECK(folder.names() == std::vector<std::string>{"g.csv"});
}
