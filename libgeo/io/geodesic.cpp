#include "libgeo/io/geodesic.h"

#include <geodesic.h>

namespace vigil::io {

double geodesic_distance_m(LonLat a, LonLat b)
{
    static const geod_geodesic earth = [] {
        geod_geodesic wgs84;
        geod_init(&wgs84, 6378137, 1 / 298.257223563);
        return wgs84;
    }();
    double length_m = 0;
    geod_inverse(&earth, a.lat_deg, a.lon_deg, b.lat_deg, b.lon_deg, &length_m, nullptr, nullptr);
    return length_m;
}

} // namespace vigil::io
