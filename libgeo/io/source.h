#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace vigil::io {

/// What an input is, told by its first bytes and checked against its extension.
enum class InputFormat { csv, geojson, geojson_seq, geopackage, shapefile, flatgeobuf, gpx, geotiff };

/// Refuses everything that is not a plain local file: URLs, /vsi paths, connection strings, inline documents,
/// folders, missing files. Call it on every path before GDAL sees it.
///
/// throws   Error naming the path and what to do
void require_local_file(const std::string& path, bool allow_vsi = false);

/// Recognises the format by content; the extension (behind which ".gz" is ignored) must not contradict it.
/// XML other than GPX, spreadsheets, archives and other foreign content are refused with what to do instead;
/// so is GPX with a document type, since it could declare entities.
///
/// path         a file name, or "-" for standard input, which promises nothing
/// first_bytes  the beginning of the content, inflated; some KiB tell GeoJSON from GeoJSONSeq
/// throws       Error naming the path, what it holds and what was expected
InputFormat recognise(std::string_view path, std::string_view first_bytes);

/// Recognises a file by its first bytes (see recognise) after require_local_file.
InputFormat format_of_file(const std::string& path, bool allow_vsi = false);

/// "CSV", "GeoPackage", ...
std::string_view format_name(InputFormat format);

/// The name without folders, "-" for standard input.
std::string base_name(std::string_view path);

/// A whole input in memory: mapped when a plain file, read when standard input, inflated when gzipped.
/// Standard input is read once: while one Source of it lives, further ones share its bytes, so that a command
/// can look at what it was given before it hands "-" to the reader for it. Not for several threads at once.
class Source {
  public:
    /// path      a local file or "-"
    /// max_bytes refuse (limit) to inflate or read more than this
    Source(const std::string& path, std::uint64_t max_bytes, bool allow_vsi = false);
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    ~Source();

    [[nodiscard]] std::string_view bytes() const { return bytes_; }
    /// Whether bytes() are those of a file on disk, neither piped nor inflated.
    [[nodiscard]] bool is_plain_file() const { return bytes_.data() == map_ && map_ != nullptr; }
    [[nodiscard]] const std::string& name() const { return name_; } ///< file name without folders, or "-"

  private:
    void map(int file, std::uint64_t size);
    void read_virtual(const std::string& path, std::uint64_t max_bytes);
    void read_all(int file, const std::string& path, std::uint64_t max_bytes);
    void inflate(const std::string& path, std::uint64_t max_bytes);

    std::string name_;
    std::shared_ptr<std::string> held_;
    std::string_view bytes_;
    void* map_ = nullptr;
    std::size_t map_size_ = 0;
};

/// Lower-case hexadecimal SHA-256.
std::string sha256_hex(std::string_view bytes);
/// The same of a file, read in blocks.
std::string sha256_of_file(const std::string& path);

} // namespace vigil::io
