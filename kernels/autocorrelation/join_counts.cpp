#include "kernels/autocorrelation/join_counts.h"

#include "kernels/autocorrelation/link_sums.h"
#include "kernels/compensated_sum.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace vigil {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// Sums of the weights between colours, a row for the colour of the feature whose links they are.
std::vector<double> tally(std::span<const std::int32_t> colour, std::span<const double> present,
                          const Weights& weights, std::size_t colours)
{
    std::vector<CompensatedSum> sums(colours * colours);
    for (std::size_t i = 0; i < colour.size(); ++i) {
        if (colour[i] >= 0) {
            const std::size_t row = static_cast<std::size_t>(colour[i]) * colours;
            for_links(present, weights, i, [&](std::size_t j, double w) {
                sums[row + static_cast<std::size_t>(colour[j])].add(w);
            });
        }
    }
    std::vector<double> result;
    result.reserve(sums.size());
    for (const CompensatedSum& sum : sums) {
        result.push_back(sum.value());
    }
    return result;
}

/// Two features are a pair when both have the colour.
PairSums same_pairs(double n, double a)
{
    return centred_pairs(n, a * (a - 1), a * (a - 1), a * (a - 1) * (a - 1));
}

/// Two features are a pair when one has the one colour and one the other.
PairSums other_pairs(double n, double a, double b)
{
    return centred_pairs(n, 2 * a * b, 2 * a * b, a * b * b + b * a * a);
}

NullTest randomised(const LinkSums& links, double n, double count, double total, const PairSums& pairs)
{
    return null_test(count, links.s0 * total / (n * (n - 1)) / 2, permutation_variance(links, n, pairs) / 4);
}

/// Colours drawn feature by feature: links that share no end say nothing of each other.
NullTest free_same(const LinkSums& links, double count, double p)
{
    const double variance = links.s1 * p * p * (1 - p * p) + (links.s2 - 2 * links.s1) * p * p * p * (1 - p);
    return null_test(count, links.s0 * p * p / 2, variance / 4);
}

NullTest free_other(const LinkSums& links, double count, double p, double q)
{
    const double joined = 2 * p * q;
    const double variance =
        links.s1 * joined * (1 - joined) + (links.s2 - 2 * links.s1) * (p * q * (p + q) - joined * joined);
    return null_test(count, links.s0 * joined / 2, variance / 4);
}

JoinCount different(const LinkSums& links, double n, std::span<const std::size_t> of_colour, double count)
{
    double total = 0;
    double row_squares = 0;
    double all = 0;
    for (const std::size_t c : of_colour) {
        all += static_cast<double>(c);
    }
    for (const std::size_t c : of_colour) {
        const auto a = static_cast<double>(c);
        total += a * (all - a);
        row_squares += a * (all - a) * (all - a);
    }
    JoinCount result{-1, -1, count, {}, {missing, missing, missing, missing, missing, missing}};
    result.randomisation = randomised(links, n, count, total, centred_pairs(n, total, total, row_squares));
    return result;
}

} // namespace

JoinCounts join_counts(std::span<const std::int32_t> colour, const Weights& weights, Islands islands)
{
    constexpr std::int32_t most = 256;
    const std::int32_t highest = colour.empty() ? -1 : *std::max_element(colour.begin(), colour.end());
    require(highest < most, "colour {}; join counts are for colours 0 to {}", highest, most - 1);
    const auto colours = static_cast<std::size_t>(std::max(highest, -1) + 1);
    std::vector<double> present(colour.size());
    std::transform(colour.begin(), colour.end(), present.begin(),
                   [](std::int32_t c) { return c < 0 ? missing : 0.0; });
    const LinkSums links = link_sums(present, weights);
    JoinCounts result;
    result.of_colour.resize(colours);
    for (std::size_t i = 0; i < colour.size(); ++i) {
        if (colour[i] >= 0 && (islands != Islands::drop || links.is_linked[i])) {
            ++result.of_colour[static_cast<std::size_t>(colour[i])];
        }
    }
    result.features = islands == Islands::keep ? links.features : links.linked;
    result.islands = links.features - links.linked;
    result.links = links.links;
    const auto n = static_cast<double>(result.features);
    const auto coloured = static_cast<double>(std::accumulate(
        result.of_colour.begin(), result.of_colour.end(), std::size_t{0})); // n, or with the islands
    const std::vector<double> joins = tally(colour, present, weights, colours);
    CompensatedSum apart;
    for (std::size_t b = 0; b < colours; ++b) {
        for (std::size_t a = 0; a <= b; ++a) {
            const auto count_a = static_cast<double>(result.of_colour[a]);
            const auto count_b = static_cast<double>(result.of_colour[b]);
            JoinCount one{static_cast<std::int32_t>(a), static_cast<std::int32_t>(b), 0, {}, {}};
            if (a == b) {
                one.count = joins[a * colours + a] / 2;
                one.randomisation =
                    randomised(links, n, one.count, count_a * (count_a - 1), same_pairs(n, count_a));
                one.free_sampling = free_same(links, one.count, count_a / coloured);
            } else {
                one.count = (joins[a * colours + b] + joins[b * colours + a]) / 2;
                one.randomisation =
                    randomised(links, n, one.count, 2 * count_a * count_b, other_pairs(n, count_a, count_b));
                one.free_sampling = free_other(links, one.count, count_a / coloured, count_b / coloured);
                apart.add(one.count);
            }
            result.pairs.push_back(one);
        }
    }
    result.different = different(links, n, result.of_colour, apart.value());
    return result;
}

} // namespace vigil
