#include "kernels/density/space_time.h"

#include "kernels/density.h"
#include "kernels/density/space_time_incidents.h"
#include "kernels/density/space_time_sweep.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace vigil {

namespace {

using namespace space_time_detail;

constexpr double least_cells = 4; ///< of bandwidth for moments; density() itself sums windows below

void check(std::span<const XY> points, std::span<const double> weights, std::span<const TimeSpan> times,
           const Grid& grid, const SpaceTimeOptions& options, std::span<const Seconds> slice_times)
{
    const double h = options.time_bandwidth_s;
    require(std::isfinite(options.bandwidth_m) && options.bandwidth_m > 0,
            "bandwidth {} m is not a positive number", options.bandwidth_m);
    require(std::isfinite(h) && h > 0, "time bandwidth {} s is not a positive number", h);
    require(grid.rows > 0 && grid.cols > 0 && grid.cell_m > 0, "the grid has no cells");
    require(times.size() == points.size(), "{} times for {} incidents", times.size(), points.size());
    require(weights.empty() || weights.size() == points.size(), "{} weights for {} incidents", weights.size(),
            points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
        require(std::isfinite(points[i].x) && std::isfinite(points[i].y),
                "incident {} has a coordinate that is not finite", i + 1);
        require(weights.empty() || (std::isfinite(weights[i]) && weights[i] >= 0),
                "incident {} has a weight that is negative or not finite; weights are 0 or more", i + 1);
        require(!times[i].known() || times[i].start <= times[i].end,
                "incident {} has a time that ends before it begins", i + 1);
    }
    for (std::size_t k = 1; k < slice_times.size(); ++k) {
        require(slice_times[k - 1] < slice_times[k], "slices must follow each other in time");
    }
    if (options.record && !slice_times.empty()) {
        const TimeSpan& record = *options.record;
        require(record.known() && record.start < record.end, "the record ends before it begins");
        require(record.start <= slice_times.front() && slice_times.back() <= record.end,
                "a slice lies outside the record; its density has no basis there");
    }
}

bool has_moments(const SpaceTimeOptions& options, const Grid& grid)
{
    return time_moments(options.time_shape) > 0 && polynomial_power(options.shape) >= 0 &&
           options.bandwidth_m >= least_cells * grid.cell_m;
}

/// Incidents by the slice at which something happens to them.
using BySlice = std::vector<std::vector<std::size_t>>;

/// Computes the slices in turn.
class SpaceTime {
  public:
    SpaceTime(const Grid& grid, const SpaceTimeOptions& options, std::span<const Seconds> slice_times,
              std::vector<Incident> incidents)
        : grid_(grid), options_(options), times_(slice_times), incidents_(std::move(incidents)),
          runs_(runs_of(slice_times, options.time_bandwidth_s)), begins_(slice_times.size()),
          whole_begins_(slice_times.size()), whole_ends_(slice_times.size() + 1), out_(grid)
    {
        for (std::size_t i = 0; i < incidents_.size(); ++i) {
            Incident& incident = incidents_[i];
            place_in_time(incident, options.time_shape, options.time_bandwidth_s, times_);
            if (incident.active.size() > 0) {
                begins_[incident.active.begin].push_back(i);
            }
            if (incident.whole.size() > 0) {
                whole_begins_[incident.whole.begin].push_back(i);
                whole_ends_[incident.whole.end].push_back(i);
            }
        }
    }

    [[nodiscard]] SpaceTimeWay cheaper_way() const
    {
        std::vector<double> run_of(times_.size());
        for (std::size_t r = 0; r < runs_.size(); ++r) {
            std::fill(run_of.begin() + static_cast<std::ptrdiff_t>(runs_[r].slices.begin),
                      run_of.begin() + static_cast<std::ptrdiff_t>(runs_[r].slices.end),
                      static_cast<double>(r));
        }
        double active = 0;
        double cut = 0; // intervals that an end of the window cuts
        double changes = 0;
        for (const Incident& incident : incidents_) {
            active += static_cast<double>(incident.active.size());
            cut += static_cast<double>(incident.active.size() - incident.whole.size());
            if (incident.whole.size() > 0) {
                changes += 2 + run_of[incident.whole.end - 1] - run_of[incident.whole.begin];
            }
        }
        // in nanoseconds, fitted to measurements; only their ratio matters
        const double rows =
            std::fmin(2 * options_.bandwidth_m / grid_.cell_m, static_cast<double>(grid_.rows));
        const double cells = static_cast<double>(grid_.cells()) * static_cast<double>(times_.size());
        const double lanes = (2 * polynomial_power(options_.shape) + 1) * time_moments(options_.time_shape);
        const double each_direct = 9 * rows + 250;
        const double direct = active * each_direct + 2 * cells;
        const double moments =
            changes * rows * (25 + 0.6 * lanes) + cells * (3.5 + 0.23 * lanes) + cut * each_direct;
        return moments < direct ? SpaceTimeWay::moments : SpaceTimeWay::direct;
    }

    void run(SpaceTimeWay way, const SliceSink& sink, const Progress& progress)
    {
        if (way == SpaceTimeWay::moments) {
            moments_ = std::make_unique<MomentRasters>(grid_, options_.shape, options_.bandwidth_m,
                                                       time_moments(options_.time_shape));
        }
        for (const Run& run : runs_) {
            for (std::size_t slice = run.slices.begin; slice < run.slices.end; ++slice) {
                std::erase_if(active_, [&](std::size_t i) { return !incidents_[i].active.has(slice); });
                active_.insert(active_.end(), begins_[slice].begin(), begins_[slice].end());
                std::fill(out_.values.begin(), out_.values.end(), 0.0);
                if (moments_) {
                    update_moments(run, slice);
                    read_moments(run, slice);
                }
                add_directly(slice);
                correct(slice);
                sink(slice, out_);
                progress(static_cast<double>(slice + 1) / static_cast<double>(times_.size()));
            }
        }
    }

  private:
    void update_moments(const Run& run, std::size_t slice)
    {
        std::vector<std::pair<std::size_t, double>> due; // and whether it comes (1) or goes (-1)
        if (slice == run.slices.begin) {
            moments_->clear();
            for (const std::size_t i : active_) {
                if (incidents_[i].whole.has(slice)) {
                    due.emplace_back(i, 1);
                }
            }
        } else {
            for (const std::size_t i : whole_begins_[slice]) {
                due.emplace_back(i, 1);
            }
            for (const std::size_t i : whole_ends_[slice]) {
                due.emplace_back(i, -1);
            }
        }
        std::sort(due.begin(), due.end()); // the incidents' own order: from north to south
        std::vector<Change> changes;
        for (const auto& [i, sign] : due) {
            add_change(incidents_[i], sign, run.centre, changes);
        }
        moments_->add(changes);
    }

    void add_change(const Incident& incident, double sign, double centre, std::vector<Change>& changes) const
    {
        const double x = incident.place.x - grid_.left_x;
        const double y = grid_.top_y - incident.place.y;
        if (changes.empty() || changes.back().x != x || changes.back().y != y) {
            changes.push_back({.x = x, .y = y});
        }
        const double h = options_.time_bandwidth_s;
        const auto powers = mean_powers((static_cast<double>(incident.when.start) - centre) / h,
                                        (static_cast<double>(incident.when.end) - centre) / h);
        changes.back().incidents += sign;
        for (std::size_t m = 0; m < powers.size(); ++m) {
            changes.back().moments[m] += sign * incident.weight * powers[m];
        }
    }

    void read_moments(const Run& run, std::size_t slice)
    {
        constexpr std::size_t cells_together = 1U << 14U;
        const double h = options_.time_bandwidth_s;
        const auto factors =
            moment_factors(options_.time_shape, (static_cast<double>(times_[slice]) - run.centre) / h);
        const double scale = kernel_peak(options_.shape, options_.bandwidth_m) / h;
        parallel_chunks(out_.values.size(), cells_together, [&](std::size_t begin, std::size_t end) {
            for (std::size_t cell = begin; cell < end; ++cell) {
                if (moments_->incidents(cell) > 0) { // else exactly 0, whatever rounding left
                    const double value = moments_->combined(cell, factors) * scale;
                    out_.values[cell] = value > 0 ? value : plain_sum(cell, slice);
                }
            }
        });
    }

    /// The density at one cell, where so little is left that rounding hides its sign.
    [[nodiscard]] double plain_sum(std::size_t cell, std::size_t slice) const
    {
        const auto cols = static_cast<std::size_t>(grid_.cols);
        const std::size_t row = cell / cols;
        const double x = (static_cast<double>(cell % cols) + 0.5) * grid_.cell_m;
        const double y = (static_cast<double>(row) + 0.5) * grid_.cell_m;
        const double reach = options_.bandwidth_m * (1 + 1e-9); // a little wide: the kernel decides
        const auto north_of = [&](double limit) {
            return std::partition_point(incidents_.begin(), incidents_.end(), [&](const Incident& incident) {
                return grid_.top_y - incident.place.y < limit;
            });
        };
        double sum = 0;
        const auto last = north_of(y + reach);
        for (auto incident = north_of(y - reach); incident != last; ++incident) {
            if (incident->whole.has(slice)) {
                const double dx = x - (incident->place.x - grid_.left_x);
                const double dy = y - (grid_.top_y - incident->place.y);
                sum += incident->weight *
                       kernel_value(options_.shape, options_.bandwidth_m, std::sqrt(dx * dx + dy * dy)) *
                       time_density(options_.time_shape, options_.time_bandwidth_s, incident->when,
                                    times_[slice]);
            }
        }
        return sum;
    }

    /// The incidents that are not in the moments.
    void add_directly(std::size_t slice)
    {
        std::vector<XY> points;
        std::vector<double> weights;
        for (const std::size_t i : active_) {
            const Incident& incident = incidents_[i];
            if (!moments_ || !incident.whole.has(slice)) {
                points.push_back(incident.place);
                weights.push_back(incident.weight * time_density(options_.time_shape,
                                                                 options_.time_bandwidth_s, incident.when,
                                                                 times_[slice]));
            }
        }
        if (points.empty()) {
            return;
        }
        const DensityMap map =
            density(points, weights, grid_, {.shape = options_.shape, .bandwidth_m = options_.bandwidth_m});
        for (std::size_t cell = 0; cell < out_.values.size(); ++cell) {
            out_.values[cell] += map.raster.values[cell];
        }
    }

    void correct(std::size_t slice)
    {
        if (!options_.record) {
            return;
        }
        const auto t = static_cast<double>(times_[slice]);
        const double h = options_.time_bandwidth_s;
        const double inside =
            time_kernel_mass(options_.time_shape, (static_cast<double>(options_.record->start) - t) / h,
                             (static_cast<double>(options_.record->end) - t) / h);
        for (double& value : out_.values) {
            value /= inside;
        }
    }

    const Grid& grid_;
    const SpaceTimeOptions& options_;
    std::span<const Seconds> times_;
    std::vector<Incident> incidents_;
    std::vector<Run> runs_;
    BySlice begins_, whole_begins_, whole_ends_;
    std::vector<std::size_t> active_;
    std::unique_ptr<MomentRasters> moments_;
    Raster<double> out_;
};

} // namespace

SpaceTimeSummary space_time_density(std::span<const XY> points, std::span<const double> weights,
                                    std::span<const TimeSpan> times, const Grid& grid,
                                    const SpaceTimeOptions& options, std::span<const Seconds> slice_times,
                                    const SliceSink& sink, const Progress& progress)
{
    check(points, weights, times, grid, options, slice_times);
    const bool able = has_moments(options, grid);
    require(able || options.way != SpaceTimeWay::moments,
            "moments are for kernels that are polynomials, over {} cells or more", least_cells);
    SpaceTimeSummary summary;
    SpaceTime slices(grid, options, slice_times, timed_incidents(points, weights, times, summary));
    summary.way = options.way;
    if (options.way == SpaceTimeWay::automatic) {
        summary.way = able ? slices.cheaper_way() : SpaceTimeWay::direct;
    }
    slices.run(summary.way, sink, progress);
    return summary;
}

double space_time_bytes(std::size_t n, double rows, double cols, const SpaceTimeOptions& options)
{
    const double moments = time_moments(options.time_shape);
    const double per_cell = sizeof(double) * (1 + moments) + sizeof(std::int32_t);
    const double lanes = 2 + (2 * std::fmax(polynomial_power(options.shape), 0) + 1) * moments;
    const double per_column = sizeof(double) * lanes * 64; // sweep buffers of up to 64 threads
    const double per_incident = sizeof(Incident) + 6 * sizeof(std::size_t) + sizeof(Change);
    return rows * cols * per_cell + cols * per_column + static_cast<double>(n) * per_incident +
           density_bytes(n, rows, cols);
}

} // namespace vigil
