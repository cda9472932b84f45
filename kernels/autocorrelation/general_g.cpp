#include "kernels/autocorrelation/prepared.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <vector>

namespace vigil {

namespace {

/// sum over i < j of x_i x_j. Each product is added once, so a large x hides nothing.
class PairProducts {
  public:
    void add(double x)
    {
        products_.add(x * sum_.value());
        sum_.add(x);
    }
    [[nodiscard]] double value() const { return products_.value(); }
    [[nodiscard]] double sum() const { return sum_.value(); }

  private:
    CompensatedSum products_;
    CompensatedSum sum_;
};

double median(std::span<const double> z)
{
    std::vector<double> present;
    std::copy_if(z.begin(), z.end(), std::back_inserter(present), [](double v) { return !std::isnan(v); });
    const auto middle = present.begin() + static_cast<std::ptrdiff_t>(present.size() / 2);
    std::nth_element(present.begin(), middle, present.end());
    return *middle;
}

/// The table x_i x_j taken apart: a part of each feature, and what only pairs have. Under permutation these
/// two do not covary, so that nothing cancels in the sum of their variances.
///
///     x_i x_j = mean + a_i + a_j + e_ij,   the a and every row of e sum to 0
struct Parts {
    double features = 0; ///< sum_i a_i^2
    double pairs = 0;    ///< sum_{i != j} e_ij^2
};

/// u  values from a centre, which lies where most values are: then the squares of pairs are small differences
///    of small numbers
Parts parts_of(std::span<const double> u, double centre, double n, const PairProducts& products)
{
    PairProducts squares;
    CompensatedSum features;
    CompensatedSum rows;
    const double mean = products.sum() / n;
    const double mean_row = 2 * products.value() / n;
    for (const double v : u) {
        if (!std::isnan(v)) {
            const double row = v * (products.sum() - v) - mean_row;
            const double a = centre * (v - mean) + row / (n - 2);
            squares.add(v * v);
            features.add(a * a);
            rows.add(row * row);
        }
    }
    const double total = 2 * products.value();
    const double pairs = 2 * squares.value() - total * total / (n * (n - 1)) - 2 / (n - 2) * rows.value();
    return {features.value(), pairs > 1e-14 * squares.value() ? pairs : 0};
}

double variance_of(const LinkSums& links, double n, const Parts& parts)
{
    const double s0 = links.s0;
    const auto linked = static_cast<double>(links.linked);
    const double spread = links.spread + (linked < n ? 4 * s0 * s0 * (1 / linked - 1 / n) : 0);
    const double features = spread > 1e-13 * links.s2 ? parts.features * spread / (n - 1) : 0;
    return features + (n < 4 ? 0 : permutation_variance(links, n, {parts.pairs, 0}));
}

} // namespace

GlobalAutocorrelation general_g(std::span<const double> values, const Weights& weights, Islands islands)
{
    for (std::size_t i = 0; i < values.size(); ++i) {
        require(!(values[i] < 0),
                "row {}: a negative value; General G is for values of 0 or more, such as counts", i + 1);
    }
    Prepared p = prepared(values, weights, islands == Islands::keep ? islands : Islands::drop);
    if (p.undefined()) {
        return p.result;
    }
    const double n = p.n;
    const double centre = p.values.mean + median(p.values.z);
    std::vector<double> u(values.size());
    PairProducts products; // of x
    PairProducts centred;
    CompensatedSum linear; // sum_i (d_i - mean d) u_i
    const double mean_degree = 2 * p.links.s0 / n;
    for (std::size_t i = 0; i < u.size(); ++i) {
        u[i] = std::isnan(p.values.z[i]) ? p.values.z[i] : values[i] - centre;
        if (!std::isnan(u[i])) {
            products.add(values[i]);
            centred.add(u[i]);
            linear.add((p.links.degree[i] - mean_degree) * u[i]);
        }
    }
    if (p.values.constant || products.value() == 0) { // of one value that is not 0 there are no products
        return p.equal();
    }
    const double s0 = p.links.s0;
    const double all =
        sum_over_links(u, weights, [centre](double a, double b) { return (a + centre) * (b + centre); });
    const double near = sum_over_links(u, weights, [](double a, double b) { return a * b; });
    const double pairs = 2 * products.value();
    const double expected = s0 / (n * (n - 1));
    const double above =
        near - 2 * centred.value() * expected + centre * linear.value(); // sum w x x - its mean
    const double variance = n < 3 ? 0 : variance_of(p.links, n, parts_of(u, centre, n, centred));
    p.result.value = all / pairs;
    p.result.randomisation = null_test(above / pairs, 0, variance / pairs / pairs);
    p.result.randomisation.expected = expected;
    return p.result;
}

} // namespace vigil
