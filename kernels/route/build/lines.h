#pragma once

#include "kernels/route/build.h"
#include "kernels/route/build/kinds.h"

#include <cstdint>
#include <vector>

namespace vigil::route_build {

/// Modes that never share a point.
enum class Layer : std::uint8_t { land, rail, ferry };
inline constexpr std::size_t layer_count = 3;
inline constexpr Layer layer_of(Mode mode)
{
    return mode == Mode::rail ? Layer::rail : mode == Mode::ferry ? Layer::ferry : Layer::land;
}

/// What is known of a point.
struct PointState {
    std::uint8_t degree = 0; ///< stretches that leave it; 3 stands for more
    Layer layer = Layer::land;
    Vehicles open = vehicle::none; ///< who may travel on some stretch at it
    bool node = false;             ///< edges end here
    bool split = false;            ///< a barrier: each stretch ends at a node of its own
};

/// A way along points; begin == end when it was dropped.
struct Line {
    std::int64_t source = 0;
    std::uint32_t kind = 0; ///< of a KindTable
    std::uint32_t name = 0;
    std::uint32_t begin = 0; ///< Lines::along [begin, end)
    std::uint32_t end = 0;
    float minutes = 0; ///< NaN: not known
    [[nodiscard]] bool empty() const { return begin == end; }
};

/// Ways cleaned: no vertex follows itself, and a vertex of several layers is a point for each.
struct Lines {
    std::vector<FixedLonLat> place; ///< of each point
    std::vector<PointState> state;  ///< likewise
    std::vector<std::uint32_t> along;
    std::vector<Line> lines; ///< as many as there were ways
    std::vector<std::string> names;
    KindTable kinds;

    /// The point of a vertex on a layer; no_index when nothing of that layer is there.
    [[nodiscard]] std::uint32_t point_of(std::uint32_t vertex, Layer layer) const;
    [[nodiscard]] std::uint32_t first_point(const Line& line) const { return along[line.begin]; }
    [[nodiscard]] std::uint32_t last_point(const Line& line) const { return along[line.end - 1]; }

    // how vertices became points
    struct Extra {
        std::uint32_t vertex = 0;
        Layer layer = Layer::land;
        std::uint32_t point = 0;
        auto operator<=>(const Extra&) const = default;
    };
    std::vector<std::uint32_t> merged; ///< the vertex each is one with; empty when all stand alone
    std::vector<std::uint8_t> layers;  ///< of each vertex, as bits
    std::vector<Extra> extra;          ///< points of vertices on a second or third layer, sorted
};

/// Cleans ways; counts what was dropped.
Lines clean_lines(Ways& ways, RouteReport& report);

/// A mark at a point.
struct PointMark {
    std::uint32_t point = 0;
    Vehicles passable = vehicle::all;
    bool border = false;
    bool station = false;
    bool bars = false; ///< there is something to pass
    std::string tag;
};

/// Marks brought to points, one for each at most, in the order of points; sets PointState::node and split.
std::vector<PointMark> place_marks(Lines& lines, const std::vector<VertexMark>& marks);

} // namespace vigil::route_build
