#pragma once

#include <map>
#include <string>
#include <vector>

namespace vigil::test {

/// A row of a CSV file, by column.
using Row = std::map<std::string, std::string>;

/// The rows of a CSV text whose quoted cells (geometry) hold no quote; every row must have all cells.
std::vector<Row> rows_of(const std::string& csv);

} // namespace vigil::test
