#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vigil {

/// An input as an output remembers it: its name without folders, and its hash.
struct InputRecord {
    std::string name;
    std::string sha256;
};

/// How an output was made. Holds no clock time, so that equal runs give equal bytes.
struct Provenance {
    std::string version; ///< "vigil 0.1.0"
    std::string command; ///< the command line, paths cut to file names
    std::vector<InputRecord> inputs;
    std::string crs; ///< label of the analysis CRS
    std::optional<std::uint64_t> seed;
    std::vector<std::pair<std::string, std::string>> notes; ///< settings and figures: ("bandwidth_m", "250")
};

} // namespace vigil
