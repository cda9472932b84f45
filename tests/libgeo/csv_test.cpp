#include "libgeo/csv.h"
#include "libgeo/error.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace vigil;
using namespace std::string_literals;
using Row = std::vector<std::string>;

namespace {

struct Table {
    std::vector<Row> rows;
    std::vector<std::uint64_t> lines;
    std::vector<CsvFault> faults;
};

Table table_of(std::string_view text, char delimiter = ',')
{
    Table table;
    CsvScanner scanner(text, delimiter);
    while (scanner.next()) {
        table.rows.emplace_back(scanner.fields().begin(), scanner.fields().end());
        table.lines.push_back(scanner.line());
        table.faults.push_back(scanner.fault());
    }
    return table;
}

std::string error_of(std::string_view text)
{
    try {
        table_of(text);
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

} // namespace

TEST_CASE("records end in LF, CRLF or CR, with or without an end at the last one", "[csv]")
{
    const std::vector<Row> expected = {{"a", "b"}, {"1", "2"}, {"3", ""}};
    for (const char* text : {"a,b\n1,2\n3,\n", "a,b\r\n1,2\r\n3,\r\n", "a,b\r1,2\r3,\r", "a,b\n1,2\n3,"}) {
        const Table table = table_of(text);
        CHECK(table.rows == expected);
        CHECK(table.lines == std::vector<std::uint64_t>{1, 2, 3});
    }
    CHECK(table_of("").rows.empty());
    CHECK(table_of("\n\r\n\n").rows.empty());
    CHECK(table_of("\n\na").lines == std::vector<std::uint64_t>{3});
}

TEST_CASE("quoted fields hold delimiters, quotes and line ends", "[csv]")
{
    const Table table = table_of("a,\"b,c\",\"say \"\"hi\"\"\"\n\"two\nlines\",2,\"\"\nlast,1,2\n");
    CHECK(table.rows ==
          std::vector<Row>{{"a", "b,c", "say \"hi\""}, {"two\nlines", "2", ""}, {"last", "1", "2"}});
    CHECK(table.lines == std::vector<std::uint64_t>{1, 2, 4});
    CHECK(table_of("6\" pipe,x\n").rows == std::vector<Row>{{"6\" pipe", "x"}});
    CHECK(table_of("\"a\r\nb\"\nc").lines == std::vector<std::uint64_t>{1, 3});
    CHECK(table_of("\"a\rb\"\rc").lines == std::vector<std::uint64_t>{1, 3});
}

TEST_CASE("long fields are cut at their delimiter wherever it stands", "[csv]")
{
    for (std::size_t n = 0; n < 40; ++n) {
        const std::string word(n, 'x');
        CHECK(table_of(word + ";" + word + "\n" + word + ";", ';').rows ==
              std::vector<Row>{{word, word}, {word, ""}});
    }
}

TEST_CASE("a stray quote costs its own line and no other", "[csv]")
{
    const Table table = table_of("a,b\n1,\"x\"y\n2,z\n3,\"open\n4,\"w\"\n5,v\n");
    REQUIRE(table.rows.size() == 6);
    CHECK(table.faults[1] == CsvFault::misquoted);
    CHECK(table.rows[2] == Row{"2", "z"});
    CHECK(table.faults[3] == CsvFault::misquoted);
    CHECK(table.rows[4] == Row{"4", "w"});
    CHECK(table.lines == std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6});
}

TEST_CASE("an unclosed quote is an error that names the line where it opened", "[csv]")
{
    CHECK(error_of("a,b\n1,2\n3,\"x\n4,5\n").find("line 3:") == 0);
    CHECK(error_of("\"").find("line 1:") == 0);
}

TEST_CASE("quotes that never match end reading instead of taking for ever", "[csv]")
{
    std::string text;
    for (int i = 0; i < 100000; ++i) {
        text += "a\",\"\n"; // each line leaves a quote open, seen from outside and from inside one
    }
    text += "x\"y\n";
    CHECK(error_of(text).find("quotes do not match") != std::string::npos);
}

TEST_CASE("a field beyond a megabyte is a fault", "[csv]")
{
    const Table table = table_of("a," + std::string(CsvScanner::longest_field + 1, 'x') + "\nb,c\n");
    CHECK(table.faults[0] == CsvFault::long_field);
    CHECK(table.rows[1] == Row{"b", "c"});
}

TEST_CASE("the delimiter is the one that cuts the first records alike", "[csv]")
{
    CHECK(detect_dialect("lon,lat\n1,2\n").delimiter == ',');
    CHECK(detect_dialect("lon;lat\n1,5;2,5\n3,5;4,5\n").delimiter == ';');
    CHECK(detect_dialect("lon;lat\n1,5;2,5\n").decimal_comma);
    CHECK(detect_dialect("lon\tlat\tnote\n1\t2\ta, b, c\n").delimiter == '\t');
    CHECK(detect_dialect("lon|lat\n1|2\n").delimiter == '|');
    CHECK(detect_dialect("\"a;b\",lon\n1,2\n").delimiter == ',');
    CHECK(detect_dialect("\xef\xbb\xbflon;lat\n1;2\n").header_at == 3);
    const CsvDialect sep = detect_dialect("sep=;\r\nlon;lat\r\n1;2\r\n");
    CHECK(sep.delimiter == ';');
    CHECK(sep.header_at == 5);
}

TEST_CASE("numbers are read in full or not at all", "[csv]")
{
    CHECK(number_from("51.5") == 51.5);
    CHECK(number_from(" +51.5 ") == 51.5);
    CHECK(number_from("'-0.12") == -0.12); // behind a formula guard
    CHECK(number_from("1e3") == 1000);
    CHECK(number_from("51,5", true) == 51.5);
    CHECK(number_from("1e-400") == 0);
    CHECK(std::isinf(*number_from("1e400")));
    CHECK(std::isnan(*number_from("nan")));
    CHECK(std::isinf(*number_from("-inf")));
    for (const char* text :
         {"", " ", "51,5", "5 1", "51.5N", "0x10", "+", "-", "+-1", "1.2.3", "1e", "abc"}) {
        INFO(text);
        CHECK_FALSE(number_from(text));
    }
    CHECK_FALSE(number_from("1,234.5", true));
    CHECK_FALSE(number_from("1,234,5", true));
}

TEST_CASE("cells that a spreadsheet would run are guarded, and the guard comes off again", "[csv]")
{
    for (const std::string text : {"=1+1", "@x", "+x", "-x", "\tx", "\rx"}) {
        CHECK(with_formula_guard(text) == "'" + text);
        CHECK(without_formula_guard(with_formula_guard(text)) == text);
    }
    CHECK(with_formula_guard("-12.5") == "-12.5");
    CHECK(with_formula_guard("'tis") == "'tis");
    CHECK(without_formula_guard("'tis") == "'tis");
    std::string out;
    append_csv_field(out, "a\"b,c");
    CHECK(out == "\"a\"\"b,c\"");
}

TEST_CASE("UTF-8 is told from Windows-1252", "[csv]")
{
    CHECK(is_utf8("plain"));
    CHECK(is_utf8(std::string(100, 'x') + "Łódź €😀"));
    for (const std::string& bad :
         {"\xe9"s, "\xc3"s, "\xc0\xaf"s, "\xed\xa0\x80"s, "\xf5\x80\x80\x80"s, "\xe2\x82"s}) {
        CHECK_FALSE(is_utf8(std::string(40, 'x') + bad));
    }
    CHECK(utf8_from_windows_1252("caf\xe9 \x80 \x93") == "café € “");
}

TEST_CASE("missing values have several names", "[csv]")
{
    for (const char* text : {"", " ", "NA", "n/a", "NULL", "None", "-"}) {
        CHECK(says_missing(text));
    }
    CHECK_FALSE(says_missing("0"));
    CHECK_FALSE(says_missing("Nairobi"));
}
