#pragma once

#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace vigil::test {

/// A row of the CSV that vigil routes writes, by column.
using Row = std::map<std::string, std::string>;

inline std::vector<std::string> csv_cells(const std::string& line)
{
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            cells.emplace_back();
        } else {
            cells.back() += c;
        }
    }
    return cells;
}

inline std::vector<Row> rows_of(const std::string& csv)
{
    std::vector<Row> rows;
    std::istringstream in(csv);
    std::string line;
    std::getline(in, line);
    const std::vector<std::string> names = csv_cells(line);
    while (std::getline(in, line)) {
        const std::vector<std::string> cells = csv_cells(line);
        REQUIRE(cells.size() == names.size());
        Row row;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            row[names[i]] = cells[i];
        }
        rows.push_back(row);
    }
    return rows;
}

/// A run of vigil routes to CSV on standard output.
inline Ran routes(std::vector<std::string> arguments, const std::string& input = {})
{
    arguments.insert(arguments.begin(), "routes");
    arguments.insert(arguments.begin() + 2, "-"); // after the network
    arguments.insert(arguments.end(), {"--format", "csv"});
    return vigil(arguments, input);
}

/// The rows of a run that has nothing to complain of.
inline std::vector<Row> routes_rows(const std::vector<std::string>& arguments, const std::string& input = {})
{
    const Ran ran = routes(arguments, input);
    INFO(ran.err);
    REQUIRE(ran.exit_code == 0);
    CHECK(ran.err.empty());
    return rows_of(ran.out);
}

inline double number(const Row& row, const std::string& column)
{
    return std::stod(row.at(column));
}

/// Rows of one case.
inline std::vector<Row> of_case(const std::vector<Row>& rows, const std::string& id)
{
    std::vector<Row> found;
    for (const Row& row : rows) {
        if (row.at("case_id") == id) {
            found.push_back(row);
        }
    }
    return found;
}

} // namespace vigil::test
