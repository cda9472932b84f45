#pragma once

#include "kernels/density/geodesic_distance.h"
#include "kernels/density/geodesic_grid.h"
#include "kernels/kernel_shape.h"
#include "libgeo/plane.h"
#include "libgeo/progress.h"
#include "libgeo/raster.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

struct GeodesicOptions {
    KernelShape shape = KernelShape::quartic;
    double bandwidth_m = 500; ///< where the kernel ends (Gaussian: its sigma), along the ellipsoid; > 0
    double tail = 1e-9;       ///< Gaussian: what the cut may lose, as a share of the highest density
    /// Divide each kernel by its integral over the curved surface, so that a surface adds up to its weight.
    bool renormalise = true;
};

/// Density on the WGS 84 ellipsoid, row by row: what is prepared once for all rows.
///
///     f(c) = sum_i w_i K(s(c, p_i)) / k_i     K: see KernelShape; s: geodesic distance to the centre of c
///
/// K has its constant for the plane. On the globe a kernel then adds up to a little less than 1 (quartic:
/// 1 - h^2 / 24 R^2). With `renormalise`, k_i is its integral up to its reach on the sphere that has the
/// ellipsoid's Gaussian curvature at the place, R^2 = M N:
///
///     k = int_0^reach K(s) 2 pi R sin(s / R) ds
///
/// What is left is the change of curvature within reach, less than 1e-6 of the weight at h = 1500 km. Without
/// it, k = 1. The Gaussian is cut at gaussian_cut(tail) sigma.
///
/// Whether a cell is in reach is decided by the geodesic length itself: exactly 0 beyond. A place on a pole
/// reaches all columns alike; cells and places may lie on both sides of the antimeridian.
///
/// A row depends on the places and the grid only, not on the order of places, on other rows or on threads.
///
/// places        n places, degrees; longitudes of any turn
/// weights       n values >= 0, or empty for all 1
/// bandwidths_m  n values > 0, or empty for options.bandwidth_m
/// throws        Error if an option is out of range (a tail below 1e-200 too), the sizes differ, a value is
///               not finite, a latitude is outside -90..90, the grid is unusable, or a reach exceeds
///               DistanceTable::most_reach_m
/// cost          O(n log n); a row: 0.3 us for each place in reach and 1 to 4 ns for each cell it reaches
/// source        docs/methods/density.md; Karney (2013), Algorithms for geodesics, J. Geod. 87, 43-55
class GeodesicSurface {
  public:
    GeodesicSurface(std::span<const LonLat> places, std::span<const double> weights,
                    std::span<const double> bandwidths_m, const DegreeGrid& grid,
                    const GeodesicOptions& options = {});

    /// Rows [begin, end), weight per square metre; out holds (end - begin) * cols. Safe on any thread.
    void rows(std::int64_t begin, std::int64_t end, std::span<double> out) const;

    [[nodiscard]] const DegreeGrid& grid() const { return grid_; }
    [[nodiscard]] double reach_m() const { return reach_m_; } ///< of the widest kernel
    [[nodiscard]] double weight_sum() const { return weight_sum_; }
    [[nodiscard]] std::size_t places() const { return sources_.size(); } ///< distinct, of weight > 0
    /// The greatest relative error of s^2 seen when the polynomials were checked against exact lengths.
    [[nodiscard]] double distance_error() const;

  private:
    /// One distinct place and bandwidth.
    struct Source {
        double lat_deg = 0;
        double lon_deg = 0; ///< in [-180, 180); 0 at a pole
        double bandwidth_m = 0;
        double weight = 0;
        double peak = 0;                   ///< weight K(0) / k
        double sin_half = 0, cos_half = 1; ///< of half the longitude east of the grid's middle
        std::size_t table = 0;
        ReducedLatitude reduced{};
    };
    struct Pair;
    /// From a place's meridian to where a row leaves its reach.
    struct HalfWidth {
        double columns = 0;
        double margin = 0; ///< columns by which rounding may shift it
    };

    void merge(std::span<const LonLat> places, std::span<const double> weights,
               std::span<const double> bandwidths_m);
    void prepare();
    void add_source(const Source& source, double row_lat_deg, const ReducedLatitude& row, double* out) const;
    [[nodiscard]] Pair pair_of(const Source& source, double row_lat_deg, const ReducedLatitude& row) const;
    [[nodiscard]] double t_of(const Source& source, std::int64_t col) const;
    [[nodiscard]] bool inside(const Pair& pair, double t, double dlon_deg) const;
    [[nodiscard]] bool inside(const Source& source, const Pair& pair, std::int64_t col) const;
    [[nodiscard]] HalfWidth half_width(const Pair& pair) const;

    DegreeGrid grid_;
    GeodesicOptions options_;
    double reach_per_bandwidth_;
    double reach_m_;
    double weight_sum_ = 0;
    std::vector<Source> sources_; ///< by latitude, then longitude, then bandwidth
    std::vector<DistanceTable> tables_;
    std::vector<double> sin_half_, cos_half_; ///< of half each column's longitude east of the grid's middle
};

/// A density surface on the globe and what is known of it.
struct GeodesicDensity {
    Raster<double> raster; ///< unit of the grid: degree; values: weight per square metre
    double reach_m = 0;
    double weight_sum = 0;
    /// No cell is off by more than this share of the highest density at any place; NaN when bandwidths
    /// differ.
    double error_bound = 0;
    std::size_t places = 0;
};

/// Memory that geodesic_density() takes for n places, raster included, bytes.
double geodesic_density_bytes(std::size_t n, double rows, double cols);

/// All rows of a GeodesicSurface, on all threads.
GeodesicDensity geodesic_density(std::span<const LonLat> places, std::span<const double> weights,
                                 std::span<const double> bandwidths_m, const DegreeGrid& grid,
                                 const GeodesicOptions& options = {}, const Progress& progress = {});

/// Integral of a kernel, up to its reach, over a sphere: what `renormalise` divides by.
///
/// reach_m   at most pi radius_m
double integral_on_sphere(KernelShape shape, double bandwidth_m, double reach_m, double radius_m);

} // namespace vigil
