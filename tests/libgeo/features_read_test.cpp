#include "libgeo/io/features_io.h"

#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "tests/support/awkward.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace vigil;
using test::awkward_for;
using test::read_file;
using test::TemporaryFolder;

namespace {

std::string failure_of(const std::string& path, const io::FeatureReadOptions& options = {})
{
    try {
        io::read_features(path, options);
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::input);
        CHECK(std::string(error.what()).find('\n') == std::string::npos);
        return error.what();
    }
    return {};
}

template <typename Values>
const Values& column(const Features& layer, const std::string& name)
{
    REQUIRE(layer.table.find(name) != nullptr);
    return std::get<Values>(layer.table.find(name)->values);
}

void check_same_places(const Geometries& a, const Geometries& b, double tolerance)
{
    CHECK(a.kind == b.kind);
    CHECK(a.feature_end == b.feature_end);
    CHECK(a.part_end == b.part_end);
    CHECK(a.ring_end == b.ring_end);
    REQUIRE(a.xy.size() == b.xy.size());
    for (std::size_t i = 0; i < a.xy.size(); ++i) {
        CHECK(std::hypot(a.xy[i].x - b.xy[i].x, a.xy[i].y - b.xy[i].y) <= tolerance);
    }
}

} // namespace

TEST_CASE("what is written is read back in every format and kind", "[features]")
{
    for (const GeometryKind kind : {GeometryKind::point, GeometryKind::line, GeometryKind::polygon}) {
        for (const std::string extension : {"gpkg", "shp", "geojson", "geojsonl"}) {
            INFO(extension << " kind " << static_cast<int>(kind));
            const TemporaryFolder folder;
            const std::string path = folder / ("out." + extension);
            const bool degrees = extension.starts_with("geojson");
            const Features layer =
                awkward_for(extension, kind, degrees ? io::wgs84() : io::crs_from_user("EPSG:26912"));
            io::write_features(path, std::span(&layer, 1), {});
            const Features back = io::read_features(path);

            CHECK(io::same_crs(back.crs, layer.crs));
            CHECK(column<std::vector<std::int64_t>>(back, "n") ==
                  std::vector<std::int64_t>{1, missing_integer, -7});
            CHECK(column<std::vector<std::int64_t>>(back, "big")[0] == 9007199254740993);
            CHECK(column<std::vector<double>>(back, "value")[0] == 0.1);
            CHECK(std::isnan(column<std::vector<double>>(back, "value")[1]));
            CHECK(std::isnan(column<std::vector<double>>(back, "value")[2])); // infinity is not kept
            CHECK(column<std::vector<std::string>>(back, "text") ==
                  std::vector<std::string>{"=1+1", "say \"hi\",\nŁódź", ""});
            if (kind != GeometryKind::polygon) { // rings are turned to the way each format wants
                check_same_places(back.geometry, layer.geometry, degrees ? 1e-7 : 0);
            } else {
                CHECK(back.geometry.feature_end == layer.geometry.feature_end);
                CHECK(back.geometry.ring_end.size() == layer.geometry.ring_end.size());
            }
        }
    }
}

TEST_CASE("FlatGeobuf keeps every feature, in the order of its index", "[features]")
{
    const TemporaryFolder folder;
    const Features layer = awkward_for("fgb", GeometryKind::line);
    io::write_features(folder / "a.fgb", std::span(&layer, 1), {});
    const Features back = io::read_features(folder / "a.fgb");
    CHECK(back.geometry.size() == 2);
    CHECK(back.crs.authority == "EPSG:26912");
}

TEST_CASE("of several layers one must be chosen, and styles are no layer", "[features]")
{
    const TemporaryFolder folder;
    Features two[] = {awkward_for("gpkg", GeometryKind::line), awkward_for("gpkg", GeometryKind::point)};
    two[0].name = "edges";
    two[1].name = "nodes";
    two[1].style.clear();
    io::write_features(folder / "net.gpkg", two, {});
    CHECK(failure_of(folder / "net.gpkg")
              .ends_with("has several layers; choose one with --layer: edges, nodes"));
    CHECK(failure_of(folder / "net.gpkg", {.layer = "roads"})
              .ends_with("has no layer roads; it has: edges, nodes"));
    CHECK(io::read_features(folder / "net.gpkg", {.layer = "nodes"}).geometry.kind == GeometryKind::point);
}

TEST_CASE("a file cut short is never taken for a whole one", "[features]")
{
    for (const std::string extension : {"gpkg", "shp", "fgb", "geojson"}) {
        const TemporaryFolder folder;
        Features layer;
        layer.name = "grid";
        layer.crs = io::wgs84();
        layer.geometry.kind = GeometryKind::polygon;
        std::vector<std::int64_t> n;
        for (int i = 0; i < 400; ++i) {
            const double x = i % 20 * 0.01;
            const double y = i / 20 * 0.01;
            layer.geometry.add(
                std::vector<XY>{{x, y}, {x + 0.01, y}, {x + 0.01, y + 0.01}, {x, y + 0.01}, {x, y}});
            n.push_back(i);
        }
        layer.table.fields = {{"n", "", "", n}};
        const std::string path = folder / ("a." + extension);
        io::write_features(path, std::span(&layer, 1), {});
        const std::string whole = read_file(path);
        for (int tenth = 0; tenth < 10; ++tenth) {
            INFO(extension << " cut to " << tenth << " tenths");
            const std::string cut = whole.substr(0, whole.size() * static_cast<std::size_t>(tenth) / 10);
            CHECK(!failure_of(folder.file("a." + extension, cut)).empty());
        }
    }
}

TEST_CASE("GeoJSON that is damaged, mixed, curved or without places is refused", "[features]")
{
    const TemporaryFolder folder;
    const std::string point =
        R"({"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,2]}})";
    const std::string line =
        R"({"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]}})";
    const std::string nowhere = R"({"type":"Feature","properties":{},"geometry":null})";
    const std::string collection =
        R"({"type":"Feature","properties":{},"geometry":{"type":"GeometryCollection","geometries":[]}})";
    const auto of = [&](const std::string& text) {
        return failure_of(folder.file("a.geojsonl", text));
    };
    CHECK(of(point + "\n" + line + "\n").find("feature 2 is one of lines among points") != std::string::npos);
    CHECK(of(point + "\n" + line.substr(0, 60) + "\n").find("cannot be read") != std::string::npos);
    CHECK(of(nowhere + "\n" + nowhere + "\n").find("has a geometry") != std::string::npos);
    CHECK(of("").find("is empty") != std::string::npos);
    CHECK(!of("{\"type\":\"FeatureCollection\",\"features\":[]}").empty());
    CHECK(!of(collection + "\n").empty());
    CHECK(of(point + "\n" + nowhere + "\n").empty());
    CHECK(of("\x1e" + point + "\n\x1e" + point + "\n").empty()); // RFC 8142
}

TEST_CASE("a missing CRS is asked for", "[features]")
{
    const TemporaryFolder folder;
    const Features layer = awkward_for("shp", GeometryKind::line);
    io::write_features(folder / "a.shp", std::span(&layer, 1), {});
    std::filesystem::remove(folder / "a.prj");
    CHECK(failure_of(folder / "a.shp").find("no CRS; add --input-crs") != std::string::npos);
    CHECK(io::read_features(folder / "a.shp", {.crs = "EPSG:26912"}).crs.authority == "EPSG:26912");
}

TEST_CASE("views of a GeoPackage are not run", "[features]")
{
    const TemporaryFolder folder;
    const Features layer = awkward_for("gpkg", GeometryKind::line);
    io::write_features(folder / "a.gpkg", std::span(&layer, 1), {});
    const auto made =
        test::shell("command -v sqlite3 >/dev/null || exit 77; sqlite3 " + (folder / "a.gpkg") +
                    " \"CREATE VIEW trap AS SELECT fid, geom, load_extension('/tmp/x.so') AS n FROM odd;"
                    "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES "
                    "('trap','features','trap',26912);"
                    "INSERT INTO gpkg_geometry_columns VALUES ('trap','geom','LINESTRING',26912,0,0);\"");
    if (made.exit_code == 77) {
        WARN("skipped: no sqlite3");
        return;
    }
    REQUIRE(made.exit_code == 0);
    CHECK(io::read_features(folder / "a.gpkg").name == "odd");
    CHECK(failure_of(folder / "a.gpkg", {.layer = "trap"}).find("has no layer trap") != std::string::npos);
}
