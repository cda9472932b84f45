#pragma once

#include <map>
#include <string>
#include <vector>

namespace vigil::test {

/// A small CSV file of testdata/ as text columns by name. Quotes may surround a cell.
std::map<std::string, std::vector<std::string>> csv_columns(const std::string& path);

/// One column as numbers; an empty cell is NaN.
std::vector<double> numbers(const std::vector<std::string>& texts);

/// The value that testdata/reference/expected.csv gives for a data set, statistic and parameters.
double expected_value(const std::string& data, const std::string& stat, const std::string& params);

} // namespace vigil::test
