#pragma once

#include "kernels/line_set.h"
#include "libgeo/features.h"
#include "libgeo/network.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace vigil {

/// What is known of each line besides its drawing: n values each, or empty.
struct LineAttributes {
    std::vector<Direction> direction; ///< empty: both ways
    std::vector<double> speed_kmh;    ///< > 0; empty: cost is length
    std::vector<double> cost;         ///< >= 0, of the whole feature; wins over speed
    std::vector<std::string> name;
    std::vector<std::string> road_class;
};

/// Which columns to take the attributes from. Empty: none.
struct NetworkColumns {
    std::string oneway = {}, speed = {}, cost = {}, name = {}, road_class = {};
    double default_speed_kmh = 0; ///< where the speed column has no positive number; 0: that is an error
};

/// Reads the columns of a line layer.
///
/// oneway   yes, true, 1, F, FT: along the drawing; -1, reverse, T, TF: against it; no, false, 0, B, both,
///          reversible, alternating or empty: both ways (OpenStreetMap, Geofabrik and TomTom); any case
/// cost     a number >= 0
/// speed    km/h as a number or text such as "50", "50 km/h" or "30 mph"
/// throws   Error naming the column, or the first row whose value is not understood
LineAttributes line_attributes(const Table& table, const NetworkColumns& columns);

struct NetworkOptions {
    double tolerance_m = 0.5; ///< line ends this near are one node; >= 0
    bool node = false;        ///< cut lines where they cross or touch
};

/// What was met while building. Rows are 1-based feature numbers; 0 when there was none.
struct NetworkReport {
    std::size_t lines = 0;         ///< parts of multi-lines counted singly
    std::size_t without_place = 0; ///< features with no geometry
    std::size_t first_without_place = 0;
    std::size_t zero_length = 0; ///< lines of no length, dropped
    std::size_t first_zero_length = 0;
    std::size_t collapsed = 0;     ///< pieces within one node's tolerance, dropped
    std::size_t splits = 0;        ///< cuts made by noding
    std::size_t moved_ends = 0;    ///< line ends that were moved to join their node
    std::size_t dangling_ends = 0; ///< nodes with one edge
    std::size_t loops = 0;         ///< edges that return to their node
    std::size_t parallel = 0;      ///< edges beyond the first between the same two nodes
    std::size_t one_way = 0;
    double length_m = 0;
};

struct BuiltNetwork {
    Network network;
    NetworkReport report;
};

/// A routable network of lines: ends within the tolerance become nodes, lines become edges.
/// Lines that merely cross (a bridge) are not joined unless `options.node`.
///
/// lines        n lines or multi-lines, metres, projected
/// attributes   of the n lines
/// returns      loops and parallel edges kept; cost in seconds when speeds are given, else metres
/// throws       Error when a coordinate is not finite, or nothing is left
/// cost         O(n log n) time, O(n) memory, n vertices
BuiltNetwork build_network(const Geometries& lines, const LineAttributes& attributes = {},
                           const NetworkOptions& options = {});

/// Makes arcs, components and their labels from `nodes`, `edges` and `shape`.
void index_network(Network& network);

/// Number of edge ends at each node; a loop counts twice.
std::vector<std::uint32_t> node_degrees(const Network& network);

} // namespace vigil
