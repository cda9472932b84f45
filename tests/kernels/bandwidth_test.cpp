#include "kernels/bandwidth.h"

#include "libgeo/error.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

using vigil::BandwidthRule;
using vigil::KernelShape;
using vigil::XY;

namespace {

const std::vector<XY> square = {{0, 0}, {2, 0}, {0, 2}, {2, 2}};

} // namespace

TEST_CASE("the default rule takes the smaller of standard and scaled median distance", "[bandwidth]")
{
    // every corner is sqrt(2) from the middle: SD = Dm = 1.414214; sqrt(1/ln 2) = 1.2011, so SD is smaller;
    // h = 0.9 * 1.414214 * 4^-0.2 = 0.9 * 1.414214 * 0.757858 = 0.964596
    const auto spread = vigil::spread_of(square);
    CHECK(spread.mean == XY{1, 1});
    CHECK(spread.standard_distance == Approx(std::sqrt(2)));
    CHECK(spread.median_distance == Approx(std::sqrt(2)));
    CHECK(vigil::rule_bandwidth(BandwidthRule::arcgis, KernelShape::quartic, spread) == Approx(0.964596));
    // the same sigma for another kernel: h / sqrt(8)
    CHECK(vigil::rule_bandwidth(BandwidthRule::arcgis, KernelShape::gaussian, spread) ==
          Approx(0.964596 / std::sqrt(8)));
}

TEST_CASE("a stray incident moves the median distance less than the standard distance", "[bandwidth]")
{
    std::vector<XY> stray = square;
    stray.push_back({1, 1001});
    const auto spread = vigil::spread_of(stray);
    // mean (1, 201); distances 199.0, 199.0, 201.0, 201.0, 800.0: the third is sqrt(1 + 201^2)
    CHECK(spread.median_distance == Approx(std::sqrt(1 + 201.0 * 201)));
    CHECK(spread.standard_distance ==
          Approx(std::sqrt((2 * (1 + 199.0 * 199) + 2 * (1 + 201.0 * 201) + 800.0 * 800) / 5)));
    const double h = 0.9 * std::sqrt(1 / std::log(2)) * spread.median_distance * std::pow(5, -0.2);
    CHECK(vigil::rule_bandwidth(BandwidthRule::arcgis, KernelShape::quartic, spread) == Approx(h));
}

TEST_CASE("Scott's rule and the normal scale follow their formulas", "[bandwidth]")
{
    // x = 0, 2, 0, 2: sd = sqrt(4 / 3); y = 0, 0, 3, 3 and 4 points: sd_y = sqrt(9 / 3)
    const std::vector<XY> oblong = {{0, 0}, {2, 0}, {0, 3}, {2, 3}};
    const auto spread = vigil::spread_of(oblong);
    CHECK(spread.sd_x == Approx(std::sqrt(4.0 / 3)));
    CHECK(spread.sd_y == Approx(std::sqrt(3.0)));
    const double shrink = std::pow(4, -1.0 / 6);
    CHECK(vigil::rule_sigma(BandwidthRule::scott, spread) ==
          Approx(std::sqrt(spread.sd_x * spread.sd_y) * shrink));
    CHECK(spread.iqr_x == Approx(2));
    CHECK(spread.iqr_y == Approx(3));
    // (sd_x + sd_y) / 2 = 1.443; (2 + 3) / 2 / 1.34 = 1.866: the standard deviations are smaller
    CHECK(vigil::rule_sigma(BandwidthRule::normal_scale, spread) ==
          Approx((spread.sd_x + spread.sd_y) / 2 * shrink));
}

TEST_CASE("a weight counts like that many incidents", "[bandwidth]")
{
    const std::vector<XY> places = {{0, 0}, {10, 0}, {4, 7}};
    const std::vector<double> weights = {3, 1, 2};
    const std::vector<XY> repeated = {{4, 7}, {0, 0}, {0, 0}, {10, 0}, {4, 7}, {0, 0}};
    for (const BandwidthRule rule :
         {BandwidthRule::arcgis, BandwidthRule::scott, BandwidthRule::normal_scale}) {
        CHECK(vigil::rule_sigma(rule, vigil::spread_of(places, weights)) ==
              vigil::rule_sigma(rule, vigil::spread_of(repeated)));
    }
}

TEST_CASE("a bandwidth does not depend on the order of the rows", "[bandwidth]")
{
    std::vector<XY> points;
    for (int i = 0; i < 500; ++i) {
        points.push_back({421000 + std::fmod(i * 7919.13, 1000), 3699000 + std::fmod(i * 104729.7, 700)});
    }
    const auto first = vigil::spread_of(points);
    std::reverse(points.begin(), points.end());
    const auto second = vigil::spread_of(points);
    CHECK(first.standard_distance == second.standard_distance);
    CHECK(first.median_distance == second.median_distance);
    CHECK(first.sd_y == second.sd_y);
    CHECK(first.iqr_x == second.iqr_x);
}

TEST_CASE("most weight in one place leaves the standard distance to decide", "[bandwidth]")
{
    std::vector<XY> points(9, XY{5, 5});
    points.push_back({6, 5});
    for (const BandwidthRule rule :
         {BandwidthRule::arcgis, BandwidthRule::scott, BandwidthRule::normal_scale}) {
        CHECK(vigil::rule_sigma(rule, vigil::spread_of(points)) > 0);
    }
}

TEST_CASE("one place tells no bandwidth", "[bandwidth]")
{
    const std::vector<XY> one(7, XY{5, 5});
    CHECK_THROWS_WITH(vigil::rule_sigma(BandwidthRule::arcgis, vigil::spread_of(one)),
                      Catch::Matchers::Contains("--bandwidth"));
    CHECK_THROWS_AS(vigil::rule_sigma(BandwidthRule::scott, vigil::spread_of({})), vigil::Error);
}
