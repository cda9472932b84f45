#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/proj.h"
#include "libgeo/parallel.h"

#include <geodesic.h>
#include <tbb/enumerable_thread_specific.h>

#include <atomic>
#include <cmath>
#include <limits>

namespace vigil::io {

namespace {

constexpr std::size_t chunk = 16384;

/// One thread's operation with the context it lives in.
struct Worker {
    ProjContext context;
    Pj operation;
};

/// Makes what PROJ could not transform NaN, and counts it.
std::size_t mark_failed(std::span<XY> places)
{
    std::size_t failed = 0;
    for (XY& p : places) {
        if (!std::isfinite(p.x) || !std::isfinite(p.y)) {
            p.x = p.y = std::numeric_limits<double>::quiet_NaN();
            ++failed;
        }
    }
    return failed;
}

void apply(PJ* operation, std::span<XY> places)
{
    proj_trans_generic(operation, PJ_FWD, &places.front().x, sizeof(XY), places.size(), &places.front().y,
                       sizeof(XY), places.size(), nullptr, 0, 0, nullptr, 0, 0);
}

} // namespace

std::size_t transform(std::span<XY> places, const Crs& from, const Crs& to)
{
    if (places.empty()) {
        return 0;
    }
    if (same_crs(from, to)) {
        return mark_failed(places);
    }
    // Found once here, so that an impossible pair is refused before any thread starts.
    Pj first = operation_between(proj_context(), from, to);
    if (places.size() <= chunk) {
        apply(first.get(), places);
        return mark_failed(places);
    }
    tbb::enumerable_thread_specific<Worker> workers([&] {
        Worker worker{make_proj_context(), {}};
        worker.operation = operation_between(worker.context.get(), from, to);
        return worker;
    });
    std::atomic<std::size_t> failed{0};
    parallel_chunks(places.size(), chunk, [&](std::size_t begin, std::size_t end) {
        const auto part = places.subspan(begin, end - begin);
        apply(workers.local().operation.get(), part);
        failed += mark_failed(part);
    });
    return failed;
}

std::vector<LonLat> to_lonlat(std::span<const XY> places, const Crs& from)
{
    std::vector<XY> moved(places.begin(), places.end());
    transform(moved, from, wgs84());
    std::vector<LonLat> out;
    out.reserve(moved.size());
    for (const XY p : moved) {
        out.push_back({p.x, p.y});
    }
    return out;
}

std::vector<LonLat> geodesic_circle(LonLat centre, double radius_m, int corners)
{
    require(std::isfinite(centre.lon_deg) && std::abs(centre.lat_deg) <= 90,
            "a circle's centre must be a longitude and a latitude");
    require(radius_m > 0 && std::isfinite(radius_m) && corners >= 3,
            "a circle of {} m with {} corners cannot be drawn", radius_m, corners);
    geod_geodesic earth{};
    geod_init(&earth, 6378137, 1 / 298.257223563);
    geod_geodesicline line{};
    std::vector<LonLat> ring;
    ring.reserve(static_cast<std::size_t>(corners) + 1);
    for (int k = 0; k < corners; ++k) {
        geod_lineinit(&line, &earth, centre.lat_deg, centre.lon_deg, -360.0 * k / corners, GEOD_ALL);
        LonLat corner;
        geod_genposition(&line, GEOD_LONG_UNROLL, radius_m, &corner.lat_deg, &corner.lon_deg, nullptr,
                         nullptr, nullptr, nullptr, nullptr, nullptr);
        ring.push_back(corner);
    }
    ring.push_back(ring.front());
    return ring;
}

} // namespace vigil::io
