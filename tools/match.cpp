#include "kernels/route/match/noise.h"
#include "kernels/route/match/order_lattice.h"
#include "libgeo/error.h"
#include "libgeo/io/crs.h"
#include "libgeo/io/features_io.h"
#include "tools/commands.h"
#include "tools/match/find.h"
#include "tools/match/layers.h"
#include "tools/match/options.h"
#include "tools/match/time_text.h"
#include "tools/other_file.h"
#include "tools/route_network/layers.h"
#include "tools/shared_options.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numeric>

namespace vigil::tools {

namespace {

MatchLayerChoice layers_of(const std::string& only)
{
    if (only.empty()) {
        return {};
    }
    return {only == "routes", only == "edges", only == "points", only == "ambiguity"};
}

std::vector<std::string> time_texts(const SightingCases& cases)
{
    std::vector<std::string> texts;
    texts.reserve(cases.time.size());
    for (const TimeSpan& time : cases.time) {
        texts.push_back(time_text(time));
    }
    texts.resize(cases.sightings.size());
    return texts;
}

/// Sightings without a sigma get the one that the others show, when there are enough of them nearby.
void settle_noise(MatchCommandOptions& o, const MatchNetwork& network, SightingCases& cases,
                  const cli::Context& context)
{
    const auto unknown = [](const Sighting& seen) {
        return std::isnan(seen.sigma_m);
    };
    const auto how_many = std::count_if(cases.sightings.begin(), cases.sightings.end(), unknown);
    if (o.sigma_m || how_many == 0) {
        return;
    }
    if (const std::optional<Noise> noise = estimate_noise(network, cases.sightings, cases.case_begin)) {
        o.match.sigma_m = noise->sigma_m;
        context.tell("sigma of {} sightings that do not tell theirs: {:.1f} m, estimated from {} of them",
                     how_many, noise->sigma_m, noise->sightings);
        for (Sighting& seen : cases.sightings) {
            seen.sigma_m = unknown(seen) ? noise->sigma_m : seen.sigma_m;
        }
    } else {
        context.warn("{} sightings do not tell how well their place is known: {:g} m is taken (--sigma)",
                     how_many, o.match.sigma_m);
    }
}

struct Counts {
    std::array<std::size_t, 4> status{};
    std::size_t no_route = 0, broken = 0, unclear = 0, assumed = 0;
};

Counts count(const std::vector<CaseMatch>& found)
{
    Counts counts;
    for (const CaseMatch& one : found) {
        for (const SightingMatch& sighting : one.sightings) {
            ++counts.status[static_cast<std::size_t>(sighting.status)];
        }
        const auto gaps = std::count_if(one.sightings.begin(), one.sightings.end(),
                                        [](const SightingMatch& s) { return s.status == MatchStatus::gap; });
        counts.no_route += one.routes.empty() ? 1U : 0U;
        counts.broken += gaps > 0 ? 1U : 0U;
        counts.unclear += std::any_of(one.legs.begin(), one.legs.end(),
                                      [](const LegMatch& leg) { return leg.probability < 0.5; })
                              ? 1U
                              : 0U;
        counts.assumed += one.order_assumed ? 1U : 0U;
    }
    return counts;
}

void tell_counts(const std::vector<CaseMatch>& found, const MatchCommandOptions& o, Provenance& provenance,
                 const cli::Context& context)
{
    const Counts counts = count(found);
    const auto status = [&](MatchStatus s) {
        return counts.status[static_cast<std::size_t>(s)];
    };
    const std::size_t sightings = std::accumulate(counts.status.begin(), counts.status.end(), std::size_t{0});
    if (counts.no_route > 0) {
        context.warn(
            "{} of {} cases have no route: none of their sightings could be used; they are listed with "
            "status no_route",
            counts.no_route, found.size());
    }
    if (counts.broken > 0) {
        context.warn(
            "{} of {} cases have a route in several parts: no way joins all of their sightings (status "
            "gap)",
            counts.broken, found.size());
    }
    for (const MatchStatus left_out : {MatchStatus::outlier, MatchStatus::isolated}) {
        if (status(left_out) > 0) {
            context.warn("{} of {} sightings are not on a route (status {})", status(left_out), sightings,
                         name_of(left_out));
        }
    }
    if (counts.assumed > 0) {
        context.warn(
            "{} cases have more than {} sightings in no order: they were taken in the order of their "
            "rows",
            counts.assumed, most_in_any_order);
    }
    if (counts.unclear > 0 && o.match.draws > 0) {
        context.warn(
            "{} of {} cases have a leg whose likeliest way has less than half of the probability: see "
            "the layer ambiguity",
            counts.unclear, found.size());
    }
    context.tell("{} sightings of {} cases matched", status(MatchStatus::matched) + status(MatchStatus::gap),
                 found.size());
    auto& notes = provenance.notes;
    notes.emplace_back("cases", fmt::format("{}", found.size()));
    notes.emplace_back("matched", fmt::format("{}", status(MatchStatus::matched)));
    notes.emplace_back("gap", fmt::format("{}", status(MatchStatus::gap)));
    notes.emplace_back("outlier", fmt::format("{}", status(MatchStatus::outlier)));
    notes.emplace_back("unreachable", fmt::format("{}", status(MatchStatus::isolated)));
    notes.emplace_back("sigma_m", fmt::format("{:.3g}", o.match.sigma_m));
}

void require_usable(const MatchCommandOptions& o)
{
    require_one_standard_input({o.network.paths.front(), o.sightings.path});
    require_other_file(o.output, {o.network.paths.front(), o.sightings.path, o.travel.profile});
    const MatchLayerChoice choice = layers_of(o.only);
    const std::size_t layers =
        static_cast<std::size_t>(choice.routes) + static_cast<std::size_t>(choice.edges) +
        static_cast<std::size_t>(choice.points) + static_cast<std::size_t>(choice.ambiguity);
    io::require_room(o.output, layers, o.write);
}

void run(MatchCommandOptions o, const cli::Context& context)
{
    o.travel.allow_vsi = o.sightings.read.allow_vsi = o.network.allow_vsi;
    o.sightings.read.overwrite = o.write.overwrite;
    require_usable(o);
    o.match.draws = static_cast<std::size_t>(o.draws);
    o.match.most_routes = static_cast<std::size_t>(o.ways);
    o.match.seed = static_cast<std::uint64_t>(o.seed);
    SightingCases cases = read_sightings(o.sightings, context);
    const LoadedRouteNetwork loaded = load_route_network(o.network, true, context);
    tell_route_network(loaded, context);
    LoadedScenarios travel = load_scenarios(o.travel, loaded.network, context);
    Costs costs = std::move(travel.scenarios.front().costs);
    context.require_memory(static_cast<double>(cases.sightings.size()) * 2500,
                           fmt::format("{} sightings", cases.sightings.size()),
                           "match fewer cases at a time");
    o.match.sigma_m = o.sigma_m.value_or(o.match.sigma_m);
    const MatchNetwork network(loaded.network, std::move(costs), o.match);
    settle_noise(o, network, cases, context);
    const std::vector<CaseMatch> found = match_cases(network, cases, context.progress);

    o.write.provenance = context.provenance();
    Provenance& provenance = o.write.provenance;
    provenance.inputs = loaded.records;
    for (const std::vector<InputRecord>& records : {cases.records, travel.records}) {
        provenance.inputs.insert(provenance.inputs.end(), records.begin(), records.end());
    }
    provenance.seed = o.match.seed;
    provenance.notes.emplace_back("travel", travel.text);
    tell_counts(found, o, provenance, context);
    const std::vector<std::string> times = time_texts(cases);
    const MatchedCases matched{.case_id = cases.case_id,
                               .case_begin = cases.case_begin,
                               .sightings = cases.sightings,
                               .row = cases.row,
                               .time = times,
                               .cases = found};
    std::vector<Features> layers = match_layers(loaded.network, matched, layers_of(o.only));
    const Crs crs = o.crs.empty() ? loaded.crs : io::crs_from_user(o.crs);
    bring_to(layers, crs);
    provenance.crs = crs.label();
    io::write_features(o.output, layers, o.write);
}

void add_model_options(cli::Command& command, MatchCommandOptions& o)
{
    command
        .number("--sigma", o.sigma_m, cli::Range{.min = 0.1, .max = 1e6}, "m", "estimated, else 10",
                "standard deviation, in each direction, of places that do not tell theirs")
        .number("--max-speed", o.match.law.most_speed_kmh, cli::Range{.min = 1, .max = 1e5}, "km/h",
                "nobody goes faster in a straight line: a sighting that asks for it is an outlier")
        .number("--turn", o.match.turns.right_angle_s, cli::non_negative, "s",
                "what a turn by 90 degrees at a junction costs; less in proportion")
        .number("--reverse", o.match.law.reverse, cli::non_negative, "",
                "turning round at a sighting is e^-this as likely as going on")
        .number("--dwell", o.match.law.dwell, cli::Range{.min = 0, .max = 1}, "",
                "share of legs on which somebody stayed somewhere, so that they may take any time longer")
        .number("--spread", o.match.spread.minutes, cli::non_negative, "min",
                "how much ways vary that people take: variance / mean of the cost they see")
        .integer("--draws", o.draws, 0, 100000, "routes drawn for the probabilities; 0: the best route alone")
        .integer("--ways", o.ways, 0, 1000, "routes listed for each case beside the best at most")
        .number(
            "--sharing", o.match.most_sharing, cli::Range{.min = 0, .max = 1, .min_open = true}, "",
            "most of its length that a route may share with one listed before; drawn routes that share more "
            "are counted as that one")
        .number("--corridor", o.match.corridor, cli::Range{.min = 0, .max = 1, .min_open = true}, "",
                "edges marked in_corr hold this share of the drawn routes whole")
        .integer("--seed", o.seed, 0, INT64_MAX,
                 "of the random numbers; the same seed gives the same answer");
}

} // namespace

void add_match(CLI::App& root, std::deque<cli::Command>& commands)
{
    auto o = std::make_shared<MatchCommandOptions>();
    o->network.paths.resize(1);
    cli::Command& command = commands.emplace_back(
        root, "match",
        "Likely routes through sightings, from GPS tracks to a few places days apart, with probabilities.");
    command
        .file("NETWORK", o->network.paths.front(),
              "what vigil network wrote, an OpenStreetMap extract, or lines")
        .file("SIGHTINGS", o->sightings.path, "CSV, GPX or a layer of points; - for standard input")
        .file("OUTPUT", o->output, "GeoPackage; with --only also Shapefile, GeoJSON, CSV, or -");
    add_sightings_options(command, o->sightings);
    add_profile_option(command, o->travel);
    add_model_options(command, *o);
    command
        .choice<std::string>(
            "--only", o->only,
            {{"routes", "routes"}, {"edges", "edges"}, {"points", "points"}, {"ambiguity", "ambiguity"}},
            "write this layer alone")
        .text("--network-layer", o->network.layer, "layer of lines in a GIS file");
    add_network_options(command, o->network, o->crs);
    add_write_options(command, o->write);
    command.run([o](const cli::Context& context) { run(*o, context); });
}

} // namespace vigil::tools
