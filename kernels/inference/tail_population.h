#pragma once

#include "kernels/inference/tail_curve.h"
#include "kernels/inference/tail_table.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace vigil::tails {

/// The values of all features, each different one once.
///
/// Where all are whole multiples of one step they are counted in it, from the end where most
/// lie: x = origin + step * value, step < 0 when that end is the upper one.
struct Population {
    std::vector<double> value;       ///< ascending
    std::vector<std::int64_t> count; ///< how many have it
    std::vector<std::uint32_t> own;  ///< n: index of each feature's value; unset where NaN
    std::vector<std::int64_t> below; ///< how many are less than each value, and the number of all
    std::vector<double> sum_below;   ///< their sum, and the sum of all
    double origin = 0;
    double step = 1;
    bool whole = false;

    [[nodiscard]] std::int64_t members() const { return below.back(); }
    [[nodiscard]] double sum() const { return sum_below.back(); }
    /// The least or the greatest sum of `draws` members: of `tied` equal ones any `needed` are
    /// among them.
    struct End {
        double sum = 0;
        std::int64_t tied = 0, needed = 0;
    };
    [[nodiscard]] End least(std::size_t left_out, std::int64_t draws) const;
    [[nodiscard]] End greatest(std::size_t left_out, std::int64_t draws) const;
    /// P(S = sum) at such an end: C(tied, needed) / C(members - 1, draws).
    [[nodiscard]] double share(const End& end, std::int64_t draws) const;
    /// The greatest sum of `draws` members, none left out.
    [[nodiscard]] double greatest_sum(std::int64_t draws) const;
    /// One member against a number, by counting. `tolerance` makes nearly equal values equal.
    [[nodiscard]] Tail of_one(std::size_t left_out, double x, double tolerance) const;
};

/// throws  Error when a value is infinite
Population population_of(std::span<const double> values);
/// The same with values as they are, not counted in steps.
Population population_as_given(std::span<const double> values);

/// The population for `TailCurve`: all different values, or when they are too many the outer
/// ones and, for runs of those between, two atoms that keep the run's number, sum and sum of
/// squares.
Atoms atoms_of(const Population& population);

} // namespace vigil::tails
