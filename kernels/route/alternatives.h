#pragma once

#include "kernels/route/path_size.h"
#include "kernels/route/seeds.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace vigil {

/// Where a way begins or ends between nodes: part of an edge, up to a node.
struct PartialEnd {
    std::uint32_t node = 0;
    Weight weight = 0;         ///< of the part
    double length_m = 0;       ///< of the part
    std::uint32_t element = 0; ///< the edge side it lies on: ways that share it overlap there
};

/// A place on both of whose sides a way may begin or end; and the way along one edge when both places are on
/// it.
struct DirectWay {
    Weight weight = unreachable;
    double length_m = 0;
    std::uint32_t element = 0;
};

struct AlternativesOptions {
    std::size_t most = 5;           ///< ways wanted, the cheapest included; >= 1
    double most_sharing = 0.8;      ///< with any cheaper kept way, of the cheapest cost; (0, 1]
    double most_stretch = 1.25;     ///< cost / cheapest cost; >= 1
    double local_optimality = 0.25; ///< parts up to this share of the cheapest cost are cheapest ways; >= 0
    double penalty = 1.4;           ///< by which used arcs are made dearer each round; > 1
    double theta = 0.5;             ///< of the logit, per minute; >= 0
    double path_size_beta = 1;      ///< weight of ln PS; >= 0
    double unit_minutes = 1.0 / 60000; ///< of the weights
};

/// One of several ways between two places.
struct Alternative {
    ArcPath path;        ///< from_seed, to_seed index the ends; no arcs and no seeds for a direct way
    bool direct = false; ///< along the one edge that both places are on
    double length_m = 0;
    double probability = 0; ///< of being chosen among these
};

/// The graph that ways are sought in, and what is known of its arcs.
struct RouteGraph {
    GraphView graph;
    std::span<const std::uint32_t> first_in; ///< reverse graph: nodes + 1
    std::span<const std::uint32_t> in_arc;
    std::span<const Weight> weight;         ///< of each arc
    std::span<const double> length_m;       ///< of each arc
    std::span<const std::uint32_t> element; ///< of each arc: equal numbers are the same stretch of road
};

/// The cheapest way and good alternatives, with the probability of each.
///
/// Candidates come from plateaus (stretches that are cheapest from both ends) and, where these give fewer
/// ways than are wanted, from rounds of penalties on the ways found so far. The cheapest way is kept; the
/// others are looked at in order of cost, ties by their stretches in order, and one is kept when, C the
/// cheapest cost,
/// - it costs at most `most_stretch` C;
/// - what it shares with each way kept before costs at most `most_sharing` C, where on each stretch of road
///   the smaller of the two ways' costs counts;
/// - it has no detour inside: every part of it between two nodes, or a node and a place, that costs at most
///   `local_optimality` C is itself a cheapest way (exact);
/// - it passes no node and no stretch of road twice (bans can force the cheapest way to).
/// Cutting roads at more places without side roads changes neither ways nor probabilities.
///
/// Probabilities are those of the path-size logit over the ways that are kept (path_size_logit), with costs
/// in minutes and lengths in metres; PS is 1 for a way without length.
///
/// returns   cheapest first, then by cost; empty when there is no way
/// throws    Error when an option is out of range
/// cost      a search from the start as far as `most_stretch` C, and a few in the part between both places;
///           up to 68 bytes a node, 12 an arc
/// source    Abraham, Delling, Goldberg & Werneck (2013), Alternative routes in road networks, ACM JEA
///           18, 1.3;
///           Ben-Akiva & Bierlaire (1999), Discrete choice methods, in Handbook of Transportation Science
class AlternativesFinder {
  public:
    /// The graph must outlive this. One per thread; keeps its memory.
    explicit AlternativesFinder(const RouteGraph& graph);
    ~AlternativesFinder();
    AlternativesFinder(AlternativesFinder&&) noexcept;
    AlternativesFinder& operator=(AlternativesFinder&&) noexcept;
    AlternativesFinder(const AlternativesFinder&) = delete;
    AlternativesFinder& operator=(const AlternativesFinder&) = delete;

    std::vector<Alternative> find(std::span<const PartialEnd> from, std::span<const PartialEnd> to,
                                  const DirectWay& direct, const AlternativesOptions& options);

  private:
    struct Workshop;
    std::unique_ptr<Workshop> workshop_;
};

} // namespace vigil
