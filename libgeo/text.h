#pragma once

#include <string>
#include <string_view>

namespace vigil {

/// Text as valid UTF-8: every byte that belongs to no character becomes U+FFFD.
std::string valid_utf8(std::string_view text);

/// Appends a JSON string with its quotes, control characters escaped, always valid UTF-8.
void append_json(std::string& out, std::string_view text);

/// Appends a JSON number: the shortest that reads back the same, with a point or exponent so that it stays a
/// real number ("5.0"); null when it is not finite.
void append_json(std::string& out, double value);

/// Appends a CSV cell of text: quoted where RFC 4180 asks for it, and with a leading ' where a spreadsheet
/// would otherwise run it as a formula (after any ' it begins with, it has = + - @, a tab or a CR).
/// vigil's own reader takes that ' off again.
void append_csv(std::string& out, std::string_view text);

/// Appends a CSV cell of a number, the shortest that reads back the same; nothing when it is not finite.
void append_csv(std::string& out, double value);

/// Appends a number with at most `decimals` digits after the point, trailing zeros cut off, never "-0".
void append_fixed(std::string& out, double value, int decimals);

} // namespace vigil
