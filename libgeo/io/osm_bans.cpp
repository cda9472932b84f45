#include "libgeo/io/osm_bans.h"

#include <algorithm>
#include <optional>

namespace vigil::io {

namespace {

/// One from, one to.
struct Turn {
    std::size_t from = 0;
    std::size_t to = 0;
};

class BanMaker {
  public:
    BanMaker(const Ways& ways, const std::function<std::uint32_t(std::int64_t)>& vertex)
        : ways_(ways), vertex_(vertex)
    {
    }

    /// The bans of a restriction; empty when its members are missing or do not meet as they should.
    [[nodiscard]] std::vector<TurnBan> make(const OsmRestriction& restriction) const
    {
        std::vector<TurnBan> found;
        for (const std::int64_t from : restriction.from) {
            for (const std::int64_t to : restriction.to) {
                std::optional<TurnBan> turn;
                if (restriction.via_ways.empty() && restriction.via_nodes.size() == 1) {
                    turn = over_node(from, to, restriction.via_nodes.front());
                } else if (restriction.via_nodes.empty() && !restriction.via_ways.empty()) {
                    turn = over_ways(from, to, restriction.via_ways);
                }
                if (turn) {
                    found.push_back(std::move(*turn));
                }
            }
        }
        return found;
    }

  private:
    [[nodiscard]] std::span<const std::uint32_t> along(std::size_t way) const
    {
        const Way& w = ways_.ways[way];
        return std::span(ways_.along).subspan(w.vertex_begin, w.vertex_end - w.vertex_begin);
    }

    /// The parts of an OpenStreetMap way for the road, in their order.
    [[nodiscard]] std::vector<std::size_t> parts_of(std::int64_t source) const
    {
        std::vector<std::size_t> parts;
        auto w = std::lower_bound(ways_.ways.begin(), ways_.ways.end(), source,
                                  [](const Way& way, std::int64_t id) { return way.source < id; });
        for (; w != ways_.ways.end() && w->source == source; ++w) {
            if (ways_.kinds[w->kind].mode != Mode::rail) {
                parts.push_back(static_cast<std::size_t>(w - ways_.ways.begin()));
            }
        }
        return parts;
    }

    [[nodiscard]] bool ends_at(std::size_t way, std::uint32_t vertex) const
    {
        return along(way).front() == vertex || along(way).back() == vertex;
    }

    /// Whether one and only one stretch of the way can be meant at a vertex: it ends there, or goes on one
    /// way.
    [[nodiscard]] bool clear_at(std::size_t way, std::uint32_t vertex) const
    {
        if (ends_at(way, vertex)) {
            return true;
        }
        const std::span<const std::uint32_t> line = along(way);
        const WayKind& kind = ways_.kinds[ways_.ways[way].kind];
        const bool one_way = (kind.forward & vehicle::motor) == 0 || (kind.backward & vehicle::motor) == 0;
        return one_way && std::count(line.begin(), line.end(), vertex) == 1;
    }

    /// The part of a way that meets a vertex in a clear manner.
    [[nodiscard]] std::optional<std::size_t> part_at(std::int64_t source, std::uint32_t vertex) const
    {
        for (const std::size_t part : parts_of(source)) {
            if (clear_at(part, vertex)) {
                return part;
            }
        }
        return {};
    }

    [[nodiscard]] std::optional<TurnBan> over_node(std::int64_t from, std::int64_t to,
                                                   std::int64_t node) const
    {
        const std::uint32_t via = vertex_(node);
        if (via == no_index) {
            return {};
        }
        const std::optional<std::size_t> from_part = part_at(from, via);
        const std::optional<std::size_t> to_part = part_at(to, via);
        if (!from_part || !to_part) {
            return {};
        }
        TurnBan ban;
        ban.from_way = *from_part;
        ban.to_way = *to_part;
        ban.via_vertex = via;
        return ban;
    }

    /// A way between the others has to be whole: what is cut away might be what joins them.
    [[nodiscard]] std::optional<std::size_t> whole(std::int64_t source) const
    {
        const std::vector<std::size_t> parts = parts_of(source);
        return parts.size() == 1 ? std::optional(parts.front()) : std::nullopt;
    }

    /// Whether a chain leads over the ways from one end of each to the other, from `at`; moves `at` along.
    [[nodiscard]] bool leads_over(std::span<const std::size_t> chain, std::uint32_t& at) const
    {
        for (const std::size_t way : chain) {
            if (!ends_at(way, at)) {
                return false;
            }
            at = along(way).front() == at ? along(way).back() : along(way).front();
        }
        return true;
    }

    [[nodiscard]] std::optional<TurnBan> over_chain(std::int64_t from, std::int64_t to,
                                                    const std::vector<std::size_t>& chain) const
    {
        for (const std::uint32_t start : {along(chain.front()).front(), along(chain.front()).back()}) {
            std::uint32_t at = start;
            const std::optional<std::size_t> from_part = part_at(from, start);
            if (!from_part || !leads_over(chain, at)) {
                continue;
            }
            if (const std::optional<std::size_t> to_part = part_at(to, at)) {
                TurnBan ban;
                ban.from_way = *from_part;
                ban.to_way = *to_part;
                ban.via_ways = chain;
                return ban;
            }
        }
        return {};
    }

    /// Members of a relation have an order, but not all who draw them keep it.
    [[nodiscard]] std::optional<TurnBan> over_ways(std::int64_t from, std::int64_t to,
                                                   const std::vector<std::int64_t>& via) const
    {
        std::vector<std::size_t> chain;
        for (const std::int64_t source : via) {
            const std::optional<std::size_t> way = whole(source);
            if (!way) {
                return {};
            }
            chain.push_back(*way);
        }
        std::optional<TurnBan> ban = over_chain(from, to, chain);
        if (!ban) {
            std::reverse(chain.begin(), chain.end());
            ban = over_chain(from, to, chain);
        }
        return ban;
    }

    const Ways& ways_;
    const std::function<std::uint32_t(std::int64_t)>& vertex_;
};

} // namespace

std::vector<TurnBan> osm_bans(std::vector<OsmRestriction> restrictions, const Ways& ways,
                              const std::function<std::uint32_t(std::int64_t)>& vertex, OsmReport& report)
{
    std::stable_sort(restrictions.begin(), restrictions.end(),
                     [](const OsmRestriction& a, const OsmRestriction& b) { return a.id < b.id; });
    restrictions.erase(
        std::unique(restrictions.begin(), restrictions.end(),
                    [](const OsmRestriction& a, const OsmRestriction& b) { return a.id == b.id; }),
        restrictions.end());
    const BanMaker maker(ways, vertex);
    std::vector<TurnBan> bans;
    for (const OsmRestriction& restriction : restrictions) {
        std::vector<TurnBan> turns;
        if (!restriction.bans.empty()) {
            turns = maker.make(restriction);
        }
        ++(turns.empty() ? report.restrictions_ignored : report.restrictions);
        for (const OsmBan& rule : restriction.bans) {
            for (TurnBan ban : turns) {
                ban.only = rule.only;
                ban.banned = rule.banned;
                bans.push_back(std::move(ban));
            }
        }
    }
    return bans;
}

} // namespace vigil::io
