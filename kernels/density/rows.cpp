#include "kernels/density/rows.h"

#include "libgeo/parallel.h"

#include <limits>
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

/// What a - b loses to rounding (Knuth).
double lost(double a, double b)
{
    const double difference = a - b;
    const double b_part = a - difference;
    const double a_part = difference + b_part;
    return std::fabs((a - a_part) + (b_part - b));
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
    for (auto* column : {&x_, &y_, &weight_}) {
        column->resize(begin_.back());
    }
    h_.resize(given.bandwidths_m.empty() ? 0 : begin_.back());
    std::vector<std::size_t> next = begin_;
    for (std::size_t i = 0; i < given.points.size(); ++i) {
        const std::size_t b = band(i);
        if (b > bands_) {
            continue;
        }
        const XY p = given.points[i];
        const std::size_t at = next[b]++;
        x_[at] = p.x - grid.left_x;
        y_[at] = grid.top_y - p.y;
        weight_[at] = given.weight(i);
        if (!h_.empty()) {
            h_[at] = given.bandwidth(i);
        }
        if (b < bands_) {
            shift_error_m_ =
                std::fmax(shift_error_m_, std::fmax(lost(p.x, grid.left_x), lost(grid.top_y, p.y)));
        }
    }
}

std::size_t Bands::merge_band(std::size_t band)
{
    const std::size_t begin = begin_[band];
    std::vector<Spot> spots(begin_[band + 1] - begin);
    for (std::size_t k = 0; k < spots.size(); ++k) {
        spots[k] = all().at(begin + k);
    }
    std::sort(spots.begin(), spots.end(), before);
    const std::size_t kept = merge(spots);
    for (std::size_t k = 0; k < kept; ++k) {
        x_[begin + k] = spots[k].x;
        y_[begin + k] = spots[k].y;
        weight_[begin + k] = spots[k].weight;
        if (!h_.empty()) {
            h_[begin + k] = spots[k].bandwidth_m;
        }
    }
    return kept;
}

void Bands::sort_and_merge()
{
    std::vector<std::size_t> kept(bands_ + 1, 0);
    parallel_chunks(bands_ + 1, 8, [&](std::size_t first, std::size_t last) {
        for (std::size_t b = first; b < last; ++b) {
            kept[b] = merge_band(b);
        }
    });
    std::vector<std::size_t> from = begin_;
    for (std::size_t b = 0; b <= bands_; ++b) {
        begin_[b + 1] = begin_[b] + kept[b];
    }
    for (auto* column : {&x_, &y_, &weight_, &h_}) {
        if (!column->empty()) {
            for (std::size_t b = 0; b <= bands_; ++b) {
                std::copy_n(column->begin() + static_cast<std::ptrdiff_t>(from[b]), kept[b],
                            column->begin() + static_cast<std::ptrdiff_t>(begin_[b]));
            }
        }
    }
    places_ = begin_[bands_ + 1];
    for (std::size_t i = 0; i < places_; ++i) {
        weight_sum_ += weight_[i];
    }
    for (auto* column : {&x_, &y_, &weight_, &h_}) { // without those out of reach
        column->resize(column->empty() ? 0 : begin_[bands_]);
    }
    begin_.resize(bands_ + 1);
}

void Bands::weigh(const std::function<double(double)>& factor)
{
    double last_bandwidth = -1; // most data sets have one
    double last_factor = 0;
    for (std::size_t i = 0; i < weight_.size(); ++i) {
        if (const double h = all().bandwidth_m(i); h != last_bandwidth) {
            last_bandwidth = h;
            last_factor = factor(h);
        }
        weight_[i] *= last_factor;
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

Bands::Range Bands::bands_near(double y0, double y1) const
{
    const double reach = reach_m_ * (1 + 1e-9); // never less than the exact test that follows
    const auto bands = static_cast<double>(bands_);
    const double north = std::floor((y0 - reach - top_) / height_m_);
    const double south = std::floor((y1 + reach - top_) / height_m_);
    if (!(north < bands) || !(south >= 0) || x_.empty()) {
        return {};
    }
    return {static_cast<std::size_t>(std::fmax(north, 0)),
            static_cast<std::size_t>(std::fmin(south, bands - 1)) + 1};
}

SpotColumns Bands::near(double y0, double y1) const
{
    const auto [from, to] = bands_near(y0, y1);
    return from < to ? all().part(begin_[from], begin_[to] - begin_[from]) : SpotColumns{};
}

Reach::Reach(const Grid& grid, bool with_border)
    : cell_m(grid.cell_m), per_cell(1 / grid.cell_m), cols(static_cast<std::int32_t>(grid.cols)),
      closed(with_border)
{
    // (2 index + 1) cell / 2 is exact when the bits of both factors together fit a double
    const auto most = static_cast<double>(std::max(grid.rows, grid.cols)) + 1;
    int exponent = 0;
    const double bits_left = std::ldexp(std::frexp(cell_m, &exponent), 49 - std::ilogb(most));
    if (bits_left != std::floor(bits_left)) {
        centre_error_m = most * cell_m * std::numeric_limits<double>::epsilon() / 2;
    }
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
