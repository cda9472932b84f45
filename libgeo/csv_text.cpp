#include "libgeo/csv.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>

namespace vigil {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// The line from `at`, without its end.
std::string_view line_at(std::string_view text, std::size_t at)
{
    const std::size_t end = text.find_first_of("\r\n", at);
    return text.substr(at, end == std::string_view::npos ? end : end - at);
}

/// Fields of the first record, and how many of the records that follow have as many.
struct Trial {
    std::size_t fields = 0;
    std::size_t alike = 0;
};

Trial try_delimiter(std::string_view text, char delimiter)
{
    constexpr int records = 20;
    Trial trial;
    std::size_t at = 0;
    bool quoted = false;
    std::size_t fields = 1;
    bool blank = true;
    for (int seen = 0; at <= text.size() && seen < records; ++at) {
        const char c = at < text.size() ? text[at] : '\n';
        if (c == '"') {
            quoted = !quoted;
        }
        if (quoted || (c != '\n' && c != '\r')) {
            fields += !quoted && c == delimiter ? 1U : 0U;
            blank = false;
            continue;
        }
        if (!blank) {
            trial.fields = seen == 0 ? fields : trial.fields;
            trial.alike += fields == trial.fields ? 1U : 0U;
            ++seen;
        }
        fields = 1;
        blank = true;
    }
    return trial;
}

/// Length of the UTF-8 sequence that begins at p, or 0 when there is none.
std::size_t utf8_length(const unsigned char* p, std::size_t left)
{
    const auto follows = [&](std::size_t i) {
        return i < left && (p[i] & 0xC0U) == 0x80U;
    };
    if (p[0] < 0x80U) {
        return 1;
    }
    if (p[0] >= 0xC2U && p[0] <= 0xDFU) {
        return follows(1) ? 2 : 0;
    }
    if (p[0] >= 0xE0U && p[0] <= 0xEFU && follows(1) && follows(2)) {
        const bool overlong = p[0] == 0xE0U && p[1] < 0xA0U;
        const bool surrogate = p[0] == 0xEDU && p[1] >= 0xA0U;
        return overlong || surrogate ? 0 : 3;
    }
    if (p[0] >= 0xF0U && p[0] <= 0xF4U && follows(1) && follows(2) && follows(3)) {
        const bool overlong = p[0] == 0xF0U && p[1] < 0x90U;
        const bool too_high = p[0] == 0xF4U && p[1] >= 0x90U;
        return overlong || too_high ? 0 : 4;
    }
    return 0;
}

void append_utf8(std::string& to, unsigned code)
{
    if (code < 0x80) {
        to += static_cast<char>(code);
    } else if (code < 0x800) {
        to += static_cast<char>(0xC0U | (code >> 6U));
        to += static_cast<char>(0x80U | (code & 0x3FU));
    } else {
        to += static_cast<char>(0xE0U | (code >> 12U));
        to += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
        to += static_cast<char>(0x80U | (code & 0x3FU));
    }
}

bool runs_in_a_spreadsheet(char c)
{
    return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' || c == '\r';
}

} // namespace

CsvDialect detect_dialect(std::string_view text)
{
    CsvDialect dialect;
    if (text.starts_with(byte_order_mark)) {
        dialect.header_at = byte_order_mark.size();
    }
    const std::string_view first = line_at(text, dialect.header_at);
    if (first.size() == 5 && (first.starts_with("sep=") || first.starts_with("SEP="))) {
        dialect.delimiter = first[4];
        dialect.header_at += first.size();
    } else {
        Trial best{1, 0};
        for (const char delimiter : {',', ';', '\t', '|'}) {
            const Trial trial =
                try_delimiter(text.substr(dialect.header_at, std::size_t{1} << 20U), delimiter);
            if (trial.fields > 1 &&
                (trial.alike > best.alike || (trial.alike == best.alike && trial.fields > best.fields))) {
                best = trial;
                dialect.delimiter = delimiter;
            }
        }
    }
    dialect.decimal_comma = dialect.delimiter == ';';
    return dialect;
}

void append_csv_field(std::string& to, std::string_view field, char delimiter)
{
    const char special[] = {delimiter, '"', '\n', '\r', '\0'};
    if (field.find_first_of(special) == std::string_view::npos) {
        to += field;
        return;
    }
    to += '"';
    for (const char c : field) {
        to += c;
        if (c == '"') {
            to += c;
        }
    }
    to += '"';
}

std::string_view without_formula_guard(std::string_view field)
{
    if (field.size() > 1 && field[0] == '\'' && runs_in_a_spreadsheet(field[1])) {
        field.remove_prefix(1);
    }
    return field;
}

std::string with_formula_guard(std::string_view field)
{
    const bool guard = !field.empty() && runs_in_a_spreadsheet(field[0]) && !number_from(field);
    return guard ? "'" + std::string(field) : std::string(field);
}

bool is_utf8(std::string_view text)
{
    const auto* p = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t left = text.size();
    while (left > 0) {
        std::array<std::uint64_t, 4> words{};
        while (left >= sizeof words) {
            std::memcpy(words.data(), p, sizeof words);
            if (((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080U) != 0) {
                break;
            }
            p += sizeof words;
            left -= sizeof words;
        }
        for (std::size_t i = 0; i < sizeof words && left > 0; ++i) {
            const std::size_t length = utf8_length(p, left);
            if (length == 0) {
                return false;
            }
            p += length;
            left -= length;
        }
    }
    return true;
}

std::string utf8_from_windows_1252(std::string_view text)
{
    // 0x80..0x9F of Windows-1252; the five unassigned ones keep their Latin-1 control codes
    static constexpr std::array<std::uint16_t, 32> high = {
        0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021, 0x2C6,  0x2030, 0x160,
        0x2039, 0x152,  0x8D,   0x17D,  0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x9D,   0x17E,  0x178};
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        append_utf8(out, byte >= 0x80 && byte < 0xA0 ? high[byte - 0x80U] : byte);
    }
    return out;
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    return text;
}

std::optional<double> number_from(std::string_view text, bool decimal_comma)
{
    text = trimmed(without_formula_guard(text));
    if (text.starts_with('+') && text.size() > 1 && text[1] != '-') {
        text.remove_prefix(1);
    }
    std::array<char, 64> with_point{};
    if (decimal_comma && text.size() <= with_point.size()) {
        const std::size_t comma = text.find(',');
        if (comma != std::string_view::npos && text.find('.') == std::string_view::npos) {
            std::copy(text.begin(), text.end(), with_point.begin());
            with_point[comma] = '.';
            text = {with_point.data(), text.size()};
        }
    }
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || stop != end || error == std::errc::invalid_argument) {
        return std::nullopt;
    }
    if (error == std::errc::result_out_of_range) { // 1e400, or 1e-400 which is as good as 0
        const bool tiny =
            text.find("e-") != std::string_view::npos || text.find("E-") != std::string_view::npos;
        return tiny ? 0.0 : std::numeric_limits<double>::infinity();
    }
    return value;
}

bool says_missing(std::string_view text)
{
    text = trimmed(text);
    if (text.empty()) {
        return true;
    }
    if (text.size() > 4) {
        return false;
    }
    std::array<char, 4> lower{};
    std::transform(text.begin(), text.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const std::string_view word(lower.data(), text.size());
    return word == "na" || word == "n/a" || word == "null" || word == "none" || word == "-";
}

} // namespace vigil
