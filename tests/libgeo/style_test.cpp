#include "libgeo/style.h"

#include "libgeo/style_fit.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <limits>
#include <stdexcept>

using namespace vigil;

namespace {

const std::vector<double> skewed = {0, 1, 2, 2, 3, 5, 8, 40, 874};

bool well_formed(const std::string& xml)
{
    const test::TemporaryFolder folder;
    const std::string file = folder.file("style.xml", xml);
    return test::shell("command -v xmllint >/dev/null || exit 0; xmllint --noout --nonet '" + file + "'")
               .exit_code == 0;
}

} // namespace

TEST_CASE("every definition has a title, classes with labels, and a field when its kind needs one", "[style]")
{
    REQUIRE(style_names().size() >= 7);
    for (const std::string& name : style_names()) {
        CAPTURE(name);
        const Style style = style_for(name, skewed);
        CHECK(style.name == name);
        CHECK_FALSE(style.title.empty());
        REQUIRE_FALSE(style.classes.empty());
        for (const StyleClass& one : style.classes) {
            CHECK_FALSE(one.label.empty());
        }
        const bool by_field = style.kind == StyleKind::categories || style.kind == StyleKind::graduated;
        CHECK(style.field.empty() != by_field);
        CHECK(style.geometry.has_value() == (style.kind != StyleKind::ramp));
    }
}

TEST_CASE("every definition becomes well-formed QML and SLD and valid JSON for ArcGIS", "[style]")
{
    for (const std::string& name : style_names()) {
        CAPTURE(name);
        Style style = style_for(name, skewed);
        style.aliases = {{"n", "a < b & \"c\""}};
        CHECK(well_formed(to_qml(style)));
        CHECK(well_formed(to_sld(style)));
        const auto lyrx = nlohmann::json::parse(to_lyrx(style, "out.gpkg", "layer"));
        CHECK(lyrx["layerDefinitions"].size() == 1);
    }
}

TEST_CASE("hot spot categories are the seven confidence bins", "[style]")
{
    const Style style = style_for("hotspots");
    REQUIRE(style.classes.size() == 7);
    for (int bin = -3; bin <= 3; ++bin) {
        const StyleClass* const found = class_of(style, bin);
        REQUIRE(found != nullptr);
        CHECK(found->value == bin);
    }
    CHECK(class_of(style, 4) == nullptr);
}

TEST_CASE("a ramp starts transparent at 0 and ends at a round number above the largest value", "[style]")
{
    const Style style = style_for("density", skewed); // 874 / 8 = 109.25 -> steps of 200
    REQUIRE(style.classes.size() == 6);
    CHECK(style.classes.front().value == 0);
    CHECK(style.classes.front().fill.alpha == 0);
    CHECK(style.classes.back().value == 1000);
    CHECK(style.classes[1].label == "200");
}

TEST_CASE("an unknown style is our own mistake", "[style]")
{
    CHECK_THROWS_AS(style_for("no such style"), std::out_of_range);
}
