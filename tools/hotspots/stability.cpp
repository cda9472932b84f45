#include "tools/hotspots/stability.h"

#include "libgeo/error.h"
#include "libgeo/parallel.h"
#include "libgeo/random.h"
#include "tools/hotspots/rates.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <tuple>

namespace vigil::tools {

namespace {

constexpr std::array<double, 2> other_bands = {0.75, 1.25};
constexpr std::uint64_t numbers_per_run = 3; ///< random numbers that an incident uses up

int sign_of(std::int64_t bin)
{
    return bin == missing_integer || bin == 0 ? 0 : bin > 0 ? 1 : -1;
}

std::vector<std::int64_t> bins_for(const Units& units, std::span<const double> values,
                                   const Neighbourhood& near, const HotspotOptions& o)
{
    const LocalResult local = local_of(units, values, near, o);
    return significance_of(values, local, near, o, true).bin;
}

/// The place of each row of a group in an order that does not depend on that of the file.
std::vector<std::uint64_t> ranks_of(const Incidents& incidents, const IncidentGroup& group,
                                    const std::vector<std::size_t>& rows)
{
    const auto key = [&](std::size_t k) { // rows that are alike in these may swap their numbers
        const XY at = incidents.xy[rows[k]];
        const float reach_m = incidents.uncertainty_m[rows[k]];
        return std::tuple(at.x, at.y, reach_m > 0 ? reach_m : 0, // NaN has no order
                          group.share.empty() ? 1.0 : group.share[k],
                          group.weight.empty() ? 1.0 : group.weight[k]);
    };
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
    std::vector<std::uint64_t> rank(rows.size());
    for (std::size_t r = 0; r < order.size(); ++r) {
        rank[order[r]] = r;
    }
    return rank;
}

/// Where the incidents of a group may be moved to, and how their numbers are drawn.
class Redistribution {
  public:
    Redistribution(const Units& units, const Incidents& incidents, const IncidentGroup& group,
                   std::uint64_t seed)
        : units_(units), incidents_(incidents), group_(group), seed_(seed), rows_(group.rows)
    {
        if (rows_.empty()) { // all of them
            rows_.resize(incidents.size());
            std::iota(rows_.begin(), rows_.end(), std::size_t{0});
        }
        rank_ = ranks_of(incidents, group, rows_);
    }

    /// The values of run r.
    [[nodiscard]] Values run(std::uint64_t r) const
    {
        const std::size_t n = rows_.size();
        std::vector<XY> moved(n);
        std::vector<std::uint8_t> counts(n, 1);
        parallel_chunks(n, 4096, [&](std::size_t begin, std::size_t end) {
            for (std::size_t k = begin; k < end; ++k) {
                const Random random(seed_, rank_[k]);
                moved[k] = place(k, random, r * numbers_per_run);
                counts[k] =
                    group_.share.empty() || random.uniform(r * numbers_per_run + 2) < group_.share[k] ? 1 : 0;
            }
        });
        std::vector<std::int64_t> at = units_at(units_, moved);
        for (std::size_t k = 0; k < n; ++k) {
            at[k] = counts[k] != 0 ? at[k] : -1;
        }
        return tallied(units_, at, group_.weight);
    }

  private:
    /// Even over a disc: the square of the radius is even over [0, R^2].
    [[nodiscard]] XY place(std::size_t k, const Random& random, std::uint64_t draw) const
    {
        const XY at = incidents_.xy[rows_[k]];
        const auto reach_m = static_cast<double>(incidents_.uncertainty_m[rows_[k]]);
        if (!(reach_m > 0)) {
            return at;
        }
        const double radius_m = reach_m * std::sqrt(random.uniform(draw));
        const double angle = 2 * std::numbers::pi * random.uniform(draw + 1);
        return {at.x + radius_m * std::cos(angle), at.y + radius_m * std::sin(angle)};
    }

    const Units& units_;
    const Incidents& incidents_;
    const IncidentGroup& group_;
    std::uint64_t seed_;
    std::vector<std::size_t> rows_;
    std::vector<std::uint64_t> rank_; ///< of each row: whose random numbers it has
};

} // namespace

std::vector<double> stability_of(const Units& units, std::span<const double> values,
                                 const Significance& found, const Neighbourhood& near,
                                 const HotspotOptions& o, const cli::Context& context)
{
    std::vector<int> agree(units.n, 1); // it agrees with itself
    for (const double factor : other_bands) {
        const std::vector<std::int64_t> bins =
            bins_for(units, values, resized(near, factor, units, o, context), o);
        for (std::size_t i = 0; i < units.n; ++i) {
            agree[i] += sign_of(bins[i]) == sign_of(found.bin[i]) ? 1 : 0;
        }
    }
    std::vector<double> share(units.n);
    for (std::size_t i = 0; i < units.n; ++i) {
        share[i] = found.bin[i] == missing_integer ? std::nan("") : agree[i] / 3.0;
    }
    return share;
}

HotShares hot_shares(const Units& units, const Incidents& incidents, const IncidentGroup& group,
                     const Neighbourhood& near, const HotspotOptions& o, const cli::Context& context)
{
    const bool moves = !incidents.uncertainty_m.empty();
    require(moves || !group.share.empty(),
            "--uncertain: neither an uncertainty column (--uncertainty) nor intervals of time that reach "
            "beyond --since or --until were found");
    Incidents still;
    if (!moves) {
        still.xy = incidents.xy;
        still.uncertainty_m.assign(incidents.size(), 0);
    }
    const Redistribution draws(units, moves ? incidents : still, group, static_cast<std::uint64_t>(o.seed));
    std::vector<std::uint32_t> hot(units.n);
    std::vector<std::uint32_t> cold(units.n);
    for (std::int64_t r = 0; r < o.redistributions; ++r) {
        Values values = draws.run(static_cast<std::uint64_t>(r));
        prepare(values, units, near, o);
        const std::vector<std::int64_t> bins = bins_for(units, values.value, near, o);
        for (std::size_t i = 0; i < units.n; ++i) {
            hot[i] += sign_of(bins[i]) > 0 ? 1U : 0U;
            cold[i] += sign_of(bins[i]) < 0 ? 1U : 0U;
        }
        context.progress(0.3 + 0.6 * static_cast<double>(r + 1) / static_cast<double>(o.redistributions));
    }
    HotShares shares{std::vector<double>(units.n), std::vector<double>(units.n)};
    for (std::size_t i = 0; i < units.n; ++i) {
        const bool there = units.present(i);
        const auto runs = static_cast<double>(o.redistributions);
        shares.hot[i] = there ? hot[i] / runs : std::nan("");
        shares.cold[i] = there ? cold[i] / runs : std::nan("");
    }
    return shares;
}

} // namespace vigil::tools
