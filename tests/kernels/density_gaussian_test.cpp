// The Gaussian surface against its formula in long double, every place asked at every cell.

#include "kernels/density/gaussian.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

using vigil::GaussianSurface;
using vigil::Grid;
using vigil::Place;
using vigil::XY;
using Real = long double;

namespace {

constexpr Grid utm_grid{.left_x = 421000, .top_y = 3699000, .cell_m = 25, .rows = 61, .cols = 90};

/// Half scattered over the grid and 15 % beyond each border, half in a cluster.
std::vector<Place> noise(const Grid& grid, std::size_t n, std::uint64_t seed)
{
    std::vector<XY> points;
    std::vector<double> weights;
    const vigil::Box box = grid.box();
    for (std::size_t i = 0; i < n; ++i) {
        const vigil::Random random(seed, i);
        double u = random.uniform(0) * 1.3 - 0.15;
        double v = random.uniform(1) * 1.3 - 0.15;
        if (random.uniform(2) < 0.5) {
            u = 0.3 + 0.05 * u;
            v = 0.6 + 0.05 * v;
        }
        points.push_back({box.min_x + u * box.width(), box.min_y + v * box.height()});
        weights.push_back(0.25 + 3.5 * random.uniform(3));
    }
    return vigil::merged_places(points, weights);
}

Real formula(const std::vector<Place>& places, Real x, Real y, Real sigma)
{
    Real sum = 0;
    for (const Place& place : places) {
        const Real dx = x - static_cast<Real>(place.x);
        const Real dy = y - static_cast<Real>(place.y);
        sum += static_cast<Real>(place.weight) * std::exp(-(dx * dx + dy * dy) / (2 * sigma * sigma));
    }
    return sum / (2 * std::numbers::pi_v<Real> * sigma * sigma);
}

std::vector<Real> brute(const std::vector<Place>& places, const Grid& grid, double sigma_m)
{
    std::vector<Real> out;
    for (std::int64_t row = 0; row < grid.rows; ++row) {
        for (std::int64_t col = 0; col < grid.cols; ++col) {
            const Real x = grid.left_x + (static_cast<Real>(col) + 0.5L) * grid.cell_m;
            const Real y = grid.top_y - (static_cast<Real>(row) + 0.5L) * grid.cell_m;
            out.push_back(formula(places, x, y, static_cast<Real>(sigma_m)));
        }
    }
    return out;
}

std::vector<double> whole(const GaussianSurface& surface, const Grid& grid)
{
    std::vector<double> out(static_cast<std::size_t>(grid.cells()));
    surface.rows(0, grid.rows, out);
    return out;
}

Real largest_error(const std::vector<double>& fast, const std::vector<Real>& slow)
{
    Real error = 0;
    for (std::size_t i = 0; i < slow.size(); ++i) {
        error = std::max(error, std::abs(static_cast<Real>(fast[i]) - slow[i]));
    }
    return error / *std::max_element(slow.begin(), slow.end());
}

} // namespace

TEST_CASE("the Gaussian surface is within its bound of brute force at every width", "[gaussian]")
{
    const auto places = noise(utm_grid, 150, 1);
    for (const double cells : {0.02, 0.6, 2.0, 2.3, 2.9, 5.0, 9.0, 17.0, 80.0}) {
        const double sigma_m = cells * utm_grid.cell_m;
        const auto expected = brute(places, utm_grid, sigma_m);
        for (const double tol : {0.1, 1e-3, 1e-6, 1e-9, 1e-12, 1e-15}) {
            const GaussianSurface surface(places, utm_grid, sigma_m, tol);
            const Real error = largest_error(whole(surface, utm_grid), expected);
            INFO("sigma " << cells << " cells, tol " << tol << ", bound " << surface.relative_bound()
                          << ", error " << static_cast<double>(error));
            CHECK(error <= surface.relative_bound());
            // rounding: coordinates 22 x 3 x 2^-53 x extent / sigma < 3e-12 / sigma for 250 cells, sums of
            // at most 150 places and of a few thousand factors < 5e-13
            CHECK(surface.relative_bound() <= tol + 5e-13 + 3e-12 / cells);
        }
    }
}

TEST_CASE("rows of a Gaussian surface are the same bits however they are cut, on one thread too",
          "[gaussian]")
{
    const auto places = noise(utm_grid, 3000, 2);
    for (const double cells : {0.6, 2.9, 5.0, 17.0}) {
        const GaussianSurface surface(places, utm_grid, cells * utm_grid.cell_m);
        const auto once = whole(surface, utm_grid);
        const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
        const GaussianSurface again(places, utm_grid, cells * utm_grid.cell_m);
        std::vector<double> parts(once.size());
        std::int64_t begin = 0;
        for (const std::int64_t end : {1, 8, 9, 40, 61}) {
            again.rows(begin, end,
                       std::span(parts).subspan(static_cast<std::size_t>(begin * utm_grid.cols),
                                                static_cast<std::size_t>((end - begin) * utm_grid.cols)));
            begin = end;
        }
        INFO("sigma " << cells << " cells");
        CHECK(parts == once);
    }
}

TEST_CASE("one place gives the formula, beyond 3 sigma too, and its whole weight", "[gaussian]")
{
    const Grid grid{.left_x = 0, .top_y = 401, .cell_m = 1, .rows = 401, .cols = 401};
    const std::vector<Place> one = {{200.5, 200.5, 2.5}}; // the centre of cell (200, 200)
    for (const double sigma_m : {1.5, 3.0, 7.0, 20.0}) {
        const auto values = whole(GaussianSurface(one, grid, sigma_m, 1e-12), grid);
        const double peak = 2.5 / (2 * std::numbers::pi * sigma_m * sigma_m);
        CHECK(values[200 * 401 + 200] == Approx(peak).epsilon(1e-11));
        const auto five_sigma = static_cast<std::size_t>(5 * sigma_m);
        const double u = static_cast<double>(five_sigma) / sigma_m;
        // exp(-12.5) = 3.7e-6 of the peak, good to 1e-12 of the peak
        CHECK(values[200 * 401 + 200 + five_sigma] == Approx(peak * std::exp(-u * u / 2)).epsilon(1e-6));
        CHECK(values[(200 + five_sigma) * 401 + 200] == Approx(peak * std::exp(-u * u / 2)).epsilon(1e-6));
        double sum = 0;
        for (const double value : values) {
            sum += value;
        }
        // all but 2 exp(-50) of it is on the grid; the sum of samples is the integral but for the aliasing
        // 4 exp(-2 pi^2 sigma^2) < 1e-18
        CHECK(sum == Approx(2.5).epsilon(1e-10));
    }
}

TEST_CASE("a cell beyond the stated reach of every place is exactly 0", "[gaussian]")
{
    const Grid grid{.left_x = 0, .top_y = 300, .cell_m = 1, .rows = 300, .cols = 400};
    const std::vector<Place> places = {{-3, 310, 1}, {30.2, 290.4, 2}};
    for (const double sigma_m : {0.6, 2.9, 9.0}) {
        const GaussianSurface surface(places, grid, sigma_m);
        const auto values = whole(surface, grid);
        std::size_t beyond = 0;
        for (std::int64_t row = 0; row < grid.rows; ++row) {
            for (std::int64_t col = 0; col < grid.cols; ++col) {
                const XY centre{grid.centre_x(col), grid.centre_y(row)};
                const double value = values[static_cast<std::size_t>(row * grid.cols + col)];
                const double nearest =
                    std::min(vigil::distance_m(centre, {-3, 310}), vigil::distance_m(centre, {30.2, 290.4}));
                if (nearest > surface.reach_m()) {
                    ++beyond;
                    REQUIRE(value == 0);
                }
                if (nearest < 5 * sigma_m) {
                    REQUIRE(value > 0);
                }
            }
        }
        CHECK(beyond > 10000);
    }
}

TEST_CASE("densities at places are within tolerance of brute force, by lattice and by pairs", "[gaussian]")
{
    const auto sources = noise(utm_grid, 700, 3);
    std::vector<XY> targets; // too many for pairs to be cheaper at the wider sigmas
    for (const Place& place : noise(utm_grid, 5000, 4)) {
        targets.push_back({place.x, place.y});
    }
    for (const double sigma_m : {1.0, 40.0, 300.0, 2000.0, 60000.0}) {
        Real highest = 0;
        for (std::size_t i = 0; i < sources.size(); i += 3) {
            highest = std::max(highest, formula(sources, static_cast<Real>(sources[i].x),
                                                static_cast<Real>(sources[i].y), static_cast<Real>(sigma_m)));
        }
        for (const double tol : {1e-4, 1e-9, 1e-12}) {
            const auto values = vigil::gaussian_at(sources, targets, sigma_m, tol);
            Real error = 0;
            for (std::size_t i = 0; i < targets.size(); i += 50) {
                const Real slow = formula(sources, static_cast<Real>(targets[i].x),
                                          static_cast<Real>(targets[i].y), static_cast<Real>(sigma_m));
                error = std::max(error, std::abs(static_cast<Real>(values[i]) - slow) / highest);
            }
            INFO("sigma " << sigma_m << ", tol " << tol << ", error " << static_cast<double>(error));
            CHECK(error <= static_cast<Real>(tol));
            const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
            CHECK(vigil::gaussian_at(sources, targets, sigma_m, tol) == values);
        }
    }
}

TEST_CASE("no places give zeros, and unusable numbers are refused", "[gaussian]")
{
    const std::vector<Place> none;
    const std::vector<Place> far = {{1e9, -1e9, 1}};
    for (const double sigma_m : {10.0, 100.0, 1000.0}) {
        for (const auto& places : {none, far}) {
            const auto values = whole(GaussianSurface(places, utm_grid, sigma_m), utm_grid);
            CHECK(std::all_of(values.begin(), values.end(), [](double value) { return value == 0; }));
        }
    }
    const std::vector<XY> target = {{0, 0}};
    CHECK(vigil::gaussian_at(none, target, 10) == std::vector<double>{0});
    CHECK_THROWS_AS(GaussianSurface(none, utm_grid, 0), vigil::Error);
    CHECK_THROWS_AS(GaussianSurface(none, utm_grid, std::nan("")), vigil::Error);
    CHECK_THROWS_AS(GaussianSurface(none, utm_grid, 10, 0.2), vigil::Error);
    CHECK_THROWS_AS(vigil::gaussian_at(none, target, -1), vigil::Error);
}
