#pragma once

#include "libgeo/style.h"

#include <span>
#include <string>
#include <vector>

namespace vigil {

/// A round step (1, 2, 2.5 or 5 times a power of ten) that reaches `length` in at most `most` steps.
double round_step(double length, int most);

/// Numbers 0, s, 2s, ... that reach the largest value in at most `most` round steps; 0 and 1 without a
/// positive value.
std::vector<double> round_stops(std::span<const double> values, int most);

/// Numbers ..., -s, 0, s, ... that reach the largest magnitude on both sides in about `most` round steps.
std::vector<double> symmetric_stops(std::span<const double> values, int most);

/// Bounds of at most `classes` ranges that hold about equally many values each, rounded to a tenth or less
/// of the power of ten of their spread; ascending, the first at or below the least value, the last at or
/// above the greatest. A single bound when all values are equal; 0 and 1 without values.
std::vector<double> quantile_bounds(std::span<const double> values, int classes);

/// The colour at `fraction` (0 to 1) of an evenly spaced palette.
Colour palette_colour(std::span<const Colour> palette, double fraction);

/// A legend's number: no more digits than it needs, thousands apart ("12 000", "0.25").
std::string legend_number(double value);

} // namespace vigil
