#pragma once

#include "kernels/density/space_time.h"
#include "libgeo/plane.h"
#include "libgeo/time.h"

#include <cstddef>
#include <span>
#include <vector>

/// Which incidents have a share in which slices; used by kernels/density/space_time*.cpp only.
namespace vigil::space_time_detail {

/// Slices [begin, end).
struct Slices {
    std::size_t begin = 0;
    std::size_t end = 0;
    [[nodiscard]] bool has(std::size_t slice) const { return begin <= slice && slice < end; }
    [[nodiscard]] std::size_t size() const { return end - begin; }
};

struct Incident {
    XY place;
    double weight = 0;
    TimeSpan when;
    Slices active; ///< those that it has a share in
    Slices whole;  ///< those whose window holds all of its time: there its share is a polynomial in time
};

/// Those of known time and weight > 0, in an order that depends on what they are only, from north to south.
/// The others are counted in `summary`.
std::vector<Incident> timed_incidents(std::span<const XY> points, std::span<const double> weights,
                                      std::span<const TimeSpan> times, SpaceTimeSummary& summary);

/// Fills in `active` and `whole`, h in seconds.
void place_in_time(Incident& incident, TimeShape shape, double h, std::span<const Seconds> slice_times);

/// Runs of slices, each no longer than h, whose sums begin anew and count time from the middle of the run.
struct Run {
    Slices slices;
    double centre = 0;
};

std::vector<Run> runs_of(std::span<const Seconds> slice_times, double h);

} // namespace vigil::space_time_detail
