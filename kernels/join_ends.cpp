#include "kernels/join_ends.h"

#include "kernels/disjoint_sets.h"
#include "kernels/line_set.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace vigil {

namespace {

/// A square of the tolerance's width, and one of the places in it.
struct Filed {
    double column = 0;
    double row = 0;
    std::uint32_t place = 0;
};

bool square_before(const Filed& a, const Filed& b)
{
    return a.column < b.column || (a.column == b.column && a.row < b.row);
}

/// Merges the places of `sorted` (distinct, ordered) that are within `tolerance_m`: only neighbouring squares
/// of that width need a look.
void merge_near(std::span<const XY> sorted, double tolerance_m, DisjointSets& sets)
{
    std::vector<Filed> filed(sorted.size());
    for (std::uint32_t i = 0; i < sorted.size(); ++i) {
        filed[i] = {std::floor(sorted[i].x / tolerance_m), std::floor(sorted[i].y / tolerance_m), i};
    }
    std::stable_sort(filed.begin(), filed.end(), square_before);
    const double reach_m2 = tolerance_m * tolerance_m;
    const auto merge_with_square = [&](const Filed& one, double column, double row) {
        auto other = std::lower_bound(filed.begin(), filed.end(), Filed{column, row, 0}, square_before);
        for (; other != filed.end() && other->column == column && other->row == row; ++other) {
            if (other->place != one.place && sets.find(one.place) != sets.find(other->place) &&
                squared_distance_m2(sorted[one.place], sorted[other->place]) <= reach_m2) {
                sets.merge(one.place, other->place);
            }
        }
    };
    for (const Filed& one : filed) {
        merge_with_square(one, one.column, one.row);
        merge_with_square(one, one.column, one.row + 1);
        for (const double step : {-1.0, 0.0, 1.0}) {
            merge_with_square(one, one.column + 1, one.row + step);
        }
    }
}

} // namespace

JoinedEnds join_ends(std::span<const XY> ends, double tolerance_m)
{
    if (ends.size() >= std::numeric_limits<std::uint32_t>::max()) {
        fail(ExitCode::limit, "{} line ends; a network holds at most 2^32 - 2", ends.size());
    }
    std::vector<std::uint32_t> order(ends.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return before(ends[a], ends[b]); });

    std::vector<XY> distinct;
    std::vector<std::uint32_t> rank(ends.size()); // of each end among the distinct places
    for (const std::uint32_t i : order) {
        if (distinct.empty() || !(distinct.back() == ends[i])) {
            distinct.push_back(ends[i]);
        }
        rank[i] = static_cast<std::uint32_t>(distinct.size() - 1);
    }
    DisjointSets sets(distinct.size());
    if (tolerance_m > 0) {
        merge_near(distinct, tolerance_m, sets);
    }
    JoinedEnds joined;
    std::vector<std::uint32_t> number(distinct.size());
    for (std::uint32_t i = 0; i < distinct.size(); ++i) {
        if (sets.find(i) == i) {
            number[i] = static_cast<std::uint32_t>(joined.nodes.size());
            joined.nodes.push_back(distinct[i]);
        }
    }
    joined.node.reserve(ends.size());
    for (const std::uint32_t place : rank) {
        joined.node.push_back(number[sets.find(place)]);
    }
    return joined;
}

} // namespace vigil
