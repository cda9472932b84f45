// The split Gaussian against the formula, every place asked at every target, in long double.

#include "kernels/density/gaussian.h"
#include "kernels/density/gaussian_lanes.h"
#include "kernels/density/gaussian_ways.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

using vigil::Grid;
using vigil::Place;
using vigil::XY;

namespace {

using Real = long double;

/// Half scattered over a square of side_m, half in a cluster a twentieth wide; UTM-sized coordinates.
std::vector<Place> noise(std::size_t n, double side_m, std::uint64_t seed)
{
    std::vector<XY> points;
    std::vector<double> weights;
    for (std::size_t i = 0; i < n; ++i) {
        const vigil::Random random(seed, i);
        const double shrink = random.uniform(2) < 0.5 ? 1 : 0.05;
        points.push_back({500000 + side_m * (0.3 + shrink * (random.uniform(0) - 0.3)),
                          5700000 + side_m * (0.6 + shrink * (random.uniform(1) - 0.6))});
        weights.push_back(0.25 + 3.5 * random.uniform(3));
    }
    return vigil::merged_places(points, weights);
}

Real brute(std::span<const Place> places, Real x, Real y, Real sigma)
{
    Real sum = 0;
    for (const Place& p : places) {
        const Real dx = Real{p.x} - x;
        const Real dy = Real{p.y} - y;
        const Real d2 = dx * dx + dy * dy;
        sum += p.weight * std::exp(-d2 / (2 * sigma * sigma));
    }
    return sum / (2 * std::numbers::pi_v<Real> * sigma * sigma);
}

} // namespace

TEST_CASE("a Gaussian at targets is the formula to within the error allowed")
{
    const auto sources = noise(400, 1000, 1);
    std::vector<XY> targets;
    for (const Place& p : noise(300, 1000, 2)) {
        targets.push_back({p.x, p.y});
    }
    for (const double sigma_m : {0.5, 4.0, 20.0, 150.0, 2000.0}) {
        for (const double tol : {1e-6, 1e-9, 1e-12}) {
            const auto found = vigil::gaussian_at(sources, targets, sigma_m, tol);
            const auto pairs = vigil::gaussian_at_by_pairs(sources, targets, sigma_m, tol);
            const auto nodes =
                sigma_m < 1 ? pairs : vigil::gaussian_at_by_nodes(sources, targets, sigma_m, tol);
            CHECK((found == pairs || found == nodes));
            Real worst = 0;
            Real top = 0;
            for (std::size_t i = 0; i < targets.size(); ++i) {
                const Real truth = brute(sources, targets[i].x, targets[i].y, sigma_m);
                worst = std::max({worst, std::abs(pairs[i] - truth), std::abs(nodes[i] - truth)});
            }
            for (const Place& p : sources) {
                top = std::max(top, brute(sources, p.x, p.y, sigma_m));
            }
            CAPTURE(sigma_m, tol);
            CHECK(worst <= (tol + 1e-14) * top);
        }
    }
}

TEST_CASE("a Gaussian cut is the smallest radius that its rule allows")
{
    for (const double tail : {1e-3, 1e-9, 1e-15}) {
        const double r = vigil::gaussian_axis_cut(tail);
        const auto loss = [](double radius) {
            return std::exp(0.5 - radius * radius / 2) * radius;
        };
        CHECK(loss(r) <= tail * (1 + 1e-12));
        CHECK(loss(r - 1e-6) > tail);
    }
}

namespace {

/// Centre of a cell, not rounded to a double.
Real centre_x(const Grid& grid, std::int64_t col)
{
    return grid.left_x + (static_cast<Real>(col) + 0.5L) * grid.cell_m;
}

Real centre_y(const Grid& grid, std::int64_t row)
{
    return grid.top_y - (static_cast<Real>(row) + 0.5L) * grid.cell_m;
}

std::vector<double> surface_of(std::span<const Place> places, const Grid& grid, double sigma_m, double tol)
{
    std::vector<double> out(static_cast<std::size_t>(grid.cells()), -1);
    vigil::GaussianSurface(places, grid, sigma_m, tol).rows(0, grid.rows, out.data());
    return out;
}

/// Highest density in the plane, from below: at the places, where clusters are highest.
Real peak(std::span<const Place> places, double sigma_m)
{
    Real top = 0;
    for (const Place& p : places) {
        top = std::max(top, brute(places, p.x, p.y, sigma_m));
    }
    return top;
}

} // namespace

TEST_CASE("a Gaussian surface is the formula to within its bound")
{
    // Places to 0.15 sides beyond the grid, so that what lies outside it counts.
    const auto places = noise(250, 1000, 3);
    const Grid grid{.left_x = 500100, .top_y = 5700850, .cell_m = 9.7, .rows = 71, .cols = 77};
    for (const double sigma_cells : {0.1, 0.6, 2.0, 2.4, 2.9, 5.0, 5.1, 17.0, 80.0, 1000.0}) {
        for (const double tol : {1e-3, 1e-6, 1e-9, 1e-12, 1e-16}) {
            const double sigma_m = sigma_cells * grid.cell_m;
            const vigil::GaussianSurface surface(places, grid, sigma_m, tol);
            std::vector<double> found(static_cast<std::size_t>(grid.cells()), -1);
            surface.rows(0, grid.rows, found.data());
            Real worst = 0;
            for (std::int64_t row = 0; row < grid.rows; row += 3) {
                for (std::int64_t col = 0; col < grid.cols; col += 4) {
                    const Real truth = brute(places, centre_x(grid, col), centre_y(grid, row), sigma_m);
                    const double value = found[static_cast<std::size_t>(row * grid.cols + col)];
                    worst = std::max(worst, std::abs(value - truth));
                }
            }
            CAPTURE(sigma_cells, tol, worst / peak(places, sigma_m));
            CHECK(surface.relative_bound() <= tol);
            CHECK(worst <= (surface.relative_bound() + 1e-14) * peak(places, sigma_m));
        }
    }
}

TEST_CASE("a Gaussian surface has the same bits however it is cut into bands and for any threads")
{
    const auto places = noise(2000, 1000, 4);
    const Grid grid{.left_x = 499950, .top_y = 5701050, .cell_m = 4, .rows = 283, .cols = 269};
    const auto cols = static_cast<std::size_t>(grid.cols);
    for (const double sigma_cells : {0.6, 3.1, 20.0, 60.0}) {
        CAPTURE(sigma_cells);
        const double sigma_m = sigma_cells * grid.cell_m;
        const auto whole = surface_of(places, grid, sigma_m, 1e-9);
        const vigil::GaussianSurface surface(places, grid, sigma_m, 1e-9);
        std::vector<double> bands(whole.size(), -1);
        std::int64_t size = 1;
        for (std::int64_t begin = 0; begin < grid.rows; begin += size, size = size * 3 % 97) {
            const std::int64_t end = std::min(grid.rows, begin + size);
            surface.rows(begin, end, bands.data() + static_cast<std::size_t>(begin) * cols);
        }
        CHECK(bands == whole);
        const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
        CHECK(surface_of(places, grid, sigma_m, 1e-9) == whole);
    }
}

TEST_CASE("one place makes the bell of the formula, far beyond three sigma, and exactly nothing out of reach")
{
    const std::vector<Place> places = {{500003.5, 5700001.25, 2.5}};
    const Grid grid{.left_x = 499800, .top_y = 5700200, .cell_m = 1, .rows = 401, .cols = 401};
    for (const double sigma_m : {1.0, 4.0, 12.0}) {
        const vigil::GaussianSurface surface(places, grid, sigma_m, 1e-9);
        std::vector<double> found(static_cast<std::size_t>(grid.cells()));
        surface.rows(0, grid.rows, found.data());
        const double highest = 2.5 / (2 * std::numbers::pi * sigma_m * sigma_m);
        REQUIRE(surface.reach_m() < 196);
        REQUIRE(surface.reach_m() > 5 * sigma_m);
        std::size_t nothing = 0;
        for (std::int64_t row = 0; row < grid.rows; ++row) {
            for (std::int64_t col = 0; col < grid.cols; ++col) {
                const double dx = std::abs(grid.centre_x(col) - places[0].x);
                const double dy = std::abs(grid.centre_y(row) - places[0].y);
                const double truth = highest * std::exp(-(dx * dx + dy * dy) / (2 * sigma_m * sigma_m));
                const double value = found[static_cast<std::size_t>(row * grid.cols + col)];
                if (std::abs(value - truth) > (surface.relative_bound() + 1e-14) * highest ||
                    (std::max(dx, dy) > surface.reach_m() && value != 0)) {
                    FAIL("row " << row << " col " << col);
                }
                nothing += value == 0 ? 1 : 0;
                // exp(-12.5) = 3.7e-6 of the highest: a cut at three sigma would have lost it.
                if (std::hypot(dx, dy) < 5 * sigma_m && std::abs(value / truth - 1) > 1e-3) {
                    FAIL("row " << row << " col " << col << ": " << value << " for " << truth);
                }
            }
        }
        CHECK(nothing > 1000);
    }
}

TEST_CASE("weights below 0 leave the error a share of the density of their sizes")
{
    auto places = noise(200, 500, 5);
    auto sizes = places;
    for (std::size_t i = 0; i < places.size(); i += 2) {
        places[i].weight = -places[i].weight;
    }
    const Grid grid{.left_x = 500000, .top_y = 5700500, .cell_m = 10, .rows = 50, .cols = 50};
    for (const double sigma_m : {30.0, 120.0}) {
        const auto found = surface_of(places, grid, sigma_m, 1e-9);
        Real worst = 0;
        Real lowest = 0;
        for (std::int64_t row = 0; row < grid.rows; ++row) {
            for (std::int64_t col = 0; col < grid.cols; ++col) {
                const Real truth = brute(places, centre_x(grid, col), centre_y(grid, row), sigma_m);
                worst =
                    std::max(worst, std::abs(found[static_cast<std::size_t>(row * grid.cols + col)] - truth));
                lowest = std::min(lowest, truth);
            }
        }
        CHECK(lowest < 0);
        CHECK(worst <= 1e-9 * peak(sizes, sigma_m));
    }
}

TEST_CASE("no places make a surface of 0, and what cannot be computed is refused")
{
    const Grid grid{.left_x = 0, .top_y = 10, .cell_m = 1, .rows = 10, .cols = 10};
    for (const double sigma_m : {0.5, 3.0, 30.0}) {
        CHECK(surface_of({}, grid, sigma_m, 1e-9) == std::vector<double>(100, 0.0));
    }
    const std::vector<Place> place = {{1, 1, 1}};
    CHECK_THROWS_AS(vigil::GaussianSurface(place, grid, 0, 1e-9), vigil::Error);
    CHECK_THROWS_AS(vigil::GaussianSurface(place, grid, 1, 0), vigil::Error);
    CHECK_THROWS_AS(vigil::GaussianSurface(place, grid, 1, 0.5), vigil::Error);
    CHECK_THROWS_AS(vigil::gaussian_at(place, {}, std::nan(""), 1e-9), vigil::Error);
    const std::vector<Place> nowhere = {{std::nan(""), 1, 1}};
    CHECK_THROWS_AS(vigil::GaussianSurface(nowhere, grid, 1, 1e-9), vigil::Error);
    CHECK(vigil::gaussian_at({}, std::vector<XY>{{1, 2}}, 1, 1e-9) == std::vector<double>{0});
}

TEST_CASE("the order of targets leaves no trace, nor do the threads")
{
    const auto sources = noise(3000, 1000, 6);
    std::vector<XY> targets;
    for (const Place& p : noise(1500, 1000, 7)) {
        targets.push_back({p.x, p.y});
    }
    std::vector<XY> reversed(targets.rbegin(), targets.rend());
    for (const double sigma_m : {2.0, 30.0, 300.0}) {
        const auto forth = vigil::gaussian_at(sources, targets, sigma_m, 1e-9);
        const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
        auto back = vigil::gaussian_at(sources, reversed, sigma_m, 1e-9);
        std::reverse(back.begin(), back.end());
        CHECK(forth == back);
    }
}

namespace {

struct Exponentials {
    double* values;
    std::size_t count;

    template <typename Vector>
    [[gnu::always_inline]] void run() const
    {
        for (std::size_t i = 0; i < count; i += vigil::lanes) {
            vigil::Lanes x;
            vigil::load(x, values + i);
            vigil::exp_in_place(x);
            vigil::store(values + i, x);
        }
    }
};

} // namespace

TEST_CASE("eight exponentials at a time are right, with the same bits in registers of any width")
{
    std::vector<double> x = {0, -0.0, -1e-300, -699.999, -700.001, -1e18, -HUGE_VAL, -std::log(2.0) / 2};
    for (std::size_t i = 0; i < 8000; ++i) {
        x.push_back(-std::exp(10 * vigil::Random(8, i).uniform(0) - 4));
    }
    std::vector<double> plain = x;
    vigil::run_plain(Exponentials{plain.data(), plain.size()});
    for (std::size_t i = 0; i < x.size(); ++i) {
        const Real truth = x[i] < -700 ? 0 : std::exp(Real{x[i]});
        if (!(std::abs(plain[i] - truth) <= 4e-16L * truth)) {
            FAIL(x[i] << " gives " << plain[i]);
        }
    }
    std::vector<double> widest = x;
    vigil::run_widest(Exponentials{widest.data(), widest.size()});
    CHECK(widest == plain);
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        std::vector<double> narrower = x;
        vigil::run_avx2(Exponentials{narrower.data(), narrower.size()});
        CHECK(narrower == plain);
    }
#endif
}
