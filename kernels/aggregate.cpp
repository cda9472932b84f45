#include "kernels/aggregate.h"

#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace vigil {

namespace {

/// Whether sums of any of these lose nothing: whole numbers that add up to less than 2^53.
bool sums_are_exact(std::span<const double> weights)
{
    double total = 0;
    for (const double w : weights) {
        if (w != std::trunc(w)) {
            return false;
        }
        total += std::fabs(w);
    }
    return total < 0x1p53;
}

} // namespace

std::vector<std::int64_t> fishnet_cells(std::span<const XY> places, const Grid& grid)
{
    const Box box = grid.box();
    std::vector<std::int64_t> cell(places.size(), -1);
    parallel_chunks(places.size(), 65536, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            const XY p = places[i];
            if (box.contains(p)) {
                const auto east = static_cast<std::int64_t>(std::floor((p.x - box.min_x) / grid.cell_m));
                const auto north = static_cast<std::int64_t>(std::floor((p.y - box.min_y) / grid.cell_m));
                const std::int64_t col = std::clamp<std::int64_t>(east, 0, grid.cols - 1);
                const std::int64_t row = grid.rows - 1 - std::clamp<std::int64_t>(north, 0, grid.rows - 1);
                cell[i] = row * grid.cols + col;
            }
        }
    });
    return cell;
}

Tally tally(std::span<const std::int64_t> bin, std::span<const double> weights, std::size_t bins)
{
    require(weights.empty() || weights.size() == bin.size(), "{} incidents and {} weights", bin.size(),
            weights.size());
    Tally result;
    result.count.resize(bins);
    for (const std::int64_t b : bin) {
        if (b >= 0) {
            ++result.count[static_cast<std::size_t>(b)];
        }
    }
    if (weights.empty()) {
        return result;
    }
    result.sum.resize(bins);
    const auto add = [&](std::size_t i) {
        if (bin[i] >= 0) {
            result.sum[static_cast<std::size_t>(bin[i])] += weights[i];
        }
    };
    if (sums_are_exact(weights)) { // in any order
        for (std::size_t i = 0; i < bin.size(); ++i) {
            add(i);
        }
        return result;
    }
    std::vector<std::size_t> order(bin.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return weights[a] < weights[b]; });
    std::for_each(order.begin(), order.end(), add);
    return result;
}

MergedPlaces merge_coincident(std::span<const XY> places, std::span<const double> weights)
{
    std::vector<std::size_t> order(places.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        const XY p = places[a];
        const XY q = places[b];
        return p.x != q.x ? p.x < q.x : p.y < q.y;
    });
    MergedPlaces merged;
    std::vector<std::int64_t> bin(places.size());
    for (const std::size_t i : order) {
        if (merged.places.empty() || !(merged.places.back() == places[i])) {
            merged.places.push_back(places[i]);
        }
        bin[i] = static_cast<std::int64_t>(merged.places.size()) - 1;
    }
    merged.tally = tally(bin, weights, merged.places.size());
    return merged;
}

} // namespace vigil
