#pragma once

#include "libgeo/io/route_network_checksum.h"
#include "libgeo/route_network.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

/// How an engine file lies on disk: a header, a table of sections, the sections; each padded with zeros to a
/// multiple of 64 bytes. Everything is little-endian.
namespace vigil::io::layout {

/// No text begins like this, and copying the file as a text would change it.
inline constexpr std::array<char, 8> magic = {'\x89', 'V', 'N', 'E', 'T', '\r', '\n', '\x1a'};
inline constexpr std::uint32_t byte_order = 0x01020304U;
inline constexpr std::uint32_t section_count = 18; ///< the arrays of a network, then the info text

struct Header {
    std::array<char, 8> magic{};
    std::uint32_t byte_order = 0;
    std::uint32_t version = 0;
    std::uint64_t file_bytes = 0;
    std::uint64_t checksum = 0; ///< of header and table, with 0 here
    std::uint32_t sections = 0;
    std::uint32_t place_nodes = 0;
    std::uint32_t components = 0;
    std::array<std::uint32_t, 5> unused{};
};

struct Section {
    std::uint32_t id = 0; ///< its place in the table, from 1
    std::uint32_t element_bytes = 0;
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;    ///< without the zeros behind it
    std::uint64_t checksum = 0; ///< of its parts, with the zeros behind it
};

struct Front {
    Header header;
    std::array<Section, section_count> table{};
};

static_assert(sizeof(Header) == 64 && sizeof(Section) == 32);
static_assert(sizeof(Front) % checksum_block == 0, "what is summed up has no padding and fills whole blocks");
// The arrays are written as they lie in memory. Each size is the sum of those of the members, so there are
// no bytes between them that could hold anything.
static_assert(sizeof(FixedLonLat) == 4 + 4);
static_assert(sizeof(RouteEdge) == 8 + 4 + 4 + 4 + 4 + 4 + 4);
static_assert(sizeof(EdgePiece) == 8 + 4 + 4 + 4 + 4);
static_assert(sizeof(EdgeKind) == 1 + 1 + 1 + 1 + 4 + 4 + 4 + 4 + 4);

constexpr std::uint64_t padded(std::uint64_t bytes)
{
    return (bytes + checksum_block - 1) / checksum_block * checksum_block;
}

inline constexpr std::array<std::string_view, section_count> section_names = {
    "nodes",  "real nodes",  "components",    "ranks",         "arcs of nodes", "heads of arcs",
    "sides",  "closed arcs", "arcs to nodes", "incoming arcs", "edges",         "shapes",
    "pieces", "kinds",       "tags",          "ends of texts", "texts",         "info"};

/// Calls visit(array) for every array of a network, in the order of the table.
template <typename Network, typename Visit>
void visit_arrays(Network& network, Visit&& visit)
{
    visit(network.node);
    visit(network.node_of);
    visit(network.component);
    visit(network.rank);
    visit(network.first_out);
    visit(network.head);
    visit(network.arc_side);
    visit(network.arc_closed);
    visit(network.first_in);
    visit(network.in_arc);
    visit(network.edge);
    visit(network.shape);
    visit(network.piece);
    visit(network.kind);
    visit(network.tag);
    visit(network.text_begin);
    visit(network.text_chars);
}

} // namespace vigil::io::layout
