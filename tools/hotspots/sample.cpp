#include "tools/hotspots/sample.h"

#include "kernels/aoristic.h"
#include "libgeo/error.h"
#include "tools/labels.h"

#include <algorithm>

namespace vigil::tools {

namespace {

constexpr std::size_t most_groups = 200;

/// Share of each incident within the window; empty when there is none.
std::vector<double> shares_of(const Incidents& incidents, const HotspotOptions& o,
                              const cli::Context& context)
{
    const std::optional<TimeWindow> window = time_window(o.since, o.until);
    std::vector<double> shares;
    if (window) {
        require_times(incidents, context);
        for (const TimeSpan& span : incidents.time) {
            shares.push_back(span.known() ? aoristic_weight(span, window->from, window->until) : 0);
        }
    }
    return shares;
}

/// Shares stay away as long as all are 1.
void settle_shares(IncidentGroup& group)
{
    if (std::all_of(group.share.begin(), group.share.end(), [](double share) { return share == 1; })) {
        group.share.clear();
    }
}

/// Keeps the incidents that a group has, and renumbers the groups' rows.
void keep_grouped(IncidentSample& sample)
{
    std::vector<std::size_t> rows;
    for (const IncidentGroup& group : sample.groups) {
        rows.insert(rows.end(), group.rows.begin(), group.rows.end());
    }
    std::sort(rows.begin(), rows.end());
    for (IncidentGroup& group : sample.groups) {
        for (std::size_t& row : group.rows) {
            row = static_cast<std::size_t>(std::lower_bound(rows.begin(), rows.end(), row) - rows.begin());
        }
    }
    Incidents kept;
    kept.crs = sample.incidents.crs;
    kept.xy = picked(sample.incidents.xy, rows);
    kept.time = sample.incidents.time.empty() ? kept.time : picked(sample.incidents.time, rows);
    kept.uncertainty_m = sample.incidents.uncertainty_m.empty()
                             ? kept.uncertainty_m
                             : picked(sample.incidents.uncertainty_m, rows);
    sample.incidents = std::move(kept);
}

} // namespace

std::vector<double> counted_weights(const IncidentGroup& group)
{
    if (group.share.empty()) {
        return group.weight;
    }
    std::vector<double> weights = group.share;
    for (std::size_t i = 0; i < group.weight.size(); ++i) {
        weights[i] *= group.weight[i];
    }
    return weights;
}

IncidentSample incident_sample(Incidents incidents, const HotspotOptions& o, const cli::Context& context)
{
    IncidentSample sample;
    if (o.by.empty() && o.since.empty() && o.until.empty()) {
        sample.groups.push_back({.name = {}, .rows = {}, .weight = std::move(incidents.weight), .share = {}});
        sample.incidents = std::move(incidents);
        return sample;
    }
    std::optional<Labels> labels;
    if (!o.by.empty()) {
        labels = labels_of(o.by, incidents);
        const auto without = std::count(labels->code.begin(), labels->code.end(), labels->names.size());
        if (without > 0) {
            context.warn("{} of {} incidents have no {} and are left out", without, incidents.size(), o.by);
        }
        require(labels->names.size() <= most_groups, "--by {}: {} groups are more than {} layers", o.by,
                labels->names.size(), most_groups);
    }
    sample.groups.resize(labels ? labels->names.size() : 1);
    for (std::size_t g = 0; labels && g < sample.groups.size(); ++g) {
        sample.groups[g].name = labels->names[g];
    }
    const std::vector<double> shares = shares_of(incidents, o, context);
    for (std::size_t i = 0; i < incidents.size(); ++i) {
        const double share = shares.empty() ? 1 : shares[i];
        const std::size_t g = labels ? labels->code[i] : 0;
        if (share > 0 && g < sample.groups.size()) {
            sample.groups[g].rows.push_back(i);
            sample.groups[g].share.push_back(share);
            if (!incidents.weight.empty()) {
                sample.groups[g].weight.push_back(incidents.weight[i]);
            }
        }
    }
    std::erase_if(sample.groups, [](const IncidentGroup& group) { return group.rows.empty(); });
    require(!sample.groups.empty(), "no incident is left{}",
            shares.empty() ? "" : " between --since and --until");
    std::for_each(sample.groups.begin(), sample.groups.end(), settle_shares);
    sample.incidents = std::move(incidents);
    keep_grouped(sample);
    return sample;
}

} // namespace vigil::tools
