#include "kernels/contiguity.h"

#include "kernels/same_place.h"
#include "libgeo/error.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace vigil {

namespace {

void require_fits(std::int64_t cells)
{
    if (cells >= std::int64_t{std::numeric_limits<std::uint32_t>::max()}) {
        fail(ExitCode::limit, "{} cells are too many for neighbour lists; use a larger --cell", cells);
    }
}

/// Ends a row of links, which must be ascending.
void end_row(Weights& weights)
{
    weights.end.push_back(weights.neighbour.size());
}

void link(Weights& weights, std::int64_t cell)
{
    weights.neighbour.push_back(static_cast<std::uint32_t>(cell));
}

using Pair = std::pair<std::uint32_t, std::uint32_t>;

/// Neighbour lists from pairs in any order, each perhaps several times and in both directions.
Weights from_pairs(std::vector<Pair> pairs, std::size_t n)
{
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    Weights weights;
    weights.end.reserve(n);
    weights.neighbour.reserve(pairs.size());
    std::size_t next = 0;
    for (std::size_t i = 0; i < n; ++i) {
        for (; next < pairs.size() && pairs[next].first == i; ++next) {
            weights.neighbour.push_back(pairs[next].second);
        }
        end_row(weights);
    }
    return weights;
}

/// What a feature owns: a vertex (low == high) or an edge between two.
struct Owned {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    std::uint32_t feature = 0;
    auto operator<=>(const Owned&) const = default;
};

/// Calls use(ring, feature) for each ring.
template <typename Use>
void for_rings(const Geometries& polygons, Use use)
{
    std::size_t ring = 0;
    std::size_t part = 0;
    for (std::size_t f = 0; f < polygons.size(); ++f) {
        for (; part < polygons.feature_end[f]; ++part) {
            for (; ring < polygons.part_end[part]; ++ring) {
                use(ring, static_cast<std::uint32_t>(f));
            }
        }
    }
}

std::vector<Owned> owned_by_features(const Geometries& polygons, std::span<const std::uint32_t> vertex,
                                     Contiguity contiguity)
{
    std::vector<Owned> owned;
    owned.reserve(vertex.size());
    for_rings(polygons, [&](std::size_t ring, std::uint32_t feature) {
        const std::size_t begin = ring == 0 ? 0 : polygons.ring_end[ring - 1];
        for (std::size_t v = begin; v + 1 < polygons.ring_end[ring]; ++v) {
            const auto [low, high] = std::minmax({vertex[v], vertex[v + 1]});
            if (contiguity == Contiguity::queen) {
                owned.push_back({vertex[v], vertex[v], feature});
            } else if (low != high) {
                owned.push_back({low, high, feature});
            }
        }
    });
    std::sort(owned.begin(), owned.end());
    owned.erase(std::unique(owned.begin(), owned.end()), owned.end());
    return owned;
}

} // namespace

Weights grid_contiguity(const Grid& grid, Contiguity contiguity)
{
    require_fits(grid.cells());
    Weights weights;
    weights.end.reserve(static_cast<std::size_t>(grid.cells()));
    for (std::int64_t row = 0; row < grid.rows; ++row) {
        for (std::int64_t col = 0; col < grid.cols; ++col) {
            for (std::int64_t r = std::max<std::int64_t>(row - 1, 0); r <= row + 1 && r < grid.rows; ++r) {
                const std::int64_t side = contiguity == Contiguity::queen || r == row ? 1 : 0;
                for (std::int64_t c = std::max<std::int64_t>(col - side, 0); c <= col + side && c < grid.cols;
                     ++c) {
                    if (r != row || c != col) {
                        link(weights, r * grid.cols + c);
                    }
                }
            }
            end_row(weights);
        }
    }
    return weights;
}

Weights hexagon_contiguity(const HexGrid& grid)
{
    require_fits(grid.cells());
    // Steps along (line, place) from an even and from an odd line; see hexagon.cpp.
    using Step = std::pair<std::int64_t, std::int64_t>;
    constexpr std::array<std::array<Step, 6>, 2> steps = {{
        {{{0, -1}, {0, 1}, {-1, -1}, {-1, 0}, {1, -1}, {1, 0}}},
        {{{0, -1}, {0, 1}, {-1, 0}, {-1, 1}, {1, 0}, {1, 1}}},
    }};
    Weights weights;
    for (std::int64_t cell = 0; cell < grid.cells(); ++cell) {
        const std::int64_t row = cell / grid.cols;
        const std::int64_t col = cell % grid.cols;
        const std::size_t odd = static_cast<std::size_t>((grid.pointy ? row : col) & 1);
        std::array<std::int64_t, 6> near{};
        std::size_t found = 0;
        for (const auto& [line, place] : steps[odd]) {
            const std::int64_t r = row + (grid.pointy ? line : place);
            const std::int64_t c = col + (grid.pointy ? place : line);
            if (r >= 0 && r < grid.rows && c >= 0 && c < grid.cols) {
                near[found++] = r * grid.cols + c;
            }
        }
        std::sort(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(found));
        for (std::size_t k = 0; k < found; ++k) {
            link(weights, near[k]);
        }
        end_row(weights);
    }
    return weights;
}

Weights polygon_contiguity(const Geometries& polygons, Contiguity contiguity, double tolerance)
{
    require(polygons.kind == GeometryKind::polygon, "contiguity needs polygons");
    const std::vector<std::uint32_t> vertex = same_places(polygons.xy, tolerance);
    const std::vector<Owned> owned = owned_by_features(polygons, vertex, contiguity);
    std::vector<Pair> pairs;
    for (std::size_t begin = 0; begin < owned.size();) {
        std::size_t end = begin;
        while (end < owned.size() && owned[end].low == owned[begin].low &&
               owned[end].high == owned[begin].high) {
            ++end;
        }
        for (std::size_t a = begin; a < end; ++a) {
            for (std::size_t b = begin; b < end; ++b) {
                if (a != b) {
                    pairs.emplace_back(owned[a].feature, owned[b].feature);
                }
            }
        }
        begin = end;
    }
    return from_pairs(std::move(pairs), polygons.size());
}

} // namespace vigil
