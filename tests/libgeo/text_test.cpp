#include "libgeo/text.h"

#include <catch2/catch.hpp>

#include <limits>

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
