#include "kernels/lanes.h"
#include "kernels/route/hierarchy/triangles.h"
#include "libgeo/error.h"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>

namespace vigil {

namespace {

using namespace hierarchy;

/// What the loops over triangles read and write.
struct Job {
    const Hierarchy* hierarchy = nullptr;
    const Weight* arc_weight = nullptr;
    TwoWay* weight = nullptr;
};

template <typename Vector>
[[gnu::always_inline]] inline void relax_several(const TwoWay* from, TwoWay* to, const Vector& at)
{
    Vector old, way;
    load(old, to);
    load(way, from);
    way += at;
    lower(old, way);
    store(old, to);
}

/// Edges (v, w) become no dearer than the way down to u and up again; `from` are u's edges (u, w).
[[gnu::always_inline]] inline void relax_gapless(const TwoWay* from, TwoWay* to, std::uint32_t count,
                                                 TwoWay at)
{
    const FourTwoWays four = {at.down, at.up, at.down, at.up, at.down, at.up, at.down, at.up};
    const TwoTwoWays two = {at.down, at.up, at.down, at.up};
    std::uint32_t i = 0;
    for (; i + 4 <= count; i += 4) {
        relax_several(from + i, to + i, four);
    }
    if (i + 2 <= count) {
        relax_several(from + i, to + i, two);
        i += 2;
    }
    if (i < count) {
        to[i] = {lesser(to[i].up, at.down + from[i].up), lesser(to[i].down, from[i].down + at.up)};
    }
}

/// One edge at a time, where the compiler knows a vector of two.
[[gnu::always_inline]] inline void relax_one(const TwoWay* from, TwoWay* to, TwoWay at)
{
    const OneTwoWay one = {at.down, at.up};
    relax_several(from, to, one);
}

/// The triangles of one node v with those below it.
class Relaxation {
  public:
    [[gnu::always_inline]] Relaxation(const Job& job, std::uint32_t* edge_to, std::uint32_t v)
        : job_(job), edge_to_(edge_to), v_(v)
    {
    }

    /// By way of the lower end of the k-th downward edge.
    [[gnu::always_inline]] void by_way_of(std::uint32_t k)
    {
        const Hierarchy& h = *job_.hierarchy;
        const std::uint32_t e = h.down_edge[k];
        const TwoWay at = job_.weight[e];
        if (at.up == unreachable && at.down == unreachable) {
            return;
        }
        const TriangleSides side = sides_after(h, e, h.up_begin[h.down_tail[k] + 1]);
        if (side.gapless) {
            relax_gapless(job_.weight + side.first, job_.weight + side.third, side.last - side.first, at);
            return;
        }
        if (side.first < side.last) {
            note_edges();
        }
        for (std::uint32_t i = side.first; i < side.last; ++i) {
            relax_one(job_.weight + i, job_.weight + edge_to_[h.up_head[i]], at);
        }
    }

  private:
    /// Where the edges of v to each of its heads are: only asked for these, so nothing needs clearing.
    [[gnu::always_inline]] void note_edges()
    {
        const Hierarchy& h = *job_.hierarchy;
        for (std::uint32_t e = h.up_begin[v_]; !noted_ && e < h.up_begin[v_ + 1]; ++e) {
            edge_to_[h.up_head[e]] = e;
        }
        noted_ = true;
    }

    const Job& job_;
    std::uint32_t* edge_to_;
    std::uint32_t v_;
    bool noted_ = false;
};

/// The weights of v's edges by the graph's arcs alone.
[[gnu::always_inline]] inline void take_arcs(const Job& job, std::uint32_t v)
{
    const Hierarchy& h = *job.hierarchy;
    std::fill(job.weight + h.up_begin[v], job.weight + h.up_begin[v + 1], TwoWay{});
    for (std::uint32_t k = h.arc_begin[v]; k < h.arc_begin[v + 1]; ++k) {
        TwoWay& w = job.weight[h.arc_edge[k] / 2];
        Weight& way = (h.arc_edge[k] & 1U) == 0 ? w.up : w.down;
        way = std::min(way, job.arc_weight[k]);
    }
}

/// Nodes [begin, end), by way of those below `until`.
struct FromBelow {
    [[gnu::always_inline]] static double run(const Job* job, std::uint32_t* edge_to, std::uint32_t begin,
                                             std::uint32_t end, std::uint32_t until)
    {
        const Hierarchy& h = *job->hierarchy;
        for (std::uint32_t v = begin; v < end; ++v) {
            take_arcs(*job, v);
            Relaxation relaxation(*job, edge_to, v);
            for (std::uint32_t k = h.down_begin[v]; k < h.down_begin[v + 1]; ++k) {
                if (h.down_tail[k] >= until) {
                    break;
                }
                relaxation.by_way_of(k);
            }
        }
        return 0;
    }
};

/// Nodes [begin, end) by way of each other.
struct Within {
    [[gnu::always_inline]] static double run(const Job* job, std::uint32_t* edge_to, std::uint32_t begin,
                                             std::uint32_t end)
    {
        const Hierarchy& h = *job->hierarchy;
        for (std::uint32_t v = begin; v < end; ++v) {
            Relaxation relaxation(*job, edge_to, v);
            std::uint32_t k = h.down_begin[v + 1];
            while (k > h.down_begin[v] && h.down_tail[k - 1] >= begin) {
                --k;
            }
            for (; k < h.down_begin[v + 1]; ++k) {
                relaxation.by_way_of(k);
            }
        }
        return 0;
    }
};

} // namespace

CustomisedHierarchy::CustomisedHierarchy(const Hierarchy& hierarchy)
    : weight(hierarchy.edges()), arc_weight(hierarchy.arc.size(), unreachable), hierarchy_(&hierarchy)
{
}

void CustomisedHierarchy::customise(std::span<const Weight> weights)
{
    const Hierarchy& h = *hierarchy_;
    require(weights.size() == h.arcs(), "{} weights for {} arcs", weights.size(), h.arcs());
    perfect_ = false;
    const auto threads = static_cast<std::size_t>(tbb::this_task_arena::max_concurrency());
    edge_to_.resize(std::max(edge_to_.size(), threads));
    const Job job = {hierarchy_, arc_weight.data(), weight.data()};
    const auto take = [&](RankRange range) {
        for (std::uint32_t k = h.arc_begin[range.begin]; k < h.arc_begin[range.end]; ++k) {
            arc_weight[k] = std::min(weights[h.arc[k]], unreachable);
        }
    };
    // Of this thread; made when first needed.
    const auto edge_to = [&] {
        auto& mine = edge_to_[static_cast<std::size_t>(tbb::this_task_arena::current_thread_index())];
        mine.resize(h.nodes());
        return mine.data();
    };
    tbb::parallel_for(std::size_t{0}, h.subtree.size(), [&](std::size_t s) {
        const RankRange range = h.subtree[s];
        take(range);
        wide::run_widest<FromBelow>(&job, edge_to(), range.begin, range.end, range.end);
    });
    // All triangles below the nodes of a chain are done first, those of different nodes at the same time;
    // what is left between the chain's own nodes is little.
    for (std::size_t l = 0; l + 1 < h.chain_level_begin.size(); ++l) {
        tbb::parallel_for(h.chain_level_begin[l], h.chain_level_begin[l + 1], [&](std::uint32_t c) {
            const RankRange chain = h.chain[c];
            take(chain);
            tbb::parallel_for(chain.begin, chain.end, [&](std::uint32_t v) {
                wide::run_widest<FromBelow>(&job, edge_to(), v, v + 1, chain.begin);
            });
            wide::run_widest<Within>(&job, edge_to(), chain.begin, chain.end);
        });
    }
}

} // namespace vigil
