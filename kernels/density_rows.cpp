#include "kernels/density_rows.h"

#include "libgeo/parallel.h"

#include <atomic>
#include <mutex>
#include <utility>

namespace vigil::density_detail {

namespace {

constexpr double cells_per_band = 4; // rows share a band's places while they are still in cache

} // namespace

Bands::Bands(std::span<const Place> places, const Grid& grid, double reach_m) : reach_m_(reach_m)
{
    const Box reachable = grid.box().grown(reach_m * (1 + 1e-9) + grid.cell_m);
    Box extent;
    for (const Place& place : places) {
        if (reachable.contains({place.x, place.y})) {
            places_.push_back({place.x - grid.left_x, grid.top_y - place.y, place.weight});
            extent.add({places_.back().x, places_.back().y});
        }
    }
    if (places_.empty()) {
        begin_ = {0, 0};
        return;
    }
    top_ = extent.min_y;
    const double most = std::fmin(static_cast<double>(places_.size()), 1e6);
    height_m_ = std::fmax(cells_per_band * grid.cell_m, extent.height() / most);
    // counted into bands, which keeps the order of the places within each
    begin_.assign(static_cast<std::size_t>(band_of(extent.max_y)) + 2, 0);
    for (const Place& place : places_) {
        ++begin_[static_cast<std::size_t>(band_of(place.y)) + 1];
    }
    for (std::size_t band = 1; band < begin_.size(); ++band) {
        begin_[band] += begin_[band - 1];
    }
    std::vector<std::size_t> next = begin_;
    std::vector<Place> sorted(places_.size());
    for (const Place& place : places_) {
        sorted[next[static_cast<std::size_t>(band_of(place.y))]++] = place;
    }
    places_ = std::move(sorted);
}

std::int64_t Bands::band_of(double y) const
{
    return static_cast<std::int64_t>((y - top_) / height_m_);
}

std::span<const Place> Bands::near(double y0, double y1) const
{
    const double reach = reach_m_ * (1 + 1e-9); // never less than the exact test that follows
    const auto bands = static_cast<double>(begin_.size() - 1);
    const double north = std::floor((y0 - reach - top_) / height_m_);
    const double south = std::floor((y1 + reach - top_) / height_m_);
    if (!(north < bands) || !(south >= 0)) {
        return {};
    }
    const auto from = begin_[static_cast<std::size_t>(std::fmax(north, 0))];
    const auto to = begin_[static_cast<std::size_t>(std::fmin(south, bands - 1)) + 1];
    return std::span(places_).subspan(from, to - from);
}

Columns Reach::tested_columns(double x, double dy2) const
{
    const double rest = reach_m2 - dy2;
    if (rest < 0) {
        return {};
    }
    const double half = std::sqrt(rest);
    const auto most = static_cast<double>(cols - 1);
    // estimated a little wide, then put right by the test itself
    auto first = static_cast<std::int64_t>(std::clamp((x - half) * per_cell - 1.5, 0.0, most));
    auto last = static_cast<std::int64_t>(std::clamp((x + half) * per_cell + 0.5, 0.0, most));
    const auto holds = [&](std::int64_t col) {
        const double dx = centre(col) - x;
        return inside(dx * dx + dy2);
    };
    while (first <= last && !holds(first)) {
        ++first;
    }
    while (first <= last && !holds(last)) {
        --last;
    }
    return {first, last};
}

double over_rows(const Work& work, std::int64_t chunk,
                 const std::function<double(std::int64_t, std::int64_t)>& body)
{
    const auto rows = static_cast<std::size_t>(work.raster.grid.rows);
    const auto step = static_cast<std::size_t>(chunk);
    std::vector<double> most((rows + step - 1) / step, 0.0);
    std::atomic<std::size_t> done = 0;
    std::mutex reporting;
    parallel_chunks(rows, step, [&](std::size_t begin, std::size_t end) {
        most[begin / step] = body(static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end));
        const std::size_t now = done += end - begin;
        if (const std::unique_lock lock(reporting, std::try_to_lock); lock.owns_lock()) {
            work.progress(static_cast<double>(now) / static_cast<double>(rows));
        }
    });
    return most.empty() ? 0 : *std::max_element(most.begin(), most.end());
}

} // namespace vigil::density_detail
