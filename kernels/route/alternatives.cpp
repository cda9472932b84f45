#include "kernels/route/alternatives.h"

#include "kernels/route/alternatives/local_optimality.h"
#include "kernels/route/alternatives/penalties.h"
#include "kernels/route/alternatives/plateaus.h"
#include "libgeo/error.h"

#include <cmath>
#include <optional>
#include <utility>

namespace vigil {

using namespace alternatives;

namespace {

/// Plateaus that are looked at for each way wanted; ways over the rest are dear and have long detours.
constexpr std::size_t plateaus_per_way = 20;
constexpr std::size_t rounds_per_way = 2;

void check(const AlternativesOptions& o)
{
    require(o.most >= 1, "0 ways are wanted; ask for at least 1");
    require(o.most_sharing > 0 && o.most_sharing <= 1, "sharing is {}; give a share above 0, up to 1",
            o.most_sharing);
    require(o.most_stretch >= 1 && std::isfinite(o.most_stretch), "stretch is {}; give a number >= 1",
            o.most_stretch);
    require(o.local_optimality >= 0 && std::isfinite(o.local_optimality),
            "local optimality is {}; give a number >= 0", o.local_optimality);
    require(o.penalty > 1 && std::isfinite(o.penalty), "penalty is {}; give a number > 1", o.penalty);
    require(o.unit_minutes > 0 && std::isfinite(o.unit_minutes), "a weight unit of {} min is not above 0",
            o.unit_minutes);
}

/// A way that may be kept, with what its tests need.
struct Candidate {
    Candidate(Way given, const Query& query, const RouteGraph& graph)
        : way(std::move(given)), parts(parts_of(way, query, graph)), footprint(parts),
          repeats(repeats_a_stretch(way, parts, query))
    {
    }
    Way way;
    std::vector<Part> parts;
    Footprint footprint;
    bool repeats;
    std::optional<bool> without_detour; ///< once it is known
};

/// By cost, then by stretches in order.
bool before(const Candidate& a, const Candidate& b)
{
    if (a.way.cost != b.way.cost) {
        return a.way.cost < b.way.cost;
    }
    return std::lexicographical_compare(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end(),
                                        [](const Part& x, const Part& y) { return x.element < y.element; });
}

/// Neither the same way nor one that has more in common than may be.
bool apart(const Candidate& a, const Candidate& b, Weight most_shared)
{
    return a.footprint.shared(b.footprint) <= most_shared && (before(a, b) || before(b, a));
}

bool passes_a_node_twice(const Way& way, const Query& query, const Field& field)
{
    if (way.direct) {
        return false;
    }
    std::vector<std::uint32_t> nodes = {query.from[way.from_seed].node};
    for (const std::uint32_t arc : way.arcs) {
        nodes.push_back(field.head(arc));
    }
    std::sort(nodes.begin(), nodes.end());
    return std::adjacent_find(nodes.begin(), nodes.end()) != nodes.end();
}

Alternative finished(const Candidate& candidate)
{
    const Way& way = candidate.way;
    Alternative done;
    done.path = {way.cost, way.from_seed, way.to_seed, way.arcs};
    done.direct = way.direct;
    for (const Part& part : candidate.parts) {
        done.length_m += part.length_m;
    }
    return done;
}

std::vector<double> probabilities(const std::vector<Candidate>& kept, const std::vector<Alternative>& ways,
                                  const AlternativesOptions& options)
{
    std::vector<double> cost, length;
    std::vector<std::vector<std::uint32_t>> elements(kept.size());
    std::vector<std::vector<double>> lengths(kept.size());
    for (std::size_t i = 0; i < kept.size(); ++i) {
        cost.push_back(kept[i].way.cost * options.unit_minutes);
        length.push_back(ways[i].length_m);
        for (const Part& part : kept[i].parts) {
            elements[i].push_back(part.element);
            lengths[i].push_back(part.length_m);
        }
    }
    return path_size_logit(cost, length, elements, lengths, options.theta, options.path_size_beta);
}

} // namespace

struct AlternativesFinder::Workshop {
    explicit Workshop(const RouteGraph& graph)
        : field(graph), optimality(field), plateaus(field), penalties(field)
    {
    }
    std::vector<Candidate> choose(const Query& query, const AlternativesOptions& options);
    Way cheapest(const Query& query) const;
    void consider(std::vector<Candidate>& candidates, std::vector<Way> ways, const Query& query) const;
    std::vector<Candidate> best_of(std::vector<Candidate>& candidates, const Query& query,
                                   const AlternativesOptions& options);

    Field field;
    LocalOptimality optimality;
    Plateaus plateaus;
    Penalties penalties;
};

Way AlternativesFinder::Workshop::cheapest(const Query& query) const
{
    Way way{query.direct.weight, 0, 0, true, {}};
    for (const PartialEnd& end : query.to) {
        if (end.weight >= unreachable || !field.inside(end.node)) {
            continue;
        }
        const Weight cost = add(field.from_start(end.node), end.weight);
        if (cost < way.cost) {
            const auto seed = static_cast<std::uint32_t>(&end - query.to.data());
            way = {cost, 0, seed, false, {}};
        }
    }
    if (!way.direct) {
        field.lead_in(way, query.to[way.to_seed].node);
    }
    return way;
}

void AlternativesFinder::Workshop::consider(std::vector<Candidate>& candidates, std::vector<Way> ways,
                                            const Query& query) const
{
    for (Way& way : ways) {
        if (way.cost <= field.limit() && !passes_a_node_twice(way, query, field)) {
            candidates.emplace_back(std::move(way), query, field.graph());
        }
    }
}

std::vector<Candidate> AlternativesFinder::Workshop::choose(const Query& query,
                                                            const AlternativesOptions& options)
{
    const Way first = cheapest(query);
    std::vector<Candidate> candidates;
    candidates.emplace_back(first, query, field.graph());
    if (options.most == 1) {
        return candidates;
    }
    const Footprint footprint = candidates.front().footprint;
    if (!first.direct && query.direct.weight < unreachable) {
        consider(candidates, {{query.direct.weight, 0, 0, true, {}}}, query);
    }
    const Weight most_shared = share_of(options.most_sharing, field.best());
    consider(candidates, plateaus.ways(query, footprint, most_shared, plateaus_per_way * options.most),
             query);
    std::vector<Candidate> kept = best_of(candidates, query, options);
    if (kept.size() < options.most) {
        consider(candidates, penalties.ways(query, first, options.penalty, rounds_per_way * options.most),
                 query);
        kept = best_of(candidates, query, options);
    }
    std::sort(kept.begin(), kept.end(), before);
    return kept;
}

/// The first candidate, which is a cheapest way, and then whichever pass all tests, cheapest first.
std::vector<Candidate> AlternativesFinder::Workshop::best_of(std::vector<Candidate>& candidates,
                                                             const Query& query,
                                                             const AlternativesOptions& options)
{
    std::stable_sort(candidates.begin() + 1, candidates.end(), before);
    const Weight most_shared = share_of(options.most_sharing, field.best());
    const Weight window = share_of(options.local_optimality, field.best());
    std::vector<Candidate> kept = {candidates.front()};
    for (Candidate& candidate : std::span(candidates).subspan(1)) {
        const auto apart_from = [&](const Candidate& other) {
            return apart(candidate, other, most_shared);
        };
        if (kept.size() == options.most) {
            break;
        }
        if (candidate.repeats || !std::all_of(kept.begin(), kept.end(), apart_from)) {
            continue;
        }
        if (!candidate.without_detour) {
            candidate.without_detour = optimality.holds(candidate.way, query, window);
        }
        if (*candidate.without_detour) {
            kept.push_back(candidate);
        }
    }
    return kept;
}

AlternativesFinder::AlternativesFinder(const RouteGraph& graph) : workshop_(std::make_unique<Workshop>(graph))
{
}
AlternativesFinder::~AlternativesFinder() = default;
AlternativesFinder::AlternativesFinder(AlternativesFinder&&) noexcept = default;
AlternativesFinder& AlternativesFinder::operator=(AlternativesFinder&&) noexcept = default;

std::vector<Alternative> AlternativesFinder::find(std::span<const PartialEnd> from,
                                                  std::span<const PartialEnd> to, const DirectWay& direct,
                                                  const AlternativesOptions& options)
{
    check(options);
    const Query query{from, to, direct};
    if (!workshop_->field.explore(query, options.most_stretch)) {
        return {};
    }
    const std::vector<Candidate> kept = workshop_->choose(query, options);
    std::vector<Alternative> ways;
    for (const Candidate& candidate : kept) {
        ways.push_back(finished(candidate));
    }
    const std::vector<double> probability = probabilities(kept, ways, options);
    for (std::size_t i = 0; i < ways.size(); ++i) {
        ways[i].probability = probability[i];
    }
    return ways;
}

} // namespace vigil
