#pragma once

#include "libgeo/features.h"
#include "libgeo/ways.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace vigil {

/// What is known of each line of a GIS layer: n values each, or empty.
struct LineKinds {
    std::vector<Vehicles> forward, backward; ///< who may travel along and against the drawing; empty: all
    std::vector<Mode> mode;                  ///< empty: road
    std::vector<float> speed_kmh;            ///< 0: not known
    std::vector<float> minutes;              ///< of the whole feature; NaN: not known
    std::vector<std::string> name, road_class;
    std::vector<std::string> tag;     ///< "key=value", as "surface=gravel"; or empty text
    std::vector<std::uint8_t> border; ///< 1: crosses a border, once
    std::vector<std::size_t> whole;   ///< what was cut: lines of one number cross together once
    std::vector<std::int16_t> level;  ///< bridge > 0, tunnel < 0: lines are only noded with their own level
};

struct LineJoinOptions {
    double tolerance_m = 0.5; ///< line ends this near are one vertex; >= 0; below 1 mm: equal places only
};

struct LineReport {
    std::size_t lines = 0; ///< parts of multi-lines counted singly
    std::size_t without_place = 0;
    std::size_t first_without_place = 0; ///< 1-based feature
    std::size_t zero_length = 0;
    std::size_t first_zero_length = 0;
    std::size_t collapsed = 0;  ///< straight pieces within one joined end's tolerance, dropped
    std::size_t moved_ends = 0; ///< ends that were moved to join others
};

struct LineWays {
    Ways ways;
    LineReport report;
};

/// Ways of the lines of a GIS layer: ends within the tolerance of each other become one vertex, anywhere on
/// Earth (distances in three dimensions, so the antimeridian and the poles are no seams). A chain of ends
/// each within the tolerance of the next becomes one vertex; it stands at the end that comes first by (lon,
/// lat), where 180 E is written as 180 W. Only ends join; where lines cross or touch otherwise they do not
/// meet (node them first).
///
/// Vertices of ends come first, by (lon, lat), then those between, line by line. Kinds and names are numbered
/// as they are first seen. Lines of no length, or whose ends joined with nothing between, are left out.
///
/// A line that crosses a border gets a border post: a new vertex half-way along the segment in which the
/// middle of its length lies. Parts of a multi-line, and pieces of what was cut (`whole`), have one together.
/// A border line whose vertices are all one place is itself the post of a network that was written as a
/// layer: the vertex of ends there gets the mark.
///
/// lines    n lines or multi-lines, longitude and latitude in degrees (WGS 84); longitudes may run on to 360
///          on either side. Minutes of a multi-line are shared out over its parts by length
/// throws   Error when a coordinate is not a place on Earth, a speed or time is below 0, or nothing is left
/// cost     O(n log n) time, O(n) memory
LineWays line_ways(const Geometries& lines, const LineKinds& kinds, const LineJoinOptions& options = {});

} // namespace vigil
