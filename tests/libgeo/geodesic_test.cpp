#include "libgeo/io/crs.h"
#include "libgeo/io/geodesic.h"

#include <catch2/catch.hpp>

TEST_CASE("geodesic lengths are those of the WGS 84 ellipsoid", "[geodesic]")
{
    using vigil::io::geodesic_distance_m;
    // a degree of the equator: 6378137 m * pi / 180
    CHECK(geodesic_distance_m({0, 0}, {1, 0}) == Approx(111319.4908).epsilon(1e-9));
    // the quarter meridian, 10 001 965.729 m (Moritz 1980, Geodetic Reference System; WGS 84)
    CHECK(geodesic_distance_m({10, 0}, {10, 90}) == Approx(10001965.7293).epsilon(1e-11));
    CHECK(geodesic_distance_m({179.5, 0}, {-179.5, 0}) == Approx(111319.4908).epsilon(1e-9)); // antimeridian
    for (const vigil::LonLat corner : vigil::io::geodesic_circle({25.3, 54.7}, 15000)) {
        CHECK(geodesic_distance_m({25.3, 54.7}, corner) == Approx(15000).epsilon(1e-9));
    }
}
