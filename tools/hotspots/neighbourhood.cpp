#include "tools/hotspots/neighbourhood.h"

#include "kernels/band_sums.h"
#include "kernels/cell_size.h"
#include "kernels/contiguity.h"
#include "kernels/weights/delaunay.h"
#include "kernels/weights/geodesic_weights.h"
#include "kernels/weights/inverse_distance.h"
#include "kernels/weights/kernel_weights.h"
#include "kernels/weights/polygon_near.h"
#include "kernels/weights/space_time_band.h"
#include "kernels/weights/structure.h"
#include "libgeo/error.h"
#include "libgeo/io/weights_io.h"
#include "libgeo/parallel.h"
#include "tools/hotspots/network_weights.h"
#include "tools/labels.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>

namespace vigil::tools {

namespace {

/// The units that have a value, for neighbourhoods by distance.
struct Present {
    std::vector<std::size_t> index;
    std::vector<XY> centre;
    std::vector<double> time_days;
};

Present present_in(const Units& units)
{
    Present present;
    for (std::size_t i = 0; i < units.n; ++i) {
        if (units.present(i)) {
            present.index.push_back(i);
            present.centre.push_back(units.centre_of(i));
            if (!units.time_days.empty()) {
                present.time_days.push_back(units.time_days[i]);
            }
        }
    }
    return present;
}

std::vector<LonLat> lonlat_of(const std::vector<XY>& degrees)
{
    std::vector<LonLat> places;
    places.reserve(degrees.size());
    for (const XY p : degrees) {
        places.push_back({p.x, p.y});
    }
    return places;
}

/// Links among the units that are present as links among all.
Weights spread(Weights found, const std::vector<std::size_t>& index, std::size_t n)
{
    if (index.size() == n) {
        return found;
    }
    for (std::uint32_t& j : found.neighbour) {
        j = static_cast<std::uint32_t>(index[j]);
    }
    std::vector<std::size_t> end(n);
    std::size_t row = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const bool here = row < index.size() && index[row] == i;
        row += here ? 1U : 0U;
        end[i] = row == 0 ? 0 : found.end[row - 1];
    }
    found.end = std::move(end);
    return found;
}

KernelShape shape_of(KernelWeight kernel)
{
    switch (kernel) {
    case KernelWeight::uniform:
        return KernelShape::uniform;
    case KernelWeight::epanechnikov:
        return KernelShape::epanechnikov;
    case KernelWeight::quartic:
        return KernelShape::quartic;
    case KernelWeight::gaussian:
        return KernelShape::gaussian;
    case KernelWeight::triangular:
        break;
    }
    return KernelShape::triangular;
}

const char* word_of(KernelWeight kernel)
{
    switch (kernel) {
    case KernelWeight::uniform:
        return "uniform";
    case KernelWeight::epanechnikov:
        return "Epanechnikov";
    case KernelWeight::quartic:
        return "quartic";
    case KernelWeight::gaussian:
        return "Gaussian";
    case KernelWeight::triangular:
        break;
    }
    return "triangular";
}

Stencil stencil_for(const Grid& grid, const Neighbourhood& near)
{
    return near.kind == HotspotWeights::queen  ? queen_stencil()
           : near.kind == HotspotWeights::rook ? rook_stencil()
                                               : disc_stencil(grid, near.band_m);
}

/// Whether the fast kernels find neighbours by themselves: on fishnets and in bands on the plane.
bool found_anew(const Units& units, const Neighbourhood& near)
{
    const bool contiguous = near.kind == HotspotWeights::queen || near.kind == HotspotWeights::rook;
    return (units.fishnet && contiguous) || (near.kind == HotspotWeights::band && !near.geodesic);
}

Weights links_by_distance(const Present& present, const Neighbourhood& near)
{
    switch (near.kind) {
    case HotspotWeights::knn:
        return near.geodesic ? geodesic_nearest(lonlat_of(present.centre), near.k)
                             : nearest_neighbours(present.centre, near.k);
    case HotspotWeights::inverse:
        if (near.geodesic) {
            const std::vector<LonLat> places = lonlat_of(present.centre);
            const Weights links = geodesic_band(places, near.band_m);
            return inverse_distance(links, geodesic_link_lengths(places, links),
                                    {.band_m = 0, .power = near.power});
        }
        return inverse_distance(present.centre, {.band_m = near.band_m, .power = near.power});
    case HotspotWeights::kernel:
        return kernel_weights(present.centre, {.shape = shape_of(near.kernel),
                                               .bandwidth_m = near.band_m,
                                               .nearest = near.k,
                                               .gaussian_reach = 3,
                                               .self = true});
    case HotspotWeights::delaunay:
        return delaunay(present.centre);
    case HotspotWeights::space_time:
        return space_time_band(present.centre, present.time_days, near.band_m, near.time_band_days);
    default:
        return near.geodesic ? geodesic_band(lonlat_of(present.centre), near.band_m)
                             : distance_band(present.centre, near.band_m);
    }
}

/// Without links from or to units that are not part of the study.
Weights among_present(Weights weights, const Units& units)
{
    if (units.present() == units.n) {
        return weights;
    }
    Weights kept;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        for (std::size_t link = weights.begin_of(i); link < weights.end[i]; ++link) {
            const std::uint32_t j = weights.neighbour[link];
            if (units.present(i) && units.present(j)) {
                kept.neighbour.push_back(j);
                if (!weights.weight.empty()) {
                    kept.weight.push_back(weights.weight[link]);
                }
            }
        }
        kept.end.push_back(kept.neighbour.size());
    }
    return kept;
}

Weights contiguous(const Units& units, const Neighbourhood& near, const HotspotOptions& options)
{
    const auto contiguity = near.kind == HotspotWeights::rook ? Contiguity::rook : Contiguity::queen;
    if (units.fishnet) {
        return grid_contiguity(*units.fishnet, contiguity);
    }
    if (units.hexagons) {
        return hexagon_contiguity(*units.hexagons);
    }
    return options.tolerance > 0
               ? polygon_contiguity_near(units.layer.geometry, contiguity, options.tolerance)
               : polygon_contiguity(units.layer.geometry, contiguity);
}

/// The neighbours that --weights-file lists, features named by --weights-id or their row numbers.
Weights from_file(const Units& units, const HotspotOptions& o)
{
    io::ReadWeightsOptions reading;
    reading.allow_vsi = o.read.allow_vsi;
    if (o.weights_id.empty()) {
        return io::read_weights(o.weights_file, units.n, reading);
    }
    const Field* field = units.fields.find(o.weights_id);
    require(field != nullptr, "--weights-id {}: the features have no such field", o.weights_id);
    return io::read_weights(o.weights_file, text_of(*field), reading);
}

/// A band when none is given: 1.5 cells, or the widest gap between neighbouring places.
double band_for(const Units& units, const cli::Context& context)
{
    if (units.lattice()) {
        return 1.5 * units.cell_m;
    }
    const std::optional<double> band_m = least_band_m(units);
    require(band_m.has_value(), "one place alone has no neighbours to be compared with");
    require(*band_m > 0, "all places coincide; there is nothing to compare");
    context.tell("band {:.1f} m, the least with which everything has a neighbour; --band overrides", *band_m);
    return *band_m;
}

HotspotWeights kind_for(const Units& units, const HotspotOptions& options)
{
    HotspotWeights kind = options.weights;
    if (kind == HotspotWeights::unset) {
        kind = options.band_m                       ? HotspotWeights::band
               : options.k                          ? HotspotWeights::knn
               : units.places() || options.geodesic ? HotspotWeights::band
                                                    : HotspotWeights::queen;
    }
    if (units.places() && (kind == HotspotWeights::queen || kind == HotspotWeights::rook)) {
        throw UsageError("--weights queen and rook need cells or polygons; give --weights band or knn");
    }
    if (kind == HotspotWeights::space_time && units.time_days.empty()) {
        throw UsageError("--weights space-time needs places of incidents; add --grid points");
    }
    if (options.geodesic && units.lattice()) {
        throw UsageError("--geodesic measures between places or polygons; add --grid points");
    }
    const bool planar = kind == HotspotWeights::queen || kind == HotspotWeights::rook ||
                        kind == HotspotWeights::kernel || kind == HotspotWeights::delaunay ||
                        kind == HotspotWeights::network || kind == HotspotWeights::space_time;
    if (options.geodesic && planar) {
        throw UsageError("--geodesic goes with --weights band, knn and inverse");
    }
    return kind;
}

bool needs_band(HotspotWeights kind, const HotspotOptions& options)
{
    return kind == HotspotWeights::band || kind == HotspotWeights::inverse ||
           kind == HotspotWeights::space_time || (kind == HotspotWeights::kernel && !options.k) ||
           (kind == HotspotWeights::network && !options.k);
}

/// Links of a band on the plane, counted without keeping them.
double links_within(const std::vector<XY>& places, double band_m)
{
    const BandSearch search(places, band_m);
    const std::vector<double> ones(places.size(), 1.0);
    std::vector<double> sum(places.size());
    std::vector<std::int32_t> count(places.size());
    parallel_chunks(search.buckets(), 64, [&](std::size_t first, std::size_t last) {
        band_sums(search, first, last, ones, false, count, sum);
    });
    return std::accumulate(sum.begin(), sum.end(), 0.0);
}

/// Fills in the lists, where they are kept.
void find_links(Neighbourhood& near, const Units& units, const HotspotOptions& options,
                const cli::Context& context)
{
    if (found_anew(units, near)) {
        return;
    }
    require_links(near, units, context);
    if (near.kind == HotspotWeights::file) {
        near.lists = among_present(from_file(units, options), units);
    } else if (near.kind == HotspotWeights::network) {
        const Present present = present_in(units);
        near.lists =
            spread(network_weights(present.centre, units.centre_crs, near.band_m, near.k, options, context),
                   present.index, units.n);
    } else if (near.kind == HotspotWeights::queen || near.kind == HotspotWeights::rook) {
        near.lists = among_present(contiguous(units, near, options), units);
    } else {
        const Present present = present_in(units);
        near.lists = spread(links_by_distance(present, near), present.index, units.n);
    }
}

} // namespace

void require_links(const Neighbourhood& near, const Units& units, const cli::Context& context)
{
    constexpr double bytes = 16; // neighbour and weight, and room to make them in
    const std::size_t n = units.present();
    if (near.k > 0) {
        context.require_memory(static_cast<double>(near.k) * static_cast<double>(n) * bytes,
                               fmt::format("lists of {} neighbours for {} features", near.k, n),
                               "use a smaller --k");
    }
    const bool planar = near.band_m > 0 && !near.geodesic && near.kind != HotspotWeights::network;
    if (planar && !near.lists && n > 1) {
        const bool wide = near.kind == HotspotWeights::kernel && near.kernel == KernelWeight::gaussian;
        const double links = links_within(present_in(units).centre, (wide ? 3 : 1) * near.band_m);
        context.require_memory(links * bytes, fmt::format("lists of {:.0f} neighbours", links),
                               "use a smaller --band");
    }
}

Raster<double> raster_of(const Units& units, std::span<const double> values)
{
    Raster<double> raster;
    raster.grid = *units.fishnet;
    raster.values.assign(values.begin(), values.end());
    return raster;
}

std::optional<double> least_band_m(const Units& units)
{
    const Present present = present_in(units);
    if (present.centre.size() < 2) {
        return std::nullopt;
    }
    if (!units.degrees) {
        return widest_gap_m(present.centre);
    }
    try {
        return geodesic_widest_gap_m(lonlat_of(present.centre));
    } catch (const Error&) {
        return std::nullopt; // some place is too far from all others to be measured
    }
}

std::string Neighbourhood::text() const
{
    const std::string ground = geodesic ? " on the ellipsoid" : "";
    switch (kind) {
    case HotspotWeights::band:
        return fmt::format("everything within {:.10g} m{}", band_m, ground);
    case HotspotWeights::knn:
        return fmt::format("the {} nearest{}", k, ground);
    case HotspotWeights::inverse:
        return fmt::format("everything within {:.10g} m{}, weighing distance^-{:g}", band_m, ground, power);
    case HotspotWeights::kernel:
        return fmt::format("{} {}, by a {} kernel",
                           kernel == KernelWeight::gaussian ? "those within three times" : "those within",
                           k > 0 ? fmt::format("the distance to nearest neighbour {}", k)
                                 : fmt::format("{:.10g} m", band_m),
                           word_of(kernel));
    case HotspotWeights::delaunay:
        return "those joined by the Delaunay triangulation";
    case HotspotWeights::file:
        return fmt::format("those that {} lists", file);
    case HotspotWeights::network:
        return k > 0 ? fmt::format("the {} nearest along the network", k)
                     : fmt::format("everything within {:.10g} m along the network", band_m);
    case HotspotWeights::space_time:
        return fmt::format("everything within {:.10g} m and {:g} days", band_m, time_band_days);
    case HotspotWeights::rook:
        return "those that share an edge (rook)";
    case HotspotWeights::unset:
    case HotspotWeights::queen:
        break;
    }
    return "those that share an edge or corner (queen)";
}

Neighbourhood neighbourhood_for(const Units& units, const HotspotOptions& options,
                                const cli::Context& context)
{
    Neighbourhood near{.kind = kind_for(units, options),
                       .power = options.power,
                       .kernel = options.kernel,
                       .time_band_days = options.time_band_days.value_or(0),
                       .file = std::filesystem::path(options.weights_file).filename().string(),
                       .geodesic = options.geodesic,
                       .lists = {}};
    if (needs_band(near.kind, options)) {
        near.band_m = options.band_m ? *options.band_m : band_for(units, context);
    } else if (near.kind == HotspotWeights::knn || options.k) {
        near.k = static_cast<std::size_t>(options.k.value_or(8));
    }
    find_links(near, units, options, context);
    return near;
}

Neighbourhood resized(const Neighbourhood& near, double factor, const Units& units,
                      const HotspotOptions& options, const cli::Context& context)
{
    Neighbourhood other = near;
    other.lists.reset();
    other.band_m *= factor;
    if (near.k > 0) {
        const auto k = static_cast<std::size_t>(std::round(static_cast<double>(near.k) * factor));
        other.k = factor < 1 ? std::min(k, near.k - 1) : std::max(k, near.k + 1);
    }
    find_links(other, units, options, context);
    return other;
}

Weights lists_of(const Neighbourhood& near, const Units& units)
{
    if (near.lists) {
        return *near.lists;
    }
    if (near.kind != HotspotWeights::band) {
        const auto contiguity = near.kind == HotspotWeights::rook ? Contiguity::rook : Contiguity::queen;
        return among_present(grid_contiguity(*units.fishnet, contiguity), units);
    }
    const Present present = present_in(units);
    return spread(distance_band(present.centre, near.band_m), present.index, units.n);
}

GetisOrd getis_ord_of(const Units& units, std::span<const double> values, const Neighbourhood& near,
                      HotspotStatistic statistic)
{
    if (near.lists) {
        return getis_ord(values, *near.lists, statistic);
    }
    if (units.fishnet) {
        return getis_ord_grid(raster_of(units, values), stencil_for(*units.fishnet, near), statistic);
    }
    return getis_ord_band(units.centre, values, near.band_m, statistic);
}

} // namespace vigil::tools
