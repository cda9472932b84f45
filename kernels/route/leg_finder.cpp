#include "kernels/route/leg_finder.h"

#include "kernels/route/alternatives/way_field.h"
#include "libgeo/error.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>

namespace vigil {

namespace {

constexpr double least_scenario_weight = 1e-100; ///< of the greatest

} // namespace

LegNetwork::LegNetwork(const RouteNetwork& network, std::vector<Scenario> scenarios)
    : network_(network), scenarios_(std::move(scenarios))
{
    require(!scenarios_.empty(), "a search for ways needs a profile");
    ends_.reserve(scenarios_.size());
    double most_weight = 0;
    for (const Scenario& scenario : scenarios_) {
        require(scenario.weight > 0 && std::isfinite(scenario.weight),
                "a scenario of weight {}; give a number above 0", scenario.weight);
        require(scenario.costs.of_arc.size() == network_.arcs() &&
                    scenario.costs.of_side.size() == 2 * std::size_t{network_.edges()},
                "the costs of a scenario are of another network");
        ends_.emplace_back(network_, scenario.costs);
        most_weight = std::max(most_weight, scenario.weight);
    }
    for (Scenario& scenario : scenarios_) { // so that sums of them stay numbers, and none becomes 0
        scenario.weight = std::max(scenario.weight / most_weight, least_scenario_weight);
    }
    arc_length_m_.reserve(network_.arcs());
    for (const EdgeSide side : network_.arc_side) {
        arc_length_m_.push_back(network_.edge[edge_of(side)].length_m);
    }
}

void LegNetwork::make_hierarchy()
{
    if (!network_.rank.empty()) {
        hierarchy_ = std::make_unique<const Hierarchy>(network_.graph(), network_.rank.span());
        metric_ = std::make_unique<CustomisedHierarchy>(*hierarchy_);
        metric_->customise(scenarios_.front().costs.of_arc);
        metric_->make_perfect();
    }
}

RouteGraph LegNetwork::graph(std::size_t scenario) const
{
    return {network_.graph(),       network_.first_in.span(),
            network_.in_arc.span(), scenarios_[scenario].costs.of_arc,
            arc_length_m_,          network_.arc_side.span()};
}

LegFinder::LegFinder(const LegNetwork& network, const LegOptions& options)
    : network_(network), options_(options)
{
    require(options_.most >= 1, "0 ways are wanted; ask for at least 1");
    require(!options_.theta || (*options_.theta >= 0 && std::isfinite(*options_.theta)),
            "theta is {}; give a number >= 0", options_.theta.value_or(0));
    options_.alternatives.most = options_.most;
    if (options_.most == 1 && network_.scenarios().size() == 1) {
        if (network_.metric() != nullptr) {
            query_.emplace(*network_.metric());
        } else {
            dijkstra_.emplace(network_.network().graph(), network_.scenarios().front().costs.of_arc);
        }
        return;
    }
    finders_.reserve(network_.scenarios().size());
    for (std::size_t s = 0; s < network_.scenarios().size(); ++s) {
        finders_.emplace_back(network_.graph(s));
    }
}

std::vector<LegWay> LegFinder::cheapest(EdgePlace from, EdgePlace to)
{
    const PlaceEnds& ends = network_.ends(0);
    const std::vector<PartialEnd> leaving = ends.leaving(from);
    const std::vector<PartialEnd> arriving = ends.arriving(to);
    const std::vector<Seed> start = seeds_of(leaving);
    const std::vector<Seed> end = seeds_of(arriving);
    const ArcPath path = query_ ? query_->path(start, end) : dijkstra_->path(start, end);
    const DirectWay direct = ends.direct(from, to);
    const double unit = network_.scenarios().front().costs.unit_minutes;
    if (direct.weight < unreachable && direct.weight <= path.weight) {
        return {{PlaceEnds::direct_way(from, to, direct.element), direct.weight * unit, 1}};
    }
    if (path.weight >= unreachable) {
        return {};
    }
    return {{ends.way(from, to, leaving[path.from_seed], path.arcs, arriving[path.to_seed]),
             path.weight * unit, 1}};
}

void LegFinder::add_candidates(std::size_t scenario, EdgePlace from, EdgePlace to,
                               std::vector<RouteWay>& ways)
{
    const PlaceEnds& ends = network_.ends(scenario);
    const std::vector<PartialEnd> leaving = ends.leaving(from);
    const std::vector<PartialEnd> arriving = ends.arriving(to);
    AlternativesOptions options = options_.alternatives;
    options.unit_minutes = network_.scenarios()[scenario].costs.unit_minutes;
    const DirectWay direct = ends.direct(from, to);
    for (const Alternative& one : finders_[scenario].find(leaving, arriving, direct, options)) {
        RouteWay way = one.direct ? PlaceEnds::direct_way(from, to, direct.element)
                                  : ends.way(from, to, leaving[one.path.from_seed], one.path.arcs,
                                             arriving[one.path.to_seed]);
        if (std::find(ways.begin(), ways.end(), way) == ways.end()) {
            ways.push_back(std::move(way));
        }
    }
}

namespace {

/// How likely each way is under one scenario; 0 for those it does not take.
struct Choice {
    std::vector<double> minutes, probability;
    bool any = false;
};

/// The ways that a scenario may choose among: those it may go, up to the stretch.
std::vector<std::size_t> taken_of(const std::vector<Weight>& weight, double most_stretch)
{
    const Weight least = *std::min_element(weight.begin(), weight.end());
    std::vector<std::size_t> taken;
    for (std::size_t i = 0; i < weight.size() && least < unreachable; ++i) {
        if (weight[i] <= alternatives::share_of(most_stretch, least)) {
            taken.push_back(i);
        }
    }
    return taken;
}

Choice choose(const PlaceEnds& ends, const Costs& costs, const std::vector<RouteWay>& ways,
              const LegOptions& options)
{
    Choice choice{std::vector<double>(ways.size()), std::vector<double>(ways.size()), false};
    std::vector<Weight> weight;
    for (const RouteWay& way : ways) {
        weight.push_back(ends.weight_of(way, costs));
    }
    const std::vector<std::size_t> taken =
        ways.empty() ? std::vector<std::size_t>{} : taken_of(weight, options.alternatives.most_stretch);
    if (taken.empty()) {
        return choice;
    }
    std::vector<double> minutes;
    std::vector<double> length_m;
    std::vector<std::vector<std::uint32_t>> sides;
    std::vector<std::vector<double>> side_m;
    for (const std::size_t i : taken) {
        choice.minutes[i] = weight[i] * costs.unit_minutes;
        minutes.push_back(choice.minutes[i]);
        sides.push_back(ways[i].sides);
        side_m.push_back(side_lengths_m(ends.network(), ways[i]));
        length_m.push_back(way_length_m(ends.network(), ways[i]));
    }
    const double least = *std::min_element(minutes.begin(), minutes.end());
    const double theta = options.theta.value_or(least > 0 ? 10 / least : 0);
    const std::vector<double> p =
        path_size_logit(minutes, length_m, sides, side_m, theta, options.alternatives.path_size_beta);
    for (std::size_t k = 0; k < taken.size(); ++k) {
        choice.probability[taken[k]] = p[k];
    }
    choice.any = true;
    return choice;
}

} // namespace

std::vector<LegWay> LegFinder::find(EdgePlace from, EdgePlace to)
{
    if (const PlaceEnds& ends = network_.ends(0); ends.same_place(from, to)) {
        const PartialEnd here{0, 0, 0, 2 * from.edge};
        return {{ends.way(from, to, here, {}, here), 0, 1}};
    }
    if (finders_.empty()) {
        return cheapest(from, to);
    }
    std::vector<RouteWay> ways;
    for (std::size_t s = 0; s < finders_.size(); ++s) {
        add_candidates(s, from, to, ways);
    }
    std::vector<LegWay> found;
    for (const RouteWay& way : ways) {
        found.push_back({way, 0, 0});
    }
    double weights = 0;
    for (std::size_t s = 0; s < finders_.size(); ++s) {
        const Scenario& scenario = network_.scenarios()[s];
        const Choice choice = choose(network_.ends(s), scenario.costs, ways, options_);
        weights += choice.any ? scenario.weight : 0;
        for (std::size_t i = 0; i < ways.size(); ++i) {
            if (choice.probability[i] > 0) {
                found[i].probability += scenario.weight * choice.probability[i];
                found[i].minutes += scenario.weight * choice.probability[i] * choice.minutes[i];
            }
        }
    }
    std::erase_if(found, [](const LegWay& way) { return way.probability <= 0; });
    for (LegWay& way : found) {
        way.minutes /= way.probability;
        way.probability /= weights;
    }
    const bool by_cost = finders_.size() == 1;
    std::stable_sort(found.begin(), found.end(), [&](const LegWay& a, const LegWay& b) {
        return by_cost ? a.minutes < b.minutes : a.probability > b.probability;
    });
    if (found.size() > options_.most) {
        found.resize(options_.most);
    }
    return found;
}

namespace {

/// The likeliest of a leg's ways, in the order of the leg.
std::vector<LegWay> likeliest(const std::vector<LegWay>& leg, std::size_t most)
{
    std::vector<std::size_t> order(leg.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return leg[a].probability > leg[b].probability; });
    order.resize(std::min(most, order.size()));
    std::sort(order.begin(), order.end());
    std::vector<LegWay> ways;
    for (const std::size_t i : order) {
        ways.push_back(leg[i]);
    }
    return ways;
}

/// A product of many probabilities: fraction * 2^exponent. A plain number is 0 after some hundred legs.
struct Chance {
    double fraction = 0.5; ///< 0.5 to 1, or 0
    std::int64_t exponent = 1;

    [[nodiscard]] Chance times(double probability) const
    {
        int more = 0;
        const double product = std::frexp(fraction * probability, &more);
        return {product, product > 0 ? exponent + more : std::numeric_limits<std::int64_t>::min() / 2};
    }
    [[nodiscard]] double value() const
    {
        constexpr std::int64_t least = -2000; // is 0 already
        return std::ldexp(fraction, static_cast<int>(std::max(exponent, least)));
    }
    [[nodiscard]] bool operator>(const Chance& other) const
    {
        return exponent != other.exponent ? exponent > other.exponent : fraction > other.fraction;
    }
};

/// A beginning of a journey: another one, and a way of the next leg.
struct Beginning {
    std::size_t before = 0; ///< among those of the leg before
    std::size_t way = 0;
    double minutes = 0;
    Chance chance = {};
};

/// The likeliest beginnings up to each leg, likeliest first. A likeliest whole has a likeliest beginning, so
/// no more than are wanted are kept.
std::vector<std::vector<Beginning>> likeliest_beginnings(std::span<const std::vector<LegWay>> legs,
                                                         std::size_t most)
{
    std::vector<std::vector<Beginning>> of_leg;
    of_leg.reserve(legs.size());
    std::vector<Beginning> last(1);
    std::vector<Beginning> longer;
    for (const std::vector<LegWay>& leg : legs) {
        longer.clear();
        for (std::size_t j = 0; j < last.size(); ++j) {
            for (std::size_t w = 0; w < leg.size(); ++w) {
                longer.push_back(
                    {j, w, last[j].minutes + leg[w].minutes, last[j].chance.times(leg[w].probability)});
            }
        }
        std::stable_sort(longer.begin(), longer.end(),
                         [](const Beginning& a, const Beginning& b) { return a.chance > b.chance; });
        last.assign(longer.begin(),
                    longer.begin() + static_cast<std::ptrdiff_t>(std::min(most, longer.size())));
        of_leg.push_back(last);
    }
    return of_leg;
}

} // namespace

std::vector<Journey> combine_legs(std::span<const std::vector<LegWay>> legs, std::size_t most)
{
    std::vector<Journey> journeys;
    if (legs.size() == 1) {
        for (LegWay& way : likeliest(legs.front(), most)) {
            journeys.push_back({{std::move(way.way)}, way.minutes, way.probability});
        }
        return journeys;
    }
    const std::vector<std::vector<Beginning>> of_leg = likeliest_beginnings(legs, most);
    for (std::size_t j = 0; !of_leg.empty() && j < of_leg.back().size(); ++j) {
        Journey journey{{}, of_leg.back()[j].minutes, of_leg.back()[j].chance.value()};
        journey.legs.resize(legs.size());
        std::size_t at = j;
        for (std::size_t l = legs.size(); l-- > 0;) {
            journey.legs[l] = legs[l][of_leg[l][at].way].way;
            at = of_leg[l][at].before;
        }
        journeys.push_back(std::move(journey));
    }
    return journeys;
}

} // namespace vigil
