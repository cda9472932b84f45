#include "kernels/getis_ord.h"

#include "kernels/band_search.h"
#include "kernels/band_sums.h"
#include "kernels/inference/fixed_point.h"
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
    return {.z = std::vector<double>(n, missing),
            .p = std::vector<double>(n, missing),
            .neighbours = std::vector<std::int32_t>(n),
            .sum = std::vector<double>(n, missing),
            .effective = {}};
}

/// Sums over one neighbourhood.
struct Around {
    double centred = 0; ///< sum w (x - mean)
    double sum = 0;     ///< sum w x
    double w = 0;
    double ww = 0;
    std::int32_t count = 0;

    void add(double weight, double value, double mean)
    {
        centred += weight * (value - mean);
        sum += weight * value;
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
    result.sum[i] = around.sum;
    if (!result.effective.empty()) {
        result.effective[i] = around.ww > 0 ? around.w * around.w / around.ww : 0;
    }
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
            around.add(weights.weight_of(link), values[j], mean);
        }
    }
    if (statistic == HotspotStatistic::gi_star && !self) {
        around.add(1, values[i], mean);
    }
    return around;
}

/// The same for those places that have a value, the others being nobody's neighbours.
GetisOrd among_present(std::span<const XY> places, std::span<const double> values, double band_m,
                       HotspotStatistic statistic)
{
    std::vector<std::size_t> rows;
    std::vector<XY> there;
    std::vector<double> known;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isnan(values[i])) {
            rows.push_back(i);
            there.push_back(places[i]);
            known.push_back(values[i]);
        }
    }
    GetisOrd all = nothing(values.size());
    if (rows.empty()) {
        return all;
    }
    const GetisOrd found = getis_ord_band(there, known, band_m, statistic);
    for (std::size_t k = 0; k < rows.size(); ++k) {
        all.z[rows[k]] = found.z[k];
        all.p[rows[k]] = found.p[k];
        all.neighbours[rows[k]] = found.neighbours[k];
        all.sum[rows[k]] = found.sum[k];
    }
    return all;
}

} // namespace

GetisOrd getis_ord(std::span<const double> values, const Weights& weights, HotspotStatistic statistic)
{
    require(values.size() == weights.size(), "{} values and {} rows of weights", values.size(),
            weights.size());
    const NullMoments moments(values);
    GetisOrd result = nothing(values.size());
    result.effective.assign(weights.weight.empty() ? 0 : values.size(), missing);
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
    if (moments.present() < static_cast<double>(values.size())) {
        return among_present(places, values, band_m, statistic);
    }
    const BandSearch search(places, band_m);
    // Whole numbers are added as they are, so that sums are exact; others from their mean, to lose nothing.
    const double origin = FixedPoint(values).exact() ? 0 : moments.mean();
    std::vector<double> shifted(values.size()); // in the order of the search
    for (std::size_t s = 0; s < shifted.size(); ++s) {
        shifted[s] = values[search.place(s)] - origin;
    }
    GetisOrd result = nothing(values.size());
    std::vector<std::int32_t> count(values.size());
    std::vector<double> sum(values.size());
    parallel_chunks(search.buckets(), 64, [&](std::size_t first, std::size_t last) {
        band_sums(search, first, last, shifted, statistic == HotspotStatistic::gi_star, count, sum);
        for (std::size_t s = search.positions(first).first; s < search.positions(last - 1).second; ++s) {
            Around around;
            around.count = count[s];
            around.w = around.ww = around.count;
            around.centred = sum[s] - around.w * (moments.mean() - origin);
            around.sum = sum[s] + around.w * origin;
            put(result, search.place(s), around, moments, values[search.place(s)], statistic);
        }
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
