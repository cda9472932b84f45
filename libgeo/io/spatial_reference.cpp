#include "libgeo/io/spatial_reference.h"

#include "libgeo/error.h"

#include <cpl_conv.h>

namespace vigil::io {

SpatialReference spatial_reference(const Crs& crs)
{
    if (!crs.known()) {
        return {};
    }
    SpatialReference reference(OSRNewSpatialReference(nullptr));
    char* text = const_cast<char*>(crs.wkt.c_str()); // NOLINT: an old C signature; only the pointer moves
    require(reference != nullptr && OSRImportFromWkt(reference.get(), &text) == OGRERR_NONE,
            "CRS {} is not understood", crs.label());
    OSRSetAxisMappingStrategy(reference.get(), OAMS_TRADITIONAL_GIS_ORDER);
    return reference;
}

std::string esri_wkt(const Crs& crs)
{
    const SpatialReference reference = spatial_reference(crs);
    if (reference == nullptr) {
        return {};
    }
    const char* const options[] = {"FORMAT=WKT1_ESRI", nullptr};
    char* text = nullptr;
    const OGRErr error = OSRExportToWktEx(reference.get(), &text, options);
    const std::unique_ptr<char, CloseWith<CPLFree>> owner(text);
    require(error == OGRERR_NONE && text != nullptr, "CRS {} has no form that ArcGIS knows", crs.label());
    return std::string(text) + "\n";
}

} // namespace vigil::io
