#include "kernels/route/match/matcher.h"

#include "kernels/route/match/case_draws.h"
#include "kernels/route/match/case_parts.h"
#include "kernels/route/match/case_summary.h"
#include "kernels/route/match/leg_tables.h"
#include "kernels/route/match/match_network.h"

#include <cmath>
#include <optional>

namespace vigil {

using namespace match;

struct Matcher::Workshop {
    const MatchNetwork::Shared& shared;
    LegTables tables;
    std::optional<LegRoutes> routes; ///< made for the first draws

    explicit Workshop(const MatchNetwork::Shared& the_shared) : shared(the_shared), tables(the_shared) {}

    std::optional<PartAnswer> answer(Part part, std::uint64_t item, std::size_t draws)
    {
        PartAnswer answer;
        answer.part = std::make_unique<const Part>(std::move(part));
        std::vector<std::vector<double>> emission;
        for (const Step& step : answer.part->steps) {
            emission.push_back(step.log_emission);
        }
        answer.posterior =
            std::make_unique<const Posterior>(answer.part->lattice, std::move(emission),
                                              [&](std::uint32_t from, std::uint32_t to) -> const LegMatrix& {
                                                  return answer.part->leg(from, to).matrix;
                                              });
        if (!std::isfinite(answer.posterior->log_evidence())) {
            return std::nullopt;
        }
        answer.best = answer.posterior->best();
        for (std::size_t i = 1; i < answer.best.sighting.size(); ++i) {
            const std::uint32_t from = answer.best.sighting[i - 1];
            const std::uint32_t to = answer.best.sighting[i];
            answer.best_ways.push_back(tables.way(answer.part->leg(from, to), answer.part->steps[from],
                                                  answer.best.state[i - 1], answer.part->steps[to],
                                                  answer.best.state[i]));
        }
        if (draws > 0) {
            if (!routes) {
                routes.emplace(shared.turns, shared.travel.costs, shared.travel.weights);
            }
            answer.draws =
                draw_routes(*answer.part, *answer.posterior, shared.options, item, tables, *routes);
        }
        return answer;
    }

    CaseMatch match(std::span<const Sighting> sightings, std::uint64_t item, std::size_t draws)
    {
        CaseMatch match;
        match.draws = draws;
        match.sightings.resize(sightings.size());
        for (std::size_t i = 0; i < sightings.size(); ++i) {
            match.sightings[i].sigma_m =
                std::isnan(sightings[i].sigma_m) ? shared.options.sigma_m : sightings[i].sigma_m;
        }
        match.order_assumed = widest_disorder(sightings) > most_in_any_order;
        CaseParts cutter(shared, tables);
        std::vector<PartAnswer> answers;
        for (Part& part : cutter.cut(sightings, match.sightings)) {
            if (std::optional<PartAnswer> one = answer(std::move(part), item, draws)) {
                answers.push_back(std::move(*one));
            }
        }
        summarise(shared, sightings, answers, match);
        return match;
    }
};

Matcher::Matcher(const MatchNetwork& network) : workshop_(std::make_unique<Workshop>(network.shared())) {}
Matcher::~Matcher() = default;

CaseMatch Matcher::match(std::span<const Sighting> sightings, std::uint64_t item)
{
    return workshop_->match(sightings, item, workshop_->shared.options.draws);
}

CaseMatch Matcher::best(std::span<const Sighting> sightings)
{
    return workshop_->match(sightings, 0, 0);
}

} // namespace vigil
