// The mass of a kernel inside a window, against closed forms and against rays cast in all directions.

#include "kernels/density.h"
#include "kernels/density/gauss_legendre.h"
#include "kernels/density/window_mass.h"
#include "kernels/polygon_mask.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

using std::numbers::pi;
using vigil::Geometries;
using vigil::GeometryKind;
using vigil::KernelShape;
using vigil::WindowMass;
using vigil::XY;

namespace {

constexpr KernelShape shapes[] = {KernelShape::quartic, KernelShape::epanechnikov, KernelShape::triweight,
                                  KernelShape::uniform, KernelShape::triangular,   KernelShape::cosine,
                                  KernelShape::gaussian};

Geometries nothing(GeometryKind kind)
{
    Geometries empty;
    empty.kind = kind;
    return empty;
}

Geometries window_of(const std::vector<std::vector<XY>>& rings)
{
    Geometries window = nothing(GeometryKind::polygon);
    for (std::vector<XY> ring : rings) {
        ring.push_back(ring.front());
        window.add_ring(ring);
    }
    window.end_part();
    window.end_feature();
    return window;
}

XY moved(XY p, double turn_rad, XY by)
{
    return {by.x + p.x * std::cos(turn_rad) - p.y * std::sin(turn_rad),
            by.y + p.x * std::sin(turn_rad) + p.y * std::cos(turn_rad)};
}

std::vector<XY> moved(std::vector<XY> ring, double turn_rad, XY by)
{
    for (XY& p : ring) {
        p = moved(p, turn_rad, by);
    }
    return ring;
}

std::vector<XY> rectangle(double west, double south, double east, double north)
{
    return {{west, south}, {east, south}, {east, north}, {west, north}};
}

/// Integral of the kernel over a disc, by quadrature of its definition.
double mass_within(KernelShape shape, double bandwidth_m, double radius_m)
{
    static const vigil::GaussLegendre<24> rule;
    const double end = std::fmin(radius_m, shape == KernelShape::gaussian ? 9 * bandwidth_m : bandwidth_m);
    double sum = 0;
    for (std::size_t i = 0; i < 24; ++i) {
        const double r = end * (1 + rule.node[i]) / 2;
        sum += rule.weight[i] * 2 * pi * r * vigil::kernel_value(shape, bandwidth_m, r);
    }
    return sum * end / 2;
}

/// Mass along the ray from a place: the even-odd intervals of its crossings.
double ray_mass(const Geometries& window, KernelShape shape, double bandwidth_m, XY place, double angle_rad)
{
    const XY along{std::cos(angle_rad), std::sin(angle_rad)};
    std::vector<double> crossings;
    for (std::size_t r = 0; r < window.ring_end.size(); ++r) {
        const auto ring = window.ring(r);
        for (std::size_t i = 1; i < ring.size(); ++i) {
            const XY a{ring[i - 1].x - place.x, ring[i - 1].y - place.y};
            const XY b{ring[i].x - place.x, ring[i].y - place.y};
            const double left = along.x * a.y - along.y * a.x;
            const double right = along.x * b.y - along.y * b.x;
            if ((left > 0) != (right > 0)) {
                const double share = left / (left - right);
                const double t =
                    along.x * (a.x + share * (b.x - a.x)) + along.y * (a.y + share * (b.y - a.y));
                if (t > 0) {
                    crossings.push_back(t);
                }
            }
        }
    }
    std::sort(crossings.begin(), crossings.end(), std::greater<>());
    double mass = 0;
    for (std::size_t i = 0; i < crossings.size(); ++i) { // from far to near: the far end is outside
        mass += (i % 2 == 0 ? 1 : -1) * mass_within(shape, bandwidth_m, crossings[i]);
    }
    return mass;
}

/// The same integral without the border formula: rays in all directions, panels between the corners.
double cast(const Geometries& window, KernelShape shape, double bandwidth_m, XY place)
{
    static const vigil::GaussLegendre<8> rule;
    std::vector<double> bounds{-pi, pi};
    for (const XY corner : window.xy) {
        bounds.push_back(std::atan2(corner.y - place.y, corner.x - place.x));
    }
    std::sort(bounds.begin(), bounds.end());
    double sum = 0;
    for (std::size_t k = 1; k < bounds.size(); ++k) {
        constexpr int panels = 240; // kinks where a ray leaves the kernel on a side
        const double width = (bounds[k] - bounds[k - 1]) / panels;
        for (int panel = 0; width > 0 && panel < panels; ++panel) {
            for (std::size_t i = 0; i < 8; ++i) {
                const double angle = bounds[k - 1] + width * (panel + (1 + rule.node[i]) / 2);
                sum += rule.weight[i] * width / 2 * ray_mass(window, shape, bandwidth_m, place, angle);
            }
        }
    }
    return sum / (2 * pi);
}

double normal(double z)
{
    return std::erfc(-z / std::numbers::sqrt2) / 2;
}

const std::vector<std::vector<XY>> star_with_hole = {
    {{0, 0}, {400, -120}, {900, 40}, {620, 300}, {950, 700}, {450, 560}, {90, 810}, {200, 420}},
    {{350, 200}, {370, 330}, {560, 350}, {480, 180}}};

} // namespace

TEST_CASE("half of a kernel is inside at a straight border, a quarter at a corner, all of it far inside",
          "[density]")
{
    for (const double turn : {0.0, 0.3, pi / 2, 2.0, pi, 4.1}) {
        const XY by = turn == 0.0 ? XY{0, 0} : XY{431234.7, 5431234.3};
        const auto ring = moved(rectangle(0, 0, 4000, 3000), turn, by);
        auto backwards = ring;
        std::reverse(backwards.begin(), backwards.end());
        for (const KernelShape shape : shapes) {
            INFO(vigil::name_of(shape) << " turned " << turn);
            const double h = vigil::bandwidth_for_sigma(shape, 80);
            const WindowMass mass(window_of({ring}), shape);
            for (std::size_t i = 0; i < 4; ++i) { // turned corners are rounded to 1e-9 m of 3000
                CHECK(mass.at(ring[i], h) == Approx(0.25).epsilon(0).margin(1e-12));
            }
            CHECK(mass.at(moved({1700, 1300}, turn, by), h) == Approx(1).epsilon(0).margin(1e-14));
            CHECK(mass.at(moved({-1, 1300}, turn, by), h) == 0);
            // 1e-6 m inside: 1/2 and less than 1e-6 * h K(0)-ish more
            for (const XY p :
                 {XY{2000, 1e-6}, XY{2000, 3000 - 1e-6}, XY{1e-6, 1500}, XY{4000 - 1e-6, 1500}}) {
                const double e = mass.at(moved(p, turn, by), h);
                CHECK(e == Approx(0.5).epsilon(0).margin(2e-8));
                CHECK(WindowMass(window_of({backwards}), shape).at(moved(p, turn, by), h) ==
                      Approx(e).epsilon(0).margin(1e-14));
            }
            if (turn == 0) { // exactly on the border
                for (const XY p : {XY{2000, 0}, XY{2000, 3000}, XY{0, 1500}, XY{4000, 1500}}) {
                    CHECK(mass.at(p, h) == Approx(0.5).epsilon(0).margin(1e-14));
                }
            }
        }
    }
}

TEST_CASE("places on oblique sides and at every corner have the mass of the places beside them", "[density]")
{
    // sides through lattice points, so that the places are exactly on them
    const Geometries window =
        window_of({{{0, 0}, {300, -100}, {500, 100}, {400, 400}, {100, 500}, {200, 200}}});
    const std::vector<XY> on{{150, -50}, {400, 0},    {450, 250}, {250, 450}, {150, 350}, {100, 100},
                             {0, 0},     {300, -100}, {500, 100}, {400, 400}, {100, 500}, {200, 200}};
    for (const KernelShape shape : shapes) {
        const double h = vigil::bandwidth_for_sigma(shape, 30);
        const WindowMass mass(window, shape);
        for (const XY p : on) {
            const double e = mass.at(p, h);
            INFO(vigil::name_of(shape) << " at " << p.x << ", " << p.y);
            CHECK(e > 0.1);
            double most = 0;
            for (int k = 0; k < 16; ++k) {
                const XY near{p.x + 1e-7 * std::cos(k), p.y + 1e-7 * std::sin(k)};
                const double beside = mass.at(near, h);
                CHECK((beside == 0 || std::fabs(beside - e) < 1e-8));
                most = std::fmax(most, beside);
            }
            CHECK(most == Approx(e).epsilon(0).margin(1e-8));
        }
    }
}

TEST_CASE("near a straight border the mass is that of a half plane", "[density]")
{
    const double h = 100;
    const auto ring = moved(rectangle(-5000, 0, 5000, 5000), 0.7, {300, 200});
    for (const double d : {0.001, 0.2, 0.5, 0.77, 0.999, 1.0, 1.5, 4.0}) {
        const XY p = moved({37, d * h}, 0.7, {300, 200});
        INFO("distance " << d);
        const WindowMass gaussian(window_of({ring}), KernelShape::gaussian);
        CHECK(gaussian.at(p, h) == Approx(normal(d)).epsilon(0).margin(1e-13));
        // the segment of a circle
        const double c = std::fmin(d, 1);
        const WindowMass uniform(window_of({ring}), KernelShape::uniform);
        CHECK(uniform.at(p, h) ==
              Approx(1 - (std::acos(c) - c * std::sqrt(1 - c * c)) / pi).epsilon(0).margin(1e-13));
        // (1 - u^2)^m integrated along lines is proportional to (1 - x^2)^(m + 1/2); m = 2, x = sin a:
        // 16 / (5 pi) times the integral of cos^6 a
        const double a = std::asin(c);
        const double six = (60 * a + 45 * std::sin(2 * a) + 9 * std::sin(4 * a) + std::sin(6 * a)) / 192;
        const WindowMass quartic(window_of({ring}), KernelShape::quartic);
        CHECK(quartic.at(p, h) == Approx(0.5 + 16 / (5 * pi) * six).epsilon(0).margin(1e-13));
    }
}

TEST_CASE("a Gaussian in a rectangle is a product of normal probabilities", "[density]")
{
    const WindowMass mass(window_of({rectangle(0, 0, 700, 400)}), KernelShape::gaussian);
    for (const double sigma : {5.0, 40.0, 300.0, 5000.0}) {
        for (std::uint64_t i = 0; i < 200; ++i) {
            const vigil::Random random(11, i);
            const XY p{700 * random.uniform(0), 400 * random.uniform(1)};
            const double expected = (normal((700 - p.x) / sigma) - normal(-p.x / sigma)) *
                                    (normal((400 - p.y) / sigma) - normal(-p.y / sigma));
            CHECK(mass.at(p, sigma) == Approx(expected).epsilon(0).margin(2e-15));
        }
    }
}

TEST_CASE("a star with a hole agrees with rays cast from each place", "[density]")
{
    const Geometries window = window_of(star_with_hole);
    for (const KernelShape shape : shapes) {
        const WindowMass mass(window, shape);
        for (const double sigma : {40.0, 150.0}) {
            const double h = vigil::bandwidth_for_sigma(shape, sigma);
            for (const XY p : {XY{300, 100}, XY{340, 260}, XY{610, 310}, XY{150, 700}, XY{858, 61}}) {
                INFO(vigil::name_of(shape) << " h " << h << " at " << p.x << ", " << p.y);
                CHECK(mass.at(p, h) == Approx(cast(window, shape, h, p)).epsilon(0).margin(2e-6));
            }
            CHECK(mass.at({450, 250}, h) == 0); // in the hole
        }
    }
}

TEST_CASE("a window cut in parts, or given more corners, has the same mass", "[density]")
{
    Geometries halves = nothing(GeometryKind::polygon);
    for (auto ring : {rectangle(0, 0, 300, 500), rectangle(300, 0, 800, 500)}) {
        ring.push_back(ring.front());
        halves.add(ring);
    }
    std::vector<XY> dense;
    const auto corners = rectangle(0, 0, 800, 500);
    for (std::size_t i = 0; i < 4; ++i) {
        const XY a = corners[i];
        const XY b = corners[(i + 1) % 4];
        for (int k = 0; k < 500; ++k) {
            dense.push_back({a.x + (b.x - a.x) * k / 500, a.y + (b.y - a.y) * k / 500});
        }
    }
    for (const KernelShape shape : shapes) {
        const WindowMass whole(window_of({corners}), shape);
        const WindowMass parts(halves, shape);
        const WindowMass many(window_of({dense}), shape);
        for (const double h : {30.0, 450.0}) {
            for (const XY p :
                 {XY{300, 250}, XY{300, 0}, XY{10, 10}, XY{299, 480}, XY{300, 500}, XY{800, 500}}) {
                INFO(vigil::name_of(shape) << " h " << h << " at " << p.x << ", " << p.y);
                CHECK(parts.at(p, h) == Approx(whole.at(p, h)).epsilon(0).margin(1e-13));
                CHECK(many.at(p, h) == Approx(whole.at(p, h)).epsilon(0).margin(1e-12));
            }
        }
    }
}

TEST_CASE("Jones and Diggle's weights keep all of the weight inside the window", "[density]")
{
    const vigil::Grid grid{.left_x = -1000, .top_y = 2000, .cell_m = 5, .rows = 600, .cols = 600};
    const Geometries window = window_of({{{0, 0}, {1000, 0}, {1000, 400}, {600, 400}, {600, 1000}, {0, 1000}},
                                         rectangle(200, 200, 400, 300)});
    const std::vector<XY> points{{50, 50}, {599, 700}, {410, 250}, {999, 399}, {300, 310}, {-20, 100}};
    const std::vector<double> weights{1, 2, 3, 0.5, 1, 9};
    const auto mask = vigil::polygon_mask(window, grid);
    for (const KernelShape shape : shapes) {
        const double h = vigil::bandwidth_for_sigma(shape, 60);
        const auto mass = WindowMass(window, shape).at(points, std::vector<double>{h});
        const auto corrected = vigil::jones_diggle_weights(weights, mass);
        CHECK(corrected.back() == 0);
        const auto map = vigil::density(points, corrected, grid, {.shape = shape, .bandwidth_m = h});
        double inside = 0;
        for (std::size_t i = 0; i < mask.size(); ++i) {
            inside += mask[i] != 0 ? map.raster.values[i] * grid.cell_m * grid.cell_m : 0;
        }
        // the sum over cells stands for the integral: the uniform kernel's jump is cut by 5 m cells
        CHECK(inside == Approx(7.5).epsilon(0).margin(shape == KernelShape::uniform ? 5e-2 : 1e-3));
    }
    CHECK(vigil::jones_diggle_weights({}, std::vector<double>{0.5, 1, 0}) == std::vector<double>{2, 1, 0});
}

TEST_CASE("rows of mass are 0 outside, the same for any threads, and equal the mass at each centre",
          "[density]")
{
    const vigil::Grid grid{.left_x = -60, .top_y = 860, .cell_m = 10, .rows = 100, .cols = 110};
    const Geometries window = window_of(star_with_hole);
    const auto mask = vigil::polygon_mask(window, grid);
    const WindowMass mass(window, KernelShape::quartic);
    std::vector<double> all(static_cast<std::size_t>(grid.cells()));
    mass.rows(grid, 90, 0, grid.rows, all);
    for (std::size_t i = 0; i < all.size(); ++i) {
        REQUIRE((all[i] > 0) == (mask[i] != 0));
    }
    const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
    std::vector<double> part(static_cast<std::size_t>(7 * grid.cols));
    mass.rows(grid, 90, 31, 38, part);
    CHECK(std::equal(part.begin(), part.end(), all.begin() + 31 * grid.cols));
    CHECK(part[55] == mass.at({grid.centre_x(55), grid.centre_y(31)}, 90));
}

TEST_CASE("unusable windows are refused", "[density]")
{
    using Catch::Matchers::Contains;
    Geometries lines = nothing(GeometryKind::line);
    lines.add(std::vector<XY>{{0, 0}, {1, 1}});
    CHECK_THROWS_WITH(WindowMass(lines, KernelShape::quartic), Contains("no polygons"));
    CHECK_THROWS_WITH(WindowMass(window_of({{{0, 0}, {1, 1}, {2, 2}}}), KernelShape::quartic),
                      Contains("area"));
    CHECK_THROWS_WITH(WindowMass(window_of({{{0, 0}, {1, NAN}, {2, 2}}}), KernelShape::quartic),
                      Contains("not finite"));
    Geometries twice = nothing(GeometryKind::polygon);
    for (auto ring : {rectangle(0, 0, 300, 500), rectangle(200, 0, 800, 500)}) {
        ring.push_back(ring.front());
        twice.add(ring);
    }
    const WindowMass mass(twice, KernelShape::quartic);
    CHECK_THROWS_WITH(mass.at({250, 250}, 20), Contains("overlap"));
    CHECK_THROWS_WITH(mass.at(std::vector<XY>(3), std::vector<double>(2, 1.0)), Contains("2 bandwidths"));
    CHECK_THROWS_WITH(mass.at(std::vector<XY>(1), std::vector<double>{0.0}), Contains("positive"));
}
