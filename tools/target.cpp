#include "libgeo/error.h"
#include "tools/commands.h"
#include "tools/target/outputs.h"

#include <algorithm>
#include <cctype>
#include <memory>

namespace vigil::tools {

namespace {

struct Options {
    std::string input, output, platform = "auto", limits, curve;
    std::vector<std::string> also;
    PlanOptions plan;
    DemandOptions demand;
    TargetWriting writing;
    bool list_platforms = false;
};

std::vector<TargetFile> files_of(const Options& o)
{
    std::vector<TargetFile> files{target_file(o.output, o.platform, o.writing.write.format)};
    for (const std::string& path : o.also) {
        files.push_back(target_file(path, "auto", {}));
    }
    if (!o.curve.empty()) {
        files.push_back({o.curve, TargetForm::curve, {}, {}});
    }
    return files;
}

void check_limits(const Options& o, const std::vector<TargetFile>& files, const std::vector<Platform>& all)
{
    for (const TargetFile& file : files) {
        if (file.platform.empty()) {
            continue;
        }
        const Platform& one = platform_called(all, file.platform);
        const bool can_split = file.form == TargetForm::meta || file.form == TargetForm::google;
        if (o.plan.circles > one.max_circles && !(o.writing.split && can_split)) {
            fail(ExitCode::limit, "--circles {}: {} takes at most {} {}; ask for {} or fewer{}",
                 o.plan.circles, one.title, one.max_circles, one.counted, one.max_circles,
                 can_split ? ", or add --split to spread them over several" : "");
        }
        if (o.writing.split && file.form == TargetForm::meta && file.path == "-") {
            throw UsageError("--split writes several files; name the first instead of -");
        }
        for (const double radius_km : o.plan.radii_km) {
            if (radius_km < one.min_km || radius_km > one.max_km) {
                fail(ExitCode::limit, "--radius {} km: {} takes {} to {} km", radius_km, one.title,
                     one.min_km, one.max_km);
            }
        }
    }
}

/// Radii that every platform in use can hold, each rounded up.
void round_radii(Options& o, const std::vector<TargetFile>& files, const std::vector<Platform>& all,
                 const cli::Context& context)
{
    for (double& radius_km : o.plan.radii_km) {
        const double asked = radius_km;
        for (int pass = 0; pass < 2; ++pass) { // the second time for steps that are not parts of each other
            for (const TargetFile& file : files) {
                if (!file.platform.empty()) {
                    radius_km = platform_called(all, file.platform).rounded_up(radius_km);
                }
            }
        }
        if (radius_km != asked) {
            context.warn("--radius {} km is rounded up to {} km, the next that can be written", asked,
                         radius_km);
        }
    }
    std::sort(o.plan.radii_km.begin(), o.plan.radii_km.end());
    o.plan.radii_km.erase(std::unique(o.plan.radii_km.begin(), o.plan.radii_km.end()), o.plan.radii_km.end());
}

void check_campaign(const std::string& name)
{
    const bool odd =
        name.empty() || name.size() > 120 || std::string("=+-@").find(name[0]) != std::string::npos ||
        std::any_of(name.begin(), name.end(), [](unsigned char c) { return std::iscntrl(c) != 0; });
    if (odd) {
        throw UsageError("--campaign: give a name of 1 to 120 bytes that does not begin with = + - or @");
    }
}

void tell_plan(const TargetPlan& plan, const Options& o, const cli::Context& context)
{
    if (plan.beyond > 0) {
        context.warn("{} incidents lie where no circle holds {} and are left out", plan.beyond,
                     o.plan.min_count);
    }
    if (plan.dropped > 0) {
        context.warn("{} circles add fewer than {} incidents once rounded and are not written", plan.dropped,
                     o.plan.min_count);
    }
    if (std::abs(plan.covered - plan.planned) > 0.02 * plan.planned) {
        context.warn("the circles cover {:.4g} on the ellipsoid but {:.4g} on the plane; --crs with a plane "
                     "truer to distance would choose better",
                     plan.covered, plan.planned);
    }
    context.tell("{} circles cover {:.2f} % of {:.10g}; at least {:.1f} % of the best possible list of {} "
                 "with centres on the same lattice{}",
                 plan.circles.size(), 100 * plan.covered / plan.total, plan.total,
                 plan.bound > 0 ? 100 * plan.worth / plan.bound : 100.0, o.plan.circles,
                 plan.cost_per_km2 > 0 ? fmt::format(", counted less {:.4g} for each km2", plan.cost_per_km2)
                                       : std::string());
}

void add_notes(Provenance& provenance, const TargetPlan& plan, const Options& o)
{
    provenance.notes.emplace_back("circles", fmt::format("{}", plan.circles.size()));
    provenance.notes.emplace_back("min_count", fmt::format("{}", o.plan.min_count));
    provenance.notes.emplace_back("cost_per_km2", fmt::format("{:.6g}", plan.cost_per_km2));
    provenance.notes.emplace_back("covered", fmt::format("{:.10g} of {:.10g}", plan.covered, plan.total));
    provenance.notes.emplace_back("worth_at_most", fmt::format("{:.10g}", plan.bound));
}

void run_target(Options o, const cli::Context& context)
{
    const std::vector<Platform> all = platforms(o.limits);
    if (o.list_platforms) {
        io::write_bytes("-", platforms_text(all), false);
        return;
    }
    if (o.input.empty() || o.output.empty()) {
        throw UsageError("INPUT and OUTPUT are required; see vigil target --help");
    }
    check_campaign(o.writing.campaign);
    const std::vector<TargetFile> files = files_of(o);
    check_limits(o, files, all);
    round_radii(o, files, all, context);
    check_limits(o, files, all);
    TargetOutputs outputs(files, o.writing);

    o.demand.min_count = o.plan.min_count;
    o.demand.read.overwrite = o.writing.write.overwrite;
    const TargetDemand demand = read_demand(o.input, o.demand, context);
    if (demand.widest_m > o.plan.radii_km.front() * 1000) {
        context.warn("areas are up to {:.0f} m wide but circles have a radius of {} km; an area counts where "
                     "its centroid is",
                     demand.widest_m, o.plan.radii_km.front());
    }
    TargetPlan plan = plan_targets(demand, o.plan, context);
    if (plan.circles.empty()) {
        fail(ExitCode::disclosure,
             "no circle of {} km adds {} incidents, and smaller counts could point at a person; use a larger "
             "--radius, or --min-count if you may publish fewer",
             o.plan.radii_km.back(), o.plan.min_count);
    }
    tell_plan(plan, o, context);
    Provenance provenance = demand.provenance;
    add_notes(provenance, plan, o);
    outputs.set_provenance(provenance);
    for (const std::string& name : outputs.write(plan, all)) {
        context.tell("wrote {}", name);
    }
}

} // namespace

void add_target(CLI::App& root, std::deque<cli::Command>& commands)
{
    auto o = std::make_shared<Options>();
    cli::Command& command = commands.emplace_back(
        root, "target", "Choose circles that cover the most incidents, for ad platforms.");
    command
        .file("INPUT", o->input,
              "incidents (CSV, any point layer) or hot spots (polygons with gi_bin), or - for standard input",
              false)
        .file(
            "OUTPUT", o->output,
            "Meta targeting (.json), Google Ads Editor (.csv) or a layer (.gpkg, .geojson, .geojsonl, .shp, "
            ".fgb), or - for GeoJSONSeq on standard output",
            false)
        .integer("--circles", o->plan.circles, 1, 1'000'000, "at most this many circles")
        .numbers("--radius", o->plan.radii_km, {.min = 0, .max = 10000, .min_open = true}, "km",
                 "allowed radii; rounded up to what the platform can hold")
        .number("--area-cost", o->plan.cost_per_km2, cli::non_negative, "incidents per km2",
                "0 for one radius, the mean density within reach for several",
                "what a circle must bring for each km2 of its area, so that a larger one has to earn it")
        .integer("--min-count", o->plan.min_count, 1, 1'000'000,
                 "leave out circles that add fewer incidents than this: small counts point at people")
        .integer("--min-bin", o->demand.min_bin, -3, 3,
                 "hot spots: cover areas with this gi_bin or more; -3 takes all polygons")
        .choice<std::string>(
            "--platform", o->platform,
            {{"auto", "auto"}, {"meta", "meta"}, {"google", "google"}, {"generic", "generic"}},
            "whose limits OUTPUT keeps, and its form when it is -; auto goes by the extension")
        .texts("--also", o->also, "further outputs of the same circles, by extension")
        .text("--curve", o->curve, "CSV file for the coverage by number of circles, with the bound")
        .text("--campaign", o->writing.campaign, "Google: name of the campaign")
        .number("--bid-adjustment", o->writing.bid_adjustment, {.min = -90, .max = 900}, "%",
                "Google: bid adjustment of every circle")
        .flag("--split", o->writing.split,
              "spread circles beyond the platform's limit over NAME-2.json, ... or campaigns \"NAME 2\", ...")
        .text("--limits", o->limits, "JSON file with platform limits to use instead of the built-in ones")
        .flag("--list-platforms", o->list_platforms, "print the platforms' limits and stop");
    add_read_options(command, o->demand.read);
    add_write_options(command, o->writing.write);
    command.run([o](const cli::Context& context) { run_target(*o, context); });
}

} // namespace vigil::tools
