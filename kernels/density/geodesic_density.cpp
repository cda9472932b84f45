// All rows of a GeodesicSurface, and what is known of the result.

#include "kernels/density/gauss_legendre.h"
#include "kernels/density/geodesic.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <mutex>
#include <numbers>

namespace vigil {

namespace {

using std::numbers::pi;

/// As a share of the highest density, when all kernels are of one bandwidth; docs/methods/density.md.
double error_bound(const GeodesicSurface& surface, const GeodesicOptions& options)
{
    constexpr double epsilon = std::numeric_limits<double>::epsilon() / 2;
    constexpr double crowd = 17;   // weight in reach of a cell times K(0), in highest densities: at most this
    constexpr double steepest = 2; // of K(u h) / K(0) in u: the Epanechnikov kernel at its rim
    constexpr double angle_m = 1e-8; // on the ground, what degrees in doubles leave open
    const bool gaussian = options.shape == KernelShape::gaussian;
    const double bandwidth_m = surface.reach_m() / (gaussian ? gaussian_cut(options.tail) : 1);
    return crowd * (surface.distance_error() + 32 * epsilon + steepest * angle_m / bandwidth_m) +
           static_cast<double>(surface.places()) * epsilon + (gaussian ? options.tail : 0);
}

} // namespace

double geodesic_density_bytes(std::size_t n, double rows, double cols)
{
    constexpr double per_place = 300; // twice while places are merged
    constexpr double per_column = 2 * sizeof(double);
    return rows * cols * sizeof(double) + static_cast<double>(n) * per_place + cols * per_column;
}

GeodesicDensity geodesic_density(std::span<const LonLat> places, std::span<const double> weights,
                                 std::span<const double> bandwidths_m, const DegreeGrid& grid,
                                 const GeodesicOptions& options, const Progress& progress)
{
    constexpr std::size_t rows_together = 4;
    const GeodesicSurface surface(places, weights, bandwidths_m, grid, options);
    GeodesicDensity density;
    density.raster = Raster<double>(grid.grid());
    density.reach_m = surface.reach_m();
    density.weight_sum = surface.weight_sum();
    density.places = surface.places();

    std::mutex reporting;
    std::int64_t done = 0;
    const auto cols = static_cast<std::size_t>(grid.cols);
    parallel_chunks(static_cast<std::size_t>(grid.rows), rows_together,
                    [&](std::size_t begin, std::size_t end) {
                        const std::span<double> all(density.raster.values);
                        surface.rows(static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end),
                                     all.subspan(begin * cols, (end - begin) * cols));
                        const std::lock_guard lock(reporting);
                        done += static_cast<std::int64_t>(end - begin);
                        progress(static_cast<double>(done) / static_cast<double>(grid.rows));
                    });

    const bool one_bandwidth = std::adjacent_find(bandwidths_m.begin(), bandwidths_m.end(),
                                                  std::not_equal_to<>()) == bandwidths_m.end();
    density.error_bound =
        one_bandwidth ? error_bound(surface, options) : std::numeric_limits<double>::quiet_NaN();
    return density;
}

double integral_on_sphere(KernelShape shape, double bandwidth_m, double reach_m, double radius_m)
{
    static const GaussLegendre<16> rule;
    constexpr int panels = 8;
    const double half = reach_m / panels / 2;
    double sum = 0;
    for (int panel = 0; panel < panels; ++panel) {
        for (std::size_t i = 0; i < rule.node.size(); ++i) {
            const double s = half * (2 * panel + 1 + rule.node[i]);
            sum += half * rule.weight[i] * kernel_value(shape, bandwidth_m, s) * 2 * pi * radius_m *
                   std::sin(s / radius_m);
        }
    }
    return sum;
}

} // namespace vigil
