// The walk through the house on real data. The numbers come from testdata/README.md: independent numpy code.
#include "tests/support/rows.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <map>
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

TEST_CASE("the streets of Mesa are 774.1 m long between the two peaks of crime", "[walk]")
{
    const test::TemporaryFolder folder;
    REQUIRE(
        test::vigil({"network", "--layer", "streets", test::testdata("mesa/mesa.gpkg"), folder / "net.vnet"})
            .exit_code == 0);
    const auto ran = test::vigil({"routes", "--ways", "1", "--pairs", test::testdata("mesa/mesa_peaks.csv"),
                                  folder / "net.vnet", folder / "routes.csv"});
    REQUIRE(ran.exit_code == 0);
    const auto rows = test::rows_of(test::read_file(folder / "routes.csv"));
    REQUIRE(rows.size() == 1);
    // on the plane of UTM zone 12N, whose scale there is 0.99968 (PROJ); vigil measures on the ellipsoid
    CHECK(std::stod(rows[0].at("len_km")) * 1000 * 0.99968 == Approx(774.1).margin(0.05));
    CHECK(rows[0].at("status") == "ok");
}

TEST_CASE("248 of the 392 deaths of Soho have the Broad Street pump nearest along the streets", "[walk]")
{
    const test::TemporaryFolder folder;
    REQUIRE(test::vigil({"network", "--layer", "streets_noded", test::testdata("soho/soho1854.gpkg"),
                         folder / "net.vnet"})
                .exit_code == 0);
    // the independent code went from node to node within the largest component
    const auto ran =
        test::vigil({"routes", "--nearest", "--largest", "--ways", "1", "--snap", "node", "--from",
                     test::testdata("soho/soho1854_deaths.csv"), "--to",
                     test::testdata("soho/soho1854_pumps.csv"), folder / "net.vnet", folder / "routes.csv"});
    REQUIRE(ran.exit_code == 0);
    std::map<std::string, int> deaths;
    int all = 0;
    for (const auto& row : test::rows_of(test::read_file(test::testdata("soho/soho1854_deaths.csv")))) {
        deaths[row.at("id")] = std::stoi(row.at("deaths"));
        all += deaths[row.at("id")];
    }
    int near = 0;
    for (const auto& row : test::rows_of(test::read_file(folder / "routes.csv"))) {
        near += row.at("to_id") == "9" ? deaths.at(row.at("from_id")) : 0;
    }
    CHECK(all == 392);
    CHECK(near == 248);
}

TEST_CASE("the largest Gi* z of Mesa on a 100 m grid is 4.657", "[walk]")
{
    const test::TemporaryFolder folder;
    const auto ran = test::vigil({"hotspots", "--crs", "EPSG:26912", "--cell", "100",
                                  test::testdata("mesa/mesa_crimes.csv"), folder / "cells.csv"});
    REQUIRE(ran.exit_code == 0);
    const auto rows = test::rows_of(test::read_file(folder / "cells.csv"));
    CHECK(rows.size() == 18 * 18);
    std::vector<double> z;
    int most = 0;
    for (const auto& row : rows) {
        z.push_back(std::stod(row.at("gi_z")));
        most = std::max(most, std::stoi(row.at("n")));
    }
    const auto above = [&z](double limit) {
        return std::count_if(z.begin(), z.end(), [limit](double one) { return one > limit; });
    };
    CHECK(most == 38);
    CHECK(*std::max_element(z.begin(), z.end()) == Approx(4.657).margin(0.0005));
    CHECK(above(1.96) == 12);
    CHECK(above(2.58) == 10);
    CHECK(above(3.29) == 9);
}
