#pragma once

#include "kernels/kernel_shape.h"
#include "libgeo/features.h"
#include "libgeo/grid.h"
#include "libgeo/plane.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// How much of a kernel about a place lies inside a window of polygons: the edge correction of a density.
///
///     e(x, h) = integral over the window W of K_h(|x - v|) dv
///
/// Uniform correction divides the density at x by e(x, h); Jones and Diggle's divides the weight of each
/// incident by e at its place, so that all of its weight stays inside W.
///
/// Exact (rounding aside), from the border alone. With H(r) the share of the kernel beyond r, t the way along
/// an edge, d its distance to the left of x, and w(x) the number of times the border winds around x,
///
///     e = w(x) - sum over edges of  1/(2 pi) integral of H(sqrt(d^2 + t^2)) d / (d^2 + t^2) dt
///
/// Only edges within reach count. In closed form for (1 - u^2)^m and the triangular kernel, as a power series
/// for the cosine, by Owen's T for the Gaussian (which counts as ended at 8.5 sigma, 2e-16 of it beyond).
///
/// source   Diggle (1985), Applied Statistics 34, 138-147; Jones (1993), Statistics and Computing 3, 135-146;
///          Owen (1956), Annals of Mathematical Statistics 27, 1075-1090; docs/methods/density.md
class WindowMass {
  public:
    /// window   kind polygon, in the CRS of the places; rings may run either way and may touch, but polygons
    ///          that overlap or cross themselves count twice where they do
    /// throws   Error when the features are no polygons, there are none, or a coordinate is not finite
    /// cost     O(edges) time and memory
    WindowMass(const Geometries& window, KernelShape shape);

    /// e at a place, in [0, 1]; 0 outside the window. A place on the border is inside.
    ///
    /// bandwidth_m  > 0 (Gaussian: sigma)
    /// throws       Error when the window is found to overlap itself
    /// cost         O(edges in reach + edges due east + rows of the index in reach)
    [[nodiscard]] double at(XY place, double bandwidth_m) const;

    /// e at n places, in parallel.
    ///
    /// bandwidths_m  n values, or one for all
    /// throws        Error if sizes differ, or a place or bandwidth is out of range
    [[nodiscard]] std::vector<double> at(std::span<const XY> places,
                                         std::span<const double> bandwidths_m) const;

    /// e at the cell centres of rows [begin, end), in parallel.
    ///
    /// out   (end - begin) x cols values
    void rows(const Grid& grid, double bandwidth_m, std::int64_t begin, std::int64_t end,
              std::span<double> out) const;

  private:
    /// A piece of the border, with the inside to its left.
    struct Side {
        XY from, to;
    };

    void add_ring(std::span<const XY> ring, bool shell);
    void cut(double longest_m);
    void file(double cell_m);
    [[nodiscard]] std::int64_t row_of(double y) const;
    [[nodiscard]] std::int64_t col_of(double x) const;
    [[nodiscard]] std::span<const Side> sides(std::int64_t row, std::int64_t first_col,
                                              std::int64_t last_col) const;

    KernelShape shape_;
    std::vector<Side> sides_; ///< by index cell of their middles
    std::vector<std::size_t> cell_end_;
    Box box_;
    double cell_m_ = 1;                ///< of the index
    double half_side_m_ = 0;           ///< no side reaches further from its middle
    std::int64_t rows_ = 1, cols_ = 1; ///< of the index
};

/// Weights that make a density keep all of its mass inside a window: w_i / e_i, and 0 where e_i is 0 (outside
/// the window: the caller should say how many).
///
/// weights  n values, or empty for all 1
/// mass     n values, WindowMass::at of the places
/// throws   Error if the sizes differ
std::vector<double> jones_diggle_weights(std::span<const double> weights, std::span<const double> mass);

} // namespace vigil
