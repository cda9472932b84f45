#include "kernels/weights/inverse_distance.h"
#include "kernels/weights/kernel_weights.h"
#include "kernels/weights/space_time_band.h"
#include "kernels/weights/structure.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

using namespace vigil;

namespace {

constexpr double not_known = std::numeric_limits<double>::quiet_NaN();

/// A 3-4-5 triangle, a place on top of its first corner, and one far away.
const std::vector<XY> triangle = {{0, 0}, {3, 0}, {0, 4}, {0, 0}, {100, 100}};

std::vector<XY> noise(std::size_t n)
{
    std::vector<XY> places;
    for (std::size_t i = 0; i < n; ++i) {
        const Random random(3, i);
        // every fifth place on a lattice: distances on the border, and coincident places
        const double step = i % 5 == 0 ? 100 : 1e-3;
        places.push_back({step * std::floor(1000 * random.uniform(0) / step),
                          step * std::floor(1000 * random.uniform(1) / step)});
    }
    return places;
}

/// weight[i][j] of every pair; 0 where there is no link.
std::vector<std::vector<double>> dense(const Weights& weights)
{
    std::vector<std::vector<double>> all(weights.size(), std::vector<double>(weights.size(), 0));
    for (std::size_t i = 0; i < weights.size(); ++i) {
        for (std::size_t l = weights.begin_of(i); l < weights.end[i]; ++l) {
            CHECK((l == weights.begin_of(i) || weights.neighbour[l - 1] < weights.neighbour[l]));
            all[i][weights.neighbour[l]] = weights.weight_of(l);
        }
    }
    return all;
}

} // namespace

TEST_CASE("inverse distance weights fade with a power of the distance", "[weights]")
{
    const auto once = dense(inverse_distance(triangle, {.band_m = 5}));
    CHECK(once[0][1] == 1.0 / 3);
    CHECK(once[0][2] == 1.0 / 4);
    CHECK(once[1][2] == 1.0 / 5); // the border counts
    CHECK(once[0][3] == 1);       // coincident: as if 1 m apart
    CHECK(once[0][4] == 0);
    CHECK(once[0][0] == 0);

    const auto squared = dense(inverse_distance(triangle, {.band_m = 5, .power = 2, .nearest_m = 0.5}));
    CHECK(squared[0][1] == 1.0 / 9);
    CHECK(squared[0][3] == 4); // 0.5^-2

    const auto all = dense(inverse_distance(triangle, {.power = 0.5}));
    CHECK(std::fabs(all[0][4] - std::pow(20000.0, -0.25)) < 1e-15);
    CHECK(is_symmetric(inverse_distance(triangle, {})));
}

TEST_CASE("inverse distance weights can use lengths found elsewhere", "[weights]")
{
    const Weights links = nearest_neighbours(triangle, 2);
    auto length_m = link_lengths(triangle, links);
    const auto plane = inverse_distance(links, length_m, {});
    CHECK(plane.neighbour == links.neighbour);
    CHECK(dense(plane)[1][0] == 1.0 / 3);
    CHECK(inverse_distance(links, length_m, {.band_m = 4}).links() == 8); // not the two from far away
    length_m[0] = -1;
    CHECK_THROWS_WITH(inverse_distance(links, length_m, {}), Catch::Contains("not a distance"));
    length_m.pop_back();
    CHECK_THROWS_WITH(inverse_distance(links, length_m, {}), "9 lengths for 10 links");
}

TEST_CASE("inverse distance weights refuse what has no meaning", "[weights]")
{
    CHECK_THROWS_WITH(inverse_distance(triangle, {.band_m = -1}), "a band of -1 m is not a distance");
    CHECK_THROWS_WITH(inverse_distance(triangle, {.power = 0}), "a power of 0 is not positive");
    CHECK_THROWS_WITH(inverse_distance(triangle, {.nearest_m = 0}), Catch::Contains("least distance"));
    const XY broken[] = {{0, 0}, {not_known, 0}};
    CHECK_THROWS_WITH(inverse_distance(broken, {}), "a coordinate is not a finite number");
    CHECK(inverse_distance(std::span<const XY>(), {}).size() == 0);
    CHECK(inverse_distance(std::span(triangle).first(1), {}).links() == 0);
    const std::vector<XY> many(most_places_without_band + 1);
    try {
        inverse_distance(many, {});
        FAIL("268 million links were accepted");
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::limit);
        CHECK(error.what() ==
              std::string("16385 places without a band would need 268451840 links; give a band"));
    }
}

TEST_CASE("kernels follow their formulas and integrate to one over the line", "[weights]")
{
    CHECK(kernel_weight(KernelShape::uniform, 1) == 0.5);
    CHECK(kernel_weight(KernelShape::triangular, 0.25) == 0.75);
    CHECK(kernel_weight(KernelShape::epanechnikov, 0.5) == 0.5625);        // 3/4 3/4
    CHECK(kernel_weight(KernelShape::quartic, 0.5) == 15.0 / 16 * 0.5625); // (3/4)^2
    CHECK(kernel_weight(KernelShape::gaussian, 0) == 1 / std::sqrt(2 * std::numbers::pi));
    CHECK(std::fabs(kernel_weight(KernelShape::gaussian, 1) - 0.24197072451914337) < 1e-16); // R: dnorm(1)
    for (const KernelShape shape :
         {KernelShape::uniform, KernelShape::triangular, KernelShape::epanechnikov, KernelShape::quartic,
          KernelShape::triweight, KernelShape::cosine, KernelShape::gaussian}) {
        constexpr int steps = 20000; // midpoints of [0, 10]
        double half = 0;
        for (int i = 0; i < steps; ++i) {
            half += kernel_weight(shape, (i + 0.5) * 10 / steps, 10) * 10 / steps;
        }
        CHECK(std::fabs(half - 0.5) < 1e-6);
    }
}

TEST_CASE("kernel weights with one bandwidth are those of every pair", "[weights]")
{
    const auto places = noise(150);
    for (const bool self : {false, true}) {
        for (const KernelShape shape :
             {KernelShape::uniform, KernelShape::triangular, KernelShape::quartic, KernelShape::gaussian}) {
            const auto all = dense(kernel_weights(
                places, {.shape = shape, .bandwidth_m = 100, .gaussian_reach = 2, .self = self}));
            for (std::size_t i = 0; i < places.size(); ++i) {
                for (std::size_t j = 0; j < places.size(); ++j) {
                    const double expected =
                        i == j && !self ? 0 : kernel_weight(shape, distance_m(places[i], places[j]) / 100, 2);
                    if (all[i][j] != expected) {
                        CHECK(all[i][j] == expected);
                    }
                }
            }
        }
    }
}

TEST_CASE("an adaptive bandwidth reaches a hair beyond the nearest-th place", "[weights]")
{
    const auto places = noise(150);
    for (const std::size_t k : {std::size_t{1}, std::size_t{6}, places.size() - 1}) {
        const auto far_m = kth_nearest_distances(places, k);
        const Weights weights =
            kernel_weights(places, {.shape = KernelShape::triangular, .nearest = k, .self = true});
        const auto all = dense(weights);
        for (std::size_t i = 0; i < places.size(); ++i) {
            std::vector<double> distances;
            for (const XY p : places) {
                distances.push_back(distance_m(places[i], p));
            }
            for (std::size_t j = 0; j < places.size(); ++j) {
                const double z = distances[j] == 0 ? 0 : distances[j] / (far_m[i] * (1 + 1e-7));
                if (std::fabs(all[i][j] - std::max(0.0, 1 - z)) > 1e-12) {
                    CHECK(all[i][j] == 1 - z);
                }
            }
            std::sort(distances.begin(), distances.end());
            CHECK(far_m[i] == distances[k]);
            CHECK(weights.neighbours(i).size() >= k + 1);
        }
    }
}

TEST_CASE("a bandwidth of zero leaves the coincident places", "[weights]")
{
    const XY places[] = {{5, 5}, {5, 5}, {5, 5}, {9, 9}};
    const auto all = dense(kernel_weights(places, {.shape = KernelShape::epanechnikov, .nearest = 1}));
    CHECK(all[0] == std::vector<double>{0, 0.75, 0.75, 0});
    CHECK(all[3][3] == 0);
    CHECK(all[3][0] > 0); // sqrt 32 m from three places that are its nearest together
    CHECK(all[3][0] == all[3][2]);
}

TEST_CASE("kernel weights refuse what has no meaning", "[weights]")
{
    CHECK_THROWS_WITH(kernel_weights(triangle, {}), Catch::Contains("one of the two"));
    CHECK_THROWS_WITH(kernel_weights(triangle, {.bandwidth_m = 3, .nearest = 2}), Catch::Contains("one of"));
    CHECK_THROWS_WITH(kernel_weights(triangle, {.bandwidth_m = -3}), Catch::Contains("-3 m"));
    CHECK_THROWS_WITH(kernel_weights(triangle, {.nearest = 5}), Catch::Contains("more than 5 places"));
    CHECK_THROWS_WITH(kernel_weights(triangle, {.bandwidth_m = 1, .gaussian_reach = 0}),
                      Catch::Contains("outside 0..38"));
}

TEST_CASE("a band in space and time holds every pair that is near in both", "[weights]")
{
    const auto places = noise(300);
    std::vector<double> days;
    for (std::size_t i = 0; i < places.size(); ++i) {
        days.push_back(18000 + std::floor(40 * Random(4, i).uniform(0)) / 4); // quarters of a day
    }
    const auto all = dense(space_time_band(places, days, 100, 1.5));
    std::size_t links = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
        for (std::size_t j = 0; j < places.size(); ++j) {
            const bool near = i != j && squared_distance_m2(places[i], places[j]) <= squared_reach_m2(100) &&
                              std::fabs(days[i] - days[j]) <= 1.5;
            links += near ? 1 : 0;
            if (all[i][j] != (near ? 1 : 0)) {
                CHECK(all[i][j] == near);
            }
        }
    }
    CHECK(links > 500); // of 300 * 299 pairs some 3 % near in space, a quarter in time
    CHECK(space_time_band(places, days, 100, 1e9).neighbour == distance_band(places, 100).neighbour);
    CHECK(space_time_band({}, {}, 1, 1).size() == 0);
}

TEST_CASE("the border of a span of days is inside whatever the hour", "[weights]")
{
    const XY places[] = {{0, 0}, {0, 0}};
    const double tenths[] = {18000.1, 18007.3}; // in doubles 7.2000000000007 apart
    CHECK(space_time_band(places, tenths, 1, 7.2).links() == 2);
    CHECK(space_time_band(places, tenths, 1, 7.19999).links() == 0); // a second less
}

TEST_CASE("a band in space and time refuses what has no meaning", "[weights]")
{
    const std::vector<double> days(5, 1);
    CHECK_THROWS_WITH(space_time_band(triangle, std::span(days).first(4), 1, 1), "4 times for 5 places");
    CHECK_THROWS_WITH(space_time_band(triangle, days, 1, -1), Catch::Contains("-1 days"));
    CHECK_THROWS_WITH(space_time_band(triangle, days, 0, 1), Catch::Contains("0 m"));
    const double unknown[] = {1, 1, not_known, 1, 1};
    CHECK_THROWS_WITH(space_time_band(triangle, unknown, 1, 1), "a time is not a finite number of days");
}
