#include "kernels/density/berman_diggle.h"

#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vigil {

namespace {

/// Horizontal bands of places, by x within each: pairs within reach lie in the same or the next band.
class PairBands {
  public:
    PairBands(std::span<const Place> places, const Box& window, double reach_m) : places_(places.size())
    {
        const auto count = static_cast<std::size_t>(std::floor(window.height() / reach_m)) + 1;
        std::vector<std::size_t> band(places.size());
        begin_.assign(count + 1, 0);
        for (std::size_t i = 0; i < places.size(); ++i) {
            const double up = std::floor((places[i].y - window.min_y) / reach_m);
            band[i] = std::min(static_cast<std::size_t>(up), count - 1);
            ++begin_[band[i] + 1];
        }
        for (std::size_t b = 0; b < count; ++b) {
            begin_[b + 1] += begin_[b];
        }
        std::vector<std::size_t> next(begin_.begin(), begin_.end() - 1);
        for (std::size_t i = 0; i < places.size(); ++i) { // canonical order stays order by x within a band
            places_[next[band[i]]++] = places[i];
        }
    }

    /// Calls visit(a, b) once for every pair whose x differ by reach_m or less, of a in [begin, end).
    template <typename Visit>
    void pairs(std::size_t begin, std::size_t end, double reach_m, const Visit& visit) const
    {
        for (std::size_t i = begin; i < end; ++i) {
            const Place& a = places_[i];
            const auto above = std::upper_bound(begin_.begin(), begin_.end(), i);
            for (std::size_t j = i + 1; j < *above && places_[j].x <= a.x + reach_m; ++j) {
                visit(a, places_[j]);
            }
            if (above + 1 == begin_.end()) {
                continue;
            }
            const auto from = places_.begin() + static_cast<std::ptrdiff_t>(*above);
            const auto to = places_.begin() + static_cast<std::ptrdiff_t>(*(above + 1));
            const auto west = [reach_m](const Place& p, double x) {
                return p.x < x - reach_m;
            };
            for (auto b = std::lower_bound(from, to, a.x, west); b != to && b->x <= a.x + reach_m; ++b) {
                visit(a, *b);
            }
        }
    }

  private:
    std::vector<Place> places_;
    std::vector<std::size_t> begin_;
};

} // namespace

BermanDiggle::BermanDiggle(std::span<const Place> places, const Box& window, LeaveOut leave_out,
                           std::size_t bins)
    : weight_(bins, 0.0), distance_(bins, 0.0), k_(bins + 1, 0.0)
{
    const double area_m2 = window.width() * window.height();
    require(area_m2 > 0, "the window has no area: the incidents are on a line, which tells no bandwidth");
    require(
        std::all_of(places.begin(), places.end(),
                    [&](const Place& p) {
                        return window.contains({p.x, p.y});
                    }),
        "some incidents are outside the window; the Berman-Diggle bandwidth needs one that holds them all");
    double left_out = 0; // sum of w a
    double coincident = 0;
    for (const Place& place : places) {
        const double out = left_out_weight(place, leave_out);
        left_out += place.weight * out;
        coincident += place.weight * (place.weight - out);
    }
    const double total = total_weight(places);
    const double pairs_weight = total * total - left_out;
    require(pairs_weight > 0, "all incidents are in one place, which tells no bandwidth; give one");
    const double intensity = total / area_m2;
    const double reach_m = std::min(std::min(window.width(), window.height()) / 4,
                                    std::sqrt(1000 / (std::numbers::pi * intensity)));
    step_m_ = reach_m / static_cast<double>(bins);
    shot_ = area_m2 * left_out / (total * total);
    coincident_ = coincident * area_m2 / pairs_weight;

    constexpr std::size_t parts = 64; // a fixed cut, so that sums do not depend on the threads
    const PairBands bands(places, window, reach_m);
    const std::size_t chunk = std::max<std::size_t>((places.size() + parts - 1) / parts, 1);
    std::vector<std::vector<double>> sums((places.size() + chunk - 1) / chunk);
    parallel_chunks(places.size(), chunk, [&](std::size_t begin, std::size_t end) {
        std::vector<double> sum(2 * bins, 0.0);
        bands.pairs(begin, end, reach_m, [&](const Place& a, const Place& b) {
            const double dx = std::abs(a.x - b.x);
            const double dy = std::abs(a.y - b.y);
            const double d = std::sqrt(dx * dx + dy * dy);
            if (d <= reach_m) {
                const auto upper = static_cast<std::size_t>(std::ceil(d / step_m_));
                const std::size_t bin = std::clamp<std::size_t>(upper, 1, bins) - 1;
                const double share = a.weight * b.weight / ((window.width() - dx) * (window.height() - dy));
                sum[2 * bin] += share;
                sum[2 * bin + 1] += share * d;
            }
        });
        sums[begin / chunk] = std::move(sum);
    });
    const double scale = 2 * area_m2 * area_m2 / pairs_weight; // 2: each pair both ways
    for (const std::vector<double>& sum : sums) {
        for (std::size_t bin = 0; bin < bins; ++bin) {
            weight_[bin] += scale * sum[2 * bin];
            distance_[bin] += scale * sum[2 * bin + 1];
        }
    }
    k_[0] = coincident_;
    for (std::size_t bin = 0; bin < bins; ++bin) {
        k_[bin + 1] = k_[bin] + weight_[bin];
        distance_[bin] = weight_[bin] > 0 ? distance_[bin] / weight_[bin] : 0;
    }
}

std::size_t BermanDiggle::edge_near(double sigma_m) const
{
    const double edge = std::clamp(std::round(2 * sigma_m / step_m_), 1.0, static_cast<double>(edges()));
    return static_cast<std::size_t>(edge);
}

double BermanDiggle::value(std::size_t edge) const
{
    const double r_m = step_m_ * static_cast<double>(edge);
    double overlap = coincident_ * std::numbers::pi / 2; // acos 0
    for (std::size_t bin = 0; bin < 2 * edge; ++bin) {
        if (weight_[bin] > 0) {
            const double y = std::min(distance_[bin] / (2 * r_m), 1.0);
            overlap += weight_[bin] * (std::acos(y) - y * std::sqrt(1 - y * y));
        }
    }
    const double disc_m2 = std::numbers::pi * r_m * r_m;
    return (shot_ - 2 * k_[edge]) / disc_m2 + 2 * r_m * r_m * overlap / (disc_m2 * disc_m2);
}

} // namespace vigil
