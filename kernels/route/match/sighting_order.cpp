#include "kernels/route/match/sighting_order.h"

#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <limits>
#include <numeric>

namespace vigil {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// A place in the order: by number, then time, then row.
struct Key {
    double number = 0, time_s = 0, row = 0;
    auto operator<=>(const Key&) const = default;
};

struct Bounds {
    Key begin, end;
};

constexpr Bounds anywhere{{-infinite, 0, 0}, {infinite, 0, 0}};

/// The last second of a time; spans end before their end.
double last_second(const TimeSpan& time)
{
    return static_cast<double>(time.instant() ? time.end : time.end - 1);
}

/// Where a time lies. Instants of one second are in the order of their rows; a span begins before and ends
/// after all instants of its first and last second.
Bounds bounds_of(const TimeSpan& time, std::size_t row, std::size_t rows)
{
    const auto begin = static_cast<double>(time.start);
    if (time.instant()) {
        const auto tie = static_cast<double>(row);
        return {{0, begin, tie}, {0, begin, tie}};
    }
    return {{0, begin, -1}, {0, last_second(time), static_cast<double>(rows)}};
}

/// Whether the times that are known follow one another in the order of their rows.
bool in_order_of_rows(std::span<const TimeSpan> time)
{
    bool first = true;
    Key last;
    for (std::size_t i = 0; i < time.size(); ++i) {
        if (time[i].known()) {
            const Bounds bounds = bounds_of(time[i], i, time.size());
            if (!first && !(last < bounds.begin)) {
                return false;
            }
            last = bounds.end;
            first = false;
        }
    }
    return true;
}

std::size_t count_backward(std::span<const TimeSpan> time)
{
    std::size_t backward = 0;
    Seconds last = TimeSpan::missing; // the smallest number there is
    for (const TimeSpan& one : time) {
        if (one.known()) {
            backward += one.start < last ? 1U : 0U;
            last = one.start;
        }
    }
    return backward;
}

std::vector<Bounds> bounds_by_time(std::span<const TimeSpan> time, std::size_t n)
{
    const bool by_row = in_order_of_rows(time);
    std::vector<Bounds> bounds(n, anywhere);
    for (std::size_t i = 0; i < n; ++i) {
        if (by_row) {
            bounds[i].begin = bounds[i].end = {0, 0, static_cast<double>(i)};
        } else if (time[i].known()) {
            bounds[i] = bounds_of(time[i], i, n);
        }
    }
    return bounds;
}

/// Takes away the times that end before one of a smaller number begins.
std::size_t drop_contrary(const OrderClues& clues, std::vector<std::uint8_t>& timed)
{
    std::vector<std::size_t> by_number;
    for (std::size_t i = 0; i < clues.sightings; ++i) {
        if (!std::isnan(clues.number[i]) && timed[i] != 0) {
            by_number.push_back(i);
        }
    }
    const auto number = [&](std::size_t i) {
        return clues.number[i];
    };
    std::stable_sort(by_number.begin(), by_number.end(),
                     [&](std::size_t a, std::size_t b) { return number(a) < number(b); });
    std::size_t contrary = 0;
    double latest_s = -infinite; // begin of those of smaller numbers
    for (std::size_t k = 0; k < by_number.size();) {
        double latest_here_s = latest_s;
        const double here = number(by_number[k]);
        for (; k < by_number.size() && number(by_number[k]) == here; ++k) {
            const TimeSpan& time = clues.time[by_number[k]];
            if (last_second(time) < latest_s) {
                timed[by_number[k]] = 0;
                ++contrary;
            } else {
                latest_here_s = std::max(latest_here_s, static_cast<double>(time.start));
            }
        }
        latest_s = latest_here_s;
    }
    return contrary;
}

std::vector<Bounds> bounds_by_number(const OrderClues& clues, const std::vector<std::uint8_t>& timed)
{
    std::vector<Bounds> bounds(clues.sightings, anywhere);
    for (std::size_t i = 0; i < clues.sightings; ++i) {
        if (std::isnan(clues.number[i])) {
            continue;
        }
        const bool known = timed[i] != 0;
        const double begin_s = known ? static_cast<double>(clues.time[i].start) : -infinite;
        const double end_s = known ? last_second(clues.time[i]) : infinite;
        bounds[i] = {{clues.number[i], begin_s, 0}, {clues.number[i], end_s, 0}};
    }
    return bounds;
}

/// Keys as ranks; those of anywhere stay without limit.
void rank(const std::vector<Bounds>& bounds, SightingOrder& order)
{
    const auto open = [](const Bounds& one) {
        return one.begin.number == -infinite;
    };
    std::vector<Key> keys;
    for (const Bounds& one : bounds) {
        if (!open(one)) {
            keys.push_back(one.begin);
            keys.push_back(one.end);
        }
    }
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    const auto rank_of = [&](const Key& key) {
        return static_cast<double>(std::lower_bound(keys.begin(), keys.end(), key) - keys.begin());
    };
    for (const Bounds& one : bounds) {
        order.begin.push_back(open(one) ? -infinite : rank_of(one.begin));
        order.end.push_back(open(one) ? infinite : rank_of(one.end));
    }
}

} // namespace

SightingOrder sighting_order(const OrderClues& clues)
{
    const std::size_t n = clues.sightings;
    require(clues.number.empty() || clues.number.size() == n, "{} numbers for {} sightings",
            clues.number.size(), n);
    require(clues.time.empty() || clues.time.size() == n, "{} times for {} sightings", clues.time.size(), n);
    SightingOrder order;
    order.timed.assign(n, 0);
    if (clues.unordered) {
        rank(std::vector<Bounds>(n, anywhere), order);
        return order;
    }
    for (std::size_t i = 0; i < clues.time.size(); ++i) {
        order.timed[i] = clues.time[i].known() ? 1U : 0U;
    }
    if (clues.number.empty()) {
        order.backward = count_backward(clues.time);
        rank(bounds_by_time(clues.time, n), order);
    } else {
        order.contrary = drop_contrary(clues, order.timed);
        rank(bounds_by_number(clues, order.timed), order);
    }
    return order;
}

} // namespace vigil
