#include "kernels/density/geodesic.h"

#include "kernels/density/geodesic_spread.h"
#include "libgeo/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <tuple>

namespace vigil {

namespace {

using std::numbers::pi;

constexpr double to_rad = pi / 180;

/// The reach for which a place's distances are tabulated: the next power of two, so that a place's bits do
/// not depend on the bandwidths of others.
double tabulated_reach(double reach_m)
{
    return std::min(std::exp2(std::ceil(std::log2(reach_m))), DistanceTable::most_reach_m);
}

/// Radius of the sphere with the ellipsoid's Gaussian curvature at a latitude: sqrt(M N).
double gaussian_radius_m(double lat_deg)
{
    const double s = std::sin(lat_deg * to_rad);
    return wgs84::b_m / (1 - wgs84::e2 * s * s);
}

/// Where a kernel of bandwidth 1 ends.
double checked_reach(const GeodesicOptions& options)
{
    require(options.tail >= 1e-200 && options.tail < 1, "tail {} is not in [1e-200, 1)", options.tail);
    return options.shape == KernelShape::gaussian ? gaussian_cut(options.tail) : 1;
}

double horner(const double* coefficients, std::size_t terms, double x)
{
    double sum = 0;
    for (std::size_t k = terms; k-- > 0;) {
        sum = sum * x + coefficients[k];
    }
    return sum;
}

} // namespace

/// One place and one row: (s / bandwidth)^2 as a polynomial in tau = tau_per_t t.
struct GeodesicSurface::Pair {
    std::array<double, DistanceTable::most_terms> u2_of_tau{};
    std::size_t terms = 0;
    double tau_per_t = 0;
    double error = 0; ///< relative, of u2
    double reach_m = 0;
    LonLat place;
    double row_lat_deg = 0;

    [[nodiscard]] double u2(double tau) const { return horner(u2_of_tau.data(), terms, tau); }
};

GeodesicSurface::GeodesicSurface(std::span<const LonLat> places, std::span<const double> weights,
                                 std::span<const double> bandwidths_m, const DegreeGrid& grid,
                                 const GeodesicOptions& options)
    : grid_(grid), options_(options), reach_per_bandwidth_(checked_reach(options)),
      reach_m_(bandwidths_m.empty() ? options.bandwidth_m * reach_per_bandwidth_ : 0)
{
    require_usable(grid);
    require(!bandwidths_m.empty() || (std::isfinite(options.bandwidth_m) && options.bandwidth_m > 0),
            "bandwidth {} m is not a positive number", options.bandwidth_m);
    require(weights.empty() || weights.size() == places.size(), "{} weights for {} places", weights.size(),
            places.size());
    require(bandwidths_m.empty() || bandwidths_m.size() == places.size(), "{} bandwidths for {} places",
            bandwidths_m.size(), places.size());
    merge(places, weights, bandwidths_m);
    prepare();
}

void GeodesicSurface::merge(std::span<const LonLat> places, std::span<const double> weights,
                            std::span<const double> bandwidths_m)
{
    std::vector<Source> all;
    all.reserve(places.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
        const auto [lon, lat] = places[i];
        const double weight = weights.empty() ? 1 : weights[i];
        const double bandwidth = bandwidths_m.empty() ? options_.bandwidth_m : bandwidths_m[i];
        require(std::isfinite(lon) && std::abs(lat) <= 90,
                "place {} has no longitude or a latitude outside -90..90", i + 1);
        require(std::isfinite(weight) && weight >= 0, "weight {} of place {} is not a number >= 0", weight,
                i + 1);
        require(std::isfinite(bandwidth) && bandwidth > 0, "bandwidth {} m of place {} is not positive",
                bandwidth, i + 1);
        if (weight > 0) {
            const double wrapped = std::remainder(lon, 360.0);
            const double east = std::abs(lat) == 90 ? 0 : wrapped == 180 ? -180 : wrapped;
            all.push_back({.lat_deg = lat, .lon_deg = east, .bandwidth_m = bandwidth, .weight = weight});
        }
    }
    std::sort(all.begin(), all.end(), [](const Source& a, const Source& b) {
        return std::tie(a.lat_deg, a.lon_deg, a.bandwidth_m, a.weight) <
               std::tie(b.lat_deg, b.lon_deg, b.bandwidth_m, b.weight);
    });
    for (const Source& source : all) {
        const bool same = !sources_.empty() && sources_.back().lat_deg == source.lat_deg &&
                          sources_.back().lon_deg == source.lon_deg &&
                          sources_.back().bandwidth_m == source.bandwidth_m;
        if (same) {
            sources_.back().weight += source.weight;
        } else {
            sources_.push_back(source);
        }
        weight_sum_ += source.weight;
    }
    require(std::isfinite(weight_sum_), "the weights are too large to be added");
}

void GeodesicSurface::prepare()
{
    const double middle = grid_.west_deg + static_cast<double>(grid_.cols) / 2 * grid_.cell_deg;
    std::map<double, std::size_t> table_of;
    double previous_lat = std::numeric_limits<double>::quiet_NaN();
    double previous_bandwidth = 0;
    double previous_integral = 1;
    for (Source& source : sources_) {
        const double reach = source.bandwidth_m * reach_per_bandwidth_;
        reach_m_ = std::max(reach_m_, reach);
        require(reach <= DistanceTable::most_reach_m,
                "a reach of {:.0f} m on the globe is more than {:.0f} m; use a shorter bandwidth", reach,
                DistanceTable::most_reach_m);
        const auto [at, is_new] = table_of.emplace(tabulated_reach(reach), tables_.size());
        if (is_new) {
            tables_.emplace_back(at->first);
        }
        source.table = at->second;
        source.reduced = reduced_latitude(source.lat_deg);
        const double half = std::remainder(source.lon_deg - middle, 360.0) / 2 * to_rad;
        source.sin_half = std::sin(half);
        source.cos_half = std::cos(half);
        if (options_.renormalise &&
            (source.lat_deg != previous_lat || source.bandwidth_m != previous_bandwidth)) {
            previous_lat = source.lat_deg;
            previous_bandwidth = source.bandwidth_m;
            previous_integral = integral_on_sphere(options_.shape, source.bandwidth_m, reach,
                                                   gaussian_radius_m(source.lat_deg));
        }
        source.peak = source.weight * kernel_peak(options_.shape, source.bandwidth_m) / previous_integral;
    }
    for (std::int64_t col = 0; col < grid_.cols; ++col) {
        const double east = static_cast<double>(2 * col + 1 - grid_.cols) / 2 * grid_.cell_deg;
        sin_half_.push_back(std::sin(east / 2 * to_rad));
        cos_half_.push_back(std::cos(east / 2 * to_rad));
    }
}

double GeodesicSurface::distance_error() const
{
    double worst = 0;
    for (const DistanceTable& table : tables_) {
        worst = std::max(worst, table.error());
    }
    return worst;
}

GeodesicSurface::Pair GeodesicSurface::pair_of(const Source& source, double row_lat_deg,
                                               const ReducedLatitude& row) const
{
    const DistanceTable& table = tables_[source.table];
    Pair pair;
    pair.terms = table.terms();
    pair.tau_per_t = table.polynomial(parallels(source.reduced, row), pair.u2_of_tau.data());
    pair.error = std::max(1e-11, 4 * table.error());
    pair.reach_m = source.bandwidth_m * reach_per_bandwidth_;
    pair.place = {source.lon_deg, source.lat_deg};
    pair.row_lat_deg = row_lat_deg;
    const double scale = wgs84::a_m / source.bandwidth_m;
    for (std::size_t k = 0; k < pair.terms; ++k) {
        pair.u2_of_tau[k] *= scale * scale;
    }
    return pair;
}

double GeodesicSurface::t_of(const Source& source, std::int64_t col) const
{
    const auto c = static_cast<std::size_t>(col);
    const double s = sin_half_[c] * source.cos_half - cos_half_[c] * source.sin_half;
    return s * s;
}

bool GeodesicSurface::inside(const Pair& pair, double t, double dlon_deg) const
{
    const double limit = reach_per_bandwidth_ * reach_per_bandwidth_;
    const double tau = pair.tau_per_t * t;
    if (tau > 1) { // farther than the table goes, and its reach is no less than the kernel's
        return false;
    }
    const double u2 = pair.u2(tau);
    if (std::abs(u2 - limit) > pair.error * limit) {
        return u2 < limit;
    }
    const double exact = geodesic_length_m(pair.place, {pair.place.lon_deg + dlon_deg, pair.row_lat_deg});
    return options_.shape == KernelShape::uniform ? exact <= pair.reach_m : exact < pair.reach_m;
}

bool GeodesicSurface::inside(const Source& source, const Pair& pair, std::int64_t col) const
{
    const double dlon = grid_.centre(0, col).lon_deg - source.lon_deg;
    return inside(pair, t_of(source, col), std::remainder(dlon, 360.0));
}

GeodesicSurface::HalfWidth GeodesicSurface::half_width(const Pair& pair) const
{
    constexpr int most_steps = 30;
    const double limit = reach_per_bandwidth_ * reach_per_bandwidth_;
    const double room = limit - pair.u2_of_tau[0];
    const double most = std::min(1.0, pair.tau_per_t);
    double tau = room > 0 ? most : 0;
    if (room > 0) { // u2 grows and is convex in tau: from the right, Newton's steps only go left
        tau = std::min(most, room / pair.u2_of_tau[1]);
        for (int step = 0; step < most_steps; ++step) {
            double value = 0;
            double slope = 0;
            for (std::size_t k = pair.terms; k-- > 0;) {
                slope = slope * tau + value;
                value = value * tau + pair.u2_of_tau[k];
            }
            const double change = (value - limit) / slope;
            tau = std::clamp(tau - change, 0.0, most);
            if (std::abs(change) <= 1e-8 * tau) { // the next step would be its square
                break;
            }
        }
    }
    const double t = std::min(tau / pair.tau_per_t, 1.0);
    const double columns = 2 * std::asin(std::sqrt(t)) / (grid_.cell_deg * to_rad);
    const bool steep = room > 1e-6 * limit && t < 0.999;
    return {columns, steep ? 1e-4 + columns * pair.error * limit / room : 1.0};
}

void GeodesicSurface::add_source(const Source& source, double row_lat_deg, const ReducedLatitude& row,
                                 double* out) const
{
    const Pair pair = pair_of(source, row_lat_deg, row);
    const double limit = reach_per_bandwidth_ * reach_per_bandwidth_;
    const bool none = pair.terms < 2 || pair.u2_of_tau[0] > limit * (1 + pair.error) ||
                      pair.u2_of_tau[1] == 0; // beyond the table
    if (none) {
        return;
    }
    const auto add = [&](std::int64_t first, std::int64_t last) {
        if (first <= last) {
            geodesic_detail::spread({options_.shape, pair.u2_of_tau.data(), pair.terms, pair.tau_per_t,
                                     source.sin_half, source.cos_half, source.peak},
                                    &sin_half_[static_cast<std::size_t>(first)],
                                    &cos_half_[static_cast<std::size_t>(first)],
                                    static_cast<std::size_t>(last - first + 1), out + first);
        }
    };
    if (inside(pair, 1, 180)) {
        return add(0, grid_.cols - 1);
    }
    if (pair.tau_per_t == 0) { // a place on a pole: all columns or none
        return;
    }
    const auto [half, margin] = half_width(pair);
    const double turn = 360 / grid_.cell_deg;
    double offset = std::remainder(source.lon_deg - grid_.west_deg, 360.0) / grid_.cell_deg;
    offset = (offset < 0 ? offset + turn : offset) - 0.5;
    for (const double middle : {offset - turn, offset, offset + turn}) {
        const auto cols = static_cast<double>(grid_.cols);
        const double from = std::max(middle - half, -2.0);
        const double to = std::min(middle + half, cols + 1);
        if (from > to + 4) {
            continue;
        }
        const auto reaches = [&](std::int64_t col) {
            return std::abs(static_cast<double>(col) - middle) < turn / 2 && inside(source, pair, col);
        };
        auto first = static_cast<std::int64_t>(std::ceil(from));
        auto last = static_cast<std::int64_t>(std::floor(to));
        if (std::ceil(from - margin) != std::ceil(from + margin)) {
            for (first = std::max<std::int64_t>(first - 2, 0);
                 first < grid_.cols && static_cast<double>(first) < from + 3 && !reaches(first); ++first) {
            }
        }
        if (std::floor(to - margin) != std::floor(to + margin)) {
            for (last = std::min(last + 2, grid_.cols - 1);
                 last >= 0 && static_cast<double>(last) > to - 3 && !reaches(last); --last) {
            }
        }
        add(std::max<std::int64_t>(first, 0), std::min(last, grid_.cols - 1));
    }
}

void GeodesicSurface::rows(std::int64_t begin, std::int64_t end, std::span<double> out) const
{
    require(0 <= begin && begin <= end && end <= grid_.rows, "rows {} to {} are not in the grid", begin, end);
    require(out.size() == static_cast<std::size_t>((end - begin) * grid_.cols),
            "{} values of room for {} rows", out.size(), end - begin);
    std::fill(out.begin(), out.end(), 0.0);
    // no geodesic is shorter than b |beta1 - beta2|, and latitudes differ by at most 1 / (1 - f) times that
    const double span_deg = reach_m_ / wgs84::b_m / (1 - wgs84::f) / to_rad * (1 + 1e-9) + 1e-9;
    for (std::int64_t row = begin; row < end; ++row) {
        const double lat = std::clamp(grid_.centre(row, 0).lat_deg, -90.0, 90.0);
        const ReducedLatitude reduced = reduced_latitude(lat);
        double* to = out.data() + (row - begin) * grid_.cols;
        auto source = std::lower_bound(sources_.begin(), sources_.end(), lat - span_deg,
                                       [](const Source& s, double value) { return s.lat_deg < value; });
        for (; source != sources_.end() && source->lat_deg <= lat + span_deg; ++source) {
            add_source(*source, lat, reduced, to);
        }
    }
}

} // namespace vigil
