#include "kernels/weights/structure.h"
#include "libgeo/error.h"
#include "libgeo/io/features_io.h"
#include "libgeo/io/source.h"
#include "libgeo/io/weights_io.h"
#include "tools/commands.h"
#include "tools/hotspots/global.h"
#include "tools/hotspots/optimise.h"
#include "tools/hotspots/rates.h"
#include "tools/hotspots/result.h"
#include "tools/labels.h"
#include "tools/shared_options.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <memory>

namespace vigil::tools {

namespace {

/// What is examined, once it is read.
struct Study {
    Units units;
    IncidentSample sample; ///< empty for polygons with values of their own
    Values given;          ///< of such polygons
    std::string name;      ///< of the file, for messages
};

void add_input(Provenance& provenance, const std::string& path)
{
    if (!path.empty() && path != "-") {
        provenance.inputs.push_back(
            {std::filesystem::path(path).filename().string(), io::sha256_of_file(path)});
    }
}

Study read_polygons(const HotspotOptions& o, const cli::Context& context, Provenance& provenance)
{
    Study study;
    std::tie(study.units, study.given) = units_of_polygons(o, context);
    provenance = context.provenance();
    add_input(provenance, o.input);
    provenance.crs = study.units.layer.crs.label();
    return study;
}

Study read_incident_study(HotspotOptions& o, Decisions& decisions, const cli::Context& context,
                          Provenance& provenance)
{
    io::ReadOptions reading = o.read;
    reading.overwrite = o.write.overwrite;
    reading.degrees = o.geodesic;
    reading.attributes = label_columns(o.by);
    io::ReadIncidents read = read_incidents(o.input, reading, context);
    provenance = provenance_of(context, read.report, read.incidents.crs);
    Study study;
    study.name = read.report.name;
    study.sample = incident_sample(std::move(read.incidents), o, context);
    if (o.optimise) {
        choose_units(o, study.sample.incidents, decisions);
    }
    study.units = units_of_incidents(study.sample.incidents, o, context);
    if (study.units.outside > 0) {
        context.warn("{}: {} of {} incidents lie outside the {} and are left out", study.name,
                     study.units.outside, study.sample.incidents.size(),
                     o.polygons.empty() ? "extent or mask" : "polygons");
    }
    if (study.units.undated > 0) {
        context.warn("{}: {} of {} incidents have no known time and are left out", study.name,
                     study.units.undated, study.sample.incidents.size());
    }
    return study;
}

/// Counts, sums of weights or given values of one group.
Values values_of(const Study& study, const IncidentGroup* group)
{
    Values values = study.given;
    if (group != nullptr) {
        values = tallied(study.units, picked(study.units.of_incident, group->rows), counted_weights(*group));
    }
    return values;
}

/// What is compared: features with a value, and whether their values differ.
struct Compared {
    std::size_t features = 0;
    bool differ = false;
    std::size_t islands = 0;
};

Compared compared_in(std::span<const double> values, const LocalResult& local)
{
    Compared compared;
    compared.differ = differ(values);
    const int self = local.statistic == LocalStatistic::gi_star ? 1 : 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isnan(values[i])) {
            ++compared.features;
            compared.islands += local.neighbours[i] <= self ? 1U : 0U;
        }
    }
    return compared;
}

/// "; with --band 812.5 every feature has one", where that can be said.
std::string remedy_for(const Units& units, const Neighbourhood& near)
{
    if (near.kind != HotspotWeights::band) {
        return "";
    }
    const std::optional<double> least_m = least_band_m(units);
    return least_m ? fmt::format("; with --band {:.1f} every feature has one", std::ceil(*least_m * 10) / 10)
                   : "";
}

/// Says how far the numbers can be trusted, and refuses where there are none.
void check_comparison(const std::string& of, const Compared& compared, const Units& units,
                      const Neighbourhood& near, const cli::Context& context)
{
    require(compared.features > 0, "no feature has a value");
    if (compared.islands == compared.features && compared.differ) {
        fail(ExitCode::input, "no feature has a neighbour: neighbours are {}{}", near.text(),
             remedy_for(units, near));
    }
    if (!compared.differ) {
        context.warn("{}{} features, all of the same value: nothing can stand out (z 0, p 1){}", of,
                     compared.features,
                     near.kind == HotspotWeights::space_time ? "; give --weight"
                     : units.places()                        ? "; count in cells with --grid fishnet"
                                                             : "");
    } else if (compared.features < 30) {
        context.warn("{}only {} features: below 30 the z-scores are rough", of, compared.features);
    }
    if (compared.islands > 0 && compared.differ) {
        const bool many = 10 * compared.islands >= compared.features; // else it is not worth the search
        context.warn("{}{} of {} features have no neighbour and get no p{}", of, compared.islands,
                     compared.features, many ? remedy_for(units, near) : "");
    }
}

void note_settings(Provenance& provenance, const Study& study, const Neighbourhood& near,
                   const HotspotOptions& o)
{
    auto& notes = provenance.notes;
    notes.emplace_back("statistic", name_of(o.statistic));
    if (study.units.lattice()) {
        notes.emplace_back("cell_m", fmt::format("{}", study.units.cell_m));
    }
    notes.emplace_back("features", fmt::format("{}", study.units.present()));
    notes.emplace_back("neighbours", near.text());
    notes.emplace_back("fdr", o.fdr == FalseDiscovery::bh   ? "Benjamini-Hochberg"
                              : o.fdr == FalseDiscovery::by ? "Benjamini-Yekutieli"
                                                            : "none");
    notes.emplace_back("permutations", fmt::format("{}", o.permutations));
    if (o.permutations > 0 || o.uncertain) {
        provenance.seed = static_cast<std::uint64_t>(o.seed);
    }
}

void tell_frame(const Units& units, const Neighbourhood& near, const cli::Context& context)
{
    if (units.fishnet) {
        context.tell("{} x {} squares of {} m", units.fishnet->rows, units.fishnet->cols, units.cell_m);
    } else if (units.hexagons) {
        context.tell("{} x {} hexagons of {} m", units.hexagons->rows, units.hexagons->cols, units.cell_m);
    }
    context.tell("{} features compared; neighbours: {}", units.present(), near.text());
    if (near.lists) {
        const WeightsSummary links = summary(*near.lists);
        const std::size_t absent = units.n - units.present();
        context.tell("{} links, {:.3g} neighbours on average, at most {}; {} connected parts", links.links,
                     static_cast<double>(links.links) / static_cast<double>(units.present()), links.most,
                     links.components - absent);
    }
}

/// Everything about one group.
Findings findings_of(const Study& study, const IncidentGroup* group, const std::string& label, Values values,
                     const Neighbourhood& near, const HotspotOptions& o, const cli::Context& context)
{
    Findings found;
    found.group = group != nullptr ? group->name : "";
    found.label = label;
    tell_rates(values, study.units, o, context);
    prepare(values, study.units, near, o);
    found.value_alias = value_words(values, study.units, o);
    found.values = std::move(values);
    const std::vector<double>& x = found.values.value;
    found.local = local_of(study.units, x, near, o);
    check_comparison(found.label, compared_in(x, found.local), study.units, near, context);
    found.significance = significance_of(x, found.local, near, o);
    context.tell("p by {}", found.significance.how);
    if (found.significance.doubtful > 0) {
        context.warn(
            "{}{} features are significant at 95 % by the normal distribution of z, but not by the exact one "
            "of "
            "shuffled values: look at these with care (field p_exact; --p exact takes the bins from it)",
            found.label, found.significance.doubtful);
    }
    if (o.stability) {
        found.stable = stability_of(study.units, x, found.significance, near, o, context);
    }
    if (o.uncertain) {
        found.shares = hot_shares(study.units, study.sample.incidents, *group, near, o, context);
    }
    return found;
}

/// Refuses outputs that are there already, or are to hold two things, before any work is done.
void require_free_outputs(const HotspotOptions& o)
{
    const std::string picture = o.curve.empty() || o.curve == "-"
                                    ? ""
                                    : std::filesystem::path(o.curve).replace_extension(".svg").string();
    std::vector<std::string> paths;
    for (const std::string& path : {o.output, o.global, o.curve, picture, o.write_weights, o.read.rejects}) {
        if (path.empty()) {
            continue;
        }
        const std::string whole =
            path == "-" ? path : std::filesystem::absolute(path).lexically_normal().string();
        if (std::find(paths.begin(), paths.end(), whole) != paths.end()) {
            throw UsageError(fmt::format("{} is named as two outputs", path));
        }
        const io::PendingOutput free(path, o.write.overwrite);
        paths.push_back(whole);
    }
}

/// The groups of incidents, or for polygons with values of their own one that is none.
std::vector<const IncidentGroup*> groups_in(const Study& study)
{
    std::vector<const IncidentGroup*> groups;
    for (const IncidentGroup& group : study.sample.groups) {
        groups.push_back(&group);
    }
    return groups.empty() ? std::vector<const IncidentGroup*>{nullptr} : groups;
}

/// What --optimise leaves open until the values are known: the neighbours.
void optimise_neighbours(HotspotOptions& o, const Study& study, Decisions& decisions,
                         const cli::Context& context)
{
    Values values = values_of(study, groups_in(study).front());
    HotspotOptions without_neighbours = o;
    if (o.rate == Rate::local_empirical_bayes) {
        without_neighbours.rate = Rate::empirical_bayes;
    }
    prepare(values, study.units, {}, without_neighbours);
    choose_neighbours(o, study.units, values.value, decisions);
    say(decisions, o.write.provenance, context);
}

/// A million places: room for the results.
void forget_incidents(Study& study)
{
    study.sample.incidents = {};
    study.units.of_incident = {};
    for (IncidentGroup& group : study.sample.groups) {
        group.weight = {};
    }
}

void keep_weights(const Study& study, const Neighbourhood& near, const HotspotOptions& o)
{
    if (o.write_weights.empty()) {
        return;
    }
    io::WriteWeightsOptions writing;
    writing.overwrite = o.write.overwrite;
    std::vector<std::string> ids;
    if (!o.polygon_id.empty()) {
        ids = text_of(*study.units.fields.find(o.polygon_id));
        writing.id = o.polygon_id;
    }
    io::write_weights(o.write_weights, lists_of(near, study.units), ids, writing);
}

/// Layers of one name get a number: two groups may differ only in what a layer name cannot hold.
void name_apart(std::vector<Features>& layers)
{
    std::map<std::string, int> seen;
    for (Features& layer : layers) {
        if (const int times = ++seen[layer.name]; times > 1) {
            layer.name += fmt::format("_{}", times);
            layer.title += fmt::format(", {}", times); // a GeoPackage tells titles apart without case
        }
    }
}

/// What can only be told once it is decided who are neighbours.
void check_neighbourhood(const Neighbourhood& near, const Units& units, const HotspotOptions& o,
                         const cli::Context& context)
{
    if (o.p == PValue::permutation && o.permutations == 0) {
        throw UsageError("join counts with weights that differ are permuted; --permutations 0 leaves no p");
    }
    if (p_kind(o) == PValue::exact && !near.binary()) {
        throw UsageError("an exact p needs neighbours that all count the same; use --p permutation");
    }
    if (o.stability && near.band_m <= 0 && near.k == 0) {
        throw UsageError("--stability changes the band or the number of nearest neighbours; give --weights "
                         "band or knn");
    }
    if (!o.getis_ord() || !o.global.empty() || !o.write_weights.empty()) {
        require_links(near, units, context);
    }
}

void run(HotspotOptions o, const cli::Context& context)
{
    settle(o);
    require_free_outputs(o);
    Decisions decisions;
    Study study = o.examines_polygons() ? read_polygons(o, context, o.write.provenance)
                                        : read_incident_study(o, decisions, context, o.write.provenance);
    context.progress(0.2);
    if (o.optimise) {
        optimise_neighbours(o, study, decisions, context);
    }
    const Neighbourhood near = neighbourhood_for(study.units, o, context);
    if (o.p == PValue::unset && o.statistic == LocalStatistic::join_count && !near.binary()) {
        o.p = PValue::permutation; // the exact distribution is that of plain counts
    }
    check_neighbourhood(near, study.units, o, context);
    for (const std::string& path : {o.polygons, o.mask, o.weights_file, o.network}) {
        add_input(o.write.provenance, path);
    }
    tell_frame(study.units, near, context);
    note_settings(o.write.provenance, study, near, o);
    context.progress(0.3);
    std::vector<Features> layers;
    std::string global = global_header();
    const std::vector<const IncidentGroup*> groups = groups_in(study);
    io::require_room(o.output, groups.size(), o.write);
    for (std::size_t g = 0; g < groups.size(); ++g) {
        const bool last = g + 1 == groups.size();
        Values values = values_of(study, groups[g]);
        if (last && !o.uncertain) {
            forget_incidents(study);
        }
        // Messages do not say what a group is called: it may be who reported.
        const std::string label =
            groups.size() > 1 ? fmt::format("group {} of {}: ", g + 1, groups.size()) : "";
        Findings found = findings_of(study, groups[g], label, std::move(values), near, o, context);
        if (!o.global.empty()) {
            global += global_rows(found.group, found.values.value, study.units, near, o, context);
        }
        o.write.provenance.notes.emplace_back("p", label + found.significance.how);
        layers.push_back(hotspot_layer(study.units, std::move(found), near, o, context, last));
    }
    name_apart(layers);
    write_curve(decisions, o);
    keep_weights(study, near, o);
    if (!o.global.empty()) {
        io::write_bytes(o.global, global, o.write.overwrite);
    }
    io::write_features(o.output, layers, o.write);
    context.progress(1);
}

} // namespace

void add_hotspots(CLI::App& root, std::deque<cli::Command>& commands)
{
    auto o = std::make_shared<HotspotOptions>();
    cli::Command& command = commands.emplace_back(
        root, "hotspots",
        "Hot and cold spots, clusters and outliers of incidents on a grid, of places or of polygons.");
    add_hotspot_options(command, *o);
    command.run([o](const cli::Context& context) { run(*o, context); });
}

} // namespace vigil::tools
