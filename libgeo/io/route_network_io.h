#pragma once

#include "libgeo/provenance.h"
#include "libgeo/route_network.h"

#include <cstdint>
#include <string>

namespace vigil::io {

/// Version of the engine file. A file of another version is refused: build it again.
inline constexpr std::uint32_t route_network_version = 1;

/// The name ending of engine files.
inline constexpr const char* route_network_ending = ".vnet";
bool is_route_network_name(const std::string& path);

/// Writes the engine file: a header, a table of sections, the arrays of the network as they lie in memory
/// (little-endian, 64-byte aligned), each with its checksum. Temporary sibling, flushed, renamed.
///
/// info     JSON text kept in the file: how it was made (shown by `vigil network --info`)
/// throws   Error when the output cannot be written or exists and `overwrite` is not set
void write_route_network(const std::string& path, const RouteNetwork& network, const std::string& info,
                         bool overwrite);

struct RouteNetworkFile {
    RouteNetwork network; ///< looks into the mapped file
    std::string info;
    std::uint64_t bytes = 0;
};

/// Maps an engine file. Every section's checksum and every index in it is checked first, so that a flipped
/// byte or a forged file is an error and never a crash.
///
/// throws   Error naming the file: not an engine file, another version, another byte order, cut short,
/// damaged
RouteNetworkFile read_route_network(const std::string& path);

} // namespace vigil::io
