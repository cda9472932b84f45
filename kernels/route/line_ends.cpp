#include "kernels/route/line_ends.h"

#include "kernels/disjoint_sets.h"
#include "kernels/earth.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace vigil {

namespace {

constexpr double least_tolerance_m = 1e-3;

/// A cube of half the tolerance's width. Its diagonal is shorter than the tolerance (0.87 of it), so all
/// places in it are one vertex.
struct Cube {
    std::int64_t x = 0, y = 0, z = 0;
    std::uint32_t begin = 0; ///< of its places among `filed`
    std::uint32_t end = 0;
    [[nodiscard]] auto key() const { return std::tuple(x, y, z); }
};

/// Places in space, gathered by cube.
struct Filed {
    std::vector<XYZ> point;           ///< of each place
    std::vector<std::uint32_t> place; ///< ordered by cube, then number
    std::vector<Cube> cubes;          ///< ordered
};

Filed file(std::span<const FixedLonLat> places, double cube_m)
{
    Filed filed;
    std::vector<Cube> cube_of;
    for (const FixedLonLat place : places) {
        const XYZ p = earth_centred(to_lon_lat(place));
        const auto floor_of = [&](double metres) {
            return static_cast<std::int64_t>(std::floor(metres / cube_m));
        };
        filed.point.push_back(p);
        cube_of.push_back({floor_of(p.x), floor_of(p.y), floor_of(p.z)});
    }
    filed.place.resize(places.size());
    std::iota(filed.place.begin(), filed.place.end(), 0U);
    std::sort(filed.place.begin(), filed.place.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::tuple(cube_of[a].key(), a) < std::tuple(cube_of[b].key(), b);
    });
    for (std::uint32_t i = 0; i < filed.place.size(); ++i) {
        const Cube& cube = cube_of[filed.place[i]];
        if (filed.cubes.empty() || filed.cubes.back().key() != cube.key()) {
            filed.cubes.push_back({cube.x, cube.y, cube.z, i, i});
        }
        filed.cubes.back().end = i + 1;
    }
    return filed;
}

/// Merges two cubes when a place of one is near enough to a place of the other.
void merge_cubes(const Filed& filed, const Cube& a, const Cube& b, double tolerance_m, DisjointSets& sets)
{
    if (sets.find(filed.place[a.begin]) == sets.find(filed.place[b.begin])) {
        return;
    }
    for (std::uint32_t i = a.begin; i < a.end; ++i) {
        for (std::uint32_t j = b.begin; j < b.end; ++j) {
            if (chord_m(filed.point[filed.place[i]], filed.point[filed.place[j]]) <= tolerance_m) {
                sets.merge(filed.place[i], filed.place[j]);
                return;
            }
        }
    }
}

/// Merges each cube with those of one row of neighbours (dx, dy, -2..2). Cubes are ordered, so the row moves
/// forward as the cube does.
void merge_row(const Filed& filed, std::int64_t dx, std::int64_t dy, double tolerance_m, DisjointSets& sets)
{
    std::size_t first = 0;
    for (const Cube& cube : filed.cubes) {
        const auto low = std::tuple(cube.x + dx, cube.y + dy, cube.z - 2);
        const auto high = std::tuple(cube.x + dx, cube.y + dy, cube.z + 2);
        while (first < filed.cubes.size() && filed.cubes[first].key() < low) {
            ++first;
        }
        for (std::size_t i = first; i < filed.cubes.size() && filed.cubes[i].key() <= high; ++i) {
            merge_cubes(filed, cube, filed.cubes[i], tolerance_m, sets);
        }
    }
}

void merge_near(std::span<const FixedLonLat> places, double tolerance_m, DisjointSets& sets)
{
    const Filed filed = file(places, tolerance_m / 2);
    for (const Cube& cube : filed.cubes) {
        for (std::uint32_t i = cube.begin + 1; i < cube.end; ++i) {
            sets.merge(filed.place[cube.begin], filed.place[i]);
        }
    }
    for (std::int64_t dx = 0; dx <= 2; ++dx) { // the other half of the neighbours sees this cube as theirs
        for (std::int64_t dy = dx == 0 ? 0 : -2; dy <= 2; ++dy) {
            merge_row(filed, dx, dy, tolerance_m, sets);
        }
    }
}

} // namespace

JoinedLineEnds join_line_ends(std::span<const FixedLonLat> ends, double tolerance_m)
{
    if (ends.size() >= no_index) {
        fail(ExitCode::limit, "{} line ends; a network holds at most 2^32 - 2", ends.size());
    }
    std::vector<FixedLonLat> places;
    places.reserve(ends.size());
    for (const FixedLonLat end : ends) {
        places.push_back(one_writing(end));
    }
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    DisjointSets sets(places.size());
    if (tolerance_m >= least_tolerance_m) {
        merge_near(places, tolerance_m, sets);
    }
    JoinedLineEnds joined;
    std::vector<std::uint32_t> number(places.size());
    for (std::uint32_t i = 0; i < places.size(); ++i) { // the first of a set stands for it
        if (sets.find(i) == i) {
            number[i] = static_cast<std::uint32_t>(joined.vertex.size());
            joined.vertex.push_back(places[i]);
        }
    }
    joined.number.reserve(ends.size());
    for (const FixedLonLat end : ends) {
        const auto at = std::lower_bound(places.begin(), places.end(), one_writing(end));
        joined.number.push_back(number[sets.find(static_cast<std::uint32_t>(at - places.begin()))]);
    }
    return joined;
}

} // namespace vigil
