#include "kernels/getis_ord.h"

#include "kernels/band_search.h"
#include "kernels/null_moments.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"
#include "libgeo/table.h"

#include <cmath>
#include <limits>

namespace vigil {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

GetisOrd nothing(std::size_t n)
{
    return {std::vector<double>(n, missing), std::vector<double>(n, missing), std::vector<std::int32_t>(n)};
}

/// Sums over one neighbourhood.
struct Around {
    double centred = 0; ///< sum w (x - mean)
    double w = 0;
    double ww = 0;
    std::int32_t count = 0;

    void add(double weight, double centred_value)
    {
        centred += weight * centred_value;
        w += weight;
        ww += weight * weight;
        ++count;
    }
};

void put(GetisOrd& result, std::size_t i, const Around& around, const NullMoments& moments, double own,
         HotspotStatistic statistic)
{
    result.z[i] = statistic == HotspotStatistic::gi_star
                      ? moments.z_with_self(around.centred, around.w, around.ww)
                      : moments.z_without_self(own, around.centred, around.w, around.ww);
    result.p[i] = two_sided_p(result.z[i]);
    result.neighbours[i] = around.count;
}

Around around_row(std::span<const double> values, const Weights& weights, std::size_t i, double mean,
                  HotspotStatistic statistic)
{
    Around around;
    bool self = false;
    for (std::size_t link = weights.begin_of(i); link < weights.end[i]; ++link) {
        const std::size_t j = weights.neighbour[link];
        self = self || j == i;
        const bool counts = j != i || statistic == HotspotStatistic::gi_star;
        if (counts && !std::isnan(values[j])) {
            around.add(weights.weight_of(link), values[j] - mean);
        }
    }
    if (statistic == HotspotStatistic::gi_star && !self) {
        around.add(1, values[i] - mean);
    }
    return around;
}

} // namespace

GetisOrd getis_ord(std::span<const double> values, const Weights& weights, HotspotStatistic statistic)
{
    require(values.size() == weights.size(), "{} values and {} rows of weights", values.size(),
            weights.size());
    const NullMoments moments(values);
    GetisOrd result = nothing(values.size());
    parallel_chunks(values.size(), 4096, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            if (!std::isnan(values[i])) {
                const Around around = around_row(values, weights, i, moments.mean(), statistic);
                put(result, i, around, moments, values[i], statistic);
            }
        }
    });
    return result;
}

GetisOrd getis_ord_band(std::span<const XY> places, std::span<const double> values, double band_m,
                        HotspotStatistic statistic)
{
    require(places.size() == values.size(), "{} places and {} values", places.size(), values.size());
    const NullMoments moments(values);
    const BandSearch search(places, band_m);
    std::vector<double> centred(values.size()); // in the order of the search
    for (std::size_t s = 0; s < centred.size(); ++s) {
        centred[s] = values[search.place(s)] - moments.mean();
    }
    GetisOrd result = nothing(values.size());
    parallel_chunks(search.buckets(), 64, [&](std::size_t first, std::size_t last) {
        search.scan(first, last, [&](std::size_t s, auto near) {
            const std::size_t i = search.place(s);
            if (std::isnan(values[i])) {
                return;
            }
            Around around;
            const bool with_self = statistic == HotspotStatistic::gi_star;
            near([&](std::size_t t) {
                if ((with_self || t != s) && !std::isnan(centred[t])) {
                    around.centred += centred[t];
                    ++around.count;
                }
            });
            around.w = around.ww = around.count;
            put(result, i, around, moments, values[i], statistic);
        });
    });
    return result;
}

std::int64_t confidence_bin(double z, double p)
{
    if (std::isnan(z) || std::isnan(p)) {
        return missing_integer;
    }
    const std::int64_t level = p <= 0.01 ? 3 : p <= 0.05 ? 2 : p <= 0.10 ? 1 : 0;
    return z < 0 ? -level : level;
}

} // namespace vigil
