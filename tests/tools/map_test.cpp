#include "libgeo/io/crs.h"
#include "libgeo/io/raster_io.h"
#include "libgeo/style.h"
#include "tests/support/run.h"

#include <cairo.h>
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <cstdlib>
#include <limits>
#include <set>

using namespace vigil;
using vigil::test::TemporaryFolder;

namespace {

/// A PNG file, one 0xAARRGGBB number a pixel.
class Pixels {
  public:
    explicit Pixels(const std::string& path)
        : surface_(cairo_image_surface_create_from_png(path.c_str()), cairo_surface_destroy)
    {
        REQUIRE(cairo_surface_status(surface_.get()) == CAIRO_STATUS_SUCCESS);
    }
    [[nodiscard]] int width() const { return cairo_image_surface_get_width(surface_.get()); }
    [[nodiscard]] int height() const { return cairo_image_surface_get_height(surface_.get()); }
    [[nodiscard]] std::uint32_t at(int x, int y) const
    {
        const auto* row = cairo_image_surface_get_data(surface_.get()) +
                          y * cairo_image_surface_get_stride(surface_.get()) + 4 * x;
        return (std::uint32_t{row[2]} << 16U) | (std::uint32_t{row[1]} << 8U) | row[0];
    }
    /// How many pixels show `c` as it looks on white.
    [[nodiscard]] int count(Colour c) const
    {
        const auto on_white = [&](std::uint8_t v) {
            return (v * c.alpha + 255 * (255 - c.alpha)) / 255;
        };
        const auto near = [](std::uint32_t seen, int wanted) {
            return std::abs(static_cast<int>(seen & 0xffU) - wanted) <= 2;
        };
        int found = 0;
        for (int y = 0; y < height(); ++y) {
            for (int x = 0; x < width(); ++x) {
                const std::uint32_t p = at(x, y);
                found += near(p >> 16U, on_white(c.red)) && near(p >> 8U, on_white(c.green)) &&
                         near(p, on_white(c.blue));
            }
        }
        return found;
    }
    [[nodiscard]] std::size_t colours() const
    {
        std::set<std::uint32_t> seen;
        for (int y = 0; y < height(); ++y) {
            for (int x = 0; x < width(); ++x) {
                seen.insert(at(x, y));
            }
        }
        return seen.size();
    }

  private:
    std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface_;
};

std::string geojson(const std::string& features)
{
    return "{\"type\":\"FeatureCollection\",\"features\":[" + features + "]}";
}

std::string square(double x, double y, double size, const std::string& properties)
{
    return fmt::format(
        R"({{"type":"Feature","properties":{{{4}}},"geometry":{{"type":"Polygon","coordinates":)"
        R"([[[{0},{1}],[{2},{1}],[{2},{3}],[{0},{3}],[{0},{1}]]]}}}})",
        x, y, x + size, y + size, properties);
}

/// Seven cells in a row, one of each confidence bin.
std::string seven_bins()
{
    std::string cells;
    for (int bin = -3; bin <= 3; ++bin) {
        cells += bin == -3 ? "" : ",";
        cells += square(-111.8 + 0.001 * bin, 33.4, 0.001,
                        fmt::format(R"("gi_z":{}.5,"gi_p":0.5,"gi_bin":{})", bin, bin));
    }
    return geojson(cells);
}

/// 40 x 40 cells of 50 m near Mesa: 0 in the west, 100 in the middle, no data in the east.
void write_three_bands(const std::string& path)
{
    Raster<double> raster(Grid{.left_x = 420000, .top_y = 3700000, .cell_m = 50, .rows = 40, .cols = 40});
    for (std::int64_t row = 0; row < 40; ++row) {
        for (std::int64_t col = 0; col < 40; ++col) {
            raster.at(row, col) = col < 14 ? 0 : col < 27 ? 100 : std::numeric_limits<double>::quiet_NaN();
        }
    }
    io::write_raster(path, raster, io::crs_from_user("EPSG:26912"),
                     {.band = "density", .unit = "incidents per km2", .title = "Bands", .style = "density"},
                     {});
}

} // namespace

TEST_CASE("a map of hot spots shows every class in the map and in the legend", "[map]")
{
    const TemporaryFolder folder;
    const std::string layer = folder.file("cells.geojson", seven_bins());
    const auto ran = test::vigil({"map", layer, folder / "map.png"});
    REQUIRE(ran.exit_code == 0);
    CHECK(ran.err.empty());
    const Pixels map(folder / "map.png");
    CHECK(map.width() == 1200);
    CHECK(map.height() == 900);
    for (const StyleClass& one : style_for("hotspots").classes) {
        CAPTURE(one.label);
        CHECK(map.count(one.fill) > 1000); // a cell is about 100 x 120 pixels, its sample 30 x 16
    }
    CHECK(map.at(0, 0) == 0xffffff);
}

TEST_CASE("a map of a density is transparent at 0 and where there is no data", "[map]")
{
    const TemporaryFolder folder;
    write_three_bands(folder / "bands.tif");
    REQUIRE(test::vigil({"map", folder / "bands.tif", folder / "map.png", "--title", "Bands"}).exit_code ==
            0);
    const Pixels map(folder / "map.png");
    const Colour top = ramp_colour(style_for("density", std::vector<double>{100}), 100);
    const int inside = map.count(top);
    CHECK(inside > 100 * 500); // a third of a map about 700 pixels wide and high
    CHECK(inside < 300 * 900);
    CHECK(map.colours() > 100); // the legend's ramp
}

TEST_CASE("layers in degrees and in metres meet in one map", "[map]")
{
    const TemporaryFolder folder;
    write_three_bands(folder / "bands.tif");
    const std::string layer = folder.file(
        "cells.geojson", geojson(square(-111.855, 33.428, 0.004, R"("gi_z":3,"gi_p":0,"gi_bin":3)")));
    REQUIRE(test::vigil({"map", folder / "bands.tif", layer, folder / "map.png"}).exit_code == 0);
    REQUIRE(test::vigil({"map", layer, folder / "bands.tif", "--crs", "EPSG:3857", folder / "two.png"})
                .exit_code == 0);
    const Colour hot = style_for("hotspots").classes.front().fill;
    CHECK(Pixels(folder / "map.png").count(hot) > 100);
    CHECK(Pixels(folder / "two.png").colours() > 100);
}

TEST_CASE("equal input gives equal bytes, with and without provenance, as PNG and SVG", "[map]")
{
    const TemporaryFolder folder;
    const std::string layer = folder.file("cells.geojson", seven_bins());
    for (const std::string extension : {".png", ".svg"}) {
        REQUIRE(test::vigil({"map", layer, folder / ("a" + extension)}).exit_code == 0);
        REQUIRE(test::vigil({"map", layer, folder / ("a" + extension), "--overwrite", "--threads", "1"})
                    .exit_code == 0);
        const std::string first = test::read_file(folder / ("a" + extension));
        REQUIRE(test::vigil({"map", layer, folder / ("a" + extension), "--overwrite", "--threads", "1"})
                    .exit_code == 0);
        CHECK(test::read_file(folder / ("a" + extension)) == first);
        CHECK(first.find("cells.geojson") != std::string::npos);
        CHECK(first.find(folder.path()) == std::string::npos);
        REQUIRE(test::vigil({"map", layer, folder / ("b" + extension), "--no-provenance"}).exit_code == 0);
        CHECK(test::read_file(folder / ("b" + extension)).find("cells.geojson") == std::string::npos);
    }
    CHECK(test::shell("command -v xmllint >/dev/null || exit 0; xmllint --noout --nonet '" +
                      (folder / "a.svg") + "'")
              .exit_code == 0);
}

TEST_CASE("a single place, a table of incidents and a title full of markup can be drawn", "[map]")
{
    const TemporaryFolder folder;
    const std::string one = folder.file("one.csv", "lon,lat\n-111.8,33.4\n");
    CHECK(test::vigil({"map", one, folder / "one.svg", "--title", "<b>&\"'\xc3\xa9 %s"}).exit_code == 0);
    CHECK(test::vigil({"map", one, folder / "tiny.png", "--size", "200x200", "--note", std::string(500, 'w')})
              .exit_code == 0);
    CHECK(test::vigil({"map", one, folder / "wide.png", "--size", "1000X200"}).exit_code == 0);
    CHECK(Pixels(folder / "wide.png").width() == 1000);
}

TEST_CASE("a map needs no installed font", "[map]")
{
    const TemporaryFolder folder;
    const std::string layer = folder.file("cells.geojson", seven_bins());
    const std::string fonts = folder.file("fonts.conf", "<?xml version=\"1.0\"?><fontconfig></fontconfig>");
    const auto ran = test::shell("FONTCONFIG_FILE='" + fonts + "' $VIGIL map '" + layer + "' '" +
                                 (folder / "map.png") + "'");
    CHECK(ran.exit_code == 0);
    CHECK(Pixels(folder / "map.png").count(style_for("hotspots").classes.front().fill) > 1000);
}

TEST_CASE("a map command that cannot be understood is refused with exit code 2", "[map]")
{
    const TemporaryFolder folder;
    const std::string layer = folder.file("cells.geojson", seven_bins());
    const std::string out = folder / "map.png";
    for (const char* size : {"0x0", "100", "axb", "1200x", "x900", "199x900", "10001x900", "1e3x900", "-1x5",
                             "1200x900x", "99999999999999999999x900"}) {
        CAPTURE(size);
        CHECK(test::vigil({"map", layer, out, "--size", size}).exit_code == 2);
    }
    CHECK(test::vigil({"map", layer, out, "--extent", "1,2,3"}).exit_code == 2);
    CHECK(test::vigil({"map", layer, out, "--extent", "3,0,1,1"}).exit_code == 2);
    CHECK(test::vigil({"map", layer, out, "--extent", "nan,0,1,1"}).exit_code == 2);
    CHECK(test::vigil({"map", layer, out, "--style", "pretty"}).exit_code == 2);
    CHECK(test::vigil({"map", layer, out, "--style", "density"}).exit_code == 2);
    CHECK(test::vigil({"map", layer, out, "--style", "targets"}).exit_code == 2);
    CHECK(test::vigil({"map", layer, out, "--style", "hotspots,routes"}).exit_code == 2);
    CHECK(test::vigil({"map", layer, folder / "map.jpg"}).exit_code == 2);
    CHECK(test::vigil({"map", layer}).exit_code == 2);
    CHECK(folder.names() == std::vector<std::string>{"cells.geojson"});
}

TEST_CASE("a layer that cannot be read is refused with exit code 3 and leaves nothing", "[map]")
{
    const TemporaryFolder folder;
    const std::string out = folder / "map.png";
    const std::string layer = folder.file("cells.geojson", seven_bins());
    const std::string empty = folder.file("empty.csv", "");
    const std::string bad = folder.file("bad.tif", "II*");
    const std::string metres = folder.file("metres.csv", "x,y\n420000,3700000\n");
    for (const std::string& path : {folder / "missing.gpkg", empty, bad, metres, layer + ":nosuch",
                                    std::string("/vsicurl/http://localhost/a.tif"), folder.path()}) {
        const auto ran = test::vigil({"map", layer, path, out});
        CAPTURE(path, ran.err);
        CHECK(ran.exit_code == 3);
        CHECK(std::count(ran.err.begin(), ran.err.end(), '\n') == 1);
    }
    CHECK(folder.names() == std::vector<std::string>{"bad.tif", "cells.geojson", "empty.csv", "metres.csv"});
}

TEST_CASE("a map is written whole or not at all", "[map]")
{
    const TemporaryFolder folder;
    const std::string layer = folder.file("cells.geojson", seven_bins());
    const std::string older = folder.file("map.png", "older");
    CHECK(test::vigil({"map", layer, older}).exit_code == 4);
    CHECK(test::vigil({"map", layer, folder / "no/such/map.png"}).exit_code == 4);
    CHECK(test::read_file(older) == "older");
    const auto small = test::shell("ulimit -f 4; $VIGIL map '" + layer + "' '" + older + "' --overwrite");
    CHECK(small.exit_code == 4);
    CHECK(test::read_file(older) == "older");
    CHECK(test::vigil({"map", layer, older, "--overwrite", "--max-memory", "1M"}).exit_code == 5);
    CHECK(test::read_file(older) == "older");
    CHECK(folder.names() == std::vector<std::string>{"cells.geojson", "map.png"});
}

TEST_CASE("incidents are drawn from a compressed table as from a plain one", "[map]")
{
    const vigil::test::TemporaryFolder folder;
    const std::string table = vigil::test::testdata("mesa/mesa_crimes.csv");
    const std::string packed = folder / "mesa_crimes.csv.gz";
    REQUIRE(vigil::test::shell("gzip -c '" + table + "' > '" + packed + "'").exit_code == 0);
    REQUIRE(vigil::test::vigil({"map", "--title", "A", packed, folder / "packed.svg", "--no-provenance"})
                .exit_code == 0);
    REQUIRE(vigil::test::vigil({"map", "--title", "A", table, folder / "plain.svg", "--no-provenance"})
                .exit_code == 0);
    CHECK(vigil::test::read_file(folder / "packed.svg") == vigil::test::read_file(folder / "plain.svg"));
}
