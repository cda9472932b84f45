#pragma once

#include "libgeo/plane.h"

#include <cstddef>
#include <vector>

namespace vigil {

/// The WGS 84 ellipsoid.
namespace wgs84 {
inline constexpr double a_m = 6378137;                  ///< equatorial radius
inline constexpr double f = 1 / 298.257223563;          ///< flattening
inline constexpr double b_m = a_m * (1 - f);            ///< polar radius
inline constexpr double e2 = f * (2 - f);               ///< first eccentricity squared
inline constexpr double ep2 = e2 / ((1 - f) * (1 - f)); ///< second eccentricity squared
} // namespace wgs84

/// A latitude as the auxiliary sphere has it: tan(beta) = (1 - f) tan(latitude).
struct ReducedLatitude {
    double cos_beta = 1; ///< exactly 0 at a pole
    double cos_half = 1; ///< cos(beta / 2)
    double sin_half = 0;
};

/// lat_deg   in [-90, 90]
ReducedLatitude reduced_latitude(double lat_deg);

/// Two parallels. With P and Q half the sum and half the difference of their reduced latitudes and
/// t = sin^2(dlon / 2), places on them are an arc apart on the auxiliary sphere with sin^2(arc / 2) = v + cc
/// t.
struct Parallels {
    double sin_p = 0, cos_p = 1; ///< of P
    double sin_q = 0, cos_q = 1; ///< of Q
    double cc = 1;               ///< cos(beta_1) cos(beta_2) = cos^2 P - sin^2 Q

    [[nodiscard]] double u() const { return sin_p * sin_p; }
    [[nodiscard]] double v() const { return sin_q * sin_q; }
};
Parallels parallels(const ReducedLatitude& one, const ReducedLatitude& other);

/// Length of the geodesic between places on two parallels, metres.
///
/// As in Vincenty (1975): guess the longitude difference on the auxiliary sphere, find by how much it exceeds
/// that on the ellipsoid, correct, repeat. The two integrals (Karney 2013, eq. 7 and 8) are taken by 16-point
/// Gauss-Legendre quadrature, not by series in f.
///
/// sin_half, cos_half   of half the longitude difference, which lies in [0, pi]
/// accuracy             about 1e-15 of the length, up to 15 000 km; not for nearly antipodal places
double geodesic_length_m(const Parallels& lats, double sin_half, double cos_half);

/// Length of the geodesic between two places on the WGS 84 ellipsoid, up to 15 000 km.
double geodesic_length_m(LonLat from, LonLat to);

/// The squared geodesic length as a polynomial, for all pairs of places within some reach of each other.
///
///     s^2 / a^2 = v A(u, v) + tau B(u, v, tau),   tau = cc t / (v_max - v),   v_max = sin^2(reach / 2b)
///
/// with u = sin^2 P, v = sin^2 Q, and P, Q, t, cc as in Parallels. s^2 is analytic in all three, at the poles
/// too: order k of the flattening enters as a polynomial of degree k in sin^2 P cos^2 Q and cos^2 P sin^2 Q
/// whose coefficients depend on the arc alone and are singular only at the antipode. So interpolation at
/// Chebyshev nodes converges geometrically; coefficients below rounding are cut away. The factors v and tau
/// keep the digits of short distances.
///
/// For one place and one row of a grid u, v and cc are fixed: what is left is a polynomial in tau.
///
/// reach_m  > 0, at most most_reach_m
/// throws   Error if it is not
/// cost     about 6 n^2 geodesic lengths of 1 us: n = 8 at 1000 km, 24 at 10 000 km
class DistanceTable {
  public:
    static constexpr double most_reach_m = 10e6;
    static constexpr std::size_t most_terms = 32;

    explicit DistanceTable(double reach_m);

    /// How many coefficients a polynomial has.
    [[nodiscard]] std::size_t terms() const { return terms_; }
    /// The greatest relative error of s^2 among a few hundred pairs that were not used to build the table.
    [[nodiscard]] double error() const { return error_; }

    /// Fills s^2 / a^2 = out[0] + out[1] tau + out[2] tau^2 ... for a pair of parallels; out holds terms().
    /// returns  tau / t; 0 when the parallels are too far apart for any pair to be in reach
    double polynomial(const Parallels& lats, double* out) const;

  private:
    struct Term {
        std::size_t u_degree = 0;
        std::size_t v_degree = 0;
        std::size_t first = 0; ///< in coefficients_
        std::size_t count = 0;
    };
    void keep(std::size_t u_degree, std::size_t v_degree, std::vector<double> line);
    [[nodiscard]] double measured_error() const;

    double v_max_, u_max_;
    std::size_t terms_ = 1;
    std::size_t v_degrees_ = 2;
    std::vector<Term> table_;
    std::vector<double> coefficients_;
    double error_ = 0;
};

} // namespace vigil
