#pragma once

#include <span>
#include <string>
#include <vector>

namespace vigil {

/// A decision that was taken for the user: what, the value, and why. Printed, and kept with the
/// output.
struct Choice {
    std::string name;   ///< in a few words: "cell size"
    std::string value;  ///< with its unit: "200 m"
    std::string reason; ///< one sentence without a full stop
    bool operator==(const Choice&) const = default;
};

/// "1234.57 m"
std::string metres(double distance_m);

/// What to say before statistics of `values` are read; empty when all is well.
///
/// returns  a warning when fewer than 30 values are present
/// throws   Error when fewer than three are present, all are equal, or one is infinite
std::vector<std::string> check_values(std::span<const double> values);

} // namespace vigil
