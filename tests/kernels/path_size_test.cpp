#include "kernels/route/path_size.h"
#include "libgeo/error.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <numeric>

using namespace vigil;

namespace {

using Elements = std::vector<std::vector<std::uint32_t>>;
using Lengths = std::vector<std::vector<double>>;

double sum(const std::vector<double>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0);
}

} // namespace

TEST_CASE("path-size logit: of three ways, two that share a stretch count as less than two", "[path_size]")
{
    // 10 km each and equally dear. Way 0 is alone: PS = 1. Ways 1 and 2 share 8 km:
    // PS = 8/10 / 2 + 2/10 = 0.6. So P = 1 / 2.2 and 0.6 / 2.2 twice.
    const Elements elements = {{1}, {2, 3}, {2, 4}};
    const Lengths lengths = {{10}, {8, 2}, {8, 2}};
    const double cost[] = {12, 12, 12};
    const double length[] = {10, 10, 10};
    const auto p = path_size_logit(cost, length, elements, lengths, 0.5, 1);
    CHECK(p[0] == Approx(1 / 2.2).epsilon(1e-14));
    CHECK(p[1] == Approx(0.6 / 2.2).epsilon(1e-14));
    CHECK(p[2] == p[1]);

    // beta = 2 squares the sizes: 1 / 1.72 and 0.36 / 1.72
    const auto squared = path_size_logit(cost, length, elements, lengths, 0.5, 2);
    CHECK(squared[0] == Approx(1 / 1.72).epsilon(1e-14));
    CHECK(squared[1] == Approx(0.36 / 1.72).epsilon(1e-14));

    // beta = 0 is the plain logit, which knows nothing of overlap
    const auto plain = path_size_logit(cost, length, elements, lengths, 0.5, 0);
    CHECK(plain[0] == Approx(1.0 / 3).epsilon(1e-15));
}

TEST_CASE("path-size logit: costs and overlap of all three ways work together", "[path_size]")
{
    // stretch 1 is on all three, stretch 2 on the first two
    // PS_0 = 3/9 / 3 + 3/9 / 2 + 3/9     = 1/9 + 1/6 + 1/3   = 11/18
    // PS_1 = 3/12 / 3 + 3/12 / 2 + 6/12  = 1/12 + 1/8 + 1/2  = 17/24
    // PS_2 = 3/6 / 3 + 3/6               = 1/6 + 1/2         = 2/3
    const Elements elements = {{1, 2, 3}, {1, 2, 4}, {1, 5}};
    const Lengths lengths = {{3, 3, 3}, {3, 3, 6}, {3, 3}};
    const double cost[] = {10, 11, 13};
    const double length[] = {9, 12, 6};
    const double theta = std::log(2.0); // each minute halves: weights 1, 1/2, 1/8
    const auto p = path_size_logit(cost, length, elements, lengths, theta, 1);
    const double whole = 11.0 / 18 + 17.0 / 48 + 1.0 / 12;
    CHECK(p[0] == Approx(11.0 / 18 / whole).epsilon(1e-14));
    CHECK(p[1] == Approx(17.0 / 48 / whole).epsilon(1e-14));
    CHECK(p[2] == Approx(1.0 / 12 / whole).epsilon(1e-14));
    CHECK(std::abs(sum(p) - 1) < 1e-15);
}

TEST_CASE("path-size logit: cutting a stretch into pieces changes nothing", "[path_size]")
{
    const double cost[] = {10, 11};
    const double length[] = {9, 12};
    const Elements whole = {{1, 2}, {1, 3}};
    const Lengths whole_m = {{6, 3}, {6, 6}};
    const Elements cut = {{1, 11, 12, 2, 21}, {12, 1, 11, 3}};
    const Lengths cut_m = {{1, 2, 3, 1, 2}, {3, 1, 2, 6}};
    const auto a = path_size_logit(cost, length, whole, whole_m, 0.3, 1.5);
    const auto b = path_size_logit(cost, length, cut, cut_m, 0.3, 1.5);
    CHECK(a[0] == Approx(b[0]).epsilon(1e-14));
}

TEST_CASE("path-size logit: a stretch of no length is not used, a repeated one is used once", "[path_size]")
{
    const double cost[] = {1, 1};
    const double length[] = {4, 4};
    // way 1 touches stretch 1 with length 0: both sizes are 1
    const auto touched = path_size_logit(cost, length, Elements{{1}, {1, 2}}, Lengths{{4}, {0, 4}}, 1, 1);
    CHECK(touched[0] == 0.5);
    // way 1 is on stretch 1 twice, 1 m each: PS_0 = 4/4 / 2, PS_1 = 2 * (1/4 / 2) + 2/4 = 3/4
    const auto twice = path_size_logit(cost, length, Elements{{1}, {1, 1, 2}}, Lengths{{4}, {1, 1, 2}}, 1, 1);
    CHECK(twice[0] == Approx(0.5 / 1.25).epsilon(1e-14));
}

TEST_CASE("path-size logit: ways without length, many minutes, and no way", "[path_size]")
{
    const double none[] = {0, 0};
    const double minutes[] = {1, 1};
    const auto equal = path_size_logit(minutes, none, Elements{{1}, {}}, Lengths{{0}, {}}, 1, 1);
    CHECK(equal == std::vector<double>{0.5, 0.5});

    const double far[] = {1e6, 1e6 + 1}; // exp(-1e6) is 0 in floating point, the ratio is not
    const auto p = path_size_logit(far, none, Elements{{1}, {2}}, Lengths{{0}, {0}}, 1, 1);
    CHECK(p[0] == Approx(1 / (1 + std::exp(-1.0))).epsilon(1e-14));

    CHECK(path_size_logit({}, {}, {}, {}, 1, 1).empty());
}

TEST_CASE("path-size logit: what cannot be computed is refused", "[path_size]")
{
    const double one[] = {1};
    CHECK_THROWS_AS(path_size_logit(one, one, Elements{{1}}, Lengths{{1}}, -1, 1), Error);
    CHECK_THROWS_AS(path_size_logit(one, one, Elements{{1}}, Lengths{{1}}, 1, -1), Error);
    CHECK_THROWS_AS(path_size_logit(one, one, Elements{{1, 2}}, Lengths{{1}}, 1, 1), Error);
    CHECK_THROWS_AS(path_size_logit(one, {}, Elements{{1}}, Lengths{{1}}, 1, 1), Error);
}
