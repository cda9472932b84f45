#include "kernels/optimise/band.h"

#include "libgeo/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <tuple>

namespace vigil {

namespace {

constexpr std::size_t dense_neighbours = 30;

/// What the rules ask of features, whether places or cells.
struct Features {
    std::vector<XY> places; ///< with a value
    Spacing spacing;
    std::function<IncrementalMoran(std::span<const double>)> curve;
    bool by_pairs = true; ///< whether the work grows with the pairs within reach
};

/// Where the distances to try begin, their step, and how many of them fit the area.
struct Distances {
    double first = 0;
    double step = 0;
    std::size_t count = 1;
    std::string why; ///< there are not more

    [[nodiscard]] double at(std::size_t k) const { return first + static_cast<double>(k) * step; }
    [[nodiscard]] std::vector<double> all() const
    {
        std::vector<double> distances;
        for (std::size_t k = 0; k < count; ++k) {
            distances.push_back(at(k));
        }
        return distances;
    }
};

Distances distances_of(const Features& features, const BandOptions& options)
{
    Distances tried{options.first_m.value_or(features.spacing.widest_m),
                    options.step_m.value_or(features.spacing.mean_m), 1, "as many as asked for"};
    require(tried.first > 0 && std::isfinite(tried.first), "a first distance of {} m is not positive",
            tried.first);
    require(tried.step > 0 && std::isfinite(tried.step), "a step of {} m is not positive", tried.step);
    const Box box = bounding_box(features.places);
    const double most = std::max(box.width(), box.height()) / 2;
    while (tried.count < options.steps && tried.at(tried.count) <= most) {
        ++tried.count;
    }
    if (tried.count < options.steps) {
        tried.why = fmt::format("none beyond half the longer side of the area, {}", metres(most));
    }
    return tried;
}

/// Leaves out distances at which too many pairs are to be expected.
void cut_pairs(Distances& tried, const Features& features, double mean_neighbours, const BandOptions& options)
{
    const double pairs = static_cast<double>(features.places.size()) * mean_neighbours;
    const auto expected = [&](std::size_t k) {
        return pairs * std::pow(tried.at(k) / tried.first, 2);
    };
    const std::size_t fit = tried.count;
    while (tried.count > 1 && expected(tried.count - 1) > options.most_pairs) {
        --tried.count;
    }
    if (tried.count < fit) {
        tried.why = fmt::format("none beyond {}, so that there are at most about {:.0f} pairs to look at",
                                metres(tried.at(tried.count - 1)), options.most_pairs);
    }
}

void tell(const Distances& tried, const Features& features, const BandOptions& options,
          std::vector<Choice>& choices)
{
    choices.push_back(
        {"first distance", metres(tried.first),
         options.first_m ? "it was given"
         : features.spacing.strays == 0
             ? "with it every feature has a neighbour"
             : fmt::format("with it every feature but {} strays has a neighbour", features.spacing.strays)});
    choices.push_back({"step", metres(tried.step),
                       options.step_m ? "it was given" : "the mean distance to the nearest other feature"});
    choices.push_back({"distances", fmt::format("{}", tried.count), tried.why});
}

void choose_dense(const Features& features, std::int64_t most, const BandOptions& options, BandChoice& result)
{
    const std::size_t k = std::min(dense_neighbours, features.places.size() - 1);
    result.rule = BandRule::dense;
    result.band_m = mean_distance_to_kth_m(features.places, k, features.spacing.is_stray);
    result.choices.push_back(
        {"band", metres(result.band_m),
         fmt::format("the mean distance to neighbour number {}: at the first distance a feature has {} "
                     "neighbours, {} or more, too many to look for peaks",
                     k, most, options.too_many_neighbours)});
}

void choose_neighbours(const Features& features, const BandOptions& options, BandChoice& result)
{
    const std::size_t n = features.places.size();
    const auto share = static_cast<std::size_t>(std::lround(0.05 * static_cast<double>(n)));
    const std::size_t wanted = options.neighbours.value_or(std::clamp<std::size_t>(share, 3, 30));
    const std::size_t k = std::clamp<std::size_t>(wanted, 1, n - 1);
    const double far = mean_distance_to_kth_m(features.places, k, features.spacing.is_stray);
    const double spread = standard_distance_m(features.places);
    const std::string no_peak =
        fmt::format("no distance has a z above {:g} and above both sides", options.moran.peak_z);
    result.choices.push_back(
        {"neighbours", fmt::format("{}", k),
         options.neighbours ? "it was given" : "5 % of the features, at least 3, at most 30"});
    if (far <= spread) {
        result.rule = BandRule::neighbours;
        result.band_m = far;
        result.choices.push_back(
            {"band", metres(far), fmt::format("the mean distance to neighbour number {}: {}", k, no_peak)});
    } else {
        result.rule = BandRule::standard_distance;
        result.band_m = spread;
        result.choices.push_back(
            {"band", metres(spread),
             fmt::format("the standard distance: {}, and the mean distance to neighbour number {} is {}",
                         no_peak, k, metres(far))});
    }
}

void choose_peak(const BandOptions& options, BandChoice& result)
{
    const std::size_t k = options.highest_peak ? *result.curve.max_peak : *result.curve.first_peak;
    const MoranStep& step = result.curve.steps[k];
    result.rule = BandRule::peak;
    result.band_m = step.distance_m;
    result.choices.push_back({"band", metres(step.distance_m),
                              fmt::format("the {} of {} peaks of Moran's z ({:.2f}, above {:g})",
                                          options.highest_peak ? "highest" : "first",
                                          result.curve.peaks.size(), step.z, options.moran.peak_z)});
}

BandChoice choose(const Features& features, const BandOptions& options)
{
    BandChoice result;
    result.spacing = features.spacing;
    Distances tried = distances_of(features, options);
    const double first[] = {tried.first};
    const MoranStep start = features.curve(first).steps[0];
    const bool dense = start.most_neighbours >= options.too_many_neighbours;
    if (dense) {
        tried.count = 1;
        tried.why = "features are too dense to go on";
    } else if (features.by_pairs) {
        cut_pairs(tried, features, start.mean_neighbours, options);
    }
    tell(tried, features, options, result.choices);
    if (dense) {
        choose_dense(features, start.most_neighbours, options, result);
        return result;
    }
    result.curve = features.curve(tried.all());
    if (result.curve.peaks.empty()) {
        choose_neighbours(features, options, result);
    } else {
        choose_peak(options, result);
    }
    return result;
}

/// Features with a value, in an order that does not depend on that of the rows.
std::vector<std::size_t> canonical_order(std::span<const XY> places, std::span<const double> values)
{
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (!std::isnan(values[i])) {
            order.push_back(i);
        }
    }
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::tie(places[a].x, places[a].y, values[a]) < std::tie(places[b].x, places[b].y, values[b]);
    });
    return order;
}

std::optional<BandChoice> given(const BandOptions& options)
{
    if (!options.band_m) {
        return {};
    }
    require(*options.band_m > 0 && std::isfinite(*options.band_m),
            "a band of {} m is not a positive distance", *options.band_m);
    BandChoice result;
    result.band_m = *options.band_m;
    result.choices.push_back({"band", metres(result.band_m), "it was given"});
    return result;
}

} // namespace

BandChoice choose_band(std::span<const XY> places, std::span<const double> values, const BandOptions& options)
{
    require(places.size() == values.size(), "{} places and {} values", places.size(), values.size());
    if (auto band = given(options)) {
        return *band;
    }
    check_values(values);
    const std::vector<std::size_t> order = canonical_order(places, values);
    Features features;
    std::vector<double> present;
    for (const std::size_t i : order) {
        features.places.push_back(places[i]);
        present.push_back(values[i]);
    }
    features.spacing = spacing_of(features.places);
    features.curve = [&](std::span<const double> distances) {
        return incremental_moran(features.places, present, distances, options.moran);
    };
    BandChoice result = choose(features, options);
    result.spacing.is_stray.assign(places.size(), 0);
    for (std::size_t k = 0; k < order.size(); ++k) {
        result.spacing.is_stray[order[k]] = features.spacing.is_stray[k];
    }
    return result;
}

BandChoice choose_band(const Raster<double>& values, const BandOptions& options)
{
    if (auto band = given(options)) {
        return *band;
    }
    check_values(values.values);
    const Features features{present_centres(values), spacing_of(values),
                            [&](std::span<const double> distances) {
                                return incremental_moran(values, distances, options.moran);
                            },
                            false};
    return choose(features, options);
}

} // namespace vigil
