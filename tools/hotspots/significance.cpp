#include "tools/hotspots/significance.h"

#include "kernels/autocorrelation/local_moran.h"
#include "kernels/fdr.h"
#include "kernels/inference/permutation.h"
#include "kernels/inference/permutation_p.h"
#include "kernels/inference/subset_tail.h"
#include "kernels/null_moments.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace vigil::tools {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// Number and sum of the neighbours other than the unit itself, every one counting 1.
struct Others {
    std::vector<std::int32_t> neighbours;
    std::vector<double> sum;
};

Others others_of(std::span<const double> values, const LocalResult& local)
{
    Others others{local.neighbours, local.sum};
    if (local.statistic == LocalStatistic::gi_star) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            others.neighbours[i] -= others.neighbours[i] > 0 ? 1 : 0;
            others.sum[i] -= values[i];
        }
    }
    return others;
}

/// Which tail of the neighbours' sum is the upper tail of the statistic; empty where it always is the upper.
std::vector<SumTail> tails_of(std::span<const double> values, const LocalResult& local)
{
    std::vector<SumTail> tails;
    if (local.statistic == LocalStatistic::moran) {
        const double mean = NullMoments(values).mean();
        for (const double x : values) {
            tails.push_back(tail_of_sum(x, mean));
        }
    }
    return tails;
}

PermutationCounts counts_of(std::span<const double> values, const LocalResult& local,
                            const Neighbourhood& near, const HotspotOptions& o)
{
    const PermutationOptions options{.draws = static_cast<std::uint32_t>(o.permutations),
                                     .seed = static_cast<std::uint64_t>(o.seed)};
    if (local.statistic == LocalStatistic::geary) {
        require(near.binary(),
                "local Geary's c by permutation needs neighbours that all count the same; give "
                "--permutations 0 --p normal, or other --weights");
        return permute_squared_differences(values, local.neighbours, local.sum, options);
    }
    PermutationCounts counts;
    if (near.binary()) {
        const Others others = others_of(values, local);
        counts = permute_sums(values, others.neighbours, others.sum, options);
    } else {
        counts = permute_weighted_sums(values, *near.lists, options);
    }
    const std::vector<SumTail> tails = tails_of(values, local);
    for (std::size_t i = 0; i < tails.size(); ++i) {
        if (tails[i] == SumTail::lower) {
            std::swap(counts.at_least[i], counts.at_most[i]);
        } else if (tails[i] == SumTail::both && counts.at_least[i] + counts.at_most[i] > 0) {
            counts.at_least[i] = counts.at_most[i] = options.draws; // I is 0 in every order
        }
    }
    return counts;
}

/// Not where there is nobody around, nor, for join counts, where there is nothing to join.
bool tested(std::size_t i, std::span<const double> values, const LocalResult& local)
{
    return local.statistic == LocalStatistic::join_count ? values[i] == 1 && local.neighbours[i] > 0
                                                         : !std::isnan(local.p[i]);
}

/// p by permutation, and which side of the null the observed value is on.
void add_permutation(Significance& s, std::vector<std::int8_t>& side, std::span<const double> values,
                     const LocalResult& local, const Neighbourhood& near, const HotspotOptions& o)
{
    const PermutationCounts counts = counts_of(values, local, near, o);
    const auto draws = static_cast<std::uint32_t>(o.permutations);
    s.p_sim = permutation_p(counts, draws, o.tail, o.mid_p ? Ties::half : Ties::whole);
    for (std::size_t i = 0; i < s.p_sim.size(); ++i) {
        s.p_sim[i] = tested(i, values, local) ? s.p_sim[i] : missing;
    }
    if (o.p_interval) {
        PIntervals interval = permutation_p_interval(counts, draws, o.tail);
        s.p_low = std::move(interval.low);
        s.p_high = std::move(interval.high);
    }
    side.resize(values.size());
    for (std::size_t i = 0; i < side.size(); ++i) {
        side[i] = static_cast<std::int8_t>(counts.at_least[i] <= counts.at_most[i] ? 1 : -1);
    }
}

/// One p from the chances of a value as great and as small as the one seen.
double p_from(double at_least, double at_most, double equal, const HotspotOptions& o)
{
    const double half = o.mid_p ? equal / 2 : 0;
    const double upper = at_least - half;
    const double lower = at_most - half;
    switch (o.tail) {
    case Tail::greater:
        return upper;
    case Tail::less:
        return lower;
    case Tail::two_sided:
        break;
    }
    return std::min(1.0, 2 * std::min(upper, lower));
}

/// "exact tails", or "tails: 120 exact, 4 by saddlepoint".
std::string method_text(const std::vector<TailMethod>& methods)
{
    const auto count = [&](TailMethod m) {
        return std::count(methods.begin(), methods.end(), m);
    };
    std::string text;
    for (const auto& [method, words] : {std::pair{TailMethod::exact, "exact"},
                                        {TailMethod::rounded, "counted on a fine grid"},
                                        {TailMethod::saddlepoint, "by saddlepoint"},
                                        {TailMethod::normal, "by the normal distribution"}}) {
        if (const auto n = count(method); n > 0) {
            text += fmt::format("{}{} {}", text.empty() ? "tails: " : ", ", n, words);
        }
    }
    const auto none = count(TailMethod::none);
    return count(TailMethod::exact) + none == static_cast<std::ptrdiff_t>(methods.size()) ? "exact tails"
                                                                                          : text;
}

/// p from the exact distribution, and the sides.
void add_exact(Significance& s, std::vector<std::int8_t>& side, std::span<const double> values,
               const LocalResult& local, const HotspotOptions& o)
{
    const bool whole = o.null == ExactNull::total; // the feature is drawn with its neighbours
    const Others others = whole ? Others{local.neighbours, local.sum} : others_of(values, local);
    SubsetTails tails = subset_tails(values, others.neighbours, others.sum,
                                     {.left_out = whole ? LeftOut::nothing : LeftOut::itself});
    const std::vector<SumTail> turned = tails_of(values, local);
    s.p_exact.assign(values.size(), missing);
    side.assign(values.size(), 0);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!turned.empty() && turned[i] == SumTail::lower) {
            std::swap(tails.at_least[i], tails.at_most[i]);
        } else if (!turned.empty() && turned[i] == SumTail::both && !std::isnan(tails.at_least[i])) {
            tails.at_least[i] = tails.at_most[i] = tails.equal[i] = 1;
        }
        if (tested(i, values, local) && !std::isnan(tails.at_least[i])) {
            s.p_exact[i] = p_from(tails.at_least[i], tails.at_most[i], tails.equal[i], o);
            side[i] = static_cast<std::int8_t>(tails.at_least[i] <= tails.at_most[i] ? 1 : -1);
        }
    }
    s.how = method_text(tails.method);
}

/// p of z by the normal distribution, for the tail that is asked for; 1 where nobody stands out.
std::vector<double> normal_p(std::span<const double> values, const LocalResult& local,
                             const HotspotOptions& o)
{
    std::vector<double> p = local.p;
    if (local.z.empty()) {
        return {}; // join counts are not normal
    }
    if (o.tail != Tail::two_sided && differ(values)) {
        const double sign = o.tail == Tail::greater ? 1 : -1;
        for (std::size_t i = 0; i < p.size(); ++i) {
            p[i] = std::isnan(p[i]) ? missing : std::erfc(sign * local.z[i] / std::numbers::sqrt2) / 2;
        }
    }
    return p;
}

std::vector<double> adjusted(const std::vector<double>& p, FalseDiscovery rule)
{
    switch (rule) {
    case FalseDiscovery::bh:
        return benjamini_hochberg(p);
    case FalseDiscovery::by:
        return benjamini_yekutieli(p);
    case FalseDiscovery::none:
        break;
    }
    return {};
}

/// Bins with the side that the distribution says, or where it says none the sign of z.
std::vector<std::int64_t> bins_of(const std::vector<double>& p, const std::vector<std::int8_t>& side,
                                  const LocalResult& local)
{
    std::vector<std::int64_t> bins(p.size());
    for (std::size_t i = 0; i < p.size(); ++i) {
        const double direction = side.empty() ? local.z[i] : static_cast<double>(side[i]);
        bins[i] = confidence_bin(direction, p[i]);
    }
    return bins;
}

/// The largest p that is significant at `alpha`; below 0 when none is.
double cutoff(std::span<const double> p, double alpha, FalseDiscovery rule)
{
    switch (rule) {
    case FalseDiscovery::bh:
        return benjamini_hochberg_cutoff(p, alpha);
    case FalseDiscovery::by:
        return benjamini_yekutieli_cutoff(p, alpha);
    case FalseDiscovery::none:
        break;
    }
    return alpha;
}

/// How many the normal distribution calls at 95 %, but the exact one does not.
std::size_t doubtful_in(const Significance& s, FalseDiscovery rule)
{
    const double limit = cutoff(s.p_exact, 0.05, rule);
    const std::vector<double>& normal = s.q.empty() ? s.p : s.q;
    std::size_t count = 0;
    for (std::size_t i = 0; i < normal.size(); ++i) {
        count += normal[i] <= 0.05 && s.p_exact[i] > limit ? 1U : 0U;
    }
    return count;
}

} // namespace

PValue p_kind(const HotspotOptions& o)
{
    if (o.p != PValue::unset) {
        return o.p;
    }
    return o.statistic == LocalStatistic::join_count ? PValue::exact : PValue::normal;
}

Significance significance_of(std::span<const double> values, const LocalResult& local,
                             const Neighbourhood& near, const HotspotOptions& o, bool only_bins)
{
    Significance s;
    std::vector<std::int8_t> side_sim;
    std::vector<std::int8_t> side_exact;
    const PValue kind = p_kind(o);
    const bool alone = o.statistic == LocalStatistic::geary && !near.binary(); // cannot be permuted
    if (o.permutations > 0 && !alone && (!only_bins || kind == PValue::permutation)) {
        add_permutation(s, side_sim, values, local, near, o);
    }
    if (kind == PValue::exact || (!only_bins && near.binary() && o.statistic != LocalStatistic::geary)) {
        add_exact(s, side_exact, values, local, o);
    }
    if (kind == PValue::permutation) {
        s.p = s.p_sim;
        s.how = fmt::format("{} conditional permutations", o.permutations);
    } else if (kind == PValue::exact) {
        s.p = s.p_exact;
    } else {
        s.p = normal_p(values, local, o);
        s.how = "the normal distribution";
    }
    const std::vector<std::int8_t>& side = kind == PValue::permutation ? side_sim : side_exact;
    const std::vector<std::int8_t> none;
    s.q = adjusted(s.p, o.fdr);
    s.bin = bins_of(s.q.empty() ? s.p : s.q, kind == PValue::normal ? none : side, local);
    if (!only_bins) {
        s.bin_raw = bins_of(s.p, kind == PValue::normal ? none : side, local);
    }
    if (!only_bins && kind == PValue::normal && !s.p_exact.empty()) {
        s.doubtful = doubtful_in(s, o.fdr);
    }
    if (kind == PValue::exact) {
        s.p_exact.clear(); // it is p
    }
    if (kind != PValue::normal && !only_bins) {
        s.p_norm = normal_p(values, local, o);
    }
    return s;
}

} // namespace vigil::tools
