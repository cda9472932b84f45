#pragma once

#include "libgeo/crs.h"
#include "libgeo/grid.h"
#include "libgeo/io/output.h"
#include "libgeo/raster.h"
#include "libgeo/time.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace vigil::io {

/// What the numbers of a cube are.
struct CubeDescription {
    std::string name;  ///< of the variable: "density"; letters, digits and underscores
    std::string unit;  ///< written as given; CF wants the form of UDUNITS: "km-2"
    std::string title; ///< "Kernel density of incidents"
};

/// Whether a path or --format asks for netCDF: *.nc, or "netcdf", "nc".
bool is_netcdf(const std::string& path, const std::string& format);

/// Writes a space-time cube, slice by slice, as netCDF (classic format with 64-bit offsets) after the CF
/// conventions 1.8.
///
/// The file: dimensions time, y, x (time, lat, lon for a CRS in degrees) with coordinates of cell centres,
/// time in seconds since 1970-01-01 00:00:00 of the standard calendar; a float variable with units,
/// long_name, _FillValue -9999 (NaN) and grid_mapping; the CRS as a grid mapping with crs_wkt; provenance as
/// global attributes. It holds no date of its own: equal values give equal bytes. finish() reads it back,
/// coordinates and a checksum of every slice, before it is moved into place. Without finish() nothing is
/// left.
///
/// limits   a cube of 4 GiB of values (1.07e9 cells in all); use a GeoTIFF of bands above that
/// cost     4 bytes of memory per cell of one slice
class NetcdfWriter {
  public:
    /// times    one per slice, ascending
    /// throws   Error (output) as PendingOutput does; Error (limit) when the cube is too large;
    ///          std::logic_error when times do not ascend
    NetcdfWriter(const std::string& path, const Grid& grid, std::vector<Seconds> times, const Crs& crs,
                 const CubeDescription& description, const WriteOptions& options);
    NetcdfWriter(const NetcdfWriter&) = delete;
    NetcdfWriter& operator=(const NetcdfWriter&) = delete;
    ~NetcdfWriter();

    /// The next slice: rows x cols values from the north-west; NaN where there is no value.
    /// throws   Error (output) when the disk is full or a value does not fit a float;
    ///          std::logic_error when the slice has another size or is one too many
    void write_slice(std::span<const double> values);

    /// Completes the file. `notes` join those of options.provenance: what is known only now.
    /// throws   Error (output); std::logic_error when slices are missing
    void finish(const std::vector<std::pair<std::string, std::string>>& notes = {});

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The same for slices at hand.
void write_netcdf(const std::string& path, std::span<const Raster<double>> slices, std::vector<Seconds> times,
                  const Crs& crs, const CubeDescription& description, const WriteOptions& options);

} // namespace vigil::io
