#include "libgeo/io/netcdf_write.h"

#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/gdal.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <sys/resource.h>

#include <array>
#include <chrono>
#include <cmath>
#include <csignal>
#include <limits>
#include <thread>

using Catch::Matchers::Contains;
using vigil::Grid;
using vigil::Raster;
using vigil::Seconds;
using vigil::io::NetcdfWriter;
using vigil::io::write_netcdf;
using vigil::test::read_file;
using vigil::test::TemporaryFolder;

namespace {

const vigil::io::CubeDescription density{"density", "incidents per km2", "Kernel density of incidents"};
const Grid grid{.left_x = 421000, .top_y = 3699000, .cell_m = 50, .rows = 3, .cols = 4};
const std::vector<Seconds> days{1704067200, 1704153600}; // 2024-01-01 and 02, date -u -d ... +%s

std::vector<Raster<double>> two_slices(const Grid& shape = grid)
{
    std::vector<Raster<double>> slices(2, Raster<double>(shape));
    for (std::size_t k = 0; k < 2; ++k) {
        for (std::size_t i = 0; i < slices[k].values.size(); ++i) {
            slices[k].values[i] = static_cast<double>(100 * k + i) / 8;
        }
    }
    slices[1].at(1, 2) = std::numeric_limits<double>::quiet_NaN();
    return slices;
}

vigil::Crs utm()
{
    return vigil::io::crs_from_user("EPSG:26912");
}

/// As QGIS and gdalinfo open it: one band per time.
vigil::io::Dataset as_bands(const std::string& path)
{
    const char* const drivers[] = {"netCDF", nullptr};
    vigil::io::Dataset file(
        GDALOpenEx(path.c_str(), GDAL_OF_READONLY | GDAL_OF_RASTER, drivers, nullptr, nullptr));
    REQUIRE(file != nullptr);
    return file;
}

std::string item(GDALMajorObjectH object, const char* key)
{
    const char* text = GDALGetMetadataItem(object, key, nullptr);
    return text == nullptr ? "" : text;
}

} // namespace

TEST_CASE("a cube reads back through GDAL with its times, place and words", "[netcdf]")
{
    const TemporaryFolder folder;
    const auto slices = two_slices();
    vigil::io::WriteOptions options;
    options.provenance.command = "vigil density a.csv a.nc";
    write_netcdf(folder / "a.nc", slices, days, utm(), density, options);
    CHECK(folder.names() == std::vector<std::string>{"a.nc"});

    const auto file = as_bands(folder / "a.nc");
    REQUIRE(GDALGetRasterCount(file.get()) == 2);
    std::array<double, 6> corner{};
    REQUIRE(GDALGetGeoTransform(file.get(), corner.data()) == CE_None);
    CHECK(corner == std::array<double, 6>{421000, 50, 0, 3699000, 0, -50});
    CHECK(vigil::io::same_crs(vigil::io::crs_from_user(GDALGetProjectionRef(file.get())), utm()));
    CHECK(item(file.get(), "time#units") == "seconds since 1970-01-01 00:00:00");
    CHECK(item(file.get(), "NC_GLOBAL#Conventions") == "CF-1.8");
    CHECK(item(file.get(), "NC_GLOBAL#title") == density.title);
    CHECK(item(file.get(), "NC_GLOBAL#VIGIL_COMMAND") == "vigil density a.csv a.nc");
    CHECK(item(file.get(), "NC_GLOBAL#history").empty()); // a date would stand there
    for (int k = 0; k < 2; ++k) {
        const GDALRasterBandH band = GDALGetRasterBand(file.get(), k + 1);
        CHECK(std::stoll(item(band, "NETCDF_DIM_time")) == days[static_cast<std::size_t>(k)]);
        CHECK(item(band, "NETCDF_VARNAME") == "density");
        CHECK(item(band, "long_name") == density.title);
        CHECK(std::string(GDALGetRasterUnitType(band)) == density.unit);
        CHECK(GDALGetRasterNoDataValue(band, nullptr) == -9999);
        std::array<double, 12> values{};
        REQUIRE(GDALRasterIO(band, GF_Read, 0, 0, 4, 3, values.data(), 4, 3, GDT_Float64, 0, 0) == CE_None);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double expected = slices[static_cast<std::size_t>(k)].values[i];
            CHECK(values[i] == (std::isnan(expected) ? -9999 : expected));
        }
    }
}

TEST_CASE("a cube has the same bytes at another time, and its last notes", "[netcdf]")
{
    const TemporaryFolder folder;
    const auto slices = two_slices();
    const auto write = [&](const std::string& name, bool drop) {
        vigil::io::WriteOptions options;
        options.drop_provenance = drop;
        NetcdfWriter writer(folder / name, grid, days, utm(), density, options);
        writer.write_slice(slices[0].values);
        writer.write_slice(slices[1].values);
        writer.finish({{"error_bound", "1e-12"}});
    };
    write("a.nc", false);
    std::this_thread::sleep_for(std::chrono::milliseconds(1100)); // clocks of file formats count seconds
    write("b.nc", false);
    CHECK(read_file(folder / "a.nc") == read_file(folder / "b.nc"));
    CHECK(item(as_bands(folder / "a.nc").get(), "NC_GLOBAL#VIGIL_ERROR_BOUND") == "1e-12");
    write("c.nc", true);
    CHECK(read_file(folder / "c.nc").find("VIGIL_") == std::string::npos);
}

TEST_CASE("a cube in degrees has longitudes and latitudes", "[netcdf]")
{
    const TemporaryFolder folder;
    const Grid degrees{.left_x = 5, .top_y = 48, .cell_m = 0.25, .rows = 3, .cols = 4};
    write_netcdf(folder / "a.nc", two_slices(degrees), days, vigil::io::crs_from_user("EPSG:4326"), density,
                 {});
    const auto file = as_bands(folder / "a.nc");
    CHECK(item(file.get(), "lon#units") == "degrees_east");
    CHECK(item(file.get(), "lat#standard_name") == "latitude");
    std::array<double, 6> corner{};
    REQUIRE(GDALGetGeoTransform(file.get(), corner.data()) == CE_None);
    CHECK(corner == std::array<double, 6>{5, 0.25, 0, 48, 0, -0.25});
}

TEST_CASE("a cube that cannot be is refused and leaves nothing", "[netcdf]")
{
    const TemporaryFolder folder;
    const auto slices = two_slices();
    CHECK_THROWS_AS(write_netcdf(folder / "a.tif", slices, days, utm(), density, {}), vigil::UsageError);
    CHECK_THROWS_WITH(write_netcdf("-", slices, days, utm(), density, {.format = "nc"}), Contains("stream"));
    CHECK_THROWS_AS(write_netcdf(folder / "a.nc", slices, {5, 5}, utm(), density, {}), std::logic_error);
    Grid huge = grid;
    huge.rows = huge.cols = 40000;
    CHECK_THROWS_WITH(NetcdfWriter(folder / "a.nc", huge, days, utm(), density, {}), Contains("write .tif"));
    {
        NetcdfWriter writer(folder / "a.nc", grid, days, utm(), density, {});
        writer.write_slice(slices[0].values);
        CHECK_THROWS_AS(writer.finish(), std::logic_error);
    }
    (void)folder.file("b.nc", "older");
    CHECK_THROWS_WITH(write_netcdf(folder / "b.nc", slices, days, utm(), density, {}),
                      Contains("--overwrite"));
    CHECK(folder.names() == std::vector<std::string>{"b.nc"});
}

TEST_CASE("a full disk while a cube is written is told", "[netcdf]")
{
    const TemporaryFolder folder;
    const Grid larger{.left_x = 0, .top_y = 0, .cell_m = 50, .rows = 200, .cols = 200};
    const auto slices = two_slices(larger); // 320 kB of values
    int failures = 0;
    for (const rlim_t bytes : {1000U, 5000U, 100'000U, 200'000U, 300'000U}) {
        rlimit before{};
        getrlimit(RLIMIT_FSIZE, &before);
        const rlimit small{bytes, before.rlim_max};
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &small);
        try {
            write_netcdf(folder / "a.nc", slices, days, utm(), density, {});
        } catch (const vigil::Error& error) {
            failures += static_cast<int>(error.code() == vigil::ExitCode::output);
        }
        setrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, handler);
        CHECK(folder.names().empty());
    }
    CHECK(failures == 5);
}
