#include "kernels/route/hierarchy/small_table.h"

#include "kernels/lanes.h"
#include "kernels/route/hierarchy/upward.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cstring>

namespace vigil {

namespace {

using namespace hierarchy;

constexpr std::size_t lanes = 16;
using Lanes = Weight __attribute__((vector_size(64)));

/// there = min(there, here + weight), lane by lane.
[[gnu::always_inline]] inline void lower(Weight* there, const Weight* here, Weight weight, std::size_t width)
{
    for (std::size_t k = 0; k < width; k += lanes) {
        Lanes old;
        Lanes sum;
        std::memcpy(&old, there + k, sizeof old);
        std::memcpy(&sum, here + k, sizeof sum);
        sum += weight;
        old = sum < old ? sum : old;
        std::memcpy(there + k, &old, sizeof old);
    }
}

/// Takes every ancestor's weights up along its edges, lowest first.
template <std::uint32_t side, typename Edges>
struct SweepUp {
    [[gnu::always_inline]] static double run(const Edges* edges, std::span<const std::uint32_t>* nodes,
                                             const std::uint32_t* place, Weight* lane, std::size_t width)
    {
        for (std::size_t p = 0; p < nodes->size(); ++p) {
            const Weight* const here = lane + p * width;
            edges->template for_each<side>((*nodes)[p], [&](std::uint32_t head, Weight weight) {
                lower(lane + place[head] * width, here, weight, width);
            });
        }
        return 0;
    }
};

/// All sums at all places that both sides reach.
struct MeetAll {
    struct Both {
        const std::uint32_t* node;
        std::size_t nodes;
        const std::uint32_t* start_place;
        const Weight* start_lane;
        std::size_t start_width, starts;
        const Weight* end_lane;
        std::size_t end_width;
        Weight* best; ///< starts * end_width
    };
    [[gnu::always_inline]] static double run(const Both* b)
    {
        for (std::size_t p = 0; p < b->nodes; ++p) {
            const std::uint32_t place = b->start_place[b->node[p]];
            if (place == no_index) {
                continue;
            }
            const Weight* const from = b->start_lane + place * b->start_width;
            for (std::size_t i = 0; i < b->starts; ++i) {
                if (from[i] < unreachable) {
                    lower(b->best + i * b->end_width, b->end_lane + p * b->end_width, from[i], b->end_width);
                }
            }
        }
        return 0;
    }
};

} // namespace

SmallTable::SmallTable(const CustomisedHierarchy& metric) : metric_(&metric)
{
    up_.place.assign(metric.hierarchy().nodes(), no_index);
    down_.place.assign(metric.hierarchy().nodes(), no_index);
}

template <std::uint32_t side>
void SmallTable::climb_from(std::span<const std::vector<Seed>> seeds, Climb& climb)
{
    const Hierarchy& h = metric_->hierarchy();
    for (const std::vector<Seed>& one : seeds) {
        add_ancestors(h, one, climb.place, climb.node);
    }
    std::sort(climb.node.begin(), climb.node.end());
    for (std::uint32_t p = 0; p < climb.node.size(); ++p) {
        climb.place[climb.node[p]] = p;
    }
    climb.width = (seeds.size() + lanes - 1) / lanes * lanes;
    climb.lane.assign(climb.node.size() * climb.width, unreachable);
    for (std::size_t i = 0; i < seeds.size(); ++i) {
        for (const Seed& seed : seeds[i]) {
            Weight& here = climb.lane[climb.place[h.rank[seed.node]] * climb.width + i];
            here = std::min(here, seed.weight);
        }
    }
    with_edges(*metric_, [&](const auto& edges) {
        using Edges = std::decay_t<decltype(edges)>;
        std::span<const std::uint32_t> nodes = climb.node;
        return wide::run_widest<SweepUp<side, Edges>>(&edges, &nodes, climb.place.data(), climb.lane.data(),
                                                      climb.width);
    });
}

void SmallTable::meet(std::size_t starts, std::size_t ends, std::span<Weight> table) const
{
    std::vector<Weight> best(starts * down_.width, unreachable);
    const MeetAll::Both both{.node = down_.node.data(),
                             .nodes = down_.node.size(),
                             .start_place = up_.place.data(),
                             .start_lane = up_.lane.data(),
                             .start_width = up_.width,
                             .starts = starts,
                             .end_lane = down_.lane.data(),
                             .end_width = down_.width,
                             .best = best.data()};
    wide::run_widest<MeetAll>(&both);
    for (std::size_t i = 0; i < starts; ++i) {
        std::copy_n(best.data() + i * down_.width, ends, table.data() + i * ends);
    }
}

void SmallTable::forget(Climb& climb)
{
    for (const std::uint32_t v : climb.node) {
        climb.place[v] = no_index;
    }
    climb.node.clear();
}

void SmallTable::run(std::span<const std::vector<Seed>> starts, std::span<const std::vector<Seed>> ends,
                     std::span<Weight> table)
{
    require(table.size() == starts.size() * ends.size(), "a table of {} for {} starts and {} ends",
            table.size(), starts.size(), ends.size());
    climb_from<from_start>(starts, up_);
    climb_from<to_end>(ends, down_);
    meet(starts.size(), ends.size(), table);
    forget(up_);
    forget(down_);
}

} // namespace vigil
