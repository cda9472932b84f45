#pragma once

#include "kernels/kernel_shape.h"
#include "libgeo/grid.h"
#include "libgeo/plane.h"
#include "libgeo/random.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

/// The slow, obvious way: every place asked at every cell, in long double.
namespace test {

using Real = long double;

struct Noise {
    std::vector<vigil::XY> points;
    std::vector<double> weights;
    std::vector<double> bandwidths_m; ///< empty, or one for each
};

/// Clusters and scatter over the grid and 15 % beyond each border, some places twice.
inline Noise noise(const vigil::Grid& grid, std::size_t n, std::uint64_t seed)
{
    Noise noise;
    const vigil::Box box = grid.box();
    for (std::size_t i = 0; i < n; ++i) {
        const vigil::Random random(seed, i);
        double u = random.uniform(0) * 1.3 - 0.15;
        double v = random.uniform(1) * 1.3 - 0.15;
        if (random.uniform(2) < 0.5) { // a cluster about a twentieth wide
            u = 0.3 + 0.05 * u;
            v = 0.6 + 0.05 * v;
        }
        noise.points.push_back({box.min_x + u * box.width(), box.min_y + v * box.height()});
        if (random.uniform(3) < 0.1 && i > 0) {
            noise.points.back() = noise.points[i / 2];
        }
        noise.weights.push_back(0.25 + 3.5 * random.uniform(4));
    }
    return noise;
}

/// Bandwidths from `least` to `most` times a cell, evenly in their logarithm.
inline void add_bandwidths(Noise& noise, const vigil::Grid& grid, double least, double most,
                           std::uint64_t seed)
{
    for (std::size_t i = 0; i < noise.points.size(); ++i) {
        const double share = vigil::Random(seed, i).uniform(5);
        noise.bandwidths_m.push_back(grid.cell_m * least * std::pow(most / least, share));
    }
}

/// Of a squared distance.
inline Real formula(vigil::KernelShape shape, Real h, Real d2)
{
    using vigil::KernelShape;
    const Real pi = std::numbers::pi_v<Real>;
    const Real u2 = d2 / (h * h);
    if (shape == KernelShape::gaussian) {
        return std::exp(-u2 / 2) / (2 * pi * h * h);
    }
    if (shape == KernelShape::uniform ? u2 > 1 : u2 >= 1) {
        return 0;
    }
    const Real rest = 1 - u2;
    switch (shape) {
    case KernelShape::uniform:
        return 1 / (pi * h * h);
    case KernelShape::triangular:
        return 3 * (1 - std::sqrt(u2)) / (pi * h * h);
    case KernelShape::epanechnikov:
        return 2 * rest / (pi * h * h);
    case KernelShape::quartic:
        return 3 * rest * rest / (pi * h * h);
    case KernelShape::cosine:
        return pi / (4 * (pi - 2) * h * h) * std::cos(pi / 2 * std::sqrt(u2));
    default:
        return 4 * rest * rest * rest / (pi * h * h);
    }
}

struct Expected {
    std::vector<Real> values;
    std::vector<bool> reached; ///< some place reaches the cell
};

/// bandwidth_m  of all places, unless noise.bandwidths_m holds one for each
inline Expected brute(const Noise& noise, const vigil::Grid& grid, vigil::KernelShape shape,
                      double bandwidth_m)
{
    Expected out;
    for (std::int64_t row = 0; row < grid.rows; ++row) {
        for (std::int64_t col = 0; col < grid.cols; ++col) {
            const Real x = grid.left_x + (static_cast<Real>(col) + 0.5L) * grid.cell_m;
            const Real y = grid.top_y - (static_cast<Real>(row) + 0.5L) * grid.cell_m;
            Real sum = 0;
            bool reached = false;
            for (std::size_t i = 0; i < noise.points.size(); ++i) {
                const Real dx = x - noise.points[i].x;
                const Real dy = y - noise.points[i].y;
                const Real h = noise.bandwidths_m.empty() ? bandwidth_m : noise.bandwidths_m[i];
                const Real value = formula(shape, h, dx * dx + dy * dy);
                sum += noise.weights[i] * value;
                reached = reached || value > 0;
            }
            out.values.push_back(sum);
            out.reached.push_back(reached);
        }
    }
    return out;
}

struct Difference {
    Real error = 0;               ///< largest, as a share of the highest |density|
    std::size_t zeros_differ = 0; ///< a cell is 0 although reached, or the other way round
    std::size_t below_zero = 0;
};

inline Difference compare(const std::vector<double>& fast, const Expected& slow)
{
    Real highest = 0;
    for (const Real value : slow.values) {
        highest = std::max(highest, std::abs(value));
    }
    Difference difference;
    for (std::size_t i = 0; i < fast.size(); ++i) {
        difference.error = std::max(difference.error, std::abs(fast[i] - slow.values[i]) / highest);
        difference.zeros_differ += static_cast<std::size_t>((fast[i] != 0) != slow.reached[i]);
        difference.below_zero += static_cast<std::size_t>(fast[i] < 0);
    }
    return difference;
}

} // namespace test
