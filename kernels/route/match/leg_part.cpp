#include "kernels/route/match/leg_part.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace vigil {

namespace {

/// Arcs by their heads.
void add_incoming(LegPart& part)
{
    part.first_in.assign(std::size_t{part.nodes()} + 1, 0);
    for (const std::uint32_t h : part.head) {
        ++part.first_in[h + 1];
    }
    std::partial_sum(part.first_in.begin(), part.first_in.end(), part.first_in.begin());
    std::vector<std::uint32_t> next(part.first_in.begin(), part.first_in.end() - 1);
    part.in_arc.resize(part.head.size());
    for (std::uint32_t i = 0; i < part.head.size(); ++i) {
        part.in_arc[next[part.head[i]]++] = i;
    }
}

/// Which nodes of the list are kept, nearest to the end first.
void add_order(LegPart& part, std::span<const NodeBetween> nodes)
{
    std::vector<std::uint32_t> kept;
    for (std::uint32_t i = 0; i < nodes.size(); ++i) {
        if (part.place[i] != no_index) {
            kept.push_back(i);
        }
    }
    part.by_end.resize(kept.size());
    std::iota(part.by_end.begin(), part.by_end.end(), 0U);
    std::sort(part.by_end.begin(), part.by_end.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::pair(nodes[kept[a]].to_end, a) < std::pair(nodes[kept[b]].to_end, b);
    });
    part.end_place.resize(kept.size());
    for (std::uint32_t i = 0; i < kept.size(); ++i) {
        part.end_place[part.by_end[i]] = i;
    }
}

/// All that lies within the limit.
LegPart whole_part(const TurnGraph& turns, const Costs& costs, std::span<const Weight> weights,
                   const LegSearch& search, std::span<const NodeBetween> nodes, Weight limit)
{
    const GraphView graph = turns.graph();
    const RouteNetwork& network = turns.network();
    LegPart part;
    part.first_out.push_back(0);
    for (std::uint32_t a = 0; a < nodes.size(); ++a) {
        const std::uint32_t node = nodes[a].node;
        const Weight mean = costs.of_arc[node];
        part.node.push_back(node);
        part.side.push_back(network.arc_side[node]);
        part.mean.push_back(mean);
        for (std::uint32_t i = graph.first_out[node]; i < graph.first_out[node + 1]; ++i) {
            const std::uint32_t b = weights[i] < unreachable ? search.place_of(graph.head[i]) : no_index;
            if (b != no_index && add(add(nodes[a].from_start, weights[i]), nodes[b].to_end) <= limit) {
                part.head.push_back(b);
                part.turn.push_back(weights[i] - mean);
                part.tail.push_back(a);
            }
        }
        part.first_out.push_back(static_cast<std::uint32_t>(part.head.size()));
    }
    return part;
}

/// Takes nodes and arcs away from a part.
class Pruning {
  public:
    Pruning(const RouteNetwork& network, LegPart& part, std::span<const std::uint8_t> starts,
            std::span<const std::uint8_t> ends)
        : network_(network), part_(part), starts_(starts), ends_(ends), kept_(part.head.size(), 1)
    {
        for (std::uint32_t a = 0; a < part.nodes(); ++a) {
            outs_.push_back(part.first_out[a + 1] - part.first_out[a]);
            ins_.push_back(part.first_in[a + 1] - part.first_in[a]);
        }
    }

    void run()
    {
        for (std::uint32_t a = 0; a < part_.nodes(); ++a) {
            for (std::uint32_t i = part_.first_out[a]; i < part_.first_out[a + 1]; ++i) {
                if (kept_[i] != 0 && in_vain(a, i)) {
                    drop(i);
                }
            }
        }
        for (std::uint32_t a = 0; a < part_.nodes(); ++a) {
            look_at(a);
        }
        drop_loose();
        compact();
    }

  private:
    /// Whether turning round after a gains nothing: whoever came could have turned at once into all that is
    /// open to whoever comes back.
    [[nodiscard]] bool in_vain(std::uint32_t a, std::uint32_t round) const
    {
        const std::uint32_t back = part_.head[round];
        if (part_.side[back] != reversed(part_.side[a]) || starts_[a] != 0 || ends_[back] != 0) {
            return false;
        }
        const std::uint32_t node = network_.head[part_.node[back]];
        for (std::uint32_t i = part_.first_in[a]; i < part_.first_in[a + 1]; ++i) {
            const std::uint32_t before = part_.tail[part_.in_arc[i]];
            if (network_.head[part_.node[before]] != node || dearest_turn(before) > part_.turn[round]) {
                return false;
            }
        }
        return true;
    }
    [[nodiscard]] Weight dearest_turn(std::uint32_t a) const
    {
        Weight dearest = 0;
        for (std::uint32_t i = part_.first_out[a]; i < part_.first_out[a + 1]; ++i) {
            dearest = std::max(dearest, part_.turn[i]);
        }
        return dearest;
    }
    void drop(std::uint32_t arc)
    {
        if (kept_[arc] != 0) {
            kept_[arc] = 0;
            --outs_[part_.tail[arc]];
            --ins_[part_.head[arc]];
        }
    }
    void look_at(std::uint32_t a)
    {
        if ((ins_[a] == 0 && starts_[a] == 0) || (outs_[a] == 0 && ends_[a] == 0)) {
            loose_.push_back(a);
        }
    }
    void drop_loose()
    {
        gone_.assign(part_.nodes(), 0);
        while (!loose_.empty()) {
            const std::uint32_t a = loose_.back();
            loose_.pop_back();
            if (gone_[a] != 0) {
                continue;
            }
            gone_[a] = 1;
            for (std::uint32_t i = part_.first_out[a]; i < part_.first_out[a + 1]; ++i) {
                drop(i);
                look_at(part_.head[i]);
            }
            for (std::uint32_t i = part_.first_in[a]; i < part_.first_in[a + 1]; ++i) {
                drop(part_.in_arc[i]);
                look_at(part_.tail[part_.in_arc[i]]);
            }
        }
    }
    void compact()
    {
        std::uint32_t nodes = 0;
        part_.place.assign(part_.nodes(), no_index);
        for (std::uint32_t a = 0; a < part_.nodes(); ++a) {
            if (gone_[a] == 0) {
                part_.node[nodes] = part_.node[a];
                part_.side[nodes] = part_.side[a];
                part_.mean[nodes] = part_.mean[a];
                part_.place[a] = nodes++;
            }
        }
        std::uint32_t arcs = 0;
        std::vector<std::uint32_t> first_out(std::size_t{nodes} + 1, 0);
        for (std::uint32_t i = 0; i < part_.head.size(); ++i) {
            if (kept_[i] != 0) {
                part_.tail[arcs] = part_.place[part_.tail[i]];
                part_.head[arcs] = part_.place[part_.head[i]];
                part_.turn[arcs] = part_.turn[i];
                first_out[part_.tail[arcs] + 1] = arcs + 1;
                ++arcs;
            }
        }
        for (std::uint32_t a = 1; a <= nodes; ++a) { // nodes without arcs
            first_out[a] = std::max(first_out[a], first_out[a - 1]);
        }
        part_.first_out = std::move(first_out);
        part_.node.resize(nodes);
        part_.side.resize(nodes);
        part_.mean.resize(nodes);
        part_.tail.resize(arcs);
        part_.head.resize(arcs);
        part_.turn.resize(arcs);
    }

    const RouteNetwork& network_;
    LegPart& part_;
    std::span<const std::uint8_t> starts_, ends_;
    std::vector<std::uint8_t> kept_, gone_;
    std::vector<std::uint32_t> outs_, ins_, loose_;
};

std::vector<std::uint8_t> flags_of(std::span<const Seed> seeds, const LegSearch& search, std::size_t nodes)
{
    std::vector<std::uint8_t> flag(nodes, 0);
    for (const Seed& seed : seeds) {
        const std::uint32_t at = search.place_of(seed.node);
        if (at != no_index) {
            flag[at] = 1;
        }
    }
    return flag;
}

} // namespace

LegPart leg_part(const TurnGraph& turns, const Costs& costs, std::span<const Weight> weights,
                 const LegSearch& search, std::span<const NodeBetween> nodes, std::span<const Seed> start,
                 std::span<const Seed> end, Weight limit)
{
    LegPart part = whole_part(turns, costs, weights, search, nodes, limit);
    add_incoming(part);
    Pruning(turns.network(), part, flags_of(start, search, nodes.size()), flags_of(end, search, nodes.size()))
        .run();
    add_incoming(part);
    add_order(part, nodes);
    return part;
}

} // namespace vigil
