#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vigil {

/// What is wrong with the shape of a record, apart from what its fields say.
enum class CsvFault : std::uint8_t {
    none,
    misquoted,  ///< text after a closing quote
    long_field, ///< a field longer than CsvScanner::longest_field
};

/// Records of comma-separated text (RFC 4180), one after the other, without copying.
///
/// Lines end in LF, CRLF or CR; a quoted field may hold delimiters, doubled quotes and line ends; a quote
/// inside an unquoted field stands for itself; blank lines are passed over. A record with text after a
/// closing quote ends with the line on which that quote opened, so that one stray quote costs one line.
///
/// throws   Error naming the line where a quote opened that nothing closes, or from which quotes do not match
/// cost     O(bytes); memory for one record
class CsvScanner {
  public:
    static constexpr std::size_t longest_field = std::size_t{1} << 20U;
    static constexpr std::size_t most_fields = 65536; ///< of a record; one more is kept, the rest is dropped

    CsvScanner(std::string_view text, char delimiter);

    /// Moves to the next record; false at the end.
    bool next();
    /// Of the current record; views live until the next call.
    [[nodiscard]] const std::vector<std::string_view>& fields() const { return fields_; }
    [[nodiscard]] CsvFault fault() const { return fault_; }
    /// 1-based number of the line on which the record begins.
    [[nodiscard]] std::uint64_t line() const { return line_; }
    /// The record as it stands in the text, without its line end.
    [[nodiscard]] std::string_view raw() const { return raw_; }
    /// Whether the record goes over several lines.
    [[nodiscard]] bool spans_lines() const { return next_line_ > line_ + 1; }
    /// Reads the current record again as one line without regard to quotes, and goes on with the line after.
    void cut_at_line_end();

  private:
    bool blank_lines();
    bool quoted_field();
    void unquoted_field();
    std::string_view unescaped(std::string_view inside);
    void add(std::string_view field);
    void end_line();

    std::string_view text_;
    char delimiter_;
    std::size_t at_ = 0;
    std::size_t begin_ = 0;
    std::size_t read_again_ = 0; ///< bytes
    std::uint64_t line_ = 0;
    std::uint64_t next_line_ = 1;
    CsvFault fault_ = CsvFault::none;
    std::string_view raw_;
    std::vector<std::string_view> fields_;
    std::deque<std::string> doubled_; ///< fields whose doubled quotes were made single
    std::size_t doubled_used_ = 0;
};

/// How a text table is written.
struct CsvDialect {
    char delimiter = ',';       ///< , ; TAB or |
    bool decimal_comma = false; ///< numbers such as 51,5 are to be expected: the delimiter is `;`
    std::size_t header_at = 0;  ///< byte where the header begins, after a byte-order mark and `sep=;`
};

/// Finds the delimiter that cuts the first records into the same number of fields, more than one.
CsvDialect detect_dialect(std::string_view text);

/// Appends `field` as one CSV field, quoted when it must be.
void append_csv_field(std::string& to, std::string_view field, char delimiter = ',');

/// Text that a spreadsheet would run (= + - @ TAB CR first) is written with a `'` before it; this takes the
/// guard off.
std::string_view without_formula_guard(std::string_view field);
/// Puts the guard on where it is needed; plain numbers stay as they are.
std::string with_formula_guard(std::string_view field);

/// Whether `text` is UTF-8 throughout.
bool is_utf8(std::string_view text);
/// Windows-1252 (which covers Latin-1) as UTF-8.
std::string utf8_from_windows_1252(std::string_view text);

/// `text` without spaces and tabs at both ends.
std::string_view trimmed(std::string_view text);

/// A number written in full: surrounding spaces, a leading + and, when `decimal_comma`, one comma in place of
/// the point are accepted; anything after it is not. NaN and infinities come back as such.
std::optional<double> number_from(std::string_view text, bool decimal_comma = false);

/// Whether a cell says that nothing is known: empty, NA, N/A, null, none, -.
bool says_missing(std::string_view text);

} // namespace vigil
