#include "kernels/weights/structure.h"
#include "libgeo/error.h"

#include <catch2/catch.hpp>

#include <limits>

using namespace vigil;

namespace {

/// 0 -> 1, 1 -> 0 1 2, 2 -> 1; 3 alone; 4 -> 5 but not back; weights 1 to 6.
const Weights small{{1, 4, 5, 5, 6, 6}, {1, 0, 1, 2, 1, 5}, {1, 2, 3, 4, 5, 6}};

} // namespace

TEST_CASE("standardised rows add up to one", "[weights]")
{
    const Weights rows = row_standardised(small);
    CHECK(rows.weight == std::vector<double>{1, 2.0 / 9, 3.0 / 9, 4.0 / 9, 1, 1});
    CHECK(rows.end == small.end);
    const Weights binary{{2, 3, 4}, {1, 2, 0, 0}, {}};
    CHECK(row_standardised(binary).weight == std::vector<double>{0.5, 0.5, 1, 1});
    const Weights nothing{{2, 2}, {0, 1}, {0, 0}};
    CHECK(row_standardised(nothing).weight == std::vector<double>{0, 0});
    const Weights broken{{1, 1}, {1}, {std::numeric_limits<double>::quiet_NaN()}};
    CHECK_THROWS_WITH(row_standardised(broken), Catch::Contains("feature 1 do not add up"));
}

TEST_CASE("links to oneself can be taken and given", "[weights]")
{
    const Weights others = without_self(small);
    CHECK(others.end == std::vector<std::size_t>{1, 3, 4, 4, 5, 5});
    CHECK(others.neighbour == std::vector<std::uint32_t>{1, 0, 2, 1, 5});
    CHECK(others.weight == std::vector<double>{1, 2, 4, 5, 6});

    const Weights all = with_self(small, 7);
    CHECK(all.end == std::vector<std::size_t>{2, 5, 7, 8, 10, 11});
    CHECK(all.neighbour == std::vector<std::uint32_t>{0, 1, 0, 1, 2, 1, 2, 3, 4, 5, 5});
    CHECK(all.weight == std::vector<double>{7, 1, 2, 7, 4, 5, 7, 7, 7, 6, 7});

    const Weights binary{{1, 2}, {1, 0}, {}};
    CHECK(with_self(binary).weight.empty());
    CHECK(without_self(with_self(binary)).neighbour == binary.neighbour);
    CHECK(with_self(binary, 0.5).weight == std::vector<double>{0.5, 1, 1, 0.5});
    CHECK_THROWS_AS(with_self(binary, std::numeric_limits<double>::infinity()), Error);
}

TEST_CASE("symmetry is of links and of weights", "[weights]")
{
    CHECK(!is_symmetric(small));
    CHECK(is_symmetric(Weights{}));
    CHECK(is_symmetric({{2, 4, 5}, {0, 1, 0, 2, 1}, {9, 1, 1, 2, 2}}));
    CHECK(!is_symmetric({{2, 4, 5}, {0, 1, 0, 2, 1}, {9, 1, 1, 2, 3}})); // 2 there, 3 back
    CHECK(!is_symmetric({{1, 1}, {1}, {}}));                             // no way back
    CHECK(!is_symmetric({{0, 1}, {0}, {}}));
    CHECK(!is_symmetric({{1, 2, 3}, {1, 2, 0}, {}})); // round in a circle
}

TEST_CASE("components hold what hangs together either way", "[weights]")
{
    const Components found = components(small);
    CHECK(found.count == 3);
    CHECK(found.label == std::vector<std::uint32_t>{0, 0, 0, 1, 2, 2});
    CHECK(components(Weights{}).count == 0);
    // 3 -> 0 joins only at the end: labels still follow the first features
    CHECK(components({{0, 0, 1, 2}, {1, 0}, {}}).label == std::vector<std::uint32_t>{0, 1, 1, 0});
}

TEST_CASE("a summary counts what an analyst must know", "[weights]")
{
    const WeightsSummary all = summary(small);
    CHECK(all.features == 6);
    CHECK(all.links == 5);
    CHECK(all.self_links == 1);
    CHECK(all.least == 0);
    CHECK(all.most == 2);
    CHECK(all.mean == 5.0 / 6);
    CHECK(all.share == 5.0 / 36);
    CHECK(all.islands == 2); // 3, and 5 that only others link to
    CHECK(all.first_island == 3);
    CHECK(all.components == 3);
    CHECK(!all.symmetric);

    const WeightsSummary none = summary(Weights{});
    CHECK(none.least == 0);
    CHECK(none.mean == 0);
    CHECK(none.symmetric);
}
