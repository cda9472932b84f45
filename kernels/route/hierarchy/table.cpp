#include "kernels/lanes.h"
#include "kernels/route/hierarchy/upward.h"
#include "libgeo/error.h"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cstring>

namespace vigil {

namespace {

using namespace hierarchy;

/// What a sweep reads, and the rows of lanes that it fills.
struct Sweep {
    const std::uint32_t* begin = nullptr;
    const UpwardLink* link = nullptr;
    std::size_t places = 0;
    Weight* lane = nullptr;
};

/// Sixteen weights that the compiler keeps in as few registers as the processor allows.
using Lanes = std::uint32_t __attribute__((vector_size(64)));

/// Every place from those above it, highest first, for all lanes.
struct SweepDown {
    [[gnu::always_inline]] static double run(const Sweep* sweep)
    {
        for (std::size_t p = 0; p < sweep->places; ++p) {
            Lanes best;
            std::memcpy(&best, sweep->lane + p * DistanceSearch::lanes, sizeof best);
            for (std::uint32_t k = sweep->begin[p]; k < sweep->begin[p + 1]; ++k) {
                Lanes there;
                std::memcpy(&there, sweep->lane + sweep->link[k].head * DistanceSearch::lanes, sizeof there);
                there += sweep->link[k].weight;
                best = there < best ? there : best;
            }
            std::memcpy(sweep->lane + p * DistanceSearch::lanes, &best, sizeof best);
        }
        return 0;
    }
};

void sweep_single(const Sweep& sweep)
{
    for (std::size_t p = 0; p < sweep.places; ++p) {
        Weight best = sweep.lane[p];
        for (std::uint32_t k = sweep.begin[p]; k < sweep.begin[p + 1]; ++k) {
            best = std::min(best, sweep.lane[sweep.link[k].head] + sweep.link[k].weight);
        }
        sweep.lane[p] = best;
    }
}

} // namespace

DistanceTargets::DistanceTargets(const CustomisedHierarchy& metric, std::span<const std::vector<Seed>> ends)
    : metric_(&metric), place_(metric.hierarchy().nodes(), no_index)
{
    const Hierarchy& h = metric.hierarchy();
    for (const std::vector<Seed>& end : ends) {
        add_ancestors(h, end, place_, selected_);
    }
    std::sort(selected_.begin(), selected_.end(), std::greater<>());
    for (std::uint32_t p = 0; p < selected_.size(); ++p) {
        place_[selected_[p]] = p;
    }
    end_begin_.push_back(0);
    for (const std::vector<Seed>& end : ends) {
        for (const Seed& seed : end) {
            end_seed_.push_back({place_[h.rank[seed.node]], std::min(seed.weight, unreachable)});
        }
        end_begin_.push_back(static_cast<std::uint32_t>(end_seed_.size()));
    }
    refresh();
}

void DistanceTargets::refresh()
{
    begin_.assign(1, 0);
    link_.clear();
    with_edges(*metric_, [this](const auto& edges) {
        for (const std::uint32_t v : selected_) {
            edges.template for_each<to_end>(v, [this](std::uint32_t head, Weight weight) {
                if (weight < unreachable) {
                    link_.push_back({place_[head], weight});
                }
            });
            begin_.push_back(static_cast<std::uint32_t>(link_.size()));
        }
    });
}

DistanceSearch::DistanceSearch(const DistanceTargets& targets)
    : targets_(&targets), tentative_(targets.metric().hierarchy().nodes(), unreachable)
{
}

/// The costs of going up from a start, for those places among the selected: first[place * stride].
void DistanceSearch::search_upward(std::span<const Seed> start, Weight* first, std::size_t stride)
{
    const Hierarchy& h = targets_->metric().hierarchy();
    cursor_.clear();
    add_seeds(h, start, from_start, cursor_);
    for (const Seed& seed : start) {
        Weight& here = tentative_[h.rank[seed.node]];
        here = std::min(here, seed.weight);
    }
    with_edges(targets_->metric(), [&](const auto& edges) {
        climb(cursor_, [&](std::uint32_t v, std::uint32_t until, std::uint32_t) {
            for (; v < until; v = h.parent[v]) {
                const Weight here = tentative_[v];
                tentative_[v] = unreachable;
                if (here == unreachable) {
                    continue;
                }
                if (const std::uint32_t place = targets_->place_[v]; place != no_index) {
                    first[place * stride] = here;
                }
                edges.template for_each<from_start>(v, [&](std::uint32_t head, Weight weight) {
                    tentative_[head] = std::min(tentative_[head], here + weight);
                });
            }
            return v;
        });
    });
}

void DistanceSearch::run(std::span<const Seed> start, std::span<Weight> row)
{
    const DistanceTargets& t = *targets_;
    require(row.size() == t.ends(), "a row of {} for {} ends", row.size(), t.ends());
    single_.assign(t.selected_.size(), unreachable);
    search_upward(start, single_.data(), 1);
    sweep_single({t.begin_.data(), t.link_.data(), t.selected_.size(), single_.data()});
    for (std::size_t j = 0; j < row.size(); ++j) {
        Weight best = unreachable;
        for (std::uint32_t k = t.end_begin_[j]; k < t.end_begin_[j + 1]; ++k) {
            best = std::min(best, single_[t.end_seed_[k].node] + t.end_seed_[k].weight);
        }
        row[j] = best;
    }
}

void DistanceSearch::run(std::span<const std::vector<Seed>> starts, std::span<Weight> table)
{
    const DistanceTargets& t = *targets_;
    const std::size_t ends = t.ends();
    require(starts.size() <= lanes, "{} starts at once; {} is the most", starts.size(), lanes);
    require(table.size() == starts.size() * ends, "a table of {} for {} x {}", table.size(), starts.size(),
            ends);
    if (starts.size() == 1) {
        run(starts[0], table);
        return;
    }
    Row nowhere;
    nowhere.lane.fill(unreachable);
    rows_.assign(t.selected_.size(), nowhere);
    if (rows_.empty()) {
        std::fill(table.begin(), table.end(), unreachable);
        return;
    }
    Weight* lane = rows_.front().lane.data();
    for (std::size_t i = 0; i < starts.size(); ++i) {
        search_upward(starts[i], lane + i, lanes);
    }
    const Sweep sweep = {t.begin_.data(), t.link_.data(), rows_.size(), lane};
    wide::run_widest<SweepDown>(&sweep);
    for (std::size_t j = 0; j < ends; ++j) {
        Row best = nowhere;
        for (std::uint32_t k = t.end_begin_[j]; k < t.end_begin_[j + 1]; ++k) {
            const Row& row = rows_[t.end_seed_[k].node];
            for (std::size_t i = 0; i < lanes; ++i) {
                best.lane[i] = std::min(best.lane[i], row.lane[i] + t.end_seed_[k].weight);
            }
        }
        for (std::size_t i = 0; i < starts.size(); ++i) {
            table[i * ends + j] = best.lane[i];
        }
    }
}

std::vector<Weight> distance_table(const CustomisedHierarchy& metric,
                                   std::span<const std::vector<Seed>> starts,
                                   std::span<const std::vector<Seed>> ends)
{
    const DistanceTargets targets(metric, ends);
    std::vector<Weight> table(starts.size() * ends.size());
    tbb::enumerable_thread_specific<DistanceSearch> searches([&] { return DistanceSearch(targets); });
    const std::size_t blocks = (starts.size() + DistanceSearch::lanes - 1) / DistanceSearch::lanes;
    tbb::parallel_for(std::size_t{0}, blocks, [&](std::size_t b) {
        const std::size_t first = b * DistanceSearch::lanes;
        const std::size_t count = std::min(DistanceSearch::lanes, starts.size() - first);
        searches.local().run(starts.subspan(first, count),
                             std::span(table).subspan(first * ends.size(), count * ends.size()));
    });
    return table;
}

} // namespace vigil
