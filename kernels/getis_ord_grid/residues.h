#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace vigil::grid_sums {

/// Whole numbers modulo a prime p < 2^31.
///
/// Factors are kept as f 2^32 mod p, so that a product needs no division:
///
///     mul(x, f 2^32) = x f mod p
///
/// source   Montgomery (1985), Mathematics of Computation 44, 519-521
class Field {
  public:
    explicit Field(std::uint32_t prime)
        : p_(prime), inverse_(prime) // right to 3 bits, twice as many after each step
    {
        for (int step = 0; step < 4; ++step) {
            inverse_ *= 2 - p_ * inverse_;
        }
        one_ = static_cast<std::uint32_t>((std::uint64_t{1} << 32) % p_);
        factor_of_one_ = static_cast<std::uint32_t>(std::uint64_t{one_} * one_ % p_);
    }
    [[nodiscard]] std::uint32_t prime() const { return p_; }
    [[nodiscard]] std::uint32_t one() const { return one_; } ///< 1 as a factor
    /// A number 0 <= x < p as a factor.
    [[nodiscard]] std::uint32_t factor(std::uint32_t x) const { return mul(x, factor_of_one_); }

    // Of two numbers that differ by p the one below p is the smaller, even where the other wrapped.
    [[nodiscard, gnu::always_inline]] std::uint32_t add(std::uint32_t a, std::uint32_t b) const
    {
        const std::uint32_t sum = a + b;
        return std::min(sum, sum - p_);
    }
    [[nodiscard, gnu::always_inline]] std::uint32_t sub(std::uint32_t a, std::uint32_t b) const
    {
        const std::uint32_t difference = a - b;
        return std::min(difference, difference + p_);
    }
    [[nodiscard, gnu::always_inline]] std::uint32_t mul(std::uint32_t x, std::uint32_t factor) const
    {
        const std::uint64_t product = std::uint64_t{x} * factor;
        const std::uint32_t low = static_cast<std::uint32_t>(product) * inverse_;
        return sub(static_cast<std::uint32_t>(product >> 32),
                   static_cast<std::uint32_t>(std::uint64_t{low} * p_ >> 32));
    }
    /// A factor to a power.
    [[nodiscard]] std::uint32_t power(std::uint32_t factor, std::uint64_t exponent) const
    {
        std::uint32_t result = one_;
        for (; exponent > 0; exponent >>= 1) {
            if ((exponent & 1) != 0) {
                result = mul(result, factor);
            }
            factor = mul(factor, factor);
        }
        return result;
    }
    [[nodiscard]] std::uint32_t inverse(std::uint32_t factor) const { return power(factor, p_ - 2); }

  private:
    std::uint32_t p_;
    std::uint32_t inverse_;           ///< 1 / p mod 2^32
    std::uint32_t one_ = 0;           ///< 2^32 mod p
    std::uint32_t factor_of_one_ = 0; ///< 2^64 mod p
};

/// Columns that are transformed side by side, so that every step is done for all of them by wide
/// registers.
constexpr std::size_t lanes = 32;

/// The discrete Fourier transform of `lanes` columns of n residues, exact.
///
///     X_f = sum_t x_t w^(t f) mod p,   w a root of unity of order n
///
/// Frequencies come out in an order of their own (see `frequency`), which `inverse` undoes.
///
/// n        a length from `transform_length`
/// cost     O(n log n) for each column, 4 n bytes for the powers of w
/// source   Cooley & Tukey (1965), Mathematics of Computation 19, 297-301; in a finite field
///          Pollard (1971), Mathematics of Computation 25, 365-374
class Transform {
  public:
    Transform(const Field& field, std::uint32_t primitive_root, std::size_t n);

    [[nodiscard]] std::size_t size() const { return powers_.size(); }
    /// x   n rows of `lanes` residues
    void forward(std::uint32_t* x) const;
    /// n times what the columns were.
    void inverse(std::uint32_t* x) const;
    /// The f of each row after `forward`.
    [[nodiscard]] const std::vector<std::uint32_t>& frequency() const { return frequency_; }
    /// w^k as a factor, k < n.
    [[nodiscard]] std::uint32_t root_power(std::size_t k) const { return powers_[k]; }

  private:
    Field field_;
    std::vector<std::uint32_t> powers_;
    std::vector<std::uint32_t> radices_;
    std::vector<std::uint32_t> frequency_;
};

/// The least multiple of `lanes` among 2^k, 3 2^k, 5 2^k, 9 2^k and 15 2^k that is at least n.
std::size_t transform_length(std::size_t n);

} // namespace vigil::grid_sums
