#include "kernels/percent_volume.h"

#include "kernels/compensated_sum.h"
#include "libgeo/error.h"

#include <tbb/parallel_sort.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>

namespace vigil {

namespace {

constexpr double rounding = 1e-12;

/// The distinct values above 0, highest first, and the sum of all cells down to each.
struct Volume {
    std::vector<double> values;
    std::vector<double> sums;
};

Volume volume_of(const Raster<double>& raster)
{
    std::vector<double> cells;
    for (const double value : raster.values) {
        require(!(value < 0) && !std::isinf(value),
                "the surface has a value that is negative or infinite; percent volumes need densities");
        if (value > 0) {
            cells.push_back(value);
        }
    }
    require(!cells.empty(), "the surface is 0 everywhere: it has no percent volumes");
    tbb::parallel_sort(cells.begin(), cells.end(), std::greater<>());
    Volume volume;
    CompensatedSum sum;
    for (std::size_t k = 0; k < cells.size(); ++k) {
        sum.add(cells[k]);
        if (k + 1 == cells.size() || cells[k + 1] < cells[k]) {
            volume.values.push_back(cells[k]);
            volume.sums.push_back(sum.value());
        }
    }
    require(std::isfinite(volume.sums.back()), "the surface's values are too large to be added");
    return volume;
}

} // namespace

std::vector<double> percent_volume_levels(const Raster<double>& raster, std::span<const double> percents)
{
    for (const double percent : percents) {
        require(percent > 0 && percent <= 100, "{} % is not a share of a volume; give more than 0, up to 100",
                percent);
    }
    const Volume volume = volume_of(raster);
    std::vector<double> levels;
    for (const double percent : percents) {
        const double share = percent / 100 * volume.sums.back() * (1 - rounding);
        const auto reached = std::lower_bound(volume.sums.begin(), volume.sums.end(), share);
        levels.push_back(volume.values[static_cast<std::size_t>(reached - volume.sums.begin())]);
    }
    return levels;
}

Raster<double> percent_volume(const Raster<double>& raster)
{
    const Volume volume = volume_of(raster);
    Raster<double> out(raster.grid, 100);
    for (std::size_t i = 0; i < raster.values.size(); ++i) {
        const double value = raster.values[i];
        if (std::isnan(value)) {
            out.values[i] = value;
        } else if (value > 0) {
            const auto found =
                std::lower_bound(volume.values.begin(), volume.values.end(), value, std::greater<>());
            const double sum = volume.sums[static_cast<std::size_t>(found - volume.values.begin())];
            out.values[i] = std::fmin(100, 100 * (sum / volume.sums.back()));
        }
    }
    return out;
}

} // namespace vigil
