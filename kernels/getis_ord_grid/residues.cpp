#include "kernels/getis_ord_grid/residues.h"

#include "kernels/lanes.h"

#include <array>
#include <bit>
#include <cassert>
#include <span>

namespace vigil::grid_sums {

namespace {

/// y_s = sum_t x_t w^(s t) of a few numbers, each a row of lanes.
template <unsigned q>
struct Few;

template <>
struct Few<2> {
    [[gnu::always_inline]] static void run(const Field& field, std::array<std::uint32_t, 2>& x,
                                           const std::array<std::uint32_t, 2>& /*roots*/)
    {
        x = {field.add(x[0], x[1]), field.sub(x[0], x[1])};
    }
};

template <>
struct Few<4> {
    [[gnu::always_inline]] static void run(const Field& field, std::array<std::uint32_t, 4>& x,
                                           const std::array<std::uint32_t, 4>& roots)
    {
        const std::uint32_t even_sum = field.add(x[0], x[2]);
        const std::uint32_t even_difference = field.sub(x[0], x[2]);
        const std::uint32_t odd_sum = field.add(x[1], x[3]);
        const std::uint32_t odd_turned = field.mul(field.sub(x[1], x[3]), roots[1]);
        x = {field.add(even_sum, odd_sum), field.add(even_difference, odd_turned),
             field.sub(even_sum, odd_sum), field.sub(even_difference, odd_turned)};
    }
};

template <>
struct Few<3> {
    [[gnu::always_inline]] static void run(const Field& field, std::array<std::uint32_t, 3>& x,
                                           const std::array<std::uint32_t, 3>& roots)
    {
        const std::uint32_t first = field.mul(x[1], roots[1]);
        const std::uint32_t second = field.mul(x[2], roots[1]);
        const std::uint32_t both = field.add(x[1], x[2]);
        // 1 + w + w^2 = 0
        const std::uint32_t y1 = field.sub(field.add(x[0], first), field.add(x[2], second));
        const std::uint32_t y2 = field.sub(field.add(x[0], second), field.add(x[1], first));
        x = {field.add(x[0], both), y1, y2};
    }
};

template <>
struct Few<5> {
    [[gnu::always_inline]] static void run(const Field& field, std::array<std::uint32_t, 5>& x,
                                           const std::array<std::uint32_t, 5>& roots)
    {
        const std::uint32_t half = field.factor((field.prime() + 1) / 2);
        const std::uint32_t cos1 = field.mul(field.add(roots[1], roots[4]), half);
        const std::uint32_t cos2 = field.mul(field.add(roots[2], roots[3]), half);
        const std::uint32_t sin1 = field.mul(field.sub(roots[1], roots[4]), half);
        const std::uint32_t sin2 = field.mul(field.sub(roots[2], roots[3]), half);
        const std::uint32_t sum1 = field.add(x[1], x[4]);
        const std::uint32_t sum2 = field.add(x[2], x[3]);
        const std::uint32_t difference1 = field.sub(x[1], x[4]);
        const std::uint32_t difference2 = field.sub(x[2], x[3]);
        const std::uint32_t even1 = field.add(x[0], field.add(field.mul(sum1, cos1), field.mul(sum2, cos2)));
        const std::uint32_t even2 = field.add(x[0], field.add(field.mul(sum1, cos2), field.mul(sum2, cos1)));
        const std::uint32_t odd1 = field.add(field.mul(difference1, sin1), field.mul(difference2, sin2));
        const std::uint32_t odd2 = field.sub(field.mul(difference1, sin2), field.mul(difference2, sin1));
        x = {field.add(x[0], field.add(sum1, sum2)), field.add(even1, odd1), field.add(even2, odd2),
             field.sub(even2, odd2), field.sub(even1, odd1)};
    }
};

/// One stage of a transform: blocks of `length` rows are split into q.
struct Stage {
    const Field& field;
    std::span<const std::uint32_t> powers;
    std::size_t length;
    bool forward;

    /// w^k, or w^-k on the way back
    [[nodiscard, gnu::always_inline]] std::uint32_t power(std::size_t k) const
    {
        return powers[forward || k == 0 ? k : powers.size() - k];
    }
    template <unsigned q>
    [[gnu::always_inline]] void run(std::uint32_t* x) const
    {
        const std::size_t step = length / q;
        const std::size_t stride = powers.size() / length;
        std::array<std::uint32_t, q> roots{};
        for (unsigned t = 0; t < q; ++t) {
            roots[t] = power(t * (powers.size() / q));
        }
        for (std::size_t begin = 0; begin < powers.size(); begin += length) {
            for (std::size_t j = 0; j < step; ++j) {
                std::array<std::uint32_t, q> twiddles{};
                for (unsigned s = 0; s < q; ++s) {
                    twiddles[s] = power(s * j * stride);
                }
                turn<q>(x + (begin + j) * lanes, step * lanes, roots, twiddles);
            }
        }
    }
    template <unsigned q>
    [[gnu::always_inline]] void turn(std::uint32_t* x, std::size_t apart,
                                     const std::array<std::uint32_t, q>& roots,
                                     const std::array<std::uint32_t, q>& twiddles) const
    {
        const Field f = field;
        if (forward) {
            for (std::size_t l = 0; l < lanes; ++l) {
                std::array<std::uint32_t, q> row{};
                for (unsigned s = 0; s < q; ++s) {
                    row[s] = x[s * apart + l];
                }
                Few<q>::run(f, row, roots);
                x[l] = row[0];
                for (unsigned s = 1; s < q; ++s) {
                    x[s * apart + l] = f.mul(row[s], twiddles[s]);
                }
            }
        } else {
            for (std::size_t l = 0; l < lanes; ++l) {
                std::array<std::uint32_t, q> row{};
                row[0] = x[l];
                for (unsigned s = 1; s < q; ++s) {
                    row[s] = f.mul(x[s * apart + l], twiddles[s]);
                }
                Few<q>::run(f, row, roots);
                for (unsigned s = 0; s < q; ++s) {
                    x[s * apart + l] = row[s];
                }
            }
        }
    }
};

/// A stage, for wide::run_widest.
struct RunStage {
    [[gnu::always_inline]] static double run(const Stage* stage, unsigned q, std::uint32_t* x)
    {
        switch (q) {
        case 2:
            stage->run<2>(x);
            break;
        case 3:
            stage->run<3>(x);
            break;
        case 4:
            stage->run<4>(x);
            break;
        default:
            stage->run<5>(x);
        }
        return 0;
    }
};

} // namespace

std::size_t transform_length(std::size_t n)
{
    std::size_t best = std::max(lanes, std::bit_ceil(n));
    for (const std::size_t odd : {3U, 5U, 9U, 15U}) {
        std::size_t length = odd * lanes;
        while (length < n) {
            length *= 2;
        }
        best = std::min(best, length);
    }
    return best;
}

Transform::Transform(const Field& field, std::uint32_t primitive_root, std::size_t n)
    : field_(field), powers_(n), frequency_(n)
{
    const std::uint32_t w = field.power(field.factor(primitive_root), (field.prime() - 1) / n);
    std::uint32_t power = field.one();
    for (std::uint32_t& of_k : powers_) {
        of_k = power;
        power = field.mul(power, w);
    }
    std::size_t left = n;
    for (const std::uint32_t q : {5U, 3U, 4U, 2U}) {
        for (; left % q == 0; left /= q) {
            radices_.push_back(q);
        }
    }
    assert(left == 1);
    // Row s (n / q) + i of the first stage holds the frequencies s + q f, f as the stages after it order them
    std::size_t known = 1;
    for (std::size_t stage = radices_.size(); stage-- > 0;) {
        const std::uint32_t factor = radices_[stage];
        for (std::uint32_t s = factor; s-- > 0;) {
            for (std::size_t i = 0; i < known; ++i) {
                frequency_[s * known + i] = s + factor * frequency_[i];
            }
        }
        known *= factor;
    }
}

void Transform::forward(std::uint32_t* x) const
{
    std::size_t length = size();
    for (const std::uint32_t q : radices_) {
        const Stage stage{field_, powers_, length, true};
        wide::run_widest<RunStage>(&stage, q, x);
        length /= q;
    }
}

void Transform::inverse(std::uint32_t* x) const
{
    std::size_t length = 1;
    for (std::size_t stage = radices_.size(); stage-- > 0;) {
        const std::uint32_t q = radices_[stage];
        length *= q;
        const Stage back{field_, powers_, length, false};
        wide::run_widest<RunStage>(&back, q, x);
    }
}

} // namespace vigil::grid_sums
