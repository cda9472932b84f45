#pragma once

#include "kernels/earth.h"
#include "kernels/route/match/match_network.h"
#include "tests/kernels/match_ways.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

namespace vigil::test {

/// A sighting and all states it may be in.
struct SeenStates {
    Sighting seen;
    double sigma_m = 0;
    bool vague = false;
    std::vector<MatchState> state;
    std::vector<double> emission;
};

/// A state of one sighting to one of the next.
struct TriedLeg {
    double log_p = 0;
    bool turns_round = false;
    bool far = false;
    bool falls_back = false;
};

/// All orders and states of a case, tried one after the other.
class TriedMatch {
  public:
    static constexpr double never = -std::numeric_limits<double>::infinity();

    TriedMatch(const SightingTown& town, const MatchNetwork& match, std::vector<Sighting> sightings)
        : options_(match.shared().options),
          travel_(town, match.shared().turns, town.costs.of_side, town.costs.unit_minutes, options_.turns),
          even_(town, match.shared().turns, centimetres(town), 1e-3 / 60, options_.turns),
          near_law_(options_.law, even_.pace()), far_law_(options_.law, travel_.pace())
    {
        for (const Sighting& seen : sightings) {
            add_sighting(town, *match.shared().finder, seen);
        }
        find_orders();
        if (orders_.size() > 1) {
            beta_minutes_ = beta_of_case();
        }
        const std::size_t n = seen_.size();
        legs_.resize(n * n);
        for (const auto& [i, j] : neighbours()) {
            legs_[i * n + j] = leg(seen_[i], seen_[j]);
        }
        sum_up();
    }

    using Order = std::vector<std::size_t>;
    /// Calls body(order, states in that order, probability) for each that is possible.
    template <typename Body>
    void for_each(Body body) const
    {
        visit([&](const Order& order, const Order& states, double log_weight) {
            body(order, states, std::exp(log_weight - log_evidence));
        });
    }
    [[nodiscard]] const SeenStates& seen(std::size_t i) const { return seen_[i]; }
    [[nodiscard]] const TriedLeg& at(std::size_t i, std::size_t a, std::size_t j, std::size_t b) const
    {
        return legs_[i * seen_.size() + j][a * seen_[j].state.size() + b];
    }
    [[nodiscard]] std::size_t orders() const { return orders_.size(); }
    [[nodiscard]] std::vector<EdgeSide> way(std::size_t i, std::size_t a, std::size_t j, std::size_t b) const
    {
        const TriedLeg& tried = at(i, a, j, b);
        MatchState from = seen_[i].state[a];
        from.side = tried.turns_round ? reversed(from.side) : from.side;
        return tried.falls_back ? std::vector<EdgeSide>{from.side}
                                : (tried.far ? travel_ : even_).way(from, seen_[j].state[b]);
    }
    [[nodiscard]] std::vector<double> edge_shares(std::size_t i, std::size_t edges) const
    {
        std::vector<double> share(edges);
        for (std::size_t a = 0; a < seen_[i].state.size(); ++a) {
            share[edge_of(seen_[i].state[a].side)] += marginal[i][a];
        }
        return share;
    }
    /// ln weight of one sequence.
    [[nodiscard]] double log_weight(const Order& order, const Order& states) const
    {
        double sum = 0;
        for (std::size_t k = 0; k < order.size(); ++k) {
            sum += seen_[order[k]].emission[states[k]];
            sum += k > 0 ? at(order[k - 1], states[k - 1], order[k], states[k]).log_p : 0;
        }
        return sum;
    }
    [[nodiscard]] Weight along(const TriedLeg& leg, const MatchState& a, const std::vector<EdgeSide>& sides,
                               const MatchState& b) const
    {
        return (leg.far ? travel_ : even_).along(a, sides, b);
    }
    [[nodiscard]] Weight cheapest(const TriedLeg& leg, const MatchState& a, const MatchState& b) const
    {
        return (leg.far ? travel_ : even_).cheapest(a, b);
    }

    double log_evidence = never;
    double log_best = never;
    std::vector<std::vector<double>> marginal; ///< of each sighting and state

  private:
    static std::vector<Weight> centimetres(const SightingTown& town)
    {
        std::vector<Weight> of_side = town.costs.of_side;
        for (EdgeSide s = 0; s < of_side.size(); ++s) {
            if (of_side[s] < unreachable) {
                of_side[s] = static_cast<Weight>(std::lround(town.network.edge[edge_of(s)].length_m * 100));
            }
        }
        return of_side;
    }
    void add_sighting(const SightingTown& town, const CandidateFinder& finder, const Sighting& seen)
    {
        SeenStates one;
        one.seen = seen;
        one.sigma_m = std::isnan(seen.sigma_m) ? options_.sigma_m : seen.sigma_m;
        one.vague = one.sigma_m >= options_.candidates.vague_sigma_m;
        for (const Candidate& candidate : finder.find(seen.at, one.sigma_m)) {
            for (const EdgeSide side : {2 * candidate.place.edge, 2 * candidate.place.edge + 1}) {
                if (town.costs.of_side[side] < unreachable) {
                    one.state.push_back({side, candidate.place.offset_m});
                    one.emission.push_back(candidate.log_weight);
                }
            }
        }
        seen_.push_back(std::move(one));
    }
    void find_orders()
    {
        Order order(seen_.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        do {
            bool allowed = true;
            for (std::size_t k = 0; k < order.size(); ++k) {
                for (std::size_t l = k + 1; l < order.size(); ++l) {
                    allowed = allowed && seen_[order[l]].seen.order_end >= seen_[order[k]].seen.order_begin;
                }
            }
            if (allowed) {
                orders_.push_back(order);
            }
        } while (std::next_permutation(order.begin(), order.end()));
    }
    [[nodiscard]] std::set<std::pair<std::size_t, std::size_t>> neighbours() const
    {
        std::set<std::pair<std::size_t, std::size_t>> pairs;
        for (const Order& order : orders_) {
            for (std::size_t k = 1; k < order.size(); ++k) {
                pairs.emplace(order[k - 1], order[k]);
            }
        }
        return pairs;
    }
    [[nodiscard]] double beta_of_case() const
    {
        double minutes = 0;
        double sigma_m = 0;
        double ways = 0;
        for (const auto& [i, j] : neighbours()) {
            Weight least = unreachable;
            for (const MatchState& a : seen_[i].state) {
                for (const MatchState& b : seen_[j].state) {
                    least = std::min(least, travel_.cheapest(a, b));
                }
            }
            if (least < unreachable) {
                minutes += travel_.minutes(least);
                sigma_m += seen_[i].sigma_m + seen_[j].sigma_m;
                ++ways;
            }
        }
        const LegLaw& law = options_.law;
        return law.least_minutes + minutes / ways / law.order_scale + sigma_m / ways * travel_.pace();
    }
    static bool falls_back(const SeenStates& from, const MatchState& a, const SeenStates& to,
                           const MatchState& b)
    {
        const double back_m = is_backward(a.side) ? b.offset_m - a.offset_m : a.offset_m - b.offset_m;
        return a.side == b.side && !from.vague && !to.vague && back_m >= 0 &&
               back_m <= 2 * (from.sigma_m + to.sigma_m);
    }
    static LegFacts facts(const SeenStates& from, const SeenStates& to)
    {
        LegFacts facts;
        facts.straight_m = arc_of_chord_m(chord_m(earth_centred(from.seen.at), earth_centred(to.seen.at)));
        facts.sigma_from_m = from.sigma_m;
        facts.sigma_to_m = to.sigma_m;
        facts.most_elapsed_s = to.seen.end_s - from.seen.begin_s;
        facts.elapsed_s =
            (std::max(0.0, to.seen.begin_s - from.seen.end_s) + (to.seen.end_s - from.seen.begin_s)) / 2;
        if (std::isnan(to.seen.end_s) || std::isnan(from.seen.end_s)) {
            facts.elapsed_s = facts.most_elapsed_s = Sighting::unknown;
        }
        return facts;
    }
    /// One metric's costs; falling back costs nothing.
    [[nodiscard]] static std::vector<Weight> costs(const SideWays& ways, const SeenStates& from,
                                                   const SeenStates& to)
    {
        std::vector<Weight> all;
        for (const MatchState& a : from.state) {
            for (const MatchState& b : to.state) {
                all.push_back(ways.cheapest(a, b));
            }
        }
        return all;
    }
    [[nodiscard]] std::vector<TriedLeg> leg(const SeenStates& from, const SeenStates& to) const
    {
        const LegFacts f = facts(from, to);
        const bool known = orders_.size() == 1;
        std::vector<TriedLeg> tried(from.state.size() * to.state.size());
        if (known && far_law_.impossible(f)) {
            for (TriedLeg& one : tried) {
                one.log_p = never;
            }
            return tried;
        }
        bool far = !known || from.vague || to.vague || f.straight_m > options_.law.near_m;
        std::vector<Weight> cost = costs(far ? travel_ : even_, from, to);
        if (!far && *std::min_element(cost.begin(), cost.end()) >= unreachable) {
            far = true;
            cost = costs(travel_, from, to);
        }
        for (std::size_t k = 0; k < cost.size(); ++k) {
            tried[k].far = far;
            tried[k].falls_back =
                falls_back(from, from.state[k / to.state.size()], to, to.state[k % to.state.size()]);
            cost[k] = tried[k].falls_back ? 0 : cost[k];
        }
        const SideWays& ways = far ? travel_ : even_;
        const double least = ways.minutes(*std::min_element(cost.begin(), cost.end()));
        const auto log_p = [&](Weight weight) {
            const double minutes = ways.minutes(weight);
            return weight >= unreachable ? never
                   : !known              ? LegLikelihood::any_order(minutes, beta_minutes_)
                   : far                 ? far_law_.far(f, minutes, least)
                                         : near_law_.near(f, minutes);
        };
        for (std::size_t a = 0; a < from.state.size(); ++a) {
            const auto other = static_cast<std::size_t>(
                std::find(from.state.begin(), from.state.end(),
                          MatchState{reversed(from.state[a].side), from.state[a].offset_m}) -
                from.state.begin());
            for (std::size_t b = 0; b < to.state.size(); ++b) {
                TriedLeg& one = tried[a * to.state.size() + b];
                one.log_p = log_p(cost[a * to.state.size() + b]);
                if (other < from.state.size()) {
                    const std::size_t back = other * to.state.size() + b;
                    const double turned = log_p(cost[back]) - options_.law.reverse;
                    if (turned > one.log_p) {
                        one.log_p = turned;
                        one.turns_round = true;
                        one.falls_back = falls_back(from, from.state[other], to, to.state[b]);
                    }
                }
            }
        }
        return tried;
    }
    template <typename Body>
    void visit(Body body) const
    {
        for (const Order& order : orders_) {
            Order states(order.size());
            const std::function<void(std::size_t, double)> go = [&](std::size_t k, double sum) {
                if (k == order.size()) {
                    body(order, states, sum);
                    return;
                }
                const SeenStates& one = seen_[order[k]];
                for (std::size_t s = 0; s < one.state.size(); ++s) {
                    const double leg = k > 0 ? at(order[k - 1], states[k - 1], order[k], s).log_p : 0;
                    if (leg > never) {
                        states[k] = s;
                        go(k + 1, sum + leg + one.emission[s]);
                    }
                }
            };
            go(0, 0);
        }
    }
    void sum_up()
    {
        visit([&](const Order&, const Order&, double w) { log_best = std::max(log_best, w); });
        marginal.clear();
        std::vector<std::vector<long double>> sum;
        for (const SeenStates& one : seen_) {
            sum.emplace_back(one.state.size(), 0.0L);
        }
        long double all = 0;
        visit([&](const Order& order, const Order& states, double w) {
            const long double p = std::exp(static_cast<long double>(w) - log_best);
            all += p;
            for (std::size_t k = 0; k < order.size(); ++k) {
                sum[order[k]][states[k]] += p;
            }
        });
        log_evidence = log_best + static_cast<double>(std::log(all));
        for (const auto& of : sum) {
            marginal.emplace_back();
            for (const long double p : of) {
                marginal.back().push_back(static_cast<double>(p / all));
            }
        }
    }

    MatchOptions options_;
    SideWays travel_, even_;
    LegLikelihood near_law_, far_law_;
    std::vector<SeenStates> seen_;
    std::vector<Order> orders_;
    double beta_minutes_ = 0;
    std::vector<std::vector<TriedLeg>> legs_;
};

} // namespace vigil::test
