#include "libgeo/style.h"

#include "libgeo/style_fit.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
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

using Triple = std::array<double, 3>;
using Matrix = std::array<Triple, 3>;

constexpr Matrix unchanged{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
// Machado, Oliveira and Fernandes (2009), table 1, severity 1.0; for linear RGB.
constexpr Matrix protanopia{
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}};
constexpr Matrix deuteranopia{
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}};

Triple times(const Matrix& m, const Triple& v)
{
    Triple product{};
    for (std::size_t i = 0; i < 3; ++i) {
        product[i] = m[i][0] * v[0] + m[i][1] * v[1] + m[i][2] * v[2];
    }
    return product;
}

/// sRGB (IEC 61966-2-1) on white paper, as linear light.
Triple linear_on_white(Colour c)
{
    Triple light{};
    const std::array<std::uint8_t, 3> channels{c.red, c.green, c.blue};
    for (std::size_t i = 0; i < 3; ++i) {
        const double v = (channels[i] * c.alpha + 255.0 * (255 - c.alpha)) / 255 / 255;
        light[i] = v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    }
    return light;
}

/// CIELAB under D65 of a colour on white, as seen by an eye that `m` simulates.
Triple lab(Colour c, const Matrix& m)
{
    constexpr Matrix to_xyz{{{0.4124564, 0.3575761, 0.1804375},
                             {0.2126729, 0.7151522, 0.0721750},
                             {0.0193339, 0.1191920, 0.9503041}}};
    Triple light = times(m, linear_on_white(c));
    for (double& v : light) {
        v = std::clamp(v, 0.0, 1.0);
    }
    Triple xyz = times(to_xyz, light);
    const Triple white{0.95047, 1, 1.08883};
    for (std::size_t i = 0; i < 3; ++i) {
        const double t = xyz[i] / white[i];
        xyz[i] = t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116;
    }
    return {116 * xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])};
}

double difference(Colour a, Colour b, const Matrix& m)
{
    const Triple p = lab(a, m);
    const Triple q = lab(b, m);
    return std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

Features circles(const std::vector<double>& gain)
{
    Features layer;
    layer.name = "targets";
    layer.style = "targets";
    layer.geometry.kind = GeometryKind::polygon;
    std::vector<std::int64_t> rank;
    for (std::size_t i = 0; i < gain.size(); ++i) {
        const XY ring[] = {{0, 0}, {1, 0}, {1, 1}, {0, 0}};
        layer.geometry.add(ring);
        rank.push_back(static_cast<std::int64_t>(i) + 1);
    }
    layer.table.fields = {{"rank", "Rank", "", rank},
                          {"gain", "Incidents added", "", gain},
                          {"radius_km", "Radius", "km", std::vector<double>(gain.size(), 1)}};
    return layer;
}

} // namespace

TEST_CASE("lightness of black, white and pure red is as CIE publishes it", "[style]")
{
    CHECK(lab({0, 0, 0, 255}, unchanged)[0] == Approx(0).margin(1e-6));
    CHECK(lab({255, 255, 255, 255}, unchanged)[0] == Approx(100));
    CHECK(lab({255, 0, 0, 255}, unchanged)[0] == Approx(53.24).margin(0.01));
}

TEST_CASE("every pair of colours of a legend can be told apart, also by colour-blind eyes", "[style]")
{
    for (const std::string& name : style_names()) {
        const Style style = style_for(name, skewed);
        const bool lines = style.geometry == GeometryKind::line; // lines have no fill
        const auto seen = [&](std::size_t i) {
            return lines ? style.classes[i].stroke : style.classes[i].fill;
        };
        for (std::size_t i = 0; i < style.classes.size(); ++i) {
            for (std::size_t j = i + 1; j < style.classes.size(); ++j) {
                CAPTURE(name, style.classes[i].label, style.classes[j].label);
                for (const Matrix& eye : {unchanged, protanopia, deuteranopia}) {
                    CHECK(difference(seen(i), seen(j), eye) >= 10);
                }
            }
        }
    }
}

TEST_CASE("a ramp darkens steadily, so that it reads in grey too", "[style]")
{
    for (const double largest : {1.0, 3.0, 70.0, 874.0, 2.4e-7}) {
        const Style style = style_for("density", std::vector<double>{largest});
        CAPTURE(largest, style.classes.size());
        CHECK(style.classes.size() >= 5);
        CHECK(style.classes.size() <= 9);
        CHECK(style.classes.back().value >= largest);
        CHECK(style.classes.back().value <= 1.26 * largest);
        for (std::size_t i = 1; i < style.classes.size(); ++i) {
            CHECK(lab(style.classes[i].fill, unchanged)[0] < lab(style.classes[i - 1].fill, unchanged)[0]);
        }
    }
}

TEST_CASE("ranges cover every value, in any order of the values", "[style]")
{
    std::vector<double> gain = {812, 640, 333, 200, 120, 77, 41, 12, 9, 3};
    const Style style = style_for(circles(gain));
    CHECK(style.classes.size() == 4);
    for (const double v : gain) {
        CHECK(class_of(style, v) != nullptr);
    }
    std::reverse(gain.begin(), gain.end());
    CHECK(to_qml(style_for(circles(gain))) == to_qml(style));
    CHECK(class_of(style, 1e6) == nullptr);
    CHECK(class_of(style, std::numeric_limits<double>::quiet_NaN()) == nullptr);
}

TEST_CASE("equal, empty, negative and missing values still give a legend", "[style]")
{
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(style_for("targets", std::vector<double>{5, 5, 5}).classes.size() == 1);
    CHECK(class_of(style_for("targets", std::vector<double>{5, 5}), 5) != nullptr);
    CHECK(style_for("targets").classes.size() >= 1);
    CHECK(style_for("density").classes.back().value == 1);
    CHECK(style_for("density", std::vector<double>{0, nan, 0}).classes.back().value == 1);
    CHECK(style_for("density", std::vector<double>{-3, -2}).classes.back().value == 1);
    CHECK(style_for("density", std::vector<double>{nan, 7}).classes.back().value == 7);
    CHECK(style_for("density", std::vector<double>{5e-324}).classes.back().value == 1);
}

TEST_CASE("a layer is recognised by its name or by its fields", "[style]")
{
    Features layer = circles({3, 2});
    layer.name = "outcome_7";
    CHECK(recognise_style(layer) == "targets");
    layer.table.fields.pop_back();
    CHECK(recognise_style(layer).empty());
    layer.name = "incidents";
    CHECK(recognise_style(layer) == "incidents");
}

TEST_CASE("a style takes the geometry and the aliases of the layer", "[style]")
{
    Features layer = circles({3, 2});
    layer.geometry = {};
    const XY place{1, 2};
    layer.geometry.add({&place, 1});
    layer.geometry.add({&place, 1});
    const Style style = style_for(layer);
    CHECK(style.geometry == GeometryKind::point);
    const std::string qml = to_qml(style);
    CHECK(qml.find("SimpleMarker") != std::string::npos);
    CHECK(qml.find("name=\"Radius (km)\"") != std::string::npos);
    CHECK(qml.find("fieldName=\"rank\"") != std::string::npos);
    CHECK(to_sld(style).find("se:PointSymbolizer") != std::string::npos);
    CHECK(to_lyrx(style, "a.shp", "a").find("CIMPointSymbol") != std::string::npos);
}

TEST_CASE("legend numbers are short and grouped", "[style]")
{
    CHECK(legend_number(0) == "0");
    CHECK(legend_number(-0.0) == "0");
    CHECK(legend_number(0.25) == "0.25");
    CHECK(legend_number(1000) == "1000");
    CHECK(legend_number(12000) == "12\u202f000");
    CHECK(legend_number(250000) == "250\u202f000");
    CHECK(legend_number(-12000) == "-12\u202f000");
    CHECK(legend_number(2.5e-7) == "2.5e-07");
}

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
