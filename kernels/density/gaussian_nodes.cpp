#include "kernels/density/gaussian_lanes.h"
#include "kernels/density/gaussian_lattice.h"
#include "kernels/density/gaussian_split.h"
#include "kernels/density/gaussian_ways.h"
#include "libgeo/parallel.h"

#include <cmath>
#include <cstring>
#include <numbers>

namespace vigil {

namespace {

constexpr std::size_t most_taps = 64;

/// Nodes read at targets, each node with exp(-d^2 / 2 read^2) / (2 pi read^2).
template <std::size_t blocks>
struct Gather {
    const LatticeFrame* frame;
    const double* nodes;
    std::size_t stride;
    const XY* targets;
    double* out;
    std::size_t count;
    double radius;
    double read;
    std::size_t row_taps;

    template <typename Vector>
    [[gnu::always_inline]] void run() const
    {
        constexpr std::size_t width = sizeof(Vector) / sizeof(double);
        const Lanes ramp = {0, 1, 2, 3, 4, 5, 6, 7};
        const double exponent = -0.5 / (read * read);
        const double scale = 1 / (2 * std::numbers::pi * read * read);
        for (std::size_t i = 0; i < count; ++i) {
            const double col = frame->col_of(targets[i].x);
            const double row = frame->row_of(targets[i].y);
            const double left = std::ceil(col - radius);
            const double top = std::ceil(row - radius);
            double row_weight[most_taps];
            for (std::size_t t = 0; t < row_taps; t += lanes) {
                Lanes u = ramp + (top + static_cast<double>(t) - row);
                u = u * u * exponent;
                exp_in_place(u);
                store(row_weight + t, u);
            }
            Vector down[blocks * lanes / width] = {};
            const double* at =
                nodes + static_cast<std::size_t>(top) * stride + static_cast<std::size_t>(left);
            for (std::size_t t = 0; t < row_taps; ++t, at += stride) {
                for (std::size_t b = 0; b < blocks * lanes / width; ++b) {
                    Vector value;
                    load(value, at + b * width);
                    down[b] += row_weight[t] * value;
                }
            }
            Lanes total = {};
            for (std::size_t b = 0; b < blocks; ++b) {
                Lanes u = ramp + (left + static_cast<double>(b * lanes) - col);
                u = u * u * exponent;
                exp_in_place(u);
                Lanes eight;
                std::memcpy(&eight, &down[b * lanes / width], sizeof eight);
                total += u * eight;
            }
            out[i] = sum_of(total) * scale;
        }
    }
};

} // namespace

std::vector<double> gaussian_at_by_nodes(std::span<const Place> sources, std::span<const XY> targets,
                                         double sigma_m, double tol)
{
    std::vector<double> out(targets.size());
    if (targets.empty()) {
        return out;
    }
    const Box box = bounding_box(targets);
    const double sigma = sigma_for_anywhere(tol);
    const GaussianSplit split = split_anywhere(sigma, tol);
    const double radius = split.cut * split.read;
    const std::size_t row_taps = static_cast<std::size_t>(2 * radius) + 1;
    const std::size_t blocks = (row_taps + lanes - 1) / lanes;
    LatticeFrame frame{.origin = {box.min_x, box.max_y},
                       .pad = std::ceil(radius) + 1,
                       .spacing_m = sigma_m / sigma,
                       .rows = 0,
                       .cols = 0};
    frame.rows = static_cast<std::int64_t>(frame.row_of(box.min_y)) + static_cast<std::int64_t>(row_taps) + 1;
    frame.cols =
        static_cast<std::int64_t>(frame.col_of(box.max_x)) + static_cast<std::int64_t>(blocks * lanes) + 1;
    const auto stride = static_cast<std::size_t>(frame.cols);
    std::vector<double> nodes(stride * static_cast<std::size_t>(frame.rows));
    GaussianLattice(sources, frame, split).rows(0, frame.rows, nodes.data(), stride);
    with_blocks(blocks, [&]<std::size_t n>() {
        parallel_chunks(targets.size(), 1024, [&](std::size_t begin, std::size_t end) {
            run_widest(Gather<n>{.frame = &frame,
                                 .nodes = nodes.data(),
                                 .stride = stride,
                                 .targets = targets.data() + begin,
                                 .out = out.data() + begin,
                                 .count = end - begin,
                                 .radius = radius,
                                 .read = split.read,
                                 .row_taps = row_taps});
        });
    });
    return out;
}

} // namespace vigil
