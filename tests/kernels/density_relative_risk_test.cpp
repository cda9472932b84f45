// Relative risk against R's sparr, against sums in long double, against all permutations of a few incidents,
// and its tests against noise and a planted excess.

#include "kernels/density/edge_square.h"
#include "kernels/density/kernel_square.h"
#include "kernels/density/relative_risk.h"
#include "libgeo/error.h"
#include "libgeo/random.h"
#include "tests/support/reference.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <map>
#include <numbers>
#include <numeric>
#include <string>
#include <vector>

using vigil::Grid;
using vigil::KernelShape;
using vigil::RiskTest;
using vigil::XY;

namespace {

using Real = long double;

constexpr KernelShape shapes[] = {KernelShape::quartic, KernelShape::epanechnikov, KernelShape::triweight,
                                  KernelShape::uniform, KernelShape::triangular,   KernelShape::gaussian};

struct Incidents {
    std::vector<XY> points;
    std::vector<double> weights;
};

/// Incidents all over the grid and a little beyond; a share of them in a cluster about a tenth wide.
Incidents noise(const Grid& grid, std::size_t n, std::uint64_t seed, double clustered = 0)
{
    Incidents out;
    const vigil::Box box = grid.box();
    for (std::size_t i = 0; i < n; ++i) {
        const vigil::Random random(seed, i);
        double u = random.uniform(0) * 1.1 - 0.05;
        double v = random.uniform(1) * 1.1 - 0.05;
        if (random.uniform(2) < clustered) {
            u = 0.65 + 0.1 * u;
            v = 0.25 + 0.1 * v;
        }
        out.points.push_back({box.min_x + u * box.width(), box.min_y + v * box.height()});
        out.weights.push_back(0.5 + 2 * random.uniform(3));
    }
    return out;
}

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

bool same_bytes(const std::vector<double>& a, const std::vector<double>& b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

double share_below(const std::vector<double>& p, double level)
{
    const auto tested = std::count_if(p.begin(), p.end(), [](double v) { return !std::isnan(v); });
    const auto below = std::count_if(p.begin(), p.end(), [&](double v) { return v <= level; });
    return static_cast<double>(below) / static_cast<double>(tested);
}

constexpr Grid town{.left_x = 421000, .top_y = 3699000, .cell_m = 25, .rows = 40, .cols = 50};

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

TEST_CASE("simulated p tends to the share of all permutations, weights moving with their incidents",
          "[density]")
{
    // 3 of A among 7 incidents about one cell: 35 labellings, each tried, with one bandwidth and with two
    const Incidents all{{{10, 0}, {-30, 10}, {25, 40}, {-50, -20}, {0, 60}, {70, 5}, {-20, -65}},
                        {2, 1, 3, 0.5, 1.5, 1, 6}};
    const Grid one_cell{.left_x = -5, .top_y = 5, .cell_m = 10, .rows = 1, .cols = 1};
    for (const double other : {100.0, 140.0}) {
        const auto ratio = [&](unsigned subset) {
            double sums[2] = {0, 0};
            double totals[2] = {0, 0};
            for (std::size_t i = 0; i < 7; ++i) {
                const unsigned in_a = subset >> i & 1U;
                const double d = std::hypot(all.points[i].x, all.points[i].y);
                sums[in_a] +=
                    all.weights[i] * vigil::kernel_value(KernelShape::quartic, in_a != 0 ? 100 : other, d);
                totals[in_a] += all.weights[i];
            }
            return sums[1] / totals[1] / (sums[0] / totals[0]);
        };
        for (const unsigned chosen :
             {0b0000111U, 0b1000011U, 0b0101010U, 0b1010001U, 0b0110100U, 0b1001100U}) {
            Incidents a;
            Incidents b;
            for (std::size_t i = 0; i < 7; ++i) {
                Incidents& to = (chosen >> i & 1U) != 0 ? a : b;
                to.points.push_back(all.points[i]);
                to.weights.push_back(all.weights[i]);
            }
            double at_least = 0;
            for (unsigned subset = 0; subset < 128; ++subset) {
                at_least +=
                    std::popcount(subset) == 3 && ratio(subset) >= ratio(chosen) * (1 - 1e-12) ? 1 : 0;
            }
            const double exact = at_least / 35;

            vigil::RiskOptions options;
            options.density.bandwidth_m = 100;
            options.other_bandwidth_m = other;
            options.least_count = 0;
            options.test = RiskTest::monte_carlo;
            options.simulations = 5000;
            const auto map =
                vigil::relative_risk({a.points, a.weights}, {b.points, b.weights}, one_cell, options);
            CHECK(std::exp(map.log_ratio.values[0]) == Approx(ratio(chosen)));
            CHECK(map.p.upper.values[0] ==
                  Approx(exact).margin(0.027)); // one labelling more or less is 0.029
        }
    }
}

TEST_CASE("values that rounding cannot tell apart count as equal", "[density]")
{
    // Lone incidents: at each, A's surface is K(0) or 0, so that every simulation ties with what was seen or
    // differs by all of it. A heavy incident to the west, out of reach, leaves residue in the sweep that
    // depends on its own label; ties must be found all the same.
    const Grid strip{.left_x = 0, .top_y = 100, .cell_m = 10, .rows = 10, .cols = 2400};
    Incidents a;
    Incidents b;
    for (std::size_t i = 0; i < 40; ++i) { // in canonical order: heavy 3 i, 3 i + 1; lone 3 i + 2
        const double west = 600 * static_cast<double>(i);
        Incidents& heavy = i % 2 == 0 ? a : b;
        heavy.points.push_back({west + 50.3, 41.7});
        heavy.weights.push_back(1000 + static_cast<double>(i) / 7);
        a.points.push_back({west + 77.9, 52.6});
        a.weights.push_back(3000 + static_cast<double>(i) / 3);
        Incidents& lone = i < 12 ? a : b;
        lone.points.push_back({west + 295.3, 47.1});
        lone.weights.push_back(1);
    }
    for (const KernelShape shape : shapes) {
        vigil::RiskOptions options;
        options.density.shape = shape;
        options.density.bandwidth_m = shape == KernelShape::gaussian ? 15 : 120;
        options.least_count = 0;
        options.test = RiskTest::monte_carlo;
        options.simulations = 150;
        options.seed = 5;
        const auto map = vigil::relative_risk({a.points, a.weights}, {b.points, b.weights}, strip, options);
        INFO(vigil::name_of(shape));
        for (std::size_t i = 0; i < 40; ++i) {
            double in_a = 0;
            for (std::uint64_t simulation = 1; simulation <= 150; ++simulation) {
                in_a += vigil::relabelling::permuted(120, 72, {5, simulation})[3 * i + 2];
            }
            const auto col = static_cast<std::int64_t>((600 * static_cast<double>(i) + 295.3) / 10);
            const bool first = i < 12;
            CHECK(map.p.upper.at(5, col) == Approx(first ? (in_a + 1) / 151 : 1));
            CHECK(map.p.lower.at(5, col) == Approx(first ? 1 : (151 - in_a) / 151));
        }
    }
}

TEST_CASE("under random labels a twentieth of the cells is below 0.05", "[density]")
{
    const Grid coarse{.left_x = 421000, .top_y = 3699000, .cell_m = 100, .rows = 10, .cols = 12};
    double simulated = 0;
    double asymptotic = 0;
    constexpr int trials = 60;
    for (std::uint64_t trial = 0; trial < trials; ++trial) {
        const Incidents all = noise(coarse, 300, 100 + trial, 0.3);
        const std::vector<XY> a(all.points.begin(), all.points.begin() + 120);
        const std::vector<XY> b(all.points.begin() + 120, all.points.end());
        vigil::RiskOptions options;
        options.density.bandwidth_m = 350;
        options.least_count = 15;
        asymptotic +=
            share_below(vigil::relative_risk({a, {}}, {b, {}}, coarse, options).p.upper.values, 0.05);
        options.test = RiskTest::monte_carlo;
        options.simulations = 199; // 5 of 200 on either side are exactly 0.05
        options.seed = trial;
        const auto p = vigil::relative_risk({a, {}}, {b, {}}, coarse, options).p;
        simulated += share_below(vigil::two_sided(p).values, 0.05);
    }
    // About 10 kernels fit side by side, so that a trial is worth some 10 cells: s.e. sqrt(.05 .95 / 600) =
    // 0.009
    CHECK(simulated / trials == Approx(0.05).margin(0.025));
    CHECK(asymptotic / trials == Approx(0.05).margin(0.03));
}

TEST_CASE("a planted excess is found where it is", "[density]")
{
    const Incidents cases = noise(town, 200, 7, 0.25);
    const Incidents controls = noise(town, 400, 8, 0);
    vigil::RiskOptions options;
    options.density.bandwidth_m = 200;
    for (const RiskTest test : {RiskTest::asymptotic, RiskTest::monte_carlo}) {
        options.test = test;
        const auto map = vigil::relative_risk({cases.points, {}}, {controls.points, {}}, town, options);
        // the cluster's middle: 0.65 + 0.05 of the width, 0.25 + 0.05 from the south
        CHECK(map.log_ratio.at(28, 35) > std::log(3));
        CHECK(map.p.upper.at(28, 35) <= 0.005);
        CHECK(map.p.lower.at(28, 35) > 0.99);
        CHECK(share_below(map.p.upper.values, 0.005) < 0.15);
    }
}

TEST_CASE("relative risk does not depend on the order of the rows nor on the number of threads", "[density]")
{
    Incidents a = noise(town, 500, 11, 0.3);
    Incidents b = noise(town, 900, 12, 0.1);
    a.points[5] = a.points[6]; // coincident, with weights of their own
    for (const double other : {0.0, 90.0}) {
        vigil::RiskOptions options;
        options.density.bandwidth_m = 140;
        options.other_bandwidth_m = other;
        options.test = RiskTest::monte_carlo;
        options.simulations = 29;
        const auto run = [&] {
            return vigil::relative_risk({a.points, a.weights}, {b.points, b.weights}, town, options);
        };
        const auto all_threads = run();
        for (Incidents* group : {&a, &b}) {
            std::reverse(group->points.begin(), group->points.end());
            std::reverse(group->weights.begin(), group->weights.end());
        }
        for (const std::size_t threads : {1U, 3U}) {
            const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
            const auto again = run();
            CHECK(same_bytes(again.log_ratio.values, all_threads.log_ratio.values));
            CHECK(same_bytes(again.p.upper.values, all_threads.p.upper.values));
            CHECK(same_bytes(again.p.lower.values, all_threads.p.lower.values));
        }
        options.seed = 2;
        CHECK(!same_bytes(run().p.upper.values, all_threads.p.upper.values));
    }
}

TEST_CASE("every subset of incidents is drawn equally often", "[density]")
{
    // 10 subsets of 2 in 5, and of 3 in 5 (drawn by their complement), 1000 times each on average
    for (const std::size_t count : {2U, 3U}) {
        std::map<unsigned, double> times; // by the subset as bits
        for (std::uint64_t simulation = 0; simulation < 10000; ++simulation) {
            unsigned subset = 0;
            for (const unsigned char label : vigil::relabelling::permuted(5, count, {3, simulation})) {
                subset = 2 * subset + label;
            }
            times[subset] += 1;
        }
        REQUIRE(times.size() == 10);
        double chi2 = 0;
        for (const auto& [subset, n] : times) {
            CHECK(static_cast<std::size_t>(std::popcount(subset)) == count);
            chi2 += (n - 1000) * (n - 1000) / 1000;
        }
        CHECK(chi2 < 27.9); // 99.9 % of chi-square with 9 degrees of freedom
    }
    // far from a power of two: 64 bits taken mod m would fall below 2^62 twice as often as it should
    vigil::relabelling::Draws draws(1, 1);
    const std::uint64_t m = 3ULL << 62U;
    int low = 0;
    for (int k = 0; k < 6000; ++k) {
        const std::uint64_t drawn = draws.below(m);
        REQUIRE(drawn < m);
        low += drawn < (1ULL << 62U) ? 1 : 0;
    }
    CHECK(low == Approx(2000).margin(150)); // s.d. 36; with bias 3000
    CHECK(draws.below(1) == 0);
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
