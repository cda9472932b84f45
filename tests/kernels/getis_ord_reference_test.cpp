#include "kernels/getis_ord.h"
#include "tests/support/reference.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <map>

using namespace vigil;
using test::csv_columns;
using test::expected_value;
using test::numbers;

TEST_CASE("Gi and Gi* of the worked example of Getis and Ord 1996", "[getis_ord]")
{
    // Getis & Ord (1996), in Longley & Batty, Spatial Analysis, p. 267; values by R spdep 1.2-7
    auto table = csv_columns(test::testdata("reference/getis_ord_1996.csv"));
    const auto x = numbers(table["x"]);
    const auto y = numbers(table["y"]);
    const auto values = numbers(table["val"]);
    std::vector<XY> places;
    Raster<double> grid(Grid{.left_x = -15, .top_y = 465, .cell_m = 30, .rows = 16, .cols = 16}, 0.0);
    std::size_t middle = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        places.push_back({x[i], y[i]});
        grid.at(static_cast<std::int64_t>((450 - y[i]) / 30), static_cast<std::int64_t>(x[i] / 30)) =
            values[i];
        middle = x[i] == 210 && y[i] == 210 ? i : middle;
    }
    const std::size_t cell = 8 * 16 + 7;
    for (const int d : {30, 60, 90, 120, 150}) {
        const std::string params = "cell x=210 y=210, binary d<=" + std::to_string(d);
        for (const auto& [stat, name] :
             {std::pair{HotspotStatistic::gi, "Gi z"}, std::pair{HotspotStatistic::gi_star, "Gi* z"}}) {
            const double z = expected_value("getis_ord_1996", name, params);
            CHECK(getis_ord_band(places, values, d, stat).z[middle] == Approx(z).epsilon(1e-7));
            CHECK(getis_ord(values, distance_band(places, d), stat).z[middle] == Approx(z).epsilon(1e-7));
            CHECK(getis_ord_grid(grid, disc_stencil(grid.grid, d), stat).z[cell] == Approx(z).epsilon(1e-7));
        }
    }
}

TEST_CASE("Gi* of the African conflicts with Anselin's neighbours", "[getis_ord]")
{
    // Anselin (1995), Geographical Analysis 27, 93-115; values by R spdep 1.2-7
    auto countries = csv_columns(test::testdata("reference/afcon.csv"));
    auto links = csv_columns(test::testdata("reference/afcon_neighbours_paper.csv"));
    std::map<std::string, std::uint32_t> number;
    for (const std::string& id : countries["id"]) {
        number.emplace(id, static_cast<std::uint32_t>(number.size()));
    }
    std::vector<std::vector<std::uint32_t>> rows(number.size());
    for (std::size_t l = 0; l < links["id_i"].size(); ++l) {
        rows[number.at(links["id_i"][l])].push_back(number.at(links["id_j"][l]));
    }
    Weights weights;
    for (std::size_t i = 0; i < countries["id"].size(); ++i) {
        auto& row = rows[number.at(countries["id"][i])];
        std::sort(row.begin(), row.end());
        weights.neighbour.insert(weights.neighbour.end(), row.begin(), row.end());
        weights.end.push_back(weights.neighbour.size());
    }
    std::vector<double> conflicts(number.size());
    for (std::size_t i = 0; i < countries["id"].size(); ++i) {
        conflicts[number.at(countries["id"][i])] = std::stod(countries["totcon"][i]);
    }
    const auto result = getis_ord(conflicts, weights, HotspotStatistic::gi_star);
    for (const char* name : {"EGYPT", "SUDAN", "KENYA", "UGANDA", "ETHIOPIA", "LIBYA", "ZAIRE"}) {
        const auto at = std::find(countries["name"].begin(), countries["name"].end(), name);
        REQUIRE(at != countries["name"].end());
        const auto& id = countries["id"][static_cast<std::size_t>(at - countries["name"].begin())];
        CHECK(result.z[number.at(id)] ==
              Approx(expected_value("afcon", "Gi* z", std::string("binary+self, ") + name)).epsilon(1e-7));
    }
}

namespace {

void check_close(const std::vector<double>& z, const std::vector<double>& expected)
{
    REQUIRE(z.size() == expected.size());
    for (std::size_t i = 0; i < z.size(); ++i) {
        if (std::isnan(expected[i])) {
            CHECK(std::isnan(z[i]));
        } else {
            CHECK(z[i] == Approx(expected[i]).epsilon(1e-10).margin(1e-12));
        }
    }
}

} // namespace

TEST_CASE("Gi and Gi* of random places are spdep's, for a band, k nearest and inverse distances",
          "[getis_ord]")
{
    // testdata/getis_ord/oracle.R, R spdep 1.2-7
    auto table = csv_columns(test::testdata("getis_ord/points.csv"));
    const auto x = numbers(table["x"]);
    const auto y = numbers(table["y"]);
    const auto values = numbers(table["value"]);
    std::vector<XY> places;
    std::vector<XY> apart;
    for (std::size_t i = 0; i < x.size(); ++i) {
        places.push_back({x[i], y[i]});
        apart.push_back({std::stod(table["x_knn"][i]), std::stod(table["y_knn"][i])});
    }
    const auto star = HotspotStatistic::gi_star;
    const auto gi = HotspotStatistic::gi;
    const Weights band = distance_band(places, 400);
    const auto degree = numbers(table["band_n"]);
    for (std::size_t i = 0; i < degree.size(); ++i) {
        CHECK(static_cast<double>(band.neighbours(i).size()) == degree[i]);
    }
    check_close(getis_ord(values, band, gi).z, numbers(table["band_gi"]));
    check_close(getis_ord(values, band, star).z, numbers(table["band_gi_star"]));
    check_close(getis_ord_band(places, values, 400, gi).z, numbers(table["band_gi"]));
    check_close(getis_ord_band(places, values, 400, star).z, numbers(table["band_gi_star"]));

    const Weights nearest = nearest_neighbours(apart, 6);
    check_close(getis_ord(values, nearest, gi).z, numbers(table["knn_gi"]));
    check_close(getis_ord(values, nearest, star).z, numbers(table["knn_gi_star"]));

    Weights inverse = band;
    for (std::size_t i = 0; i < places.size(); ++i) {
        for (const std::uint32_t j : band.neighbours(i)) {
            inverse.weight.push_back(1 / (1 + distance_m(places[i], places[j]) / 100));
        }
    }
    check_close(getis_ord(values, inverse, gi).z, numbers(table["inverse_gi"]));
    check_close(getis_ord(values, inverse, star).z, numbers(table["inverse_gi_star"]));
}
