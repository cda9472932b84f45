#include "kernels/density/gaussian_sums.h"

#include "kernels/density/gaussian_lanes.h"

namespace vigil {

namespace {

struct WeightedSums {
    const double* weights;
    std::size_t taps;
    const double* from;
    std::size_t step;
    double* out;
    std::size_t count;

    template <typename Vector, std::size_t blocks>
    [[gnu::always_inline]] void sum(std::size_t at) const
    {
        constexpr std::size_t width = sizeof(Vector) / sizeof(double);
        Vector total[blocks] = {};
        const double* row = from + at;
        for (std::size_t t = 0; t < taps; ++t, row += step) {
            const double weight = weights[t];
            for (std::size_t b = 0; b < blocks; ++b) {
                Vector value;
                load(value, row + b * width);
                total[b] += weight * value;
            }
        }
        for (std::size_t b = 0; b < blocks; ++b) {
            store(out + at + b * width, total[b]);
        }
    }

    template <typename Vector>
    [[gnu::always_inline]] void run() const
    {
        constexpr std::size_t width = sizeof(Vector) / sizeof(double);
        constexpr std::size_t blocks = 8;
        std::size_t at = 0;
        for (; at + blocks * width <= count; at += blocks * width) {
            sum<Vector, blocks>(at);
        }
        for (; at + width <= count; at += width) {
            sum<Vector, 1>(at);
        }
        for (; at < count; ++at) {
            double total = 0;
            for (std::size_t t = 0; t < taps; ++t) {
                total += weights[t] * from[t * step + at];
            }
            out[at] = total;
        }
    }
};

} // namespace

void weighted_sums(const double* weights, std::size_t taps, const double* from, std::size_t step, double* out,
                   std::size_t count)
{
    run_widest(WeightedSums{weights, taps, from, step, out, count});
}

} // namespace vigil
