#include "kernels/density/space_time_incidents.h"

#include "kernels/compensated_sum.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace vigil::space_time_detail {

namespace {

/// The slices at which `begun` already and `over` not yet; both turn true once as time goes on.
template <typename Begun, typename Over>
Slices slices_between(std::span<const Seconds> slice_times, const Begun& begun, const Over& over)
{
    const auto not_begun = [&](Seconds t) {
        return !begun(static_cast<double>(t));
    };
    const auto not_over = [&](Seconds t) {
        return !over(static_cast<double>(t));
    };
    const auto first = std::partition_point(slice_times.begin(), slice_times.end(), not_begun);
    const auto last = std::partition_point(first, slice_times.end(), not_over);
    return {static_cast<std::size_t>(first - slice_times.begin()),
            static_cast<std::size_t>(last - slice_times.begin())};
}

} // namespace

std::vector<Incident> timed_incidents(std::span<const XY> points, std::span<const double> weights,
                                      std::span<const TimeSpan> times, SpaceTimeSummary& summary)
{
    std::vector<Incident> incidents;
    std::vector<double> unknown;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const double weight = weights.empty() ? 1 : weights[i];
        if (!times[i].known()) {
            ++summary.unknown_times;
            unknown.push_back(weight);
        } else if (weight > 0) {
            incidents.push_back({{points[i].x + 0.0, points[i].y + 0.0}, weight, times[i], {}, {}});
        }
    }
    std::sort(incidents.begin(), incidents.end(), [](const Incident& a, const Incident& b) {
        return std::tie(b.place.y, a.place.x, a.when.start, a.when.end, a.weight) <
               std::tie(a.place.y, b.place.x, b.when.start, b.when.end, b.weight);
    });
    std::sort(unknown.begin(), unknown.end());
    CompensatedSum left_out;
    for (const double weight : unknown) {
        left_out.add(weight);
    }
    CompensatedSum sum;
    for (const Incident& incident : incidents) {
        sum.add(incident.weight);
    }
    summary.unknown_weight = left_out.value();
    summary.weight_sum = sum.value();
    require(std::isfinite(summary.weight_sum), "the weights are too large to be added");
    return incidents;
}

void place_in_time(Incident& incident, TimeShape shape, double h, std::span<const Seconds> slice_times)
{
    const auto start = static_cast<double>(incident.when.start);
    const auto end = static_cast<double>(incident.when.end);
    if (incident.when.instant()) {
        const bool closed = shape == TimeShape::uniform;
        incident.active = slices_between(
            slice_times, [&](double t) { return closed ? start <= t + h : start < t + h; },
            [&](double t) { return closed ? start < t - h : start <= t - h; });
        incident.whole = incident.active;
        return;
    }
    incident.active = slices_between(
        slice_times, [&](double t) { return start < t + h; }, [&](double t) { return end <= t - h; });
    incident.whole = slices_between(
        slice_times, [&](double t) { return end <= t + h; }, [&](double t) { return start < t - h; });
}

std::vector<Run> runs_of(std::span<const Seconds> slice_times, double h)
{
    std::vector<Run> runs;
    for (std::size_t begin = 0; begin < slice_times.size();) {
        const auto first = static_cast<double>(slice_times[begin]);
        std::size_t end = begin + 1;
        while (end < slice_times.size() && static_cast<double>(slice_times[end]) - first <= h) {
            ++end;
        }
        runs.push_back({{begin, end}, first + (static_cast<double>(slice_times[end - 1]) - first) / 2});
        begin = end;
    }
    return runs;
}

} // namespace vigil::space_time_detail
