#include "libgeo/style.h"

#include "libgeo/io/features_io.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace vigil;
using vigil::test::TemporaryFolder;
using vigil::test::testdata;

namespace {

/// Every field that the definition `name` speaks of is in the layer.
void check_fields(const std::string& name, const std::string& file, const std::string& layer)
{
    const Features features = io::read_features(file, {.layer = layer, .crs = {}});
    const Style style = style_for(name);
    std::vector<std::string> named = style.fields;
    named.push_back(style.field);
    named.push_back(style.label_field);
    for (const std::string& field : named) {
        CAPTURE(name, field);
        CHECK((field.empty() || features.table.find(field) != nullptr));
    }
    CHECK(recognise_style(features) == name);
    CHECK(test::vigil({"styles", file + ":" + layer, file + "." + name + ".qml"}).exit_code == 0);
}

/// Whether the commands of this build include `name`.
bool has_command(const std::string& name)
{
    return test::vigil({"describe"}).out.find("\n  " + name + " ") != std::string::npos;
}

} // namespace

TEST_CASE("fields named by a style are in the output of the command that writes it", "[styles]")
{
    const TemporaryFolder folder;
    const std::string crimes = testdata("mesa/mesa_crimes.csv");
    if (has_command("hotspots")) {
        REQUIRE(test::vigil({"hotspots", crimes, folder / "hotspots.gpkg"}).exit_code == 0);
        check_fields("hotspots", folder / "hotspots.gpkg", "hotspots");
        REQUIRE(test::vigil({"hotspots", crimes, folder / "cells.shp"}).exit_code == 0);
        check_fields("hotspots", folder / "cells.shp", "cells");
    }
    if (has_command("network")) {
        const std::string network = folder / "network.gpkg";
        REQUIRE(
            test::vigil({"network", testdata("mesa/mesa.gpkg"), "--layer", "streets", network}).exit_code ==
            0);
        check_fields("network", network, "edges");
        check_fields("network_nodes", network, "nodes");
        REQUIRE(test::vigil({"routes", network, folder / "routes.gpkg", "--from", crimes, "--to",
                             testdata("mesa/mesa_schools.csv"), "--nearest"})
                    .exit_code == 0);
        check_fields("routes", folder / "routes.gpkg", "routes");
    }
    if (has_command("match")) {
        const std::string matched = folder / "matched.gpkg";
        REQUIRE(test::vigil({"match", testdata("ford/ford.osm"), testdata("ford/tracks.gpx"), matched})
                    .exit_code == 0);
        check_fields("routes", matched, "routes");
        check_fields("match_edges", matched, "edges");
        check_fields("match_points", matched, "points");
        check_fields("match_ambiguity", matched, "ambiguity");
    }
    if (has_command("target")) {
        REQUIRE(test::vigil({"target", crimes, folder / "targets.gpkg"}).exit_code == 0);
        check_fields("targets", folder / "targets.gpkg", "targets");
    }
    REQUIRE(test::vigil({"density", crimes, folder / "density.tif"}).exit_code == 0);
    CHECK(test::vigil({"styles", folder / "density.tif", folder / "density.sld"}).exit_code == 0);
    CHECK(test::read_file(folder / "density.sld").find("ColorMapEntry") != std::string::npos);
}

TEST_CASE("styles are listed and written by name in three formats", "[styles]")
{
    const TemporaryFolder folder;
    const auto list = test::vigil({"styles", "--list"});
    CHECK(list.exit_code == 0);
    for (const std::string& name : style_names()) {
        CHECK(list.out.find(name + " ") != std::string::npos);
        for (const std::string extension : {".qml", ".sld", ".lyrx"}) {
            const auto ran = test::vigil({"styles", name, folder / (name + extension)});
            CHECK(ran.exit_code == 0);
            CHECK(ran.err.empty() != style_for(name).fitted); // told that its classes need the data
        }
    }
    CHECK(test::read_file(folder / "hotspots.qml") == to_qml(style_for("hotspots")));
}

TEST_CASE("a style that cannot be written is refused", "[styles]")
{
    const TemporaryFolder folder;
    const std::string older = folder.file("older.qml", "older");
    CHECK(test::vigil({"styles"}).exit_code == 2);
    CHECK(test::vigil({"styles", "hotspots"}).exit_code == 2);
    CHECK(test::vigil({"styles", "hotspots", folder / "a.css"}).exit_code == 2);
    CHECK(test::vigil({"styles", "no_such_style_or_file", folder / "a.qml"}).exit_code == 3);
    CHECK(test::vigil({"styles", testdata("mesa/mesa.gpkg"), folder / "a.qml"}).exit_code == 3);
    CHECK(test::vigil({"styles", testdata("mesa/mesa.gpkg:crimes"), folder / "a.qml"}).exit_code == 3);
    CHECK(test::vigil({"styles", testdata("mesa/mesa.gpkg:crimes"), folder / "a.qml", "--style", "pretty"})
              .exit_code == 2);
    CHECK(test::vigil({"styles", "hotspots", older}).exit_code == 4);
    CHECK(test::vigil({"styles", "hotspots", folder / "no/such/a.qml"}).exit_code == 4);
    CHECK(test::read_file(older) == "older");
    CHECK(folder.names() == std::vector<std::string>{"older.qml"});
    CHECK(test::shell("$VIGIL styles --list > /dev/full").exit_code == 4);
}
