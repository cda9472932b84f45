#include "kernels/cell_size.h"
#include "kernels/optimise/band.h"
#include "kernels/optimise/cell.h"
#include "kernels/optimise/snap_places.h"
#include "kernels/optimise/spacing.h"
#include "kernels/weights.h"
#include "libgeo/error.h"
#include "libgeo/random.h"
#include "libgeo/table.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

using namespace vigil;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// A line of places with the gaps given.
std::vector<XY> line(const std::vector<double>& gaps)
{
    std::vector<XY> places = {{0, 0}};
    for (const double gap : gaps) {
        places.push_back({places.back().x + gap, 0});
    }
    return places;
}

std::vector<XY> scattered(std::size_t n, double side, std::uint64_t seed)
{
    const Random random(seed, 0);
    std::vector<XY> places;
    for (std::size_t i = 0; i < n; ++i) {
        places.push_back(
            {std::floor(side * random.uniform(2 * i)), std::floor(side * random.uniform(2 * i + 1))});
    }
    return places;
}

const Choice& named(const std::vector<Choice>& choices, const std::string& name)
{
    const auto at =
        std::find_if(choices.begin(), choices.end(), [&](const Choice& c) { return c.name == name; });
    REQUIRE(at != choices.end());
    return *at;
}

/// Order of rows turned around.
template <typename T>
std::vector<T> reversed(std::vector<T> rows)
{
    std::reverse(rows.begin(), rows.end());
    return rows;
}

/// Places on a lattice with hot patches of a radius, other values noise.
struct Patches {
    std::vector<XY> places;
    std::vector<double> values;

    explicit Patches(double radius)
    {
        const Random random(4, 4);
        for (std::size_t i = 0; i < 1600; ++i) {
            const XY at{100.0 * static_cast<double>(i % 40) + 30 * random.uniform(3 * i),
                        100.0 * std::floor(static_cast<double>(i) / 40) + 30 * random.uniform(3 * i + 1)};
            const bool hot = distance_m(at, {1000, 1000}) < radius || distance_m(at, {3000, 2800}) < radius;
            places.push_back(at);
            values.push_back((hot ? 3 : 0) + 2 * random.uniform(3 * i + 2));
        }
    }
};

} // namespace

TEST_CASE("spacing is that of distinct places, strays left out", "[optimise]")
{
    // 20 places 10 m apart, two of them twice, and one 1000 m away:
    // distances 20 x 10 and 1000, mean 57.14, sd 210.8: a stray is farther than 689.6 m
    std::vector<double> gaps(19, 10.0);
    gaps.insert(gaps.begin() + 4, 0);
    gaps.insert(gaps.begin() + 9, 0);
    gaps.push_back(1000);
    const std::vector<XY> places = line(gaps);
    const Spacing spacing = spacing_of(places);
    CHECK(spacing.distinct == 21);
    CHECK(spacing.strays == 1);
    CHECK(std::fabs(spacing.stray_m - (1200.0 / 21 + 3 * std::sqrt(20.0) * 990 / 21)) < 1e-9);
    CHECK(spacing.mean_m == 10);
    CHECK(spacing.median_m == 10);
    CHECK(spacing.widest_m == 10);
    CHECK(spacing.is_stray.size() == places.size());
    CHECK(std::accumulate(spacing.is_stray.begin(), spacing.is_stray.end(), 0) == 1);
    CHECK(spacing.is_stray.back() == 1);
    CHECK_THROWS_WITH(spacing_of(std::vector<XY>(5)),
                      "all 5 places are the same; distances between places need two or more");
}

TEST_CASE("standard distance and mean distance to the k-th neighbour", "[optimise]")
{
    // the corners of a square of 2 m are sqrt 2 from its centre
    CHECK(std::fabs(standard_distance_m(std::vector<XY>{{0, 0}, {2, 0}, {2, 2}, {0, 2}}) - std::sqrt(2)) <
          1e-15);
    // 0, 1, 3, 7: second nearest at 3, 2, 3, 6
    const std::vector<XY> places = line({1, 2, 4});
    CHECK(mean_distance_to_kth_m(places, 2, {}) == 3.5);
    CHECK(mean_distance_to_kth_m(places, 2, std::vector<std::uint8_t>{0, 0, 0, 1}) == 8.0 / 3);
    CHECK_THROWS_AS(mean_distance_to_kth_m(places, 4, {}), Error);
}

TEST_CASE("spacing of a fishnet is that of the centres of its cells", "[optimise]")
{
    Raster<double> cells(Grid{.cell_m = 50, .rows = 6, .cols = 7}, 1.0);
    for (const bool isolated : {false, true}) {
        if (isolated) { // cell (5, 6) alone
            for (std::size_t i = 14; i < 41; ++i) {
                cells.values[i] = missing;
            }
        }
        const Spacing grid = spacing_of(cells);
        const Spacing places = spacing_of(present_centres(cells));
        CHECK(grid.distinct == places.distinct);
        CHECK(grid.strays == places.strays);
        CHECK(grid.mean_m == places.mean_m);
        CHECK(grid.median_m == places.median_m);
        CHECK(grid.widest_m == places.widest_m);
    }
}

TEST_CASE("the chosen cell is sensible_cell_m's, with its reasons", "[optimise]")
{
    for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
        std::vector<XY> places = scattered(400, 5000 * static_cast<double>(seed), seed);
        places.push_back({1e6, 1e6});
        std::sort(places.begin(), places.end(),
                  [](XY a, XY b) { return a.x < b.x || (a.x == b.x && a.y < b.y); });
        places.erase(std::unique(places.begin(), places.end()), places.end());
        CHECK(choose_cell(places).cell_m == sensible_cell_m(places));
        CHECK(choose_cell(places, {.most_cells = 1e12}).cell_m == sensible_cell_m(places, 1e12));
    }
}

TEST_CASE("a choice of cell says what it rests on", "[optimise]")
{
    std::vector<XY> places;
    for (int i = 0; i < 900; ++i) {
        places.push_back({30.0 * (i % 30), 30.0 * std::floor(i / 30.0)});
    }
    const CellChoice fine = choose_cell(places);
    CHECK(fine.cell_m == 100); // 2 x 30 m, rounded up
    CHECK(named(fine.choices, "spacing").value == "60 m");
    CHECK(named(fine.choices, "stray places").value == "0 of 900");
    CHECK(named(fine.choices, "cell size").value == "100 m");
    const CellChoice coarse = choose_cell(places, {.hexagons = true, .most_cells = 50});
    CHECK(coarse.cell_m == 200); // (870 / 200 + 1)^2 2 / sqrt 3 = 33 hexagons; with 100 m 109
    CHECK(named(coarse.choices, "hexagon height").reason == "cells of 100 m would be 109, more than 50");
    const CellChoice given = choose_cell(places, {.cell_m = 42});
    CHECK(given.cell_m == 42);
    CHECK(given.choices == std::vector<Choice>{{"cell size", "42 m", "it was given"}});
    CHECK_THROWS_WITH(choose_cell(places, {.cell_m = -1}), "a cell of -1 m is not a positive size");
}

TEST_CASE("incidents are drawn to the heaviest place within the distance", "[optimise]")
{
    // A (0), B (8, weight 3), C (16), D (24): B draws in A and C, D stays; chains do not run together
    const std::vector<XY> incidents = {{0, 0}, {8, 0}, {8, 0}, {16, 0}, {24, 0}, {8, 0}};
    const SnappedPlaces snapped = snap_places(incidents, {}, 10);
    CHECK(snapped.places == std::vector<XY>{{8, 0}, {24, 0}});
    CHECK(snapped.weight == std::vector<double>{5, 1});
    CHECK(snapped.count == std::vector<std::int64_t>{5, 1});
    CHECK(snapped.of == std::vector<std::uint32_t>{0, 0, 0, 0, 1, 0});
    CHECK(snapped.moved == 2);
    CHECK(snapped.farthest_m == 8);
    const SnappedPlaces exact = snap_places(incidents, std::vector<double>{1, 0.5, 0.25, 1, 1, 2}, 0);
    CHECK(exact.places == std::vector<XY>{{0, 0}, {8, 0}, {16, 0}, {24, 0}});
    CHECK(exact.weight == std::vector<double>{1, 2.75, 1, 1});
    CHECK(exact.moved == 0);
    CHECK(snap_places({}, {}, 5).places.empty());
    CHECK_THROWS_WITH(snap_places(incidents, {}, -1), "-1 m is not a distance");
    CHECK_THROWS_AS(snap_places(incidents, std::vector<double>{1}, 1), Error);
}

TEST_CASE("snapped places are apart, keep all weight, and do not depend on the order of the rows",
          "[optimise]")
{
    const std::vector<XY> incidents = scattered(4000, 3000, 9);
    std::vector<double> weights;
    for (std::size_t i = 0; i < incidents.size(); ++i) {
        weights.push_back(static_cast<double>(i % 7) / 4);
    }
    const SnappedPlaces snapped = snap_places(incidents, weights, 40);
    const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
    CHECK(std::accumulate(snapped.weight.begin(), snapped.weight.end(), 0.0) == total);
    CHECK(std::accumulate(snapped.count.begin(), snapped.count.end(), std::int64_t{0}) == 4000);
    double farthest = 0;
    for (std::size_t i = 0; i < incidents.size(); ++i) {
        farthest = std::max(farthest, distance_m(incidents[i], snapped.places[snapped.of[i]]));
    }
    CHECK(farthest == snapped.farthest_m);
    CHECK(farthest <= 40 * (1 + 1e-9));
    const auto near = nearest_distances(snapped.places);
    CHECK(*std::min_element(near.begin(), near.end()) > 40);

    const SnappedPlaces other = snap_places(reversed(incidents), reversed(weights), 40);
    CHECK(other.places == snapped.places);
    CHECK(other.weight == snapped.weight);
    CHECK(reversed(other.of) == snapped.of);
    const auto choice = choose_snap_distance(incidents);
    const Spacing spacing = spacing_of(incidents);
    CHECK(choice.distance_m == std::min(spacing.mean_m, spacing.median_m));
}

TEST_CASE("the band is the first significant peak of the curve", "[optimise]")
{
    const Patches patches(450);
    const BandChoice choice = choose_band(patches.places, patches.values);
    REQUIRE(choice.rule == BandRule::peak);
    REQUIRE(choice.curve.first_peak);
    const MoranStep& step = choice.curve.steps[*choice.curve.first_peak];
    CHECK(choice.band_m == step.distance_m);
    CHECK(choice.curve.steps[0].distance_m == choice.spacing.widest_m);
    CHECK(choice.curve.steps[0].islands == static_cast<std::int64_t>(choice.spacing.strays));
    CHECK(std::fabs(choice.curve.steps[3].distance_m - choice.spacing.widest_m - 3 * choice.spacing.mean_m) <
          1e-9);
    CHECK(named(choice.choices, "band").value == metres(choice.band_m));
    // discs as large as the patches, of 450 m radius, agree most within
    CHECK(choice.band_m > 225);
    CHECK(choice.band_m < 900);

    const BandChoice highest = choose_band(patches.places, patches.values, {.highest_peak = true});
    CHECK(highest.band_m == highest.curve.steps[*highest.curve.max_peak].distance_m);
    const BandChoice again = choose_band(reversed(patches.places), reversed(patches.values));
    CHECK(again.band_m == choice.band_m);
    CHECK(again.choices == choice.choices);
    CHECK(reversed(again.spacing.is_stray) == choice.spacing.is_stray);
}

TEST_CASE("every number of the choice of a band can be set", "[optimise]")
{
    const Patches patches(450);
    const BandChoice pinned = choose_band(patches.places, patches.values, {.band_m = 321});
    CHECK(pinned.band_m == 321);
    CHECK(pinned.rule == BandRule::given);
    CHECK(pinned.curve.steps.empty());
    CHECK(pinned.choices == std::vector<Choice>{{"band", "321 m", "it was given"}});
    const BandChoice steps =
        choose_band(patches.places, patches.values, {.first_m = 200, .step_m = 50, .steps = 7});
    REQUIRE(steps.curve.steps.size() == 7);
    CHECK(steps.curve.steps[6].distance_m == 500);
    CHECK(named(steps.choices, "step").reason == "it was given");
    CHECK_THROWS_WITH(choose_band(patches.places, patches.values, {.band_m = 0}),
                      "a band of 0 m is not a positive distance");
}

TEST_CASE("without a peak the band is the distance to the K-th neighbour, or the standard distance",
          "[optimise]")
{
    const std::vector<XY> places = scattered(200, 2000, 31);
    std::vector<double> values(places.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<double>(i % 5);
    }
    const IncrementalOptions never{.peak_z = 1e9};
    const BandChoice k10 = choose_band(places, values, {.moran = never}); // 5 % of 200
    CHECK(k10.rule == BandRule::neighbours);
    CHECK(named(k10.choices, "neighbours").value == "10");
    CHECK(std::fabs(k10.band_m - mean_distance_to_kth_m(places, 10, k10.spacing.is_stray)) < 1e-9);
    const BandChoice far = choose_band(places, values, {.moran = never, .neighbours = 199});
    CHECK(far.rule == BandRule::standard_distance);
    CHECK(std::fabs(far.band_m - standard_distance_m(places)) < 1e-9);
}

TEST_CASE("where a feature has 500 neighbours at the first distance no curve is made", "[optimise]")
{
    // a dense square of 900 places 1 m apart, and 60 places 90 m apart
    std::vector<XY> places;
    std::vector<double> values;
    for (int i = 0; i < 900; ++i) {
        places.push_back({static_cast<double>(i % 30), std::floor(i / 30.0)});
    }
    for (int i = 0; i < 60; ++i) {
        places.push_back({200 + 90.0 * i, 0});
    }
    for (std::size_t i = 0; i < places.size(); ++i) {
        values.push_back(static_cast<double>(i % 4));
    }
    const BandChoice choice = choose_band(places, values, {.first_m = 90});
    CHECK(choice.rule == BandRule::dense);
    CHECK(choice.curve.steps.empty());
    CHECK(std::fabs(choice.band_m - mean_distance_to_kth_m(places, 30, choice.spacing.is_stray)) < 1e-9);
    CHECK(choose_band(places, values, {.first_m = 90, .too_many_neighbours = 5000}).rule != BandRule::dense);
}

TEST_CASE("distances stop where there would be too many pairs", "[optimise]")
{
    const Patches patches(450);
    const BandOptions few{.first_m = 150, .step_m = 50, .steps = 12, .most_pairs = 60000};
    const BandChoice choice = choose_band(patches.places, patches.values, few);
    const auto& steps = choice.curve.steps;
    REQUIRE(steps.size() > 1);
    REQUIRE(steps.size() < 12);
    const double pairs = 1600 * steps[0].mean_neighbours; // at 150 m; they grow with the square
    const double last = steps.back().distance_m;
    CHECK(pairs * std::pow(last / 150, 2) <= 60000);
    CHECK(pairs * std::pow((last + 50) / 150, 2) > 60000);
    CHECK(named(choice.choices, "distances").reason ==
          "none beyond " + metres(last) + ", so that there are at most about 60000 pairs to look at");
}

TEST_CASE("far strays do not widen the first distance", "[optimise]")
{
    Patches patches(450);
    patches.places.push_back({500000, 0});
    patches.values.push_back(1);
    const BandChoice choice = choose_band(patches.places, patches.values);
    CHECK(choice.spacing.strays >= 1);
    CHECK(choice.spacing.is_stray.back() == 1);
    CHECK(choice.curve.steps[0].distance_m < 200);
    CHECK(choice.band_m < 900);
}

TEST_CASE("a fishnet and its cells as places get the same band", "[optimise]")
{
    for (const bool gaps : {false, true}) {
        Raster<double> raster(Grid{.cell_m = 100, .rows = 30, .cols = 36});
        const Random random(12, 0);
        for (std::int64_t r = 0; r < 30; ++r) {
            for (std::int64_t c = 0; c < 36; ++c) {
                const auto i = static_cast<std::uint64_t>(r * 36 + c);
                const bool hot = std::hypot(static_cast<double>(r - 12), static_cast<double>(c - 15)) < 4.5;
                raster.at(r, c) = gaps && random.uniform(2 * i) < 0.4
                                      ? missing
                                      : std::floor((hot ? 4 : 0) + 3 * random.uniform(2 * i + 1));
            }
        }
        std::vector<double> present;
        std::copy_if(raster.values.begin(), raster.values.end(), std::back_inserter(present),
                     [](double x) { return !std::isnan(x); });
        const BandChoice grid = choose_band(raster);
        const BandChoice places = choose_band(present_centres(raster), present);
        CHECK(grid.rule == places.rule);
        CHECK(std::fabs(grid.band_m - places.band_m) < 1e-9);
        CHECK(grid.curve.peaks == places.curve.peaks);
    }
}

TEST_CASE("the chosen band does not depend on the number of threads", "[optimise]")
{
    const Patches patches(300);
    const BandChoice one = [&] {
        const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, 1);
        return choose_band(patches.places, patches.values);
    }();
    const BandChoice many = choose_band(patches.places, patches.values);
    CHECK(one.band_m == many.band_m);
    CHECK(one.choices == many.choices);
}

TEST_CASE("values that cannot show a hot spot are refused or warned of", "[optimise]")
{
    CHECK_THROWS_WITH(check_values(std::vector<double>{1, missing}),
                      "1 of the features have a value; hot spots need at least three");
    CHECK_THROWS_WITH(
        check_values(std::vector<double>(50, 4.0)),
        "all 50 values are equal; hot spots need values that differ (incidents can be counted in "
        "cells)");
    CHECK(check_values(std::vector<double>{1, 2, 3}).size() == 1);
    std::vector<double> enough(30);
    std::iota(enough.begin(), enough.end(), 0.0);
    CHECK(check_values(enough).empty());
    const std::vector<XY> two = {{0, 0}, {1, 1}, {0, 1}};
    CHECK_THROWS_AS(choose_band(two, std::vector<double>{5, 5, 5}), Error);
    CHECK(choose_band(two, std::vector<double>{5, 6, 5}).band_m > 0);
    CHECK_THROWS_AS(choose_band(std::vector<XY>(4), std::vector<double>{1, 2, 3, 4}), Error);
}
