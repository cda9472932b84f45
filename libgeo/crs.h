#pragma once

#include <string>

namespace vigil {

/// A coordinate reference system, described once and carried as plain data.
/// libgeo/io/crs.h makes, compares and transforms them.
struct Crs {
    std::string wkt;            ///< WKT2:2019; empty when unknown
    std::string authority;      ///< "EPSG:26912", or empty when it has no code
    std::string name;           ///< "NAD83 / UTM zone 12N"
    bool geographic = false;    ///< degrees, longitude first
    double metres_per_unit = 1; ///< for a projected CRS; US survey feet are 0.3048006...

    [[nodiscard]] bool known() const { return !wkt.empty(); }
    /// The code when there is one, else the name.
    [[nodiscard]] const std::string& label() const { return authority.empty() ? name : authority; }
};

} // namespace vigil
