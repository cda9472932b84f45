#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace vigil::tails {

/// Different whole values >= 0, ascending, and how many members have each.
struct WholeAtoms {
    std::vector<std::int64_t> value;
    std::vector<std::int64_t> count;

    [[nodiscard]] std::size_t size() const { return value.size(); }
    [[nodiscard]] std::int64_t members() const;
};

/// The largest sums and subset sizes that are looked at.
struct TableSize {
    std::size_t draws = 0;
    std::size_t sum = 0;

    [[nodiscard]] double cells() const { return double(draws + 1) * double(sum + 1); }
};

/// How one member is left out of a table.
enum class LeavingOut {
    exact, ///< values held by many are divided out, the others by divide and conquer
    /// All are divided out where at most one of four members is drawn: right to 1e-6 or so of
    /// itself in tails that are not extreme.
    quick,
};

/// Operations that `subset_tables` takes, about, when `leaves` different values are left out.
double table_work(const WholeAtoms& atoms, TableSize size, LeavingOut leaving_out, double leaves);

/// Chances of the sums of one subset size when one member is left out.
struct SumChances {
    std::size_t left_out = 0; ///< index of its value
    std::size_t draws = 0;
    std::span<const double> chance; ///< of the sums 0 ... size.sum, times a constant
    double beyond = 0;              ///< and of all larger sums
    double total = 1;               ///< what they add up to
};

/// Chances of every sum <= size.sum of 1 ... size.draws members drawn without replacement, one
/// member left out, for each value that the left-out member may have. Only additions of what is
/// not negative, or divisions that cannot cancel: every chance, however small, is right to about
/// (draws + values) 1e-16 of itself.
///
///     row c of a table: [y^c] prod_v (q + p y z^v)^m_v,   m_v members of value v
///
/// is a polynomial in z whose coefficients are the chances of each sum; leaving out one member of
/// value v divides by (q + p y z^v).
///
/// wanted   by value and subset size (value * (size.draws + 1) + draws): which to report
/// report   called once for each wanted, from several threads, in no order
/// cost     table_work; (size.draws + 1) (size.sum + 1) numbers for each level of the recursion
void subset_tables(const WholeAtoms& atoms, TableSize size, const std::vector<bool>& wanted,
                   LeavingOut leaving_out, const std::function<void(const SumChances&)>& report);

} // namespace vigil::tails
