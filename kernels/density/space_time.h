#pragma once

#include "kernels/density/time_kernel.h"
#include "kernels/kernel_shape.h"
#include "libgeo/plane.h"
#include "libgeo/progress.h"
#include "libgeo/raster.h"
#include "libgeo/time.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>

namespace vigil {

/// How the slices are computed; the results agree to 1e-12 of the highest density.
enum class SpaceTimeWay {
    automatic, ///< the cheaper of the two, judged from the counts that both ways would need
    direct,    ///< each slice from all incidents within reach of it
    moments,   ///< from sums over the incidents that entered or left since the slice before
};

struct SpaceTimeOptions {
    KernelShape shape = KernelShape::quartic;
    double bandwidth_m = 500; ///< as in DensityOptions; > 0
    TimeShape time_shape = TimeShape::epanechnikov;
    double time_bandwidth_s =
        30 * 86400.0; ///< time at which an incident stops counting, before and after; > 0
    /// When given, incidents were recorded in [start, end) only: each slice is divided by the share of its
    /// kernel inside, so that the first and last slices do not fade.
    std::optional<TimeSpan> record = std::nullopt;
    SpaceTimeWay way = SpaceTimeWay::automatic;
};

/// What is known of a space-time density besides its slices.
struct SpaceTimeSummary {
    std::size_t unknown_times = 0; ///< incidents left out for want of a time
    double unknown_weight = 0;     ///< and their weight
    double weight_sum = 0;         ///< of the others
    SpaceTimeWay way = SpaceTimeWay::direct;
};

/// Told of each slice in turn, first to last; the raster is used again for the next one.
using SliceSink = std::function<void(std::size_t slice, const Raster<double>& density)>;

/// Density of incidents in space and time, at the centres of cells and at given times.
///
///     f(c, t) = sum_i w_i K2(|c - p_i|) k_i(t) / e(t)
///     k_i(t)  = K1((t - t_i) / h) / h, for an interval its mean over the interval    (time_density)
///     e(t)    = share of K1((s - t) / h) / h over s in the record; 1 without one
///
/// Rows: one number per square metre and second; times 86400e6 per square kilometre and day. Exactly 0 where
/// no incident is in reach of the cell and the time. Depends neither on the order of incidents nor on
/// threads.
///
/// points       n places, metres, in the CRS of `grid`
/// weights      n values >= 0, or empty for all 1
/// times        n times; incidents of unknown time are left out and counted
/// slice_times  ascending, each once; inside the record if there is one
/// throws       Error when an option is out of range, sizes differ, a value is not finite, a time ends before
///              it begins, slices are not in order, or `moments` is asked for kernels that it does not do
/// cost         m active incidents per slice, r rows touched by each. Direct: O(slices (m r + cells)).
///              Moments: O(n r + slices cells), whatever the slices: each incident enters, leaves, and enters
///              again where sums restart (every time_bandwidth_s); only intervals that an end of a slice's
///              window cuts are done directly, slice by slice. For quartic, Epanechnikov, triweight and
///              uniform in space, bandwidth >= 4 cells, and all but the triangular kernel in time.
///              Memory: space_time_bytes
/// source       Nakaya and Yano (2010), Trans. GIS 14(3): 223-239, for f; Chan, Ip, U, Choi and Xu (2022),
///              PVLDB 15(4), for moments of a window; docs/methods/density.md for the rest
SpaceTimeSummary space_time_density(std::span<const XY> points, std::span<const double> weights,
                                    std::span<const TimeSpan> times, const Grid& grid,
                                    const SpaceTimeOptions& options, std::span<const Seconds> slice_times,
                                    const SliceSink& sink, const Progress& progress = {});

/// Memory that space_time_density takes for n incidents, bytes; slices do not add to it.
double space_time_bytes(std::size_t n, double rows, double cols, const SpaceTimeOptions& options);

} // namespace vigil
