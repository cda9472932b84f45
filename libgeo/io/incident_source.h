#pragma once

#include "libgeo/io/incident_builder.h"
#include "libgeo/io/source.h"

#include <memory>

namespace vigil::io {

/// What reading a file gives before it is projected.
struct RawIncidents {
    Columns columns;
    std::unique_ptr<IncidentBuilder> builder; ///< refers to `columns`
    ReadReport report;
};

/// Reads a text table.
///
/// shown     what to call it in messages
/// throws    Error
void read_table(std::string_view text, const std::string& shown, const ReadOptions& options, bool keep_text,
                RawIncidents& raw);

/// The names in the first row of a text table.
std::vector<std::string> table_columns(std::string_view text, const std::string& shown);

/// The rows of a text table that were rejected, as CSV with the reason.
std::string rejected_rows(std::string_view text, const std::vector<Rejection>& rejections);

/// A GIS file: on disk, or in memory when it came by a pipe or compressed.
struct LayerFile {
    std::string path;
    std::string shown; ///< what to call it in messages
    InputFormat format = InputFormat::geojson;
    bool in_memory = false;
    std::string_view bytes;
};

/// Reads points of a GIS file through GDAL.
void read_layer(const LayerFile& file, const ReadOptions& options, bool keep_text, RawIncidents& raw);

/// The names of the fields of the layer that read_layer would read.
std::vector<std::string> layer_columns(const LayerFile& file, const ReadOptions& options);

/// The features of a layer that were rejected, as CSV with the reason.
std::string rejected_features(const LayerFile& file, const ReadOptions& options,
                              const std::vector<Rejection>& rejections);

/// The CRS of coordinates: what the user says, what the file says, WGS 84 for named degrees; else asks for
/// it.
Crs crs_of_input(const std::string& shown, const ReadOptions& options, const Crs& in_file, bool degrees);

} // namespace vigil::io
