#include "kernels/contours.h"
#include "kernels/percent_volume.h"
#include "libgeo/error.h"
#include "libgeo/io/features_io.h"
#include "tools/density/run.h"

#include <algorithm>
#include <cmath>

namespace vigil::tools {

namespace {

std::vector<double> ascending(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
}

std::vector<double> in_km2(std::vector<double> area_m2)
{
    for (double& area : area_m2) {
        area /= 1e6;
    }
    return area_m2;
}

Features layer_of(const DensityWork& work, const std::string& name, const std::string& layer_title)
{
    Features layer;
    layer.name = name;
    layer.title = layer_title;
    layer.style = name;
    layer.crs = work.incidents.crs;
    return layer;
}

void write_layers(const DensityWork& work, std::span<const Features> layers)
{
    io::WriteOptions options = work.o.write;
    options.format.clear(); // --format is the raster's
    options.provenance = write_options(work, 0, "").provenance;
    io::write_features(work.o.contours, layers, options);
}

} // namespace

void write_contours(const DensityWork& work, const Raster<double>& raster, const Scale& scale)
{
    std::vector<Features> layers;
    const double held_per_volume = scale.factor > 0 ? 1 / scale.factor : 0;
    if (!work.o.levels.empty()) {
        const std::vector<double> levels = ascending(work.o.levels);
        Contours found = contours(raster, levels);
        Features layer = layer_of(work, "contours", "Regions of at least a density");
        layer.geometry = std::move(found.areas);
        std::vector<double> held;
        for (const double volume : found.volume) {
            held.push_back(volume * held_per_volume);
        }
        layer.table.fields = {{"level", "At least", scale.unit, levels},
                              {"area_km2", "Area", "km2", in_km2(found.area_m2)},
                              {"held", "Incidents held", "", held}};
        layers.push_back(std::move(layer));
    }
    if (!work.o.percents.empty()) {
        // largest region first, so that smaller ones lie on top
        std::vector<double> percents = ascending(work.o.percents);
        std::reverse(percents.begin(), percents.end());
        const std::vector<double> levels = percent_volume_levels(raster, percents);
        Features layer =
            layer_of(work, "contours_percent", "Smallest regions that hold a share of the incidents");
        layer.geometry.kind = GeometryKind::polygon;
        std::vector<double> area_km2;
        for (const double level : levels) { // one by one, since shares may have one level
            const double one[] = {level};
            const Contours found = contours(raster, one);
            append(layer.geometry, found.areas);
            area_km2.push_back(found.area_m2.front() / 1e6);
        }
        layer.table.fields = {{"percent", "Share of incidents", "%", percents},
                              {"level", "At least", scale.unit, levels},
                              {"area_km2", "Area", "km2", area_km2}};
        layers.push_back(std::move(layer));
    }
    write_layers(work, layers);
}

void write_tolerance(const DensityWork& work, const Raster<double>& upper, const Raster<double>& lower)
{
    Features layer = layer_of(work, "tolerance", "Where the difference is more than chance");
    layer.geometry.kind = GeometryKind::polygon;
    std::vector<double> p, area_km2;
    std::vector<std::int64_t> classes;
    std::vector<std::string> side;
    const auto add = [&](const Raster<double>& raster, std::int64_t sign) {
        Raster<double> turned = raster; // regions of p at most alpha are those of -p at least -alpha
        for (double& value : turned.values) {
            value = -value;
        }
        const double levels[] = {-0.05, -0.01};
        const Contours found = contours(turned, levels);
        append(layer.geometry, found.areas);
        for (std::size_t k = 0; k < 2; ++k) {
            p.push_back(-levels[k]);
            classes.push_back(sign * static_cast<std::int64_t>(k + 1));
            side.emplace_back(sign > 0 ? "higher" : "lower");
            area_km2.push_back(found.area_m2[k] / 1e6);
        }
    };
    add(upper, 1);
    add(lower, -1);
    layer.table.fields = {{"p", "One-sided p at most", "", p},
                          {"side", "Side", "", side},
                          {"class", "Class", "", classes},
                          {"area_km2", "Area", "km2", area_km2}};
    const Features layers[] = {std::move(layer)};
    write_layers(work, layers);
}

} // namespace vigil::tools
