// Relative risk and its asymptotic p against R's sparr and against sums in long double.

#include "kernels/density/edge_square.h"
#include "kernels/density/kernel_square.h"
#include "kernels/density/relative_risk.h"
#include "libgeo/error.h"
#include "tests/kernels/density_risk_noise.h"
#include "tests/support/reference.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <string>
#include <vector>

using vigil::Grid;
using vigil::KernelShape;
using vigil::RiskTest;
using vigil::XY;
using vigil::test::Incidents;
using vigil::test::noise;
using vigil::test::shapes;
using vigil::test::town;

namespace {

using Real = long double;

Real sum_at(const Incidents& in, KernelShape shape, double h, Real x, Real y)
{
    Real sum = 0;
    for (std::size_t i = 0; i < in.points.size(); ++i) {
        const Real d = std::hypot(x - in.points[i].x, y - in.points[i].y);
        sum += in.weights[i] * static_cast<Real>(vigil::kernel_value(shape, h, static_cast<double>(d)));
    }
    return sum;
}

Real total(const Incidents& in)
{
    return std::accumulate(in.weights.begin(), in.weights.end(), Real{0});
}

/// (sum w)^2 / sum w^2
Real effective(const Incidents& in)
{
    Real squares = 0;
    for (const double w : in.weights) {
        squares += static_cast<Real>(w) * w;
    }
    return total(in) * total(in) / squares;
}

Real roughness(KernelShape shape)
{
    // 2 pi int u K(u)^2 du by the midpoint rule; the uniform kernel is constant and the others end smoothly
    const Real end = shape == KernelShape::gaussian ? 9 : 1;
    constexpr int steps = 20000;
    Real sum = 0;
    for (int k = 0; k < steps; ++k) {
        const Real u = (k + Real{0.5}) * end / steps;
        const Real value = vigil::kernel_value(shape, 1, static_cast<double>(u));
        sum += u * value * value * end / steps;
    }
    return 2 * std::numbers::pi_v<Real> * sum;
}

double phi(double z)
{
    return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

/// Mass of a Gaussian about each cell's centre inside the grid: differences of Phi along each axis.
std::vector<double> edge_mass(const Grid& grid, double sigma)
{
    const vigil::Box box = grid.box();
    std::vector<double> out;
    for (std::int64_t row = 0; row < grid.rows; ++row) {
        for (std::int64_t col = 0; col < grid.cols; ++col) {
            const double x = grid.centre_x(col);
            const double y = grid.centre_y(row);
            out.push_back((phi((box.max_x - x) / sigma) - phi((box.min_x - x) / sigma)) *
                          (phi((box.max_y - y) / sigma) - phi((box.min_y - y) / sigma)));
        }
    }
    return out;
}

} // namespace

TEST_CASE("the roughness of every kernel is the integral of its square", "[density]")
{
    for (const KernelShape shape : shapes) {
        INFO(vigil::name_of(shape));
        CHECK(vigil::kernel_roughness(shape) == Approx(static_cast<double>(roughness(shape))).epsilon(1e-7));
    }
}

TEST_CASE("relative risk and its asymptotic p equal those of sparr", "[density]")
{
    // testdata/density_risk: sparr 2.2-17, places on pixel centres, Gaussian of 150 m, window = grid
    auto points = vigil::test::csv_columns(vigil::test::testdata("density_risk/points.csv"));
    const auto x = vigil::test::numbers(points["x"]);
    const auto y = vigil::test::numbers(points["y"]);
    Incidents cases;
    Incidents controls;
    for (std::size_t i = 0; i < x.size(); ++i) {
        (points["group"][i] == "case" ? cases : controls).points.push_back({x[i], y[i]});
    }
    REQUIRE(cases.points.size() == 60);
    REQUIRE(controls.points.size() == 90);
    const Grid grid{.left_x = 0, .top_y = 1280, .cell_m = 10, .rows = 128, .cols = 128};
    const auto exact_mass = edge_mass(grid, 150);

    vigil::RiskOptions options;
    options.density.shape = KernelShape::gaussian;
    options.density.bandwidth_m = 150;
    options.least_count = 0;
    // sparr adds its edge masses up over pixels; e(c) of a Gaussian is s(c) of one sqrt(2) as wide
    const std::vector<unsigned char> inside(16384, 1);
    const auto square = vigil::square_edge_mass(inside, grid, options.density);
    const auto mass = vigil::square_edge_mass(
        inside, grid, {.shape = KernelShape::gaussian, .bandwidth_m = 150 * std::numbers::sqrt2});
    const auto plain = vigil::relative_risk({cases.points, {}}, {controls.points, {}}, grid, options);
    options.edge = {.kernel = mass.values, .square = square.values};
    const auto map = vigil::relative_risk({cases.points, {}}, {controls.points, {}}, grid, options);

    auto expected = vigil::test::csv_columns(vigil::test::testdata("density_risk/expected.csv"));
    const auto at_x = vigil::test::numbers(expected["x"]);
    const auto at_y = vigil::test::numbers(expected["y"]);
    const auto rho_none = vigil::test::numbers(expected["rho_none"]);
    const auto rho_uniform = vigil::test::numbers(expected["rho_uniform"]);
    const auto edge = vigil::test::numbers(expected["edge"]);
    const auto p = vigil::test::numbers(expected["p"]);
    REQUIRE(p.size() == 42);
    for (std::size_t i = 0; i < p.size(); ++i) {
        const auto row = static_cast<std::int64_t>((1280 - at_y[i]) / 10);
        const auto col = static_cast<std::int64_t>(at_x[i] / 10);
        const auto k = static_cast<std::size_t>(row * grid.cols + col);
        INFO("at " << at_x[i] << ", " << at_y[i]);
        // sparr's Gaussian is summed by FFT over a window twice as wide and wraps beyond it; ours is cut at
        // 1e-9
        CHECK(plain.log_ratio.values[k] == Approx(rho_none[i]).margin(1e-6));
        CHECK(map.log_ratio.values[k] == Approx(rho_uniform[i]).margin(1e-6));
        CHECK(mass.values[k] == Approx(edge[i]).epsilon(1e-7));
        CHECK(mass.values[k] == Approx(exact_mass[k]).epsilon(5e-4));
        CHECK(map.p.upper.values[k] == Approx(p[i]).epsilon(1e-5).margin(1e-12));
        CHECK(map.p.upper.values[k] + map.p.lower.values[k] == Approx(1));
    }
}

TEST_CASE("the edge mass of a kernel's square is its sum over the cells inside", "[density]")
{
    // a ring with a hole and a notch, which touches the grid's western edge
    const Grid grid{.left_x = 0, .top_y = 400, .cell_m = 10, .rows = 40, .cols = 60};
    std::vector<unsigned char> inside(2400, 0);
    for (std::int64_t row = 3; row < 38; ++row) {
        for (std::int64_t col = 0; col < 55; ++col) {
            const bool hole = row > 15 && row < 20 && col > 20 && col < 29;
            const bool notch = row > 25 && col > 40 && col < 44;
            inside[static_cast<std::size_t>(row * 60 + col)] = static_cast<unsigned char>(!hole && !notch);
        }
    }
    for (const KernelShape shape : shapes) {
        const double h = shape == KernelShape::gaussian ? 12 : 63;
        const auto mass = vigil::square_edge_mass(inside, grid, {.shape = shape, .bandwidth_m = h});
        Real worst = 0;
        for (std::int64_t k = 0; k < 2400; k += 7) {
            if (inside[static_cast<std::size_t>(k)] == 0) {
                CHECK(std::isnan(mass.values[static_cast<std::size_t>(k)]));
                continue;
            }
            const std::int64_t at_row = k / 60;
            const std::int64_t at_col = k % 60;
            Real sum = 0;
            Real all = 0;
            for (std::int64_t row = at_row - 9; row <= at_row + 9; ++row) {
                for (std::int64_t col = at_col - 9; col <= at_col + 9; ++col) {
                    const auto dx = static_cast<double>(col - at_col) * 10;
                    const auto dy = static_cast<double>(row - at_row) * 10;
                    const Real value = vigil::kernel_value(shape, h, std::hypot(dx, dy));
                    const bool on = row >= 0 && row < 40 && col >= 0 && col < 60 &&
                                    inside[static_cast<std::size_t>(row * 60 + col)] != 0;
                    sum += on ? value * value : 0;
                    all += value * value;
                }
            }
            worst = std::max(worst, std::abs(mass.values[static_cast<std::size_t>(k)] - sum / all));
        }
        INFO(vigil::name_of(shape));
        CHECK(worst < 1e-13L);
        CHECK(mass.at(10, 10) == 1); // a kernel of 6 cells meets no edge there
    }
    // a corner, half a cell from both edges, of a Gaussian: Phi(0.05 sqrt(2))^2 for its square of sigma /
    // sqrt(2)
    const Grid wide{.left_x = 0, .top_y = 2000, .cell_m = 10, .rows = 200, .cols = 200};
    const std::vector<unsigned char> whole(40000, 1);
    const auto mass =
        vigil::square_edge_mass(whole, wide, {.shape = KernelShape::gaussian, .bandwidth_m = 100});
    const double side = phi(0.05 * std::numbers::sqrt2);
    CHECK(mass.at(0, 0) == Approx(side * side).epsilon(1e-4));
    CHECK(mass.at(0, 100) == Approx(side).epsilon(1e-4));
}

TEST_CASE("relative risk and asymptotic p equal sums in long double", "[density]")
{
    const Incidents a = noise(town, 70, 1, 0.4);
    const Incidents b = noise(town, 110, 2, 0.1);
    for (const KernelShape shape : shapes) {
        for (const double other : {0.0, 210.0}) {
            vigil::RiskOptions options;
            options.density.shape = shape;
            options.density.bandwidth_m = shape == KernelShape::gaussian ? 120 : 300;
            options.other_bandwidth_m = other;
            const double h1 = options.density.bandwidth_m;
            const double h2 = other > 0 ? other : h1;
            const auto map =
                vigil::relative_risk({a.points, a.weights}, {b.points, b.weights}, town, options);
            INFO(vigil::name_of(shape) << ", " << h1 << " and " << h2 << " m");
            std::size_t compared = 0;
            Real worst = 0;
            for (std::int64_t row = 0; row < town.rows; row += 3) {
                for (std::int64_t col = 0; col < town.cols; col += 3) {
                    const Real f = sum_at(a, shape, h1, town.centre_x(col), town.centre_y(row)) / total(a);
                    const Real g = sum_at(b, shape, h2, town.centre_x(col), town.centre_y(row)) / total(b);
                    const Real r = roughness(shape);
                    const Real count = effective(a) * f * h1 * h1 / r + effective(b) * g * h2 * h2 / r;
                    const double rho = map.log_ratio.at(row, col);
                    if (count < Real{5} * (1 - Real{1e-6}) || f == 0 || g == 0) {
                        CHECK(std::isnan(rho));
                        CHECK(std::isnan(map.p.upper.at(row, col)));
                        continue;
                    }
                    if (count < Real{5} * (1 + Real{1e-6}) || f < Real{1e-12} || g < Real{1e-12}) {
                        continue;
                    }
                    const Real pooled = (total(a) * f + total(b) * g) / (total(a) + total(b));
                    const Real variance =
                        r / pooled * (1 / (effective(a) * h1 * h1) + 1 / (effective(b) * h2 * h2));
                    const Real z = std::log(f / g) / std::sqrt(variance);
                    const Real upper = std::erfc(z / std::numbers::sqrt2_v<Real>) / 2;
                    worst = std::max(worst, std::abs(rho - std::log(f / g)));
                    CHECK(map.p.upper.at(row, col) ==
                          Approx(static_cast<double>(upper)).epsilon(1e-5).margin(1e-15));
                    ++compared;
                }
            }
            CHECK(compared > 40);
            CHECK(worst < (shape == KernelShape::gaussian ? 1e-5L : 1e-8L));
        }
    }
}

TEST_CASE("only one group in reach is not a finite ratio, and too few incidents are no ratio", "[density]")
{
    // 9 of A in one place, 9 of B in another; a kernel of 100 m does not reach from one to the other
    const std::vector<XY> a(9, XY{421200, 3698500});
    const std::vector<XY> b(9, XY{421900, 3698500});
    vigil::RiskOptions options;
    options.density.bandwidth_m = 100;
    options.test = RiskTest::monte_carlo;
    options.simulations = 99;
    const auto map = vigil::relative_risk({a, {}}, {b, {}}, town, options);
    const auto at_a = map.log_ratio.grid.cols * 20 + 8; // (421212.5, 3698487.5)
    CHECK(map.one_sided_cells > 0);
    CHECK(map.masked_cells + map.one_sided_cells == 2000); // nowhere both
    CHECK(std::isnan(map.log_ratio.values[static_cast<std::size_t>(at_a)]));
    // all 9 of A on one side of 18: 1 in 48620, so no simulation does as well
    CHECK(map.p.upper.values[static_cast<std::size_t>(at_a)] == Approx(0.01));
    CHECK(map.p.lower.values[static_cast<std::size_t>(at_a)] == Approx(1));
    CHECK(std::isnan(map.p.upper.at(0, 0)));

    options.test = RiskTest::asymptotic;
    CHECK(std::isnan(vigil::relative_risk({a, {}}, {b, {}}, town, options)
                         .p.upper.values[static_cast<std::size_t>(at_a)]));

    // cells below a share of the highest pooled density: at d the quartic is (1 - d^2 / h^2)^2 of its peak
    options.least_count = 0;
    options.least_share = 0.5;
    const auto core = vigil::relative_risk({a, {}}, {b, {}}, town, options);
    options.least_share = 0;
    const auto whole = vigil::relative_risk({a, {}}, {b, {}}, town, options);
    CHECK(core.one_sided_cells < whole.one_sided_cells);
    CHECK(core.one_sided_cells > 0);
}

TEST_CASE("a density within its own error is no denominator", "[density]")
{
    // f is known to 1e-9 of its peak; exp(-d^2 / 2) falls below 10 such errors at 6.07 sigma, before its cut
    const std::vector<XY> a(9, XY{421200, 3698500});
    const std::vector<XY> b = {{421200, 3698500}, {421600, 3698500}, {421900, 3698500}};
    vigil::RiskOptions options;
    options.density.shape = KernelShape::gaussian;
    options.density.bandwidth_m = 100;
    options.least_count = 1e-6;
    const auto map = vigil::relative_risk({a, {}}, {b, {}}, town, options);
    const auto f = vigil::density(a, {}, town, options.density);
    const double error = f.error_bound * *std::max_element(f.raster.values.begin(), f.raster.values.end());
    CHECK(std::isfinite(map.log_ratio.at(20, 28))); // 421712.5: 5.1 sigma
    for (std::int64_t col = 0; col < town.cols; ++col) {
        CHECK(std::isnan(map.log_ratio.at(20, col)) == (f.raster.at(20, col) < 10 * error));
    }
}

TEST_CASE("unusable relative risk input is refused with one clear line", "[density]")
{
    const std::vector<XY> a = {{421100, 3698900}};
    const std::vector<XY> b = {{421200, 3698800}};
    const std::vector<double> zero = {0};
    const std::vector<double> short_edge = {1, 1};
    vigil::RiskOptions options;
    const auto text = [&](const vigil::Group& first, const vigil::Group& second) -> std::string {
        try {
            vigil::relative_risk(first, second, town, options);
        } catch (const vigil::Error& error) {
            return error.what();
        }
        return "accepted";
    };
    CHECK(text({a, {}}, {b, {}}) == "accepted");
    CHECK(text({a, {}}, {b, zero}) == "the second group has no incident of weight above 0");
    CHECK(text({{}, {}}, {b, {}}) == "the first group has no incident of weight above 0");
    options.other_bandwidth_m = -1;
    CHECK(text({a, {}}, {b, {}}) == "bandwidth -1 m of the second group is not a positive number");
    options.other_bandwidth_m = 0;
    options.least_share = 2;
    CHECK(text({a, {}}, {b, {}}) == "least share 2 is not between 0 and 1");
    options.least_share = 0;
    options.edge.kernel = short_edge;
    CHECK(text({a, {}}, {b, {}}) == "2 edge values for 2000 cells");
    const std::vector<double> whole(2000, 1.0);
    options.edge.kernel = whole;
    CHECK(text({a, {}}, {b, {}}) ==
          "the asymptotic test needs the edge mass of the kernel and of its square");
    options.edge = {};
    options.test = RiskTest::monte_carlo;
    options.simulations = 0;
    CHECK(text({a, {}}, {b, {}}) == "0 simulations: give a number from 1 to 1000000 (199 and 999 are usual)");
}

TEST_CASE("cells outside the study area are masked", "[density]")
{
    const Incidents a = noise(town, 100, 21);
    const Incidents b = noise(town, 100, 22);
    std::vector<double> mass(2000, 1.0);
    mass[1020] = 0;
    mass[1021] = std::nan("");
    vigil::RiskOptions options;
    options.density.bandwidth_m = 400;
    options.edge = {.kernel = mass, .square = mass};
    const auto map = vigil::relative_risk({a.points, {}}, {b.points, {}}, town, options);
    CHECK(std::isnan(map.log_ratio.values[1020]));
    CHECK(std::isnan(map.log_ratio.values[1021]));
    CHECK(std::isfinite(map.log_ratio.values[1022]));
    CHECK(std::isnan(map.p.upper.values[1020]));
}
