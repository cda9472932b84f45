#include "kernels/coverage.h"

#include "kernels/coverage/lattice.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>

using vigil::Coverage;
using vigil::CoverageCircle;
using vigil::CoverageOptions;
using vigil::max_coverage;
using vigil::XY;

namespace {

struct Town {
    std::vector<XY> places;
    std::vector<double> weights;
};

/// n places in a square, some heaped on others, weights 1 to 9.
Town random_town(std::uint64_t seed, std::size_t n, double side_m)
{
    Town town;
    for (std::size_t i = 0; i < n; ++i) {
        const vigil::Random random(seed, i);
        XY p{random.uniform(0) * side_m, random.uniform(1) * side_m};
        if (i > 4 && random.uniform(2) < 0.2) {
            p = town.places[static_cast<std::size_t>(random.uniform(3) * 4)];
        }
        town.places.push_back(p);
        town.weights.push_back(std::floor(1 + random.uniform(4) * 9));
    }
    return town;
}

double covered_by(const Town& town, const std::vector<XY>& centres, double radius_m)
{
    double sum = 0;
    for (std::size_t i = 0; i < town.places.size(); ++i) {
        const bool inside = std::any_of(centres.begin(), centres.end(), [&](XY c) {
            return vigil::squared_distance_m2(c, town.places[i]) <= radius_m * radius_m;
        });
        sum += inside ? town.weights[i] : 0;
    }
    return sum;
}

/// Every candidate, one for each distinct set of places that it covers.
std::vector<XY> distinct_candidates(const Town& town, double radius_m)
{
    using vigil::coverage::Lattice;
    const Lattice lattice(town.places, radius_m);
    std::set<std::vector<std::size_t>> seen;
    std::vector<XY> candidates;
    for (std::size_t node = 0; node < lattice.blocks() * Lattice::block_nodes; ++node) {
        std::vector<std::size_t> inside;
        for (std::size_t i = 0; i < town.places.size(); ++i) {
            if (vigil::squared_distance_m2(lattice.centre(node), town.places[i]) <= radius_m * radius_m) {
                inside.push_back(i);
            }
        }
        if (!inside.empty() && seen.insert(inside).second) {
            candidates.push_back(lattice.centre(node));
        }
    }
    return candidates;
}

/// The best value of exactly `k` of the candidates, by trying all.
double best_of_all(const Town& town, const std::vector<XY>& candidates, std::size_t k, double radius_m,
                   double cost, std::vector<XY> chosen = {}, std::size_t from = 0)
{
    double best = covered_by(town, chosen, radius_m) - cost * static_cast<double>(chosen.size());
    if (chosen.size() == k) {
        return best;
    }
    for (std::size_t c = from; c < candidates.size(); ++c) {
        chosen.push_back(candidates[c]);
        best = std::max(best, best_of_all(town, candidates, k, radius_m, cost, chosen, c + 1));
        chosen.pop_back();
    }
    return best;
}

std::vector<XY> centres_of(const Coverage& coverage)
{
    std::vector<XY> centres;
    for (const CoverageCircle& circle : coverage.circles) {
        centres.push_back(circle.centre);
    }
    return centres;
}

bool same(const Coverage& a, const Coverage& b)
{
    return a.total == b.total && a.value == b.value && a.beyond == b.beyond && a.at_most == b.at_most &&
           std::equal(a.circles.begin(), a.circles.end(), b.circles.begin(), b.circles.end(),
                      [](const CoverageCircle& p, const CoverageCircle& q) {
                          return p.centre == q.centre && p.radius_m == q.radius_m && p.gain == q.gain &&
                                 p.covered == q.covered && p.gain_count == q.gain_count;
                      });
}

} // namespace

TEST_CASE("circles cover at least 1 - 1/e of the best list, and the bound is never below it", "[coverage]")
{
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const Town town = random_town(seed, 9, 700);
        const double radius_m = seed % 2 == 0 ? 150 : 230;
        const double cost_per_km2 = seed % 3 == 0 ? 20 : 0;
        const double cost = cost_per_km2 * std::numbers::pi * radius_m * radius_m * 1e-6;
        const auto candidates = distinct_candidates(town, radius_m);
        const Coverage coverage =
            max_coverage(town.places, town.weights, {},
                         {.max_circles = 3, .radii_m = {radius_m}, .cost_per_km2 = cost_per_km2});
        REQUIRE(coverage.at_most.size() == 3);
        for (std::size_t k = 1; k <= 3; ++k) {
            const double best = best_of_all(town, candidates, k, radius_m, cost);
            CAPTURE(seed, k, best);
            CHECK(coverage.at_most[k - 1] >= best);
            if (k == 3) {
                CHECK(coverage.value <= best + 1e-9);
                CHECK(coverage.value >= (cost > 0 ? 0.5 : 1 - 1 / std::numbers::e) * best);
            }
        }
    }
}

TEST_CASE("gains and shares are those of the circles as they are", "[coverage]")
{
    const Town town = random_town(7, 400, 5000);
    const Coverage coverage =
        max_coverage(town.places, town.weights, {}, {.max_circles = 12, .radii_m = {600}});
    REQUIRE(coverage.circles.size() == 12);
    const auto centres = centres_of(coverage);
    double before = 0;
    double last = std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k < centres.size(); ++k) {
        const double now =
            covered_by(town, {centres.begin(), centres.begin() + static_cast<int>(k) + 1}, 600);
        CHECK(coverage.circles[k].gain == Approx(now - before));
        CHECK(coverage.circles[k].covered == Approx(covered_by(town, {centres[k]}, 600)));
        CHECK(coverage.circles[k].gain <= last);
        last = coverage.circles[k].gain;
        before = now;
    }
    CHECK(coverage.value == Approx(before));
    CHECK(std::is_sorted(coverage.at_most.begin(), coverage.at_most.end()));
    CHECK(coverage.value <= coverage.at_most.back());
}

TEST_CASE("row order and threads do not change the circles", "[coverage]")
{
    Town town = random_town(3, 3000, 20000);
    const CoverageOptions options{.max_circles = 40, .radii_m = {500, 1500}, .cost_per_km2 = 3};
    const Coverage first = max_coverage(town.places, town.weights, {}, options);
    std::reverse(town.places.begin(), town.places.end());
    std::reverse(town.weights.begin(), town.weights.end());
    const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
    CHECK(same(first, max_coverage(town.places, town.weights, {}, options)));
}

TEST_CASE("a lone heap gets one circle with the heap well inside", "[coverage]")
{
    const std::vector<XY> heap(50, XY{500000, 4000000});
    const Coverage coverage = max_coverage(heap, {}, {}, {.max_circles = 5});
    REQUIRE(coverage.circles.size() == 1);
    CHECK(coverage.circles[0].gain == 50);
    CHECK(coverage.value == 50);
    CHECK(coverage.at_most.back() == Approx(50));
    CHECK(vigil::distance_m(coverage.circles[0].centre, heap[0]) < 1000 * 0.71 / 8); // half a lattice cell
}

TEST_CASE("no circle adds fewer incidents than asked, and the incidents out of reach are counted",
          "[coverage]")
{
    std::vector<XY> places(7, XY{0, 0});
    places.insert(places.end(), 4, XY{50000, 0}); // one too few
    std::vector<double> weights(places.size(), 1);
    weights.back() = 100; // weight does not make up for number
    const Coverage coverage = max_coverage(places, weights, {}, {.max_circles = 9, .min_count = 5});
    REQUIRE(coverage.circles.size() == 1);
    CHECK(coverage.circles[0].gain_count == 7);
    CHECK(coverage.beyond == 4);
}

TEST_CASE("no centre is as near to a place as the stand-off", "[coverage]")
{
    vigil::coverage::Lattice lattice(std::vector<XY>{{0, 0}}, 1000);
    std::vector<XY> on_nodes; // the worst data: every place on a candidate
    for (std::size_t node = 0; node < 300; ++node) {
        on_nodes.push_back(lattice.centre(node));
    }
    const Coverage coverage = max_coverage(on_nodes, {}, {}, {.max_circles = 5, .stand_off_m = 1});
    REQUIRE_FALSE(coverage.circles.empty());
    for (const CoverageCircle& circle : coverage.circles) {
        for (const XY p : on_nodes) {
            CHECK(vigil::distance_m(circle.centre, p) > 1);
        }
    }
}

TEST_CASE("a larger radius is taken only where its area pays", "[coverage]")
{
    std::vector<XY> places(30, XY{0, 0}); // 30 in one spot: a small circle will do
    for (int i = 0; i < 60; ++i) {        // 60 spread over a ring of 1.5 km: worth a large one
        const double angle = i * std::numbers::pi / 30;
        places.push_back({20000 + 1500 * std::cos(angle), 1500 * std::sin(angle)});
    }
    const CoverageOptions options{.max_circles = 2, .radii_m = {500, 2000}, .cost_per_km2 = 2};
    const Coverage coverage = max_coverage(places, {}, {}, options);
    REQUIRE(coverage.circles.size() == 2);
    CHECK(coverage.circles[0].gain == 60);
    CHECK(coverage.circles[0].radius_m == 2000); // 60 - 2 * 12.57 = 34.9
    CHECK(coverage.circles[1].gain == 30);
    CHECK(coverage.circles[1].radius_m == 500); // 30 - 2 * 0.785 = 28.4; with 2 km 4.9
}

TEST_CASE("unusable places and options are refused, no places give no circles", "[coverage]")
{
    const std::vector<XY> one{{0, 0}};
    const auto refused = [&](const CoverageOptions& options) {
        CHECK_THROWS_AS(max_coverage(one, {}, {}, options), vigil::Error);
    };
    refused({.max_circles = 0});
    refused({.radii_m = {}});
    refused({.radii_m = {0}});
    refused({.radii_m = {std::nan("")}});
    refused({.cost_per_km2 = -1});
    refused({.min_count = 0});
    refused({.stand_off_m = 100});
    const double bad[] = {-1};
    CHECK_THROWS_AS(max_coverage(one, bad, {}), vigil::Error);
    const std::vector<XY> nowhere{{std::nan(""), 0}};
    CHECK_THROWS_AS(max_coverage(nowhere, {}, {}), vigil::Error);
    const double none[] = {0};
    CHECK(max_coverage(one, none, {}).circles.empty());
    const Coverage empty = max_coverage({}, {}, {});
    CHECK(empty.circles.empty());
    CHECK(empty.at_most.back() == 0);
}
