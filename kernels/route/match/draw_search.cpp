#include "kernels/route/match/draw_search.h"

#include "kernels/lanes.h"

#include <algorithm>
#include <bit>

namespace vigil {

namespace {

constexpr std::size_t lanes = CostNoise::lanes;

/// Gets somewhere for `sum` and `more`, if that is cheaper.
/// returns   whether it is for anyone who stays within `bound` there
[[gnu::always_inline]] inline bool lower(CostNoise::Costs& reach, const CostNoise::Costs& sum, Weight more,
                                         const CostNoise::Costs& bound)
{
    Weight changed = 0;
    for (std::size_t l = 0; l < lanes; ++l) {
        const Weight old = reach.of[l];
        const Weight least = std::min(old, sum.of[l] + more);
        changed |= least <= bound.of[l] ? least ^ old : 0;
        reach.of[l] = least;
    }
    return changed != 0;
}

/// Sums of two costs that stay within `bound`; others are out of reach.
[[gnu::always_inline]] inline CostNoise::Costs
sum_within(const CostNoise::Costs& a, const CostNoise::Costs& b, const CostNoise::Costs& bound)
{
    CostNoise::Costs sum;
    for (std::size_t l = 0; l < lanes; ++l) {
        sum.of[l] = a.of[l] <= bound.of[l] ? std::min(a.of[l] + b.of[l], unreachable) : unreachable;
    }
    return sum;
}

} // namespace

void DrawSearch::begin()
{
    const std::size_t nodes = part_->nodes();
    if (touched_.size() < nodes) {
        touched_.resize(nodes, 0);
        drawn_.resize(nodes, 0);
        label_.resize(nodes);
    }
    if (++run_ == 0) { // after 2^32 runs
        std::fill(touched_.begin(), touched_.end(), 0);
        std::fill(drawn_.begin(), drawn_.end(), 0);
        run_ = 1;
    }
    waiting_.assign(nodes / 64 + 1, 0);
    seen_.clear();
    meeting_ = {};
    beyond_ = {}; // so lanes without a traveller reach nothing
    half_ = {};
    for (std::size_t l = 0; l < travellers_.size(); ++l) {
        draws_.set(l, travellers_[l].draw);
    }
}

[[gnu::always_inline]] inline void DrawSearch::touch(std::uint32_t node)
{
    if (touched_[node] != run_) {
        touched_[node] = run_;
        seen_.push_back(node);
        Label& label = label_[node];
        label.ahead = beyond_;
        label.behind = beyond_;
        label.after = beyond_;
    }
}

[[gnu::always_inline]] inline const DrawSearch::Lanes& DrawSearch::cost(std::uint32_t node)
{
    Lanes& cost = label_[node].cost;
    if (drawn_[node] != run_) {
        drawn_[node] = run_;
        noise_->costs(part_->side[node], part_->mean[node], draws_, cost);
    }
    return cost;
}

Weight DrawSearch::cost(const PartWay& way, std::size_t lane)
{
    Weight sum = way.fixed;
    for (std::size_t i = 0; i + 1 < way.nodes.size(); ++i) {
        sum = add(sum, cost(way.nodes[i]).of[lane]);
    }
    return sum;
}

/// What the best known way costs each traveller.
void DrawSearch::bound()
{
    for (std::size_t l = 0; l < travellers_.size(); ++l) {
        Weight least = unreachable - 1;
        for (const PartWay& way : travellers_[l].known) {
            least = std::min(least, cost(way, l));
        }
        beyond_.of[l] = least + 1;
        half_.of[l] = least / 2;
    }
}

template <DrawSearch::Way way>
[[gnu::always_inline]] inline void DrawSearch::wait(std::uint32_t node)
{
    const std::uint32_t place = way == forward ? node : part_->end_place[node];
    waiting_[place / 64] |= std::uint64_t{1} << place % 64;
    first_ = std::min(first_, place / 64);
}

/// Costs begin at the seeds; each waits for its neighbours to hear of it.
template <DrawSearch::Way way>
void DrawSearch::seed()
{
    for (std::size_t l = 0; l < travellers_.size(); ++l) {
        for (const Seed& seed : way == forward ? travellers_[l].start : travellers_[l].end) {
            touch(seed.node);
            Label& label = label_[seed.node];
            Weight& reach = (way == forward ? label.ahead : label.behind).of[l];
            if (seed.weight < reach) {
                reach = seed.weight;
                wait<way>(seed.node);
            }
        }
    }
}

template <DrawSearch::Way way>
[[gnu::always_inline]] inline void DrawSearch::expand(std::uint32_t node)
{
    Label& label = label_[node];
    if constexpr (way == forward) {
        const Lanes sum = sum_within(label.ahead, cost(node), half_);
        for (std::uint32_t i = part_->first_out[node]; i < part_->first_out[node + 1]; ++i) {
            const std::uint32_t next = part_->head[i];
            touch(next);
            if (lower(label_[next].ahead, sum, part_->turn[i], half_)) {
                wait<way>(next);
            }
        }
    } else {
        lower(label.behind, sum_within(label.after, cost(node), half_), 0, half_);
        Lanes sum;
        for (std::size_t l = 0; l < lanes; ++l) {
            sum.of[l] = label.behind.of[l] <= half_.of[l] ? label.behind.of[l] : unreachable;
        }
        for (std::uint32_t i = part_->first_in[node]; i < part_->first_in[node + 1]; ++i) {
            const std::uint32_t arc = part_->in_arc[i];
            const std::uint32_t before = part_->tail[arc];
            touch(before);
            if (lower(label_[before].after, sum, part_->turn[arc], half_)) {
                wait<way>(before);
            }
        }
    }
}

template <DrawSearch::Way way>
struct DrawSearch::Sweep {
    [[gnu::always_inline]] static double run(DrawSearch* search)
    {
        const auto words = static_cast<std::uint32_t>(search->waiting_.size());
        for (std::uint32_t word = search->first_; word < words;) {
            std::uint64_t& waiting = search->waiting_[word];
            if (waiting == 0) {
                ++word;
                continue;
            }
            const auto place = 64 * word + static_cast<std::uint32_t>(std::countr_zero(waiting));
            waiting &= waiting - 1;
            search->first_ = word;
            search->expand<way>(way == forward ? place : search->part_->by_end[place]);
            word = search->first_; // back where something became cheaper
        }
        return 0;
    }
};

template <DrawSearch::Way way>
void DrawSearch::grow()
{
    first_ = static_cast<std::uint32_t>(waiting_.size());
    seed<way>();
    wide::run_widest<Sweep<way>>(this);
}

/// The node through which the cheapest way of each traveller runs; of several the lowest.
void DrawSearch::meet()
{
    for (const std::uint32_t node : seen_) {
        const Lanes& ahead = label_[node].ahead;
        const Lanes& behind = label_[node].behind;
        for (std::size_t l = 0; l < travellers_.size(); ++l) {
            const Weight sum = ahead.of[l] + behind.of[l];
            Meeting& meeting = meeting_[l];
            if (sum < beyond_.of[l] &&
                (sum < meeting.weight || (sum == meeting.weight && node < meeting.node))) {
                meeting = {node, sum};
            }
        }
    }
}

/// The arc towards the nearer end that explains the cost, from the lowest node; no_index at the end.
template <DrawSearch::Way way>
std::uint32_t DrawSearch::next_arc(std::uint32_t node, std::size_t lane)
{
    const auto reach_of = [&](std::uint32_t at) {
        return (way == forward ? label_[at].ahead : label_[at].behind).of[lane];
    };
    const Weight reach = reach_of(node);
    for (const Seed& seed : way == forward ? travellers_[lane].start : travellers_[lane].end) {
        if (seed.node == node && seed.weight == reach) {
            return no_index;
        }
    }
    const std::vector<std::uint32_t>& first = way == forward ? part_->first_in : part_->first_out;
    std::uint32_t best = no_index;
    std::uint32_t lowest = no_index;
    for (std::uint32_t i = first[node]; i < first[node + 1]; ++i) {
        const std::uint32_t arc = way == forward ? part_->in_arc[i] : i;
        const std::uint32_t next = way == forward ? part_->tail[arc] : part_->head[arc];
        if (touched_[next] != run_ || reach_of(next) > half_.of[lane] || next > lowest) {
            continue;
        }
        if (reach_of(next) + part_->turn[arc] + cost(way == forward ? next : node).of[lane] == reach) {
            best = arc;
            lowest = next;
        }
    }
    return best;
}

PartWay DrawSearch::trace(std::size_t lane)
{
    PartWay way;
    std::uint32_t node = meeting_[lane].node;
    if (node == no_index) {
        return way;
    }
    way.nodes.push_back(node);
    for (std::uint32_t arc = next_arc<forward>(node, lane); arc != no_index;
         arc = next_arc<forward>(node, lane)) {
        node = part_->tail[arc];
        way.nodes.push_back(node);
    }
    std::reverse(way.nodes.begin(), way.nodes.end());
    node = way.nodes.back();
    for (std::uint32_t arc = next_arc<backward>(node, lane); arc != no_index;
         arc = next_arc<backward>(node, lane)) {
        node = part_->head[arc];
        way.nodes.push_back(node);
    }
    way.fixed = meeting_[lane].weight - cost(way, lane); // seeds and turns are what sides do not cost
    return way;
}

void DrawSearch::run(const LegPart& part, const CostNoise& noise, std::span<const Traveller> travellers,
                     std::span<PartWay> ways)
{
    part_ = &part;
    noise_ = &noise;
    travellers_ = travellers;
    begin();
    bound();
    grow<forward>();
    grow<backward>();
    meet();
    for (std::size_t l = 0; l < travellers.size(); ++l) {
        ways[l] = trace(l);
    }
}

} // namespace vigil
