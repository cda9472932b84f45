#pragma once

#include "libgeo/features.h"
#include "libgeo/io/output.h"

#include <cstddef>
#include <span>
#include <string>

namespace vigil::io {

struct FeatureReadOptions {
    std::string layer = {}; ///< empty: the only layer, or an error that lists them
    std::string crs = {};   ///< overrides or supplies the CRS of the file
    bool allow_vsi = false; ///< accept GDAL's virtual paths
};

/// Reads lines or polygons (or points) with all their fields, in the CRS of the file.
/// GeoPackage, Shapefile, GeoJSON, GeoJSONSeq, FlatGeobuf; "-" is GeoJSONSeq on standard input.
///
/// throws   Error when the file is not a plain local file of a known format, has no CRS and none is given,
///          holds no feature, or mixes kinds of geometry
Features read_features(const std::string& path, const FeatureReadOptions& options = {});

/// Whether write_features could write so many layers, before there are any.
///
/// throws   Error (output) when the output exists or cannot be made, or its format holds one layer only
void require_room(const std::string& path, std::size_t layers, const WriteOptions& options);

/// Writes layers to GeoPackage (each with its style inside), Shapefile, GeoJSON, GeoJSONSeq, FlatGeobuf or
/// CSV. The format follows the extension, or options.format, or for "-" GeoJSONSeq. Formats that hold one
/// layer refuse several. GeoJSON and GeoJSONSeq are written in WGS 84 with 7 decimals, the others in the
/// layer's CRS. What was written is reopened and counted before it is moved into place.
///
/// throws   Error (output)
void write_features(const std::string& path, std::span<const Features> layers, const WriteOptions& options);

} // namespace vigil::io
