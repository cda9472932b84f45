#include "kernels/route/build/lines.h"

#include "kernels/disjoint_sets.h"
#include "libgeo/error.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace vigil::route_build {

namespace {

std::uint8_t bit_of(Layer layer)
{
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(layer));
}

/// Is a lower layer at the vertex, so that this one needs a point of its own?
bool is_extra(std::uint8_t layers, Layer layer)
{
    return (layers & (bit_of(layer) - 1U)) != 0;
}

/// Vertices that follow each other at the same place are one: no stretch has length 0.
std::vector<std::uint32_t> merge_same_places(const Ways& ways)
{
    std::optional<DisjointSets> sets;
    for (const Way& way : ways.ways) {
        for (std::size_t i = way.vertex_begin + 1; i < way.vertex_end; ++i) {
            const std::uint32_t a = ways.along[i - 1];
            const std::uint32_t b = ways.along[i];
            if (a != b && ways.vertex[a] == ways.vertex[b]) {
                if (!sets) {
                    sets.emplace(ways.vertex.size());
                }
                sets->merge(a, b);
            }
        }
    }
    std::vector<std::uint32_t> merged;
    if (sets) {
        merged.resize(ways.vertex.size());
        for (std::uint32_t v = 0; v < merged.size(); ++v) {
            merged[v] = sets->find(v);
        }
    }
    return merged;
}

/// Writes the vertices of the ways that have a length, without repeats.
void copy_ways(const Ways& ways, const std::vector<std::uint32_t>& kind_number, Lines& lines,
               RouteReport& report)
{
    lines.along.reserve(ways.along.size());
    lines.lines.reserve(ways.ways.size());
    for (const Way& way : ways.ways) {
        Line line{way.source, kind_number[way.kind],
                  way.name,   static_cast<std::uint32_t>(lines.along.size()),
                  0,          way.minutes};
        const std::uint8_t layer = bit_of(layer_of(ways.kinds[way.kind].mode));
        for (std::size_t i = way.vertex_begin; i < way.vertex_end; ++i) {
            const std::uint32_t v = lines.merged.empty() ? ways.along[i] : lines.merged[ways.along[i]];
            if (lines.along.size() == line.begin || lines.along.back() != v) {
                lines.along.push_back(v);
            }
        }
        if (lines.along.size() < line.begin + 2U) {
            lines.along.resize(line.begin);
            report.first_zero_length = report.zero_length == 0 ? way.source : report.first_zero_length;
            ++report.zero_length;
        }
        line.end = static_cast<std::uint32_t>(lines.along.size());
        for (std::uint32_t i = line.begin; i < line.end; ++i) {
            lines.layers[lines.along[i]] |= layer;
        }
        lines.lines.push_back(line);
    }
}

/// Gives each vertex that several layers use a point for each of them.
void part_layers(Lines& lines)
{
    for (std::uint32_t v = 0; v < lines.layers.size(); ++v) {
        for (const Layer layer : {Layer::rail, Layer::ferry}) {
            if ((lines.layers[v] & bit_of(layer)) != 0 && is_extra(lines.layers[v], layer)) {
                lines.extra.push_back({v, layer, static_cast<std::uint32_t>(lines.place.size())});
                lines.place.push_back(lines.place[v]);
            }
        }
    }
    if (lines.extra.empty()) {
        return;
    }
    for (const Line& line : lines.lines) {
        const Layer layer = layer_of(lines.kinds[line.kind].mode);
        for (std::uint32_t i = line.begin; layer != Layer::land && i < line.end; ++i) {
            lines.along[i] = lines.point_of(lines.along[i], layer);
        }
    }
}

void count_stretches(Lines& lines)
{
    const auto leave = [&lines](std::uint32_t point, unsigned stretches, const WayKind& kind) {
        PointState& state = lines.state[point];
        state.degree = static_cast<std::uint8_t>(std::min(3U, state.degree + stretches));
        state.open |= kind.forward | kind.backward;
        state.layer = layer_of(kind.mode);
    };
    for (const Line& line : lines.lines) {
        const WayKind& kind = lines.kinds[line.kind];
        for (std::uint32_t i = line.begin; i < line.end; ++i) {
            leave(lines.along[i], i == line.begin || i + 1 == line.end ? 1U : 2U, kind);
        }
    }
}

void check(const Ways& ways)
{
    constexpr std::size_t most = no_index - 1U;
    if (ways.along.size() >= most || ways.vertex.size() >= most / layer_count) {
        fail(ExitCode::limit, "{} vertices along the ways are more than a network holds (2^32); take a part",
             ways.along.size());
    }
}

/// What a mark says on a layer. A gate where a road crosses a railway stands in the road; a border is one for
/// both. The tag of a station says what it is, not that anything bars the way.
PointMark mark_on(Layer layer, const VertexMark& mark, bool on_land)
{
    const bool gate = mark.passable != vehicle::all || (!mark.tag.empty() && !mark.station);
    const bool gate_here = gate && (layer == Layer::land || !on_land);
    return {.passable = gate_here ? mark.passable : vehicle::all,
            .border = mark.border,
            .station = mark.station && layer != Layer::land,
            .bars = gate_here || mark.border,
            .tag = mark.tag};
}

/// What two marks at one place say together.
void join(PointMark& mark, const PointMark& other)
{
    mark.passable &= other.passable;
    mark.border = mark.border || other.border;
    mark.station = mark.station || other.station;
    mark.bars = mark.bars || other.bars;
    mark.tag = mark.tag.empty() || (!other.tag.empty() && other.tag < mark.tag) ? other.tag : mark.tag;
}

} // namespace

std::uint32_t Lines::point_of(std::uint32_t vertex, Layer layer) const
{
    if (vertex >= layers.size()) {
        return no_index;
    }
    const std::uint32_t v = merged.empty() ? vertex : merged[vertex];
    if ((layers[v] & bit_of(layer)) == 0) {
        return no_index;
    }
    if (!is_extra(layers[v], layer)) {
        return v;
    }
    return std::lower_bound(extra.begin(), extra.end(), Extra{v, layer, 0})->point;
}

Lines clean_lines(Ways& ways, RouteReport& report)
{
    check(ways);
    Lines lines;
    std::vector<std::uint32_t> kind_number;
    for (const WayKind& kind : ways.kinds) {
        kind_number.push_back(lines.kinds.number_of(kind));
    }
    report.ways = ways.ways.size();
    lines.merged = merge_same_places(ways);
    lines.layers.resize(ways.vertex.size());
    lines.place = std::move(ways.vertex);
    lines.names = std::move(ways.names);
    copy_ways(ways, kind_number, lines, report);
    ways.along = {};
    part_layers(lines);
    lines.state.resize(lines.place.size());
    count_stretches(lines);
    require(!lines.along.empty(), "no way has a length; is this the right file, and was anything selected?");
    return lines;
}

std::vector<PointMark> place_marks(Lines& lines, const std::vector<VertexMark>& marks)
{
    std::vector<PointMark> placed;
    for (const VertexMark& mark : marks) {
        const bool on_land = lines.point_of(mark.vertex, Layer::land) != no_index;
        for (const Layer layer : {Layer::land, Layer::rail, Layer::ferry}) {
            const std::uint32_t point = lines.point_of(mark.vertex, layer);
            if (point != no_index) {
                const PointMark here = mark_on(layer, mark, on_land);
                if (here.bars || here.station) {
                    placed.push_back(here);
                    placed.back().point = point;
                }
            }
        }
    }
    std::stable_sort(placed.begin(), placed.end(),
                     [](const PointMark& a, const PointMark& b) { return a.point < b.point; });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < placed.size(); ++i) {
        if (kept > 0 && placed[kept - 1].point == placed[i].point) {
            join(placed[kept - 1], placed[i]);
        } else if (kept++ != i) {
            placed[kept - 1] = std::move(placed[i]);
        }
    }
    placed.resize(kept);
    for (const PointMark& mark : placed) {
        PointState& state = lines.state[mark.point];
        state.split = mark.bars && state.degree > 1;
        state.node = true;
    }
    return placed;
}

} // namespace vigil::route_build
