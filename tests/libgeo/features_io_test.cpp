#include "libgeo/io/features_io.h"

#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace vigil;
using test::read_file;
using test::TemporaryFolder;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

using Integers = std::vector<std::int64_t>;
using Numbers = std::vector<double>;
using Texts = std::vector<std::string>;

/// Three features with every awkward value; the third has no geometry.
Features awkward(GeometryKind kind, const Crs& crs = io::crs_from_user("EPSG:26912"))
{
    Features layer;
    layer.name = "odd";
    layer.title = "Odd values";
    layer.summary = "Every value that has broken a writer.";
    layer.crs = crs;
    const double s = crs.geographic ? 1e-5 : 1;
    const double x = crs.geographic ? -111.8 : 425000;
    const double y = crs.geographic ? 33.4 : 3697000;
    const auto at = [&](double dx, double dy) {
        return XY{x + dx * s, y + dy * s};
    };
    Geometries& g = layer.geometry;
    g.kind = kind;
    if (kind == GeometryKind::point) {
        g.add(std::vector{at(0, 0)});
        g.add(std::vector{at(10, 20)});
    } else if (kind == GeometryKind::line) {
        g.add(std::vector{at(0, 0), at(100, 0), at(100, 50)});
        g.add_ring(std::vector{at(0, 10), at(10, 10)});
        g.end_part();
        g.add_ring(std::vector{at(0, 20), at(10, 20)});
        g.end_part();
        g.end_feature();
    } else {
        g.add(std::vector{at(0, 0), at(0, 100), at(100, 100), at(100, 0), at(0, 0)});
        g.add_ring(std::vector{at(200, 0), at(300, 0), at(300, 100), at(200, 100), at(200, 0)});
        g.add_ring(std::vector{at(220, 20), at(220, 40), at(240, 40), at(240, 20), at(220, 20)});
        g.end_part();
        g.add_ring(std::vector{at(400, 0), at(500, 0), at(500, 100), at(400, 0)});
        g.end_part();
        g.end_feature();
    }
    g.end_feature(); // no part: no geometry
    layer.table.fields = {
        {"n", "Count", "", Integers{1, missing_integer, -7}},
        {"big", "A large integer", "", Integers{9007199254740993, 0, missing_integer}},
        {"value", "Value", "m", Numbers{0.1, nan, std::numeric_limits<double>::infinity()}},
        {"text", "Text", "", Texts{"=1+1", "say \"hi\",\nŁódź", ""}},
    };
    return layer;
}

/// FlatGeobuf cannot hold a feature without geometry.
Features awkward_for(const std::string& extension, GeometryKind kind)
{
    Features layer = awkward(kind);
    if (extension == "fgb") {
        layer.geometry.feature_end.pop_back();
        for (Field& field : layer.table.fields) {
            std::visit([](auto& values) { values.pop_back(); }, field.values);
        }
    }
    return layer;
}

void write(const std::string& path, const Features& layer, io::WriteOptions options = {})
{
    options.provenance.version = "vigil test";
    io::write_features(path, std::span(&layer, 1), options);
}

ExitCode code_of(const std::function<void()>& action)
{
    try {
        action();
    } catch (const Error& error) {
        return error.code();
    }
    return ExitCode::done;
}

} // namespace

TEST_CASE("every format is written and leaves no litter", "[features]")
{
    for (const GeometryKind kind : {GeometryKind::point, GeometryKind::line, GeometryKind::polygon}) {
        for (const std::string extension : {"gpkg", "shp", "fgb", "geojson", "geojsonl", "csv"}) {
            const TemporaryFolder folder;
            const std::string path = folder / ("out." + extension);
            INFO(extension);
            write(path, awkward_for(extension, kind));
            for (const std::string& name : folder.names()) {
                CHECK(name.starts_with("out."));
            }
            CHECK(!read_file(path).empty());
            CHECK(code_of([&] { write(path, awkward_for(extension, kind)); }) == ExitCode::output);
        }
    }
}

TEST_CASE("the same layer gives the same bytes", "[features]")
{
    for (const std::string extension : {"gpkg", "shp", "fgb", "geojson", "geojsonl", "csv"}) {
        const TemporaryFolder folder;
        INFO(extension);
        write(folder / ("a." + extension), awkward_for(extension, GeometryKind::polygon));
        write(folder / ("b." + extension), awkward_for(extension, GeometryKind::polygon));
        CHECK(read_file(folder / ("a." + extension)) == read_file(folder / ("b." + extension)));
    }
}

TEST_CASE("GeoJSON has seven decimals, right-handed rings and no NaN", "[features]")
{
    const TemporaryFolder folder;
    write(folder / "a.geojsonl", awkward(GeometryKind::polygon, io::wgs84()));
    const std::string text = read_file(folder / "a.geojsonl");
    // the first shell was given clockwise and is turned round
    CHECK(text.starts_with(
        R"({"type":"Feature","properties":{"n":1,"big":9007199254740993,"value":0.1,"text":"=1+1"},)"
        R"("geometry":{"type":"MultiPolygon","coordinates":[[[[-111.8,33.4],[-111.799,33.4],[-111.799,33.401],)"
        R"([-111.8,33.401],[-111.8,33.4]]]]}})"
        "\n"));
    CHECK(text.find(R"("value":null,"text":"say \"hi\",\nŁódź")") != std::string::npos);
    CHECK(text.ends_with("\"text\":\"\"},\"geometry\":null}\n"));
}

TEST_CASE("CSV has the place in front, guarded text and its sidecars", "[features]")
{
    const TemporaryFolder folder;
    write(folder / "a.csv", awkward(GeometryKind::point));
    CHECK(read_file(folder / "a.csv") == "x,y,n,big,value,text\n"
                                         "425000,3697000,1,9007199254740993,0.1,'=1+1\n"
                                         "425010,3697020,,0,,\"say \"\"hi\"\",\nŁódź\"\n"
                                         ",,-7,,,\n");
    CHECK(read_file(folder / "a.csvt") == "CoordX,CoordY,Integer64,Integer64,Real,String\n");
    CHECK(read_file(folder / "a.prj").starts_with("PROJCS[\"NAD_1983_UTM_Zone_12N\""));
    write(folder / "b.csv", awkward(GeometryKind::line));
    CHECK(read_file(folder / "b.csv").find("\"MULTILINESTRING ((425000 3697010, 425010 3697010), (425000") !=
          std::string::npos);
}

TEST_CASE("an output format that cannot be told is a wrong command line", "[features]")
{
    const TemporaryFolder folder;
    const Features layer = awkward(GeometryKind::point);
    CHECK(code_of([&] { write(folder / "a.xyz", layer); }) == ExitCode::usage);
    CHECK(code_of([&] { write(folder / "a.csv", layer, {.format = "gpkg"}); }) == ExitCode::usage);
    CHECK(code_of([&] { write(folder / "a.csv", layer, {.format = "dwg"}); }) == ExitCode::usage);
    const Features two[] = {layer, layer};
    CHECK(code_of([&] { io::write_features(folder / "a.fgb", two, {}); }) == ExitCode::output);
    CHECK(folder.names().empty());
}

TEST_CASE("a Shapefile refuses what it would cut off", "[features]")
{
    const TemporaryFolder folder;
    Features layer = awkward(GeometryKind::point);
    layer.table.fields[3].values = Texts{std::string(255, 'a'), "", ""};
    CHECK(code_of([&] { write(folder / "a.shp", layer); }) == ExitCode::output);
    layer = awkward(GeometryKind::point);
    layer.table.fields[2].values = Numbers{1e300, 0, 0};
    CHECK(code_of([&] { write(folder / "a.shp", layer); }) == ExitCode::output);
    CHECK(folder.names().empty());
}

TEST_CASE("FlatGeobuf refuses features without geometry, which GDAL would drop", "[features]")
{
    const TemporaryFolder folder;
    CHECK(code_of([&] { write(folder / "a.fgb", awkward(GeometryKind::line)); }) == ExitCode::output);
    CHECK(folder.names().empty());
}
