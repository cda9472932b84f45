#pragma once

#include "libgeo/crs.h"
#include "libgeo/plane.h"
#include "libgeo/table.h"
#include "libgeo/time.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace vigil {

/// A text column with few distinct values, kept once each.
struct Categories {
    std::vector<std::string> names;  ///< distinct values, in order of first appearance
    std::vector<std::uint32_t> code; ///< n indices into names, or empty when the column is absent

    [[nodiscard]] bool given() const { return !code.empty(); }
};

/// Reports of harm, column by column. n = xy.size(); every other column has n values or is empty.
struct Incidents {
    Crs crs;                    ///< projected, metres
    std::vector<XY> xy;         ///< metres
    std::vector<double> weight; ///< >= 0; empty means all 1
    std::vector<TimeSpan> time; ///< instants or intervals
    Categories category;
    Categories stage;
    Categories source;
    std::vector<float> uncertainty_m; ///< radius within which the true place lies; NaN unknown
    std::vector<std::string> id;
    std::vector<std::uint64_t> row; ///< 1-based line (CSV) or feature number in the input, for messages
    Table attributes;               ///< further columns that were asked for by name

    [[nodiscard]] std::size_t size() const { return xy.size(); }
    [[nodiscard]] double weight_of(std::size_t i) const { return weight.empty() ? 1.0 : weight[i]; }
};

} // namespace vigil
