#pragma once

#include "libgeo/io/raster_io.h"
#include "tests/support/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

/// What the tests of `vigil density` share.
namespace vigil::test {

inline constexpr double pi = std::numbers::pi;
inline const std::string burkitt = testdata("burkitt/burkitt_uganda.csv");

inline Ran density(std::vector<std::string> words)
{
    words.insert(words.begin(), {"density", "--input-crs", "EPSG:32631"});
    return vigil(words);
}

/// For files whose CRS is known by their columns.
inline Ran density_of_degrees(std::vector<std::string> words)
{
    words.insert(words.begin(), "density");
    return vigil(words);
}

inline double integral(const Raster<double>& raster)
{
    double sum = 0;
    for (const double value : raster.values) {
        sum += std::isnan(value) ? 0 : value;
    }
    return sum * raster.grid.cell_m * raster.grid.cell_m;
}

inline double highest(const Raster<double>& raster)
{
    double most = -1e300;
    for (const double value : raster.values) {
        most = std::isnan(value) ? most : std::max(most, value);
    }
    return most;
}

inline double band_integral(const std::string& file, const std::string& band)
{
    return integral(io::read_raster(file, false, UINT64_MAX, band).raster);
}

/// Two groups of 60: "left" about x = 2000, "right" about x = 4000, on a lattice without ties.
inline std::string two_groups()
{
    std::string csv = "x,y,kind,date\n";
    for (int i = 0; i < 120; ++i) {
        const bool left = i % 2 == 0;
        const double x = (left ? 2000 : 4000) + 37.0 * ((i / 2) % 10) + 0.1 * i;
        const double y = 2000 + 41.0 * (i / 20) + 0.07 * i;
        csv += fmt::format("{:.2f},{:.2f},{},{}\n", x, y, left ? "left" : "right",
                           left ? "2024-01-15" : "2024-02-15");
    }
    return csv;
}

} // namespace vigil::test
