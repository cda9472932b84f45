#include "kernels/density/adaptive.h"

#include "kernels/places.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <numeric>
#include <utility>

namespace vigil {

namespace {

constexpr double gaussian_end = 8.5;
constexpr double bands_per_reach = 4;

/// Distinct places in bands of y, each by x.
class BandedPlaces {
  public:
    BandedPlaces(const std::vector<Place>& places, double reach_m) : reach_m_(reach_m)
    {
        double least = std::numeric_limits<double>::infinity();
        double most = -least;
        for (const Place& place : places) {
            least = std::fmin(least, place.y);
            most = std::fmax(most, place.y);
        }
        base_y_ = least;
        // of a wide, sparse city no more bands than places
        band_m_ = std::fmax(reach_m / bands_per_reach, (most - least) / static_cast<double>(places.size()));
        last_ = static_cast<std::int64_t>((most - least) / band_m_);
        end_.assign(static_cast<std::size_t>(last_) + 2, 0);
        for (const Place& place : places) {
            ++end_[static_cast<std::size_t>(band_of(place.y)) + 1];
        }
        std::partial_sum(end_.begin(), end_.end(), end_.begin());
        std::vector<std::size_t> next(end_.begin(), end_.end() - 1);
        x_.resize(places.size());
        y_.resize(places.size());
        weight_.resize(places.size());
        for (const Place& place : places) { // by x already
            const std::size_t k = next[static_cast<std::size_t>(band_of(place.y))]++;
            x_[k] = place.x;
            y_[k] = place.y;
            weight_[k] = place.weight;
        }
    }

    /// sum of w profile(d^2 / h^2) over the places that may be in reach
    template <typename Profile>
    double sum(XY at, double scale, const Profile& profile) const
    {
        double total = 0;
        const double wide_m = reach_m_ * (1 + 1e-9); // sums of coordinates are rounded
        const std::int64_t last = band_of(at.y + wide_m);
        for (std::int64_t band = band_of(at.y - wide_m); band <= last; ++band) {
            const double south = base_y_ + static_cast<double>(band) * band_m_;
            const double off = std::fmax(0, std::fmax(south - at.y, at.y - (south + band_m_))) * (1 - 1e-9);
            if (off >= wide_m) {
                continue;
            }
            const double half = std::sqrt(wide_m * wide_m - off * off);
            const auto begin = x_.begin() + static_cast<std::ptrdiff_t>(end_[static_cast<std::size_t>(band)]);
            const auto end =
                x_.begin() + static_cast<std::ptrdiff_t>(end_[static_cast<std::size_t>(band) + 1]);
            const auto from = std::lower_bound(begin, end, at.x - half);
            const auto to = std::upper_bound(from, end, at.x + half);
            total += run(at, scale, static_cast<std::size_t>(from - x_.begin()),
                         static_cast<std::size_t>(to - x_.begin()), profile);
        }
        return total;
    }

  private:
    [[nodiscard]] std::int64_t band_of(double y) const
    {
        return static_cast<std::int64_t>(
            std::clamp((y - base_y_) / band_m_, 0.0, static_cast<double>(last_)));
    }

    /// Eight sums side by side, so that a processor may add several at a time.
    template <typename Profile>
    double run(XY at, double scale, std::size_t from, std::size_t to, const Profile& profile) const
    {
        const auto term = [&](std::size_t k) {
            const double dx = (x_[k] - at.x) * scale;
            const double dy = (y_[k] - at.y) * scale;
            return weight_[k] * profile(dx * dx + dy * dy);
        };
        constexpr std::size_t lanes = 8;
        double sums[lanes] = {};
        for (; from + lanes <= to; from += lanes) {
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                sums[lane] += term(from + lane);
            }
        }
        for (; from < to; ++from) {
            sums[0] += term(from);
        }
        return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    }

    double reach_m_;
    double base_y_ = 0;
    double band_m_ = 1;
    std::int64_t last_ = 0;
    std::vector<std::size_t> end_;
    std::vector<double> x_, y_, weight_;
};

/// K / K(0) as a function of v = u^2.
template <typename Use>
void with_profile(KernelShape shape, const Use& use)
{
    const auto rest = [](double v) {
        return std::max(0.0, 1 - v);
    };
    switch (shape) {
    case KernelShape::uniform:
        return use([](double v) { return v <= 1 ? 1.0 : 0.0; });
    case KernelShape::epanechnikov:
        return use(rest);
    case KernelShape::quartic:
        return use([rest](double v) { return rest(v) * rest(v); });
    case KernelShape::triweight:
        return use([rest](double v) { return rest(v) * rest(v) * rest(v); });
    case KernelShape::triangular:
        return use([](double v) { return std::max(0.0, 1 - std::sqrt(v)); });
    case KernelShape::cosine:
        return use(
            [](double v) { return v < 1 ? std::sin(std::numbers::pi / 2 * (1 - std::sqrt(v))) : 0.0; });
    case KernelShape::gaussian:
        break;
    }
    use([](double v) { return v <= gaussian_end * gaussian_end ? std::exp(-v / 2) : 0.0; });
}

/// Rows of equal places, by place.
std::vector<std::size_t> order_by_place(std::span<const XY> points)
{
    std::vector<std::size_t> order(points.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return points[a].x != points[b].x ? points[a].x < points[b].x : points[a].y < points[b].y;
    });
    return order;
}

} // namespace

std::vector<double> density_at_points(std::span<const XY> points, std::span<const double> weights,
                                      KernelShape shape, double bandwidth_m)
{
    require(std::isfinite(bandwidth_m) && bandwidth_m > 0, "bandwidth {} m is not a positive number",
            bandwidth_m);
    const std::vector<Place> places = merged_places(points, weights);
    std::vector<double> density(points.size(), 0.0);
    if (places.empty()) {
        return density;
    }
    const BandedPlaces banded(places, (shape == KernelShape::gaussian ? gaussian_end : 1) * bandwidth_m);
    const auto order = order_by_place(points);
    std::vector<std::size_t> first; // of each distinct place, in `order`
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i == 0 || points[order[i]] != points[order[i - 1]]) {
            first.push_back(i);
        }
    }
    const double peak = kernel_peak(shape, bandwidth_m);
    with_profile(shape, [&](const auto& profile) {
        parallel_chunks(first.size(), 64, [&](std::size_t begin, std::size_t end) {
            for (std::size_t k = begin; k < end; ++k) {
                const double f = peak * banded.sum(points[order[first[k]]], 1 / bandwidth_m, profile);
                const std::size_t last = k + 1 < first.size() ? first[k + 1] : order.size();
                for (std::size_t i = first[k]; i < last; ++i) {
                    density[order[i]] = f;
                }
            }
        });
    });
    return density;
}

AbramsonBandwidths abramson(std::span<const double> weights, std::span<const double> pilot_density,
                            double h0_m, double trim)
{
    const std::size_t n = pilot_density.size();
    require(std::isfinite(h0_m) && h0_m > 0, "bandwidth {} m is not a positive number", h0_m);
    require(trim >= 1, "trimming at {} times the bandwidth; 1 or more is wanted", trim);
    require(weights.empty() || weights.size() == n, "{} weights for {} incidents", weights.size(), n);
    std::vector<std::pair<double, double>> logs; // by value, so that the sums do not depend on the rows
    for (std::size_t i = 0; i < n; ++i) {
        const double weight = weights.empty() ? 1 : weights[i];
        require(std::isfinite(weight) && weight >= 0,
                "incident {} has a weight that is negative or not finite; weights are 0 or more", i + 1);
        const double f = pilot_density[i];
        require(std::isfinite(f) && (f > 0 || weight == 0),
                "incident {} has a pilot density that is not above 0", i + 1);
        if (weight > 0) {
            logs.emplace_back(-std::log(f) / 2, weight);
        }
    }
    std::sort(logs.begin(), logs.end());
    double sum = 0;
    double weight_sum = 0;
    for (const auto& [log, weight] : logs) {
        sum += weight * log;
        weight_sum += weight;
    }
    AbramsonBandwidths result;
    result.gamma_m = weight_sum > 0 ? std::exp(sum / weight_sum) : 1;
    for (const double f : pilot_density) {
        const double factor = f > 0 ? 1 / (std::sqrt(f) * result.gamma_m) : trim;
        result.trimmed += factor > trim ? 1U : 0U;
        result.bandwidths_m.push_back(h0_m * std::min(factor, trim));
    }
    return result;
}

} // namespace vigil
