#include "libgeo/io/crs.h"
#include "libgeo/io/raster_io.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>

namespace {

/// A smooth surface with empty corners, as a density is, side x side cells.
vigil::Raster<double> hills(std::int64_t side)
{
    vigil::Raster<double> raster(vigil::Grid{
        .left_x = 500000, .top_y = static_cast<double>(side), .cell_m = 1, .rows = side, .cols = side});
    const double scale = 20 / static_cast<double>(side);
    for (std::int64_t row = 0; row < side; ++row) {
        for (std::int64_t col = 0; col < side; ++col) {
            const double x = static_cast<double>(col) * scale;
            const double y = static_cast<double>(row) * scale;
            raster.at(row, col) =
                std::max(0.0, std::sin(x) * std::cos(1.3 * y) + 0.3 * std::sin(3.1 * x + y));
        }
    }
    return raster;
}

/// Written, read back and compared. Arguments: cells a side; 1 with overviews, 0 without.
void write(benchmark::State& state)
{
    const auto raster = hills(state.range(0));
    const auto crs = vigil::io::crs_from_user("EPSG:32631");
    const std::string path = (std::filesystem::temp_directory_path() / "vigil_raster_bench.tif").string();
    vigil::io::WriteOptions options;
    options.overwrite = true;
    options.format = state.range(1) == 1 ? "cog" : "gtiff";
    for (auto _ : state) {
        write_raster(path, raster, crs, {"density", "per km2", "Density", ""}, options);
    }
    state.SetLabel(options.format);
    state.SetItemsProcessed(state.iterations() * raster.grid.cells());
    state.counters["MB"] = static_cast<double>(std::filesystem::file_size(path)) / 1e6;
    std::filesystem::remove(path);
}

BENCHMARK(write)
    ->ArgNames({"side", "overviews"})
    ->ArgsProduct({{400, 1265, 4000}, {1, 0}})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime();

} // namespace
