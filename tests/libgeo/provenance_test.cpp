#include "libgeo/io/provenance.h"

#include <catch2/catch.hpp>

#include <cstdlib>

using vigil::Provenance;

namespace {

const Provenance example{.version = "vigil 0.1.0",
                         .command = "vigil density a.csv a.tif",
                         .inputs = {{"a.csv", "00ff"}},
                         .crs = "EPSG:26912",
                         .seed = 7,
                         .notes = {{"bandwidth_m", "250"}, {"odd name!", "1"}}};

} // namespace

TEST_CASE("provenance becomes ordered keys and values", "[provenance]")
{
    const auto items = vigil::io::provenance_items(example);
    REQUIRE(items.size() >= 8);
    CHECK(items[0] == std::pair<std::string, std::string>("VIGIL_VERSION", "vigil 0.1.0"));
    CHECK(items[2] == std::pair<std::string, std::string>("VIGIL_INPUT_1", "a.csv sha256:00ff"));
    CHECK(items[4].second == "7");
    CHECK(items[5].first == "VIGIL_BANDWIDTH_M");
    CHECK(items[6].first == "VIGIL_ODD_NAME_");
    CHECK(items[7].second.starts_with("GDAL "));
}

TEST_CASE("provenance as JSON keeps its order and survives bytes that are no text", "[provenance]")
{
    Provenance odd = example;
    odd.inputs[0].name = "caf\xe9\".csv";
    const std::string json = vigil::io::provenance_json(odd);
    CHECK(json.find("\"version\"") < json.find("\"command\""));
    CHECK(json.find("\"seed\": 7") != std::string::npos);
    CHECK(json.find("caf\xef\xbf\xbd\\\".csv") != std::string::npos);
    CHECK(json.back() == '\n');
}

TEST_CASE("only a sensible SOURCE_DATE_EPOCH gives a date", "[provenance]")
{
    ::setenv("SOURCE_DATE_EPOCH", "1714521600", 1);
    CHECK(vigil::io::source_date() == "2024-05-01T00:00:00.000Z");
    for (const char* odd : {"", "x", "12x", "-5", "99999999999999"}) {
        ::setenv("SOURCE_DATE_EPOCH", odd, 1);
        CHECK(vigil::io::source_date().empty());
    }
    ::unsetenv("SOURCE_DATE_EPOCH");
    CHECK(vigil::io::source_date().empty());
}
