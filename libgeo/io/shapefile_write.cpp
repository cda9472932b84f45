#include "libgeo/error.h"
#include "libgeo/io/features_write.h"
#include "libgeo/io/ogr_write.h"
#include "libgeo/text.h"

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <set>
#include <variant>

namespace vigil::io {

namespace {

constexpr double largest_part = 2147483647; // bytes; Shapefile counts in signed 32 bits
constexpr std::size_t longest_text = 254;   // bytes
constexpr double largest_number = 1e21;     // more digits do not fit a column of 24

/// Bytes of one record in the .dbf, refusing what the format cannot hold.
double record_bytes(const Field& field, const std::string& target)
{
    if (const auto* texts = std::get_if<std::vector<std::string>>(&field.values)) {
        std::size_t longest = 1;
        for (std::size_t row = 0; row < texts->size(); ++row) {
            const std::size_t bytes = valid_utf8((*texts)[row]).size();
            if (bytes > longest_text) {
                fail(ExitCode::output,
                     "{}: field {} of row {} has {} bytes of text and a Shapefile keeps {}; write .gpkg",
                     target, field.name, row + 1, bytes, longest_text);
            }
            longest = std::max(longest, bytes);
        }
        return static_cast<double>(longest);
    }
    if (const auto* numbers = std::get_if<std::vector<double>>(&field.values)) {
        for (std::size_t row = 0; row < numbers->size(); ++row) {
            const double value = (*numbers)[row];
            if (std::isfinite(value) && std::abs(value) >= largest_number) {
                fail(ExitCode::output,
                     "{}: field {} of row {} is too large a number for a Shapefile; write .gpkg", target,
                     field.name, row + 1);
            }
        }
        return 24;
    }
    return 18;
}

void require_fits(const Features& layer, const std::string& target)
{
    double record = 1;
    std::set<std::string> names;
    for (const Field& field : layer.table.fields) {
        if (field.name.size() > 10 || !names.insert(field.name).second) {
            fail(ExitCode::output, "{}: a Shapefile cannot hold a field called {}; write .gpkg", target,
                 field.name);
        }
        record += record_bytes(field, target);
    }
    const Geometries& shape = layer.geometry;
    const auto rows = static_cast<double>(shape.size());
    const double shapes = 100 + 60 * rows + 4 * static_cast<double>(shape.ring_end.size()) +
                          16 * static_cast<double>(shape.xy.size());
    if (shapes > largest_part || record * rows > largest_part) {
        fail(ExitCode::output, "{}: would pass the 2 GB that a Shapefile can hold; write .gpkg or .fgb",
             target);
    }
}

/// The big-endian length in words that a .shp or .shx has at byte 24 must be the length of the file.
void require_whole(const std::string& path, const std::string& target)
{
    unsigned char head[28] = {};
    const std::unique_ptr<VSILFILE, CloseWith<VSIFCloseL>> file(VSIFOpenL(path.c_str(), "rb"));
    const bool read = file != nullptr && VSIFReadL(head, 1, sizeof head, file.get()) == sizeof head;
    const std::uint64_t words = (std::uint64_t{head[24]} << 24U) | (std::uint64_t{head[25]} << 16U) |
                                (std::uint64_t{head[26]} << 8U) | head[27];
    std::error_code error;
    if (!read || words * 2 != std::filesystem::file_size(path, error)) {
        fail(ExitCode::output, "{}: not fully written", target);
    }
}

/// GDAL 3.6 drops features without geometry from a FlatGeobuf and says nothing.
void require_geometries(const Geometries& geometry, const std::string& target)
{
    for (std::size_t row = 0; row < geometry.size(); ++row) {
        if (geometry.first_part(row) == geometry.feature_end[row]) {
            fail(ExitCode::output, "{}: row {} has no geometry, which FlatGeobuf cannot hold; write .gpkg",
                 target, row + 1);
        }
    }
}

} // namespace

void write_shapefile(const PendingOutput& output, const std::string& target, const Features& layer)
{
    require_fits(layer, target);
    const std::string name = std::filesystem::path(output.file()).stem().string();
    Dataset dataset = create_dataset("ESRI Shapefile", output.file(), target);
    add_layer(dataset, layer, name, {{"ENCODING", "UTF-8"}, {"2GB_LIMIT", "YES"}}, target, true);
    close_written(dataset, target);
    require_whole(output.file(), target);
    require_whole(output.sidecar(".shx"), target);
    verify_layer(reopen("ESRI Shapefile", output.file(), target), layer, name, target, true);
}

void write_flatgeobuf(const PendingOutput& output, const std::string& target, const Features& layer)
{
    require_geometries(layer.geometry, target);
    Dataset dataset = create_dataset("FlatGeobuf", output.file(), target);
    add_layer(dataset, layer, layer.name, {{"SPATIAL_INDEX", "YES"}}, target);
    close_written(dataset, target);
    verify_layer(reopen("FlatGeobuf", output.file(), target), layer, layer.name, target, true);
}

} // namespace vigil::io
