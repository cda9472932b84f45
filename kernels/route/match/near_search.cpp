#include "kernels/route/match/near_search.h"

#include <algorithm>

namespace vigil {

NearSearch::NearSearch(const TurnGraph& turns, const StateEnds& ends, std::span<const Weight> weights)
    : turns_(&turns), ends_(&ends), graph_(turns.graph()), weights_(weights), label_(graph_.nodes())
{
}

void NearSearch::aim_at(std::span<const MatchState> targets)
{
    if (aim_stamp_ == no_index) { // after 2^32 sightings
        std::fill(label_.begin(), label_.end(), Label{});
        stamp_ = aim_stamp_ = 0;
    }
    ++aim_stamp_;
    targets_.assign(targets.begin(), targets.end());
    aims_.clear();
    for (std::uint32_t j = 0; j < targets.size(); ++j) {
        ends_->arriving(targets[j], seeds_);
        for (const Seed& seed : seeds_) {
            Label& label = label_[seed.node];
            const std::uint32_t next = label.aim_stamp == aim_stamp_ ? label.first_aim : no_index;
            label.aim_stamp = aim_stamp_;
            label.first_aim = static_cast<std::uint32_t>(aims_.size());
            aims_.push_back({j, seed.weight, next});
        }
    }
}

inline void NearSearch::reach(std::uint32_t node, Weight distance, std::uint32_t before)
{
    Label& label = label_[node];
    if (label.stamp == stamp_ &&
        (distance > label.distance || (distance == label.distance && before >= label.before))) {
        return;
    }
    const bool nearer = label.stamp != stamp_ || distance < label.distance;
    label.stamp = stamp_;
    label.distance = distance;
    label.before = before;
    if (nearer) {
        queue_.push(distance, node);
    }
}

inline void NearSearch::settle(std::uint32_t node, Weight distance)
{
    const Label& label = label_[node];
    if (label.aim_stamp != aim_stamp_) {
        return;
    }
    for (std::uint32_t k = label.first_aim; k != no_index; k = aims_[k].next) {
        const Weight weight = distance + aims_[k].part;
        Found& found = found_[aims_[k].target];
        if (weight < found.weight) {
            found = {weight, node};
            best_ = std::min(best_, weight);
        }
    }
}

void NearSearch::run(const MatchState& from, Weight margin, Weight bound, std::span<Weight> row)
{
    if (stamp_ == no_index) {
        std::fill(label_.begin(), label_.end(), Label{});
        stamp_ = 0;
        aim_at(std::vector<MatchState>(targets_));
    }
    ++stamp_;
    from_ = from;
    queue_.clear();
    best_ = unreachable;
    found_.assign(targets_.size(), {});
    for (std::size_t j = 0; j < targets_.size(); ++j) {
        found_[j].weight = ends_->direct(from, targets_[j]);
        best_ = std::min(best_, found_[j].weight);
    }
    ends_->leaving(from, seeds_);
    for (const Seed& seed : seeds_) {
        reach(seed.node, seed.weight, no_index);
    }
    while (!queue_.empty()) {
        const auto [distance, node] = queue_.pop();
        if (distance > std::min(bound, add(best_, margin))) {
            break;
        }
        if (distance != label_[node].distance) {
            continue; // an old entry
        }
        settle(node, distance);
        const Weight most = std::min({bound, add(best_, margin), unreachable - 1}); // never rises again
        for (std::uint32_t arc = graph_.first_out[node]; arc < graph_.first_out[node + 1]; ++arc) {
            const Weight next = add(distance, weights_[arc]);
            if (next <= most) {
                reach(graph_.head[arc], next, node);
            }
        }
    }
    for (std::size_t j = 0; j < row.size(); ++j) {
        row[j] = found_[j].weight;
    }
}

LegWaySides NearSearch::way_to(std::size_t target) const
{
    LegWaySides way;
    way.weight = found_[target].weight;
    if (way.weight >= unreachable) {
        return way;
    }
    for (std::uint32_t node = found_[target].node; node != no_index; node = label_[node].before) {
        way.sides.push_back(turns_->network().arc_side[node]);
    }
    way.sides.push_back(from_.side);
    std::reverse(way.sides.begin(), way.sides.end());
    return way;
}

} // namespace vigil
