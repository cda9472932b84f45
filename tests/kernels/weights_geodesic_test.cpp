#include "kernels/weights/geodesic_weights.h"
#include "kernels/weights/structure.h"
#include "libgeo/error.h"
#include "libgeo/io/geodesic.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace vigil;

namespace {

/// Noise around a place, `spread_deg` wide, every seventh place on a lattice of whole degrees.
std::vector<LonLat> around(LonLat centre, double spread_deg, std::size_t n)
{
    std::vector<LonLat> places;
    for (std::size_t i = 0; i < n; ++i) {
        const Random random(9, i);
        LonLat p{centre.lon_deg + spread_deg * (random.uniform(0) - 0.5),
                 std::clamp(centre.lat_deg + spread_deg * (random.uniform(1) - 0.5), -90.0, 90.0)};
        if (i % 7 == 0) {
            p = {std::round(p.lon_deg), std::round(p.lat_deg)};
        }
        if (i % 3 == 0) {
            p.lon_deg = std::remainder(p.lon_deg, 360.0); // the same place by another name
        }
        places.push_back(p);
    }
    return places;
}

struct Area {
    LonLat centre;
    double spread_deg;
};
const std::vector<Area> areas = {{{13, 52}, 0.5},  {{179.9, -17}, 4}, {{0, 90}, 10},
                                 {{-60, -89}, 30}, {{0, 0}, 60},      {{10, 20}, 360}};

std::vector<std::uint32_t> row_of(const Weights& weights, std::size_t i)
{
    const auto row = weights.neighbours(i);
    return {row.begin(), row.end()};
}

} // namespace

TEST_CASE("a geodesic band is that of every pair measured by Karney's method", "[weights]")
{
    for (const Area& area : areas) {
        const auto places = around(area.centre, area.spread_deg, 200);
        const double width_m = 111000 * std::min(area.spread_deg, 120.0);
        for (const double band_m : {0.01, width_m / 20, width_m / 5, width_m}) {
            const Weights weights = geodesic_band(places, std::min(band_m, most_geodesic_m));
            for (std::size_t i = 0; i < places.size(); ++i) {
                std::vector<std::uint32_t> near;
                for (std::uint32_t j = 0; j < places.size(); ++j) {
                    if (j != i && io::geodesic_distance_m(places[i], places[j]) <= band_m * (1 + 1e-9)) {
                        near.push_back(j);
                    }
                }
                if (row_of(weights, i) != near) {
                    CHECK(row_of(weights, i) == near);
                }
            }
        }
    }
}

TEST_CASE("a place exactly at the geodesic band is inside", "[weights]")
{
    // One degree along the equator is a pi / 180, across the antimeridian as anywhere.
    const LonLat places[] = {{179.5, 0}, {-179.5, 0}, {-178.5, 0}};
    const double degree_m = 111319.49079327358;
    CHECK(geodesic_band(places, degree_m).links() == 4);
    CHECK(geodesic_band(places, degree_m * (1 - 1e-8)).links() == 0);
    CHECK(std::fabs(geodesic_widest_gap_m(places) - degree_m) < 1e-8);
    // All longitudes are one place at a pole.
    const LonLat pole[] = {{0, 90}, {123, 90}, {-77, 90}, {0, -90}};
    CHECK(geodesic_band(pole, 0.001).links() == 6);
}

TEST_CASE("the nearest on the globe are those of every pair measured", "[weights]")
{
    for (const Area& area : areas) {
        const auto places = around(area.centre, area.spread_deg, 200);
        for (const std::size_t k : {std::size_t{1}, std::size_t{8}, std::size_t{40}}) {
            const Weights weights = geodesic_nearest(places, k);
            for (std::size_t i = 0; i < places.size(); ++i) {
                std::vector<std::pair<double, std::uint32_t>> all;
                for (std::uint32_t j = 0; j < places.size(); ++j) {
                    if (j != i) {
                        all.emplace_back(std::round(1000 * io::geodesic_distance_m(places[i], places[j])), j);
                    }
                }
                std::sort(all.begin(), all.end());
                std::vector<std::uint32_t> nearest;
                for (std::size_t l = 0; l < k; ++l) {
                    nearest.push_back(all[l].second);
                }
                std::sort(nearest.begin(), nearest.end());
                if (row_of(weights, i) != nearest) {
                    CHECK(row_of(weights, i) == nearest);
                }
            }
        }
    }
}

TEST_CASE("of places equally far on the globe the first are taken", "[weights]")
{
    // A regular grid of 0.1 degrees: east and west are equally far, but not to the last bit.
    std::vector<LonLat> places;
    for (int i = 0; i < 400; ++i) {
        places.push_back({170.05 + 0.1 * (i % 20), -40.25 + 0.1 * (i / 20)});
    }
    const Weights one = geodesic_nearest(places, 1); // on every row east and west are the nearest
    for (std::size_t i = 0; i < places.size(); ++i) {
        CHECK(one.neighbours(i)[0] == (i % 20 == 0 ? i + 1 : i - 1));
    }
    const Weights all = geodesic_nearest(places, 399);
    CHECK(all.links() == 400 * 399);
}

TEST_CASE("lengths of links on the globe are Karney's", "[weights]")
{
    const auto places = around({0, 0}, 60, 100);
    const Weights weights = geodesic_nearest(places, 5);
    const auto length_m = geodesic_link_lengths(places, weights);
    for (std::size_t i = 0; i < places.size(); ++i) {
        for (std::size_t l = weights.begin_of(i); l < weights.end[i]; ++l) {
            CHECK(std::fabs(length_m[l] - io::geodesic_distance_m(places[i], places[weights.neighbour[l]])) <
                  1e-7);
        }
    }
    const LonLat poles[] = {{0, 90}, {0, -90}};
    CHECK_THROWS_WITH(geodesic_link_lengths(poles, geodesic_nearest(poles, 1)),
                      Catch::Contains("longer than 15000 km"));
}

TEST_CASE("geodesic weights refuse what has no meaning", "[weights]")
{
    const LonLat places[] = {{0, 0}, {1, 1}};
    CHECK_THROWS_WITH(geodesic_band(places, 0), Catch::Contains("a band of 0 m"));
    CHECK_THROWS_WITH(geodesic_band(places, 16e6), Catch::Contains("outside"));
    CHECK_THROWS_WITH(geodesic_nearest(places, 2), Catch::Contains("more than 2 places; there are 2"));
    const LonLat nowhere[] = {{0, 0}, {1, 91}};
    CHECK_THROWS_WITH(geodesic_band(nowhere, 10), Catch::Contains("-90..90"));
    CHECK(geodesic_band({}, 10).size() == 0);
    // Two lots on opposite sides of the Earth: whom to take from the other side is not measured.
    const LonLat far[] = {{0, 0}, {0, 1}, {180, 0.5}, {179, 0}, {178, 1}};
    CHECK_THROWS_WITH(geodesic_nearest(far, 2), Catch::Contains("place 1 has fewer than 2 others"));
    CHECK(geodesic_nearest(far, 4).links() == 20); // but all of them are no question
}
