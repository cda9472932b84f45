#pragma once

#include "kernels/network.h"
#include "kernels/shortest_path.h"

#include <map>
#include <string>

namespace vigil::test {

/// A town drawn as text: upper-case letters are nodes, `-` and `|` are edges, one character is `step_m` wide
/// and high. A `>`, `<`, `v` or `^` in an edge makes it one-way. Row 0 is in the north at y = 0.
///
///     A--B
///     |  v
///     C--D
struct DrawnNetwork {
    Network network;
    std::map<char, std::uint32_t> id;

    DrawnNetwork(const std::string& drawing, double step_m);

    /// The letters a path passes.
    [[nodiscard]] std::string letters(const Path& path) const;
    /// The place `from_first_m` metres from `first` on the edge between two letters.
    [[nodiscard]] NetworkPlace between(char first, char second, double from_first_m) const;
};

} // namespace vigil::test
