#include "libgeo/text.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

using namespace vigil;

namespace {

template <typename Value>
std::string json(Value value)
{
    std::string out;
    append_json(out, value);
    return out;
}

template <typename Value>
std::string csv(Value value)
{
    std::string out;
    append_csv(out, value);
    return out;
}

std::string fixed(double value, int decimals)
{
    std::string out = "x=0"; // what stands before is left alone
    append_fixed(out, value, decimals);
    return out.substr(3);
}

} // namespace

TEST_CASE("bytes that are no UTF-8 are replaced one by one", "[text]")
{
    CHECK(valid_utf8("Łódź 😀") == "Łódź 😀");
    CHECK(valid_utf8("caf\xe9") == "caf\xef\xbf\xbd");
    CHECK(valid_utf8("\xc0\xaf") == "\xef\xbf\xbd\xef\xbf\xbd");                 // overlong /
    CHECK(valid_utf8("\xed\xa0\x80") == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"); // a surrogate
    CHECK(valid_utf8("\xf4\x90\x80\x80").find("\xf4") == std::string::npos);     // beyond U+10FFFF
    CHECK(valid_utf8("\xe2\x82") == "\xef\xbf\xbd\xef\xbf\xbd");                 // cut short
}

TEST_CASE("JSON text is escaped", "[text]")
{
    CHECK(json(std::string_view("a\"b\\c\nd\te\x01")) == R"("a\"b\\c\nd\te\u0001")");
    CHECK(json(std::string_view("Łódź\xff!")) == "\"Łódź\xef\xbf\xbd!\"");
    CHECK(json(std::string_view()) == "\"\"");
}

TEST_CASE("JSON numbers stay real numbers and are never NaN", "[text]")
{
    CHECK(json(5.0) == "5.0");
    CHECK(json(0.1) == "0.1");
    CHECK(json(1e300) == "1e+300");
    CHECK(json(std::numeric_limits<double>::quiet_NaN()) == "null");
    CHECK(json(std::numeric_limits<double>::infinity()) == "null");
}

TEST_CASE("CSV cells are quoted and guarded against formulas", "[text]")
{
    CHECK(csv(std::string_view("plain")) == "plain");
    CHECK(csv(std::string_view("a,b")) == "\"a,b\"");
    CHECK(csv(std::string_view("say \"hi\"\n")) == "\"say \"\"hi\"\"\n\"");
    CHECK(csv(std::string_view("\"")) == "\"\"\"\"");
    CHECK(csv(std::string_view("=1+1")) == "'=1+1");
    CHECK(csv(std::string_view("-2,3")) == "\"'-2,3\"");
    CHECK(csv(std::string_view("'=x")) == "''=x");
    CHECK(csv(std::string_view("@a")) == "'@a");
    CHECK(csv(std::string_view("\tb")) == "\"'\tb\"");
    CHECK(csv(std::string_view("o'hara")) == "o'hara");
    CHECK(csv(-2.5) == "-2.5");
    CHECK(csv(std::numeric_limits<double>::quiet_NaN()).empty());
}

TEST_CASE("fixed numbers lose their trailing zeros", "[text]")
{
    CHECK(fixed(-111.8315, 7) == "-111.8315");
    CHECK(fixed(100, 7) == "100");
    CHECK(fixed(100, 0) == "100");
    CHECK(fixed(-0.00000001, 7) == "0");
    CHECK(fixed(33.12345678, 7) == "33.1234568");
}

TEST_CASE("numbers with few decimals are what printing in full and cutting gives", "[text]")
{
    const auto cut = [](double value, int decimals) {
        std::string text = fmt::format("{:.{}f}", value, decimals);
        if (text.find('.') != std::string::npos) {
            text.erase(text.find_last_not_of('0') + 1);
            text.erase(text.back() == '.' ? text.size() - 1 : text.size());
        }
        return text == "-0" ? std::string("0") : text;
    };
    std::vector<double> values = {
        0,        -0.0,           0.5,    1.5,     2.5,      0.125,     0.0625,
        1e-9,     4.9e-324,       0.0005, -0.0004, 1e9,      -1e12,     1e300,
        0.1,      1.005,          2.675,  -1.45,   999.9995, 1e8 + 0.5, -179.9999999,
        500000.1, 4.5e6 + 1.0 / 3};
    std::uint64_t state = 2024; // an LCG of Knuth's
    for (int i = 0; i < 20000; ++i) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        const double even = static_cast<double>(static_cast<std::int64_t>(state)) / 0x1p63;
        values.push_back(even * std::pow(10.0, i % 13 - 3));
        values.push_back(std::round(even * 1e6) / 8); // halves of the last digit
    }
    for (const double value : values) {
        for (const int decimals : {0, 1, 3, 7, 9}) {
            if (fixed(value, decimals) != cut(value, decimals)) {
                CAPTURE(value, decimals);
                CHECK(fixed(value, decimals) == cut(value, decimals));
            }
        }
    }
    CHECK(fixed(2.5, 0) == "2"); // half to even
    CHECK(fixed(-1234.5678, 3) == "-1234.568");
}
