#include "kernels/route/build/bans.h"

#include <algorithm>
#include <utility>

namespace vigil::route_build {

namespace {

class Resolver {
  public:
    Resolver(const Lines& lines, const Chains& chains, const Nodes& nodes, const Edges& edges,
             const Leaving& leaving)
        : lines_(lines), chains_(chains), nodes_(nodes), edges_(edges), leaving_(leaving)
    {
    }

    /// The rules of a ban; none when its ways do not meet as it says.
    [[nodiscard]] std::vector<TurnRule> rules_of(const TurnBan& ban) const
    {
        if (!is_line(ban.from_way) || !is_line(ban.to_way)) {
            return {};
        }
        if (ban.via_ways.empty()) {
            return at_vertex(ban);
        }
        if (!std::all_of(ban.via_ways.begin(), ban.via_ways.end(),
                         [this](std::size_t way) { return is_line(way); })) {
            return {};
        }
        std::vector<TurnRule> found;
        for (const bool forward : {true, false}) {
            for (TurnRule& rule : over_ways(ban, forward)) {
                found.push_back(std::move(rule));
            }
        }
        return found.size() == 1 ? found : std::vector<TurnRule>();
    }

  private:
    [[nodiscard]] bool is_line(std::size_t way) const
    {
        return way < lines_.lines.size() && !lines_.lines[way].empty();
    }
    [[nodiscard]] std::uint32_t node_at(std::uint32_t point) const
    {
        return point == no_index || lines_.state[point].split ? no_index : nodes_.of_point[point];
    }
    [[nodiscard]] bool is_open(EdgeSide side) const
    {
        return open_to(lines_.kinds, edges_.edge, side) != vehicle::none;
    }
    /// The step a side begins with; no_index on barriers and transfers.
    [[nodiscard]] Step first_step(EdgeSide side) const
    {
        const std::span<const Step> steps = chains_.steps_of(edges_.steps[edge_of(side)]);
        if (steps.empty()) {
            return no_index;
        }
        return is_backward(side) ? opposite(steps.back()) : steps.front();
    }
    [[nodiscard]] bool begins_on(EdgeSide side, std::size_t way) const
    {
        const Step step = first_step(side);
        return step != no_index && chains_.runs[run_of(step)].line == way;
    }
    [[nodiscard]] std::vector<EdgeSide> departures(std::uint32_t node, std::size_t way) const
    {
        std::vector<EdgeSide> found;
        for (const EdgeSide side : leaving_.of(node)) {
            if (begins_on(side, way) && is_open(side)) {
                found.push_back(side);
            }
        }
        return found;
    }
    [[nodiscard]] std::vector<EdgeSide> arrivals(std::uint32_t node, std::size_t way) const
    {
        std::vector<EdgeSide> found;
        for (const EdgeSide side : leaving_.of(node)) {
            if (begins_on(side, way) && is_open(reversed(side))) {
                found.push_back(reversed(side));
            }
        }
        return found;
    }

    [[nodiscard]] std::vector<TurnRule> at_vertex(const TurnBan& ban) const
    {
        const Layer layer = layer_of(lines_.kinds[lines_.lines[ban.from_way].kind].mode);
        const std::uint32_t node = node_at(lines_.point_of(ban.via_vertex, layer));
        if (node == no_index) {
            return {};
        }
        const std::vector<EdgeSide> from = arrivals(node, ban.from_way);
        const std::vector<EdgeSide> to = departures(node, ban.to_way);
        std::vector<TurnRule> rules;
        if (ban.from_way == ban.to_way) {
            for (const EdgeSide arrival : from) {
                for (const EdgeSide departure : to) {
                    // "only" along a way that passes is straight on; all else is turning round
                    const bool turns = departure == reversed(arrival);
                    if (turns != (ban.only && from.size() > 1)) {
                        rules.push_back({{arrival}, departure, ban.only, ban.banned});
                    }
                }
            }
        } else if (from.size() == 1 && to.size() == 1) {
            rules.push_back({from, to.front(), ban.only, ban.banned});
        }
        return rules;
    }

    /// Adds the sides along a whole way; false when it cannot be travelled so.
    [[nodiscard]] bool travel(std::size_t way, bool forward, std::vector<EdgeSide>& path) const
    {
        const Line& line = lines_.lines[way];
        const std::uint32_t n = line.end - line.begin;
        const auto point = [&](std::uint32_t i) {
            return lines_.along[forward ? line.begin + i : line.end - 1 - i];
        };
        std::uint32_t node = node_at(point(0));
        for (std::uint32_t i = 0; i + 1 < n;) {
            if (node == no_index) {
                return false;
            }
            const std::vector<EdgeSide> sides = departures(node, way);
            const auto side = std::find_if(sides.begin(), sides.end(), [&](EdgeSide s) {
                return after_begin_of(lines_, chains_, first_step(s)) == point(i + 1);
            });
            if (side == sides.end()) {
                return false;
            }
            path.push_back(*side);
            for (const Step step : chains_.steps_of(edges_.steps[edge_of(*side)])) {
                i += chains_.runs[run_of(step)].last - chains_.runs[run_of(step)].first;
            }
            node = node_at(i < n ? point(i) : no_index);
        }
        return node != no_index;
    }

    /// The rule of a ban whose first via way is travelled in a given direction; none when that does not fit.
    [[nodiscard]] std::vector<TurnRule> over_ways(const TurnBan& ban, bool forward) const
    {
        const auto end_of = [this](std::size_t way, bool last) {
            const Line& line = lines_.lines[way];
            return last ? lines_.last_point(line) : lines_.first_point(line);
        };
        const std::uint32_t enter = node_at(end_of(ban.via_ways.front(), !forward));
        if (enter == no_index) {
            return {};
        }
        std::vector<EdgeSide> path = arrivals(enter, ban.from_way);
        if (path.size() != 1) {
            return {};
        }
        std::uint32_t leave = end_of(ban.via_ways.front(), !forward);
        for (const std::size_t way : ban.via_ways) {
            const bool along = end_of(way, false) == leave;
            if ((!along && end_of(way, true) != leave) || end_of(way, false) == end_of(way, true) ||
                !travel(way, along, path)) {
                return {};
            }
            leave = end_of(way, along);
        }
        const std::vector<EdgeSide> to = departures(node_at(leave), ban.to_way);
        if (to.size() != 1) {
            return {};
        }
        return {{std::move(path), to.front(), ban.only, ban.banned}};
    }

    const Lines& lines_;
    const Chains& chains_;
    const Nodes& nodes_;
    const Edges& edges_;
    const Leaving& leaving_;
};

} // namespace

Leaving sides_leaving(const std::vector<RouteEdge>& edges, std::size_t nodes)
{
    Leaving leaving;
    leaving.first.assign(nodes + 1, 0);
    for (const RouteEdge& edge : edges) {
        ++leaving.first[edge.from + 1];
        ++leaving.first[edge.to + 1];
    }
    for (std::size_t v = 0; v < nodes; ++v) {
        leaving.first[v + 1] += leaving.first[v];
    }
    std::vector<std::uint32_t> next(leaving.first.begin(), leaving.first.end() - 1);
    leaving.side.resize(2 * edges.size());
    for (EdgeSide side = 0; side < leaving.side.size(); ++side) {
        leaving.side[next[head_of(edges, reversed(side))]++] = side;
    }
    return leaving;
}

void mark_ban_nodes(Lines& lines, const std::vector<TurnBan>& bans)
{
    const auto mark = [&lines](std::uint32_t point) {
        if (point != no_index) {
            lines.state[point].node = true;
        }
    };
    for (const TurnBan& ban : bans) {
        if (ban.from_way < lines.lines.size()) {
            mark(lines.point_of(ban.via_vertex, layer_of(lines.kinds[lines.lines[ban.from_way].kind].mode)));
        }
        for (const std::size_t way : ban.via_ways) {
            if (way < lines.lines.size() && !lines.lines[way].empty()) {
                mark(lines.first_point(lines.lines[way]));
                mark(lines.last_point(lines.lines[way]));
            }
        }
    }
}

std::vector<TurnRule> turn_rules(const std::vector<TurnBan>& bans, const Lines& lines, const Chains& chains,
                                 const Nodes& nodes, const Edges& edges, const Leaving& leaving,
                                 RouteReport& report)
{
    const Resolver resolver(lines, chains, nodes, edges, leaving);
    std::vector<TurnRule> rules;
    for (const TurnBan& ban : bans) {
        std::vector<TurnRule> found = resolver.rules_of(ban);
        ++(found.empty() ? report.bans_ignored : report.bans);
        rules.insert(rules.end(), std::make_move_iterator(found.begin()),
                     std::make_move_iterator(found.end()));
    }
    std::sort(rules.begin(), rules.end());
    rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
    return rules;
}

} // namespace vigil::route_build
