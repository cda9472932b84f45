#include "kernels/density_rows.h"

#include <limits>

namespace vigil::density_detail {

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon() / 2;

/// Adds `term(d^2)` of every place in reach to each cell of a row.
/// returns  the largest sum of weights and number of places that can meet in one cell, as a rounding bound
template <typename Term>
double add_row(const Work& work, std::int64_t row, const Term& term)
{
    const double y = work.reach.centre(row);
    double* out = &work.raster.at(row, 0);
    double weight = 0;
    double places = 0;
    for (const Place& place : work.bands.near(y, y)) {
        const double dy2 = (y - place.y) * (y - place.y);
        const Columns columns = work.reach.columns(place.x, dy2);
        for (std::int64_t col = columns.first; col <= columns.last; ++col) {
            const double dx = work.reach.centre(col) - place.x;
            out[col] += place.weight * term(dx * dx + dy2);
        }
        weight += place.weight;
        places += 1;
    }
    return (places + 8) * epsilon * weight;
}

template <typename Term>
double add_rows(const Work& work, const Term& term)
{
    constexpr std::int64_t rows_together = 8;
    return over_rows(work, rows_together, [&](std::int64_t begin, std::int64_t end) {
        double bound = 0;
        for (std::int64_t row = begin; row < end; ++row) {
            bound = std::fmax(bound, add_row(work, row, term));
        }
        return bound;
    });
}

/// One place's share of rows [begin, end): a column of factors times a row of factors.
void add_gaussian(const Work& work, const Place& place, std::int64_t begin, std::int64_t end,
                  std::vector<double>& factor)
{
    const double scale = -1 / (2 * work.options.bandwidth_m * work.options.bandwidth_m);
    const double nearest_y =
        std::fmin(std::fmax(place.y, work.reach.centre(begin)), work.reach.centre(end - 1));
    const Columns widest = work.reach.columns(place.x, (nearest_y - place.y) * (nearest_y - place.y));
    if (widest.first > widest.last) {
        return;
    }
    factor.resize(static_cast<std::size_t>(widest.last - widest.first + 1));
    for (std::int64_t col = widest.first; col <= widest.last; ++col) {
        const double dx = work.reach.centre(col) - place.x;
        factor[static_cast<std::size_t>(col - widest.first)] = std::exp(scale * dx * dx);
    }
    for (std::int64_t row = begin; row < end; ++row) {
        const double dy = work.reach.centre(row) - place.y;
        const Columns columns = work.reach.columns(place.x, dy * dy);
        if (columns.first > columns.last) {
            continue;
        }
        const double share = place.weight * std::exp(scale * dy * dy);
        const double* from = factor.data() + (columns.first - widest.first);
        double* to = &work.raster.at(row, columns.first);
        const std::int64_t n = columns.last - columns.first + 1;
        for (std::int64_t k = 0; k < n; ++k) {
            to[k] += share * from[k];
        }
    }
}

} // namespace

double sum_windows(const Work& work)
{
    const double h2 = work.reach.reach_m2;
    const auto rest = [h2](double dist_m2) {
        return (h2 - dist_m2) / h2;
    };
    switch (work.options.shape) {
    case KernelShape::uniform:
        return add_rows(work, [](double) { return 1.0; });
    case KernelShape::epanechnikov:
        return add_rows(work, rest);
    case KernelShape::quartic:
        return add_rows(work, [rest](double dist_m2) { return rest(dist_m2) * rest(dist_m2); });
    case KernelShape::triweight:
        return add_rows(work,
                        [rest](double dist_m2) { return rest(dist_m2) * rest(dist_m2) * rest(dist_m2); });
    default: // triangular: 1 - u = (1 - u^2) / (1 + u), which keeps its digits near the edge
        return add_rows(work,
                        [rest, h2](double dist_m2) { return rest(dist_m2) / (1 + std::sqrt(dist_m2 / h2)); });
    }
}

double sum_gaussian(const Work& work)
{
    constexpr std::int64_t rows_together = 32;
    return over_rows(work, rows_together, [&](std::int64_t begin, std::int64_t end) {
        std::vector<double> factor;
        double weight = 0;
        double places = 0;
        for (const Place& place : work.bands.near(work.reach.centre(begin), work.reach.centre(end - 1))) {
            add_gaussian(work, place, begin, end, factor);
            weight += place.weight;
            places += 1;
        }
        return (places + 8) * epsilon * weight;
    });
}

} // namespace vigil::density_detail
