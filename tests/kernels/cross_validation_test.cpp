// Criteria for a bandwidth against their formulas in long double over all pairs, and against R's
// spatstat.explore and sparr (testdata/density/README.md).

#include "kernels/bandwidth.h"
#include "kernels/density/berman_diggle.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <numbers>
#include <sstream>
#include <string>
#include <vector>

using vigil::BandwidthCriterion;
using vigil::BandwidthRule;
using vigil::LeaveOut;
using vigil::Place;
using vigil::XY;

namespace {

using Real = long double;
const std::string folder = VIGIL_SOURCE_DIR "/testdata/density/";

std::vector<XY> read_places(const std::string& name)
{
    std::ifstream file(folder + name);
    std::string line;
    std::getline(file, line);
    std::vector<XY> out;
    while (std::getline(file, line)) {
        const auto comma = line.find(',');
        out.push_back({std::stod(line.substr(0, comma)), std::stod(line.substr(comma + 1))});
    }
    return out;
}

struct Row {
    double sigma_m, value;
};

std::vector<Row> expected(const std::string& set, const std::string& what)
{
    std::ifstream file(folder + "expected.csv");
    std::vector<Row> out;
    std::string line;
    while (std::getline(file, line)) {
        std::istringstream fields(line);
        std::string a, b, c, d;
        std::getline(fields, a, ',');
        std::getline(fields, b, ',');
        std::getline(fields, c, ',');
        std::getline(fields, d, ',');
        if (a == set && b == what) {
            out.push_back(
                {std::stod(c), d == "-Inf" ? -std::numeric_limits<double>::infinity() : std::stod(d)});
        }
    }
    REQUIRE(!out.empty());
    return out;
}

/// A set of the recorded ones: its points, window, and what R leaves out.
struct Set {
    std::vector<XY> points;
    vigil::SelectionOptions options;
};

Set read_set(const std::string& name)
{
    Set set;
    set.points = read_places(name == "clusters" ? "clusters_xy.csv" : "mesa_xy.csv");
    set.options.window =
        name == "clusters" ? vigil::Box{0, 0, 10000, 10000} : vigil::bounding_box(set.points);
    set.options.leave_out = name == "mesa" ? LeaveOut::incident : LeaveOut::place;
    return set;
}

std::vector<Place> places_of(const std::string& name, const Set& set)
{
    auto places = vigil::merged_places(set.points, {});
    if (name == "mesa_places") {
        for (Place& place : places) {
            place.weight = 1;
        }
    }
    return places;
}

Real phi(Real s, const Place& a, const Place& b)
{
    const Real dx = static_cast<Real>(a.x) - b.x;
    const Real dy = static_cast<Real>(a.y) - b.y;
    return std::exp(-(dx * dx + dy * dy) / (2 * s * s)) / (2 * std::numbers::pi_v<Real> * s * s);
}

/// The formulas of cross_validation.h as they stand.
Real brute(BandwidthCriterion criterion, const std::vector<Place>& places, Real s, LeaveOut leave, Real area)
{
    Real n = 0, logs = 0, square = 0, cross = 0, inverse = 0;
    for (const Place& k : places) {
        n += k.weight;
    }
    for (const Place& k : places) {
        const Real a = leave == LeaveOut::place ? k.weight : std::min(k.weight, 1.0);
        Real rest = 0, wide = 0;
        for (const Place& j : places) {
            const bool self = &j == &k;
            rest += (self ? k.weight - a : static_cast<Real>(j.weight)) * phi(s, j, k);
            wide += j.weight * phi(std::numbers::sqrt2_v<Real> * s, j, k);
        }
        logs += k.weight * std::log(rest);
        square += k.weight * wide;
        cross += k.weight * rest / (n - a);
        inverse += k.weight / (rest + a * phi(s, k, k));
    }
    switch (criterion) {
    case BandwidthCriterion::likelihood_cv:
        return logs;
    case BandwidthCriterion::least_squares_cv:
        return square / (n * n) - 2 * cross / n;
    default:
        return (area - inverse) * (area - inverse);
    }
}

/// Berman and Diggle's M over all ordered pairs.
Real brute_discs(const std::vector<Place>& places, const vigil::Box& box, LeaveOut leave, Real r)
{
    const Real pi = std::numbers::pi_v<Real>;
    const Real area = static_cast<Real>(box.width()) * box.height();
    Real n = 0, out = 0;
    for (const Place& k : places) {
        n += k.weight;
        out += k.weight * (leave == LeaveOut::place ? k.weight : std::min(k.weight, 1.0));
    }
    Real within = 0, overlap = 0;
    for (const Place& a : places) {
        for (const Place& b : places) {
            const Real dx = std::abs(static_cast<Real>(a.x) - b.x);
            const Real dy = std::abs(static_cast<Real>(a.y) - b.y);
            const Real d = std::sqrt(dx * dx + dy * dy);
            Real weight = static_cast<Real>(a.weight) * b.weight;
            if (&a == &b) {
                weight -= a.weight * (leave == LeaveOut::place ? a.weight : std::min(a.weight, 1.0));
            }
            weight *= area * area / (n * n - out) / ((box.width() - dx) * (box.height() - dy));
            within += d <= r ? weight : 0;
            const Real y = d / (2 * r);
            overlap += y < 1 ? weight * (std::acos(y) - y * std::sqrt(1 - y * y)) : 0;
        }
    }
    return (area * out / (n * n) - 2 * within) / (pi * r * r) +
           2 * r * r * overlap / (pi * r * r * pi * r * r);
}

/// Clusters with weights, some below 1, and a stray place; coordinates as large as UTM's.
std::vector<Place> weighted_noise(std::size_t n)
{
    std::vector<XY> points;
    std::vector<double> weights;
    for (std::size_t i = 0; i < n; ++i) {
        const vigil::Random random(11, i);
        const double wide = random.uniform(2) < 0.6 ? 300 : 4000;
        points.push_back({421000 + wide * random.uniform(0), 3699000 + wide * random.uniform(1)});
        weights.push_back(0.25 + 3 * random.uniform(3));
    }
    points.push_back({431000, 3709000});
    weights.push_back(1.5);
    return vigil::merged_places(points, weights);
}

constexpr BandwidthCriterion gaussian_ones[] = {BandwidthCriterion::likelihood_cv,
                                                BandwidthCriterion::least_squares_cv,
                                                BandwidthCriterion::cronie_van_lieshout};

} // namespace

TEST_CASE("every criterion equals its formula in long double, also where densities underflow", "[bandwidth]")
{
    const auto places = weighted_noise(250);
    vigil::SelectionOptions options{.window = {420000, 3698000, 432000, 3710000}};
    for (const LeaveOut leave : {LeaveOut::place, LeaveOut::incident}) {
        options.leave_out = leave;
        for (const double sigma : {1.0, 8.0, 60.0, 400.0, 3000.0}) { // 1 m: exp(-1e7) for the stray place
            for (const BandwidthCriterion criterion : gaussian_ones) {
                if (sigma == 1 && criterion == BandwidthCriterion::likelihood_cv) {
                    continue; // below the range of long double; the next case has it
                }
                INFO(vigil::name_of(criterion) << " at " << sigma);
                const double value = vigil::criterion_value(criterion, places, sigma, options);
                const Real exact = brute(criterion, places, sigma, leave, 1.44e8L);
                if (std::isfinite(exact)) {
                    CHECK(value == Approx(static_cast<double>(exact)).epsilon(1e-9));
                }
            }
        }
    }
}

TEST_CASE("two places far apart have the likelihood of the formula when exp underflows", "[bandwidth]")
{
    // each sees the other at 1000 sigma: log(exp(-500000) / (2 pi)), twice
    const std::vector<Place> two = {{0, 0, 1}, {1000, 0, 1}};
    const double exact = 2 * (-500000 - std::log(2 * std::numbers::pi));
    CHECK(vigil::criterion_value(BandwidthCriterion::likelihood_cv, two, 1, {}) == Approx(exact));
    // the best sigma^2 for two places at distance d: d/dh (-d^2/2h^2 - 2 log h) = 0, h = d / sqrt 2
    const std::vector<XY> points = {{0, 0}, {1000, 0}};
    const auto curve = vigil::bandwidth_curve(BandwidthCriterion::likelihood_cv, points, {},
                                              {.min_sigma_m = 10, .max_sigma_m = 5000});
    CHECK(curve.chosen_sigma_m == Approx(1000 / std::sqrt(2)).epsilon(1e-4));
    CHECK_FALSE(curve.at_edge);
}

TEST_CASE("Berman and Diggle's M equals its formula over all pairs", "[bandwidth]")
{
    auto places = weighted_noise(250);
    const vigil::Box window{420000, 3698000, 432000, 3710000};
    for (const LeaveOut leave : {LeaveOut::place, LeaveOut::incident}) {
        const vigil::BermanDiggle discs(places, window, leave, 4096);
        for (const std::size_t edge : {40U, 200U, 1000U, 2048U}) {
            const Real r = 2 * static_cast<Real>(discs.sigma_m(edge));
            const auto exact = static_cast<double>(brute_discs(places, window, leave, r));
            INFO("edge " << edge);
            CHECK(discs.value(edge) == Approx(exact).epsilon(1e-4));
        }
    }
}

TEST_CASE("curves agree with spatstat and sparr", "[bandwidth]")
{
    for (const std::string name : {"clusters", "mesa", "mesa_places"}) {
        const Set set = read_set(name);
        const auto places = places_of(name, set);
        INFO(name);
        for (const Row& row : expected(name, "ppl")) {
            if (std::isfinite(row.value)) { // spatstat cuts at 8 sigma
                CHECK(vigil::criterion_value(BandwidthCriterion::likelihood_cv, places, row.sigma_m,
                                             set.options) == Approx(row.value).epsilon(1e-9));
            }
        }
        for (const Row& row : expected(name, "CvL")) {
            CHECK(vigil::criterion_value(BandwidthCriterion::cronie_van_lieshout, places, row.sigma_m,
                                         set.options) == Approx(row.value).epsilon(1e-7));
        }
        if (name != "mesa") {
            // sparr divides the left-out densities by n, not n - 1, and integrates over pixels
            const auto n = static_cast<double>(places.size());
            for (const Row& row : expected(name, "LSCV")) {
                double square = 0;
                for (const Place& a : places) {
                    for (const Place& b : places) {
                        square += static_cast<double>(phi(std::sqrt(2.0L) * row.sigma_m, a, b)) / (n * n);
                    }
                }
                const double value = vigil::criterion_value(BandwidthCriterion::least_squares_cv, places,
                                                            row.sigma_m, set.options);
                // sparr integrates over pixels: from 1024 to 2048 of them its value at 100 m moves by 3.3e-3,
                // and an error of the square of the pixel would leave a third of that
                CHECK(square + (value - square) * (n - 1) / n == Approx(row.value).epsilon(2e-3));
            }
            const vigil::BermanDiggle discs(places, set.options.window, LeaveOut::place, 32768);
            for (const Row& row : expected(name, "diggle_M")) {
                CHECK(discs.value(discs.edge_near(row.sigma_m)) == Approx(row.value).epsilon(1e-3));
            }
        }
    }
}

TEST_CASE("chosen bandwidths agree with spatstat and sparr", "[bandwidth]")
{
    const Set set = read_set("clusters");
    vigil::SelectionOptions options = set.options;
    options.min_sigma_m = 20;
    CHECK(vigil::rule_sigma(BandwidthRule::likelihood_cv, set.points, {}, options) ==
          Approx(expected("clusters", "LIK").front().sigma_m).epsilon(1e-3));
    CHECK(vigil::rule_sigma(BandwidthRule::berman_diggle, set.points, {}, options) ==
          Approx(expected("clusters", "diggle_translate").front().sigma_m).epsilon(0.02));
    CHECK(vigil::rule_sigma(BandwidthRule::scott, set.points, {}, options) ==
          Approx(expected("clusters", "scott_iso").front().sigma_m).epsilon(1e-12));
    // the standard deviations are the smaller measure there, so that quartiles do not matter
    CHECK(vigil::rule_sigma(BandwidthRule::normal_scale, set.points, {}, options) ==
          Approx(expected("clusters", "NS").front().sigma_m).epsilon(1e-12));
    CHECK(vigil::rule_sigma(BandwidthRule::oversmoothing, set.points, {}, options) ==
          Approx(expected("clusters", "OS").front().sigma_m).epsilon(1e-12));
}

TEST_CASE("repeats draw sigma to 0 when incidents are left out, and not when places are", "[bandwidth]")
{
    const Set set = read_set("mesa"); // 93 of 287 incidents share a place with another
    vigil::SelectionOptions options = set.options;
    options.min_sigma_m = 0.01;
    options.leave_out = LeaveOut::incident;
    const auto incident =
        vigil::bandwidth_curve(BandwidthCriterion::least_squares_cv, set.points, {}, options);
    CHECK(incident.at_edge);
    CHECK(incident.chosen_sigma_m == 0.01);
    options.precision_m = 5; // no bandwidth below what the coordinates can tell
    CHECK(vigil::bandwidth_curve(BandwidthCriterion::least_squares_cv, set.points, {}, options)
              .sigma_m.front() == 5);
    options.leave_out = LeaveOut::place;
    const auto place = vigil::bandwidth_curve(BandwidthCriterion::likelihood_cv, set.points, {}, options);
    CHECK_FALSE(place.at_edge);
    CHECK(place.chosen_sigma_m > 20);
}

TEST_CASE("a weight counts like that many incidents for every criterion", "[bandwidth]")
{
    const std::vector<XY> points = {{0, 0}, {90, 0}, {40, 70}, {300, 310}, {220, 180}, {120, 330}};
    const std::vector<double> weights = {3, 1, 2, 1, 2, 1};
    std::vector<XY> repeated;
    for (std::size_t i = 0; i < points.size(); ++i) {
        repeated.insert(repeated.end(), static_cast<std::size_t>(weights[i]), points[i]);
    }
    for (const LeaveOut leave : {LeaveOut::place, LeaveOut::incident}) {
        const vigil::SelectionOptions options{
            .window = {-50, -50, 400, 400}, .leave_out = leave, .min_sigma_m = 5, .steps = 12};
        for (const BandwidthRule rule : vigil::bandwidth_rules()) {
            if (const auto criterion = vigil::criterion_of(rule)) {
                INFO(vigil::name_of(rule));
                CHECK(vigil::bandwidth_curve(*criterion, points, weights, options).value ==
                      vigil::bandwidth_curve(*criterion, repeated, {}, options).value);
            }
        }
    }
}

TEST_CASE("a curve depends neither on the order of the rows nor on the threads", "[bandwidth]")
{
    Set set = read_set("clusters");
    set.options.steps = 5;
    for (const BandwidthRule rule : vigil::bandwidth_rules()) {
        const auto criterion = vigil::criterion_of(rule);
        if (!criterion) {
            continue;
        }
        const auto first = vigil::bandwidth_curve(*criterion, set.points, {}, set.options);
        std::reverse(set.points.begin(), set.points.end());
        const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
        const auto second = vigil::bandwidth_curve(*criterion, set.points, {}, set.options);
        INFO(vigil::name_of(rule));
        CHECK(first.value == second.value);
        CHECK(first.chosen_sigma_m == second.chosen_sigma_m);
        CHECK(std::is_sorted(first.sigma_m.begin(), first.sigma_m.end()));
    }
}

TEST_CASE("a criterion refuses what tells no bandwidth", "[bandwidth]")
{
    const std::vector<XY> one(5, XY{3, 4});
    const std::vector<XY> line = {{0, 0}, {1, 0}, {5, 0}};
    for (const BandwidthRule rule : vigil::bandwidth_rules()) {
        CHECK_THROWS_AS(vigil::rule_sigma(rule, one, {}), vigil::Error);
        CHECK_THROWS_AS(vigil::rule_sigma(rule, {}, {}), vigil::Error);
    }
    CHECK_THROWS_WITH(vigil::rule_sigma(BandwidthRule::cronie_van_lieshout, line, {}),
                      Catch::Matchers::Contains("no area"));
    CHECK_THROWS_WITH(vigil::rule_sigma(BandwidthRule::berman_diggle, line, {}),
                      Catch::Matchers::Contains("no area"));
    CHECK_THROWS_WITH(vigil::rule_sigma(BandwidthRule::likelihood_cv, vigil::spread_of(line)),
                      Catch::Matchers::Contains("needs the incidents"));
    CHECK_THROWS_WITH(vigil::bandwidth_curve(BandwidthCriterion::likelihood_cv, line, {}, {.steps = 2}),
                      Catch::Matchers::Contains("3 or more"));
    CHECK_THROWS_WITH(vigil::bandwidth_curve(BandwidthCriterion::likelihood_cv, line, {},
                                             {.min_sigma_m = 9, .max_sigma_m = 8}),
                      Catch::Matchers::Contains("between 9 m and 8 m"));
}
