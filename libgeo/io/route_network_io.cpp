#include "libgeo/io/route_network_io.h"

#include "libgeo/error.h"
#include "libgeo/io/block_file.h"
#include "libgeo/io/output.h"
#include "libgeo/io/route_network_check.h"
#include "libgeo/io/route_network_layout.h"
#include "libgeo/io/route_network_map.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace vigil::io {

namespace {

using layout::Front;
using layout::padded;
using layout::Section;

static_assert(std::endian::native == std::endian::little, "engine files are mapped as they lie");

struct Bytes {
    std::string_view text;
    std::uint32_t element_bytes = 1;
};

template <typename T>
Bytes bytes_of(const SharedArray<T>& array)
{
    return {{reinterpret_cast<const char*>(array.data()), array.size() * sizeof(T)}, sizeof(T)};
}

std::vector<Bytes> sections_of(const RouteNetwork& network, const std::string& info)
{
    std::vector<Bytes> sections;
    layout::visit_arrays(network, [&](const auto& array) { sections.push_back(bytes_of(array)); });
    sections.push_back({info});
    return sections;
}

/// Part `begin` of a text with the zeros that pad it.
std::string padded_part(std::string_view text, std::size_t begin)
{
    std::string part(text.substr(begin, checksum_part));
    part.resize(padded(part.size()));
    return part;
}

std::uint64_t padded_checksum(std::string_view text)
{
    std::vector<std::uint64_t> parts((text.size() + checksum_part - 1) / checksum_part);
    parallel_chunks(text.size(), checksum_part, [&](std::size_t begin, std::size_t) {
        parts[begin / checksum_part] = checksum(padded_part(text, begin));
    });
    return checksum_of_parts(parts);
}

std::uint64_t checksum_of_front(Front front)
{
    front.header.checksum = 0;
    return checksum({reinterpret_cast<const char*>(&front), sizeof front});
}

Front front_of(const RouteNetwork& network, const std::vector<Bytes>& sections)
{
    Front front;
    std::uint64_t offset = sizeof front;
    for (std::size_t s = 0; s < sections.size(); ++s) {
        const std::string_view text = sections[s].text;
        front.table[s] = {static_cast<std::uint32_t>(s + 1), sections[s].element_bytes, offset, text.size(),
                          padded_checksum(text)};
        offset += padded(text.size());
    }
    front.header.magic = layout::magic;
    front.header.byte_order = layout::byte_order;
    front.header.version = route_network_version;
    front.header.file_bytes = offset;
    front.header.sections = layout::section_count;
    front.header.place_nodes = network.place_nodes;
    front.header.components = network.components;
    front.header.checksum = checksum_of_front(front);
    return front;
}

/// What a file that is no engine file seems to be, and what to do with it.
std::string_view nature_of(std::string_view bytes)
{
    if (bytes.starts_with("SQLite format 3")) {
        return "a GeoPackage; make an engine file of it with vigil network";
    }
    if (bytes.substr(0, 64).find("OSMHeader") != std::string_view::npos) {
        return "an OpenStreetMap extract (PBF); make an engine file of it with vigil network";
    }
    if (bytes.substr(0, 512).find("<osm") != std::string_view::npos) {
        return "an OpenStreetMap extract (XML); make an engine file of it with vigil network";
    }
    if (bytes.starts_with(std::string_view("\0\0\x27\x0a", 4))) {
        return "a Shapefile; make an engine file of it with vigil network";
    }
    if (bytes.starts_with("\x1f\x8b")) {
        return "compressed (gzip); unpack it first";
    }
    return "something else; make one with vigil network";
}

Front read_front(const std::string& path, std::string_view bytes)
{
    Front front;
    const std::size_t known = std::min(bytes.size(), sizeof front);
    std::memcpy(&front, bytes.data(), known);
    const std::string_view magic(layout::magic.data(), std::min(known, layout::magic.size()));
    require(bytes.starts_with(magic), "{}: is not an engine file but {}", path, nature_of(bytes));
    require(known >= sizeof front.header, "{}: is cut short in its header; copy it again", path);
    require(front.header.byte_order != __builtin_bswap32(layout::byte_order),
            "{}: was made on a machine of another byte order; run vigil network again here", path);
    require(front.header.byte_order == layout::byte_order, "{}: is damaged in its header; copy it again",
            path);
    require(front.header.version == route_network_version,
            "{}: made by another version of vigil (format {}, this is {}); run vigil network again", path,
            front.header.version, route_network_version);
    require(known == sizeof front, "{}: is cut short in its header; copy it again", path);
    require(front.header.checksum == checksum_of_front(front), "{}: is damaged in its header; copy it again",
            path);
    require(bytes.size() >= front.header.file_bytes, "{}: is cut short: {} of {} bytes; copy it again", path,
            bytes.size(), front.header.file_bytes);
    require(bytes.size() == front.header.file_bytes, "{}: has {} bytes too many at its end; copy it again",
            path, bytes.size() - front.header.file_bytes);
    return front;
}

[[noreturn]] void forged(const std::string& path, std::string_view flaw)
{
    fail(ExitCode::input, "{}: {}; vigil did not write it so: run vigil network again", path, flaw);
}

/// The sections follow each other in order, without gaps, up to the end.
void require_table(const std::string& path, const Front& front, const std::vector<Bytes>& expected)
{
    std::uint64_t offset = sizeof front;
    bool right = front.header.sections == layout::section_count;
    for (std::size_t s = 0; s < expected.size(); ++s) {
        const Section& section = front.table[s];
        right = right && section.id == s + 1 && section.element_bytes == expected[s].element_bytes &&
                section.offset == offset && section.bytes <= front.header.file_bytes &&
                section.bytes % section.element_bytes == 0;
        offset += padded(section.bytes);
    }
    if (!right || offset != front.header.file_bytes) {
        forged(path, "its table of sections cannot be");
    }
}

/// Sums up the parts of all sections at once.
void require_checksums(const std::string& path, const Front& front, std::string_view bytes)
{
    std::vector<std::size_t> begins{0}; // of the parts of each section
    std::vector<std::uint64_t> offsets;
    for (const Section& section : front.table) {
        for (std::uint64_t at = 0; at < section.bytes; at += checksum_part) {
            offsets.push_back(section.offset + at);
        }
        begins.push_back(offsets.size());
    }
    std::vector<std::uint64_t> sums(offsets.size());
    parallel_chunks(offsets.size(), 1, [&](std::size_t k, std::size_t) {
        const auto& next = std::upper_bound(begins.begin(), begins.end(), k);
        const Section& section = front.table[static_cast<std::size_t>(next - begins.begin()) - 1];
        const std::uint64_t end = section.offset + padded(section.bytes);
        sums[k] =
            checksum(bytes.substr(offsets[k], std::min<std::uint64_t>(checksum_part, end - offsets[k])));
    });
    for (std::size_t s = 0; s < front.table.size(); ++s) {
        const std::span<const std::uint64_t> parts(sums.data() + begins[s], begins[s + 1] - begins[s]);
        require(checksum_of_parts(parts) == front.table[s].checksum,
                "{}: is damaged (section: {}); copy it again or run vigil network again", path,
                layout::section_names[s]);
    }
}

/// Lets the arrays look into the mapped file.
RouteNetwork network_in(const std::shared_ptr<const MappedFile>& file, const Front& front)
{
    RouteNetwork network;
    network.place_nodes = front.header.place_nodes;
    network.components = front.header.components;
    const char* bytes = file->bytes().data();
    std::size_t s = 0;
    layout::visit_arrays(network, [&]<typename T>(SharedArray<T>& array) {
        const Section& section = front.table[s++];
        const auto* first = reinterpret_cast<const T*>(bytes + section.offset);
        array = SharedArray<T>(std::span<const T>(first, section.bytes / sizeof(T)), file);
    });
    return network;
}

} // namespace

bool is_route_network_name(const std::string& path)
{
    constexpr std::string_view ending = route_network_ending;
    const std::string_view all = path;
    const std::string_view end = all.substr(all.size() - std::min(ending.size(), all.size()));
    return std::equal(end.begin(), end.end(), ending.begin(), ending.end(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
}

void write_route_network(const std::string& path, const RouteNetwork& network, const std::string& info,
                         bool overwrite)
{
    require(network.edges() > 0 && network.arcs() > 0, "{}: the network has nothing to travel on", path);
    const std::string_view flaw = flaw_of(network);
    require(flaw.empty(), "{}: the network cannot be written: {}", path, flaw);
    PendingOutput output(path, overwrite);
    BlockFile file(output.file(), path);
    const std::vector<Bytes> sections = sections_of(network, info);
    const Front front = front_of(network, sections);
    file.text().append(reinterpret_cast<const char*>(&front), sizeof front);
    for (const Bytes& section : sections) {
        for (std::size_t begin = 0; begin < section.text.size(); begin += checksum_part) {
            file.text() += padded_part(section.text, begin);
            file.flush_when_full();
        }
    }
    file.close();
    output.commit();
}

RouteNetworkFile read_route_network(const std::string& path)
{
    const auto file = std::make_shared<const MappedFile>(path);
    const Front front = read_front(path, file->bytes());
    require_table(path, front, sections_of({}, {}));
    require_checksums(path, front, file->bytes());
    RouteNetworkFile result{network_in(file, front), {}, file->bytes().size()};
    if (const std::string_view flaw = flaw_of(result.network); !flaw.empty()) {
        forged(path, flaw);
    }
    const Section& info = front.table.back();
    result.info = file->bytes().substr(info.offset, info.bytes);
    return result;
}

} // namespace vigil::io
