#pragma once

#include "kernels/kernel_shape.h"
#include "libgeo/grid.h"
#include "libgeo/plane.h"
#include "libgeo/random.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

/// Invented incidents and small questions, for the tests of relative risk.
namespace vigil::test {

inline constexpr KernelShape shapes[] = {KernelShape::quartic,    KernelShape::epanechnikov,
                                         KernelShape::triweight,  KernelShape::uniform,
                                         KernelShape::triangular, KernelShape::gaussian};

struct Incidents {
    std::vector<XY> points;
    std::vector<double> weights;
};

/// Incidents all over the grid and a little beyond; a share of them in a cluster about a tenth wide.
inline Incidents noise(const Grid& grid, std::size_t n, std::uint64_t seed, double clustered = 0)
{
    Incidents out;
    const Box box = grid.box();
    for (std::size_t i = 0; i < n; ++i) {
        const Random random(seed, i);
        double u = random.uniform(0) * 1.1 - 0.05;
        double v = random.uniform(1) * 1.1 - 0.05;
        if (random.uniform(2) < clustered) {
            u = 0.65 + 0.1 * u;
            v = 0.25 + 0.1 * v;
        }
        out.points.push_back({box.min_x + u * box.width(), box.min_y + v * box.height()});
        out.weights.push_back(0.5 + 2 * random.uniform(3));
    }
    return out;
}

inline bool same_bytes(const std::vector<double>& a, const std::vector<double>& b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

/// Of the values that are not NaN.
inline double share_below(const std::vector<double>& p, double level)
{
    const auto tested = std::count_if(p.begin(), p.end(), [](double v) { return !std::isnan(v); });
    const auto below = std::count_if(p.begin(), p.end(), [&](double v) { return v <= level; });
    return static_cast<double>(below) / static_cast<double>(tested);
}

inline constexpr Grid town{.left_x = 421000, .top_y = 3699000, .cell_m = 25, .rows = 40, .cols = 50};

} // namespace vigil::test
