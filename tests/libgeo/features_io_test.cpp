#include "libgeo/io/features_io.h"

#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "tests/support/awkward.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <functional>

using namespace vigil;
using test::awkward;
using test::awkward_for;
using test::read_file;
using test::TemporaryFolder;

namespace {

using Numbers = std::vector<double>;
using Texts = std::vector<std::string>;

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

TEST_CASE("the packed spatial index is one that SQLite finds sound", "[features]")
{
    if (test::shell("command -v sqlite3").exit_code != 0) {
        WARN("skipped: no sqlite3");
        return;
    }
    for (const int side :
         {0, 1, 7, 8, 60}) { // no entry, one, 49, 64 and 3600: one, two and three levels of 51
        const TemporaryFolder folder;
        Features layer;
        layer.name = "a'b\"c";
        layer.crs = io::crs_from_user("EPSG:26912");
        layer.geometry.kind = GeometryKind::polygon;
        for (int i = 0; i < side * side; ++i) {
            const double x = 400000.1 + 10 * (i * 37 % side);
            const double y = 3700000.1 + 10 * (i * 11 / side);
            layer.geometry.add(std::vector<XY>{{x, y}, {x + 10, y}, {x + 10, y + 10}, {x, y}});
        }
        layer.geometry.end_feature(); // one without geometry has no entry
        write(folder / "a.gpkg", layer);
        (void)folder.file("q.sql", "SELECT rtreecheck('rtree_a''b\"c_geom');\n"
                                   "SELECT count(*) FROM \"rtree_a'b\"\"c_geom\";\n");
        const auto asked =
            test::shell("sqlite3 '" + (folder / "a.gpkg") + "' < '" + (folder / "q.sql") + "'");
        INFO(asked.err);
        CHECK(asked.out.starts_with("ok\n" + std::to_string(side * side) + "\n"));
    }
}
