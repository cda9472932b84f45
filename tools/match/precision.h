#pragma once

#include "libgeo/table.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace vigil::tools {

/// Standard deviations in metres of words for how well a place is known, by their plain names: address 20,
/// street 100, town 2000, district 10000, and those of `given` (WORD:METRES), which win.
///
/// throws   UsageError when one of `given` is not of that form
std::map<std::string, double> precision_table(const std::vector<std::string>& given);

/// The standard deviation of each row; NaN where the cell says nothing.
///
/// shown, row_word, rows   for the message
/// throws   Error with the count and the first row of words that the table does not have
std::vector<double> precision_sigmas(const Field& words, const std::map<std::string, double>& table,
                                     const std::string& shown, const std::string& row_word,
                                     std::span<const std::uint64_t> rows);

} // namespace vigil::tools
