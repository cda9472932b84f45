#include "kernels/density/relabel.h"

#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>

namespace vigil {

Raster<double> two_sided(const PValues& p)
{
    Raster<double> out = p.upper;
    for (std::size_t k = 0; k < out.values.size(); ++k) {
        const double least = std::min(p.upper.values[k], p.lower.values[k]);
        out.values[k] = std::isnan(least) ? least : std::min(1.0, 2 * least);
    }
    return out;
}

namespace relabelling {

namespace {

constexpr std::size_t most_incidents = 0xFFFF'FFFF; // they are numbered in 32 bits

} // namespace

std::uint64_t Draws::below(std::uint64_t m)
{
    const std::uint64_t left_over = (0 - m) % m; // 2^64 mod m
    std::uint64_t bits = random_.bits(next_++);
    while (bits < left_over) {
        bits = random_.bits(next_++);
    }
    return bits % m;
}

double Sample::total() const
{
    return std::accumulate(weights.begin(), weights.end(), 0.0);
}

double Sample::effective_count() const
{
    const double sum = total();
    double squares = 0; // of shares, so that weights of any size can be squared
    for (const double weight : weights) {
        squares += (weight / sum) * (weight / sum);
    }
    return 1 / squares;
}

Sample sample_of(std::initializer_list<Group> groups)
{
    struct Row {
        double x, y, weight;
    };
    std::vector<Row> rows;
    for (const Group& group : groups) {
        const auto& w = group.weights;
        require(w.empty() || w.size() == group.points.size(), "{} weights for {} incidents", w.size(),
                group.points.size());
        for (std::size_t i = 0; i < group.points.size(); ++i) {
            const XY p = group.points[i];
            const double weight = w.empty() ? 1 : w[i];
            require(std::isfinite(p.x) && std::isfinite(p.y),
                    "incident {} has a coordinate that is not finite", i + 1);
            require(std::isfinite(weight) && weight >= 0,
                    "incident {} has a weight that is negative or not finite; weights are 0 or more", i + 1);
            if (weight > 0) {
                rows.push_back({p.x + 0.0, p.y + 0.0, weight}); // + 0.0: one zero, not two
            }
        }
    }
    require(rows.size() <= most_incidents, "{} incidents are more than can be relabelled", rows.size());
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
        return std::tie(a.x, a.y, a.weight) < std::tie(b.x, b.y, b.weight);
    });
    Sample sample;
    for (const Row& row : rows) {
        sample.points.push_back({row.x, row.y});
        sample.weights.push_back(row.weight);
    }
    return sample;
}

std::vector<unsigned char> permuted(std::size_t n, std::size_t count, Draws draws)
{
    const bool few = count <= n - count;
    const auto picked = static_cast<unsigned char>(few ? 1 : 0);
    std::vector<unsigned char> labels(n, static_cast<unsigned char>(1 - picked));
    std::vector<std::uint32_t> order(n);
    std::iota(order.begin(), order.end(), 0U);
    const std::size_t picks = few ? count : n - count;
    for (std::size_t i = 0; i < picks; ++i) {
        const std::size_t j = i + static_cast<std::size_t>(draws.below(n - i));
        std::swap(order[i], order[j]);
        labels[order[i]] = picked;
    }
    return labels;
}

std::vector<unsigned char> tossed(std::size_t n, double share, Draws draws)
{
    std::vector<unsigned char> labels(n);
    for (unsigned char& label : labels) {
        label = static_cast<unsigned char>(draws.uniform() < share);
    }
    return labels;
}

Sample part(const Sample& pool, std::span<const unsigned char> labels, unsigned char label)
{
    Sample out;
    const auto n = static_cast<std::size_t>(std::count(labels.begin(), labels.end(), label));
    out.points.reserve(n);
    out.weights.reserve(n);
    for (std::size_t i = 0; i < pool.size(); ++i) {
        if (labels[i] == label) {
            out.points.push_back(pool.points[i]);
            out.weights.push_back(pool.weights[i]);
        }
    }
    return out;
}

Surface surface_of(const Sample& sample, const Grid& grid, const DensityOptions& options)
{
    DensityMap map = density(sample.points, sample.weights, grid, options);
    const double highest = *std::max_element(map.raster.values.begin(), map.raster.values.end());
    return {std::move(map.raster), map.weight_sum, map.reach_m, map.error_bound * highest};
}

void check(std::uint32_t simulations)
{
    require(simulations >= 1 && simulations <= 1'000'000,
            "{} simulations: give a number from 1 to 1000000 (199 and 999 are usual)", simulations);
}

PValues p_values(const Counts& counts, std::uint32_t simulations, const Grid& grid,
                 std::span<const unsigned char> tested)
{
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    PValues p{Raster<double>(grid, none), Raster<double>(grid, none)};
    const double all = static_cast<double>(simulations) + 1;
    for (std::size_t k = 0; k < counts.at_least.size(); ++k) {
        if (tested[k] != 0) {
            p.upper.values[k] = (static_cast<double>(counts.at_least[k]) + 1) / all;
            p.lower.values[k] = (static_cast<double>(counts.at_most[k]) + 1) / all;
        }
    }
    return p;
}

} // namespace relabelling

} // namespace vigil
