#include "kernels/route/hierarchy/order.h"

#include "kernels/route/hierarchy/inertial_flow.h"
#include "kernels/route/hierarchy/order_graph.h"
#include "kernels/route/hierarchy/order_leaf.h"
#include "libgeo/error.h"

#include <tbb/task_group.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numbers>
#include <numeric>

namespace vigil {

namespace {

constexpr std::size_t task_nodes = 1000; ///< a part as large as this is worth a task

SpherePlace on_sphere(FixedLonLat p)
{
    constexpr double radians = std::numbers::pi / 180;
    const LonLat at = to_lon_lat(p);
    const double lon = at.lon_deg * radians;
    const double lat = at.lat_deg * radians;
    return {std::cos(lat) * std::cos(lon), std::cos(lat) * std::sin(lon), std::sin(lat)};
}

/// Sorts the neighbours of each node clockwise on the map.
void sort_round(UndirectedGraph& graph, std::span<const SpherePlace> place)
{
    std::vector<std::pair<double, std::uint32_t>> round;
    for (std::uint32_t v = 0; v < graph.nodes(); ++v) {
        const SpherePlace& p = place[v];
        round.clear();
        for (const std::uint32_t w : graph.of(v)) {
            const SpherePlace& q = place[w];
            // east and north of v, both times the cosine of its latitude
            const double east = p[0] * q[1] - p[1] * q[0];
            const double north = q[2] * (p[0] * p[0] + p[1] * p[1]) - p[2] * (p[0] * q[0] + p[1] * q[1]);
            round.emplace_back(-std::atan2(north, east), w);
        }
        std::sort(round.begin(), round.end());
        std::transform(round.begin(), round.end(), graph.neighbour.begin() + graph.begin[v],
                       [](const auto& r) { return r.second; });
    }
}

/// Calls the report now and then, never from two threads at once.
class SharedProgress {
  public:
    SharedProgress(const Progress& progress, std::size_t of) : progress_(progress), of_(of) {}
    void add(std::size_t nodes)
    {
        const std::lock_guard lock(mutex_);
        done_ += nodes;
        if (done_ - told_ >= of_ / 100 + 1) {
            told_ = done_;
            progress_(static_cast<double>(done_) / static_cast<double>(of_));
        }
    }

  private:
    const Progress& progress_;
    std::size_t of_;
    std::mutex mutex_;
    std::size_t done_ = 0;
    std::size_t told_ = 0;
};

/// Nodes that are connected without the separators found so far; they get the ranks from `first_rank` on.
struct Part {
    std::vector<std::uint32_t> node; ///< of the core
    std::uint32_t first_rank = 0;
};

/// Cuts parts into smaller ones until all nodes of a core have a rank. Parts share no nodes, so tasks on
/// different parts write to different places; what is read of others is only whether they are separators
/// above, which was settled before the task began.
class Dissection {
  public:
    Dissection(const UndirectedGraph& core, std::vector<SpherePlace> place, const Progress& progress)
        : core_(core), place_(std::move(place)), rank_(core.nodes(), no_index),
          local_(core.nodes(), no_index), progress_(progress, core.nodes())
    {
    }

    std::vector<std::uint32_t> run()
    {
        std::vector<std::uint32_t> all(core_.nodes());
        std::iota(all.begin(), all.end(), 0U);
        dissect_pieces(all, 0);
        return std::move(rank_);
    }

  private:
    /// The neighbours of a part's nodes within it.
    UndirectedGraph graph_of(std::span<const std::uint32_t> part)
    {
        for (std::uint32_t i = 0; i < part.size(); ++i) {
            local_[part[i]] = i;
        }
        UndirectedGraph result;
        result.begin.reserve(part.size() + 1);
        for (const std::uint32_t v : part) {
            for (const std::uint32_t w : core_.of(v)) {
                if (rank_[w] == no_index) {
                    result.neighbour.push_back(local_[w]);
                }
            }
            result.begin.push_back(static_cast<std::uint32_t>(result.neighbour.size()));
        }
        return result;
    }

    /// The connected pieces of nodes that have no rank; nodes ascending in each.
    std::vector<Part> pieces_of(std::span<const std::uint32_t> nodes, std::uint32_t first_rank)
    {
        constexpr std::uint32_t open = no_index;
        for (const std::uint32_t v : nodes) {
            local_[v] = open;
        }
        std::uint32_t pieces = 0;
        std::vector<std::uint32_t> size, stack;
        for (const std::uint32_t start : nodes) {
            if (local_[start] != open) {
                continue;
            }
            size.push_back(0);
            local_[start] = pieces;
            stack.push_back(start);
            while (!stack.empty()) {
                const std::uint32_t v = stack.back();
                stack.pop_back();
                ++size.back();
                for (const std::uint32_t w : core_.of(v)) {
                    if (rank_[w] == no_index && local_[w] == open) {
                        local_[w] = pieces;
                        stack.push_back(w);
                    }
                }
            }
            ++pieces;
        }
        std::vector<Part> result(pieces);
        for (std::uint32_t i = 0; i < pieces; ++i) {
            result[i].node.reserve(size[i]);
            result[i].first_rank = first_rank;
            first_rank += size[i];
        }
        for (const std::uint32_t v : nodes) {
            result[local_[v]].node.push_back(v);
        }
        return result;
    }

    void dissect_pieces(std::span<const std::uint32_t> nodes, std::uint32_t first_rank)
    {
        std::vector<Part> pieces = pieces_of(nodes, first_rank);
        tbb::task_group tasks;
        for (Part& piece : pieces) {
            if (pieces.size() > 1 && piece.node.size() >= task_nodes) {
                tasks.run([this, &piece] { dissect(std::move(piece)); });
            }
        }
        for (Part& piece : pieces) {
            if (pieces.size() == 1 || piece.node.size() < task_nodes) {
                dissect(std::move(piece));
            }
        }
        tasks.wait();
    }

    void dissect(Part part)
    {
        const auto n = static_cast<std::uint32_t>(part.node.size());
        if (n <= largest_leaf) {
            order_leaf(core_, part.node, part.first_rank, rank_);
            progress_.add(n);
            return;
        }
        const std::uint32_t rest = split(part);
        progress_.add(n - rest);
        dissect_pieces(std::span(part.node).first(rest), part.first_rank);
    }

    /// Gives the separator of a part its ranks and moves it behind the other nodes, whose number is returned.
    std::uint32_t split(Part& part)
    {
        const UndirectedGraph graph = graph_of(part.node);
        const std::uint32_t n = graph.nodes();
        std::uint32_t rest = 0;
        if (graph.neighbour.size() < std::size_t{n} * (n - 1)) { // else all orders are alike
            std::vector<SpherePlace> place(n);
            for (std::uint32_t i = 0; i < n; ++i) {
                place[i] = place_[part.node[i]];
            }
            const Separator cut = inertial_flow(graph, place);
            rest = n - cut.size;
            std::vector<std::uint32_t> between;
            std::uint32_t kept = 0;
            for (std::uint32_t i = 0; i < n; ++i) {
                if (cut.side[i] == Separator::between) {
                    between.push_back(part.node[i]);
                } else {
                    part.node[kept++] = part.node[i];
                }
            }
            std::copy(between.begin(), between.end(), part.node.begin() + rest);
        }
        for (std::uint32_t i = rest; i < n; ++i) {
            rank_[part.node[i]] = part.first_rank + i;
        }
        return rest;
    }

    const UndirectedGraph& core_;
    std::vector<SpherePlace> place_;
    std::vector<std::uint32_t> rank_;
    std::vector<std::uint32_t> local_; ///< of each node: its number in the part that is worked on
    SharedProgress progress_;
};

} // namespace

std::vector<std::uint32_t> nested_dissection(GraphView graph, std::span<const FixedLonLat> place,
                                             const Progress& progress)
{
    require(place.size() == graph.nodes(), "{} places for {} nodes of a graph", place.size(), graph.nodes());
    require(graph.arcs() < no_index / 2, "{} arcs are more than can be ordered", graph.arcs());
    const std::vector<std::uint32_t> sequence = spatial_sequence(place);
    Reduction reduction = reduce(undirected(graph, sequence));

    std::vector<std::uint32_t> rank(place.size());
    std::uint32_t next = 0;
    for (const std::uint32_t v : reduction.eliminated) {
        rank[sequence[v]] = next++;
    }
    std::vector<SpherePlace> core_place(reduction.kept.size());
    std::transform(reduction.kept.begin(), reduction.kept.end(), core_place.begin(),
                   [&](std::uint32_t v) { return on_sphere(place[sequence[v]]); });
    sort_round(reduction.core, core_place);
    const std::vector<std::uint32_t> core_rank =
        Dissection(reduction.core, std::move(core_place), progress).run();
    for (std::size_t i = 0; i < core_rank.size(); ++i) {
        rank[sequence[reduction.kept[i]]] = next + core_rank[i];
    }
    progress(1);
    return rank;
}

} // namespace vigil
