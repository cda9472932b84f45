#pragma once

#include "libgeo/features.h"
#include "libgeo/io/output.h"

#include <span>
#include <string>
#include <string_view>

namespace vigil::io {

/// The parts behind write_features, one per format. `output` says where to write; `target` names the output
/// in messages. All throw Error (output).

enum class OutputFormat { geopackage, shapefile, flatgeobuf, geojson, geojson_seq, csv };

/// The format by `--format`, else by extension, else GeoJSONSeq for streams.
/// throws   UsageError listing the formats, or when the two contradict each other
OutputFormat output_format(const std::string& target, const std::string& asked, bool stream);

void write_geopackage(const PendingOutput& output, const std::string& target,
                      std::span<const Features> layers, const WriteOptions& options);
void write_shapefile(const PendingOutput& output, const std::string& target, const Features& layer);
void write_flatgeobuf(const PendingOutput& output, const std::string& target, const Features& layer);
void write_geojson(const PendingOutput& output, const std::string& target, const Features& layer,
                   const WriteOptions& options);
void write_geojson_seq(const PendingOutput& output, const std::string& target, const Features& layer);
void write_csv(const PendingOutput& output, const std::string& target, const Features& layer);

/// Whether a feature has several parts, so that the layer is multi.
bool is_multi(const Geometries& geometry);

/// "Point", "LineString", "Polygon", with "Multi" before it when `multi`.
std::string geometry_word(GeometryKind kind, bool multi);

/// Style of a layer as QML and SLD; both empty when it has none.
struct StyleText {
    std::string qml;
    std::string sld;
};
StyleText style_text(const Features& layer);

} // namespace vigil::io
