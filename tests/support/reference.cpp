#include "tests/support/reference.h"

#include "tests/support/run.h"

#include <fstream>
#include <limits>
#include <stdexcept>

namespace vigil::test {

namespace {

std::vector<std::string> cells_of(const std::string& line)
{
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            cells.emplace_back();
        } else if (c != '\r') {
            cells.back() += c;
        }
    }
    return cells;
}

} // namespace

std::map<std::string, std::vector<std::string>> csv_columns(const std::string& path)
{
    std::ifstream file(path);
    std::string line;
    if (!std::getline(file, line)) {
        throw std::runtime_error(path + ": cannot be read");
    }
    const std::vector<std::string> names = cells_of(line);
    std::map<std::string, std::vector<std::string>> columns;
    while (std::getline(file, line)) {
        const std::vector<std::string> cells = cells_of(line);
        for (std::size_t c = 0; c < names.size(); ++c) {
            columns[names[c]].push_back(cells.at(c));
        }
    }
    return columns;
}

std::vector<double> numbers(const std::vector<std::string>& texts)
{
    std::vector<double> values;
    for (const std::string& text : texts) {
        values.push_back(text.empty() ? std::numeric_limits<double>::quiet_NaN() : std::stod(text));
    }
    return values;
}

double expected_value(const std::string& data, const std::string& stat, const std::string& params)
{
    auto table = csv_columns(testdata("reference/expected.csv"));
    for (std::size_t i = 0; i < table["data"].size(); ++i) {
        if (table["data"][i] == data && table["stat"][i] == stat && table["params"][i] == params) {
            return std::stod(table["value"][i]);
        }
    }
    throw std::runtime_error("expected.csv has no " + data + ", " + stat + ", " + params);
}

} // namespace vigil::test
