#include "libgeo/io/gdal.h"

#include "libgeo/error.h"
#include "libgeo/io/provenance.h"
#include "libgeo/io/stop.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal_frmts.h>
#include <ogr_srs_api.h>
#include <ogrsf_frmts.h>

#include <cstdio>
#include <mutex>

namespace vigil::io {

namespace {

/// GDAL's error handler is one for the process, and some drivers report from worker threads.
struct Failures {
    std::mutex mutex;
    std::string first;
};

Failures& failures()
{
    static Failures one;
    return one;
}

void keep_failure(CPLErr kind, CPLErrorNum /*number*/, const char* message) noexcept
{
    if (kind == CE_Fatal) { // GDAL would abort: it does so when it is out of memory
        std::fputs("vigil: out of memory; work on a smaller extent or with larger cells\n", stderr);
        clean_up_and_end(static_cast<int>(ExitCode::limit));
    }
    if (kind < CE_Failure) {
        return;
    }
    try {
        const std::lock_guard lock(failures().mutex);
        if (failures().first.empty()) {
            failures().first = message != nullptr && *message != '\0' ? message : "unknown failure";
        }
    } catch (...) { // out of memory while reporting: CPLGetLastErrorType still knows
        return;
    }
}

/// What GeoPackage writes as its date: SOURCE_DATE_EPOCH, or the epoch itself.
std::string fixed_date()
{
    const std::string date = source_date();
    return date.empty() ? "1970-01-01T00:00:00.000Z" : date;
}

void set_up()
{
    CPLSetErrorHandler(keep_failure);
    CPLSetConfigOption("GDAL_PAM_ENABLED", "NO");
    CPLSetConfigOption("OGR_CURRENT_DATE", fixed_date().c_str());
    CPLSetConfigOption("OGR_SQLITE_PRAGMA", "trusted_schema=0");
    CPLSetConfigOption("CPL_VSIL_CURL_ALLOWED_FILENAME", "none"); // no /vsicurl/, /vsis3/ ... by any door
    OSRSetPROJEnableNetwork(0);
    GDALRegister_MEM();
    GDALRegister_GTiff();
    GDALRegister_COG();
    RegisterOGRMEM();
    RegisterOGRGeoPackage();
    RegisterOGRShape();
    RegisterOGRGeoJSON();
    RegisterOGRGeoJSONSeq();
    RegisterOGRFlatGeobuf();
}

} // namespace

void use_gdal()
{
    static std::once_flag once;
    std::call_once(once, set_up);
}

void use_netcdf()
{
    static std::once_flag once;
    std::call_once(once, GDALRegister_netCDF);
}

void forget_gdal_failures()
{
    CPLErrorReset();
    const std::lock_guard lock(failures().mutex);
    failures().first.clear();
}

std::string gdal_failure()
{
    {
        const std::lock_guard lock(failures().mutex);
        if (!failures().first.empty()) {
            return failures().first;
        }
    }
    return CPLGetLastErrorType() >= CE_Failure ? CPLGetLastErrorMsg() : "";
}

void require_written(const std::string& path)
{
    if (const std::string failure = gdal_failure(); !failure.empty()) {
        fail(ExitCode::output, "{}: not fully written: {}", path == "-" ? "standard output" : path, failure);
    }
}

void close_written(Dataset& dataset, const std::string& path)
{
    dataset.reset();
    require_written(path);
}

} // namespace vigil::io
