#pragma once

#include "libgeo/grid.h"

#include <gdal.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace vigil::io {

constexpr float raster_no_data = -9999;
constexpr int scratch_tile = 128; ///< edge of a tile of the uncompressed file; GDAL's own for overviews

/// The numbers as they stand in the file: NaN is NoData, and a value that only looks like NoData moves to the
/// next float.
///
/// throws   Error (output) naming `path` when one is too large for a float
void round_to_file(std::span<const double> values, std::span<float> rounded, const std::string& path);

/// A 64-bit sum over values in order, to tell damage from the values that were given (not an attacker's).
class Checksum {
  public:
    /// Not to be cut differently for the two things that are compared: whole rows.
    void add(std::span<const float> row);
    bool operator==(const Checksum&) const = default;

  private:
    std::uint64_t sum_ = 0;
};

/// Statistics of a band, built row by row.
struct RowStatistics {
    double n = 0;
    double mean = 0;
    double squares = 0; ///< of deviations from the mean
    double least = std::numeric_limits<double>::infinity();
    double most = -std::numeric_limits<double>::infinity();

    void add(std::span<const float> row);
};

/// Rows on their way into tiles of one GDAL band.
class TileRows {
  public:
    TileRows(GDALRasterBandH band, std::int64_t rows, std::int64_t cols);
    /// throws   Error (output) naming `path`
    void add(std::span<const float> row, const std::string& path);
    [[nodiscard]] const Checksum& checksum() const { return checksum_; }
    [[nodiscard]] std::int64_t rows() const { return rows_; }
    [[nodiscard]] std::int64_t cols() const { return cols_; }
    [[nodiscard]] std::int64_t done() const { return done_; }

  private:
    void write_tiles(const std::string& path);

    GDALRasterBandH band_;
    std::int64_t rows_;
    std::int64_t cols_;
    std::int64_t done_ = 0;
    std::vector<float> tiles_; ///< one row of tiles, tile by tile; empty when not in use
    Checksum checksum_;
};

/// A band and its overviews, each half the one before, from rows of the band.
class BandRows {
  public:
    /// `band` has its overviews already, without values.
    BandRows(GDALRasterBandH band, const Grid& grid, bool sums);
    /// The next row. throws   Error (output) naming `path`
    void add(std::span<const double> row, const std::string& path);
    [[nodiscard]] std::int64_t done() const { return levels_.front().done(); }
    /// Of the numbers in the file.
    [[nodiscard]] const RowStatistics& statistics() const { return statistics_; }
    /// The largest of the numbers that were given; -infinity when there was none.
    [[nodiscard]] double largest() const { return largest_; }
    /// The band itself, then its overviews.
    [[nodiscard]] const std::vector<TileRows>& levels() const { return levels_; }

  private:
    void add_to(std::size_t level, std::span<const double> row, const std::string& path);

    std::vector<TileRows> levels_;
    std::vector<std::vector<double>> held_; ///< per level: the upper row of a pair, or empty
    std::vector<float> rounded_;
    RowStatistics statistics_;
    double largest_ = -std::numeric_limits<double>::infinity();
    bool sums_;
};

} // namespace vigil::io
