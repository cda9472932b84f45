#include "kernels/contiguity.h"
#include "kernels/getis_ord.h"
#include "libgeo/io/features_io.h"
#include "tests/support/reference.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace vigil;
using test::expected_value;

namespace {

std::vector<double> numbers_of(const Features& layer, const std::string& name)
{
    const Field* field = layer.table.find(name);
    REQUIRE(field != nullptr);
    if (const auto* whole = std::get_if<std::vector<std::int64_t>>(&field->values)) {
        return {whole->begin(), whole->end()};
    }
    return std::get<std::vector<double>>(field->values);
}

std::vector<std::string> names_of(const Features& layer)
{
    if (const Field* field = layer.table.find("NAME")) {
        return std::get<std::vector<std::string>>(field->values);
    }
    std::vector<std::string> names;
    for (const double id : numbers_of(layer, "POLYID")) {
        names.push_back(std::to_string(static_cast<int>(id)));
    }
    return names;
}

struct Case {
    std::string data;
    std::vector<std::string> fields;
    std::vector<std::string> names;
};

/// Gi* by name, and how many lie beyond 1.96, against R spdep 1.2-7.
void check_case(const Case& one)
{
    const Features layer = io::read_features(test::testdata("reference/" + one.data + ".gpkg"),
                                             {.layer = {}, .crs = "EPSG:26917", .allow_vsi = false});
    const Weights queen = polygon_contiguity(layer.geometry, Contiguity::queen);
    const Weights rook = polygon_contiguity(layer.geometry, Contiguity::rook);
    CHECK(static_cast<double>(queen.links()) == expected_value(one.data, "links", "queen"));
    CHECK(static_cast<double>(rook.links()) == expected_value(one.data, "links", "rook"));
    // spdep's own snap is the square root of the machine precision
    CHECK(polygon_contiguity(layer.geometry, Contiguity::queen, 1.5e-8).neighbour == queen.neighbour);
    const auto names = names_of(layer);
    for (const std::string& field : one.fields) {
        const auto z = getis_ord(numbers_of(layer, field), queen, HotspotStatistic::gi_star).z;
        for (const std::string& name : one.names) {
            CAPTURE(one.data, field, name);
            const auto at = std::find(names.begin(), names.end(), name);
            REQUIRE(at != names.end());
            const double expected = expected_value(one.data, "Gi* z", field + " queen+self binary, " + name);
            CHECK(z[static_cast<std::size_t>(at - names.begin())] == Approx(expected).epsilon(1e-7));
        }
        const auto beyond = [&](auto test) {
            return static_cast<double>(std::count_if(z.begin(), z.end(), test));
        };
        CHECK(beyond([](double v) { return v > 1.96; }) ==
              expected_value(one.data, "count Gi* > 1.96", field + " queen+self binary"));
        CHECK(beyond([](double v) { return v < -1.96; }) ==
              expected_value(one.data, "count Gi* < -1.96", field + " queen+self binary"));
    }
}

} // namespace

TEST_CASE("Columbus: links and Gi* of crime are spdep's", "[contiguity]")
{
    check_case({"columbus", {"CRIME"}, {"16", "29", "24", "25", "28", "32"}});
}

TEST_CASE("North Carolina: links and Gi* of sudden infant deaths are spdep's", "[contiguity]")
{
    check_case({"sids2", {"SIDR74"}, {"Northampton", "Bertie", "Richmond", "Robeson", "Halifax", "Wilkes"}});
    check_case({"sids2", {"SIDR79"}, {"Robeson", "Richmond", "Scotland", "Camden", "Hoke", "Hyde"}});
}

TEST_CASE("St Louis: links and Gi* of homicide rates are spdep's", "[contiguity]")
{
    check_case({"stl_hom",
                {"HR7984", "HR8488", "HR8893"},
                {"St. Louis City", "St. Louis", "St. Clair", "Madison", "St. Charles"}});
}
