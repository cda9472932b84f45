#include "kernels/weights/geodesic_weights.h"

#include "kernels/density/geodesic_distance.h"
#include "kernels/earth.h"
#include "kernels/weights/link_rows.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <nanoflann.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace vigil {

namespace {

constexpr std::size_t chunk = 1024;
constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double least_radius_m = wgs84::b_m * wgs84::b_m / wgs84::a_m;
/// Rounding of Earth-centred coordinates (of some 1e7 m) and of a chord made from them.
constexpr double rounding_m = 1e-7;
/// Places with a longer chord are farther apart than most_geodesic_m, whose chord is at most
/// 11 800 km.
constexpr double most_chord_m = 12e6;

using Point = std::array<double, 3>;

struct Cloud {
    std::vector<Point> points;
    [[nodiscard]] std::size_t kdtree_get_point_count() const { return points.size(); }
    [[nodiscard]] double kdtree_get_pt(std::size_t i, std::size_t axis) const { return points[i][axis]; }
    template <typename Bounds>
    bool kdtree_get_bbox(Bounds& /*bounds*/) const
    {
        return false;
    }
};
using Tree =
    nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<double, Cloud>, Cloud, 3, std::uint32_t>;

/// Calls each(j, chord_m2) for every place within a radius.
template <typename Each>
struct Within {
    using DistanceType = double;
    Each& each;
    double radius_m2;
    [[nodiscard]] bool full() const { return true; }
    // NOLINTNEXTLINE(readability-identifier-naming): nanoflann calls it so
    [[nodiscard]] double worstDist() const { return radius_m2; }
    // NOLINTNEXTLINE(readability-identifier-naming): likewise
    bool addPoint(double chord_m2, std::uint32_t j)
    {
        each(j, chord_m2);
        return true;
    }
};

/// Places on the globe, to be searched by chord and measured by geodesic.
class Globe {
  public:
    explicit Globe(std::span<const LonLat> places) : places_(places), tree_(3, cloud_of(places), {16}) {}
    Globe(const Globe&) = delete;
    Globe& operator=(const Globe&) = delete;
    ~Globe() = default;

    [[nodiscard]] double geodesic_m(std::size_t i, std::size_t j) const
    {
        return geodesic_length_m(places_[i], places_[j]);
    }
    /// Calls each(j, chord_m2) for all places, i too, with a chord of at most radius_m and perhaps
    /// others.
    template <typename Each>
    void search(std::size_t i, double radius_m, Each each) const
    {
        Within<Each> within{each, radius_m < infinite ? radius_m * radius_m * (1 + 1e-15)
                                                      : std::numeric_limits<double>::max()};
        tree_.findNeighbors(within, cloud_.points[i].data(), nanoflann::SearchParams());
    }
    /// The longest of the chords to the k others that are nearest by chord.
    [[nodiscard]] double kth_chord_m(std::size_t i, std::size_t k) const
    {
        std::vector<std::uint32_t> found(k + 1);
        std::vector<double> chord_m2(k + 1);
        tree_.knnSearch(cloud_.points[i].data(), k + 1, found.data(), chord_m2.data());
        return std::sqrt(chord_m2.back()); // the place itself is one of the k + 1, at 0
    }

  private:
    const Cloud& cloud_of(std::span<const LonLat> places)
    {
        require(places.size() < std::numeric_limits<std::uint32_t>::max(), "{} places are too many",
                places.size());
        cloud_.points.reserve(places.size());
        for (const LonLat p : places) {
            require(std::isfinite(p.lon_deg) && std::abs(p.lat_deg) <= 90,
                    "a place is not on the globe; latitudes are -90..90 degrees");
            const XYZ at = earth_centred(p);
            cloud_.points.push_back({at.x, at.y, at.z});
        }
        return cloud_;
    }

    std::span<const LonLat> places_;
    Cloud cloud_;
    Tree tree_;
};

/// The chord below which a geodesic is certainly no longer than `length_m`.
double surely_within_m(double length_m)
{
    const double half_angle = std::min(length_m / (2 * least_radius_m), std::numbers::pi / 2);
    return 2 * least_radius_m * std::sin(half_angle) - rounding_m;
}

/// The longest a geodesic can be that has this chord; infinite when that is no bound.
double longest_with_chord_m(double chord_m)
{
    const double sine = (chord_m + rounding_m) / (2 * least_radius_m);
    return sine < 1 ? 2 * least_radius_m * std::asin(sine) : infinite;
}

/// A candidate for the k nearest: its chord in metres, later its distance in whole millimetres;
/// its number.
using Candidate = std::pair<double, std::uint32_t>;

void take_nearest(const Globe& globe, std::size_t i, std::size_t k, std::vector<Candidate>& found,
                  std::vector<Linked>& row)
{
    // By chord first; whoever could be as near as the farthest of these k is measured.
    const double radius_m = longest_with_chord_m(globe.kth_chord_m(i, k)) + 0.001;
    found.clear();
    globe.search(i, radius_m + rounding_m, [&](std::uint32_t j, double chord_m2) {
        if (j != i) {
            found.emplace_back(std::sqrt(chord_m2), j);
        }
    });
    if (found.size() > k) {
        for (auto& [millimetres, j] : found) {
            const double length_m = millimetres <= most_chord_m ? globe.geodesic_m(i, j) : infinite;
            millimetres = length_m <= most_geodesic_m ? std::round(1000 * length_m) : infinite;
        }
        std::nth_element(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(k - 1), found.end());
        require(found[k - 1].first < infinite,
                "place {} has fewer than {} others within {} km, which is as far as geodesics are measured",
                i + 1, k, most_geodesic_m / 1000);
    }
    for (std::size_t l = 0; l < k; ++l) {
        row.push_back({found[l].second, 1});
    }
}

} // namespace

Weights geodesic_band(std::span<const LonLat> lonlat_deg, double band_m)
{
    require(band_m > 0 && band_m <= most_geodesic_m, "a band of {} m is outside 0..{} m", band_m,
            most_geodesic_m);
    const Globe globe(lonlat_deg);
    const double reach_m = band_m * (1 + 1e-9);
    const double sure_m = surely_within_m(reach_m);
    const double sure_m2 = sure_m > 0 ? sure_m * sure_m : -1;
    return weights_by_row(lonlat_deg.size(), chunk, false, [&] {
        return [&](std::size_t i, std::vector<Linked>& row) {
            globe.search(
                i, std::min(reach_m + rounding_m, most_chord_m), [&](std::uint32_t j, double chord_m2) {
                    // from the lower number to the higher, so that both agree
                    if (j != i &&
                        (chord_m2 <= sure_m2 || globe.geodesic_m(std::min<std::size_t>(i, j),
                                                                 std::max<std::size_t>(i, j)) <= reach_m)) {
                        row.push_back({j, 1});
                    }
                });
        };
    });
}

Weights geodesic_nearest(std::span<const LonLat> lonlat_deg, std::size_t k)
{
    require(k >= 1 && k < lonlat_deg.size(), "{} nearest neighbours need more than {} places; there are {}",
            k, k, lonlat_deg.size());
    const Globe globe(lonlat_deg);
    return weights_by_row(lonlat_deg.size(), chunk, false, [&] {
        return [&, found = std::vector<Candidate>()](std::size_t i, std::vector<Linked>& row) mutable {
            take_nearest(globe, i, k, found, row);
        };
    });
}

std::vector<double> geodesic_link_lengths(std::span<const LonLat> lonlat_deg, const Weights& weights)
{
    require(lonlat_deg.size() == weights.size(), "{} places for {} rows of weights", lonlat_deg.size(),
            weights.size());
    std::vector<double> length_m(weights.links());
    parallel_chunks(weights.size(), chunk, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            for (std::size_t l = weights.begin_of(i); l < weights.end[i]; ++l) {
                const std::size_t j = weights.neighbour[l];
                length_m[l] = geodesic_length_m(lonlat_deg[std::min(i, j)], lonlat_deg[std::max(i, j)]);
            }
        }
    });
    const auto longest = std::max_element(length_m.begin(), length_m.end());
    require(longest == length_m.end() || *longest <= most_geodesic_m,
            "a link is longer than {} km, which is as far as geodesics are measured", most_geodesic_m / 1000);
    return length_m;
}

double geodesic_widest_gap_m(std::span<const LonLat> lonlat_deg)
{
    const std::vector<double> near = geodesic_link_lengths(lonlat_deg, geodesic_nearest(lonlat_deg, 1));
    return *std::max_element(near.begin(), near.end());
}

} // namespace vigil
