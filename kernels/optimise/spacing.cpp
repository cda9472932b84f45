#include "kernels/optimise/spacing.h"

#include "kernels/compensated_sum.h"
#include "kernels/same_place.h"
#include "kernels/weights.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>

namespace vigil {

namespace {

/// Distinct places from west to east, and which of them each place is.
struct Distinct {
    std::vector<XY> places;
    std::vector<std::uint32_t> of;
};

Distinct distinct_places(std::span<const XY> places)
{
    Distinct result{{}, same_places(places, 0)};
    for (std::size_t i = 0; i < places.size(); ++i) {
        result.places.resize(std::max(result.places.size(), std::size_t{result.of[i]} + 1));
        result.places[result.of[i]] = places[i];
    }
    return result;
}

double mean_of(std::span<const double> values)
{
    CompensatedSum sum;
    for (const double x : values) {
        sum.add(x);
    }
    return sum.value() / static_cast<double>(values.size());
}

/// Fills in all but `is_stray` from the distances to the nearest.
Spacing summary(std::vector<double> near)
{
    std::sort(near.begin(), near.end());
    const double mean = mean_of(near);
    CompensatedSum squares;
    for (const double d : near) {
        squares.add((d - mean) * (d - mean));
    }
    Spacing spacing{.distinct = near.size()};
    spacing.stray_m = mean + 3 * std::sqrt(squares.value() / static_cast<double>(near.size()));
    const auto usual = std::upper_bound(near.begin(), near.end(), spacing.stray_m);
    spacing.strays = static_cast<std::size_t>(near.end() - usual);
    near.erase(usual, near.end());
    spacing.mean_m = mean_of(near);
    const std::size_t middle = near.size() / 2;
    spacing.median_m = near.size() % 2 == 1 ? near[middle] : (near[middle - 1] + near[middle]) / 2;
    spacing.widest_m = near.back();
    return spacing;
}

/// Whether every cell with a value has one with a value at its side.
bool all_have_a_side(const Raster<double>& values)
{
    const std::int64_t rows = values.grid.rows;
    const std::int64_t cols = values.grid.cols;
    const auto there = [&](std::int64_t r, std::int64_t c) {
        return r >= 0 && r < rows && c >= 0 && c < cols && !std::isnan(values.at(r, c));
    };
    for (std::int64_t r = 0; r < rows; ++r) {
        for (std::int64_t c = 0; c < cols; ++c) {
            if (there(r, c) && !there(r, c + 1) && !there(r, c - 1) && !there(r - 1, c) && !there(r + 1, c)) {
                return false;
            }
        }
    }
    return true;
}

} // namespace

Spacing spacing_of(std::span<const XY> places)
{
    const Distinct distinct = distinct_places(places);
    require(distinct.places.size() >= 2,
            "all {} places are the same; distances between places need two or more", places.size());
    const std::vector<double> near = nearest_distances(distinct.places);
    Spacing spacing = summary(near);
    spacing.is_stray.reserve(places.size());
    for (const std::uint32_t d : distinct.of) {
        spacing.is_stray.push_back(near[d] > spacing.stray_m ? 1 : 0);
    }
    return spacing;
}

double standard_distance_m(std::span<const XY> places)
{
    CompensatedSum x;
    CompensatedSum y;
    for (const XY p : places) {
        x.add(p.x);
        y.add(p.y);
    }
    const auto n = static_cast<double>(places.size());
    const XY centre{x.value() / n, y.value() / n};
    CompensatedSum squares;
    for (const XY p : places) {
        squares.add(squared_distance_m2(p, centre));
    }
    return std::sqrt(squares.value() / n);
}

double mean_distance_to_kth_m(std::span<const XY> places, std::size_t k, std::span<const std::uint8_t> skip)
{
    const Weights nearest = nearest_neighbours(places, k);
    std::vector<double> farthest_m;
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (!skip.empty() && skip[i] != 0) {
            continue;
        }
        double dist_m2 = 0;
        for (const std::uint32_t j : nearest.neighbours(i)) {
            dist_m2 = std::max(dist_m2, squared_distance_m2(places[i], places[j]));
        }
        farthest_m.push_back(std::sqrt(dist_m2));
    }
    require(!farthest_m.empty(), "no place is left to measure distances from");
    std::sort(farthest_m.begin(), farthest_m.end()); // one order, whatever that of the rows
    return mean_of(farthest_m);
}

std::vector<XY> present_centres(const Raster<double>& values)
{
    std::vector<XY> places;
    for (std::int64_t r = 0; r < values.grid.rows; ++r) {
        for (std::int64_t c = 0; c < values.grid.cols; ++c) {
            if (!std::isnan(values.at(r, c))) {
                places.push_back({values.grid.centre_x(c), values.grid.centre_y(r)});
            }
        }
    }
    return places;
}

Spacing spacing_of(const Raster<double>& values)
{
    if (!all_have_a_side(values)) {
        return spacing_of(present_centres(values));
    }
    const auto present = static_cast<std::size_t>(
        std::count_if(values.values.begin(), values.values.end(), [](double x) { return !std::isnan(x); }));
    require(present >= 2, "{} cells have a value; distances between cells need two or more", present);
    const double cell = values.grid.cell_m;
    return {present, 0, cell, cell, cell, cell, std::vector<std::uint8_t>(present)};
}

} // namespace vigil
