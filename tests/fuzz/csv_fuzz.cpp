// libFuzzer target: everything of the reader that sees raw bytes. Build with -DVIGIL_FUZZ=ON and clang; see
// CONTRIBUTING.md.
#include "libgeo/csv.h"
#include "libgeo/error.h"
#include "libgeo/time_column.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

void must(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

/// Lines only go up, every record is a part of the text, and the scanner ends.
void scan(std::string_view text, char delimiter)
{
    vigil::CsvScanner scanner(text, delimiter);
    vigil::TimeColumn times;
    std::uint64_t line = 0;
    while (scanner.next()) {
        must(scanner.line() > line);
        line = scanner.line();
        must(!scanner.fields().empty());
        must(scanner.raw().data() >= text.data() &&
             scanner.raw().data() + scanner.raw().size() <= text.data() + text.size());
        for (const std::string_view field : scanner.fields()) {
            times.add(field);
            const std::string guarded = vigil::with_formula_guard(field);
            must(guarded == field || vigil::without_formula_guard(guarded) == field);
            (void)vigil::number_from(field, true);
            (void)vigil::says_missing(field);
        }
        if (scanner.fields().size() % 3 == 2 && scanner.spans_lines()) {
            scanner.cut_at_line_end();
        }
    }
    times.finish(vigil::DateOrder::decide);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const vigil::CsvDialect dialect = vigil::detect_dialect(text);
    must(dialect.header_at <= text.size());
    if (!vigil::is_utf8(text)) {
        must(vigil::is_utf8(vigil::utf8_from_windows_1252(text)));
    }
    for (const char delimiter : {dialect.delimiter, ';'}) {
        try {
            scan(text.substr(dialect.header_at), delimiter);
        } catch (const vigil::Error&) { // an unclosed quote is an answer
            continue;
        }
    }
    return 0;
}
