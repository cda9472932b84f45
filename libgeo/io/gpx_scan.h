#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::io {

enum class GpxKind : std::size_t { track_points, route_points, waypoints };
inline constexpr std::size_t gpx_kinds = 3;

/// A point as it is written; empty texts where something is missing.
struct GpxPoint {
    GpxKind kind = GpxKind::waypoints;
    std::size_t part = 0;    ///< track or route, from 0
    std::size_t segment = 0; ///< of its track, from 0
    std::string lon, lat, ele, time, name;
};

/// What a file holds beside its points.
struct GpxSummary {
    std::array<std::size_t, gpx_kinds> points{};
    std::array<std::vector<std::string>, gpx_kinds> names; ///< of tracks and routes; empty texts without one
};

/// Calls on_point for each point in the order of the file; what it throws comes out of here. Names of
/// elements are taken without their namespaces' prefixes; what extensions hold is passed over.
///
/// throws   Error (naming `shown`) when the XML is cut short or damaged, or has a document type, since that
/// could
///          declare entities
GpxSummary scan_gpx(std::string_view bytes, const std::string& shown,
                    const std::function<void(const GpxPoint&)>& on_point);

} // namespace vigil::io
