#include "kernels/route/build/arcs.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace vigil::route_build {

namespace {

std::uint64_t child_key(std::uint32_t state, EdgeSide side)
{
    return (std::uint64_t{state} << 32U) | side;
}

} // namespace

TurnMemory::TurnMemory(const std::vector<TurnRule>& rules, const Edges& edges, const Leaving& leaving,
                       std::uint32_t place_nodes)
    : edges_(edges), place_nodes_(place_nodes), begins_(2 * edges.edge.size(), 0), parent_(1), last_(1),
      at_(1), depth_(1), shorter_(1), closings_(1)
{
    for (const TurnRule& rule : rules) {
        add_path(rule, leaving);
    }
    link_shorter_ends();
    number_copies();
}

TurnMemory::State TurnMemory::child(State state, EdgeSide side) const
{
    if (state == 0 && begins_[side] == 0) {
        return 0;
    }
    const auto found = children_.find(child_key(state, side));
    return found == children_.end() ? 0 : found->second;
}

TurnMemory::State TurnMemory::go(State state, EdgeSide side) const
{
    for (;; state = shorter_[state]) {
        const State next = child(state, side);
        if (next != 0 || state == 0) {
            return next;
        }
    }
}

void TurnMemory::add_path(const TurnRule& rule, const Leaving& leaving)
{
    begins_[rule.path.front()] = 1;
    State state = 0;
    for (const EdgeSide side : rule.path) {
        const auto [found, is_new] =
            children_.emplace(child_key(state, side), static_cast<State>(parent_.size()));
        if (is_new) {
            parent_.push_back(state);
            last_.push_back(side);
            at_.push_back(head_of(edges_.edge, side));
            depth_.push_back(depth_[state] + 1);
            shorter_.push_back(0);
            closings_.emplace_back();
        }
        state = found->second;
    }
    for (const EdgeSide side : leaving.of(at_[state])) {
        if ((side == rule.to) != rule.only) {
            closings_[state].push_back({side, rule.banned});
        }
    }
}

void TurnMemory::link_shorter_ends()
{
    std::vector<State> order(parent_.size());
    std::iota(order.begin(), order.end(), State{0});
    std::stable_sort(order.begin(), order.end(), [this](State a, State b) { return depth_[a] < depth_[b]; });
    for (const State state : order) {
        if (depth_[state] > 1) { // shorter ones are done
            shorter_[state] = go(shorter_[parent_[state]], last_[state]);
            const std::vector<Closing>& more = closings_[shorter_[state]];
            closings_[state].insert(closings_[state].end(), more.begin(), more.end());
        }
    }
}

void TurnMemory::number_copies()
{
    state_of_.resize(parent_.size() - 1);
    std::iota(state_of_.begin(), state_of_.end(), State{1});
    std::sort(state_of_.begin(), state_of_.end(),
              [this](State a, State b) { return std::tie(at_[a], a) < std::tie(at_[b], b); });
    copy_of_.resize(parent_.size());
    for (std::uint32_t copy = 0; copy < state_of_.size(); ++copy) {
        copy_of_[state_of_[copy]] = copy;
    }
}

Vehicles TurnMemory::closed(std::uint32_t copy, EdgeSide side) const
{
    Vehicles banned = vehicle::none;
    for (const Closing& closing : closings_[state_of_[copy]]) {
        banned |= closing.side == side ? closing.banned : vehicle::none;
    }
    return banned;
}

} // namespace vigil::route_build
