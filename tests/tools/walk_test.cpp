// The walk through the house on real data. The numbers come from testdata/README.md: independent numpy code.
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <numbers>
#include <regex>

namespace test = vigil::test;

namespace {

/// Metres between two near places on a sphere of 6371 km.
double metres_between(double lon_a, double lat_a, double lon_b, double lat_b)
{
    const double degree_m = 6'371'000 * std::numbers::pi / 180;
    const double east = (lon_b - lon_a) * degree_m * std::cos(lat_a * std::numbers::pi / 180);
    return std::hypot(east, (lat_b - lat_a) * degree_m);
}

/// Value, longitude and latitude of the peak that density tells with -v.
std::array<double, 3> peak_told(const std::string& said)
{
    const std::regex peak("highest value ([0-9.e+]+) .* at longitude ([0-9.-]+), latitude ([0-9.-]+)");
    std::smatch found;
    REQUIRE(std::regex_search(said, found, peak));
    return {std::stod(found[1]), std::stod(found[2]), std::stod(found[3])};
}

} // namespace

TEST_CASE("the deaths of Soho 1854 are densest at the Broad Street pump", "[walk]")
{
    const test::TemporaryFolder folder;
    const auto ran =
        test::vigil({"density", "-v", "--weight", "deaths", "--kernel", "gaussian", "--bandwidth", "40",
                     "--cell", "2", test::testdata("soho/soho1854_deaths.csv"), folder / "soho.tif"});
    REQUIRE(ran.exit_code == 0);
    const auto [value, lon, lat] = peak_told(ran.err);
    CHECK(value > 0);
    CHECK(metres_between(-0.136749, 51.513338, lon, lat) < 10); // pump 9 of soho1854_pumps.csv
}

TEST_CASE("the crimes of Mesa peak at 307 per km2", "[walk]")
{
    const test::TemporaryFolder folder;
    const auto ran = test::vigil({"density", "-v", "--kernel", "gaussian", "--bandwidth", "150", "--cell",
                                  "25", test::testdata("mesa/mesa_crimes.csv"), folder / "mesa.tif"});
    REQUIRE(ran.exit_code == 0);
    const auto [value, lon, lat] = peak_told(ran.err);
    CHECK(value == Approx(307).margin(0.5));
    CHECK(metres_between(-111.83691, 33.41824, lon, lat) < 25); // one cell
}
