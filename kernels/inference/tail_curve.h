#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace vigil::tails {

/// A population as weighted values: `count[a]` members have the value `value[a]`, ascending.
struct Atoms {
    std::vector<double> value;
    std::vector<double> count;
};

/// Chances of a random subset's sum S against a number s.
struct Tail {
    double at_least = 1; ///< P(S >= s)
    double at_most = 1;  ///< P(S <= s)
    double equal = 0;    ///< P(S = s)
};

/// Where a tilted population gives subsets of the wanted size and sum on average.
struct SaddlePoint {
    double log_odds = 0;                             ///< a: an average member is drawn with odds e^a
    double tilt = 0;                                 ///< t, in units of 1 / scale
    double exponent = 0;                             ///< K(a, t) - a k - t s
    double det = 0;                                  ///< determinant of K'' at (a, t)
    double curve_aa = 0, curve_at = 0, curve_tt = 0; ///< K''
    double sum = 0;                                  ///< the s it was solved for, in units of scale
    bool found = false;
};

/// Tails of the sum of `draws` values taken without replacement, by the double saddlepoint.
///
///     K(a, t) = sum_j log(1 + exp(a + t x_j)),   K_a = k,  K_t = s  at (a, t)
///
///     w = sgn(t) sqrt(2 (K(a0, 0) - a0 k - K(a, t) + a k + t s)),   a0 = log(k / (N - k))
///
///     v = sqrt(det K''(a, t) / K_aa(a0, 0)),   u = t v, or (1 - exp(-t)) v where sums step by 1
///
///     P(S >= s) = 1 - Phi(w) + phi(w) (1 / u - 1 / w),   P(S = s) = phi(w) / v with steps of 1
///
/// Each question leaves out one member: its value need not be one of the atoms'.
///
/// source   Skovgaard (1987), J. Appl. Prob. 24, 875-887; Booth & Butler (1990), Biometrika 77,
///          787-796; Robinson (1982), Ann. Stat. 10, 823-832; lattice form: Daniels (1987),
///          Int. Stat. Rev. 55, 37-48
class TailCurve {
  public:
    /// step  1 where all values are whole, else 0: sums then have no lattice
    TailCurve(const Atoms& atoms, double step);

    /// Solves for one subset size, sum and left-out value, starting from the `last` question's
    /// answer. 0 < draws < members - 1, and `sum` strictly between the least and the greatest
    /// possible.
    [[nodiscard]] Tail tail(double draws, double sum, double left_out, SaddlePoint& last) const;

  private:
    struct Question {
        double draws, sum, left_out; ///< sum and left_out on the scale of the curve
        double members;              ///< those that may be drawn
        double mean, sd;             ///< of the sum
        double sign;                 ///< -1: one member is left out; 0: none is
    };
    [[nodiscard]] Question question(double draws, double sum, double left_out, bool leave) const;
    void evaluate(const Question& q, SaddlePoint& at, double& slope_a, double& slope_t) const;
    void solve(const Question& q, SaddlePoint& at) const;
    void start(const Question& q, SaddlePoint& at) const;
    [[nodiscard]] Tail formula(const Question& q, SaddlePoint& at) const;
    [[nodiscard]] Tail near_mean(const Question& q, SaddlePoint& at) const;

    std::vector<double> value_; ///< (x - centre) / scale, padded with members of count 0
    std::vector<double> count_;
    double centre_ = 0, scale_ = 1, step_ = 0;
    double members_ = 0, sum_ = 0, squares_ = 0; ///< of value_
    double reach_ = 0;                           ///< the greatest |value_|
};

} // namespace vigil::tails
