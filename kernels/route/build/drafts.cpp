#include "kernels/route/build/drafts.h"

#include <algorithm>
#include <compare>
#include <tuple>
#include <utility>

namespace vigil::route_build {

namespace {

constexpr std::size_t most_crossing = 8; ///< ends at a barrier that are all joined to each other

void turn_round(Chains& chains, const Chain& chain)
{
    const auto begin = chains.steps.begin() + chain.begin;
    const auto end = chains.steps.begin() + chain.end;
    std::reverse(begin, end);
    std::transform(begin, end, begin, opposite);
}

class EdgeDrafter {
  public:
    EdgeDrafter(Lines& lines, Chains& chains, const Nodes& nodes)
        : lines_(lines), chains_(chains), nodes_(nodes), kind_order_(lines.kinds.order())
    {
        drafts_.points.reserve(lines.along.size());
        drafts_.edges.reserve(chains.chains.size());
    }

    void along(const Chain& chain)
    {
        const std::span<const Step> steps = chains_.steps_of(chain);
        EdgeDraft draft;
        draft.from = nodes_.of_step[steps.front()];
        draft.to = nodes_.of_step[opposite(steps.back())];
        draft.steps = chain;
        draft.point_begin = static_cast<std::uint32_t>(drafts_.points.size());
        append_points(lines_, chains_, steps, drafts_.points);
        draft.point_end = static_cast<std::uint32_t>(drafts_.points.size());
        if (is_wrong_way_round(draft)) {
            std::swap(draft.from, draft.to);
            turn_round(chains_, chain);
            std::reverse(drafts_.points.begin() + draft.point_begin, drafts_.points.end());
        }
        draft.kind = kind_of(lines_, chains_, steps.front());
        const Line& line = line_of(steps.front());
        draft.source = line.source;
        draft.name = line.name;
        drafts_.edges.push_back(draft);
    }

    /// Joins the ends that meet at a mark; `ends` in the order of their nodes.
    void over_barrier(const PointMark& mark, std::span<const SplitEnd> ends)
    {
        const bool all = ends.size() <= most_crossing;
        for (std::size_t i = 0; i < (all ? ends.size() : 1); ++i) {
            for (std::size_t j = i + 1; j < ends.size(); ++j) {
                const Line& a = line_of(ends[i].step);
                const Line& b = line_of(ends[j].step);
                EdgeDraft draft;
                draft.kind = lines_.kinds.number_of(barrier_kind(mark, ends[i].step, ends[j].step, all));
                draft.source = std::min(a.source, b.source);
                draft.name = lines_.names[a.name] == lines_.names[b.name] ? a.name : 0;
                join(draft, {ends[i].node, mark.point}, {ends[j].node, mark.point});
            }
        }
    }

    void between_modes(const Transfer& transfer)
    {
        EdgeDraft draft;
        WayKind kind;
        kind.mode = Mode::transfer;
        kind.forward = kind.backward = transfer.vehicles;
        draft.kind = lines_.kinds.number_of(std::move(kind));
        NodePoint a{nodes_.of_point[transfer.station], transfer.station};
        NodePoint b{nodes_.of_point[transfer.land], transfer.land};
        if (std::tie(lines_.place[b.point], b.node) < std::tie(lines_.place[a.point], a.node)) {
            std::swap(a, b);
        }
        join(draft, a, b);
    }

    EdgeDrafts finish() { return std::move(drafts_); }

  private:
    struct NodePoint {
        std::uint32_t node = 0;
        std::uint32_t point = 0;
    };

    [[nodiscard]] const Line& line_of(Step step) const
    {
        return lines_.lines[chains_.runs[run_of(step)].line];
    }

    void join(EdgeDraft draft, NodePoint a, NodePoint b)
    {
        draft.from = a.node;
        draft.to = b.node;
        draft.point_begin = static_cast<std::uint32_t>(drafts_.points.size());
        drafts_.points.push_back(a.point);
        drafts_.points.push_back(b.point);
        draft.point_end = static_cast<std::uint32_t>(drafts_.points.size());
        drafts_.edges.push_back(draft);
    }

    [[nodiscard]] bool is_wrong_way_round(const EdgeDraft& draft) const
    {
        const auto from = std::tie(nodes_.place[draft.from], draft.from);
        const auto to = std::tie(nodes_.place[draft.to], draft.to);
        if (from != to) {
            return to < from;
        }
        for (std::uint32_t i = draft.point_begin, j = draft.point_end; j-- > draft.point_begin; ++i) {
            const auto order = lines_.place[drafts_.points[i]] <=> lines_.place[drafts_.points[j]];
            if (order != std::strong_ordering::equal) {
                return order == std::strong_ordering::greater;
            }
        }
        const std::uint32_t kind = kind_of(lines_, chains_, chains_.steps[draft.steps.begin]);
        return kind_order_[lines_.kinds.reversed(kind)] < kind_order_[kind];
    }

    /// Who arrives along one end and leaves by the other, of those who may pass.
    /// both   false: only who may use the other end counts
    [[nodiscard]] WayKind barrier_kind(const PointMark& mark, Step one, Step other, bool both) const
    {
        const WayKind& a = lines_.kinds[kind_of(lines_, chains_, one)]; // as they leave the barrier
        const WayKind& b = lines_.kinds[kind_of(lines_, chains_, other)];
        const WayKind& first = std::tie(a.mode, a.road_class) < std::tie(b.mode, b.road_class) ? a : b;
        WayKind kind;
        kind.mode = first.mode;
        kind.road_class = first.road_class;
        kind.forward = mark.passable & b.forward & (both ? a.backward : vehicle::all);
        kind.backward = mark.passable & b.backward & (both ? a.forward : vehicle::all);
        kind.border = mark.border ? 1 : 0;
        if (!mark.tag.empty()) {
            kind.tags.push_back(mark.tag);
        }
        return kind;
    }

    Lines& lines_;
    Chains& chains_;
    const Nodes& nodes_;
    std::vector<std::uint32_t> kind_order_;
    EdgeDrafts drafts_;
};

} // namespace

EdgeDrafts draft_edges(Lines& lines, Chains& chains, const Nodes& nodes, const std::vector<PointMark>& marks,
                       const std::vector<Transfer>& transfers)
{
    EdgeDrafter drafter(lines, chains, nodes);
    for (const Chain& chain : chains.chains) {
        drafter.along(chain);
    }
    for (const PointMark& mark : marks) {
        const auto begin =
            std::lower_bound(nodes.split.begin(), nodes.split.end(), SplitEnd{mark.point, 0, 0});
        const auto end = std::find_if(begin, nodes.split.end(),
                                      [&mark](const SplitEnd& s) { return s.point != mark.point; });
        drafter.over_barrier(mark, {begin, end});
    }
    for (const Transfer& transfer : transfers) {
        drafter.between_modes(transfer);
    }
    return drafter.finish();
}

} // namespace vigil::route_build
