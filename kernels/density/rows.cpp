#include "kernels/density/rows.h"

#include "libgeo/parallel.h"

#include <tuple>
#include <utility>

namespace vigil::density_detail {

namespace {

constexpr double cells_per_band = 4; // rows share a band's spots while they are still in cache
constexpr double most_bands = 1e6;

bool before(const Spot& a, const Spot& b)
{
    // the weight is part of the key, so that coincident weights add up in one order
    return std::tie(a.x, a.y, a.bandwidth_m, a.weight) < std::tie(b.x, b.y, b.bandwidth_m, b.weight);
}

bool same(const Spot& a, const Spot& b)
{
    return a.x == b.x && a.y == b.y && a.bandwidth_m == b.bandwidth_m;
}

/// Merges the coincident spots of a sorted range; gives how many are left.
std::size_t merge(std::span<Spot> spots)
{
    std::size_t kept = 0;
    for (const Spot& spot : spots) {
        if (kept > 0 && same(spots[kept - 1], spot)) {
            spots[kept - 1].weight += spot.weight;
        } else {
            spots[kept++] = spot;
        }
    }
    return kept;
}

} // namespace

Bands::Bands(const Given& given, const Grid& grid, double least_m, double most_m, double reach)
{
    for (std::size_t i = 0; i < given.points.size(); ++i) {
        const double h = given.bandwidth(i);
        widest_m_ = h > least_m && h <= most_m ? std::fmax(widest_m_, h) : widest_m_;
    }
    reach_m_ = widest_m_ * reach;
    // bands over all rows that can be reached, and one more for what cannot reach the grid
    const double margin = reach_m_ * (1 + 1e-9) + grid.cell_m;
    const double height = static_cast<double>(grid.rows) * grid.cell_m;
    top_ = -margin;
    height_m_ = std::fmax(cells_per_band * grid.cell_m, (height + 2 * margin) / most_bands);
    bands_ = static_cast<std::size_t>((height + 2 * margin) / height_m_) + 1;
    place(given, grid, least_m, most_m);
    sort_and_merge();
}

std::size_t Bands::band_of(double y) const
{
    return static_cast<std::size_t>((y - top_) / height_m_);
}

void Bands::place(const Given& given, const Grid& grid, double least_m, double most_m)
{
    const Box reachable = grid.box().grown(reach_m_ * (1 + 1e-9) + grid.cell_m);
    const auto band = [&](std::size_t i) {
        const double h = given.bandwidth(i);
        if (!(h > least_m && h <= most_m) || given.weight(i) == 0) {
            return bands_ + 1; // of another group, or of no weight
        }
        const XY p = given.points[i];
        return reachable.contains(p) ? std::min(band_of(grid.top_y - p.y), bands_ - 1) : bands_;
    };
    begin_.assign(bands_ + 2, 0);
    for (std::size_t i = 0; i < given.points.size(); ++i) {
        const std::size_t b = band(i);
        if (b <= bands_) {
            ++begin_[b + 1];
        }
    }
    for (std::size_t b = 1; b < begin_.size(); ++b) {
        begin_[b] += begin_[b - 1];
    }
    spots_.resize(begin_.back());
    std::vector<std::size_t> next = begin_;
    for (std::size_t i = 0; i < given.points.size(); ++i) {
        const std::size_t b = band(i);
        if (b <= bands_) {
            const XY p = given.points[i];
            spots_[next[b]++] = {p.x - grid.left_x, grid.top_y - p.y, given.weight(i), given.bandwidth(i)};
        }
    }
}

void Bands::sort_and_merge()
{
    std::vector<std::size_t> kept(bands_ + 1, 0);
    parallel_chunks(bands_ + 1, 8, [&](std::size_t first, std::size_t last) {
        for (std::size_t b = first; b < last; ++b) {
            const std::span band = std::span(spots_).subspan(begin_[b], begin_[b + 1] - begin_[b]);
            std::sort(band.begin(), band.end(), before);
            kept[b] = merge(band);
        }
    });
    std::size_t to = 0;
    for (std::size_t b = 0; b <= bands_; ++b) {
        const std::size_t from = begin_[b];
        begin_[b] = to;
        for (std::size_t k = 0; k < kept[b]; ++k) {
            weight_sum_ += spots_[from + k].weight;
            spots_[to++] = spots_[from + k];
        }
    }
    places_ = to;
    spots_.resize(begin_[bands_]); // without those out of reach
    begin_.resize(bands_ + 1);
}

void Bands::weigh(const std::function<double(double)>& factor)
{
    double last_bandwidth = -1; // most data sets have one
    double last_factor = 0;
    for (Spot& spot : spots_) {
        if (spot.bandwidth_m != last_bandwidth) {
            last_bandwidth = spot.bandwidth_m;
            last_factor = factor(last_bandwidth);
        }
        spot.weight *= last_factor;
    }
}

double sweep_factor(KernelShape shape, int power, double bandwidth_m, double widest_m)
{
    const double share = widest_m / bandwidth_m;
    double factor = kernel_peak(shape, bandwidth_m);
    for (int k = 0; k < power; ++k) {
        factor *= share * share;
    }
    return factor;
}

std::span<const Spot> Bands::near(double y0, double y1) const
{
    const double reach = reach_m_ * (1 + 1e-9); // never less than the exact test that follows
    const auto bands = static_cast<double>(bands_);
    const double north = std::floor((y0 - reach - top_) / height_m_);
    const double south = std::floor((y1 + reach - top_) / height_m_);
    if (!(north < bands) || !(south >= 0) || spots_.empty()) {
        return {};
    }
    const auto from = begin_[static_cast<std::size_t>(std::fmax(north, 0))];
    const auto to = begin_[static_cast<std::size_t>(std::fmin(south, bands - 1)) + 1];
    return std::span(spots_).subspan(from, to - from);
}

Columns Reach::columns(double x, double dy2, double reach_m2) const
{
    const double rest = reach_m2 - dy2;
    if (rest < 0) {
        return {};
    }
    const double half = std::sqrt(rest);
    const auto most = static_cast<double>(cols - 1);
    // estimated a little wide, then put right by the test itself
    auto first = static_cast<std::int32_t>(std::clamp((x - half) * per_cell - 1.5, 0.0, most));
    auto last = static_cast<std::int32_t>(std::clamp((x + half) * per_cell + 0.5, 0.0, most));
    const auto holds = [&](std::int32_t col) {
        const double dx = centre(col) - x;
        return inside(dx * dx + dy2, reach_m2);
    };
    while (first <= last && !holds(first)) {
        ++first;
    }
    while (first <= last && !holds(last)) {
        --last;
    }
    return {first, last};
}

} // namespace vigil::density_detail
