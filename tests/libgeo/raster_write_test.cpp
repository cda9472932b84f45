#include "libgeo/io/raster_write.h"

#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/gdal.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <tbb/global_control.h>

#include <sys/resource.h>

#include <cmath>
#include <csignal>
#include <limits>
#include <random>

using Catch::Matchers::Contains;
using vigil::Grid;
using vigil::Raster;
using vigil::io::RasterBand;
using vigil::io::RasterWriter;
using vigil::io::read_raster;
using vigil::test::read_file;
using vigil::test::TemporaryFolder;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
const vigil::io::RasterDescription density{"density", "incidents per km2", "Kernel density", "density"};

/// Seeded noise with holes; a whole 700 x 1300 has an odd overview.
Raster<double> noise(std::int64_t rows, std::int64_t cols, unsigned seed = 3)
{
    std::mt19937_64 generator(seed);
    Raster<double> raster(Grid{.left_x = 421000, .top_y = 3699000, .cell_m = 25, .rows = rows, .cols = cols});
    for (double& value : raster.values) {
        const auto drawn = static_cast<double>(generator() >> 40U) / 1024;
        value = drawn < 500 ? not_a_number : drawn;
    }
    return raster;
}

vigil::Crs utm()
{
    return vigil::io::crs_from_user("EPSG:26912");
}

/// Writes in strips of as many rows as `cuts` says, over and over.
void write_cut(const std::string& path, const Raster<double>& raster, const std::vector<std::int64_t>& cuts,
               const vigil::io::WriteOptions& options = {})
{
    RasterWriter writer(path, raster.grid, utm(), {{density.band, density.unit}}, density.title,
                        density.style, options);
    std::int64_t row = 0;
    for (std::size_t i = 0; row < raster.grid.rows; ++i) {
        const std::int64_t n = std::min(cuts[i % cuts.size()], raster.grid.rows - row);
        writer.write_rows(0, row,
                          std::span(raster.values)
                              .subspan(static_cast<std::size_t>(row * raster.grid.cols),
                                       static_cast<std::size_t>(n * raster.grid.cols)));
        row += n;
    }
    writer.finish();
}

vigil::io::Dataset opened(const std::string& path)
{
    return vigil::io::open_for_reading(path, vigil::io::InputFormat::geotiff);
}

std::string item(GDALMajorObjectH object, const char* key, const char* domain = nullptr)
{
    const char* text = GDALGetMetadataItem(object, key, domain);
    return text == nullptr ? "" : text;
}

std::vector<float> values_of(GDALRasterBandH band)
{
    const int cols = GDALGetRasterBandXSize(band);
    const int rows = GDALGetRasterBandYSize(band);
    std::vector<float> values(static_cast<std::size_t>(cols) * static_cast<std::size_t>(rows));
    REQUIRE(GDALRasterIO(band, GF_Read, 0, 0, cols, rows, values.data(), cols, rows, GDT_Float32, 0, 0) ==
            CE_None);
    return values;
}

/// While one lives, files end at `bytes`, as on a full disk.
class FullDisk {
  public:
    explicit FullDisk(rlim_t bytes)
    {
        getrlimit(RLIMIT_FSIZE, &before_);
        handler_ = std::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{bytes, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &small);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
    ~FullDisk()
    {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

  private:
    rlimit before_{};
    void (*handler_)(int) = nullptr;
};

} // namespace

TEST_CASE("strips, single rows, the whole raster and any number of threads give the same bytes", "[raster]")
{
    const TemporaryFolder folder;
    const Raster<double> raster = noise(701, 1100);
    write_raster(folder / "whole.tif", raster, utm(), density, {});
    const std::string whole = read_file(folder / "whole.tif");
    const std::string style = read_file(folder / "whole.qml");
    const std::vector<std::vector<std::int64_t>> ways{{512}, {1}, {7, 300, 128}};
    for (const auto& cuts : ways) {
        vigil::io::WriteOptions options;
        options.overwrite = true;
        write_cut(folder / "cut.tif", raster, cuts, options);
        CHECK(read_file(folder / "cut.tif") == whole);
        CHECK(read_file(folder / "cut.qml") == style);
    }
    for (const std::size_t threads : {1U, 3U}) {
        const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
        vigil::io::WriteOptions options;
        options.overwrite = true;
        write_raster(folder / "threads.tif", raster, utm(), density, options);
        CHECK(read_file(folder / "threads.tif") == whole);
    }
}

TEST_CASE("statistics are those of the numbers in the file", "[raster]")
{
    const TemporaryFolder folder;
    const Raster<double> raster = noise(300, 417);
    write_raster(folder / "a.tif", raster, utm(), density, {});
    long double n = 0; // by definition, in two passes of long double
    long double sum = 0;
    long double squares = 0;
    for (const double value : raster.values) {
        if (!std::isnan(value)) {
            n += 1;
            sum += static_cast<float>(value);
        }
    }
    for (const double value : raster.values) {
        if (!std::isnan(value)) {
            const long double off = static_cast<float>(value) - sum / n;
            squares += off * off;
        }
    }
    const auto file = opened(folder / "a.tif");
    const GDALRasterBandH band = GDALGetRasterBand(file.get(), 1);
    const auto close = [&](const char* key, long double expected) {
        CHECK(std::stod(item(band, key)) == Approx(static_cast<double>(expected)).epsilon(1e-13));
    };
    close("STATISTICS_MEAN", sum / n);
    close("STATISTICS_STDDEV", std::sqrt(squares / n));
    CHECK(std::stod(item(band, "STATISTICS_VALID_PERCENT")) ==
          Approx(static_cast<double>(100 * n / (300 * 417))).epsilon(1e-3));
}

TEST_CASE("overviews hold means of what has a value, or sums of counts", "[raster]")
{
    const TemporaryFolder folder;
    Raster<double> raster(Grid{.left_x = 0, .top_y = 0, .cell_m = 10, .rows = 3, .cols = 301}, 1);
    raster.at(0, 0) = 5;
    raster.at(1, 1) = not_a_number;
    raster.at(2, 298) = not_a_number;
    raster.at(2, 299) = not_a_number;
    raster.at(2, 300) = 8;
    RasterWriter writer(folder / "a.tif", raster.grid, utm(),
                        {{"mean", "per km2"}, {"count", "incidents per cell", true}}, "two", "", {});
    writer.write_rows(1, 0, raster.values);
    writer.write_rows(0, 0, raster.values);
    writer.finish();
    const auto file = opened(folder / "a.tif");
    const auto overview = [&](int band) {
        const GDALRasterBandH of = GDALGetRasterBand(file.get(), band);
        REQUIRE(GDALGetOverviewCount(of) == 1); // 301 -> 151 <= 256
        return values_of(GDALGetOverview(of, 0));
    };
    const std::vector<float> mean = overview(1);
    const std::vector<float> sum = overview(2);
    REQUIRE(mean.size() == 2 * 151);
    CHECK(mean[0] == Approx((5 + 1 + 1) / 3.0)); // 5 1 / 1 NaN
    CHECK(sum[0] == 7);
    CHECK(mean[1] == 1);
    CHECK(sum[1] == 4);
    CHECK(sum[150] == 2);            // the last column stands alone
    CHECK(mean[151 + 149] == -9999); // nothing but NaN
    CHECK(sum[151 + 150] == 8);
    CHECK(read_raster(folder / "a.tif").description.per_cell == false);
    CHECK(read_raster(folder / "a.tif", false, UINT64_MAX, "count").description.per_cell);
}

TEST_CASE("several bands read back by name and number, with their notes", "[raster]")
{
    const TemporaryFolder folder;
    const std::vector<Raster<double>> rasters{noise(600, 1100, 1), noise(600, 1100, 2), noise(600, 1100, 3)};
    const std::vector<RasterBand> bands{
        {"2022", "per km2", false, {{"time", "2022-01-01"}}},
        {"2", "per km2", false, {{"time", "2023-01-01"}, {"bandwidth_m", "250"}}},
        {"ratio", "1", false, {}}};
    write_rasters(folder / "a.tif", rasters, utm(), bands, "Density by year", "density", {});
    const auto read = [&](const std::string& band) {
        return read_raster(folder / "a.tif", false, UINT64_MAX, band).raster.values;
    };
    const auto same = [](const std::vector<double>& a, const std::vector<double>& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) {
            return static_cast<float>(x) == static_cast<float>(y) || (std::isnan(x) && std::isnan(y));
        });
    };
    CHECK(same(read(""), rasters[0].values));
    CHECK(same(read("2022"), rasters[0].values));
    CHECK(same(read("2"), rasters[1].values)); // its name and its number
    CHECK(same(read("3"), rasters[2].values));
    CHECK(same(read("ratio"), rasters[2].values));
    CHECK_THROWS_WITH(read("rates"),
                      Contains("has no band \"rates\"; it has 1 \"2022\", 2 \"2\", 3 \"ratio\""));
    CHECK_THROWS_WITH(read("4"), Contains("has no band"));
    CHECK_THROWS_WITH(read("0"), Contains("has no band"));

    const auto listed = vigil::io::read_raster_bands(folder / "a.tif");
    REQUIRE(listed.size() == 3);
    CHECK(listed[1].name == "2");
    CHECK(listed[2].unit == "1");
    auto notes = listed[1].notes;
    std::sort(notes.begin(), notes.end());
    CHECK(notes ==
          std::vector<std::pair<std::string, std::string>>{{"bandwidth_m", "250"}, {"time", "2023-01-01"}});

    const auto file = opened(folder / "a.tif");
    CHECK(item(file.get(), "INTERLEAVE", "IMAGE_STRUCTURE") == "BAND");
    CHECK(!item(GDALGetRasterBand(file.get(), 3), "STATISTICS_MEAN").empty());
    CHECK(folder.names() == std::vector<std::string>{"a.qml", "a.tif"});
}

TEST_CASE("bands side by side or one after another give the same bytes", "[raster]")
{
    const TemporaryFolder folder;
    const std::vector<Raster<double>> rasters{noise(300, 260, 1), noise(300, 260, 2)};
    const std::vector<RasterBand> bands{{"a", "1"}, {"b", "1"}};
    write_rasters(folder / "after.tif", rasters, utm(), bands, "t", "", {});
    RasterWriter writer(folder / "beside.tif", rasters[0].grid, utm(), bands, "t", "", {});
    for (std::int64_t row = 0; row < 300; row += 50) {
        for (const std::size_t band : {1U, 0U}) {
            writer.write_rows(
                band, row,
                std::span(rasters[band].values).subspan(static_cast<std::size_t>(row) * 260, 50 * 260));
        }
    }
    writer.finish();
    CHECK(read_file(folder / "beside.tif") == read_file(folder / "after.tif"));
}

TEST_CASE("what is known only at the end stands in the file", "[raster]")
{
    const TemporaryFolder folder;
    const Raster<double> raster = noise(10, 10);
    const auto write = [&](const std::string& name, bool drop) {
        vigil::io::WriteOptions options;
        options.drop_provenance = drop;
        options.provenance.notes.emplace_back("bandwidth_m", "250");
        RasterWriter writer(folder / name, raster.grid, utm(), {{"density", "1"}}, "t", "", options);
        writer.write_rows(0, 0, raster.values);
        writer.finish({{"error_bound", "1e-12"}});
    };
    write("a.tif", false);
    write("b.tif", true);
    const auto kept = opened(folder / "a.tif");
    CHECK(item(kept.get(), "VIGIL_BANDWIDTH_M") == "250");
    CHECK(item(kept.get(), "VIGIL_ERROR_BOUND") == "1e-12");
    CHECK(item(opened(folder / "b.tif").get(), "VIGIL_ERROR_BOUND").empty());
}

TEST_CASE("a plain GeoTIFF has no overviews and the same values", "[raster]")
{
    const TemporaryFolder folder;
    const Raster<double> raster = noise(700, 1300);
    vigil::io::WriteOptions options;
    options.format = "gtiff";
    write_raster(folder / "plain.tif", raster, utm(), density, options);
    write_raster(folder / "cog.tif", raster, utm(), density, {});
    const auto plain = opened(folder / "plain.tif");
    const auto cog = opened(folder / "cog.tif");
    CHECK(GDALGetOverviewCount(GDALGetRasterBand(plain.get(), 1)) == 0);
    CHECK(GDALGetOverviewCount(GDALGetRasterBand(cog.get(), 1)) == 2); // 1300 -> 650 -> 325
    CHECK(item(cog.get(), "LAYOUT", "IMAGE_STRUCTURE") == "COG");
    CHECK(values_of(GDALGetRasterBand(plain.get(), 1)) == values_of(GDALGetRasterBand(cog.get(), 1)));
}

TEST_CASE("a value that looks like NoData stays a value", "[raster]")
{
    const TemporaryFolder folder;
    Raster<double> raster(Grid{.left_x = 0, .top_y = 0, .cell_m = 10, .rows = 1, .cols = 2}, -9999);
    raster.at(0, 1) = not_a_number;
    write_raster(folder / "a.tif", raster, utm(), density, {});
    const auto loaded = read_raster(folder / "a.tif").raster;
    CHECK(loaded.at(0, 0) == Approx(-9999).epsilon(1e-7));
    CHECK(std::isnan(loaded.at(0, 1)));
}

TEST_CASE("a grid in degrees is written and read, past 180 degrees too", "[raster]")
{
    const TemporaryFolder folder;
    const Grid grid{
        .left_x = 179.5, .top_y = -16, .cell_m = 0.125, .rows = 8, .cols = 12}; // to 181 degrees east
    Raster<double> raster(grid, 2.5);
    write_raster(folder / "a.tif", raster, vigil::io::crs_from_user("EPSG:4326"), density, {});
    const auto loaded = read_raster(folder / "a.tif");
    CHECK(loaded.raster.grid == grid);
    CHECK(loaded.raster.values == raster.values);
    CHECK(loaded.crs.geographic);
    CHECK(vigil::io::same_crs(loaded.crs, vigil::io::crs_from_user("EPSG:4326")));
}

TEST_CASE("the grid of a raster is read without its values", "[raster]")
{
    const TemporaryFolder folder;
    const Raster<double> raster = noise(400, 400);
    write_raster(folder / "a.tif", raster, utm(), density, {});
    const auto placed = vigil::io::read_raster_grid(folder / "a.tif");
    CHECK(placed.grid == raster.grid);
    CHECK(vigil::io::same_crs(placed.crs, utm()));
    CHECK_THROWS_AS(vigil::io::read_raster_grid(folder / "absent.tif"), vigil::Error);
    CHECK_THROWS_AS(vigil::io::read_raster_grid(folder.file("t.tif", "lon,lat\n1,2\n")), vigil::Error);
}

TEST_CASE("a raster that is not finished leaves nothing", "[raster]")
{
    const TemporaryFolder folder;
    const Raster<double> raster = noise(300, 300);
    (void)folder.file("a.tif", "older");
    {
        vigil::io::WriteOptions options;
        options.overwrite = true;
        RasterWriter writer(folder / "a.tif", raster.grid, utm(), {{"density", "1"}}, "t", "density",
                            options);
        writer.write_rows(0, 0, std::span(raster.values).first(150 * 300));
        CHECK_THROWS_AS(writer.write_rows(0, 0, raster.values), std::logic_error);
        CHECK_THROWS_AS(writer.write_rows(0, 150, raster.values), std::logic_error);
        CHECK_THROWS_AS(writer.finish(), std::logic_error);
    }
    CHECK(folder.names() == std::vector<std::string>{"a.tif"});
    CHECK(read_file(folder / "a.tif") == "older");
}

TEST_CASE("a full disk while a raster is written is told, wherever it fills up", "[raster]")
{
    const TemporaryFolder folder;
    const Raster<double> raster = noise(400, 400);
    (void)folder.file("a.tif", "older");
    vigil::io::WriteOptions options;
    options.overwrite = true;
    int failures = 0;
    for (rlim_t bytes = 1000; bytes < 2'000'000; bytes = bytes * 3 / 2) {
        std::string message;
        try {
            const FullDisk full(bytes);
            write_raster(folder / "a.tif", raster, utm(), density, options);
        } catch (const vigil::Error& error) {
            message = error.what();
            CHECK(error.code() == vigil::ExitCode::output);
            CHECK_THAT(message, Contains("a.tif"));
        }
        if (message.empty()) {
            break; // there was room
        }
        ++failures;
        CHECK(folder.names() == std::vector<std::string>{"a.tif"});
        CHECK(read_file(folder / "a.tif") == "older");
    }
    CHECK(failures > 10); // the values alone are 640 kB
    CHECK(read_raster(folder / "a.tif").raster.grid == raster.grid);
}
