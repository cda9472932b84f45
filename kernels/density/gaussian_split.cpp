#include "kernels/density/gaussian_split.h"

#include <cmath>
#include <numbers>

namespace vigil {

namespace {

using std::numbers::pi;

/// |e| of the lattice sum, from a^2 b^2 / (a^2 + b^2).
double aliasing(double variance)
{
    double sum = 0;
    for (int m = 1; m <= 8; ++m) {
        sum += 2 * std::exp(-2 * pi * pi * m * m * variance);
    }
    return sum;
}

/// The smaller a^2 with a^2 (total - a^2) / total = variance, a^2 = total / 2 when there is none.
double part_of(double total, double variance)
{
    return total / 2 * (1 - std::sqrt(std::fmax(0, 1 - 4 * variance / total)));
}

/// Sum over integers t >= start of a normal density about 0, or more.
double mass_beyond(double start, double deviation)
{
    if (start <= 0) {
        return 2; // all of it, and what the lattice adds
    }
    const double z = start / deviation;
    return std::exp(-z * z / 2) / (std::sqrt(2 * pi) * deviation) + std::erfc(z / std::numbers::sqrt2) / 2;
}

/// Highest loss along one axis for places between near and far, as a share of K_sigma(0).
double highest_loss(double part, double sigma, double radius, double near, double far)
{
    const double share = part * part / (sigma * sigma);
    const double deviation = part * std::sqrt(1 - share);
    if (share >= 1) {
        const double from = std::fmax(near, radius);
        return far > radius ? std::exp(-from * from / (2 * sigma * sigma)) : 0;
    }
    const double lost =
        mass_beyond(radius - far * share, deviation) + mass_beyond(radius + near * share, deviation);
    return std::exp(-near * near / (2 * sigma * sigma)) * std::fmin(lost, 2.0);
}

int nodes_for(double part, double sigma, double beyond, double tail)
{
    int nodes = 0;
    while (cut_loss(part, sigma, nodes + beyond) > tail) {
        ++nodes;
    }
    return nodes;
}

// how tol is shared out; the rest is for rounding
constexpr double aliasing_share = 0.4;
constexpr double cut_share = 0.15; // of each of three steps

} // namespace

double cut_loss(double part, double sigma, double radius)
{
    constexpr int slices = 24;
    const double side = 1.5 * sigma;
    double across = 0; // of the axis that is cut
    double along = 0;  // of the other one
    for (int square = 0; square < 12; ++square) {
        double highest = 0;
        for (int slice = 0; slice < slices; ++slice) {
            const double near = side * (square + static_cast<double>(slice) / slices);
            highest = std::fmax(highest, highest_loss(part, sigma, radius, near, near + side / slices));
        }
        across += 2 * highest;
        along += 2 * std::exp(-1.125 * square * square);
    }
    const double rest = 4 * std::exp(-1.125 * 12 * 12); // squares beyond the twelfth
    // 1.5 covers the aliasing of what was lost, below 1.15 an axis at the largest tolerance
    return 1.5 * std::exp(0.5625) * 2 * (across + rest) * along;
}

GaussianSplit whole_gaussian(double sigma_m, double spacing_m, double tol)
{
    GaussianSplit split;
    split.spacing_m = spacing_m;
    split.sigma = sigma_m / spacing_m;
    split.spread = split.sigma;
    split.spread_nodes = nodes_for(split.spread, split.sigma, 0.5, tol * 0.8);
    split.bound = cut_loss(split.spread, split.sigma, split.spread_nodes + 0.5);
    return split;
}

GaussianSplit split_gaussian(double sigma_m, double spacing_m, bool reading, double tol)
{
    const double steps = reading ? 2 : 1;
    const double allowed = tol * aliasing_share / (2 * steps) / 2; // of each axis and step; 2 of the series
    const double variance = std::log(1.001 / allowed) / (2 * pi * pi);
    GaussianSplit split;
    split.spacing_m = spacing_m;
    split.sigma = sigma_m / spacing_m;
    const double total = split.sigma * split.sigma;
    const double read2 = reading ? part_of(total, variance) : 0;
    const double left = total - read2;
    const double spread2 = part_of(left, variance);
    const double smooth2 = left - spread2;
    split.spread = std::sqrt(spread2);
    split.smooth = std::sqrt(smooth2);
    split.read = std::sqrt(read2);
    const double first = 1 + aliasing(spread2 * smooth2 / left);
    const double second = reading ? 1 + aliasing(left * read2 / total) : 1;
    split.bound = first * first * second * second - 1;
    if (split.bound > tol * 0.45) {
        split.bound = std::fmax(split.bound, 2 * tol); // not to be used
        return split;
    }
    const double tail = tol * cut_share;
    split.spread_nodes = nodes_for(split.spread, split.sigma, 0.5, tail);
    split.smooth_nodes = nodes_for(split.smooth, split.sigma, 1, tail);
    split.bound += cut_loss(split.spread, split.sigma, split.spread_nodes + 0.5) +
                   cut_loss(split.smooth, split.sigma, split.smooth_nodes + 1);
    if (reading) {
        split.read_nodes = nodes_for(split.read, split.sigma, 0.5, tail);
        split.bound += cut_loss(split.read, split.sigma, split.read_nodes + 0.5);
    }
    return split;
}

} // namespace vigil
