#include "kernels/inference/permutation_lanes.h"

#include "kernels/lanes.h"

#include <cstring>
#include <limits>

namespace vigil::permutation_detail {

namespace {

using wide::Lanes;
using Counts = std::int64_t __attribute__((vector_size(64)));
constexpr std::size_t lanes = 8;
constexpr std::size_t parts = DrawnValues::width / lanes;

/// The weighted sums of one strip.
struct Sums {
    Lanes part[parts] = {};

    [[gnu::always_inline]] Sums(const double* values, const double* weights, std::size_t k)
    {
        for (std::size_t j = 0; j < k; ++j) {
            for (std::size_t p = 0; p < parts; ++p) {
                Lanes x;
                std::memcpy(&x, values + j * DrawnValues::width + p * lanes, sizeof x);
                part[p] += weights[j] * x;
            }
        }
    }
};

struct CountStrips {
    static inline double run(const DrawnValues* values, CountedRow* rows, std::size_t n)
    {
        for (std::size_t s = 0; s < values->strips(); ++s) {
            const double* strip = values->strip(s);
            for (std::size_t r = 0; r < n; ++r) {
                CountedRow& row = rows[r];
                const Sums sums(strip, row.weights.data(), row.weights.size());
                Counts more{};
                Counts less{};
                for (const Lanes& part : sums.part) {
                    more -= part >= row.lowest; // a comparison that holds is -1
                    less -= part <= row.highest;
                }
                std::int64_t above = 0;
                std::int64_t below = 0;
                for (std::size_t l = 0; l < lanes; ++l) {
                    above += more[l];
                    below += less[l];
                }
                row.at_least += static_cast<std::uint32_t>(above);
                row.at_most += static_cast<std::uint32_t>(below);
            }
        }
        return 0;
    }
};

struct StoreStrips {
    static inline double run(const DrawnValues* values, const double* weights, std::size_t k, double* sums)
    {
        for (std::size_t s = 0; s < values->strips(); ++s) {
            const Sums strip(values->strip(s), weights, k);
            std::memcpy(sums + s * DrawnValues::width, strip.part, sizeof strip.part);
        }
        return 0;
    }
};

} // namespace

DrawnValues::DrawnValues(std::size_t draws, std::size_t length)
    : draws_(draws), length_(length), strips_((draws + width - 1) / width * length)
{
    for (std::size_t draw = draws; draw % width != 0; ++draw) {
        for (std::size_t place = 0; place < length; ++place) {
            at(draw, place) = std::numeric_limits<double>::quiet_NaN();
        }
    }
}

void count_rows(const DrawnValues& values, std::span<CountedRow> rows)
{
    wide::run_widest<CountStrips>(&values, rows.data(), rows.size());
}

void weighted_sums(const DrawnValues& values, std::span<const double> weights, std::span<double> sums)
{
    wide::run_widest<StoreStrips>(&values, weights.data(), weights.size(), sums.data());
}

} // namespace vigil::permutation_detail
