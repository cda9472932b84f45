#include "kernels/route/match/sighting_order.h"
#include "libgeo/error.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

// What is expected is read off the rules in the header, case by case.

using vigil::OrderClues;
using vigil::sighting_order;
using vigil::SightingOrder;
using vigil::TimeSpan;

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

TimeSpan at(vigil::Seconds second)
{
    return {second, second};
}

/// For each pair of sightings i < j: '<' i comes first, '>' j does, '?' not known; "01<02?12>" ...
std::string pairs(const SightingOrder& order)
{
    std::string text;
    for (std::size_t i = 0; i < order.begin.size(); ++i) {
        for (std::size_t j = i + 1; j < order.begin.size(); ++j) {
            text += order.end[i] < order.begin[j] ? '<' : (order.end[j] < order.begin[i] ? '>' : '?');
        }
    }
    return text;
}

std::string by_time(const std::vector<TimeSpan>& time)
{
    return pairs(sighting_order({.sightings = time.size(), .number = {}, .time = time}));
}

std::string by_number(const std::vector<double>& number, const std::vector<TimeSpan>& time = {})
{
    return pairs(sighting_order({.sightings = number.size(), .number = number, .time = time}));
}

} // namespace

TEST_CASE("rows are the order when there is neither number nor time", "[match][order]")
{
    const SightingOrder order = sighting_order({.sightings = 3, .number = {}, .time = {}});
    CHECK(order.begin == std::vector<double>{0, 1, 2});
    CHECK(order.end == order.begin);
    CHECK(order.timed == std::vector<std::uint8_t>{0, 0, 0});
    CHECK(by_time({{}, {}, {}}) == "<<<"); // a column of times that says nothing
    CHECK(sighting_order({}).begin.empty());
}

TEST_CASE("nothing is known of unordered sightings, whatever their times", "[match][order]")
{
    const std::vector<TimeSpan> time{at(1), at(2)};
    const SightingOrder order =
        sighting_order({.sightings = 2, .number = {}, .time = time, .unordered = true});
    CHECK(pairs(order) == "?");
    CHECK(std::isinf(order.begin[0]));
    CHECK(order.timed == std::vector<std::uint8_t>{0, 0});
}

TEST_CASE("times decide, and those that go backwards are sorted and counted", "[match][order]")
{
    const std::vector<TimeSpan> time{at(10), at(30), at(20), at(40), at(5)};
    const SightingOrder order = sighting_order({.sightings = 5, .number = {}, .time = time});
    CHECK(order.begin == std::vector<double>{1, 3, 2, 4, 0});
    CHECK(order.end == order.begin);
    CHECK(order.backward == 2);
    CHECK(order.timed == std::vector<std::uint8_t>(5, 1));
}

TEST_CASE("a second that is repeated keeps the order of its rows", "[match][order]")
{
    CHECK(by_time({at(7), at(7), at(7)}) == "<<<");
    CHECK(by_time({at(8), at(7), at(7)}) == ">><");
}

TEST_CASE("spans that overlap are in no order", "[match][order]")
{
    CHECK(by_time({{0, 10}, {10, 20}}) == "<"); // a span ends before its end
    CHECK(by_time({{10, 20}, {0, 10}}) == ">");
    CHECK(by_time({{0, 11}, {10, 20}}) == "?");
    CHECK(by_time({{0, 10}, {0, 10}}) == "?");
    CHECK(by_time({at(0), {0, 10}}) == "?"); // an instant at its first second lies inside
    CHECK(by_time({{0, 10}, at(9)}) == "?"); // and at its last
    CHECK(by_time({{0, 10}, at(10)}) == "<");
    CHECK(by_time({{0, 10}, at(5), at(20)}) == "?<<");
}

TEST_CASE("a sighting without a time keeps its place if the rows are in order", "[match][order]")
{
    CHECK(by_time({at(1), {}, at(2)}) == "<<<");
    CHECK(by_time({at(1), {}, at(1)}) == "<<<");
    CHECK(by_time({{}, {0, 10}, {}, at(10)}) == "<<<<<<");
    CHECK(by_time({at(2), {}, at(1)}) == "?>?");
    CHECK(by_time({{0, 10}, {}, {5, 15}}) == "???");
}

TEST_CASE("numbers decide over rows, and equal ones are in no order", "[match][order]")
{
    CHECK(by_number({3, 1, 2}) == ">><");
    CHECK(by_number({1, 2, 2, 3}) == "<<<?<<");
    CHECK(by_number({1, none, 2}) == "?<?");
    CHECK(by_number({-1.5, -1.25}) == "<");
}

TEST_CASE("among equal numbers, times decide where they can", "[match][order]")
{
    CHECK(by_number({1, 1}, {at(20), at(10)}) == ">");
    CHECK(by_number({1, 1}, {at(10), at(10)}) == "?");
    CHECK(by_number({1, 1}, {{0, 10}, {5, 15}}) == "?");
    CHECK(by_number({1, 1, 2}, {at(10), {}, {}}) == "?<<");
}

TEST_CASE("times that go against the numbers do not count", "[match][order]")
{
    const std::vector<double> number{1, 2, 3, 4};
    const std::vector<TimeSpan> time{at(10), at(30), at(20), {25, 35}};
    const SightingOrder order = sighting_order({.sightings = 4, .number = number, .time = time});
    CHECK(pairs(order) == "<<<<<<");
    CHECK(order.contrary == 1);
    CHECK(order.timed == std::vector<std::uint8_t>{1, 1, 0, 1}); // [25, 35) may be after 30
    CHECK(order.backward == 0);
}

TEST_CASE("columns of different lengths are refused", "[match][order]")
{
    const std::vector<double> number{1};
    const std::vector<TimeSpan> time{at(1)};
    CHECK_THROWS_AS(sighting_order({.sightings = 2, .number = number, .time = {}}), vigil::Error);
    CHECK_THROWS_AS(sighting_order({.sightings = 2, .number = {}, .time = time}), vigil::Error);
}
