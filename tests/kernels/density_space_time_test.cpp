// Space-time density against every incident asked at every cell and slice, in long double.

#include "kernels/density.h"
#include "kernels/density/space_time.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

using vigil::Grid;
using vigil::KernelShape;
using vigil::Raster;
using vigil::Seconds;
using vigil::SpaceTimeOptions;
using vigil::SpaceTimeWay;
using vigil::TimeShape;
using vigil::TimeSpan;
using vigil::XY;

namespace {

using Real = long double;
constexpr Seconds day = 86400;
constexpr TimeShape time_shapes[] = {TimeShape::uniform, TimeShape::triangular, TimeShape::epanechnikov,
                                     TimeShape::quartic};

struct Incidents {
    std::vector<XY> points;
    std::vector<double> weights;
    std::vector<TimeSpan> times;
};

/// Scattered over the grid and beyond, half of them in a cluster; instants, intervals of seconds to months,
/// unknown times; some at the place of another, some at a slice's time.
Incidents scattered(const Grid& grid, std::size_t n, std::uint64_t seed)
{
    Incidents all;
    const vigil::Box box = grid.box();
    for (std::size_t i = 0; i < n; ++i) {
        const vigil::Random random(seed, i);
        double u = random.uniform(0) * 1.3 - 0.15;
        double v = random.uniform(1) * 1.3 - 0.15;
        if (random.uniform(2) < 0.5) {
            u = 0.3 + 0.1 * u;
            v = 0.6 + 0.1 * v;
        }
        all.points.push_back({box.min_x + u * box.width(), box.min_y + v * box.height()});
        if (random.uniform(3) < 0.1 && i > 0) {
            all.points.back() = all.points[i / 2];
        }
        all.weights.push_back(0.25 + 3.5 * random.uniform(4));
        const auto start = 1'600'000'000 + static_cast<Seconds>(random.uniform(5) * 400) * day / 2;
        const double kind = random.uniform(6);
        Seconds length = 0;
        if (kind > 0.6) {
            length = static_cast<Seconds>(std::pow(10, 7 * random.uniform(7)));
        }
        all.times.push_back(kind < 0.05 ? TimeSpan{} : TimeSpan{start, start + length});
    }
    return all;
}

Real space_kernel(KernelShape shape, Real h, Real d2)
{
    const Real u2 = d2 / (h * h);
    if (shape == KernelShape::uniform ? u2 > 1 : u2 >= 1) {
        return 0;
    }
    const Real per_area = 1 / (std::numbers::pi_v<Real> * h * h);
    const Real rest = 1 - u2;
    switch (shape) {
    case KernelShape::uniform:
        return per_area;
    case KernelShape::triangular:
        return 3 * (1 - std::sqrt(u2)) * per_area;
    case KernelShape::epanechnikov:
        return 2 * rest * per_area;
    case KernelShape::quartic:
        return 3 * rest * rest * per_area;
    default:
        return 4 * rest * rest * rest * per_area;
    }
}

/// Integral of K1 from -1 to u: the antiderivative, by hand.
Real time_integral(TimeShape shape, Real u)
{
    u = std::clamp(u, Real{-1}, Real{1});
    switch (shape) {
    case TimeShape::uniform:
        return (u + 1) / 2;
    case TimeShape::triangular:
        return u < 0 ? (1 + u) * (1 + u) / 2 : 1 - (1 - u) * (1 - u) / 2;
    case TimeShape::epanechnikov:
        return 0.75L * (u - u * u * u / 3) + 0.5L;
    default:
        return 0.9375L * (u - 2 * u * u * u / 3 + u * u * u * u * u / 5) + 0.5L;
    }
}

Real time_kernel(TimeShape shape, Real u)
{
    const Real away = std::abs(u);
    const Real rest = 1 - u * u;
    if (shape == TimeShape::uniform) {
        return away <= 1 ? 0.5L : 0;
    }
    if (away >= 1) {
        return 0;
    }
    return shape == TimeShape::triangular
               ? 1 - away
               : (shape == TimeShape::epanechnikov ? 0.75L * rest : 0.9375L * rest * rest);
}

Real time_share(TimeShape shape, Real h, const TimeSpan& when, Seconds t)
{
    if (!when.known()) {
        return 0;
    }
    const auto start = static_cast<Real>(t - when.start);
    const auto end = static_cast<Real>(t - when.end);
    if (when.instant()) {
        return time_kernel(shape, start / h) / h;
    }
    return (time_integral(shape, start / h) - time_integral(shape, end / h)) / (start - end);
}

/// K2 of every incident at every cell.
std::vector<std::vector<Real>> space_kernels(const Incidents& all, const Grid& grid, KernelShape shape,
                                             double h)
{
    std::vector<std::vector<Real>> kernels;
    for (std::int64_t row = 0; row < grid.rows; ++row) {
        for (std::int64_t col = 0; col < grid.cols; ++col) {
            const Real x = grid.left_x + (static_cast<Real>(col) + 0.5L) * grid.cell_m;
            const Real y = grid.top_y - (static_cast<Real>(row) + 0.5L) * grid.cell_m;
            std::vector<Real> here;
            for (const XY p : all.points) {
                here.push_back(space_kernel(shape, h, (x - p.x) * (x - p.x) + (y - p.y) * (y - p.y)));
            }
            kernels.push_back(here);
        }
    }
    return kernels;
}

std::vector<std::vector<double>> slices_of(const Incidents& all, const Grid& grid,
                                           const SpaceTimeOptions& options,
                                           const std::vector<Seconds>& slice_times)
{
    std::vector<std::vector<double>> slices;
    vigil::space_time_density(all.points, all.weights, all.times, grid, options, slice_times,
                              [&](std::size_t slice, const Raster<double>& raster) {
                                  CHECK(slice == slices.size());
                                  slices.push_back(raster.values);
                              });
    CHECK(slices.size() == slice_times.size());
    return slices;
}

constexpr Grid utm_grid{.left_x = 421000, .top_y = 3699000, .cell_m = 25, .rows = 30, .cols = 50};

std::vector<Seconds> every(Seconds step, std::size_t n, Seconds first = 1'600'000'000)
{
    std::vector<Seconds> times;
    for (std::size_t k = 0; k < n; ++k) {
        times.push_back(first + static_cast<Seconds>(k) * step);
    }
    return times;
}

} // namespace

TEST_CASE("both ways equal brute force within 1e-12 of the maximum, with the same zeros", "[space_time]")
{
    const Incidents all = scattered(utm_grid, 150, 1);
    std::vector<Seconds> slice_times = every(9 * day, 22);
    slice_times.push_back(slice_times.back() + 1);        // uneven: one second on,
    slice_times.push_back(slice_times.back() + 70 * day); // and a gap longer than any window
    for (const KernelShape shape : {KernelShape::quartic, KernelShape::epanechnikov, KernelShape::triweight,
                                    KernelShape::uniform, KernelShape::triangular}) {
        const double h = 170;
        const auto kernels = space_kernels(all, utm_grid, shape, h);
        for (const TimeShape time_shape : time_shapes) {
            const double time_h = 20.0 * day;
            std::vector<std::vector<Real>> expected;
            Real highest = 0;
            for (const Seconds t : slice_times) {
                std::vector<Real> factors;
                for (std::size_t i = 0; i < all.points.size(); ++i) {
                    factors.push_back(all.weights[i] * time_share(time_shape, time_h, all.times[i], t));
                }
                expected.emplace_back();
                for (const auto& here : kernels) {
                    Real sum = 0;
                    for (std::size_t i = 0; i < factors.size(); ++i) {
                        sum += factors[i] * here[i];
                    }
                    expected.back().push_back(sum);
                    highest = std::max(highest, sum);
                }
            }
            for (const SpaceTimeWay way : {SpaceTimeWay::direct, SpaceTimeWay::moments}) {
                const bool polynomial =
                    shape != KernelShape::triangular && time_shape != TimeShape::triangular;
                if (way == SpaceTimeWay::moments && !polynomial) {
                    continue;
                }
                const auto slices = slices_of(all, utm_grid,
                                              {.shape = shape,
                                               .bandwidth_m = h,
                                               .time_shape = time_shape,
                                               .time_bandwidth_s = time_h,
                                               .way = way},
                                              slice_times);
                Real error = 0;
                std::size_t zeros_differ = 0;
                for (std::size_t k = 0; k < slices.size(); ++k) {
                    for (std::size_t i = 0; i < slices[k].size(); ++i) {
                        error = std::max(error, std::abs(slices[k][i] - expected[k][i]) / highest);
                        zeros_differ +=
                            static_cast<std::size_t>((slices[k][i] == 0) != (expected[k][i] == 0));
                    }
                }
                INFO(vigil::name_of(shape) << ", " << vigil::name_of(time_shape) << " in time, "
                                           << (way == SpaceTimeWay::direct ? "direct" : "moments"));
                CHECK(error <= 1e-12L);
                CHECK(zeros_differ == 0);
            }
        }
    }
}

TEST_CASE("one incident at one time follows the formula", "[space_time]")
{
    const Grid grid{.left_x = 0, .top_y = 30, .cell_m = 10, .rows = 3, .cols = 3};
    const Incidents one{{{15, 15}}, {2}, {{1000, 1000}}};
    const auto slices = slices_of(one, grid,
                                  {.shape = KernelShape::quartic,
                                   .bandwidth_m = 20,
                                   .time_shape = TimeShape::epanechnikov,
                                   .time_bandwidth_s = 100,
                                   .way = SpaceTimeWay::direct},
                                  {900, 950, 1000, 1060, 1100});
    const double peak = 2 * 3 / (std::numbers::pi * 400) * 0.75 / 100; // w K2(0) K1(0) / h_t
    CHECK(slices[0][4] == 0);                                          // |u| = 1
    CHECK(slices[1][4] == Approx(peak * 0.75));                        // 1 - 0.5^2
    CHECK(slices[2][4] == Approx(peak));
    CHECK(slices[2][5] == Approx(peak * 0.5625)); // 10 m of 20: (1 - 0.25)^2
    CHECK(slices[3][4] == Approx(peak * 0.64));   // 1 - 0.6^2
    CHECK(slices[4][4] == 0);
}

TEST_CASE("masses of the time kernels by hand", "[space_time]")
{
    using vigil::time_kernel_mass;
    CHECK(time_kernel_mass(TimeShape::uniform, 0, 0.5) == Approx(0.25).epsilon(1e-15));
    CHECK(time_kernel_mass(TimeShape::triangular, -0.5, 0.5) == Approx(0.75).epsilon(1e-15));
    CHECK(time_kernel_mass(TimeShape::epanechnikov, 0, 0.5) == Approx(0.34375).epsilon(1e-15));
    CHECK(time_kernel_mass(TimeShape::quartic, 0, 0.5) ==
          Approx(0.9375 * (0.5 - 2 * 0.125 / 3 + 0.03125 / 5)).epsilon(1e-15));
    for (const TimeShape shape : time_shapes) {
        CHECK(time_kernel_mass(shape, -3, 7) == Approx(1).epsilon(1e-15));
        CHECK(time_kernel_mass(shape, -3, 0) == Approx(0.5).epsilon(1e-15));
        CHECK(time_kernel_mass(shape, 1, 2) == 0);
        CHECK(time_kernel_mass(shape, 0.5, 0.5) == 0);
    }
}

TEST_CASE("an interval spreads the kernel and keeps its mass; a short one is as good as an instant",
          "[space_time]")
{
    for (const TimeShape shape : time_shapes) {
        for (const Seconds length : {0, 1, 700, 2500}) {
            double sum = 0; // over whole seconds, the rectangle rule
            for (Seconds t = -1100; t <= 3700; ++t) {
                sum += vigil::time_density(shape, 1000.5, {0, length}, t);
            }
            INFO(vigil::name_of(shape) << ", " << length << " s");
            CHECK(sum == Approx(1).epsilon(1e-3));
        }
        // no digits are lost in the difference of two nearly equal integrals
        const double second = vigil::time_density(shape, 1e8, {50'000'000, 50'000'001}, 0);
        CHECK(second == Approx(vigil::time_kernel_value(shape, 0.500000005) / 1e8).epsilon(1e-14));
        CHECK(vigil::time_density(shape, 1000, {}, 0) == 0);
    }
}

TEST_CASE("moments of time give the kernel while the whole interval is within reach", "[space_time]")
{
    for (std::uint64_t i = 0; i < 300; ++i) {
        const vigil::Random random(3, i);
        const double from = random.uniform(0) * 2 - 1;
        const double to = from + random.uniform(1) * 0.7;
        const double t = to - 1 + random.uniform(2) * (from + 2 - to); // t - 1 <= from, to <= t + 1
        for (const TimeShape shape : {TimeShape::uniform, TimeShape::epanechnikov, TimeShape::quartic}) {
            const auto factors = vigil::moment_factors(shape, t);
            const auto means = vigil::mean_powers(from, to);
            double sum = 0;
            for (std::size_t m = 0; m < factors.size(); ++m) {
                sum += factors[m] * means[m];
            }
            CHECK(sum ==
                  Approx(vigil::time_kernel_mass(shape, from - t, to - t) / (to - from)).margin(1e-13));
        }
    }
}

TEST_CASE("at the ends of the record the density does not fade", "[space_time]")
{
    const Grid grid{.left_x = 0, .top_y = 10, .cell_m = 10, .rows = 1, .cols = 1};
    Incidents steady;
    for (Seconds t = 0; t < 10000; t += 10) { // one every ten seconds at one place
        steady.points.push_back({5, 5});
        steady.weights.push_back(1);
        steady.times.push_back({t, t + 10});
    }
    for (const TimeShape shape : time_shapes) {
        const SpaceTimeOptions options{.shape = KernelShape::uniform,
                                       .bandwidth_m = 1,
                                       .time_shape = shape,
                                       .time_bandwidth_s = 1000,
                                       .record = TimeSpan{0, 10000},
                                       .way = SpaceTimeWay::direct};
        const double everywhere = 0.1 / std::numbers::pi; // 0.1 per second on a disc of 1 m
        for (const auto& slice : slices_of(steady, grid, options, {0, 300, 5000, 9900, 10000})) {
            CHECK(slice[0] == Approx(everywhere).epsilon(1e-12));
        }
        SpaceTimeOptions fading = options;
        fading.record.reset();
        CHECK(slices_of(steady, grid, fading, {0})[0][0] == Approx(everywhere / 2).epsilon(1e-12));
    }
}

TEST_CASE("what has no time is counted and left out", "[space_time]")
{
    const Grid grid{.left_x = 0, .top_y = 10, .cell_m = 10, .rows = 1, .cols = 1};
    const std::vector<XY> points = {{5, 5}, {5, 5}, {5, 5}};
    const std::vector<double> weights = {1, 2, 4};
    const std::vector<TimeSpan> times = {{}, {50, 50}, {}};
    double value = 0;
    const auto summary = vigil::space_time_density(
        points, weights, times, grid, {.bandwidth_m = 10, .time_bandwidth_s = 100}, std::vector<Seconds>{50},
        [&](std::size_t, const Raster<double>& raster) { value = raster.values[0]; });
    CHECK(summary.unknown_times == 2);
    CHECK(summary.unknown_weight == 5);
    CHECK(summary.weight_sum == 2);
    CHECK(value == Approx(2 * 3 / (std::numbers::pi * 100) * 0.75 / 100));
}

TEST_CASE("space-time density does not depend on the order of the rows nor on the number of threads",
          "[space_time]")
{
    const Grid grid{.left_x = 421000, .top_y = 3699000, .cell_m = 10, .rows = 90, .cols = 70};
    const Incidents all = scattered(grid, 800, 2);
    const auto slice_times = every(5 * day, 30);
    for (const SpaceTimeWay way : {SpaceTimeWay::direct, SpaceTimeWay::moments}) {
        const SpaceTimeOptions options{.shape = KernelShape::quartic,
                                       .bandwidth_m = 90,
                                       .time_shape = TimeShape::quartic,
                                       .time_bandwidth_s = 15.0 * day,
                                       .way = way};
        const auto first = slices_of(all, grid, options, slice_times);
        Incidents turned = all;
        std::reverse(turned.points.begin(), turned.points.end());
        std::reverse(turned.weights.begin(), turned.weights.end());
        std::reverse(turned.times.begin(), turned.times.end());
        const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
        CHECK(slices_of(turned, grid, options, slice_times) == first);
    }
}

TEST_CASE("few slices are computed directly, many from moments", "[space_time]")
{
    const Grid grid{.left_x = 0, .top_y = 500, .cell_m = 10, .rows = 50, .cols = 50};
    Incidents all;
    for (std::uint64_t i = 0; i < 3000; ++i) {
        const vigil::Random random(7, i);
        const auto t = static_cast<Seconds>(random.uniform(2) * 365) * day;
        all.points.push_back({random.uniform(0) * 500, random.uniform(1) * 500});
        all.times.push_back({t, t});
    }
    const auto way_of = [&](const SpaceTimeOptions& options, const std::vector<Seconds>& slice_times) {
        return vigil::space_time_density(all.points, {}, all.times, grid, options, slice_times,
                                         [](std::size_t, const Raster<double>&) {})
            .way;
    };
    const SpaceTimeOptions options{.bandwidth_m = 100, .time_bandwidth_s = 60.0 * day};
    CHECK(way_of(options, every(30 * day, 12, 0)) == SpaceTimeWay::direct);
    CHECK(way_of(options, every(day, 365, 0)) == SpaceTimeWay::moments);
    SpaceTimeOptions narrow = options;
    narrow.bandwidth_m = 30; // under 4 cells
    CHECK(way_of(narrow, every(day, 365, 0)) == SpaceTimeWay::direct);
}

TEST_CASE("a slice of a Gaussian is the density of its weighted incidents", "[space_time]")
{
    const Incidents all = scattered(utm_grid, 100, 5);
    const Seconds t = 1'600'000'000 + 60 * day;
    std::vector<double> weights;
    for (std::size_t i = 0; i < all.points.size(); ++i) {
        weights.push_back(all.weights[i] *
                          vigil::time_density(TimeShape::triangular, 40.0 * day, all.times[i], t));
    }
    const auto slices = slices_of(all, utm_grid,
                                  {.shape = KernelShape::gaussian,
                                   .bandwidth_m = 80,
                                   .time_shape = TimeShape::triangular,
                                   .time_bandwidth_s = 40.0 * day},
                                  {t});
    CHECK(slices[0] ==
          vigil::density(all.points, weights, utm_grid, {.shape = KernelShape::gaussian, .bandwidth_m = 80})
              .raster.values);
}

TEST_CASE("options and times that make no sense are refused", "[space_time]")
{
    const Grid grid{.left_x = 0, .top_y = 10, .cell_m = 1, .rows = 10, .cols = 10};
    const Incidents one{{{5, 5}}, {1}, {{50, 50}}};
    const auto refused = [&](const Incidents& all, const SpaceTimeOptions& options,
                             const std::vector<Seconds>& slice_times) {
        CHECK_THROWS_AS(vigil::space_time_density(all.points, all.weights, all.times, grid, options,
                                                  slice_times, [](std::size_t, const Raster<double>&) {}),
                        vigil::Error);
    };
    refused(one, {.bandwidth_m = 0}, {50});
    refused(one, {.time_bandwidth_s = -1}, {50});
    refused(one, {}, {50, 50});
    refused(one, {.record = TimeSpan{60, 100}}, {50});
    refused(one, {.record = TimeSpan{0, 0}}, {0});
    refused(one, {.time_shape = TimeShape::triangular, .way = SpaceTimeWay::moments}, {50});
    refused(one, {.bandwidth_m = 3, .way = SpaceTimeWay::moments}, {50});
    refused({{{5, 5}}, {-1}, {{50, 50}}}, {}, {50});
    refused({{{5, 5}}, {1, 1}, {{50, 50}}}, {}, {50});
    refused({{{5, 5}}, {1}, {}}, {}, {50});
    refused({{{5, 5}}, {1}, {{50, 49}}}, {}, {50});
    refused({{{5, std::nan("")}}, {1}, {{50, 50}}}, {}, {50});
}
