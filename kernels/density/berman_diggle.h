#pragma once

#include "kernels/density/cross_validation.h"
#include "kernels/places.h"

#include <cstddef>
#include <span>
#include <vector>

namespace vigil {

/// Mean square error of an intensity by a uniform disc of radius r = 2 sigma, but for a constant:
///
///     M(r) = (c - 2 K(r)) / (pi r^2) + (pi r^2)^-2 2 r^2 sum_pairs k_ij (acos y - y sqrt(1 - y^2)), y = d/2r
///
/// over ordered pairs with d < 2 r. K is Ripley's with the translation correction on a rectangle W: K(r) adds
/// up k_ij = w_i w_j |W|^2 / (N^2 - sum w a) / ((W_x - |dx|) (W_y - |dy|)) of pairs with d <= r; a coincident
/// pair of incidents counts, also in the last term, unless its place is left out. c = |W| sum w a / N^2,
/// which is 1/lambda when every weight is 1. Pairs are kept in `bins` bins of distance up to 2 r_max, each by
/// weight and mean distance: K is exact at r = i r_max/(bins/2), and M off by a share of the order
/// (1/bins)^2.
///
/// Distances up to r_max = min(shorter side / 4, sqrt(1000 / (pi lambda))) / 2, as spatstat's bw.diggle does,
/// which by default (correction "good") takes the isotropic correction below 1000 points, the translation
/// correction below 3000, and a border correction above; `correction = "translate"` is what is computed here.
///
/// source   Berman and Diggle (1989), JRSS B 51, 81-92; Diggle (2003), 8.2; Ohser (1983) for the correction
class BermanDiggle {
  public:
    /// places   canonical order, in `window`
    /// throws   Error if the window has no area or a place is outside it
    /// cost     O(n m), m <= 1000 places on average within 2 r_max
    BermanDiggle(std::span<const Place> places, const Box& window, LeaveOut leave_out,
                 std::size_t bins = 4096);

    /// Largest sigma that can be judged, metres.
    [[nodiscard]] double max_sigma_m() const { return sigma_m(edges()); }
    /// Number of values of r that can be judged: 1 .. edges().
    [[nodiscard]] std::size_t edges() const { return weight_.size() / 2; }
    /// Sigma at an edge, and the edge whose sigma is nearest (1 .. edges()).
    [[nodiscard]] double sigma_m(std::size_t edge) const { return step_m_ * static_cast<double>(edge) / 2; }
    [[nodiscard]] std::size_t edge_near(double sigma_m) const;
    /// M at an edge.
    [[nodiscard]] double value(std::size_t edge) const;

  private:
    double step_m_ = 0;
    double shot_ = 0;                       ///< c
    double coincident_ = 0;                 ///< K at 0
    std::vector<double> weight_, distance_; ///< of K per bin; mean distance, metres
    std::vector<double> k_;                 ///< K at the upper edge of bins 0..i-1
};

} // namespace vigil
