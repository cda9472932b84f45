#pragma once

#include "libgeo/io/handle.h"
#include "libgeo/io/source.h"

#include <gdal.h>
#include <ogr_api.h>

#include <memory>
#include <string>

namespace vigil::io {

using Dataset = std::unique_ptr<void, CloseWith<GDALClose>>;
using Feature = std::unique_ptr<void, CloseWith<OGR_F_Destroy>>;
using Geometry = std::unique_ptr<void, CloseWith<OGR_G_DestroyGeometry>>;
using FieldDefinition = std::unique_ptr<void, CloseWith<OGR_Fld_Destroy>>;

/// Makes GDAL ready; call it before any other GDAL function (cheap after the first time).
///
/// Only the documented drivers are registered (GeoPackage, Shapefile, GeoJSON, GeoJSONSeq, FlatGeobuf,
/// GeoTIFF, COG, and memory), so that a VRT or a connection string hidden in a file cannot make us read
/// another file or a network address. Nothing is printed; failures are kept for gdal_failure(). Network
/// file systems are shut, side files (.aux.xml) are neither read nor written, and dates that drivers put
/// into files are SOURCE_DATE_EPOCH or 1970-01-01, so that equal runs give equal bytes.
void use_gdal();

/// Also registers netCDF, for writing: nothing that vigil reads is opened with it, save what it has written.
void use_netcdf();

/// Forgets earlier messages; call it before the first of the calls that are to be judged together.
void forget_gdal_failures();

/// The first failure GDAL reported since forget_gdal_failures(), on any thread; empty when there was none.
/// GDAL 3.6 tells of a full disk only this way.
std::string gdal_failure();

/// Ends the writing of `path` when GDAL has reported a failure.
/// throws   Error (output) naming `path`
void require_written(const std::string& path);

/// Closes a written dataset on purpose, since a full disk may show only then.
/// throws   Error (output) naming `path`
void close_written(Dataset& dataset, const std::string& path);

/// The GDAL driver that reads or writes a format: "GPKG". throws  Error for CSV, which GDAL never sees.
const char* driver_name(InputFormat format);

/// Opens a file read-only with the one driver of `format`, as vector or raster.
///
/// throws   Error when it cannot be opened
Dataset open_for_reading(const std::string& path, InputFormat format, bool allow_vsi = false);

/// The same without a look at the path: for a file of ours in memory. `shown` is the name in messages.
Dataset open_recognised(const std::string& path, const std::string& shown, InputFormat format);

} // namespace vigil::io
