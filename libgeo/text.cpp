#include "libgeo/text.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace vigil {

namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

/// Length of the UTF-8 character that `text` begins with; 0 when its first byte begins none.
/// Shortest forms only, no surrogates, nothing beyond U+10FFFF (Unicode, table 3-7).
std::size_t character_length(std::string_view text)
{
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned>(static_cast<unsigned char>(text[i])) : 0U;
    };
    const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
        return byte(i) >= low && byte(i) <= high;
    };
    const unsigned first = byte(0);
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xc2 && first <= 0xdf) {
        return follows(1) ? 2 : 0;
    }
    if (first >= 0xe0 && first <= 0xef) {
        const bool second = follows(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf);
        return second && follows(2) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const bool second = follows(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf);
        return second && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

void append_valid(std::string& out, std::string_view text)
{
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        out += length == 0 ? replacement : text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
}

bool starts_a_formula(std::string_view text)
{
    const std::size_t first = text.find_first_not_of('\'');
    return first != std::string_view::npos &&
           std::string_view("=+-@\t\r").find(text[first]) != std::string_view::npos;
}

/// The usual case of append_fixed in whole numbers: value * 10^decimals, rounded half to even, is exact in
/// 128 bits for coordinates. Several times as fast as printing and cutting.
///
/// returns  false, with nothing appended, for what does not fit
bool append_fixed_exactly(std::string& out, double value, int decimals)
{
    constexpr std::array<std::uint64_t, 10> powers = {
        1, 10, 100, 1000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};
    if (!(std::fabs(value) < 1e9) || decimals < 0 || decimals > 9) {
        return false;
    }
    int exponent = 0;
    const double mantissa = std::frexp(std::fabs(value), &exponent); // in [1/2, 1), or 0
    const int shift = 53 - exponent;                                 // value = whole / 2^shift
    if (shift < 1 || shift > 100) {
        return false;
    }
    __extension__ using Wide = unsigned __int128;
    const auto power = powers[static_cast<std::size_t>(decimals)];
    const Wide scaled = static_cast<Wide>(static_cast<std::uint64_t>(std::ldexp(mantissa, 53))) * power;
    const Wide half = Wide{1} << static_cast<unsigned>(shift - 1);
    auto steps = static_cast<std::uint64_t>(scaled >> static_cast<unsigned>(shift));
    const Wide rest = scaled - (static_cast<Wide>(steps) << static_cast<unsigned>(shift));
    steps += rest > half || (rest == half && steps % 2 == 1) ? 1U : 0U;
    out += value < 0 && steps > 0 ? "-" : "";
    const fmt::format_int whole(steps / power);
    out.append(whole.data(), whole.size());
    std::uint64_t part = steps % power;
    if (part > 0) {
        int digits = decimals;
        for (; part % 10 == 0; part /= 10) {
            --digits;
        }
        const fmt::format_int tail(part);
        out += '.';
        out.append(static_cast<std::size_t>(digits) - tail.size(), '0');
        out.append(tail.data(), tail.size());
    }
    return true;
}

} // namespace

std::string valid_utf8(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    append_valid(out, text);
    return out;
}

void append_json(std::string& out, std::string_view text)
{
    out += '"';
    while (!text.empty()) {
        const auto byte = static_cast<unsigned char>(text.front());
        if (byte == '"' || byte == '\\') {
            out += '\\';
            out += text.front();
        } else if (byte == '\n') {
            out += "\\n";
        } else if (byte == '\t') {
            out += "\\t";
        } else if (byte < 0x20 || byte == 0x7f) {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
        } else {
            const std::size_t length = character_length(text);
            out += length == 0 ? replacement : text.substr(0, length);
            text.remove_prefix(length == 0 ? 0 : length - 1);
        }
        text.remove_prefix(1);
    }
    out += '"';
}

void append_json(std::string& out, double value)
{
    if (!std::isfinite(value)) {
        out += "null";
        return;
    }
    const std::size_t begin = out.size();
    fmt::format_to(std::back_inserter(out), "{}", value);
    if (out.find_first_of(".e", begin) == std::string::npos) {
        out += ".0";
    }
}

void append_csv(std::string& out, std::string_view text)
{
    const bool guard = starts_a_formula(text);
    const bool quote = text.find_first_of(",\"\r\n;\t") != std::string_view::npos ||
                       (!text.empty() && (text.front() == ' ' || text.back() == ' '));
    if (quote) {
        out += '"';
    }
    if (guard) {
        out += '\'';
    }
    for (std::size_t begin = 0; quote && begin < text.size();) {
        const std::size_t mark = std::min(text.find('"', begin), text.size());
        append_valid(out, text.substr(begin, mark - begin));
        out += mark < text.size() ? "\"\"" : "";
        begin = mark + 1;
    }
    if (quote) {
        out += '"';
    } else {
        append_valid(out, text);
    }
}

void append_csv(std::string& out, double value)
{
    if (std::isfinite(value)) {
        std::array<char, 32> text{};
        out.append(text.data(), fmt::format_to(text.data(), FMT_COMPILE("{}"), value));
    }
}

void append_fixed(std::string& out, double value, int decimals)
{
    if (append_fixed_exactly(out, value, decimals)) {
        return;
    }
    const std::size_t begin = out.size();
    fmt::format_to(std::back_inserter(out), "{:.{}f}", value, decimals);
    if (out.find('.', begin) != std::string::npos) {
        out.erase(out.find_last_not_of('0') + 1);
        if (out.back() == '.') {
            out.pop_back();
        }
    }
    if (std::string_view(out).substr(begin) == "-0") {
        out.erase(begin, 1);
    }
}

} // namespace vigil
