#pragma once

#include "kernels/density/gaussian_split.h"
#include "kernels/places.h"
#include "libgeo/plane.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// Where the nodes are: node (row, col) at origin.x + (col - pad) spacing, origin.y - (row - pad) spacing.
/// The pad apart, because an origin moved by it would be rounded; it may be any number.
struct LatticeFrame {
    XY origin;
    double pad = 0;
    double spacing_m = 1;
    std::int64_t rows = 0;
    std::int64_t cols = 0;

    [[nodiscard]] double col_of(double x) const { return (x - origin.x) / spacing_m + pad; }
    [[nodiscard]] double row_of(double y) const { return (origin.y - y) / spacing_m + pad; }
};

/// Places scattered onto a lattice and blurred there: the first two factors of a GaussianSplit.
class GaussianLattice {
  public:
    /// places  in canonical order
    /// throws  Error (limit) if a place is spread over more than 64 nodes of an axis
    GaussianLattice(std::span<const Place> places, const LatticeFrame& frame, const GaussianSplit& split);

    /// Nodes of rows [begin, end), row after row `stride` apart: weight per square metre. Overwrites. Each
    /// node adds its terms in one order, whatever the rows asked and the number of threads.
    ///
    /// cost    O(places within reach + nodes (blur + 1))
    /// memory  that of the rows asked and the reach of the blur above and below
    void rows(std::int64_t begin, std::int64_t end, double* out, std::size_t stride) const;

    /// A place adds exactly 0 to nodes farther than this along either axis.
    [[nodiscard]] double reach_m() const;

  private:
    struct Spot { // a place in spacings from node (0, 0)
        double col = 0;
        double row = 0;
        double weight = 0;
    };

    void scatter_and_blur_rows(std::int64_t begin, std::int64_t end, double* out) const;
    void scatter(std::int64_t begin, std::int64_t end, std::vector<double>& tile) const;
    [[nodiscard]] std::size_t strip_of(double row) const;

    LatticeFrame frame_;
    GaussianSplit split_;
    std::int64_t half_ = 0;      // the blur reaches this many nodes
    std::int64_t row_taps_ = 0;  // rows that a place is spread over
    std::int64_t col_taps_ = 0;  // columns likewise, a multiple of the lanes
    std::size_t stride_ = 0;     // of rows that are blurred along x
    std::size_t tile_width_ = 0; // of rows that are scattered; column 0 is first_col_
    std::int64_t first_col_ = 0;
    std::vector<double> blur_;           // K_blur at -half_ ... half_
    std::vector<Spot> spots_;            // strip after strip, in the order of the places in each
    std::vector<std::size_t> strip_end_; // where each strip ends among the spots
};

} // namespace vigil
