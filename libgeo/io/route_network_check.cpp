#include "libgeo/io/route_network_check.h"

#include "libgeo/parallel.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <memory>
#include <vector>

namespace vigil::io {

namespace {

// Beyond what any way on Earth has, and small enough to be turned into whole numbers of any kind in use.
constexpr double most_length_m = 1e9;
constexpr float most_minutes = 1e9F;
constexpr float most_kmh = 1e6F;

bool is_on_earth(FixedLonLat p)
{
    return p.lon >= -1'800'000'000 && p.lon <= 1'800'000'000 && p.lat >= -900'000'000 && p.lat <= 900'000'000;
}

/// Whether a list of n + 1 range ends begins at 0 and closes at `end`; that it never falls is seen to range
/// by range.
bool spans(const SharedArray<std::uint32_t>& ends, std::size_t n, std::size_t end)
{
    return ends.size() == n + 1 && ends.front() == 0 && ends.back() == end;
}

/// Sizes that must agree before anything can be looked up.
bool sizes_agree(const RouteNetwork& net)
{
    const std::size_t nodes = net.node.size();
    const std::size_t arcs = net.head.size();
    const std::size_t edges = net.edge.empty() ? 0 : net.edge.size() - 1;
    const bool indexable = nodes < no_index && arcs < no_index && edges < no_index / 2 &&
                           net.shape.size() < no_index && net.piece.size() < no_index;
    return indexable && nodes > 0 && edges > 0 && arcs > 0 && net.node_of.size() == nodes &&
           net.component.size() == nodes && (net.rank.empty() || net.rank.size() == nodes) &&
           net.place_nodes > 0 && net.place_nodes <= nodes && net.components > 0 && net.components <= nodes &&
           net.arc_side.size() == arcs && net.arc_closed.size() == arcs && net.in_arc.size() == arcs &&
           spans(net.first_out, nodes, arcs) && spans(net.first_in, nodes, arcs) && !net.text_begin.empty() &&
           spans(net.text_begin, net.text_begin.size() - 1, net.text_chars.size());
}

/// Looks at part of an array: whether items [begin, end) are sound. May use the sizes of other arrays, and
/// what is in them only after it has looked at the index.
class Checks {
  public:
    explicit Checks(const RouteNetwork& network)
        : net_(network), edges_(network.edges()), texts_(network.text_begin.size() - 1)
    {
        if (!net_.rank.empty()) {
            has_rank_ = std::make_unique<std::atomic<std::uint8_t>[]>(net_.rank.size());
        }
    }

    bool nodes(std::size_t begin, std::size_t end) const
    {
        for (std::size_t v = begin; v < end; ++v) {
            const std::uint32_t real = net_.node_of[v];
            if (!is_on_earth(net_.node[v]) || real >= net_.place_nodes ||
                (v < net_.place_nodes ? real != v : net_.node[real] != net_.node[v])) {
                return false;
            }
        }
        return true;
    }

    bool components(std::size_t begin, std::size_t end) const
    {
        return std::all_of(net_.component.data() + begin, net_.component.data() + end,
                           [this](std::uint32_t c) { return c < net_.components; });
    }

    /// n ranks below n that leave none out are a permutation; `ranks_complete` sees whether one is left out.
    bool ranks(std::size_t begin, std::size_t end) const
    {
        for (std::size_t v = begin; v < end; ++v) {
            if (net_.rank[v] >= net_.rank.size()) {
                return false;
            }
            has_rank_[net_.rank[v]].store(1, std::memory_order_relaxed);
        }
        return true;
    }
    bool ranks_complete(std::size_t begin, std::size_t end) const
    {
        return std::all_of(has_rank_.get() + begin, has_rank_.get() + end,
                           [](const auto& has) { return has.load(std::memory_order_relaxed) != 0; });
    }

    bool arcs(std::size_t begin, std::size_t end) const
    {
        for (std::size_t v = begin; v < end; ++v) {
            const std::uint32_t first = net_.first_out[v];
            const std::uint32_t last = net_.first_out[v + 1];
            if (first > last || last > net_.head.size()) {
                return false;
            }
            const std::uint32_t tail = net_.node_of[v];
            for (std::uint32_t a = first; a < last; ++a) {
                if (!is_arc_from(tail, a)) {
                    return false;
                }
            }
        }
        return true;
    }

    /// Ascending numbers of arcs that do lead here, as many as there are arcs in all: so each once.
    bool incoming(std::size_t begin, std::size_t end) const
    {
        for (std::size_t v = begin; v < end; ++v) {
            const std::uint32_t first = net_.first_in[v];
            const std::uint32_t last = net_.first_in[v + 1];
            if (first > last || last > net_.in_arc.size()) {
                return false;
            }
            for (std::uint32_t i = first; i < last; ++i) {
                const std::uint32_t a = net_.in_arc[i];
                if (a >= net_.head.size() || net_.head[a] != v || (i > first && a <= net_.in_arc[i - 1])) {
                    return false;
                }
            }
        }
        return true;
    }

    bool edges(std::size_t begin, std::size_t end) const
    {
        for (std::size_t e = begin; e < end; ++e) {
            const RouteEdge& edge = net_.edge[e];
            const bool timed = edge.minutes >= 0 && edge.minutes <= most_minutes;
            const bool measured = edge.length_m >= 0 && edge.length_m <= most_length_m;
            if (edge.from >= net_.place_nodes || edge.to >= net_.place_nodes ||
                edge.kind >= net_.kind.size() || !measured || !(timed || std::isnan(edge.minutes)) ||
                !ranges_of(e)) {
                return false;
            }
        }
        return true;
    }

    bool shapes(std::size_t begin, std::size_t end) const
    {
        return std::all_of(net_.shape.data() + begin, net_.shape.data() + end, is_on_earth);
    }

    bool kinds(std::size_t begin, std::size_t end) const
    {
        return std::all_of(net_.kind.data() + begin, net_.kind.data() + end, [this](const EdgeKind& kind) {
            const auto is_speed = [](float kmh) {
                return kmh >= 0 && kmh <= most_kmh;
            };
            return static_cast<std::size_t>(kind.mode) < mode_count && (kind.forward & ~vehicle::all) == 0 &&
                   (kind.backward & ~vehicle::all) == 0 && kind.border <= 1 &&
                   is_speed(kind.speed_forward_kmh) && is_speed(kind.speed_backward_kmh) &&
                   kind.road_class < texts_ && kind.tags_begin <= kind.tags_end &&
                   kind.tags_end <= net_.tag.size();
        });
    }

    bool tags(std::size_t begin, std::size_t end) const
    {
        return std::all_of(net_.tag.data() + begin, net_.tag.data() + end,
                           [this](std::uint32_t tag) { return tag < texts_; });
    }

    bool texts(std::size_t begin, std::size_t end) const
    {
        for (std::size_t t = begin; t < end; ++t) {
            const std::uint32_t last = net_.text_begin[t + 1];
            if (net_.text_begin[t] > last || last > net_.text_chars.size() || (t == 0 && last != 0)) {
                return false;
            }
        }
        return true;
    }

  private:
    bool is_arc_from(std::uint32_t tail, std::uint32_t a) const
    {
        const EdgeSide side = net_.arc_side[a];
        const std::uint32_t head = net_.head[a];
        return edge_of(side) < edges_ && head < net_.node.size() && net_.tail_of_side(side) == tail &&
               net_.tail_of_side(reversed(side)) == net_.node_of[head] &&
               (net_.arc_closed[a] & ~vehicle::all) == 0;
    }

    /// Whether an edge has at least two vertices and one piece, and its pieces are in order.
    bool ranges_of(std::size_t e) const
    {
        const RouteEdge& edge = net_.edge[e];
        const RouteEdge& next = net_.edge[e + 1];
        if ((e == 0 && (edge.shape_begin != 0 || edge.piece_begin != 0)) ||
            (e + 1 == edges_ &&
             (next.shape_begin != net_.shape.size() || next.piece_begin != net_.piece.size())) ||
            next.shape_begin > net_.shape.size() || next.piece_begin > net_.piece.size() ||
            edge.shape_begin > next.shape_begin || next.shape_begin - edge.shape_begin < 2 ||
            edge.piece_begin >= next.piece_begin) {
            return false;
        }
        const std::uint32_t vertices = next.shape_begin - edge.shape_begin;
        EdgePiece before; // a first piece begins at 0
        for (std::uint32_t p = edge.piece_begin; p < next.piece_begin; ++p) {
            const EdgePiece& piece = net_.piece[p];
            const bool in_order = piece.begin_m >= before.begin_m &&
                                  piece.begin_m <= static_cast<float>(most_length_m) &&
                                  piece.vertex >= before.vertex && piece.vertex < vertices;
            const bool begins = p > edge.piece_begin || (piece.begin_m == 0 && piece.vertex == 0);
            if (!in_order || !begins || piece.name >= texts_ || piece.reversed > 1) {
                return false;
            }
            before = piece;
        }
        return true;
    }

    const RouteNetwork& net_;
    std::size_t edges_;
    std::size_t texts_;
    std::unique_ptr<std::atomic<std::uint8_t>[]> has_rank_;
};

/// Looks over all n items of an array with a member of Checks.
struct Pass {
    bool (Checks::*check)(std::size_t, std::size_t) const;
    std::size_t n;
    std::string_view flaw;
};

struct Chunk {
    std::size_t pass, begin, end;
};

/// The first of the passes that finds something, or their number.
std::size_t first_flaw(const Checks& checks, const std::vector<Pass>& passes)
{
    constexpr std::size_t step = std::size_t{1} << 15U;
    std::vector<Chunk> chunks;
    for (std::size_t p = 0; p < passes.size(); ++p) {
        for (std::size_t begin = 0; begin < passes[p].n; begin += step) {
            chunks.push_back({p, begin, std::min(passes[p].n, begin + step)});
        }
    }
    std::vector<std::uint8_t> sound(chunks.size());
    parallel_chunks(chunks.size(), 1, [&](std::size_t k, std::size_t) {
        const Chunk& chunk = chunks[k];
        sound[k] = (checks.*passes[chunk.pass].check)(chunk.begin, chunk.end) ? 1 : 0;
    });
    const auto bad = std::find(sound.begin(), sound.end(), 0);
    return bad == sound.end() ? passes.size() : chunks[static_cast<std::size_t>(bad - sound.begin())].pass;
}

} // namespace

std::string_view flaw_of(const RouteNetwork& network)
{
    if (!sizes_agree(network)) {
        return "its arrays do not fit each other";
    }
    const Checks checks(network);
    const std::vector<Pass> passes = {
        {&Checks::nodes, network.node.size(), "a node is not a place on Earth or a copy of one"},
        {&Checks::components, network.component.size(), "a node is in no component"},
        {&Checks::ranks, network.rank.size(), "a rank is out of range"},
        {&Checks::arcs, network.node.size(), "an arc does not lie on its edge"},
        {&Checks::incoming, network.node.size(), "an arc is not listed where it ends"},
        {&Checks::edges, network.edges(), "an edge has ends, a length, a shape or pieces that cannot be"},
        {&Checks::shapes, network.shape.size(), "a vertex is not a place on Earth"},
        {&Checks::kinds, network.kind.size(), "a kind of edge cannot be"},
        {&Checks::tags, network.tag.size(), "a tag has no text"},
        {&Checks::texts, network.text_begin.size() - 1, "a text has no end"},
    };
    if (const std::size_t bad = first_flaw(checks, passes); bad < passes.size()) {
        return passes[bad].flaw;
    }
    const std::vector<Pass> complete = {
        {&Checks::ranks_complete, network.rank.size(), "two nodes have the same rank"}};
    return first_flaw(checks, complete) == 0 ? complete[0].flaw : std::string_view();
}

} // namespace vigil::io
