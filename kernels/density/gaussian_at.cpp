#include "kernels/density/gaussian.h"
#include "kernels/density/gaussian_split.h"
#include "kernels/density/gaussian_strips.h"
#include "kernels/density/gaussian_ways.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace vigil {

namespace {

void check(std::span<const Place> sources, std::span<const XY> targets, double sigma_m, double tol)
{
    require_gaussian(sources, sigma_m, tol);
    require(std::all_of(targets.begin(), targets.end(),
                        [](XY t) { return std::isfinite(t.x) && std::isfinite(t.y); }),
            "a coordinate of a target is not a finite number");
}

/// Terms that a target adds by pairs, taken from what a few of the places have around them: not from the
/// targets, whose order is to leave no trace.
double neighbours(std::span<const Place> sources, double sigma_m, double tol)
{
    const GaussianStrips strips(sources, sigma_m, tol);
    const std::size_t step = sources.size() / 256 + 1;
    double terms = 0;
    double asked = 0;
    for (std::size_t i = 0; i < sources.size(); i += step) {
        terms += strips.terms({sources[i].x, sources[i].y});
        ++asked;
    }
    return asked > 0 ? terms / asked : 0;
}

/// Nodes of a lattice over the targets and its margins, about.
double nodes_of(std::span<const XY> targets, double sigma_m, double tol)
{
    const double spacing_m = sigma_m / sigma_for_anywhere(tol);
    const Box box = bounding_box(targets);
    return (box.width() / spacing_m + 50) * (box.height() / spacing_m + 50);
}

} // namespace

std::vector<double> gaussian_at_by_pairs(std::span<const Place> sources, std::span<const XY> targets,
                                         double sigma_m, double tol)
{
    std::vector<double> out(targets.size());
    const GaussianStrips strips(sources, sigma_m, tol);
    parallel_chunks(targets.size(), 256, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            out[i] = strips.at(targets[i]);
        }
    });
    return out;
}

std::vector<double> gaussian_at(std::span<const Place> sources, std::span<const XY> targets, double sigma_m,
                                double tol, const Progress& progress)
{
    check(sources, targets, sigma_m, tol);
    // Nanoseconds measured on one machine; only their ratios matter.
    constexpr double per_target = 330;
    constexpr double per_pair = 0.9;
    constexpr double per_node = 13;
    constexpr double per_place = 75;
    constexpr double most_nodes = 1 << 25; // 0.5 GB with what is blurred along one axis only
    const auto n = static_cast<double>(sources.size());
    const auto m = static_cast<double>(targets.size());
    const double nodes = nodes_of(targets, sigma_m, tol);
    const double by_pairs = m * (per_target + per_pair * neighbours(sources, sigma_m, tol));
    const double by_nodes = nodes * per_node + (n + m) * per_place;
    const bool pairs = nodes > most_nodes || by_pairs < by_nodes;
    std::vector<double> out = pairs ? gaussian_at_by_pairs(sources, targets, sigma_m, tol)
                                    : gaussian_at_by_nodes(sources, targets, sigma_m, tol);
    progress(1);
    return out;
}

} // namespace vigil
