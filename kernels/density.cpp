#include "kernels/density.h"

#include "kernels/density/gaussian.h"
#include "kernels/density/rows.h"
#include "kernels/places.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>
#include <numeric>
#include <optional>
#include <vector>

namespace vigil {

namespace {

using namespace density_detail;

/// Below this many cells of bandwidth a window is so short that summing it is as fast, and more exact.
constexpr double least_sweep_cells = 4;
/// Bandwidths of one sweep differ by at most this factor, so that its blocks fit all.
const double octave_part = std::sqrt(2.0);

void check(const Given& given, const DensityOptions& options)
{
    const std::size_t n = given.points.size();
    const auto positive = [](double h) {
        return std::isfinite(h) && h > 0;
    };
    require(positive(options.bandwidth_m), "bandwidth {} m is not a positive number", options.bandwidth_m);
    require(options.tol > 0 && options.tol < 1, "tolerance {} is not between 0 and 1", options.tol);
    require(given.weights.empty() || given.weights.size() == n, "{} weights for {} incidents",
            given.weights.size(), n);
    require(given.bandwidths_m.empty() || given.bandwidths_m.size() == n, "{} bandwidths for {} incidents",
            given.bandwidths_m.size(), n);
    for (std::size_t i = 0; i < n; ++i) {
        require(std::isfinite(given.points[i].x) && std::isfinite(given.points[i].y),
                "incident {} has a coordinate that is not finite", i + 1);
    }
    for (std::size_t i = 0; i < given.weights.size(); ++i) {
        require(std::isfinite(given.weights[i]) && (given.weights[i] >= 0 || options.allow_negative),
                "incident {} has a weight that is negative or not finite; weights are 0 or more", i + 1);
    }
    for (std::size_t i = 0; i < given.bandwidths_m.size(); ++i) {
        require(positive(given.bandwidths_m[i]), "incident {} has a bandwidth that is not a positive number",
                i + 1);
    }
}

/// Bounds of the groups that bandwidths fall in: (bounds[k], bounds[k + 1]].
std::vector<double> group_bounds(const Given& given)
{
    if (given.bandwidths_m.empty()) {
        return {0, given.bandwidth_m};
    }
    const auto [least, most] = std::minmax_element(given.bandwidths_m.begin(), given.bandwidths_m.end());
    std::vector<double> bounds{*most};
    while (bounds.back() >= *least) {
        bounds.push_back(bounds.back() / octave_part);
    }
    std::reverse(bounds.begin(), bounds.end());
    return bounds;
}

double least_weight(const Given& given)
{
    return given.weights.empty() ? 1 : *std::min_element(given.weights.begin(), given.weights.end());
}

/// Where Gaussians of different widths may be cut, in sigmas, so that what is lost at any place is at most
/// `tol` times the highest density: no more than exp(-R^2 / 2) of the sum of all peaks is lost, and the
/// highest density is no less than the highest peak.
double cut_of_many(const Given& given, double tol)
{
    std::vector<double> peaks(given.points.size());
    for (std::size_t i = 0; i < peaks.size(); ++i) {
        peaks[i] = std::fabs(given.weight(i)) * kernel_peak(KernelShape::gaussian, given.bandwidth(i));
    }
    std::sort(peaks.begin(), peaks.end()); // one sum for any order of the incidents
    const double sum = std::accumulate(peaks.begin(), peaks.end(), 0.0);
    const double most = peaks.empty() ? 0 : peaks.back();
    return most > 0 ? std::fmax(2, std::sqrt(2 * std::log(1.0000001 * sum / (most * tol)))) : 2;
}

} // namespace

struct DensitySurface::Parts {
    Grid grid;
    DensityOptions options;
    double cut = 1; ///< where the kernel ends, in bandwidths
    double reach_m = 0, weight_sum = 0;
    std::size_t places = 0;
    std::vector<Bands> groups;               ///< by bandwidth
    std::optional<GaussianSurface> gaussian; ///< instead of groups, for one sigma and no negative weight

    [[nodiscard]] bool swept(const Bands& group) const
    {
        return polynomial_power(options.shape) >= 0 && group.widest_m() >= least_sweep_cells * grid.cell_m;
    }
    void weigh(Bands& group) const
    {
        const int power = swept(group) ? polynomial_power(options.shape) : 0;
        group.weigh([&](double h) { return sweep_factor(options.shape, power, h, group.widest_m()); });
    }
    /// Places and grid are moved to the grid's corner, where coordinates keep their digits.
    void set_gaussian(const Given& given)
    {
        std::vector<XY> moved(given.points.begin(), given.points.end());
        for (XY& p : moved) {
            p = {p.x - grid.left_x, p.y - grid.top_y};
        }
        const std::vector<Place> merged = merged_places(moved, given.weights);
        Grid at_corner = grid;
        at_corner.left_x = at_corner.top_y = 0;
        gaussian.emplace(merged, at_corner, options.bandwidth_m, options.tol);
        reach_m = gaussian->reach_m();
        weight_sum = total_weight(merged);
        places = merged.size();
        require(std::isfinite(weight_sum), "the weights are too large to be added");
    }
    double compute(std::int64_t begin, std::int64_t end, double* out) const
    {
        std::fill(out, out + (end - begin) * grid.cols, 0.0);
        double bound = 0;
        for (const Bands& group : groups) {
            const RowsJob job{.bands = group,
                              .reach = Reach(grid, options.shape == KernelShape::uniform),
                              .shape = options.shape,
                              .cut = cut,
                              .negative = options.allow_negative,
                              .begin = begin,
                              .end = end,
                              .out = out};
            if (options.shape == KernelShape::gaussian) {
                bound += gaussian_rows(job);
            } else {
                bound += swept(group) ? sweep_rows(job, polynomial_power(options.shape)) : sum_rows(job);
            }
        }
        return bound;
    }
};

DensitySurface::DensitySurface(std::span<const XY> points, std::span<const double> weights,
                               std::span<const double> bandwidths_m, const Grid& grid,
                               const DensityOptions& options)
    : parts_(std::make_unique<Parts>())
{
    const Given given{points, weights, bandwidths_m, options.bandwidth_m};
    check(given, options);
    require(grid.rows > 0 && grid.cols > 0 && grid.cell_m > 0, "the grid has no cells");
    parts_->grid = grid;
    parts_->options = options;
    if (options.shape == KernelShape::gaussian) {
        if (bandwidths_m.empty() && least_weight(given) >= 0) {
            parts_->set_gaussian(given);
            return;
        }
        parts_->cut = cut_of_many(given, options.tol);
    }
    const std::vector<double> bounds = group_bounds(given);
    for (std::size_t k = 0; k + 1 < bounds.size(); ++k) {
        Bands group(given, grid, bounds[k], bounds[k + 1], parts_->cut);
        parts_->weight_sum += group.weight_sum();
        parts_->places += group.places();
        parts_->reach_m = std::fmax(parts_->reach_m, group.widest_m() * parts_->cut);
        if (group.all().size > 0) {
            parts_->weigh(group);
            parts_->groups.push_back(std::move(group));
        }
    }
    if (points.empty()) {
        parts_->reach_m = options.bandwidth_m * parts_->cut;
    }
    require(std::isfinite(parts_->weight_sum), "the weights are too large to be added");
}

DensitySurface::DensitySurface(DensitySurface&&) noexcept = default;
DensitySurface& DensitySurface::operator=(DensitySurface&&) noexcept = default;
DensitySurface::~DensitySurface() = default;

double DensitySurface::rows(std::int64_t begin, std::int64_t end, double* out, const Progress& progress) const
{
    if (parts_->gaussian) {
        parts_->gaussian->rows(begin, end, out);
        progress(1);
        return 0; // all of its error is in relative_bound()
    }
    constexpr std::size_t rows_together = 16;
    const auto n = static_cast<std::size_t>(end - begin);
    std::vector<double> bounds((n + rows_together - 1) / rows_together, 0.0);
    std::atomic<std::size_t> done = 0;
    std::mutex reporting;
    parallel_chunks(n, rows_together, [&](std::size_t first, std::size_t last) {
        double* const to = out + static_cast<std::int64_t>(first) * parts_->grid.cols;
        bounds[first / rows_together] = parts_->compute(begin + static_cast<std::int64_t>(first),
                                                        begin + static_cast<std::int64_t>(last), to);
        const std::size_t now = done += last - first;
        if (const std::unique_lock lock(reporting, std::try_to_lock); lock.owns_lock()) {
            progress(static_cast<double>(now) / static_cast<double>(n));
        }
    });
    return bounds.empty() ? 0 : *std::max_element(bounds.begin(), bounds.end());
}

double DensitySurface::reach_m() const
{
    return parts_->reach_m;
}

double DensitySurface::weight_sum() const
{
    return parts_->weight_sum;
}

std::size_t DensitySurface::places() const
{
    return parts_->places;
}

double DensitySurface::relative_bound() const
{
    if (parts_->gaussian) {
        const Box box = parts_->grid.box();
        const double rounding = 2e-16 * (20 + (box.width() + box.height()) / parts_->options.bandwidth_m);
        return parts_->gaussian->relative_bound() + rounding;
    }
    return parts_->options.shape == KernelShape::gaussian ? parts_->options.tol : 0;
}

DensityMap density(std::span<const XY> points, std::span<const double> weights,
                   std::span<const double> bandwidths_m, const Grid& grid, const DensityOptions& options,
                   const Progress& progress)
{
    const DensitySurface surface(points, weights, bandwidths_m, grid, options);
    DensityMap map;
    map.raster.grid = grid;
    map.raster.values.resize(static_cast<std::size_t>(grid.cells()));
    const double bound = surface.rows(0, grid.rows, map.raster.values.data(), progress);
    double highest = 0;
    for (const double value : map.raster.values) {
        highest = std::max(highest, std::fabs(value));
    }
    map.reach_m = surface.reach_m();
    map.weight_sum = surface.weight_sum();
    map.places = surface.places();
    map.error_bound = (highest > 0 ? bound / highest : 0) + surface.relative_bound();
    return map;
}

DensityMap density(std::span<const XY> points, std::span<const double> weights, const Grid& grid,
                   const DensityOptions& options, const Progress& progress)
{
    return density(points, weights, {}, grid, options, progress);
}

double density_bytes(std::size_t n, double rows, double cols)
{
    const double per_cell = sizeof(double);
    const double per_place = sizeof(Spot);
    const double per_column = 600.0 * 16; // sweep buffers of up to 16 threads
    return rows * cols * per_cell + static_cast<double>(n) * per_place + cols * per_column;
}

} // namespace vigil
