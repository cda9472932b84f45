#include "tools/hotspots/global.h"

#include "kernels/autocorrelation/global.h"
#include "kernels/autocorrelation/global_permutation.h"
#include "kernels/autocorrelation/join_counts.h"
#include "kernels/weights/structure.h"
#include "libgeo/text.h"

#include <algorithm>
#include <cmath>

namespace vigil::tools {

namespace {

/// Writes rows of one group.
class Rows {
  public:
    Rows(std::string group, const WeightsSummary& links) : group_(std::move(group)), links_(links) {}

    void add(const std::string& statistic, const std::string& null, double value, const NullTest& test)
    {
        if (std::isnan(test.variance)) {
            return; // not defined under this hypothesis
        }
        append_csv(text_, group_);
        text_ += fmt::format(",{},{}", statistic, null);
        for (const double x : {value, test.expected, test.variance, test.z, test.p}) {
            text_ += ',';
            append_csv(text_, x);
        }
        text_ +=
            fmt::format(",{},{},{},{}\n", links_.features, links_.islands, links_.components, links_.links);
    }
    void add(const std::string& statistic, const GlobalAutocorrelation& found)
    {
        add(statistic, "randomisation", found.value, found.randomisation);
        add(statistic, "normality", found.value, found.normality);
    }
    /// alike   +1 when a large statistic says that neighbours are alike, -1 when a small one does
    void add(const std::string& statistic, const GlobalPermutation& found, double alike)
    {
        NullTest test;
        test.expected = found.mean;
        test.variance = found.variance;
        test.z = found.variance > 0 ? alike * (found.value - found.mean) / std::sqrt(found.variance) : 0;
        test.p = found.p;
        add(statistic, "permutation", found.value, test);
    }
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    std::string group_;
    WeightsSummary links_;
    std::string text_;
};

bool all_are(std::span<const double> values, bool (*fits)(double))
{
    return std::all_of(values.begin(), values.end(), [&](double x) { return std::isnan(x) || fits(x); });
}

void add_joins(Rows& rows, std::span<const double> values, const Weights& lists)
{
    std::vector<std::int32_t> colour;
    colour.reserve(values.size());
    for (const double x : values) {
        colour.push_back(std::isnan(x) ? -1 : static_cast<std::int32_t>(x));
    }
    const JoinCounts found = join_counts(colour, lists);
    for (const JoinCount& pair : found.pairs) {
        const std::string name = pair.first != pair.second ? "join count 0-1"
                                 : pair.first == 1         ? "join count 1-1"
                                                           : "join count 0-0";
        rows.add(name, "randomisation", pair.count, pair.randomisation);
        rows.add(name, "free sampling", pair.count, pair.free_sampling);
    }
}

} // namespace

std::string global_header()
{
    return "group,statistic,null,value,expected,variance,z,p,features,islands,components,links\n";
}

std::string global_rows(const std::string& group, std::span<const double> values, const Units& units,
                        const Neighbourhood& near, const HotspotOptions& o, const cli::Context& context)
{
    const Weights plain = lists_of(near, units);
    WeightsSummary links = summary(plain);
    links.features = units.present();
    links.islands -= units.n - units.present();
    links.components -= units.n - units.present();
    Rows rows(group, links);
    const Weights& weighted = o.row_standardise ? row_standardised(plain) : plain;
    const auto permuted = [&](const std::string& name, GlobalStatistic statistic, const Weights& weights,
                              Islands islands) {
        if (o.permutations > 0) {
            rows.add(name,
                     permute_global(values, weights, statistic,
                                    {.draws = static_cast<std::uint32_t>(o.permutations),
                                     .seed = static_cast<std::uint64_t>(o.seed),
                                     .islands = islands}),
                     statistic == GlobalStatistic::geary ? -1 : 1);
        }
    };
    rows.add("Moran's I", moran(values, weighted));
    permuted("Moran's I", GlobalStatistic::moran, weighted, Islands::keep);
    rows.add("Geary's C", geary(values, weighted));
    permuted("Geary's C", GlobalStatistic::geary, weighted, Islands::keep);
    if (all_are(values, [](double x) { return x >= 0; })) {
        rows.add("General G", general_g(values, plain));
        permuted("General G", GlobalStatistic::general_g, plain, Islands::drop);
    } else {
        context.warn("--global: General G is for values of 0 and above and is left out");
    }
    if (all_are(values, [](double x) { return x == 0 || x == 1; })) {
        add_joins(rows, values, plain);
    }
    return rows.text();
}

} // namespace vigil::tools
