#include "kernels/aoristic.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>
#include <vector>

using vigil::aoristic_counts;
using vigil::aoristic_weight;
using vigil::aoristic_weights;
using vigil::month_edges;
using vigil::Seconds;
using vigil::TimeSpan;

namespace {

constexpr Seconds hour = 3600;
constexpr Seconds day = 24 * hour;

} // namespace

TEST_CASE("an interval is shared out by length", "[aoristic]")
{
    // a burglary between 22:00 and 04:00, as in Ratcliffe's example: six hours, a sixth for each
    const TimeSpan night{22 * hour, 28 * hour};
    CHECK(aoristic_weight(night, 22 * hour, 23 * hour) == Approx(1.0 / 6).epsilon(1e-15));
    CHECK(aoristic_weight(night, 0, 24 * hour) == Approx(2.0 / 6).epsilon(1e-15));
    CHECK(aoristic_weight(night, 24 * hour, 48 * hour) == Approx(4.0 / 6).epsilon(1e-15));
    CHECK(aoristic_weight(night, 20 * hour, 22 * hour) == 0); // half-open: it touches, and has nothing
    CHECK(aoristic_weight(night, 28 * hour, 30 * hour) == 0);
    CHECK(aoristic_weight(night, 0, 100 * hour) == 1);
    CHECK(aoristic_weights(night, std::vector<Seconds>{21 * hour, 23 * hour, 26 * hour, 28 * hour}) ==
          std::vector<double>{1.0 / 6, 3.0 / 6, 2.0 / 6});
}

TEST_CASE("an instant is in one slice, the one that begins with it", "[aoristic]")
{
    const std::vector<Seconds> edges = {0, 10, 20, 30};
    CHECK(aoristic_weights({10, 10}, edges) == std::vector<double>{0, 1, 0});
    CHECK(aoristic_weights({9, 9}, edges) == std::vector<double>{1, 0, 0});
    CHECK(aoristic_weights({30, 30}, edges) == std::vector<double>{0, 0, 0});
    CHECK(aoristic_weights({-1, -1}, edges) == std::vector<double>{0, 0, 0});
}

TEST_CASE("an unknown time has no share, and is counted", "[aoristic]")
{
    const std::vector<Seconds> edges = {0, 10, 20};
    CHECK(aoristic_weights({}, edges) == std::vector<double>{0, 0});
    CHECK(aoristic_weight({}, INT64_MIN, INT64_MAX) == 0);
    const std::vector<TimeSpan> times = {{}, {5, 5}, {5, 15}, {15, 35}, {}, {-5, 0}, {20, 20}, {12, 14}};
    const std::vector<double> weights = {3, 1, 2, 4, 0.5, 8, 16, 32};
    const auto counts = aoristic_counts(times, weights, edges);
    CHECK(counts.weight == std::vector<double>{1 + 1, 1 + 1 + 32}); // 2 halved; 4 by 5 / 20
    CHECK(counts.outside_weight == 3 + 8 + 16);
    CHECK(counts.unknown == 2);
    CHECK(counts.unknown_weight == 3.5);
    CHECK(counts.wholly_in_one == 2); // {5, 5} and {12, 14}
}

TEST_CASE("shares of slices that cover everything add up to 1", "[aoristic]")
{
    for (std::uint64_t i = 0; i < 500; ++i) {
        const vigil::Random random(4, i);
        const auto start = static_cast<Seconds>(random.uniform(0) * 1e9);
        const TimeSpan when{start, start + static_cast<Seconds>(random.uniform(1) * 1e8) + 1};
        std::vector<Seconds> edges = {0, 2000000000};
        for (std::uint64_t k = 0; k < 40; ++k) {
            edges.push_back(start + static_cast<Seconds>((random.uniform(2 + k) * 1.2 - 0.1) * 1e8));
        }
        std::sort(edges.begin(), edges.end());
        edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
        const auto shares = aoristic_weights(when, edges);
        CHECK(std::accumulate(shares.begin(), shares.end(), 0.0) == Approx(1).epsilon(1e-14));
        const auto counts = aoristic_counts(std::vector<TimeSpan>{when}, {}, edges);
        CHECK(counts.weight == shares);
        CHECK(counts.outside_weight == 0);
    }
}

TEST_CASE("counts lose nothing and do not depend on the order of the rows", "[aoristic]")
{
    std::vector<TimeSpan> times;
    std::vector<double> weights;
    double total = 0;
    for (std::uint64_t i = 0; i < 2000; ++i) {
        const vigil::Random random(6, i);
        const auto start = static_cast<Seconds>(random.uniform(0) * 1e7);
        const Seconds length = random.uniform(1) < 0.3 ? 0 : static_cast<Seconds>(random.uniform(2) * 3e6);
        times.push_back(random.uniform(3) < 0.05 ? TimeSpan{} : TimeSpan{start, start + length});
        weights.push_back(random.uniform(4));
        total += weights.back();
    }
    const auto edges = month_edges(2000000, 9000000);
    const auto counts = aoristic_counts(times, weights, edges);
    CHECK(std::accumulate(counts.weight.begin(), counts.weight.end(), 0.0) + counts.outside_weight +
              counts.unknown_weight ==
          Approx(total).epsilon(1e-12));
    std::reverse(times.begin(), times.end());
    std::reverse(weights.begin(), weights.end());
    CHECK(aoristic_counts(times, weights, edges).weight == counts.weight);
}

TEST_CASE("the longest times do not overflow", "[aoristic]")
{
    const TimeSpan all{INT64_MIN + 1, INT64_MAX};
    CHECK(aoristic_weight(all, 0, INT64_MAX) == Approx(0.5).epsilon(1e-15));
    CHECK(aoristic_weight({0, 1}, INT64_MIN, INT64_MAX) == 1);
}

TEST_CASE("months begin on their first, in leap years too", "[aoristic]")
{
    // 1970: January 31 days, February 28, March 31
    CHECK(month_edges(0, 59 * day) == std::vector<Seconds>{0, 31 * day, 59 * day});
    CHECK(month_edges(5, 59 * day + 1) == std::vector<Seconds>{0, 31 * day, 59 * day, 90 * day});
    // before 1970: December 1969
    CHECK(month_edges(-1, 0) == std::vector<Seconds>{-31 * day, 0});
    // 2024-02-01 is 19754 days after 1970-01-01 (54 years with 13 leap days, and January); 29 days follow
    CHECK(month_edges(19754 * day, 19755 * day) == std::vector<Seconds>{19754 * day, (19754 + 29) * day});
    // an incident known by its month is wholly in that month
    const TimeSpan february{31 * day, 59 * day};
    CHECK(aoristic_weights(february, month_edges(0, 90 * day)) == std::vector<double>{0, 1, 0});
}

TEST_CASE("times that run backwards are refused", "[aoristic]")
{
    CHECK_THROWS_AS(aoristic_weight({5, 4}, 0, 10), vigil::Error);
    CHECK_THROWS_AS(aoristic_weight({5, 6}, 10, 0), vigil::Error);
    CHECK_THROWS_AS(aoristic_weights({5, 6}, std::vector<Seconds>{0}), vigil::Error);
    CHECK_THROWS_AS(aoristic_weights({5, 6}, std::vector<Seconds>{0, 0}), vigil::Error);
    CHECK_THROWS_AS(
        aoristic_counts(std::vector<TimeSpan>{{5, 6}}, std::vector<double>{-1}, std::vector<Seconds>{0, 1}),
        vigil::Error);
    CHECK_THROWS_AS(month_edges(5, 5), vigil::Error);
    CHECK_THROWS_AS(month_edges(0, INT64_MAX), vigil::Error);
}
