#include "tools/match/precision.h"

#include "libgeo/csv.h"
#include "libgeo/error.h"
#include "libgeo/io/columns.h"
#include "tools/cli/command.h"

#include <cmath>
#include <limits>

namespace vigil::tools {

namespace {

constexpr double not_known = std::numeric_limits<double>::quiet_NaN();

/// A cell as text; words may be numbers, such as classes 1 to 4.
std::string text_of(const Field& field, std::size_t row)
{
    if (const auto* numbers = std::get_if<std::vector<double>>(&field.values)) {
        return std::isnan((*numbers)[row]) ? std::string() : fmt::format("{}", (*numbers)[row]);
    }
    const auto* text = std::get_if<std::vector<std::string>>(&field.values);
    return text == nullptr ? std::string() : (*text)[row];
}

} // namespace

std::map<std::string, double> precision_table(const std::vector<std::string>& given)
{
    std::map<std::string, double> table{
        {"address", 20}, {"street", 100}, {"town", 2000}, {"district", 10000}};
    for (const std::string& one : given) {
        const std::size_t colon = one.rfind(':');
        const std::string word = colon == std::string::npos ? "" : io::plain_name(one.substr(0, colon));
        if (word.empty()) {
            throw UsageError(
                fmt::format("--precision-sigma {}: give WORD:METRES, such as village:1000", one));
        }
        table[word] = cli::parse_number("--precision-sigma", one.substr(colon + 1), cli::positive, "m");
    }
    return table;
}

std::vector<double> precision_sigmas(const Field& words, const std::map<std::string, double>& table,
                                     const std::string& shown, const std::string& row_word,
                                     std::span<const std::uint64_t> rows)
{
    std::vector<double> sigma(rows.size(), not_known);
    std::size_t unknown = 0;
    std::uint64_t first = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::string text = text_of(words, i);
        if (says_missing(text)) {
            continue;
        }
        if (const auto found = table.find(io::plain_name(text)); found != table.end()) {
            sigma[i] = found->second;
        } else {
            first = unknown++ == 0 ? rows[i] : first;
        }
    }
    std::string known;
    for (const auto& [word, metres] : table) {
        known += (known.empty() ? "" : ", ") + word;
    }
    require(unknown == 0,
            "{}: the precision of {} rows is none of {} (first at {} {}); add the word with "
            "--precision-sigma WORD:METRES",
            shown, unknown, known, row_word, first);
    return sigma;
}

} // namespace vigil::tools
