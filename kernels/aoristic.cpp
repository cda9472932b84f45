#include "kernels/aoristic.h"

#include "kernels/compensated_sum.h"
#include "libgeo/error.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <tuple>

namespace vigil {

namespace {

/// to - from >= 0, which may be more than Seconds can hold.
double length(Seconds from, Seconds to)
{
    return static_cast<double>(static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from));
}

void check(const TimeSpan& when)
{
    require(!when.known() || when.start <= when.end, "a time ends before it begins");
}

void check(std::span<const Seconds> edges)
{
    require(edges.size() >= 2, "slices of time need two edges at least");
    for (std::size_t k = 1; k < edges.size(); ++k) {
        require(edges[k - 1] < edges[k], "edges of slices of time must ascend");
    }
}

/// The share without the checks.
double share(const TimeSpan& when, Seconds from, Seconds to)
{
    if (!when.known()) {
        return 0;
    }
    if (when.instant()) {
        return from <= when.start && when.start < to ? 1 : 0;
    }
    const Seconds begin = std::max(when.start, from);
    const Seconds end = std::min(when.end, to);
    return begin < end ? length(begin, end) / length(when.start, when.end) : 0;
}

/// Slices [first, last) that may have a share.
struct Touched {
    std::size_t first, last;
};

Touched touched(const TimeSpan& when, std::span<const Seconds> edges)
{
    // the last edge <= start begins the first slice; the first edge >= end closes the last one
    const auto first = std::upper_bound(edges.begin(), edges.end(), when.start) - edges.begin();
    const auto last =
        when.instant() ? first : std::lower_bound(edges.begin(), edges.end(), when.end) - edges.begin();
    const std::size_t slices = edges.size() - 1;
    return {static_cast<std::size_t>(std::max<std::ptrdiff_t>(first - 1, 0)),
            std::min(static_cast<std::size_t>(last), slices)};
}

struct Timed {
    TimeSpan when;
    double weight;
};

/// In an order that depends on what is given only, not on its rows.
std::vector<Timed> sorted(std::span<const TimeSpan> times, std::span<const double> weights)
{
    std::vector<Timed> all;
    for (std::size_t i = 0; i < times.size(); ++i) {
        const double weight = weights.empty() ? 1 : weights[i];
        check(times[i]);
        require(std::isfinite(weight) && weight >= 0,
                "incident {} has a weight that is negative or not finite", i + 1);
        all.push_back({times[i], weight});
    }
    std::sort(all.begin(), all.end(), [](const Timed& a, const Timed& b) {
        return std::tie(a.when.start, a.when.end, a.weight) < std::tie(b.when.start, b.when.end, b.weight);
    });
    return all;
}

} // namespace

double aoristic_weight(const TimeSpan& when, Seconds from, Seconds to)
{
    check(when);
    require(from <= to, "a window of time ends before it begins");
    return share(when, from, to);
}

std::vector<double> aoristic_weights(const TimeSpan& when, std::span<const Seconds> edges)
{
    check(when);
    check(edges);
    std::vector<double> shares;
    for (std::size_t k = 0; k + 1 < edges.size(); ++k) {
        shares.push_back(share(when, edges[k], edges[k + 1]));
    }
    return shares;
}

AoristicCounts aoristic_counts(std::span<const TimeSpan> times, std::span<const double> weights,
                               std::span<const Seconds> edges)
{
    require(weights.empty() || weights.size() == times.size(), "{} weights for {} times", weights.size(),
            times.size());
    check(edges);
    AoristicCounts counts;
    std::vector<CompensatedSum> slices(edges.size() - 1);
    CompensatedSum outside;
    CompensatedSum unknown;
    for (const Timed& incident : sorted(times, weights)) {
        const TimeSpan& when = incident.when;
        if (!when.known()) {
            unknown.add(incident.weight);
            ++counts.unknown;
            continue;
        }
        const Touched slice = touched(when, edges);
        for (std::size_t k = slice.first; k < slice.last; ++k) {
            const double part = share(when, edges[k], edges[k + 1]);
            slices[k].add(incident.weight * part);
            counts.wholly_in_one += part == 1 ? 1U : 0U;
        }
        if (when.instant()) {
            outside.add(when.start < edges.front() || when.start >= edges.back() ? incident.weight : 0);
        } else {
            const double before = share(when, TimeSpan::missing, edges.front());
            const double after = share(when, edges.back(), INT64_MAX);
            outside.add(incident.weight * (before + after));
        }
    }
    for (const CompensatedSum& slice : slices) {
        counts.weight.push_back(slice.value());
    }
    counts.outside_weight = outside.value();
    counts.unknown_weight = unknown.value();
    return counts;
}

std::vector<Seconds> month_edges(Seconds from, Seconds to)
{
    using std::chrono::days;
    using std::chrono::floor;
    using std::chrono::months;
    using std::chrono::seconds;
    using std::chrono::sys_days;
    using std::chrono::sys_seconds;
    using std::chrono::year_month_day;

    require(from < to, "months need a time span that ends after it begins");
    // 32766 years of 365.2425 days
    constexpr Seconds most = Seconds{32766} * 31556952 - Seconds{1970} * 31556952;
    require(from > -most && to < most, "a time is too far from the present to be in a calendar month");
    const auto first = year_month_day(floor<days>(sys_seconds(seconds(from))));
    auto month = first.year() / first.month();
    std::vector<Seconds> edges;
    do {
        edges.push_back(sys_seconds(sys_days(month / 1)).time_since_epoch().count());
        month += months(1);
    } while (edges.back() < to);
    return edges;
}

} // namespace vigil
