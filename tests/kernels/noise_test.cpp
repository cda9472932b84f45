#include "kernels/route/match/noise.h"

#include "tests/kernels/match_town.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <numbers>

using namespace vigil;
using namespace vigil::test;

namespace {

/// Streets 300 m apart: wide enough that a fix is matched to its own.
SightingTown wide_town()
{
    return {{.text = "A--B--C--D\n"
                     "|  |  |  |\n"
                     "|  |  |  |\n"
                     "E--F--G--H\n"
                     "|  |  |  |\n"
                     "|  |  |  |\n"
                     "I--J--K--L\n",
             .step_m = 100,
             .shake_m = 0},
            1};
}

/// Tracks of `fixes` along the northern road, `step_m` apart, normal noise in either direction.
struct Tracks {
    std::vector<Sighting> seen;
    std::vector<std::size_t> begin{0};

    Tracks(std::size_t tracks, std::size_t fixes, double step_m, double sigma_m)
    {
        for (std::size_t c = 0; c < tracks; ++c) {
            const Random random(17, c);
            for (std::size_t i = 0; i < fixes; ++i) {
                const double r = std::sqrt(-2 * std::log(1 - random.uniform(2 * i)));
                const double angle = 2 * std::numbers::pi * random.uniform(2 * i + 1);
                Sighting one;
                one.at = to_lon_lat(
                    metres_from_zero(10 + step_m * static_cast<double>(i) + sigma_m * r * std::cos(angle),
                                     sigma_m * r * std::sin(angle)));
                one.order_begin = one.order_end = static_cast<double>(i);
                seen.push_back(one);
            }
            begin.push_back(seen.size());
        }
    }
};

MatchOptions options(double sigma_m)
{
    MatchOptions all;
    all.sigma_m = sigma_m;
    all.draws = 0;
    return all;
}

} // namespace

TEST_CASE("noise: a sigma is found again", "[noise]")
{
    const SightingTown town = wide_town();
    for (const double first_guess_m : {5.0, 10.0, 15.0}) {
        const MatchNetwork network(town.network, town.costs, options(first_guess_m));
        for (const double sigma_m : {3.0, 6.0, 12.0}) {
            const Tracks tracks(100, 15, 60, sigma_m);
            const auto found = estimate_noise(network, tracks.seen, tracks.begin);
            CAPTURE(first_guess_m, sigma_m);
            REQUIRE(found);
            CHECK(found->sigma_m == Approx(sigma_m).epsilon(0.15));
            CHECK(found->sightings > 1000);
            CHECK(found->sightings <= 1400); // the first of each track ends no leg
        }
    }
}

TEST_CASE("noise: at least 2 m, at most 100 m", "[noise]")
{
    const SightingTown town = wide_town();
    const MatchNetwork network(town.network, town.costs, options(10));
    const Tracks exact(20, 15, 60, 0);
    CHECK(estimate_noise(network, exact.seen, exact.begin)->sigma_m == 2);
}

TEST_CASE("noise: nothing is said of too few sightings, or of those that tell theirs", "[noise]")
{
    const SightingTown town = wide_town();
    const MatchNetwork network(town.network, town.costs, options(10));
    const Tracks few(7, 8, 60, 6); // 7 * 7 legs
    CHECK(!estimate_noise(network, few.seen, few.begin));
    const Tracks enough(8, 8, 60, 6);
    const auto found = estimate_noise(network, enough.seen, enough.begin);
    CHECK(found);
    CHECK((!found || found->sightings <= 56));
    Tracks told(20, 15, 60, 6);
    for (Sighting& one : told.seen) {
        one.sigma_m = 6;
    }
    CHECK(!estimate_noise(network, told.seen, told.begin));
    Tracks sparse(60, 2, 800, 6); // far from their neighbours
    CHECK(!estimate_noise(network, sparse.seen, sparse.begin));
    CHECK(!estimate_noise(network, {}, std::vector<std::size_t>{0}));
}

TEST_CASE("noise: some of many cases are enough", "[noise]")
{
    const SightingTown town = wide_town();
    const MatchNetwork network(town.network, town.costs, options(10));
    const Tracks many(1500, 12, 70, 6);
    const auto found = estimate_noise(network, many.seen, many.begin);
    REQUIRE(found);
    CHECK(found->sigma_m == Approx(6).epsilon(0.15));
    CHECK(found->sightings <= 5000);
    CHECK(found->sightings > 3000);
}
