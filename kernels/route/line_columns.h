#pragma once

#include "kernels/route/line_ways.h"
#include "libgeo/table.h"

#include <cstddef>
#include <string>

namespace vigil {

/// Which columns of a layer of lines say what. Empty: none.
struct LineColumns {
    std::string oneway = {}, speed = {}, cost = {}, name = {}, road_class = {};
    std::string mode = {};   ///< road, walk, rail, ferry
    std::string border = {}; ///< lines that cross a border
    std::string level = {};  ///< bridges above 0, tunnels below
    std::string surface = {};
    double default_speed_kmh = 0; ///< where the speed column has no positive number; 0: not known

    [[nodiscard]] bool any() const
    {
        return !(oneway + speed + cost + name + road_class + mode + border + level + surface).empty();
    }
};

/// Reads the columns of a line layer.
///
/// oneway   yes, true, 1, F, FT: along the drawing; -1, reverse, T, TF: against it; no, false, 0, B, both,
///          reversible, alternating or empty: both ways (OpenStreetMap, Geofabrik and TomTom); any case.
///          People on foot may go both ways
///
/// speed    km/h as a number or text such as "50", "50 km/h" or "30 mph"; else it is not known (see
///          not_understood_speeds)
///
/// cost     minutes of travel over the whole line, a number >= 0; not known when empty
///
/// mode     road, walk, rail, ferry or empty (road); any case
///
/// border   yes, true, 1 or a number above 0 (a delay): crosses a border
///
/// level    a whole number; text such as yes (1) or no (0)
///
/// throws   Error naming the column, or the first row whose value is not understood
LineKinds line_kinds(const Table& table, const LineColumns& columns);

/// Lines whose speed is text that line_kinds could make nothing of, so that it counts as not known.
struct NotUnderstood {
    std::size_t count = 0;
    std::size_t first = 0; ///< 1-based feature
};

/// Counts them. Empty text and numbers that are not positive are no speed, but not misunderstood.
NotUnderstood not_understood_speeds(const Table& table, const LineColumns& columns);

} // namespace vigil
