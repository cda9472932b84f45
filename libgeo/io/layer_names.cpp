#include "libgeo/io/layer_names.h"

#include "libgeo/io/gdal.h"

namespace vigil::io {

std::vector<std::string> layer_names(const std::string& path, bool allow_vsi)
{
    const Dataset dataset = open_for_reading(path, format_of_file(path, allow_vsi), allow_vsi);
    std::vector<std::string> names;
    for (int i = 0; i < GDALDatasetGetLayerCount(dataset.get()); ++i) {
        OGRLayerH const layer = GDALDatasetGetLayer(dataset.get(), i);
        if (OGR_L_GetGeomType(layer) != wkbNone) {
            names.emplace_back(OGR_L_GetName(layer));
        }
    }
    return names;
}

} // namespace vigil::io
