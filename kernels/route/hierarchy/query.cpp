#include "kernels/route/hierarchy/unpack.h"
#include "kernels/route/hierarchy/upward.h"

#include <algorithm>
#include <cassert>

namespace vigil {

namespace {

using namespace hierarchy;

struct Meeting {
    Weight weight = unreachable;
    std::uint32_t node = no_index; ///< rank
};

/// One question. When paths are wanted, tentative weights stay.
template <bool keep, typename Edges>
class Search {
  public:
    Search(const Hierarchy& hierarchy, const Edges& edges, TwoWay* tentative)
        : parent_(hierarchy.parent.data()), edges_(edges), tentative_(tentative)
    {
    }

    Meeting run(std::vector<TreeCursor>& cursor)
    {
        climb(cursor, [this](std::uint32_t v, std::uint32_t until, std::uint32_t sides) {
            switch (sides) {
            case from_start:
                return climb_run<from_start>(v, until);
            case to_end:
                return climb_run<to_end>(v, until);
            default:
                return climb_run<from_start | to_end>(v, until);
            }
        });
        return best_;
    }

  private:
    template <std::uint32_t sides>
    std::uint32_t climb_run(std::uint32_t v, std::uint32_t until)
    {
        for (; v < until; v = parent_[v]) {
            const TwoWay here = tentative_[v];
            if constexpr (sides == (from_start | to_end)) {
                if (here.up + here.down < best_.weight) {
                    best_ = {here.up + here.down, v};
                }
            }
            if constexpr (!keep) {
                tentative_[v] = {};
            }
            if constexpr ((sides & from_start) != 0) {
                relax<from_start>(v, here.up);
            }
            if constexpr ((sides & to_end) != 0) {
                relax<to_end>(v, here.down);
            }
        }
        return v;
    }

    template <std::uint32_t side>
    void relax(std::uint32_t v, Weight here)
    {
        // What is as dear as a way already known leads to no cheaper one.
        if (here >= best_.weight) {
            return;
        }
        edges_.template for_each<side>(v, [&](std::uint32_t head, Weight weight) {
            Weight& there = side == from_start ? tentative_[head].up : tentative_[head].down;
            there = std::min(there, here + weight);
        });
    }

    const std::uint32_t* parent_;
    const Edges& edges_;
    TwoWay* tentative_;
    Meeting best_;
};

template <bool keep>
Meeting search(const CustomisedHierarchy& metric, std::vector<TreeCursor>& cursor, TwoWay* tentative)
{
    return with_edges(metric, [&](const auto& edges) {
        return Search<keep, std::decay_t<decltype(edges)>>(metric.hierarchy(), edges, tentative).run(cursor);
    });
}

/// The first seed at a node with this weight; how many there are when there is none.
std::uint32_t seed_at(std::span<const Seed> seeds, std::uint32_t node, Weight weight)
{
    const auto found = std::find_if(seeds.begin(), seeds.end(), [&](const Seed& seed) {
        return seed.node == node && seed.weight == weight;
    });
    return static_cast<std::uint32_t>(found - seeds.begin());
}

/// Goes back from where the searches met to a seed, each time by the lowest node that explains the weight,
/// and notes the edges. Returns the seed.
///
/// This is cheaper than noting at every step of the search what it came by.
std::uint32_t trace(const CustomisedHierarchy& metric, std::span<const TwoWay> tentative, Weight TwoWay::*way,
                    std::uint32_t v, std::span<const Seed> seeds, std::vector<std::uint32_t>& edges)
{
    const Hierarchy& h = metric.hierarchy();
    for (;;) {
        const Weight weight = tentative[v].*way;
        if (const std::uint32_t seed = seed_at(seeds, h.node[v], weight); seed < seeds.size()) {
            return seed;
        }
        std::uint32_t k = h.down_begin[v];
        while (tentative[h.down_tail[k]].*way > weight ||
               tentative[h.down_tail[k]].*way + metric.weight[h.down_edge[k]].*way != weight) {
            ++k;
            assert(k < h.down_begin[v + 1]);
        }
        edges.push_back(2 * h.down_edge[k] + (way == &TwoWay::down ? 1 : 0));
        v = h.down_tail[k];
    }
}

} // namespace

HierarchyQuery::HierarchyQuery(const CustomisedHierarchy& metric)
    : metric_(&metric), tentative_(metric.hierarchy().nodes())
{
}

void HierarchyQuery::place(std::span<const Seed> start, std::span<const Seed> end)
{
    const Hierarchy& h = metric_->hierarchy();
    cursor_.clear();
    add_seeds(h, start, from_start, cursor_);
    add_seeds(h, end, to_end, cursor_);
    for (const Seed& seed : start) {
        Weight& here = tentative_[h.rank[seed.node]].up;
        here = std::min(here, seed.weight);
    }
    for (const Seed& seed : end) {
        Weight& here = tentative_[h.rank[seed.node]].down;
        here = std::min(here, seed.weight);
    }
}

Weight HierarchyQuery::distance(std::span<const Seed> start, std::span<const Seed> end)
{
    place(start, end);
    return search<false>(*metric_, cursor_, tentative_.data()).weight;
}

ArcPath HierarchyQuery::path(std::span<const Seed> start, std::span<const Seed> end)
{
    const Hierarchy& h = metric_->hierarchy();
    place(start, end);
    const Meeting meeting = search<true>(*metric_, cursor_, tentative_.data());
    ArcPath path;
    if (meeting.node != no_index) {
        path.weight = meeting.weight;
        edges_.clear();
        path.from_seed = trace(*metric_, tentative_, &TwoWay::up, meeting.node, start, edges_);
        std::reverse(edges_.begin(), edges_.end());
        path.to_seed = trace(*metric_, tentative_, &TwoWay::down, meeting.node, end, edges_);
        unpack(*metric_, edges_, path.arcs);
    }
    add_seeds(h, start, from_start, cursor_);
    add_seeds(h, end, to_end, cursor_);
    climb(cursor_, [&](std::uint32_t v, std::uint32_t until, std::uint32_t) {
        for (; v < until; v = h.parent[v]) {
            tentative_[v] = {};
        }
        return v;
    });
    return path;
}

} // namespace vigil
