#include "kernels/earth.h"
#include "kernels/route/build.h"
#include "kernels/route/match/candidates.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"
#include "libgeo/random.h"
#include "tests/support/drawn_ways.h"
#include "tests/support/hand_network.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

using namespace vigil;
using vigil::test::DrawnWays;
using vigil::test::HandNetwork;

namespace {

constexpr double degree_m = 111195; // of the mean Earth: near enough to lay out towns

LonLat moved(LonLat from, double east_m, double north_m)
{
    const double lat = from.lat_deg + north_m / degree_m;
    const double shrink = std::cos(from.lat_deg * 3.14159265358979 / 180);
    return {std::remainder(from.lon_deg + east_m / degree_m / shrink, 360.0), lat};
}

double between_m(LonLat a, LonLat b)
{
    return arc_of_chord_m(chord_m(earth_centred(a), earth_centred(b)));
}

/// Straight streets of about `block_m` between side x side shaken corners, around a place.
RouteNetwork town(LonLat middle, std::uint32_t side, double block_m, std::uint64_t seed)
{
    HandNetwork hand;
    std::vector<LonLat> corner;
    for (std::uint32_t i = 0; i < side * side; ++i) {
        const Random random(seed, i);
        const double half = (side - 1) / 2.0;
        const LonLat at = moved(middle, block_m * (i % side - half + 0.6 * (random.uniform(0) - 0.5)),
                                block_m * (i / side - half + 0.6 * (random.uniform(1) - 0.5)));
        corner.push_back(at);
        hand.node(at.lon_deg, at.lat_deg);
    }
    const std::uint32_t kind = hand.kind({.forward = vehicle::all, .backward = vehicle::all}, "residential");
    const auto street = [&](std::uint32_t a, std::uint32_t b) {
        hand.edge(a, b, between_m(corner[a], corner[b]), kind);
    };
    for (std::uint32_t i = 0; i < side * side; ++i) {
        if (i % side + 1 < side) {
            street(i, i + 1);
        }
        if (i + side < side * side) {
            street(i, i + side);
        }
    }
    return hand.network();
}

/// Roads along parallels, `length_m` long from 8 E eastwards, at these distances north of 47 N.
RouteNetwork parallels(double length_m, const std::vector<double>& north_m)
{
    HandNetwork hand;
    const std::uint32_t kind = hand.kind({.forward = vehicle::all, .backward = vehicle::all}, "residential");
    for (const double north : north_m) {
        const LonLat a = moved({8, 47}, 0, north);
        const LonLat b = moved({8, 47}, length_m, north);
        const std::uint32_t from = hand.node(a.lon_deg, a.lat_deg);
        const std::uint32_t to = hand.node(b.lon_deg, a.lat_deg);
        hand.edge(from, to, between_m(a, {b.lon_deg, a.lat_deg}), kind);
    }
    return hand.network();
}

bool same(const std::vector<Candidate>& a, const std::vector<Candidate>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Candidate& one, const Candidate& two) {
        return one.place == two.place && one.at == two.at && one.distance_m == two.distance_m &&
               one.log_weight == two.log_weight;
    });
}

bool ordered(const std::vector<Candidate>& all)
{
    return std::is_sorted(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
        return std::tie(a.place.edge, a.place.offset_m) < std::tie(b.place.edge, b.place.offset_m);
    });
}

/// The nearest place of each usable edge within reach, at most `most`, by asking for every edge alone.
std::vector<Candidate> by_hand(const RouteNetwork& network, std::span<const std::uint8_t> usable,
                               LonLat place, double reach_m, std::size_t most)
{
    std::vector<Candidate> all;
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        std::vector<std::uint8_t> alone(network.edges());
        alone[e] = usable[e];
        if (const auto near = EdgeSnapper(network, alone).nearest(place, reach_m)) {
            all.push_back({near->place, near->at, near->distance_m, 0});
        }
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Candidate& a, const Candidate& b) { return a.distance_m < b.distance_m; });
    all.resize(std::min(all.size(), most));
    std::sort(all.begin(), all.end(),
              [](const Candidate& a, const Candidate& b) { return a.place.edge < b.place.edge; });
    return all;
}

/// Mean place and mean square distance from the centre.
struct Moments {
    double mass = 0;
    XYZ mean;
    double dist_m2 = 0;

    void add(const XYZ& centre, LonLat at, double weight)
    {
        const XYZ away = earth_centred(at) - centre;
        mass += weight;
        mean = along(mean, weight, away);
        dist_m2 += weight * dot(away, away);
    }
    void finish()
    {
        mean = {mean.x / mass, mean.y / mass, mean.z / mass};
        dist_m2 /= mass;
    }
};

Moments moments_of(const std::vector<Candidate>& candidates, LonLat centre)
{
    Moments moments;
    for (const Candidate& one : candidates) {
        moments.add(earth_centred(centre), one.at, std::exp(one.log_weight));
    }
    moments.finish();
    return moments;
}

/// The integrals of the header, in steps of about a metre.
Moments integrals(const RouteNetwork& network, std::span<const float> prior, LonLat centre, double sigma_m,
                  double reach_m)
{
    Moments moments;
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        const double length_m = network.edge[e].length_m;
        const double steps = std::ceil(length_m);
        for (double i = 0.5; i < steps; ++i) {
            const LonLat at = lon_lat_at(network, {e, length_m * i / steps});
            const double distance_m = between_m(centre, at);
            if (distance_m <= reach_m) {
                const double sigmas = distance_m / sigma_m;
                const double weight = prior.empty() ? 1 : static_cast<double>(prior[e]);
                moments.add(earth_centred(centre), at,
                            weight * length_m / steps * std::exp(-sigmas * sigmas / 2));
            }
        }
    }
    moments.finish();
    return moments;
}

void check_moments(const std::vector<Candidate>& candidates, const Moments& expected, LonLat centre,
                   double tolerance)
{
    const Moments found = moments_of(candidates, centre);
    const double spread_m = std::sqrt(expected.dist_m2);
    CHECK(chord_m(found.mean, expected.mean) < tolerance * spread_m);
    CHECK(found.dist_m2 == Approx(expected.dist_m2).epsilon(2 * tolerance));
}

} // namespace

TEST_CASE("a precise sighting may be at the nearest place of each edge within reach", "[candidates]")
{
    const RouteNetwork network = town({8, 47}, 7, 45, 1);
    std::vector<std::uint8_t> usable(network.edges(), 1);
    for (std::uint32_t e = 0; e < network.edges(); e += 5) {
        usable[e] = 0;
    }
    for (const std::size_t most : {std::size_t{4}, std::size_t{16}}) {
        const CandidateFinder finder(network, usable, {}, {.most_edges = most});
        for (std::uint64_t i = 0; i < 25; ++i) {
            const Random random(4, i);
            const LonLat place =
                moved({8, 47}, 400 * (random.uniform(0) - 0.5), 400 * (random.uniform(1) - 0.5));
            const double sigma_m = i % 2 == 0 ? 5 : 40; // 80 m is the larger reach, then 100 m
            const auto found = finder.find(place, sigma_m);
            auto expected = by_hand(network, usable, place, i % 2 == 0 ? 80 : 100, most);
            REQUIRE(found.size() == expected.size());
            CHECK(ordered(found));
            for (std::size_t k = 0; k < found.size(); ++k) {
                const double d = expected[k].distance_m;
                CHECK(found[k].log_weight == Approx(-d * d / (2 * sigma_m * sigma_m)).epsilon(1e-14));
                expected[k].log_weight = found[k].log_weight;
            }
            CHECK(same(found, expected));
        }
    }
}

TEST_CASE("a precise sighting with no edge within reach takes the four nearest farther out", "[candidates]")
{
    const RouteNetwork network = parallels(100, {100, 120, 140, 160, 180, 200});
    const CandidateFinder finder(network, {}, {});
    const LonLat place = moved({8, 47}, 50, 0);
    const auto edges = [&](LonLat at, double sigma_m) {
        std::vector<std::uint32_t> result;
        for (const Candidate& one : finder.find(at, sigma_m)) {
            result.push_back(one.place.edge);
        }
        return result;
    };
    CHECK(edges(place, 10) == std::vector<std::uint32_t>{0, 1, 2, 3});
    CHECK(edges(place, 50) == std::vector<std::uint32_t>{0, 1}); // 2.5 * 50 m = 125 m
    CHECK(edges(place, 100) == std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5});
    CHECK(edges(moved(place, 0, -150), 10) == std::vector<std::uint32_t>{0, 1, 2}); // 300 m from 0 to 150
    CHECK(edges(moved(place, 0, -250), 10).empty());
    CHECK(edges(moved(place, 0, -1000), 200).empty());
    CHECK(CandidateFinder(RouteNetwork{}, {}, {}).find(place, 10).empty());
    CHECK(CandidateFinder(RouteNetwork{}, {}, {}).find(place, 1e4).empty());
}

TEST_CASE("a vague sighting near few stretches has the middle of each and its share", "[candidates]")
{
    // 250 m are cut into three stretches of 83.3 m
    const RouteNetwork network = parallels(250, {0});
    const CandidateFinder finder(network, {}, {});
    const LonLat place = lon_lat_at(network, {0, 0});
    const auto found = finder.find(place, 200);
    REQUIRE(found.size() == 3);
    const double third_m = network.edge[0].length_m / 3;
    for (std::size_t k = 0; k < 3; ++k) {
        const double d = third_m * (static_cast<double>(k) + 0.5);
        CHECK(found[k].place.offset_m == Approx(d).margin(1e-6));
        CHECK(found[k].distance_m == Approx(d).margin(1e-2)); // chords of 50 m, and of the mean Earth
        const double away = found[k].distance_m;
        const double first = third_m / 2; // the nearest is the likeliest
        CHECK(found[k].log_weight ==
              Approx((first * first - away * away) / (2 * 200.0 * 200.0)).margin(1e-6));
        CHECK(found[k].at == lon_lat_at(network, found[k].place));
    }

    // three times the prior: ln 3 more
    const RouteNetwork two = parallels(90, {0, 100});
    const float prior[] = {1, 3};
    const auto pair = CandidateFinder(two, {}, prior).find(moved({8, 47}, 45, 50), 1e5);
    REQUIRE(pair.size() == 2);
    CHECK(pair[0].log_weight == Approx(-std::log(3.0)).margin(1e-4)); // and parallels shrink northwards
    CHECK(pair[1].log_weight == 0);
}

TEST_CASE("places of a vague sighting have the moments of the measure they stand for", "[candidates]")
{
    // Plain, and with the seam of the curve in the middle of the town: at 17 S, and at 70 N, where its cells
    // are three times as high as wide. Of 64 places drawn at random the mean would be off by 1/8 of the
    // spread; of strata it is less than 0.08 off, and with a place for each stretch only what stretches of
    // 100 m blur.
    for (const LonLat middle : {LonLat{8, 47}, LonLat{180, -17}, LonLat{-180, 70}}) {
        const RouteNetwork network = town(middle, 16, 170, 3);
        std::vector<float> prior;
        for (std::uint32_t e = 0; e < network.edges(); ++e) {
            prior.push_back(static_cast<float>(1 + e % 3));
        }
        const CandidateFinder coarse(network, {}, prior);
        const CandidateFinder fine(network, {}, prior, {.most_places = 1000});
        for (const double sigma_m : {300.0, 500.0}) {
            for (const double east_m : {-600.0, 0.0, 350.0}) {
                const LonLat centre = moved(middle, east_m, 200);
                const Moments expected = integrals(network, prior, centre, sigma_m, 2.5 * sigma_m);
                const auto found = coarse.find(centre, sigma_m);
                REQUIRE(found.size() == 64);
                CHECK(ordered(found));
                CHECK(std::all_of(found.begin(), found.end(), [&](const Candidate& one) {
                    return one.log_weight == 0 && one.distance_m < 2.5 * sigma_m + 100;
                }));
                check_moments(found, expected, centre, 0.08);
                check_moments(fine.find(centre, sigma_m), expected, centre, 0.006);
            }
        }
    }
}

TEST_CASE("a sigma larger than the network leaves the prior alone", "[candidates]")
{
    const LonLat middle{8, 47};
    const RouteNetwork network = town(middle, 14, 150, 6);
    std::vector<float> prior;
    double west_m = 0;
    double east_m = 0;
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        const bool west = to_lon_lat(network.shape_of(e)[0]).lon_deg < 8;
        prior.push_back(west ? 2.0F : 1.0F);
        (west ? west_m : east_m) += network.edge[e].length_m;
    }
    const auto west_of = [&](const std::vector<Candidate>& found) {
        return static_cast<double>(std::count_if(
            found.begin(), found.end(), [&](const Candidate& one) { return prior[one.place.edge] > 1.5F; }));
    };
    for (const double sigma_m : {1e6, 1e9, std::numeric_limits<double>::infinity()}) {
        const auto plain = CandidateFinder(network, {}, {}).find(middle, sigma_m);
        const auto weighted = CandidateFinder(network, {}, prior).find(moved(middle, 900, 0), sigma_m);
        REQUIRE(plain.size() == 64);
        REQUIRE(weighted.size() == 64);
        // of systematic strata only those that hold a border of the halves can be off
        CHECK(west_of(plain) == Approx(64 * west_m / (west_m + east_m)).margin(3));
        CHECK(west_of(weighted) == Approx(64 * 2 * west_m / (2 * west_m + east_m)).margin(3));
        check_moments(weighted, integrals(network, prior, middle, sigma_m, 1e9), middle, 0.05);
    }
}

TEST_CASE("vague sightings honour flags, and length alone where the prior is 0", "[candidates]")
{
    const LonLat middle{8, 47};
    const RouteNetwork network = town(middle, 12, 150, 7);
    std::vector<std::uint8_t> usable(network.edges(), 1);
    std::vector<float> prior(network.edges(), 1);
    for (std::uint32_t e = 0; e < network.edges(); ++e) {
        usable[e] = e % 3 == 0 ? 0 : 1;
        prior[e] = e % 3 == 1 ? 0.0F : 1.0F;
    }
    const auto of_third = [&](const std::vector<Candidate>& found, std::uint32_t third) {
        return std::count_if(found.begin(), found.end(),
                             [&](const Candidate& one) { return one.place.edge % 3 == third; });
    };
    const auto flagged = CandidateFinder(network, usable, {}).find(middle, 400);
    CHECK(of_third(flagged, 0) == 0);
    CHECK(of_third(flagged, 1) > 15);
    const auto both = CandidateFinder(network, usable, prior).find(middle, 400);
    CHECK(of_third(both, 2) == 64);

    const std::vector<float> none(network.edges(), 0);
    CHECK(same(CandidateFinder(network, usable, none).find(middle, 400), flagged));

    // with none of the others within reach the edges without a prior are as good as any
    const float far[] = {0, 0, 1};
    const RouteNetwork roads = parallels(90, {0, 100, 5000});
    const auto near = CandidateFinder(roads, {}, far).find(moved({8, 47}, 45, 50), 200);
    REQUIRE(near.size() == 2);
    CHECK(near[0].place.edge == 0);
    CHECK(near[1].place.edge == 1);
}

TEST_CASE("vague sightings from several threads at once are those from one", "[candidates]")
{
    const LonLat middle{8, 47};
    const RouteNetwork network = town(middle, 12, 150, 9);
    const CandidateFinder one(network, {}, {});
    const CandidateFinder many(network, {}, {});
    const auto at = [&](std::size_t i) {
        return moved(middle, 40 * static_cast<double>(i) - 600, 0);
    };
    std::vector<std::vector<Candidate>> found(32);
    parallel_chunks(found.size(), 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            found[i] = many.find(at(i), 300);
        }
    });
    for (std::size_t i = 0; i < found.size(); ++i) {
        CHECK(same(found[i], one.find(at(i), 300)));
    }
}

TEST_CASE("cutting every road in three leaves the candidates where they were", "[candidates]")
{
    const std::string whole = "A-----B-----C\n"
                              "|     |     |\n"
                              "|     |     |\n"
                              "|     |     |\n"
                              "D-----E-----F\n";
    const std::string cut = "A-G-H-B-I-J-C\n"
                            "|     |     |\n"
                            "K     L     M\n"
                            "|     |     |\n"
                            "D-N-O-E-P-Q-F\n";
    const RouteNetwork one = build_route_network(DrawnWays(whole, 100).ways, {.order = false}).network;
    const RouteNetwork two = build_route_network(DrawnWays(cut, 100).ways, {.order = false}).network;
    REQUIRE(one.edges() == two.edges());
    const CandidateOptions options{.most_places = 20};
    const CandidateFinder of_one(one, {}, {}, options);
    const CandidateFinder of_two(two, {}, {}, options);
    const LonLat place = to_lon_lat(test::metres_from_zero(500, -150));
    for (const double sigma_m : {10.0, 100.0, 200.0, 1000.0}) {
        const auto a = of_one.find(place, sigma_m);
        const auto b = of_two.find(place, sigma_m);
        REQUIRE(a.size() == b.size());
        REQUIRE(!a.empty());
        for (std::size_t i = 0; i < a.size(); ++i) {
            CHECK(a[i].place.edge == b[i].place.edge);
            CHECK(a[i].place.offset_m == Approx(b[i].place.offset_m).margin(0.1)); // vertices are in cm
            CHECK(a[i].log_weight == Approx(b[i].log_weight).margin(1e-2));
        }
    }
}

TEST_CASE("candidates refuse what is no sighting and what does not fit the network", "[candidates]")
{
    const RouteNetwork network = parallels(100, {0});
    const CandidateFinder finder(network, {}, {});
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const double sigma_m : {0.0, -1.0, nan}) {
        CHECK_THROWS_AS(finder.find({8, 47}, sigma_m), Error);
    }
    for (const double sigma_m : {10.0, 1000.0}) {
        CHECK_THROWS_AS(finder.find({nan, 47}, sigma_m), Error);
        CHECK_THROWS_AS(finder.find({8, 91}, sigma_m), Error);
    }
    const std::uint8_t flags[] = {1, 1};
    CHECK_THROWS_AS(CandidateFinder(network, flags, {}), Error);
    const float two[] = {1, 1};
    CHECK_THROWS_AS(CandidateFinder(network, {}, two), Error);
    const float negative[] = {-1};
    CHECK_THROWS_AS(CandidateFinder(network, {}, negative), Error);
    CHECK_THROWS_AS(CandidateFinder(network, {}, {}, {.most_edges = 0}), Error);
    CHECK_THROWS_AS(CandidateFinder(network, {}, {}, {.most_places = 0}), Error);
}
