#include "kernels/route/match/leg_tables.h"

#include "kernels/earth.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vigil::match {

namespace {

constexpr double impossible = -std::numeric_limits<double>::infinity();

/// Whether `to` is where `from` is, as far as anybody can tell: GPS fixes of somebody who stands still go to
/// and fro.
bool falls_back(const Step& from, const MatchState& a, const Step& to, const MatchState& b)
{
    if (a.side != b.side || from.vague || to.vague) {
        return false;
    }
    const double ahead_m = is_backward(a.side) ? a.offset_m - b.offset_m : b.offset_m - a.offset_m;
    return ahead_m <= 0 && -ahead_m <= 2 * (from.sigma_m + to.sigma_m);
}

} // namespace

void Step::keep(std::span<const std::uint8_t> flag)
{
    std::vector<std::uint32_t> place(states.size(), no_index);
    std::uint32_t kept = 0;
    for (std::size_t i = 0; i < states.size(); ++i) {
        if (flag[i] != 0) {
            place[i] = kept;
            states[kept] = states[i];
            candidate_of[kept] = candidate_of[i];
            reverse_of[kept] = reverse_of[i];
            log_emission[kept] = log_emission[i];
            ++kept;
        }
    }
    states.resize(kept);
    candidate_of.resize(kept);
    reverse_of.resize(kept);
    log_emission.resize(kept);
    for (std::uint32_t& other : reverse_of) {
        other = other == no_index ? no_index : place[other];
    }
}

bool Leg::possible() const
{
    return std::any_of(matrix.log_p.begin(), matrix.log_p.end(), [](double p) { return p > impossible; });
}

LegFacts facts_of(const Step& from, const Step& to)
{
    LegFacts facts;
    facts.straight_m = arc_of_chord_m(chord_m(earth_centred(from.seen.at), earth_centred(to.seen.at)));
    facts.sigma_from_m = from.sigma_m;
    facts.sigma_to_m = to.sigma_m;
    facts.most_elapsed_s = to.seen.end_s - from.seen.begin_s;
    const double least_s = std::max(0.0, to.seen.begin_s - from.seen.end_s);
    facts.elapsed_s =
        std::isnan(facts.most_elapsed_s) ? Sighting::unknown : 0.5 * (least_s + facts.most_elapsed_s);
    return facts;
}

LegTables::LegTables(const MatchNetwork::Shared& shared)
    : shared_(shared), near_law_(shared.options.law, shared.even.pace_min_per_m),
      far_law_(shared.options.law, shared.travel.pace_min_per_m),
      search_(shared.turns, *shared.even.ends, shared.even.weights)
{
}

void LegTables::near_costs(const Leg& leg, const Step& from, const Step& to)
{
    constexpr double margin_betas = 25; // what is e^-25 as likely need not be told apart from impossible
    const double straight = leg.facts.straight_m * near_law_.pace();
    const double beta = near_law_.beta_minutes(leg.facts, straight, near_law_.law().scale);
    const Weight margin = shared_.even.units(margin_betas * beta);
    const Weight bound = shared_.even.units(straight + 2 * margin_betas * beta);
    search_.aim_at(to.states);
    for (std::size_t a = 0; a < from.states.size(); ++a) {
        search_.run(from.states[a], margin, bound,
                    std::span(costs_).subspan(a * to.states.size(), to.states.size()));
    }
}

void LegTables::far_costs(const Step& from, const Step& to)
{
    if (!table_) {
        table_.emplace(shared_.hierarchy());
    }
    const StateEnds& ends = *shared_.travel.ends;
    starts_.resize(from.states.size());
    ends_.resize(to.states.size());
    for (std::size_t a = 0; a < from.states.size(); ++a) {
        ends.leaving(from.states[a], starts_[a]);
    }
    for (std::size_t b = 0; b < to.states.size(); ++b) {
        ends.arriving(to.states[b], ends_[b]);
    }
    table_->run(starts_, ends_, costs_);
    for (std::size_t a = 0; a < from.states.size(); ++a) {
        for (std::size_t b = 0; b < to.states.size(); ++b) {
            Weight& cost = costs_[a * to.states.size() + b];
            cost = std::min(cost, ends.direct(from.states[a], to.states[b]));
        }
    }
}

double LegTables::log_p(const Leg& leg, Weight weight) const
{
    if (weight >= unreachable) {
        return impossible;
    }
    if (leg.kind == LegKind::near) {
        return near_law_.near(leg.facts, shared_.even.minutes(weight));
    }
    const double minutes = shared_.travel.minutes(weight);
    return leg.facts.order_known ? far_law_.far(leg.facts, minutes, leg.least_minutes)
                                 : LegLikelihood::any_order(minutes, leg.beta_minutes);
}

/// The matrix from costs_, with turning round where that is likelier.
void LegTables::fill(Leg& leg, const Step& from, const Step& to)
{
    const std::size_t rows = from.states.size();
    const std::size_t columns = to.states.size();
    for (std::size_t a = 0; a < rows; ++a) {
        for (std::size_t b = 0; b < columns; ++b) {
            if (falls_back(from, from.states[a], to, to.states[b])) {
                costs_[a * columns + b] = 0;
            }
        }
    }
    const Weight least = *std::min_element(costs_.begin(), costs_.end());
    leg.least_minutes = shared_.travel.minutes(least);
    leg.matrix = {rows, columns, std::vector<double>(rows * columns)};
    std::vector<double>& p = leg.matrix.log_p;
    std::transform(costs_.begin(), costs_.end(), p.begin(), [&](Weight cost) { return log_p(leg, cost); });
    const double reverse = shared_.options.law.reverse;
    for (std::size_t a = 0; a < rows; ++a) {
        const std::size_t other = from.reverse_of[a];
        if (other == no_index || other < a) {
            continue;
        }
        for (std::size_t b = 0; b < columns; ++b) {
            double& on = p[a * columns + b];
            double& back = p[other * columns + b];
            const double straight_on = on;
            on = std::max(on, back - reverse);
            back = std::max(back, straight_on - reverse);
        }
    }
}

Leg LegTables::leg(const Step& from, const Step& to)
{
    Leg leg;
    leg.facts = facts_of(from, to);
    if (far_law_.impossible(leg.facts)) {
        leg.matrix = {from.states.size(), to.states.size(),
                      std::vector<double>(from.states.size() * to.states.size(), impossible)};
        return leg;
    }
    costs_.assign(from.states.size() * to.states.size(), unreachable);
    if (!from.vague && !to.vague && leg.facts.straight_m <= shared_.options.law.near_m) {
        leg.kind = LegKind::near;
        near_costs(leg, from, to);
        if (std::any_of(costs_.begin(), costs_.end(), [](Weight cost) { return cost < unreachable; })) {
            fill(leg, from, to);
            return leg;
        }
        leg.kind = LegKind::far;
    }
    far_costs(from, to);
    fill(leg, from, to);
    return leg;
}

Leg LegTables::leg_in_any_order(const Step& from, const Step& to, double beta_minutes)
{
    Leg leg;
    leg.facts = facts_of(from, to);
    leg.facts.order_known = false;
    leg.beta_minutes = beta_minutes;
    costs_.assign(from.states.size() * to.states.size(), unreachable);
    far_costs(from, to);
    fill(leg, from, to);
    return leg;
}

double LegTables::least_minutes(const Step& from, const Step& to)
{
    costs_.assign(from.states.size() * to.states.size(), unreachable);
    far_costs(from, to);
    const Weight least = *std::min_element(costs_.begin(), costs_.end());
    return least < unreachable ? shared_.travel.minutes(least) : std::numeric_limits<double>::infinity();
}

LegWaySides LegTables::way_between(LegKind kind, const MatchState& from, const MatchState& to)
{
    if (kind == LegKind::near) {
        search_.aim_at(std::span(&to, 1));
        Weight cost = unreachable;
        search_.run(from, 0, unreachable - 1, std::span(&cost, 1));
        return search_.way_to(0);
    }
    if (!query_) {
        query_.emplace(shared_.hierarchy());
    }
    const StateEnds& ends = *shared_.travel.ends;
    starts_.resize(1);
    ends_.resize(1);
    ends.leaving(from, starts_[0]);
    ends.arriving(to, ends_[0]);
    const ArcPath path = query_->path(starts_[0], ends_[0]);
    const Weight direct = ends.direct(from, to);
    LegWaySides way;
    way.weight = std::min(direct, path.weight);
    if (way.weight >= unreachable) {
        return way;
    }
    way.sides.push_back(from.side);
    if (path.weight < direct) {
        const RouteNetwork& network = shared_.network;
        way.sides.push_back(network.arc_side[starts_[0][path.from_seed].node]);
        const GraphView graph = shared_.turns.graph();
        for (const std::uint32_t arc : path.arcs) {
            way.sides.push_back(network.arc_side[graph.head[arc]]);
        }
    }
    return way;
}

LegWay LegTables::way(const Leg& leg, const Step& from, std::uint32_t a, const Step& to, std::uint32_t b)
{
    const MatchState& start = from.states[a];
    const MatchState& end = to.states[b];
    if (falls_back(from, start, to, end)) {
        return staying(start);
    }
    LegWay result;
    result.way = way_between(leg.kind, start, end);
    const std::uint32_t other = from.reverse_of[a];
    if (other != no_index) {
        const MatchState& back = from.states[other];
        LegWaySides round =
            falls_back(from, back, to, end) ? LegWaySides{{back.side}, 0} : way_between(leg.kind, back, end);
        if (log_p(leg, round.weight) - shared_.options.law.reverse > log_p(leg, result.way.weight)) {
            result.turns_round = true;
            result.way = std::move(round);
        }
    }
    return result;
}

} // namespace vigil::match
