#include "kernels/density/bootstrap.h"

#include "kernels/density/kernel_square.h"
#include "kernels/density/relabel.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace vigil {

namespace {

using relabelling::Draws;
using relabelling::Sample;

constexpr double same = 1e-12; // a variance below this share of its terms is 0

void check(const Grid& grid, const DensityOptions& options)
{
    const double h = options.bandwidth_m;
    require(std::isfinite(h) && h > 0, "bandwidth {} m is not a positive number", h);
    require(grid.rows > 0 && grid.cols > 0 && grid.cell_m > 0, "the grid has no cells");
}

/// P(N <= k) of a Poisson variable of mean 1, k = 0..20; the last is 1 but for 2^-53.
constexpr std::array<double, 21> poisson_sums()
{
    std::array<double, 21> sums{};
    double term = 0.367879441171442321595523770161460867; // 1 / e
    double sum = 0;
    for (std::size_t k = 0; k < sums.size(); ++k) {
        sum += term;
        sums[k] = sum;
        term /= static_cast<double>(k + 1);
    }
    return sums;
}

/// Poisson(1) by inversion: the number of k with P(N <= k) <= u.
std::uint32_t poisson_of(double u)
{
    static constexpr auto up_to = poisson_sums();
    return static_cast<std::uint32_t>(std::upper_bound(up_to.begin(), up_to.end(), u) - up_to.begin());
}

/// How often a resample holds each of n incidents.
std::vector<std::uint32_t> multiplicities(std::size_t n, Resampling resampling, Draws draws)
{
    std::vector<std::uint32_t> times(n, 0);
    for (std::size_t i = 0; i < n; ++i) {
        if (resampling == Resampling::poisson) {
            times[i] = poisson_of(draws.uniform());
        } else {
            ++times[static_cast<std::size_t>(draws.below(n))];
        }
    }
    return times;
}

Raster<double> resample(const Sample& sample, const Grid& grid, const BootstrapOptions& options,
                        std::uint64_t number)
{
    const auto times = multiplicities(sample.size(), options.resampling, Draws(options.seed, number));
    std::vector<double> weights(sample.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
        weights[i] = times[i] * sample.weights[i];
    }
    return density(sample.points, weights, grid, options.density).raster;
}

double percentile(const std::vector<double>& sorted, double q)
{
    const auto n = static_cast<double>(sorted.size());
    const double place = std::clamp((n + 1) * q, 1.0, n);
    const double whole = std::floor(place);
    const auto below = static_cast<std::size_t>(whole) - 1;
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (place - whole) * (sorted[above] - sorted[below]);
}

/// Counted from the first value, so that equal values deviate by exactly 0.
double deviation(const std::vector<double>& values)
{
    const auto n = static_cast<double>(values.size());
    const double origin = values.front();
    double mean = 0;
    for (const double value : values) {
        mean += (value - origin) / n;
    }
    double squares = 0;
    for (const double value : values) {
        squares += (value - origin - mean) * (value - origin - mean);
    }
    return std::sqrt(squares / (n - 1));
}

/// Rows of one strip, so that the resampled values of a strip fit into work_bytes.
std::int64_t strip_rows(const Grid& grid, const BootstrapOptions& options)
{
    const double row_bytes = static_cast<double>(options.resamples) * static_cast<double>(grid.cols) * 8;
    const double rows = std::floor(static_cast<double>(options.work_bytes) / row_bytes);
    return static_cast<std::int64_t>(std::clamp(rows, 1.0, static_cast<double>(grid.rows)));
}

void summarise(const std::vector<Raster<double>>& drawn, std::size_t offset, const BootstrapOptions& options,
               BootstrapMap& map)
{
    constexpr std::size_t cells_together = 4096;
    parallel_chunks(drawn.front().values.size(), cells_together, [&](std::size_t begin, std::size_t end) {
        std::vector<double> values(drawn.size());
        for (std::size_t k = begin; k < end; ++k) {
            for (std::size_t b = 0; b < drawn.size(); ++b) {
                values[b] = drawn[b].values[k];
            }
            map.standard_error.values[offset + k] = deviation(values);
            std::sort(values.begin(), values.end());
            map.low.values[offset + k] = percentile(values, (1 - options.confidence) / 2);
            map.high.values[offset + k] = percentile(values, (1 + options.confidence) / 2);
        }
    });
}

} // namespace

Raster<double> standard_error(std::span<const XY> points, std::span<const double> weights, const Grid& grid,
                              const DensityOptions& options, Resampling resampling, const Progress& progress)
{
    check(grid, options);
    const Sample sample = relabelling::sample_of({{points, weights}});
    Raster<double> error = sum_of_squares(sample.points, sample.weights, grid, options, progress);
    if (resampling == Resampling::multinomial && sample.size() > 0) {
        const auto n = static_cast<double>(sample.size());
        const Raster<double> mean = density(sample.points, sample.weights, grid, options).raster;
        for (std::size_t k = 0; k < error.values.size(); ++k) {
            // at least 0 by Cauchy-Schwarz; what rounding leaves of 0 would look like something under a root
            const double variance = error.values[k] - mean.values[k] * mean.values[k] / n;
            error.values[k] = variance > same * error.values[k] ? variance : 0;
        }
    }
    for (double& value : error.values) {
        value = std::sqrt(value);
    }
    return error;
}

BootstrapMap bootstrap(std::span<const XY> points, std::span<const double> weights, const Grid& grid,
                       const BootstrapOptions& options, const Progress& progress)
{
    check(grid, options.density);
    require(options.resamples >= 2 && options.resamples <= 100'000,
            "{} resamples: give a number from 2 to 100000 (199 and 999 are usual)", options.resamples);
    require(options.confidence > 0 && options.confidence < 1, "confidence {} is not between 0 and 1",
            options.confidence);
    const Sample sample = relabelling::sample_of({{points, weights}});
    BootstrapMap map{Raster<double>(grid), Raster<double>(grid), Raster<double>(grid)};
    const std::int64_t together = strip_rows(grid, options);
    for (std::int64_t row = 0; row < grid.rows; row += together) {
        Grid strip = grid;
        strip.rows = std::min(together, grid.rows - row);
        strip.top_y = grid.top_y - static_cast<double>(row) * grid.cell_m;
        std::vector<Raster<double>> drawn;
        for (std::uint32_t number = 1; number <= options.resamples; ++number) {
            drawn.push_back(resample(sample, strip, options, number));
            const double share = static_cast<double>(number) / options.resamples;
            progress((static_cast<double>(row) + share * static_cast<double>(strip.rows)) /
                     static_cast<double>(grid.rows));
        }
        summarise(drawn, static_cast<std::size_t>(row * grid.cols), options, map);
    }
    return map;
}

double standard_error_bytes(std::size_t n, double rows, double cols)
{
    const double per_incident = 4.0 * 24; // rows and their sorted copy, squared places and their sorted copy
    return density_bytes(n, rows, cols) + rows * cols * sizeof(double) +
           static_cast<double>(n) * per_incident;
}

double bootstrap_bytes(std::size_t n, double rows, double cols, const BootstrapOptions& options)
{
    const double row_bytes = options.resamples * cols * sizeof(double);
    const double strip =
        std::min(std::max(static_cast<double>(options.work_bytes), row_bytes), row_bytes * rows);
    const double per_incident = 2.0 * 24 + 12;
    return density_bytes(n, rows, cols) + rows * cols * 2 * sizeof(double) + strip +
           static_cast<double>(n) * per_incident;
}

} // namespace vigil
