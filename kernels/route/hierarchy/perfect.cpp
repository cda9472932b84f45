#include "kernels/lanes.h"
#include "kernels/route/hierarchy/triangles.h"
#include "libgeo/parallel.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <numeric>

namespace vigil {

namespace {

using namespace hierarchy;

/// The lesser of what a vector's even (or odd) lanes hold.
[[gnu::always_inline]] inline TwoWay least_of(const FourTwoWays& v)
{
    return {std::min(std::min(v[0], v[2]), std::min(v[4], v[6])),
            std::min(std::min(v[1], v[3]), std::min(v[5], v[7]))};
}

/// Edge (u, v) by way of w and edge (u, w) by way of v, both ways, where v - w is already exact.
[[gnu::always_inline]] inline void relax_pair(TwoWay& uv, TwoWay& uw, TwoWay vw)
{
    uv.up = lesser(uv.up, uw.up + vw.down);
    uv.down = lesser(uv.down, vw.up + uw.down);
    uw.up = lesser(uw.up, uv.up + vw.up);
    uw.down = lesser(uw.down, vw.down + uv.down);
}

[[gnu::always_inline]] inline void relax_gapless(TwoWay& uv, TwoWay* uw, const TwoWay* vw,
                                                 std::uint32_t count)
{
    std::uint32_t i = 0;
    if (count >= 4) {
        const Weight up = uv.up, down = uv.down;
        const FourTwoWays start = {up, down, up, down, up, down, up, down};
        FourTwoWays best = start;
        for (; i + 4 <= count; i += 4) {
            FourTwoWays near, across;
            load(near, uw + i);
            load(across, vw + i);
            const FourTwoWays swapped = __builtin_shufflevector(across, across, 1, 0, 3, 2, 5, 4, 7, 6);
            const FourTwoWays over_w = near + swapped;
            const FourTwoWays over_v = start + across;
            lower(best, over_w);
            lower(near, over_v);
            store(near, uw + i);
        }
        uv = least_of(best);
    }
    for (; i < count; ++i) {
        relax_pair(uv, uw[i], vw[i]);
    }
}

/// Nodes [begin, end), highest first; all above them are done.
struct FromAbove {
    [[gnu::always_inline]] static double run(const Hierarchy* hierarchy, TwoWay* exact, std::uint32_t begin,
                                             std::uint32_t end)
    {
        const Hierarchy& h = *hierarchy;
        for (std::uint32_t u = end; u-- > begin;) {
            for (std::uint32_t e = h.up_begin[u]; e < h.up_begin[u + 1]; ++e) {
                const TriangleSides side = sides_after(h, e, h.up_begin[u + 1]);
                if (side.gapless) {
                    relax_gapless(exact[e], exact + side.first, exact + side.third, side.last - side.first);
                    continue;
                }
                std::uint32_t across = side.third;
                for (std::uint32_t i = side.first; i < side.last; ++i, ++across) {
                    while (h.up_head[across] != h.up_head[i]) {
                        ++across;
                    }
                    relax_pair(exact[e], exact[i], exact[across]);
                }
            }
        }
        return 0;
    }
};

/// Keeps the edges whose way over lower nodes is a cheapest one: cheapest ways are made of these alone.
void keep_exact(const Hierarchy& h, std::span<const TwoWay> basic, std::span<const TwoWay> exact,
                Weight TwoWay::*way, UpwardLinks& links)
{
    const std::uint32_t n = h.nodes();
    const auto kept = [&](std::uint32_t e) {
        return basic[e].*way == exact[e].*way && basic[e].*way < unreachable;
    };
    links.begin.assign(n + std::size_t{1}, 0);
    parallel_chunks(n, 4096, [&](std::size_t begin, std::size_t end) {
        for (std::size_t v = begin; v < end; ++v) {
            for (std::uint32_t e = h.up_begin[v]; e < h.up_begin[v + 1]; ++e) {
                links.begin[v + 1] += kept(e) ? 1U : 0U;
            }
        }
    });
    std::partial_sum(links.begin.begin(), links.begin.end(), links.begin.begin());
    links.link.resize(links.begin.back());
    parallel_chunks(n, 4096, [&](std::size_t begin, std::size_t end) {
        std::uint32_t next = links.begin[begin];
        for (std::uint32_t e = h.up_begin[begin]; e < h.up_begin[end]; ++e) {
            if (kept(e)) {
                links.link[next++] = {h.up_head[e], basic[e].*way};
            }
        }
    });
}

} // namespace

void CustomisedHierarchy::make_perfect()
{
    const Hierarchy& h = *hierarchy_;
    exact_.assign(weight.begin(), weight.end());
    const auto work_out = [&](RankRange range) {
        wide::run_widest<FromAbove>(&h, exact_.data(), range.begin, range.end);
    };
    for (std::size_t l = h.chain_level_begin.size() - 1; l-- > 0;) {
        tbb::parallel_for(h.chain_level_begin[l], h.chain_level_begin[l + 1],
                          [&](std::uint32_t c) { work_out(h.chain[c]); });
    }
    tbb::parallel_for(std::size_t{0}, h.subtree.size(), [&](std::size_t s) { work_out(h.subtree[s]); });
    keep_exact(h, weight, exact_, &TwoWay::up, forward_);
    keep_exact(h, weight, exact_, &TwoWay::down, backward_);
    perfect_ = true;
}

} // namespace vigil
