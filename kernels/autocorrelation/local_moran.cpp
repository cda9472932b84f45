#include "kernels/autocorrelation/local_moran.h"

#include "kernels/autocorrelation/link_sums.h"
#include "kernels/autocorrelation/value_moments.h"
#include "kernels/null_moments.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"

#include <cmath>
#include <limits>

namespace vigil {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t chunk = 4096;

/// A neighbourhood's sums.
struct Around {
    double centred = 0; ///< sum w z
    double w = 0;
    double ww = 0;
    std::int32_t count = 0;
};

Around around(std::span<const double> z, const Weights& weights, std::size_t i)
{
    Around sums;
    for_links(z, weights, i, [&](std::size_t j, double w) {
        sums.centred += w * z[j];
        sums.w += w;
        sums.ww += w * w;
        ++sums.count;
    });
    return sums;
}

/// a - b, or 0 when that is rounding: the weights leave nothing to vary.
double difference(double a, double b)
{
    return a - b > 1e-12 * a ? a - b : 0;
}

struct Moments {
    double expected = 0;
    double variance = 0;
};

Moments conditional(const CentredValues& values, double others_variance, std::size_t i, const Around& a)
{
    const auto n = static_cast<double>(values.present);
    const double scale = values.z[i] / (values.sum2 / n);
    const double shape = n < 3 ? 0 : difference((n - 1) * a.ww, a.w * a.w) / (n - 2);
    return {-scale * values.z[i] * a.w / (n - 1), scale * scale * others_variance * shape};
}

Moments total(const CentredValues& values, const Around& a)
{
    const auto n = static_cast<double>(values.present);
    const double b = n * values.sum4 / (values.sum2 * values.sum2);
    const double expected = -a.w / (n - 1);
    const double pairs = n < 3 ? 0 : (a.w * a.w - a.ww) * (2 * b - n) / ((n - 1) * (n - 2));
    return {expected, difference(a.ww * (n - b) / (n - 1) + pairs, expected * expected)};
}

Quadrant quadrant(double own, double lag)
{
    if (own == 0 || lag == 0) {
        return Quadrant::none;
    }
    if (own > 0) {
        return lag > 0 ? Quadrant::high_high : Quadrant::high_low;
    }
    return lag > 0 ? Quadrant::low_high : Quadrant::low_low;
}

LocalMoran nothing(std::size_t n)
{
    const std::vector<double> none(n, missing);
    return {none, none, none, none, none, none, std::vector<Quadrant>(n), std::vector<std::int32_t>(n)};
}

} // namespace

LocalMoran local_moran(std::span<const double> values, const Weights& weights, LocalNull null)
{
    require(values.size() == weights.size(), "{} values and {} rows of weights", values.size(),
            weights.size());
    const CentredValues centred = centred_values(values);
    const OthersVariance others(centred);
    const double m2 = centred.sum2 / static_cast<double>(centred.present);
    LocalMoran result = nothing(values.size());
    const auto put = [&](std::size_t i) {
        const Around a = around(centred.z, weights, i);
        result.neighbours[i] = a.count;
        if (a.count == 0) {
            return;
        }
        result.lag[i] = a.centred;
        result.z[i] = 0;
        if (!centred.constant) {
            result.value[i] = centred.z[i] / m2 * a.centred;
            const Moments moments = null == LocalNull::conditional
                                        ? conditional(centred, others.without(i), i, a)
                                        : total(centred, a);
            result.expected[i] = moments.expected;
            result.variance[i] = moments.variance;
            if (moments.variance > 0) {
                result.z[i] = (result.value[i] - moments.expected) / std::sqrt(moments.variance);
            }
            result.quadrant[i] = quadrant(centred.z[i], a.centred);
        }
        result.p[i] = two_sided_p(result.z[i]);
    };
    parallel_chunks(values.size(), chunk, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            if (!std::isnan(values[i])) {
                put(i);
            }
        }
    });
    return result;
}

SumTail tail_of_sum(double value, double mean)
{
    return value > mean ? SumTail::upper : value < mean ? SumTail::lower : SumTail::both;
}

} // namespace vigil
