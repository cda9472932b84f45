#pragma once

#include "libgeo/features.h"
#include "libgeo/route_network.h"

#include <span>
#include <vector>

namespace vigil::tools {

/// The edges of a network, and its nodes, to look at: longitude and latitude in degrees.
std::vector<Features> network_layers(const RouteNetwork& network, bool with_nodes);

/// Adds a line of longitudes and latitudes as a feature; one that crosses the antimeridian becomes two parts.
void add_line(Geometries& geometry, std::span<const LonLat> line);
/// Adds it to the feature that is under way, which Geometries::end_feature() then ends.
void add_line_part(Geometries& geometry, std::span<const LonLat> line);

/// Brings layers in longitude and latitude to the CRS in which they are to be written.
void bring_to(std::vector<Features>& layers, const Crs& crs);

} // namespace vigil::tools
