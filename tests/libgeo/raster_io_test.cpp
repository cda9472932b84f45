#include "libgeo/io/raster_io.h"

#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/gdal.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <filesystem>
#include <limits>

using Catch::Matchers::Contains;
using vigil::Grid;
using vigil::Raster;
using vigil::io::read_raster;
using vigil::io::write_raster;
using vigil::test::TemporaryFolder;

namespace {

const vigil::io::RasterDescription density{"density", "incidents per km2", "Kernel density of incidents",
                                           "density"};

Raster<double> slope(std::int64_t rows, std::int64_t cols)
{
    Raster<double> raster(Grid{.left_x = 421000, .top_y = 3699000, .cell_m = 25, .rows = rows, .cols = cols});
    for (std::size_t i = 0; i < raster.values.size(); ++i) {
        raster.values[i] = static_cast<double>(i % 977) * 0.125;
    }
    return raster;
}

vigil::io::WriteOptions made_by(const std::string& command)
{
    vigil::io::WriteOptions options;
    options.provenance.version = "vigil 0.1.0";
    options.provenance.command = command;
    options.provenance.inputs.push_back({"a.csv", "abc123"});
    options.provenance.notes.emplace_back("bandwidth_m", "250");
    return options;
}

} // namespace

TEST_CASE("a raster reads back as it was written, NaN as NoData", "[raster]")
{
    const TemporaryFolder folder;
    const auto utm = vigil::io::crs_from_user("EPSG:26912");
    Raster<double> raster = slope(700, 1300);
    raster.at(3, 4) = std::numeric_limits<double>::quiet_NaN();
    write_raster(folder / "a.tif", raster, utm, density, made_by("vigil density a.csv a.tif"));
    const auto loaded = read_raster(folder / "a.tif");
    CHECK(loaded.raster.grid == raster.grid);
    CHECK(std::isnan(loaded.raster.at(3, 4)));
    std::size_t differ = 0;
    for (std::size_t i = 0; i < raster.values.size(); ++i) {
        differ += static_cast<std::size_t>(!(loaded.raster.values[i] == raster.values[i]));
    }
    CHECK(differ == 1); // the NaN
    CHECK(vigil::io::same_crs(loaded.crs, utm));
    CHECK(loaded.description.band == "density");
    CHECK(loaded.description.unit == "incidents per km2");
    CHECK(loaded.description.title == density.title);
    CHECK(loaded.description.style == "density");
    CHECK(folder.names() == std::vector<std::string>{"a.qml", "a.tif"});
}

TEST_CASE("what a GIS needs stands inside the file", "[raster]")
{
    const TemporaryFolder folder;
    write_raster(folder / "a.tif", slope(300, 1500), vigil::io::crs_from_user("EPSG:26912"), density,
                 made_by("vigil density a.csv a.tif"));
    const auto file = vigil::io::open_for_reading(folder / "a.tif", vigil::io::InputFormat::geotiff);
    const auto said = [&file](const char* key, const char* domain = nullptr) -> std::string {
        const char* text = GDALGetMetadataItem(file.get(), key, domain);
        return text == nullptr ? "" : text;
    };
    CHECK(said("LAYOUT", "IMAGE_STRUCTURE") == "COG");
    CHECK(said("COMPRESSION", "IMAGE_STRUCTURE") == "DEFLATE");
    CHECK(said("AREA_OR_POINT") == "Area");
    CHECK_THAT(said("TIFFTAG_SOFTWARE"), Catch::Matchers::StartsWith("vigil "));
    CHECK(said("VIGIL_COMMAND") == "vigil density a.csv a.tif");
    CHECK(said("VIGIL_INPUT_1") == "a.csv sha256:abc123");
    CHECK(said("VIGIL_BANDWIDTH_M") == "250");

    const GDALRasterBandH band = GDALGetRasterBand(file.get(), 1);
    const auto statistic = [band](const char* key) {
        return std::string(GDALGetMetadataItem(band, key, nullptr));
    };
    CHECK(GDALGetRasterDataType(band) == GDT_Float32);
    CHECK(std::string(GDALGetRasterUnitType(band)) == "incidents per km2");
    CHECK(GDALGetRasterNoDataValue(band, nullptr) == -9999);
    CHECK(statistic("STATISTICS_MINIMUM") == "0");
    CHECK(statistic("STATISTICS_MAXIMUM") == "122"); // 976 * 0.125
    CHECK(statistic("STATISTICS_VALID_PERCENT") == "100");
    // the overview's first cell is the mean of 2 x 2: 0, 1, 523 and 524 eighths (1500 mod 977 = 523)
    REQUIRE(GDALGetOverviewCount(band) >= 1);
    float first = 0;
    REQUIRE(GDALRasterIO(GDALGetOverview(band, 0), GF_Read, 0, 0, 1, 1, &first, 1, 1, GDT_Float32, 0, 0) ==
            CE_None);
    CHECK(first == Approx((0 + 1 + 523 + 524) * 0.125 / 4));
    CHECK(folder.names() == std::vector<std::string>{"a.qml", "a.tif"});
}

TEST_CASE("provenance can be left out", "[raster]")
{
    const TemporaryFolder folder;
    auto options = made_by("vigil density secret.csv a.tif");
    options.drop_provenance = true;
    write_raster(folder / "a.tif", slope(10, 10), vigil::io::crs_from_user("EPSG:26912"), density, options);
    CHECK(vigil::test::read_file(folder / "a.tif").find("secret") == std::string::npos);
}

TEST_CASE("a raster is written only under a name that tells what it is", "[raster]")
{
    const TemporaryFolder folder;
    const auto utm = vigil::io::crs_from_user("EPSG:26912");
    CHECK_THROWS_AS(write_raster(folder / "a.png", slope(4, 4), utm, density, {}), vigil::UsageError);
    vigil::io::WriteOptions forced;
    forced.format = "tif";
    write_raster(folder / "a.bin", slope(4, 4), utm, density, forced);
    forced.format = "png";
    CHECK_THROWS_AS(write_raster(folder / "a.tif", slope(4, 4), utm, density, forced), vigil::UsageError);
    CHECK(folder.names() == std::vector<std::string>{"a.bin", "a.qml"});
}

TEST_CASE("a raster of one cell, of nothing but NoData, or with huge values is handled", "[raster]")
{
    const TemporaryFolder folder;
    const auto utm = vigil::io::crs_from_user("EPSG:26912");
    write_raster(folder / "one.tif", slope(1, 1), utm, density, {});
    CHECK(read_raster(folder / "one.tif").raster.values == std::vector<double>{0});
    Raster<double> empty = slope(3, 3);
    empty.values.assign(9, std::numeric_limits<double>::quiet_NaN());
    write_raster(folder / "empty.tif", empty, utm, density, {});
    CHECK(std::isnan(read_raster(folder / "empty.tif").raster.at(2, 2)));
    empty.values.assign(9, 1e300);
    CHECK_THROWS_WITH(write_raster(folder / "huge.tif", empty, utm, density, {}), Contains("too large"));
    CHECK_FALSE(std::filesystem::exists(folder / "huge.tif"));
}

TEST_CASE("a raster that is no raster, cut short or too large is refused", "[raster]")
{
    const TemporaryFolder folder;
    CHECK_THROWS_AS(read_raster(folder / "absent.tif"), vigil::Error);
    CHECK_THROWS_AS(read_raster(folder.file("text.tif", "lon,lat\n1,2\n")), vigil::Error);
    write_raster(folder / "good.tif", slope(400, 400), vigil::io::crs_from_user("EPSG:26912"), density, {});
    const std::string bytes = vigil::test::read_file(folder / "good.tif");
    CHECK_THROWS_AS(read_raster(folder.file("cut.tif", bytes.substr(0, bytes.size() - 3000))), vigil::Error);

    CHECK_THROWS_WITH(read_raster(folder / "good.tif", false, 1000), Contains("--max-memory"));
}

TEST_CASE("a raster that is rotated, of oblong cells or without CRS is refused", "[raster]")
{
    const TemporaryFolder folder;
    vigil::io::use_gdal();
    const auto made = [&](const std::string& name, std::array<double, 6> corner) {
        const std::string path = folder / name;
        const vigil::io::Dataset file(
            GDALCreate(GDALGetDriverByName("GTiff"), path.c_str(), 5, 4, 1, GDT_Byte, nullptr));
        GDALSetGeoTransform(file.get(), corner.data());
        return path;
    };
    CHECK_THROWS_WITH(read_raster(made("nocrs.tif", {0, 25, 0, 0, 0, -25})), Contains("no CRS"));
    CHECK_THROWS_WITH(read_raster(made("oblong.tif", {0, 25, 0, 0, 0, -50})), Contains("square"));
    CHECK_THROWS_WITH(read_raster(made("rotated.tif", {0, 25, 3, 0, 3, -25})), Contains("rotated"));
    CHECK_THROWS_WITH(read_raster(made("southup.tif", {0, 25, 0, 0, 0, 25})), Contains("north-up"));
}
