#include "libgeo/error.h"
#include "libgeo/io/source.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

namespace vigil::io {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view record_separator = "\x1e";

std::string lower_extension(std::string_view path)
{
    std::string name = base_name(path);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
    });
    if (name.ends_with(".gz")) {
        name.resize(name.size() - 3);
    }
    const std::size_t dot = name.rfind('.');
    return dot == std::string::npos ? "" : name.substr(dot + 1);
}

/// What a file of this extension may hold; empty: anything we know.
std::span<const InputFormat> promised(std::string_view extension)
{
    struct Promise {
        std::string_view extension;
        std::array<InputFormat, 2> formats;
        std::size_t n;
    };
    using enum InputFormat;
    static constexpr Promise promises[] = {
        {"csv", {csv}, 1},
        {"tsv", {csv}, 1},
        {"tab", {csv}, 1},
        {"txt", {csv}, 1},
        {"json", {geojson, geojson_seq}, 2},
        {"geojson", {geojson, geojson_seq}, 2},
        {"geojsonl", {geojson_seq, geojson}, 2},
        {"geojsons", {geojson_seq, geojson}, 2},
        {"geojsonseq", {geojson_seq, geojson}, 2},
        {"ndjson", {geojson_seq, geojson}, 2},
        {"jsonl", {geojson_seq, geojson}, 2},
        {"gpkg", {geopackage}, 1},
        {"shp", {shapefile}, 1},
        {"fgb", {flatgeobuf}, 1},
        {"gpx", {gpx}, 1},
        {"tif", {geotiff}, 1},
        {"tiff", {geotiff}, 1},
    };
    for (const Promise& promise : promises) {
        if (promise.extension == extension) {
            return std::span(promise.formats).first(promise.n);
        }
    }
    return {};
}

/// Content that is known and not read, with what to do instead.
std::optional<std::string_view> foreign(std::string_view bytes)
{
    struct Known {
        std::string_view magic;
        std::string_view advice;
    };
    static constexpr Known all[] = {
        {"PK\x03\x04"sv, "a zip archive or a spreadsheet; unpack it or save the sheet as CSV"},
        {"\xd0\xcf\x11\xe0"sv, "an old spreadsheet; save the sheet as CSV"},
        {"PAR1"sv, "Parquet; convert it to GeoPackage or CSV first"},
        {"ARROW1"sv, "Arrow; convert it to GeoPackage or CSV first"},
        {"%PDF"sv, "a PDF document"},
        {"\xff\xfe"sv, "UTF-16 text; save it as UTF-8"},
        {"\xfe\xff"sv, "UTF-16 text; save it as UTF-8"},
        {"\x28\xb5\x2f\xfd"sv, "zstd-compressed data; decompress it first"},
        {"BZh"sv, "bzip2-compressed data; decompress it first"},
        {"\xfd"
         "7zXZ"sv,
         "xz-compressed data; decompress it first"},
        {"\x89PNG"sv, "a PNG picture"},
        {"\x89VNET"sv, "an engine file of vigil network; rename or save it so that it ends in .vnet"},
        {"\xff\xd8\xff"sv, "a JPEG picture"},
    };
    for (const Known& known : all) {
        if (bytes.starts_with(known.magic)) {
            return known.advice;
        }
    }
    constexpr std::size_t block_length = 4; // bytes before the name of the first block
    if (bytes.substr(std::min(block_length, bytes.size())).starts_with("\x0a\x09OSMHeader"sv)) {
        return "an OpenStreetMap extract (PBF); for vigil network, rename or save it so that it ends in "
               ".osm.pbf";
    }
    return std::nullopt;
}

/// Just past the end of the JSON object that `text` begins with, or npos when it does not end in it.
std::size_t end_of_object(std::string_view text)
{
    int depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            i += c == '\\' ? 1U : 0U;
            quoted = c != '"';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return i + 1;
        }
    }
    return std::string_view::npos;
}

std::string_view trimmed_left(std::string_view text)
{
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

bool is_sequence(std::string_view text, std::string_view extension)
{
    if (text.starts_with(record_separator)) {
        return true;
    }
    const std::size_t end = end_of_object(text);
    if (end == std::string_view::npos) {
        return !promised(extension).empty() && promised(extension).front() == InputFormat::geojson_seq;
    }
    const std::string_view rest = trimmed_left(text.substr(end));
    return rest.starts_with("{") || rest.starts_with(record_separator);
}

std::optional<InputFormat> binary_format(std::string_view bytes)
{
    using enum InputFormat;
    if (bytes.starts_with("SQLite format 3\0"sv)) {
        return geopackage;
    }
    if (bytes.starts_with("\0\0\x27\x0a"sv)) {
        return shapefile;
    }
    if (bytes.starts_with("fgb\x03"sv)) {
        return flatgeobuf;
    }
    for (const std::string_view magic : {"II*\0"sv, "MM\0*"sv, "II+\0"sv, "MM\0+"sv}) {
        if (bytes.starts_with(magic)) {
            return geotiff;
        }
    }
    return std::nullopt;
}

/// Whether the first element of a document is <gpx>. A document type before it, which could declare entities
/// that swell or name other files, makes it none.
bool is_gpx(std::string_view text)
{
    constexpr std::string_view root = "<gpx";
    for (;;) {
        text = trimmed_left(text);
        const bool comment = text.starts_with("<!--");
        if (!comment && !text.starts_with("<?")) {
            break;
        }
        const std::string_view end = comment ? "-->"sv : "?>"sv;
        const std::size_t at = text.find(end, comment ? 4 : 2);
        if (at == std::string_view::npos) {
            return false;
        }
        text.remove_prefix(at + end.size());
    }
    return text.starts_with(root) && text.size() > root.size() &&
           " \t\r\n>/"sv.find(text[root.size()]) != std::string_view::npos;
}

InputFormat by_content(std::string_view path, std::string_view bytes, std::string_view extension)
{
    if (const auto format = binary_format(bytes)) {
        return *format;
    }
    if (const auto what = foreign(bytes)) {
        fail(ExitCode::input, "{}: holds {}", path, *what);
    }
    std::string_view text = bytes;
    if (text.starts_with("\xef\xbb\xbf")) {
        text.remove_prefix(3);
    }
    text = trimmed_left(text);
    require(!text.empty(), "{}: is empty", path);
    if (text.front() == '<') {
        require(is_gpx(text), "{}: holds XML, which is not read; convert it to GeoPackage or CSV", path);
        return InputFormat::gpx;
    }
    if (text.front() == '{' || text.front() == record_separator.front()) {
        return is_sequence(text, extension) ? InputFormat::geojson_seq : InputFormat::geojson;
    }
    require(
        bytes.substr(0, 16).find('\0') == std::string_view::npos,
        "{}: holds binary data of no known kind; convert it to GeoPackage, Shapefile, GeoJSON or FlatGeobuf",
        path);
    return InputFormat::csv;
}

} // namespace

std::string_view format_name(InputFormat format)
{
    switch (format) {
    case InputFormat::csv:
        return "CSV";
    case InputFormat::geojson:
        return "GeoJSON";
    case InputFormat::geojson_seq:
        return "GeoJSONSeq";
    case InputFormat::geopackage:
        return "GeoPackage";
    case InputFormat::shapefile:
        return "Shapefile";
    case InputFormat::flatgeobuf:
        return "FlatGeobuf";
    case InputFormat::gpx:
        return "GPX";
    case InputFormat::geotiff:
        return "GeoTIFF";
    }
    return "";
}

InputFormat recognise(std::string_view path, std::string_view first_bytes)
{
    const std::string shown = path == "-" ? "standard input" : std::string(path);
    const std::string extension = path == "-" ? "" : lower_extension(path);
    for (const std::string_view part : {"dbf"sv, "shx"sv, "prj"sv, "cpg"sv, "qix"sv}) {
        require(extension != part, "{}: is a part of a Shapefile; name the .shp", shown);
    }
    require(!first_bytes.empty(), "{}: is empty", shown);
    const InputFormat found = by_content(shown, first_bytes, extension);
    const auto allowed = promised(extension);
    require(allowed.empty() || std::find(allowed.begin(), allowed.end(), found) != allowed.end(),
            "{}: holds {}, not the {} that its name says; rename it or check where it came from", shown,
            format_name(found), allowed.empty() ? ""sv : format_name(allowed.front()));
    return found;
}

} // namespace vigil::io
