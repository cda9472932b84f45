#pragma once

#include "kernels/route/alternatives.h"
#include "kernels/route/dijkstra.h"
#include "kernels/route/hierarchy/hierarchy.h"
#include "kernels/route/place_ends.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace vigil {

/// A way of travelling and how likely it is: costs under a profile, and a weight.
struct Scenario {
    Costs costs;
    double weight = 1; ///< > 0, finite; only their proportions matter
};

struct LegOptions {
    std::size_t most = 3;        ///< ways wanted; >= 1
    std::optional<double> theta; ///< of the logit, per minute; without: 10 / cheapest minutes, so that a
                                 ///< way a tenth dearer is e times less likely
    AlternativesOptions alternatives = {}; ///< sharing, stretch, local optimality, penalty, path-size weight
};

/// One of the ways between two places.
struct LegWay {
    RouteWay way;
    double minutes = 0; ///< generalised; of several scenarios their mean, as likely as each makes the way
    double probability = 0;
};

/// What finders on several threads share: the network under each scenario.
class LegNetwork {
  public:
    /// The network must outlive this.
    /// throws   Error when there is no scenario, a weight is not above 0, or costs are of another network
    LegNetwork(const RouteNetwork& network, std::vector<Scenario> scenarios);
    LegNetwork(const LegNetwork&) = delete;
    LegNetwork& operator=(const LegNetwork&) = delete;
    ~LegNetwork() = default;

    [[nodiscard]] const RouteNetwork& network() const { return network_; }
    /// Their weights are divided by the greatest.
    [[nodiscard]] std::span<const Scenario> scenarios() const { return scenarios_; }
    [[nodiscard]] const PlaceEnds& ends(std::size_t scenario) const { return ends_[scenario]; }
    [[nodiscard]] RouteGraph graph(std::size_t scenario) const;
    /// Works out the hierarchy of the first scenario, for tables and for many cheapest ways; does nothing
    /// when the network has no elimination order. Alternatives do without.
    void make_hierarchy();
    /// That hierarchy, or nothing.
    [[nodiscard]] const CustomisedHierarchy* metric() const { return metric_.get(); }

  private:
    const RouteNetwork& network_;
    std::vector<Scenario> scenarios_;
    std::vector<PlaceEnds> ends_;
    std::vector<double> arc_length_m_;
    std::unique_ptr<const Hierarchy> hierarchy_;
    std::unique_ptr<CustomisedHierarchy> metric_;
};

/// Finds the ways between two places and how likely each is to be taken, over all scenarios.
///
///     P(i) = sum_s w_s P_s(i) / sum of w_s of the scenarios that have a way
///
/// where P_s is the path-size logit among the ways found under any scenario that scenario s may use and whose
/// cost is at most `most_stretch` times its cheapest. Two places that are one have a single way, which stays.
/// One per thread; keeps its memory.
class LegFinder {
  public:
    LegFinder(const LegNetwork& network, const LegOptions& options);

    /// Likeliest first when there are several scenarios, else cheapest first; empty when there is no way.
    /// Several scenarios may find more ways together than are wanted: the least likely are left out then, and
    /// the sum of the others is below 1 by what those had.
    std::vector<LegWay> find(EdgePlace from, EdgePlace to);

  private:
    std::vector<LegWay> cheapest(EdgePlace from, EdgePlace to);
    void add_candidates(std::size_t scenario, EdgePlace from, EdgePlace to, std::vector<RouteWay>& ways);

    const LegNetwork& network_;
    LegOptions options_;
    std::vector<AlternativesFinder> finders_;
    std::optional<HierarchyQuery> query_;
    std::optional<Dijkstra> dijkstra_;
};

/// A way over several places: one leg after the other.
struct Journey {
    std::vector<RouteWay> legs;
    double minutes = 0;
    double probability = 0; ///< product over the legs, which are taken to be chosen one by one; of
                            ///< hundreds of legs it may be too small for a number, 0
};

/// The likeliest combinations of the ways of each leg, likeliest first, ties in the order of the legs' ways;
/// those of a single leg in the order it has them. Empty when a leg has none. The order is right even where
/// probabilities are too small for numbers.
///
/// cost     O(legs * most * ways of a leg), and what is returned
std::vector<Journey> combine_legs(std::span<const std::vector<LegWay>> legs, std::size_t most);

} // namespace vigil
