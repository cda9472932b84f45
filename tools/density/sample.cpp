#include "tools/density/sample.h"

#include "kernels/aoristic.h"
#include "kernels/density/adaptive.h"
#include "kernels/density/widen.h"
#include "libgeo/error.h"
#include "libgeo/style.h"
#include "tools/labels.h"
#include "tools/time_window.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>

namespace vigil::tools {

namespace {

constexpr std::size_t most_groups = 1000;

/// Adds incident i with a share of its weight.
void add(Sample& sample, const Incidents& incidents, std::size_t i, double share)
{
    sample.xy.push_back(incidents.xy[i]);
    sample.weight.push_back(share * incidents.weight_of(i));
    if (!incidents.time.empty()) {
        sample.time.push_back(incidents.time[i]);
    }
    sample.row.push_back(incidents.row[i]);
}

/// Columns beside place and weight, for the incidents that `row` names.
struct Extras {
    std::vector<double> radius_m, uncertainty_m;
};

Extras extras_of(const DensityToolOptions& o, const Incidents& incidents)
{
    Extras extras;
    if (!o.radius_column.empty()) {
        extras.radius_m = numbers_of(incidents.attributes.fields.back());
        require(!extras.radius_m.empty(), "--radius-column {}: holds text, not numbers", o.radius_column);
        for (std::size_t i = 0; i < extras.radius_m.size(); ++i) {
            require(extras.radius_m[i] > 0 && std::isfinite(extras.radius_m[i]),
                    "--radius-column {}: row {} has no radius above 0", o.radius_column, incidents.row[i]);
        }
    }
    if (!o.ignore_uncertainty && !incidents.uncertainty_m.empty()) {
        for (const float radius : incidents.uncertainty_m) {
            extras.uncertainty_m.push_back(std::isnan(radius) ? 0.0 : static_cast<double>(radius));
        }
    }
    return extras;
}

void add_extras(Sample& sample, const Extras& extras, std::size_t i)
{
    if (!extras.radius_m.empty()) {
        sample.radius_m.push_back(extras.radius_m[i]);
    }
    if (!extras.uncertainty_m.empty()) {
        sample.uncertainty_m.push_back(extras.uncertainty_m[i]);
    }
}

/// Shares of each incident in the groups: (group, share) pairs through `take`.
template <typename Take>
void share_out(const Incidents& incidents, const std::optional<TimeWindow>& window, const Labels* labels,
               std::span<const Seconds> months, const Take& take)
{
    for (std::size_t i = 0; i < incidents.size(); ++i) {
        const TimeSpan span = incidents.time.empty() ? TimeSpan{} : incidents.time[i];
        const double inside = window ? aoristic_weight(span, window->from, window->until) : 1;
        if (!months.empty()) {
            for (std::size_t k = 0; k + 1 < months.size(); ++k) {
                const Seconds from = window ? std::max(months[k], window->from) : months[k];
                const Seconds until = window ? std::min(months[k + 1], window->until) : months[k + 1];
                const double share = from < until ? aoristic_weight(span, from, until) : 0;
                if (share > 0) {
                    take(i, k, share);
                }
            }
        } else if (inside > 0) {
            const std::size_t group = labels == nullptr ? 0 : labels->code[i];
            if (labels == nullptr || group < labels->names.size()) {
                take(i, group, inside);
            }
        }
    }
}

/// The whole record, from the first start to after the last end.
TimeWindow record_of(const Incidents& incidents)
{
    TimeWindow record{.from = std::numeric_limits<Seconds>::max(),
                      .until = std::numeric_limits<Seconds>::min()};
    for (const TimeSpan& span : incidents.time) {
        if (span.known()) {
            record.from = std::min(record.from, span.start);
            record.until = std::max(record.until, span.instant() ? span.start + 1 : span.end);
        }
    }
    return record;
}

std::string month_name(Seconds start)
{
    const std::chrono::sys_days day =
        std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(start)));
    const std::chrono::year_month_day date(day);
    return fmt::format("{:04}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()));
}

} // namespace

double total_weight(const Sample& sample)
{
    std::vector<double> sorted = sample.weight;
    std::sort(sorted.begin(), sorted.end());
    return std::accumulate(sorted.begin(), sorted.end(), 0.0);
}

std::vector<std::string> columns_needed(const DensityToolOptions& o)
{
    std::vector<std::string> columns = label_columns(o.by);
    if (!o.radius_column.empty()) {
        columns.push_back(o.radius_column);
    }
    return columns;
}

std::vector<Sample> samples_of(const DensityToolOptions& o, const Incidents& incidents,
                               const cli::Context& context)
{
    const std::optional<TimeWindow> window = time_window(o.from, o.until);
    if (window || o.by_month) {
        require_times(incidents, context);
    }
    std::optional<Labels> labels;
    std::vector<Seconds> months;
    std::vector<std::string> names{""};
    if (!o.by.empty()) {
        labels = labels_of(o.by, incidents);
        names = labels->names;
        const auto without = std::count(labels->code.begin(), labels->code.end(), names.size());
        if (without > 0) {
            context.warn("{} of {} incidents have no {} and are left out", without, incidents.size(), o.by);
        }
    } else if (o.by_month) {
        const TimeWindow record = record_of(incidents);
        months = month_edges(window ? std::max(window->from, record.from) : record.from,
                             window ? std::min(window->until, record.until) : record.until);
        names.clear();
        for (std::size_t k = 0; k + 1 < months.size(); ++k) {
            names.push_back(month_name(months[k]));
        }
    }
    require(names.size() <= most_groups,
            "{} groups are more than the {} bands a raster may have; use --since and "
            "--until, or another --by",
            names.size(), most_groups);
    std::vector<Sample> samples(names.size());
    for (std::size_t k = 0; k < names.size(); ++k) {
        samples[k].name = names[k];
    }
    const Extras extras = extras_of(o, incidents);
    share_out(incidents, window, labels ? &*labels : nullptr, months,
              [&](std::size_t i, std::size_t group, double share) {
                  add(samples[group], incidents, i, share);
                  add_extras(samples[group], extras, i);
              });
    std::erase_if(samples, [](const Sample& sample) { return sample.xy.empty(); });
    require(!samples.empty(), "no incident is left{}", window ? " between --since and --until" : "");
    return samples;
}

Sample pooled(const std::vector<Sample>& samples)
{
    Sample all;
    for (const Sample& sample : samples) {
        all.xy.insert(all.xy.end(), sample.xy.begin(), sample.xy.end());
        all.weight.insert(all.weight.end(), sample.weight.begin(), sample.weight.end());
        all.radius_m.insert(all.radius_m.end(), sample.radius_m.begin(), sample.radius_m.end());
        all.uncertainty_m.insert(all.uncertainty_m.end(), sample.uncertainty_m.begin(),
                                 sample.uncertainty_m.end());
    }
    return all;
}

void tell_negative_weights(const Incidents& incidents, const cli::Context& context)
{
    const auto negative = std::count_if(incidents.weight.begin(), incidents.weight.end(),
                                        [](double weight) { return weight < 0; });
    if (negative > 0) {
        context.warn("{} of {} incidents have a negative weight and lower the surface", negative,
                     incidents.size());
    }
}

std::vector<double> bandwidths_of(const DensityToolOptions& o, const Sample& sample, double bandwidth_m,
                                  const WindowMass* window)
{
    std::vector<double> each = sample.radius_m;
    if (o.adaptive) {
        std::vector<double> pilot = density_at_points(sample.xy, sample.weight, o.density.shape, bandwidth_m);
        if (window != nullptr) {
            const double one[] = {bandwidth_m};
            const std::vector<double> mass = window->at(sample.xy, one);
            for (std::size_t i = 0; i < pilot.size(); ++i) {
                pilot[i] = mass[i] > 0 ? pilot[i] / mass[i] : pilot[i];
            }
        }
        each = abramson(sample.weight, pilot, bandwidth_m).bandwidths_m;
    }
    if (sample.uncertainty_m.empty()) {
        return each;
    }
    if (each.empty()) {
        each.assign(sample.xy.size(), bandwidth_m);
    }
    return widened_bandwidths(o.density.shape, each, sample.uncertainty_m);
}

} // namespace vigil::tools
