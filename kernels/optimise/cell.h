#pragma once

#include "kernels/optimise/choice.h"
#include "kernels/optimise/spacing.h"

#include <optional>

namespace vigil {

struct CellOptions {
    std::optional<double> cell_m = {}; ///< set by the user; the spacing is then not looked at
    bool hexagons = false;             ///< the size is then the distance between opposite sides
    double most_cells = 250000;        ///< of the box around the incidents
};

/// A cell size for counting incidents, with its reasons.
struct CellChoice {
    double cell_m = 0;
    Spacing spacing = {}; ///< empty when the user set the size
    std::vector<Choice> choices = {};
};

/// Twice the larger of the mean and the median distance to the nearest other place, strays left
/// out, rounded up to 1, 2 or 5 times a power of ten, and further along those steps until at most
/// `most_cells` cells cover the incidents: the rule of sensible_cell_m, for squares and hexagons,
/// told step by step.
///
/// incidents  n, metres; coincident ones are one place
/// throws     Error when fewer than two places are distinct, or a size given is not positive
/// cost       O(n log n)
CellChoice choose_cell(std::span<const XY> incidents, const CellOptions& options = {});

} // namespace vigil
