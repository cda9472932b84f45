#include "libgeo/io/features_io.h"

#include "libgeo/error.h"
#include "libgeo/io/block_file.h"
#include "libgeo/io/features_write.h"
#include "libgeo/io/provenance.h"

#include <filesystem>
#include <vector>

namespace vigil::io {

namespace {

struct FormatName {
    const char* name; ///< of --format and of the extension
    OutputFormat format;
};

constexpr FormatName format_names[] = {
    {"gpkg", OutputFormat::geopackage},        {"shp", OutputFormat::shapefile},
    {"fgb", OutputFormat::flatgeobuf},         {"geojson", OutputFormat::geojson},
    {"json", OutputFormat::geojson},           {"geojsonl", OutputFormat::geojson_seq},
    {"geojsonseq", OutputFormat::geojson_seq}, {"geojsons", OutputFormat::geojson_seq},
    {"ndjson", OutputFormat::geojson_seq},     {"csv", OutputFormat::csv},
};

constexpr const char* known_formats = "gpkg, shp, fgb, geojson, geojsonl or csv";

const FormatName* find_format(const std::string& name)
{
    for (const FormatName& one : format_names) {
        if (name == one.name) {
            return &one;
        }
    }
    return nullptr;
}

std::string extension_of(const std::string& target)
{
    const std::string extension = std::filesystem::path(target).extension().string();
    return extension.empty() ? extension : extension.substr(1);
}

void write_one(const PendingOutput& output, const std::string& target, OutputFormat format,
               std::span<const Features> layers, const WriteOptions& options)
{
    switch (format) {
    case OutputFormat::geopackage:
        write_geopackage(output, target, layers, options);
        return;
    case OutputFormat::shapefile:
        write_shapefile(output, target, layers.front());
        break;
    case OutputFormat::flatgeobuf:
        write_flatgeobuf(output, target, layers.front());
        break;
    case OutputFormat::geojson:
        write_geojson(output, target, layers.front(), options);
        break;
    case OutputFormat::geojson_seq:
        write_geojson_seq(output, target, layers.front());
        break;
    case OutputFormat::csv:
        write_csv(output, target, layers.front());
        break;
    }
    if (output.to_stream()) {
        return;
    }
    if (const StyleText style = style_text(layers.front()); !style.qml.empty()) {
        write_text(output.sidecar(".qml"), target, style.qml);
    }
    if (!options.drop_provenance && format != OutputFormat::geojson) {
        write_text(output.sidecar(".vigil.json"), target, provenance_json(options.provenance));
    }
}

void require_consistent(const Features& layer, const std::string& target)
{
    for (const Field& field : layer.table.fields) {
        const std::size_t rows = std::visit([](const auto& column) { return column.size(); }, field.values);
        if (rows != layer.geometry.size()) {
            fail(ExitCode::output, "{}: field {} of layer {} has {} values for {} features", target,
                 field.name, layer.name, rows, layer.geometry.size());
        }
    }
}

} // namespace

OutputFormat output_format(const std::string& target, const std::string& asked, bool stream)
{
    const FormatName* by_name = find_format(extension_of(target));
    const FormatName* by_option = find_format(asked);
    if (!asked.empty() && by_option == nullptr) {
        throw UsageError(fmt::format("--format {}: use {}", asked, known_formats));
    }
    if (by_option != nullptr && by_name != nullptr && by_option->format != by_name->format && !stream) {
        throw UsageError(
            fmt::format("{}: --format {} and the extension contradict each other", target, asked));
    }
    const FormatName* chosen = by_option != nullptr ? by_option : by_name;
    if (chosen == nullptr && stream) {
        return OutputFormat::geojson_seq;
    }
    if (chosen == nullptr) {
        throw UsageError(fmt::format("{}: the extension tells no format; use {}", target, known_formats));
    }
    if (stream && chosen->format == OutputFormat::shapefile) {
        throw UsageError(fmt::format("{}: a Shapefile is several files and cannot be streamed", target));
    }
    return chosen->format;
}

bool is_multi(const Geometries& geometry)
{
    for (std::size_t row = 0; row < geometry.size(); ++row) {
        if (geometry.feature_end[row] - geometry.first_part(row) > 1) {
            return true;
        }
    }
    return false;
}

std::string geometry_word(GeometryKind kind, bool multi)
{
    const std::string prefix = multi ? "Multi" : "";
    switch (kind) {
    case GeometryKind::point:
        return prefix + "Point";
    case GeometryKind::line:
        return prefix + "LineString";
    case GeometryKind::polygon:
        break;
    }
    return prefix + "Polygon";
}

void require_room(const std::string& path, std::size_t layers, const WriteOptions& options)
{
    const PendingOutput output(path, options.overwrite);
    const OutputFormat format = output_format(path, options.format, output.to_stream());
    if (layers == 0 || (layers > 1 && format != OutputFormat::geopackage)) {
        fail(ExitCode::output, "{}: this format holds one layer and there are {}; write .gpkg", path, layers);
    }
}

void write_features(const std::string& path, std::span<const Features> layers, const WriteOptions& options)
{
    require_room(path, layers.size(), options);
    PendingOutput output(path, options.overwrite);
    const OutputFormat format = output_format(path, options.format, output.to_stream());
    std::vector<Features> renamed;
    if (!options.layer.empty() && layers.size() == 1) {
        renamed.push_back(layers.front());
        renamed.front().name = options.layer;
        layers = renamed;
    }
    for (const Features& layer : layers) {
        require_consistent(layer, path);
    }
    write_one(output, path, format, layers, options);
    output.commit();
}

} // namespace vigil::io
