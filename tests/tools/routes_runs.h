#pragma once

#include "tests/support/rows.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace vigil::test {

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
