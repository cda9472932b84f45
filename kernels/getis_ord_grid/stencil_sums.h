#pragma once

#include "kernels/getis_ord.h"
#include "libgeo/grid.h"
#include "libgeo/raster.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace vigil::grid_sums {

/// Writes the values of a row, one for each column.
using FillRow = std::function<void(std::int64_t row, std::span<std::int64_t> values)>;
/// Takes the sums of a row, one for each column.
using UseRow = std::function<void(std::int64_t row, std::span<const std::int64_t> sums)>;

/// For each cell of a grid the sum of whole numbers over the stencil around it, exact.
///
/// A small stencil is added up row by row of it, a large one by a transform, whichever is
/// estimated to be faster; both give the same.
///
/// bound   no sum over the stencil is larger in size; < 2^63. Where one is, that sum is wrong
/// fill    called once for each row, from any thread
/// use     the same, when all rows are filled
/// cost    O(cells * min(rows of the stencil, log cells)) time
void stencil_sums(const Grid& grid, const Stencil& stencil, std::uint64_t bound, const FillRow& fill,
                  const UseRow& use);

/// The same from running sums along the rows.
///
/// cost    O(cells * rows of the stencil) time, 4 bytes for each cell (8 when bound >= 2^31)
void sums_by_rows(const Grid& grid, const Stencil& stencil, std::uint64_t bound, const FillRow& fill,
                  const UseRow& use);

/// The same as a convolution, by transforms modulo one to three primes below 2^31, as many as
/// `bound` needs.
///
/// cost    O(cells * log cells) time whatever the stencil; for each cell 4 bytes a prime, twice
///         that where the stencil is as wide as the grid
void sums_by_transform(const Grid& grid, const Stencil& stencil, std::uint64_t bound, const FillRow& fill,
                       const UseRow& use);

/// What `sums_by_transform` needs.
struct TransformSize {
    std::size_t rows = 0; ///< of the padded grid, around which the stencil does not reach
    std::size_t cols = 0;
    std::size_t primes = 0;
    bool possible = false; ///< rows and columns are few enough for the primes
};
TransformSize transform_size(const Grid& grid, const Stencil& stencil, std::uint64_t bound);

/// By an estimate from measured times.
bool transform_is_faster(const Grid& grid, const Stencil& stencil, std::uint64_t bound);

/// How many cells of a stencil lie inside a grid.
class CellsInside {
  public:
    /// cost   O(rows of the stencil * cols) time, 4 bytes for each
    CellsInside(const Grid& grid, const Stencil& stencil);
    /// Around the cell of each column of a row.
    void of_row(std::int64_t row, std::span<std::int32_t> counts) const;

  private:
    std::int64_t rows_;
    std::size_t cols_;
    std::int64_t reach_;
    std::vector<std::uint32_t> sums_; ///< wrapping; over the first rows of the stencil: none, one, ..., all
};

/// How many cells with a value, NaN being none, the stencil around each cell holds.
///
/// present   how many cells have a value
std::vector<std::int32_t> present_around(const Raster<double>& values, const Stencil& stencil,
                                         std::uint64_t present);

/// A stencil without what lies beyond any cell's grid: at most rows - 1 and cols - 1 away.
Stencil cut_to(const Grid& grid, const Stencil& stencil);

} // namespace vigil::grid_sums
