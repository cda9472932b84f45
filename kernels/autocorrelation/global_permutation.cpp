#include "kernels/autocorrelation/global_permutation.h"

#include "kernels/autocorrelation/link_sums.h"
#include "kernels/autocorrelation/value_moments.h"
#include "kernels/compensated_sum.h"
#include "libgeo/error.h"
#include "libgeo/parallel.h"
#include "libgeo/random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace vigil {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t lanes = 8; // draws that are looked at together
using Lanes = std::array<double, lanes>;

/// Those that take part, numbered anew, each pair of neighbours once with both its weights.
struct Pairs {
    std::vector<std::size_t> end;
    std::vector<std::uint32_t> other;
    std::vector<double> weight; ///< w_ij + w_ji
    std::vector<double> degree; ///< sum of the weights from and to a feature
    std::vector<double> z;      ///< centred values
    double mean = 0;

    [[nodiscard]] std::size_t size() const { return end.size(); }
};

/// The weight of the link from i to j, or 0.
double weight_between(const Weights& weights, std::size_t i, std::size_t j)
{
    const auto row = weights.neighbours(i);
    const auto at = std::lower_bound(row.begin(), row.end(), j);
    return at != row.end() && *at == j
               ? weights.weight_of(weights.begin_of(i) + static_cast<std::size_t>(at - row.begin()))
               : 0;
}

bool linked(const Weights& weights, std::size_t i, std::size_t j)
{
    const auto row = weights.neighbours(i);
    return std::binary_search(row.begin(), row.end(), static_cast<std::uint32_t>(j));
}

Pairs pairs_of(const CentredValues& values, const LinkSums& links, const Weights& weights)
{
    Pairs pairs;
    pairs.mean = values.mean;
    std::vector<std::uint32_t> number(values.z.size());
    for (std::size_t i = 0; i < number.size(); ++i) {
        number[i] = static_cast<std::uint32_t>(pairs.z.size());
        if (!std::isnan(values.z[i])) {
            pairs.z.push_back(values.z[i]);
            pairs.degree.push_back(links.degree[i]);
        }
    }
    for (std::size_t i = 0; i < number.size(); ++i) {
        if (std::isnan(values.z[i])) {
            continue;
        }
        for_links(values.z, weights, i, [&](std::size_t j, double w) {
            if (i < j || !linked(weights, j, i)) { // else it is among the pairs of j
                pairs.other.push_back(number[j]);
                pairs.weight.push_back(w + (i < j ? weight_between(weights, j, i) : 0));
            }
        });
        pairs.end.push_back(pairs.other.size());
    }
    return pairs;
}

/// What a statistic is made of in one order of the values. The constants that are left out change nothing
/// about which draws are greater.
double varying_part(GlobalStatistic statistic, double cross, double linear, double squares, double mean)
{
    switch (statistic) {
    case GlobalStatistic::moran:
        return cross; // sum w z z
    case GlobalStatistic::geary:
        return squares - 2 * cross; // sum w (z_i - z_j)^2
    case GlobalStatistic::general_g:
        return cross + mean * linear; // sum w x x but for mean^2 S0
    }
    return missing;
}

/// Several orders at once: z[i * lanes + l] is the value of feature i in order l.
Lanes varying_parts(const Pairs& pairs, std::span<const double> z, GlobalStatistic statistic)
{
    Lanes cross{};
    Lanes linear{};
    Lanes squares{};
    std::size_t link = 0;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        Lanes lag{};
        for (; link < pairs.end[i]; ++link) {
            const double w = pairs.weight[link];
            const double* const at = z.data() + pairs.other[link] * lanes;
            for (std::size_t l = 0; l < lanes; ++l) {
                lag[l] += w * at[l];
            }
        }
        const double* const own = z.data() + i * lanes;
        for (std::size_t l = 0; l < lanes; ++l) {
            cross[l] += own[l] * lag[l];
            linear[l] += pairs.degree[i] * own[l];
            squares[l] += pairs.degree[i] * own[l] * own[l];
        }
    }
    Lanes result{};
    for (std::size_t l = 0; l < lanes; ++l) {
        result[l] = varying_part(statistic, cross[l], linear[l], squares[l], pairs.mean);
    }
    return result;
}

/// The sum of the sizes of the terms: what rounding is measured against.
double size_of_terms(const Pairs& pairs, GlobalStatistic statistic)
{
    double cross = 0;
    double linear = 0;
    double squares = 0;
    std::size_t link = 0;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        for (; link < pairs.end[i]; ++link) {
            cross += std::fabs(pairs.weight[link] * pairs.z[i] * pairs.z[pairs.other[link]]);
        }
        linear += std::fabs(pairs.degree[i] * pairs.z[i]);
        squares += std::fabs(pairs.degree[i]) * pairs.z[i] * pairs.z[i];
    }
    return statistic == GlobalStatistic::general_g ? cross + std::fabs(pairs.mean) * linear : squares + cross;
}

/// A whole number below `below`, each as likely: the high half of a product with 64 random bits, whose share
/// of error is below / 2^64.
std::size_t below(std::uint64_t bits, std::size_t below)
{
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::size_t>((static_cast<Wide>(bits) * below) >> 64U);
}

/// The values in the random order of one draw, into a lane.
void lay_out(std::span<const double> values, std::uint64_t seed, std::uint64_t draw, std::size_t lane,
             std::vector<double>& shuffled, std::vector<double>& z)
{
    const Random random(seed, draw);
    shuffled.assign(values.begin(), values.end());
    for (std::size_t i = shuffled.size(); i > 1; --i) {
        std::swap(shuffled[i - 1], shuffled[below(random.bits(i), i)]);
        z[(i - 1) * lanes + lane] = shuffled[i - 1];
    }
    z[lane] = shuffled[0];
}

std::vector<double> drawn(const Pairs& pairs, GlobalStatistic statistic, std::uint32_t draws,
                          std::uint64_t seed)
{
    std::vector<double> parts((draws + lanes - 1) / lanes * lanes);
    parallel_chunks(parts.size(), lanes, [&](std::size_t begin, std::size_t /*end*/) {
        std::vector<double> shuffled;
        std::vector<double> z(pairs.size() * lanes);
        for (std::size_t l = 0; l < lanes; ++l) {
            lay_out(pairs.z, seed, begin + l, l, shuffled, z);
        }
        const Lanes found = varying_parts(pairs, z, statistic);
        std::copy(found.begin(), found.end(), parts.begin() + static_cast<std::ptrdiff_t>(begin));
    });
    parts.resize(draws);
    return parts;
}

double observed(const Pairs& pairs, GlobalStatistic statistic)
{
    std::vector<double> z(pairs.size() * lanes);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        std::fill_n(z.begin() + static_cast<std::ptrdiff_t>(i * lanes), lanes, pairs.z[i]);
    }
    return varying_parts(pairs, z, statistic)[0];
}

/// statistic = factor * varying part + offset
struct Scale {
    double factor = 0;
    double offset = 0;
};

Scale scale_of(GlobalStatistic statistic, const CentredValues& values, double s0)
{
    const auto n = static_cast<double>(values.present);
    switch (statistic) {
    case GlobalStatistic::moran:
        return {n / s0 / values.sum2, 0};
    case GlobalStatistic::geary:
        return {(n - 1) / (2 * s0 * values.sum2), 0};
    case GlobalStatistic::general_g:
        break;
    }
    const double m2 = values.mean * values.mean;
    const double pairs = n * (n - 1) * m2 - values.sum2;
    return {1 / pairs, m2 * s0 / pairs};
}

/// The counts of draws beside what was seen, and what follows from them.
GlobalPermutation counted(std::span<const double> parts, double seen, double tie, const Scale& scale,
                          bool turned)
{
    GlobalPermutation result;
    CompensatedSum sum;
    for (const double part : parts) {
        result.at_least += part >= seen - tie ? 1U : 0U;
        result.at_most += part <= seen + tie ? 1U : 0U;
        sum.add(part);
    }
    const auto draws = static_cast<double>(parts.size());
    const double mean = sum.value() / draws;
    CompensatedSum squares;
    for (const double part : parts) {
        squares.add((part - mean) * (part - mean));
    }
    result.value = scale.factor * seen + scale.offset;
    result.mean = scale.factor * mean + scale.offset;
    result.variance = scale.factor * scale.factor * squares.value() / draws;
    if (scale.factor < 0) {
        std::swap(result.at_least, result.at_most);
    }
    const double high = (result.at_least + 1.0) / (draws + 1);
    const double low = (result.at_most + 1.0) / (draws + 1);
    result.p = std::min(1.0, 2 * std::min(high, low));
    result.p_greater = turned ? low : high;
    result.p_less = turned ? high : low;
    return result;
}

} // namespace

GlobalPermutation permute_global(std::span<const double> values, const Weights& weights,
                                 GlobalStatistic statistic, const GlobalPermutationOptions& options)
{
    require(options.draws > 0, "a permutation test needs at least one draw");
    const LinkSums links = link_sums(values, weights);
    std::vector<double> used(values.begin(), values.end());
    for (std::size_t i = 0; i < used.size(); ++i) {
        require(statistic != GlobalStatistic::general_g || !(used[i] < 0),
                "row {}: a negative value; General G is for values of 0 or more, such as counts", i + 1);
        if (options.islands != Islands::keep && !links.is_linked[i]) {
            used[i] = missing;
        }
    }
    const CentredValues centred = centred_values(used);
    if (centred.present < 2 || links.s0 == 0) {
        return {missing, missing, missing, 0, 0, missing, missing, missing};
    }
    const Scale scale = scale_of(statistic, centred, links.s0);
    if (centred.constant || !std::isfinite(scale.factor)) {
        return {missing, missing, 0, options.draws, options.draws, 1, 1, 1};
    }
    const Pairs pairs = pairs_of(centred, links, weights);
    const std::vector<double> parts = drawn(pairs, statistic, options.draws, options.seed);
    return counted(parts, observed(pairs, statistic), 1e-11 * size_of_terms(pairs, statistic), scale,
                   statistic == GlobalStatistic::geary);
}

} // namespace vigil
