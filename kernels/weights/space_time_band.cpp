#include "kernels/weights/space_time_band.h"

#include "kernels/band_search.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace vigil {

namespace {

constexpr double rounding_days = 1e-10;

} // namespace

Weights space_time_band(std::span<const XY> places, std::span<const double> times_days, double band_m,
                        double band_days)
{
    require(times_days.size() == places.size(), "{} times for {} places", times_days.size(), places.size());
    require(band_days >= 0 && std::isfinite(band_days), "a band of {} days is not a span of time", band_days);
    for (const double t : times_days) {
        require(std::isfinite(t), "a time is not a finite number of days");
    }
    const BandSearch search(places, band_m);
    const auto scan = [&](auto use) {
        parallel_chunks(search.buckets(), 64, [&](std::size_t first, std::size_t last) {
            search.scan(first, last, [&](std::size_t s, auto near) {
                const std::uint32_t here = search.place(s);
                use(here, [&](auto&& each) {
                    near([&](std::size_t t) {
                        const std::uint32_t there = search.place(t);
                        if (t != s &&
                            std::abs(times_days[here] - times_days[there]) <= band_days + rounding_days) {
                            each(there);
                        }
                    });
                });
            });
        });
    };
    Weights weights;
    weights.end.resize(places.size());
    scan([&](std::uint32_t here, auto near) { near([&](std::uint32_t /*there*/) { ++weights.end[here]; }); });
    std::partial_sum(weights.end.begin(), weights.end.end(), weights.end.begin());
    weights.neighbour.resize(weights.end.empty() ? 0 : weights.end.back());
    scan([&](std::uint32_t here, auto near) {
        const auto begin = weights.neighbour.begin() + static_cast<std::ptrdiff_t>(weights.begin_of(here));
        auto next = begin;
        near([&](std::uint32_t there) { *next++ = there; });
        std::sort(begin, next);
    });
    return weights;
}

} // namespace vigil
