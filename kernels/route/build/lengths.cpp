#include "kernels/route/build/lengths.h"

#include "kernels/density/geodesic_distance.h"

#include <cmath>

namespace vigil::route_build {

namespace {

constexpr double chord_most_m = 5e3; ///< the arc is taken from the chord up to here
constexpr double most_m = 15e6;      ///< what geodesic_length_m is good for
constexpr double most_chord_m =
    11.8e6; ///< a chord longer than that of any such arc (2 R sin(s / 2R) = 11.77e6)

} // namespace

double stretch_length_m(FixedLonLat a, const XYZ& a_in_space, FixedLonLat b, const XYZ& b_in_space)
{
    const XYZ chord = b_in_space - a_in_space;
    const double c2 = dot(chord, chord);
    if (c2 <= chord_most_m * chord_most_m) {
        return std::sqrt(c2) * (1 + c2 / (24 * mean_earth_radius_m * mean_earth_radius_m));
    }
    if (c2 > most_chord_m * most_chord_m) {
        return std::nan("");
    }
    const double length_m = a < b ? geodesic_length_m(to_lon_lat(a), to_lon_lat(b))
                                  : geodesic_length_m(to_lon_lat(b), to_lon_lat(a));
    return length_m > most_m ? std::nan("") : length_m;
}

void lengths_along(std::span<const FixedLonLat> shape, std::span<double> length_m)
{
    XYZ last = earth_centred(to_lon_lat(shape[0]));
    length_m[0] = 0;
    for (std::size_t i = 1; i < shape.size(); ++i) {
        const XYZ next = earth_centred(to_lon_lat(shape[i]));
        length_m[i] = length_m[i - 1] + stretch_length_m(shape[i - 1], last, shape[i], next);
        last = next;
    }
}

} // namespace vigil::route_build
