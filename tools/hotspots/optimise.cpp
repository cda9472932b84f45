#include "tools/hotspots/optimise.h"

#include "kernels/optimise/band.h"
#include "kernels/optimise/cell.h"
#include "kernels/optimise/snap_places.h"
#include "libgeo/error.h"
#include "libgeo/text.h"
#include "tools/curve.h"
#include "tools/hotspots/neighbourhood.h"

#include <algorithm>
#include <cmath>

namespace vigil::tools {

namespace {

void append(std::vector<Choice>& all, const std::vector<Choice>& more)
{
    all.insert(all.end(), more.begin(), more.end());
}

bool neighbours_given(const HotspotOptions& o)
{
    return o.weights != HotspotWeights::unset || o.band_m || o.k;
}

/// z by distance, the peaks with dots and the band that was chosen marked.
std::string picture_of(const Decisions& decisions)
{
    Curve picture{.x = {},
                  .y = {},
                  .chosen_x = decisions.band_m,
                  .dots = decisions.curve.peaks,
                  .title = "Moran's I by distance: z-score, dots are peaks",
                  .x_label = fmt::format("distance, m ({:.6g} m chosen)", decisions.band_m)};
    for (const MoranStep& step : decisions.curve.steps) {
        picture.x.push_back(step.distance_m);
        picture.y.push_back(step.z);
        if (step.distance_m <= decisions.band_m && std::isfinite(step.z)) {
            picture.chosen_y = step.z;
        }
        if (std::isfinite(step.z)) {
            picture.low_y = std::fmin(picture.low_y, step.z);
            picture.high_y = std::fmax(picture.high_y, step.z * 1.05);
        }
    }
    return curve_picture(picture);
}

} // namespace

void choose_units(HotspotOptions& o, const Incidents& incidents, Decisions& decisions)
{
    if (!o.polygons.empty()) {
        decisions.choices.push_back({"features", "the polygons of --polygons", "they were given"});
        return;
    }
    if (o.grid == HotspotGrid::snap) {
        if (o.snap_m) {
            decisions.choices.push_back(
                {"snap distance", metres(*o.snap_m), "it was given with --snap-distance"});
        } else {
            const SnapChoice snap = choose_snap_distance(incidents.xy);
            o.snap_m = snap.distance_m;
            append(decisions.choices, snap.choices);
        }
        return;
    }
    const CellChoice cell = choose_cell(
        incidents.xy, {.cell_m = o.cell_m, .hexagons = o.grid != HotspotGrid::fishnet, .most_cells = 250000});
    o.cell_m = cell.cell_m;
    append(decisions.choices, cell.choices);
    if (o.drop_empty) {
        decisions.choices.push_back({"empty cells", "left out", "--drop-empty was given"});
    } else if (o.mask.empty() && o.extent.empty()) {
        o.drop_empty = true;
        decisions.choices.push_back(
            {"empty cells", "left out",
             "no study area was given, so nothing tells a place without incidents from one where none could "
             "be recorded; --mask or --extent makes empty cells count as zeros"});
    } else {
        decisions.choices.push_back(
            {"empty cells", "kept as zeros", "the study area was given with --mask or --extent"});
    }
}

void choose_neighbours(HotspotOptions& o, const Units& units, std::span<const double> values,
                       Decisions& decisions)
{
    if (neighbours_given(o)) {
        decisions.choices.push_back({"neighbours", "as given", "--weights, --band or --k was given"});
        if (!o.band_m) {
            return;
        }
    }
    BandOptions options;
    options.band_m = o.band_m;
    BandChoice band;
    if (units.fishnet) {
        band = choose_band(raster_of(units, values), options);
    } else {
        std::vector<XY> places;
        std::vector<double> present;
        for (std::size_t i = 0; i < units.n; ++i) {
            if (units.present(i)) {
                places.push_back(units.centre_of(i));
                present.push_back(values[i]);
            }
        }
        band = choose_band(places, present, options);
    }
    if (!neighbours_given(o)) {
        o.weights = HotspotWeights::band;
        o.band_m = band.band_m;
    }
    decisions.band_m = band.band_m;
    decisions.curve = std::move(band.curve);
    append(decisions.choices, band.choices);
}

void say(const Decisions& decisions, Provenance& provenance, const cli::Context& context)
{
    for (const Choice& choice : decisions.choices) {
        context.warn("optimise: {}: {}, because {}", choice.name, choice.value, choice.reason);
        provenance.notes.emplace_back("chosen " + choice.name, choice.value + ", because " + choice.reason);
    }
}

void write_curve(const Decisions& decisions, const HotspotOptions& o)
{
    if (o.curve.empty()) {
        return;
    }
    require(!decisions.curve.steps.empty(),
            "--curve: no curve was needed to choose the band; leave it out, or leave out --band");
    std::string csv = "distance_m,moran_i,expected,variance,z,p,mean_nbrs,islands,peak,chosen\n";
    for (std::size_t k = 0; k < decisions.curve.steps.size(); ++k) {
        const MoranStep& step = decisions.curve.steps[k];
        const auto& peaks = decisions.curve.peaks;
        const bool peak = std::find(peaks.begin(), peaks.end(), k) != peaks.end();
        csv += fmt::format("{}", step.distance_m);
        for (const double x : {step.i, step.expectation, step.variance, step.z, step.p}) {
            csv += ',';
            append_csv(csv, x);
        }
        csv += fmt::format(",{},{},{},{}\n", step.mean_neighbours, step.islands, peak ? 1 : 0,
                           step.distance_m == decisions.band_m ? 1 : 0);
    }
    write_curve_files(o.curve, csv, picture_of(decisions), o.write.overwrite);
}

} // namespace vigil::tools
