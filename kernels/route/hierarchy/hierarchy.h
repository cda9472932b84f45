#pragma once

#include "kernels/route/seeds.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

/// Ranks [begin, end).
struct RankRange {
    std::uint32_t begin = 0, end = 0;
};

/// The customizable contraction hierarchy of a graph: what does not depend on weights.
///
/// Nodes are renamed by rank. Eliminating them in that order joins all higher neighbours of each (shortcuts);
/// the lowest higher neighbour is the parent in the elimination tree, and every cheapest way goes up the tree
/// from both ends and meets.
///
/// The given order is rearranged so that every subtree is a range of ranks; that changes no edge.
///
/// cost     O(edges) and a little more; 20 bytes an edge, 12 an arc, 24 a node
/// source   Dibbelt, Strasser & Wagner (2016), Customizable contraction hierarchies, ACM JEA 21, 1.5;
///          Liu (1990), The role of elimination trees in sparse factorization, SIAM J. Matrix Anal. 11,
///          134-172
class Hierarchy {
  public:
    /// rank   a permutation of the nodes, contracted first = 0 (nested_dissection)
    /// throws Error when rank is no permutation, or when it is so bad that the edges cannot be numbered
    Hierarchy(GraphView graph, std::span<const std::uint32_t> rank);

    // By rank: upward edges of node v are [up_begin[v], up_begin[v + 1]), heads ascending.
    std::vector<std::uint32_t> rank;     ///< of each node, subtrees in one piece
    std::vector<std::uint32_t> node;     ///< of each rank
    std::vector<std::uint32_t> up_begin; ///< nodes + 1
    std::vector<std::uint32_t> up_head;  ///< rank of the higher end
    std::vector<std::uint32_t> up_tail;  ///< rank of the lower end
    std::vector<std::uint32_t> parent;   ///< in the elimination tree; no_index at a root
    // Downward view, for triangles: edges whose higher end is v, by ascending lower end.
    std::vector<std::uint32_t> down_begin;
    std::vector<std::uint32_t> down_edge; ///< number of the upward edge
    std::vector<std::uint32_t> down_tail; ///< its lower end
    /// Of edge (u, v), followed by (u, w) in u's edges: the edge (v, w). no_index when nothing follows.
    std::vector<std::uint32_t> third;
    // The graph's arcs whose lower end is v: [arc_begin[v], arc_begin[v + 1]), by edge, direction and number.
    // Loops are left out: they are on no cheapest way.
    std::vector<std::uint32_t> arc_begin;
    std::vector<std::uint32_t> arc;      ///< number in the graph
    std::vector<std::uint32_t> arc_edge; ///< 2 * edge, plus 1 when the arc goes down
    // How the tree is shared out: small subtrees, which are independent of each other, and above them chains
    // of only children; those of one level are independent of each other too.
    std::vector<RankRange> subtree;
    std::vector<RankRange> chain; ///< by level, lowest first
    std::vector<std::uint32_t> chain_level_begin;

    [[nodiscard]] std::uint32_t nodes() const { return static_cast<std::uint32_t>(node.size()); }
    [[nodiscard]] std::uint32_t edges() const { return static_cast<std::uint32_t>(up_head.size()); }
    [[nodiscard]] std::size_t arcs() const { return arcs_; }

  private:
    std::size_t arcs_ = 0;
};

/// The weights of a hierarchy edge.
struct TwoWay {
    Weight up = unreachable;   ///< from the lower to the higher end
    Weight down = unreachable; ///< and back
    bool operator==(const TwoWay&) const = default;
};

/// An edge as an upward search sees it.
struct UpwardLink {
    std::uint32_t head = 0; ///< rank
    Weight weight = 0;
    bool operator==(const UpwardLink&) const = default;
};

/// The edges that cheapest ways need in one direction of travel, by lower end.
struct UpwardLinks {
    std::vector<std::uint32_t> begin; ///< nodes + 1
    std::vector<UpwardLink> link;
};

/// A hierarchy with weights.
class CustomisedHierarchy {
  public:
    /// The hierarchy must outlive this.
    explicit CustomisedHierarchy(const Hierarchy& hierarchy);

    /// Takes the weights of the graph's arcs and works out those of the shortcuts (basic customisation), on
    /// all threads. May be called again with other weights; costs no memory then. What was perfect is not
    /// any more, and DistanceTargets must be refreshed.
    /// throws Error when there are not as many weights as arcs
    void customise(std::span<const Weight> weights);

    /// Drops edges that are on no cheapest way (perfect customisation): queries see fewer edges.
    /// Only distances, paths and tables that are asked afterwards are affected; never their answers. Worth it
    /// for tables and for some thousand questions: takes about as long as customise, or twice.
    void make_perfect();

    [[nodiscard]] const Hierarchy& hierarchy() const { return *hierarchy_; }
    [[nodiscard]] bool perfect() const { return perfect_; }
    /// After make_perfect: what is left, for searches along the arcs and against them.
    [[nodiscard]] const UpwardLinks& forward() const { return forward_; }
    [[nodiscard]] const UpwardLinks& backward() const { return backward_; }

    std::vector<TwoWay> weight;     ///< of each hierarchy edge, by basic customisation
    std::vector<Weight> arc_weight; ///< as taken, in the order of hierarchy().arc

  private:
    const Hierarchy* hierarchy_ = nullptr;
    bool perfect_ = false;
    std::vector<std::vector<std::uint32_t>> edge_to_; ///< of each thread, for customise
    std::vector<TwoWay> exact_;                       ///< true distances between the ends of each edge
    UpwardLinks forward_, backward_;
};

/// A place in the elimination tree that a search has reached.
struct TreeCursor {
    std::uint32_t node = 0;  ///< rank
    std::uint32_t sides = 0; ///< 1: searched from the start; 2: from the end; 3: both
};

/// Asks one customised hierarchy for cheapest ways (elimination tree query). Keeps its memory; one per
/// thread. The customised hierarchy may get other weights between two questions.
///
/// cost     O(edges at the ancestors of the seeds) time, 8 bytes a node
class HierarchyQuery {
  public:
    explicit HierarchyQuery(const CustomisedHierarchy& metric);

    /// The cost of the cheapest way, seeds' weights included; `unreachable` when there is none.
    [[nodiscard]] Weight distance(std::span<const Seed> start, std::span<const Seed> end);
    /// The cheapest way itself, as arcs of the graph. Of equally cheap ways always the same one: the lowest
    /// arc of parallel ones, an arc before a shortcut, and the lowest node within a shortcut.
    [[nodiscard]] ArcPath path(std::span<const Seed> start, std::span<const Seed> end);

  private:
    void place(std::span<const Seed> start, std::span<const Seed> end);

    const CustomisedHierarchy* metric_ = nullptr;
    std::vector<TwoWay> tentative_;  ///< from the start (up), to the end (down); unreachable when idle
    std::vector<TreeCursor> cursor_; ///< a heap
    std::vector<std::uint32_t> edges_;
};

/// A fixed set of ends, to be asked for from many starts.
///
/// Only the ancestors of the ends in the elimination tree are visited, from the top down, for several starts
/// at a time (in vector lanes).
///
/// cost     O(edges at the ancestors of all ends) for each 16 starts
/// source   Delling, Goldberg & Werneck (2011), Faster batched shortest paths in road networks, ATMOS 2011
///          (RPHAST); Dibbelt et al. (2016)
class DistanceTargets {
  public:
    /// Each end is a set of seeds. The customised hierarchy must outlive this.
    DistanceTargets(const CustomisedHierarchy& metric, std::span<const std::vector<Seed>> ends);

    /// Takes the weights anew, after the hierarchy was customised again.
    void refresh();

    [[nodiscard]] std::size_t ends() const { return end_begin_.size() - 1; }
    [[nodiscard]] const CustomisedHierarchy& metric() const { return *metric_; }

  private:
    friend class DistanceSearch;
    const CustomisedHierarchy* metric_ = nullptr;
    std::vector<std::uint32_t> selected_; ///< ranks of the ends' ancestors, highest first
    std::vector<std::uint32_t> place_;    ///< where a rank stands among them; no_index if it does not
    std::vector<std::uint32_t> begin_;    ///< selected + 1, of link_
    std::vector<UpwardLink> link_;        ///< heads are places
    std::vector<std::uint32_t> end_begin_;
    std::vector<Seed> end_seed_; ///< nodes are places
};

/// Asks for the costs from starts to all ends of a DistanceTargets. Keeps its memory; one per thread.
class DistanceSearch {
  public:
    static constexpr std::size_t lanes = 16; ///< starts that are worked on at once

    explicit DistanceSearch(const DistanceTargets& targets);

    /// row   of each end: the cost of the cheapest way, both seeds' weights included, or `unreachable`
    void run(std::span<const Seed> start, std::span<Weight> row);
    /// The same for at most `lanes` starts at once: table[i * ends + j].
    void run(std::span<const std::vector<Seed>> starts, std::span<Weight> table);

  private:
    struct alignas(64) Row {
        std::array<Weight, lanes> lane;
    };
    void search_upward(std::span<const Seed> start, Weight* first, std::size_t stride);

    const DistanceTargets* targets_ = nullptr;
    std::vector<Weight> tentative_; ///< by rank; unreachable between questions
    std::vector<TreeCursor> cursor_;
    std::vector<Weight> single_; ///< by place, of one start
    std::vector<Row> rows_;      ///< by place
};

/// Costs between many starts and many ends: table[i * ends.size() + j], on all threads. Each start and end is
/// a set of seeds.
std::vector<Weight> distance_table(const CustomisedHierarchy& metric,
                                   std::span<const std::vector<Seed>> starts,
                                   std::span<const std::vector<Seed>> ends);

} // namespace vigil
