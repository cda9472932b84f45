#include "libgeo/io/osm_file.h"

#include "libgeo/error.h"
#include "libgeo/io/osm_read.h"
#include "libgeo/io/source.h"

#include <protozero/pbf_reader.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <utility>

namespace vigil::io {

namespace {

constexpr std::size_t largest_block_header = 64U << 10U; // the format's own limit
constexpr std::size_t first_bytes = 4096;

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::optional<OsmFormat> format_by_name(const std::string& path)
{
    constexpr std::pair<std::string_view, OsmFormat> endings[] = {{".pbf", OsmFormat::pbf},
                                                                  {".osm", OsmFormat::xml},
                                                                  {".osm.gz", OsmFormat::xml_gz},
                                                                  {".osm.bz2", OsmFormat::xml_bz2}};
    const std::string name = lower(path);
    for (const auto& [ending, format] : endings) {
        if (name.ends_with(ending)) {
            return format;
        }
    }
    return {};
}

std::string_view describe(OsmFormat format)
{
    switch (format) {
    case OsmFormat::pbf:
        return "OpenStreetMap PBF";
    case OsmFormat::xml:
        return "OpenStreetMap XML";
    case OsmFormat::xml_gz:
        return "gzipped data";
    case OsmFormat::xml_bz2:
        break;
    }
    return "bzip2 data";
}

std::uint32_t big_endian(std::string_view four)
{
    std::uint32_t value = 0;
    for (const char c : four.substr(0, 4)) {
        value = value << 8U | static_cast<unsigned char>(c);
    }
    return value;
}

bool is_xml(std::string_view bytes)
{
    if (bytes.starts_with("\xef\xbb\xbf")) {
        bytes.remove_prefix(3);
    }
    const std::size_t first = bytes.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && bytes[first] == '<';
}

std::optional<OsmFormat> format_by_content(std::string_view bytes)
{
    if (bytes.starts_with("\x1f\x8b")) {
        return OsmFormat::xml_gz;
    }
    if (bytes.starts_with("BZh")) {
        return OsmFormat::xml_bz2;
    }
    if (bytes.size() >= 4 && big_endian(bytes) <= largest_block_header &&
        bytes.substr(4, big_endian(bytes)).find("OSMHeader") != std::string_view::npos) {
        return OsmFormat::pbf;
    }
    return is_xml(bytes) ? std::optional(OsmFormat::xml) : std::nullopt;
}

/// What foreign content is, for messages.
std::string_view describe_foreign(std::string_view bytes)
{
    if (bytes.substr(0, 16).find("o5m2") != std::string_view::npos) {
        return "o5m data; convert it to PBF";
    }
    const bool text = std::none_of(bytes.begin(), bytes.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 32 && byte != '\t' && byte != '\n' && byte != '\r' && byte != '\f';
    });
    return text ? "plain text" : "no OpenStreetMap data";
}

std::string beginning_of(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    require(file.is_open(), "{}: cannot be opened", path);
    std::string bytes(first_bytes, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    return bytes;
}

/// Length of the data that a block header announces; nothing when it is no block header.
std::optional<std::uint64_t> block_length(std::string_view header)
{
    try {
        protozero::pbf_reader reader(header.data(), header.size());
        std::optional<std::uint64_t> length;
        while (reader.next()) {
            if (reader.tag_and_type() == protozero::tag_and_type(3, protozero::pbf_wire_type::varint)) {
                const std::int32_t value = reader.get_int32();
                length = value > 0 ? std::optional(static_cast<std::uint64_t>(value)) : std::nullopt;
            } else {
                reader.skip();
            }
        }
        return length;
    } catch (const protozero::exception&) {
        return {};
    }
}

/// Walks over the blocks of a PBF file. libosmium takes four bytes that are missing, or zero, for its end.
void check_blocks(const std::string& path)
{
    const std::uint64_t size = std::filesystem::file_size(path);
    std::ifstream file(path, std::ios::binary);
    std::uint64_t at = 0;
    std::string header;
    const auto take = [&](std::size_t n) {
        require(n <= size - at, "{}: cut short: its last block is not whole; fetch it again", path);
        header.resize(n);
        file.read(header.data(), static_cast<std::streamsize>(n));
        require(static_cast<std::size_t>(file.gcount()) == n, "{}: cannot be read", path);
        at += n;
    };
    while (at < size) {
        take(4);
        const std::uint32_t header_size = big_endian(header);
        require(header_size > 0 && header_size <= largest_block_header,
                "{}: damaged: what should be a block at byte {} is none; fetch it again", path, at - 4);
        take(header_size);
        const std::optional<std::uint64_t> length = block_length(header);
        require(length.has_value(),
                "{}: damaged: the block that ends at byte {} has no length; fetch it again", path, at);
        require(*length <= size - at, "{}: cut short: its last block is not whole; fetch it again", path);
        at += *length;
        file.seekg(static_cast<std::streamoff>(at));
    }
}

} // namespace

bool is_osm_name(const std::string& path)
{
    return format_by_name(path).has_value();
}

OsmFile check_osm_file(const std::string& path)
{
    require(path != "-",
            "OpenStreetMap data is read twice, so it cannot come from standard input; name a file");
    require_local_file(path);
    require(std::filesystem::is_regular_file(path), "{}: is not a plain file", path);
    const std::optional<OsmFormat> named = format_by_name(path);
    require(named.has_value(), "{}: is not named as OpenStreetMap data: .osm.pbf, .osm, .osm.gz or .osm.bz2",
            path);
    const std::string bytes = beginning_of(path);
    require(!bytes.empty(), "{}: is empty", path);
    const std::optional<OsmFormat> held = format_by_content(bytes);
    require(held.has_value(), "{}: is not {}: it looks like {}", path, describe(*named),
            describe_foreign(bytes));
    require(held == named, "{}: is not {}: it looks like {}; rename it", path, describe(*named),
            describe(*held));
    if (*named == OsmFormat::pbf) {
        check_blocks(path);
    }
    require(*named != OsmFormat::xml || bytes.find("<osmChange") == std::string::npos,
            "{}: holds changes, not a map; name an extract", path);
    return {path, *named};
}

} // namespace vigil::io
