#include "kernels/route/match/order_lattice.h"
#include "libgeo/error.h"
#include "libgeo/random.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>
#include <string>
#include <vector>

using namespace vigil;

namespace {

using Order = std::vector<std::uint32_t>;

constexpr double inf = std::numeric_limits<double>::infinity();

Sighting between(double begin, double end)
{
    Sighting sighting;
    sighting.order_begin = begin;
    sighting.order_end = end;
    return sighting;
}

/// All permutations in which nothing stands before what must come before it.
std::set<Order> orders_by_permutation(const std::vector<Sighting>& sightings)
{
    std::set<Order> orders;
    Order order(sightings.size());
    std::iota(order.begin(), order.end(), 0U);
    do {
        bool possible = true;
        for (std::size_t a = 0; a < order.size(); ++a) {
            for (std::size_t b = a + 1; b < order.size(); ++b) {
                possible &= !(sightings[order[b]].order_end < sightings[order[a]].order_begin);
            }
        }
        if (possible) {
            orders.insert(order);
        }
    } while (std::next_permutation(order.begin(), order.end()));
    return orders;
}

void follow(const OrderLattice& lattice, std::uint32_t node, Order& backward, std::vector<Order>& ways)
{
    backward.push_back(lattice.sighting[node]);
    if (std::binary_search(lattice.starts.begin(), lattice.starts.end(), node)) {
        ways.emplace_back(backward.rbegin(), backward.rend());
    }
    for (std::uint32_t arc = lattice.first_in[node]; arc < lattice.first_in[node + 1]; ++arc) {
        REQUIRE(lattice.from[arc] < node);
        follow(lattice, lattice.from[arc], backward, ways);
    }
    backward.pop_back();
}

/// Every way from a start to an end, one by one.
std::vector<Order> ways_of(const OrderLattice& lattice)
{
    std::vector<Order> ways;
    Order backward;
    for (const std::uint32_t end : lattice.ends) {
        follow(lattice, end, backward, ways);
    }
    return ways;
}

std::vector<Sighting> chain(std::size_t n)
{
    std::vector<Sighting> sightings;
    for (std::size_t i = 0; i < n; ++i) {
        sightings.push_back(between(static_cast<double>(i), static_cast<double>(i)));
    }
    return sightings;
}

} // namespace

TEST_CASE("order lattice: of sightings in a known order it is a chain", "[order_lattice]")
{
    // given last to first
    const std::vector<Sighting> sightings = {between(7, 8), between(5, 6), between(3, 4.5)};
    const OrderLattice lattice = order_lattice(sightings);
    CHECK(lattice.sighting == Order{2, 1, 0});
    CHECK(lattice.first_in == Order{0, 0, 1, 2});
    CHECK(lattice.from == Order{0, 1});
    CHECK(lattice.starts == Order{0});
    CHECK(lattice.ends == Order{2});
    CHECK(widest_disorder(sightings) == 1);

    const OrderLattice one = order_lattice(std::vector<Sighting>(1));
    CHECK(one.sighting == Order{0});
    CHECK(one.first_in == Order{0, 0});
    CHECK(one.from.empty());
    CHECK(one.starts == Order{0});
    CHECK(one.ends == Order{0});
}

TEST_CASE("order lattice: a long chain has a node for each sighting", "[order_lattice]")
{
    const auto sightings = chain(100'000);
    const OrderLattice lattice = order_lattice(sightings);
    CHECK(lattice.nodes() == 100'000);
    CHECK(lattice.from.size() == 99'999);
    Order counted(100'000);
    std::iota(counted.begin(), counted.end(), 0U);
    CHECK(lattice.sighting == counted);
    CHECK(widest_disorder(sightings) == 1);
}

TEST_CASE("order lattice: k sightings in any order make k 2^(k-1) nodes", "[order_lattice]")
{
    // a set of s members (k choose s of them) has s members that may be its last: sum s (k choose s);
    // an arc is a set, its last and the one before: sum s (s - 1) (k choose s) = k (k - 1) 2^(k-2)
    for (std::size_t k = 1; k <= most_in_any_order; ++k) {
        const std::vector<Sighting> sightings(k); // bounds are infinite unless given
        const OrderLattice lattice = order_lattice(sightings);
        CHECK(lattice.nodes() == k << (k - 1));
        CHECK(lattice.from.size() == (k < 2 ? 0 : k * (k - 1) << (k - 2)));
        CHECK(lattice.starts.size() == k);
        CHECK(lattice.ends.size() == k);
        CHECK(widest_disorder(sightings) == k);
    }
}

TEST_CASE("order lattice: instants that are equal are in no order, bounds that touch neither",
          "[order_lattice]")
{
    CHECK(ways_of(order_lattice(std::vector{between(5, 5), between(5, 5)})).size() == 2);
    CHECK(ways_of(order_lattice(std::vector{between(4, 5), between(5, 6)})).size() == 2);
    CHECK(ways_of(order_lattice(std::vector{between(4, 5), between(5.5, 6)})).size() == 1);
    CHECK(ways_of(order_lattice(std::vector{between(inf, inf), between(-inf, inf)})).size() == 2);
    // the first may be before, between or after the others, which are in order
    CHECK(ways_of(order_lattice(std::vector{between(-inf, inf), between(1, 1), between(2, 2)})).size() == 3);
}

TEST_CASE("order lattice: blocks are cut where all before comes before all after", "[order_lattice]")
{
    // {0, 1, 2} overlap in a row though 0 comes before 2; {3, 4} overlap; 5 stands alone
    const std::vector<Sighting> sightings = {between(0, 2), between(1, 4),   between(3, 5),
                                             between(6, 9), between(7, 7.5), between(10, 11)};
    CHECK(widest_disorder(sightings) == 3);
    const OrderLattice lattice = order_lattice(sightings);
    // orders of the first block: 012, 102, 021; sets {0}, {1}, {01} (either last), {02}, {012} (2 or 1 last):
    // 7 nodes. Second: {3}, {4}, {34} twice: 4. Third: 1.
    CHECK(lattice.nodes() == 12);
    CHECK(ways_of(lattice).size() == 3 * 2);
    CHECK(lattice.ends == Order{11});
    for (std::uint32_t node = 0; node < 2; ++node) {
        CHECK(lattice.first_in[node] == lattice.first_in[node + 1]);
    }
}

TEST_CASE("order lattice: its ways are the permutations that respect the bounds", "[order_lattice]")
{
    std::size_t partly = 0; // cases between a chain and no order at all
    for (std::uint64_t item = 0; item < 200; ++item) {
        const Random random(20240611, item);
        const std::size_t n = 1 + item % 7;
        std::vector<Sighting> sightings;
        const double width = 6 * random.uniform(0);
        for (std::size_t i = 0; i < n; ++i) {
            const auto begin = static_cast<double>(random.bits(3 * i + 1) % 8);
            const double end = begin + static_cast<double>(random.bits(3 * i + 2) % 8) * width / 8;
            const std::uint64_t open = random.bits(3 * i + 3) % 16; // a few are unbounded on one side
            sightings.push_back(between(open == 0 ? -inf : begin, open == 1 ? inf : end));
        }
        const OrderLattice lattice = order_lattice(sightings);
        const std::vector<Order> ways = ways_of(lattice);
        const std::set<Order> different(ways.begin(), ways.end());
        const std::set<Order> expected = orders_by_permutation(sightings);
        CHECK(ways.size() == different.size());
        CHECK(different == expected);
        CHECK(std::is_sorted(lattice.ends.begin(), lattice.ends.end()));
        const std::size_t widest = widest_disorder(sightings);
        partly += expected.size() > 1 && widest > 2 && widest < n ? 1U : 0U;
    }
    CHECK(partly > 20);
}

TEST_CASE("order lattice: what it refuses", "[order_lattice]")
{
    const std::vector<Sighting> eleven(most_in_any_order + 1);
    CHECK(widest_disorder(eleven) == 11);
    try {
        (void)order_lattice(eleven);
        FAIL("eleven sightings in no order were taken");
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::limit);
        CHECK(std::string(error.what()).find("11 sightings") == 0);
    }
    CHECK_THROWS_AS(order_lattice({}), Error);
    CHECK(widest_disorder({}) == 0);
    const double nan = Sighting::unknown;
    for (const Sighting& wrong : {between(2, 1), between(nan, 1), between(1, nan)}) {
        CHECK_THROWS_AS(order_lattice(std::vector{between(0, 0), wrong}), Error);
        CHECK_THROWS_AS(widest_disorder(std::vector{between(0, 0), wrong}), Error);
    }
}

TEST_CASE("order lattice: sets in no order are numbered along time", "[order_lattice]")
{
    // by hand: the third comes first; the first and the last overlap; the second comes after both
    const std::vector<Sighting> sightings{between(2, 4), between(6, 6), between(0, 1), between(3, 5)};
    CHECK(order_blocks(sightings) == std::vector<std::uint32_t>{1, 2, 0, 1});
    CHECK(order_blocks({}).empty());
}
