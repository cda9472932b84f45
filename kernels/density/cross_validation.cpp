#include "kernels/density/cross_validation.h"

#include "kernels/density/berman_diggle.h"
#include "kernels/density/gaussian.h"
#include "kernels/nearest.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <utility>

namespace vigil {

namespace {

constexpr double density_tolerance = 1e-12; // share of the highest density
constexpr double faint = 1e-6;              // below this share of it a sum over neighbours decides
constexpr std::size_t chunk = 256;

double peak(double sigma_m)
{
    return 1 / (2 * std::numbers::pi * sigma_m * sigma_m);
}

/// The places of the incidents, and what every evaluation needs of them.
struct Sample {
    std::span<const Place> places;
    const PlaceIndex& index;
    double total = 0;
    double area_m2 = 0;
    LeaveOut leave_out = LeaveOut::place;

    [[nodiscard]] std::vector<double> density(double sigma_m) const
    {
        return gaussian_at(places, index.places(), sigma_m, density_tolerance, Progress());
    }
};

/// log of f_-k(k) from the neighbours of place k, however small it is: terms are taken relative to the
/// nearest one, and those below exp(-40) of it are left out.
double log_of_rest(const Sample& sample, std::size_t k, double sigma_m)
{
    const Place& place = sample.places[k];
    const XY centre{place.x, place.y};
    const double kept = place.weight - left_out_weight(place, sample.leave_out);
    double nearest_m2 = kept > 0 ? 0 : std::numeric_limits<double>::infinity();
    if (kept <= 0) {
        sample.index.search(centre, nearest_m2, [&](std::size_t i, double dist_m2) {
            return i == k ? nearest_m2 : nearest_m2 = std::min(nearest_m2, dist_m2);
        });
    }
    const double reach_m2 = nearest_m2 + 80 * sigma_m * sigma_m;
    std::vector<std::pair<std::size_t, double>> met; // sorted below: the tree has an order of its own
    sample.index.search(centre, reach_m2, [&](std::size_t i, double dist_m2) {
        if (i != k || kept > 0) {
            met.emplace_back(i, dist_m2);
        }
        return reach_m2;
    });
    std::sort(met.begin(), met.end());
    double sum = 0;
    for (const auto& [i, dist_m2] : met) {
        const double weight = i == k ? kept : sample.places[i].weight;
        sum += weight * std::exp((nearest_m2 - dist_m2) / (2 * sigma_m * sigma_m));
    }
    return std::log(sum * peak(sigma_m)) - nearest_m2 / (2 * sigma_m * sigma_m);
}

double likelihood(const Sample& sample, double sigma_m)
{
    const std::vector<double> f = sample.density(sigma_m);
    const double least = faint * *std::max_element(f.begin(), f.end());
    std::vector<double> logs(f.size());
    parallel_chunks(f.size(), chunk, [&](std::size_t begin, std::size_t end) {
        for (std::size_t k = begin; k < end; ++k) {
            const double out = left_out_weight(sample.places[k], sample.leave_out);
            const double rest = f[k] - out * peak(sigma_m);
            logs[k] = rest > least ? std::log(rest) : log_of_rest(sample, k, sigma_m);
        }
    });
    double sum = 0;
    for (std::size_t k = 0; k < f.size(); ++k) {
        sum += sample.places[k].weight * logs[k];
    }
    return sum;
}

double least_squares(const Sample& sample, double sigma_m)
{
    const std::vector<double> f = sample.density(sigma_m);
    const std::vector<double> wide = sample.density(std::numbers::sqrt2 * sigma_m);
    double square = 0;
    double cross = 0;
    for (std::size_t k = 0; k < f.size(); ++k) {
        const Place& place = sample.places[k];
        const double out = left_out_weight(place, sample.leave_out);
        const double rest = std::max(f[k] - out * peak(sigma_m), 0.0);
        square += place.weight * wide[k];
        cross += place.weight * rest / (sample.total - out);
    }
    return square / (sample.total * sample.total) - 2 * cross / sample.total;
}

double inverse_density(const Sample& sample, double sigma_m)
{
    const std::vector<double> f = sample.density(sigma_m);
    double area_m2 = 0;
    for (std::size_t k = 0; k < f.size(); ++k) {
        const double weight = sample.places[k].weight;
        area_m2 += weight / std::max(f[k], weight * peak(sigma_m));
    }
    return (sample.area_m2 - area_m2) * (sample.area_m2 - area_m2);
}

double value_of(BandwidthCriterion criterion, const Sample& sample, double sigma_m)
{
    switch (criterion) {
    case BandwidthCriterion::likelihood_cv:
        return likelihood(sample, sigma_m);
    case BandwidthCriterion::least_squares_cv:
        return least_squares(sample, sigma_m);
    default:
        return inverse_density(sample, sigma_m);
    }
}

struct Optimum {
    double at = 0, value = 0;
};

/// Brent's minimum of f in [a, b], about which f(x) is known to be `fx`.
Optimum minimum(double a, double b, double x, double fx, const std::function<double(double)>& f)
{
    constexpr double golden = 0.3819660112501051; // (3 - sqrt 5) / 2
    constexpr double close = 1e-4;
    double w = x, v = x, fw = fx, fv = fx, step = 0, before = 0;
    for (int turn = 0; turn < 60; ++turn) {
        const double middle = (a + b) / 2;
        if (std::abs(x - middle) <= 2 * close - (b - a) / 2) {
            break;
        }
        const double r = (x - w) * (fx - fv);
        const double q = (x - v) * (fx - fw);
        double p = (x - v) * q - (x - w) * r;
        double d = 2 * (q - r);
        p = d > 0 ? -p : p;
        d = std::abs(d);
        if (d > 0 && std::abs(p) < std::abs(d * before / 2) && p > d * (a - x) && p < d * (b - x)) {
            before = step;
            step = p / d; // the vertex of the parabola through the last three
        } else {
            before = x < middle ? b - x : a - x;
            step = golden * before;
        }
        const double u = x + (std::abs(step) >= close ? step : std::copysign(close, step));
        const double fu = f(u);
        if (fu <= fx) {
            (u < x ? b : a) = x;
            v = std::exchange(w, std::exchange(x, u));
            fv = std::exchange(fw, std::exchange(fx, fu));
        } else {
            (u < x ? a : b) = u;
            if (fu <= fw || w == x) {
                v = std::exchange(w, u);
                fv = std::exchange(fw, fu);
            } else if (fu <= fv || v == x || v == w) {
                v = u;
                fv = fu;
            }
        }
    }
    return {x, fx};
}

std::vector<XY> positions(std::span<const Place> places)
{
    std::vector<XY> out;
    out.reserve(places.size());
    for (const Place& place : places) {
        out.push_back({place.x, place.y});
    }
    return out;
}

/// Median distance of a place to the nearest other.
double median_nearest_m(const PlaceIndex& index)
{
    std::vector<double> nearest(index.size());
    parallel_chunks(index.size(), chunk, [&](std::size_t begin, std::size_t end) {
        for (std::size_t k = begin; k < end; ++k) {
            double best_m2 = std::numeric_limits<double>::infinity();
            index.search(index.places()[k], best_m2, [&](std::size_t i, double dist_m2) {
                return i == k ? best_m2 : best_m2 = std::min(best_m2, dist_m2);
            });
            nearest[k] = std::sqrt(best_m2);
        }
    });
    const auto middle = nearest.begin() + static_cast<std::ptrdiff_t>(nearest.size() / 2);
    std::nth_element(nearest.begin(), middle, nearest.end());
    return *middle;
}

void check(const SelectionOptions& options)
{
    for (const double length_m : {options.precision_m, options.min_sigma_m, options.max_sigma_m}) {
        require(std::isfinite(length_m) && length_m >= 0,
                "{:g} m bounds no bandwidth; a bound is 0 (chosen from the data) or more", length_m);
    }
    require(options.steps >= 3, "{} values make no curve; ask for 3 or more", options.steps);
}

void check(std::span<const Place> places)
{
    require(places.size() >= 2, "all incidents are in one place, which tells no bandwidth; give one with "
                                "--bandwidth");
}

Box window_of(const SelectionOptions& options, const PlaceIndex& index)
{
    return options.window.empty() ? bounding_box(index.places()) : options.window;
}

Sample sample_of(BandwidthCriterion criterion, std::span<const Place> places, const PlaceIndex& index,
                 const SelectionOptions& options)
{
    const Box window = window_of(options, index);
    const double area_m2 = options.area_m2 > 0 ? options.area_m2 : window.width() * window.height();
    const Sample sample{places, index, total_weight(places), area_m2, options.leave_out};
    require(criterion != BandwidthCriterion::cronie_van_lieshout || sample.area_m2 > 0,
            "the window has no area: the incidents are on a line, which tells no bandwidth");
    for (const Place& place : places) {
        require(sample.total - left_out_weight(place, options.leave_out) > 0,
                "the weights are too unequal to leave one place out; give a bandwidth with --bandwidth");
    }
    return sample;
}

double low_sigma_m(const PlaceIndex& index, const SelectionOptions& options)
{
    const double asked_m = options.min_sigma_m > 0 ? options.min_sigma_m : median_nearest_m(index) / 2;
    return std::max(asked_m, options.precision_m);
}

std::vector<double> spaced(double low_m, double high_m, std::size_t steps)
{
    require(low_m < high_m, "no bandwidth lies between {:g} m and {:g} m", low_m, high_m);
    std::vector<double> sigma_m;
    for (std::size_t i = 0; i < steps; ++i) {
        const double share = static_cast<double>(i) / static_cast<double>(steps - 1);
        sigma_m.push_back(low_m * std::pow(high_m / low_m, share));
    }
    sigma_m.back() = high_m;
    return sigma_m;
}

/// All edges are asked, as M jumps where K does.
void judge_discs(BandwidthCurve& curve, const BermanDiggle& discs, double low_m, double high_m,
                 std::size_t steps)
{
    const auto first = std::max<std::size_t>(discs.edge_near(low_m), 1);
    const std::size_t last = discs.edge_near(high_m);
    require(first < last, "the window tells no bandwidth between {:g} m and {:g} m", low_m, high_m);
    std::vector<double> value(last - first + 1);
    parallel_chunks(value.size(), 16, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            value[i] = discs.value(first + i);
        }
    });
    const auto best = std::min_element(value.begin(), value.end());
    const auto at = first + static_cast<std::size_t>(best - value.begin());
    curve.chosen_sigma_m = discs.sigma_m(at);
    curve.chosen_value = *best;
    curve.at_edge = at == first || at == last;
    std::size_t before = 0;
    for (const double sigma_m : spaced(discs.sigma_m(first), discs.sigma_m(last), steps)) {
        const std::size_t edge = discs.edge_near(sigma_m);
        if (edge != before) { // steps closer than bins fall together
            curve.sigma_m.push_back(discs.sigma_m(edge));
            curve.value.push_back(value[edge - first]);
        }
        before = edge;
    }
}

} // namespace

double left_out_weight(const Place& place, LeaveOut leave_out)
{
    return leave_out == LeaveOut::place ? place.weight : std::min(place.weight, 1.0);
}

const char* name_of(BandwidthCriterion criterion)
{
    switch (criterion) {
    case BandwidthCriterion::likelihood_cv:
        return "likelihood-cv";
    case BandwidthCriterion::least_squares_cv:
        return "least-squares-cv";
    case BandwidthCriterion::cronie_van_lieshout:
        return "cronie-van-lieshout";
    case BandwidthCriterion::berman_diggle:
        break;
    }
    return "berman-diggle";
}

double criterion_value(BandwidthCriterion criterion, std::span<const Place> places, double sigma_m,
                       const SelectionOptions& options)
{
    check(options);
    check(places);
    require(std::isfinite(sigma_m) && sigma_m > 0, "sigma is {:g} m; it must be above 0", sigma_m);
    const PlaceIndex index(positions(places));
    if (criterion == BandwidthCriterion::berman_diggle) {
        const BermanDiggle discs(places, window_of(options, index), options.leave_out);
        return discs.value(discs.edge_near(sigma_m));
    }
    return value_of(criterion, sample_of(criterion, places, index, options), sigma_m);
}

BandwidthCurve bandwidth_curve(BandwidthCriterion criterion, std::span<const XY> points,
                               std::span<const double> weights, const SelectionOptions& options,
                               const Progress& progress)
{
    check(options);
    const std::vector<Place> places = merged_places(points, weights);
    check(places);
    const PlaceIndex index(positions(places));
    const double low_m = low_sigma_m(index, options);
    BandwidthCurve curve;
    curve.criterion = name_of(criterion);
    if (criterion == BandwidthCriterion::berman_diggle) {
        const BermanDiggle discs(places, window_of(options, index), options.leave_out);
        const double high_m = options.max_sigma_m > 0 ? options.max_sigma_m : discs.max_sigma_m();
        judge_discs(curve, discs, low_m, high_m, options.steps);
        progress(1);
        return curve;
    }
    const Sample sample = sample_of(criterion, places, index, options);
    const Box window = window_of(options, index);
    const double high_m =
        options.max_sigma_m > 0 ? options.max_sigma_m : std::hypot(window.width(), window.height()) / 2;
    curve.sigma_m = spaced(low_m, high_m, options.steps);
    curve.value.resize(curve.sigma_m.size());
    constexpr std::size_t between_reports = 8;
    for (std::size_t begin = 0; begin < curve.sigma_m.size(); begin += between_reports) {
        parallel_chunks(std::min(between_reports, curve.sigma_m.size() - begin), 1,
                        [&](std::size_t k, std::size_t /*end*/) {
                            curve.value[begin + k] = value_of(criterion, sample, curve.sigma_m[begin + k]);
                        });
        progress(static_cast<double>(begin) / static_cast<double>(options.steps + 10));
    }
    const double sign = criterion == BandwidthCriterion::likelihood_cv ? -1 : 1;
    const auto better = [sign](double a, double b) {
        return sign * a < sign * b;
    };
    const auto best = static_cast<std::size_t>(
        std::min_element(curve.value.begin(), curve.value.end(), better) - curve.value.begin());
    curve.at_edge = best == 0 || best + 1 == curve.value.size();
    curve.chosen_sigma_m = curve.sigma_m[best];
    curve.chosen_value = curve.value[best];
    if (!curve.at_edge) {
        const Optimum found =
            minimum(std::log(curve.sigma_m[best - 1]), std::log(curve.sigma_m[best + 1]),
                    std::log(curve.sigma_m[best]), sign * curve.value[best],
                    [&](double log_m) { return sign * value_of(criterion, sample, std::exp(log_m)); });
        curve.chosen_sigma_m = std::exp(found.at);
        curve.chosen_value = sign * found.value;
    }
    progress(1);
    return curve;
}

} // namespace vigil
