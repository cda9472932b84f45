#include "kernels/route/build/nodes.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace vigil::route_build {

namespace {

/// A node before it has its number.
struct Draft {
    std::uint64_t curve = 0;
    FixedLonLat place;
    Layer layer = Layer::land;
    FixedLonLat next{std::numeric_limits<std::int32_t>::max(), 0}; ///< the least neighbour along a stretch
    std::uint32_t kind = no_index; ///< of that stretch, in the order by content
    std::uint32_t point = 0;
    std::uint32_t draft = 0;

    [[nodiscard]] auto key() const { return std::tie(curve, place, layer, next, kind, point, draft); }
};

class Drafter {
  public:
    Drafter(const Lines& lines, const Chains& chains)
        : lines_(lines), chains_(chains), kind_order_(lines.kinds.order())
    {
        nodes_.of_step.assign(2 * chains.runs.size(), no_index);
        nodes_.of_point.assign(lines.place.size(), no_index);
    }

    void meet(Step step)
    {
        const std::uint32_t point = begin_of(lines_, chains_, step);
        const bool split = lines_.state[point].split;
        std::uint32_t& draft = split ? nodes_.of_step[step] : nodes_.of_point[point];
        if (draft == no_index) {
            draft = static_cast<std::uint32_t>(drafts_.size());
            const FixedLonLat place = lines_.place[point];
            drafts_.push_back({.curve = hilbert_place(place),
                               .place = place,
                               .layer = lines_.state[point].layer,
                               .point = point,
                               .draft = draft});
        }
        nodes_.of_step[step] = draft;
        if (split) {
            nodes_.split.push_back({point, draft, step});
        }
        Draft& node = drafts_[draft];
        const FixedLonLat next = lines_.place[after_begin_of(lines_, chains_, step)];
        const std::uint32_t kind = kind_order_[kind_of(lines_, chains_, step)];
        if (std::tie(next, kind) < std::tie(node.next, node.kind)) {
            node.next = next;
            node.kind = kind;
        }
    }

    Nodes finish()
    {
        std::sort(drafts_.begin(), drafts_.end(),
                  [](const Draft& a, const Draft& b) { return a.key() < b.key(); });
        std::vector<std::uint32_t> number(drafts_.size());
        for (std::uint32_t i = 0; i < drafts_.size(); ++i) {
            number[drafts_[i].draft] = i;
            nodes_.place.push_back(drafts_[i].place);
        }
        const auto renumber = [&number](std::uint32_t& node) {
            node = node == no_index ? no_index : number[node];
        };
        std::for_each(nodes_.of_step.begin(), nodes_.of_step.end(), renumber);
        std::for_each(nodes_.of_point.begin(), nodes_.of_point.end(), renumber);
        for (SplitEnd& end : nodes_.split) {
            renumber(end.node);
        }
        std::sort(nodes_.split.begin(), nodes_.split.end());
        for (std::size_t i = nodes_.split.size(); i-- > 0;) {
            nodes_.of_point[nodes_.split[i].point] = nodes_.split[i].node;
        }
        return std::move(nodes_);
    }

  private:
    const Lines& lines_;
    const Chains& chains_;
    std::vector<std::uint32_t> kind_order_;
    std::vector<Draft> drafts_;
    Nodes nodes_;
};

} // namespace

std::uint64_t hilbert_place(FixedLonLat place)
{
    constexpr unsigned bits = 32;
    constexpr std::uint32_t offset = 1U << (bits - 1);
    std::uint32_t x = static_cast<std::uint32_t>(place.lon) + offset;
    std::uint32_t y = static_cast<std::uint32_t>(place.lat) + offset;
    std::uint64_t along = 0;
    for (unsigned level = bits; level-- > 0;) {
        const std::uint32_t right = (x >> level) & 1U;
        const std::uint32_t up = (y >> level) & 1U;
        along = (along << 2U) | ((3U * right) ^ up);
        if (up == 0) { // turn the quarter so that its curve joins its neighbours'
            if (right != 0) {
                x = ~x;
                y = ~y;
            }
            std::swap(x, y);
        }
    }
    return along;
}

Nodes number_nodes(const Lines& lines, const Chains& chains)
{
    Drafter drafter(lines, chains);
    for (const Chain& chain : chains.chains) {
        const std::span<const Step> steps = chains.steps_of(chain);
        drafter.meet(steps.front());
        drafter.meet(opposite(steps.back()));
    }
    return drafter.finish();
}

} // namespace vigil::route_build
