#pragma once

#include "libgeo/io/raster_io.h"

#include <cstddef>
#include <memory>

namespace vigil::io {

/// Writes a GeoTIFF from rows, north to south, in memory that does not grow with the number of rows.
///
/// The file: float32, DEFLATE, tiles of 256 or 512 cells, overviews (2 x 2 cells each time, mean or sum of
/// those with a value, until the longer side is at most one tile), statistics of every band, units, notes,
/// provenance, NoData -9999; BigTIFF when it could pass 4 GB. One band is a cloud-optimised GeoTIFF; several
/// stand one after another (INTERLEAVE=BAND). options.format "gtiff" leaves the overviews out. A style (.qml)
/// is put beside it.
///
/// How rows are cut into calls, the order of bands, and threads leave no trace: equal values give equal
/// bytes. Statistics are sums over whole rows, joined in order of rows (Chan, Golub & LeVeque 1983).
///
/// Values first go to an uncompressed file in the private folder of the output (5.4 bytes per cell and band
/// of disk), because tiles at the front of a cloud-optimised file depend on the last rows, and statistics
/// and notes stand before the values. finish() compresses from there, reads the result back, compares the
/// checksum of every band and overview with what was given, and moves it into place. Without finish() nothing
/// is left.
///
///     RasterWriter writer("d.tif", grid, crs, {{.name = "density", .unit = "incidents per km2"}}, title,
///                         "density", options);
///     for (each strip)
///         writer.write_rows(0, strip.first_row, strip.values);
///     writer.finish({{"error_bound", "1e-12"}});
///
/// cost     bands in work x 1 kB per column, and 512 rows of one band while reading back
class RasterWriter {
  public:
    /// throws   Error (output) as PendingOutput does; UsageError when the name or format is not a GeoTIFF's
    RasterWriter(const std::string& path, const Grid& grid, const Crs& crs, std::vector<RasterBand> bands,
                 const std::string& title, const std::string& style, const WriteOptions& options);
    RasterWriter(const RasterWriter&) = delete;
    RasterWriter& operator=(const RasterWriter&) = delete;
    ~RasterWriter();

    /// The next rows of `bands[band]`, whole, from row `first_row` on; NaN where there is no value.
    ///
    /// throws   Error (output) when the disk is full or a value does not fit a float;
    ///          std::logic_error when the rows are not the next ones
    void write_rows(std::size_t band, std::int64_t first_row, std::span<const double> values);

    /// Completes the file. `notes` join those of options.provenance: what is known only now.
    ///
    /// throws   Error (output); std::logic_error when rows are missing
    void finish(const std::vector<std::pair<std::string, std::string>>& notes = {});

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace vigil::io
