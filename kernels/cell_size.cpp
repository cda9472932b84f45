#include "kernels/cell_size.h"

#include "kernels/weights.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace vigil {

namespace {

double mean_of(const std::vector<double>& sorted)
{
    return std::accumulate(sorted.begin(), sorted.end(), 0.0) / static_cast<double>(sorted.size());
}

/// Leaves out what lies above mean + 3 sd.
void drop_strays(std::vector<double>& sorted)
{
    const double mean = mean_of(sorted);
    double squares = 0;
    for (const double d : sorted) {
        squares += (d - mean) * (d - mean);
    }
    const double most = mean + 3 * std::sqrt(squares / static_cast<double>(sorted.size()));
    sorted.erase(std::upper_bound(sorted.begin(), sorted.end(), most), sorted.end());
}

} // namespace

double round_step(int k)
{
    constexpr double digits[] = {1, 2, 5};
    const int decade = k >= 0 ? k / 3 : -((2 - k) / 3);
    return digits[k - 3 * decade] * std::pow(10, decade);
}

int round_step_from(double least)
{
    int step = static_cast<int>(std::floor(3 * std::log10(least))) - 3;
    while (round_step(step) < least) {
        ++step;
    }
    return step;
}

double sensible_cell_m(std::span<const XY> places, double most_cells)
{
    std::vector<double> near = nearest_distances(places);
    std::sort(near.begin(), near.end());
    require(near.front() > 0, "places coincide; merge them before choosing a cell size");
    drop_strays(near);
    const std::size_t middle = near.size() / 2;
    const double median = near.size() % 2 == 1 ? near[middle] : (near[middle - 1] + near[middle]) / 2;
    const double wanted = 2 * std::max(mean_of(near), median);
    const Box box = bounding_box(places);
    int step = round_step_from(wanted);
    const auto too_small = [&](double cell) {
        return (box.width() / cell + 1) * (box.height() / cell + 1) > most_cells;
    };
    while (too_small(round_step(step))) {
        ++step;
    }
    return round_step(step);
}

double widest_gap_m(std::span<const XY> places)
{
    const std::vector<double> near = nearest_distances(places);
    return *std::max_element(near.begin(), near.end());
}

} // namespace vigil
