#include "kernels/density/gaussian_columns.h"

#include "kernels/density/gaussian_lanes.h"

#include <cmath>

namespace vigil {

namespace {

/// Each lane is one row of nodes; eight targets at a time, so that a row is written eight numbers together.
struct ReadRows {
    const std::int64_t* first;
    const double* weights;
    std::size_t taps;
    std::size_t targets;
    const double* packed; // node after node, eight rows each
    double* out;
    std::size_t out_stride;
    std::size_t rows;

    template <typename Vector>
    [[gnu::always_inline]] void run() const
    {
        constexpr std::size_t width = sizeof(Vector) / sizeof(double);
        double block[lanes * lanes];
        for (std::size_t start = 0; start < targets; start += lanes) {
            const std::size_t count = targets - start < lanes ? targets - start : lanes;
            for (std::size_t i = 0; i < count; ++i) {
                const double* weight = weights + (start + i) * taps;
                const double* node = packed + static_cast<std::size_t>(first[start + i]) * lanes;
                Vector sum[lanes / width] = {};
                for (std::size_t t = 0; t < taps; ++t) {
                    for (std::size_t b = 0; b < lanes / width; ++b) {
                        Vector value;
                        load(value, node + t * lanes + b * width);
                        sum[b] += weight[t] * value;
                    }
                }
                for (std::size_t b = 0; b < lanes / width; ++b) {
                    store(block + i * lanes + b * width, sum[b]);
                }
            }
            for (std::size_t row = 0; row < rows; ++row) {
                double* at = out + row * out_stride + start;
                for (std::size_t i = 0; i < count; ++i) {
                    at[i] = block[i * lanes + row];
                }
            }
        }
    }
};

} // namespace

NodeWeights::NodeWeights(double start, double step, std::int64_t targets, const GaussianSplit& split)
{
    const double radius = split.cut * split.read;
    taps_ = static_cast<std::int64_t>(std::floor(2 * radius)) + 1;
    for (std::int64_t i = 0; i < targets; ++i) {
        const double at = start + step * static_cast<double>(i);
        const double first = std::ceil(at - radius);
        first_.push_back(static_cast<std::int64_t>(first));
        const std::vector<double> samples = gaussian_samples(split.read, first - at, taps_);
        weights_.insert(weights_.end(), samples.begin(), samples.end());
    }
}

void NodeWeights::read_rows(const double* from, std::size_t from_stride, std::size_t rows, double* out,
                            std::size_t out_stride) const
{
    const auto nodes = static_cast<std::size_t>(this->nodes());
    std::vector<double> packed(nodes * lanes);
    for (std::size_t row = 0; row < rows; ++row) {
        const double* node = from + row * from_stride;
        for (std::size_t k = 0; k < nodes; ++k) {
            packed[k * lanes + row] = node[k];
        }
    }
    run_widest(ReadRows{.first = first_.data(),
                        .weights = weights_.data(),
                        .taps = static_cast<std::size_t>(taps_),
                        .targets = first_.size(),
                        .packed = packed.data(),
                        .out = out,
                        .out_stride = out_stride,
                        .rows = rows});
}

} // namespace vigil
