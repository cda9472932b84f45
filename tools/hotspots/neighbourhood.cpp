#include "kernels/cell_size.h"
#include "kernels/contiguity.h"
#include "libgeo/error.h"
#include "tools/hotspots/result.h"

#include <cmath>

namespace vigil::tools {

namespace {

/// The units that have a value, for neighbourhoods by distance.
struct Present {
    std::vector<std::size_t> index;
    std::vector<XY> centre;
    std::vector<double> value;
};

XY centre_of(const Units& units, std::size_t i)
{
    if (!units.fishnet) {
        return units.centre[i];
    }
    const auto cell = static_cast<std::int64_t>(i);
    return {units.fishnet->centre_x(cell % units.fishnet->cols),
            units.fishnet->centre_y(cell / units.fishnet->cols)};
}

Present present_of(const Units& units)
{
    Present present;
    for (std::size_t i = 0; i < units.value.size(); ++i) {
        if (!std::isnan(units.value[i])) {
            present.index.push_back(i);
            present.centre.push_back(centre_of(units, i));
            present.value.push_back(units.value[i]);
        }
    }
    return present;
}

GetisOrd spread(const GetisOrd& found, const std::vector<std::size_t>& index, std::size_t n)
{
    GetisOrd all{std::vector<double>(n, std::nan("")), std::vector<double>(n, std::nan("")),
                 std::vector<std::int32_t>(n)};
    for (std::size_t k = 0; k < index.size(); ++k) {
        all.z[index[k]] = found.z[k];
        all.p[index[k]] = found.p[k];
        all.neighbours[index[k]] = found.neighbours[k];
    }
    return all;
}

GetisOrd by_distance(const Units& units, const Neighbourhood& near, HotspotStatistic statistic)
{
    const Present present = present_of(units);
    const GetisOrd found =
        near.kind == HotspotWeights::band
            ? getis_ord_band(present.centre, present.value, near.band_m, statistic)
            : getis_ord(present.value, nearest_neighbours(present.centre, near.k), statistic);
    return spread(found, present.index, units.value.size());
}

Stencil stencil_for(const Grid& grid, const Neighbourhood& near)
{
    return near.kind == HotspotWeights::queen  ? queen_stencil()
           : near.kind == HotspotWeights::rook ? rook_stencil()
                                               : disc_stencil(grid, near.band_m);
}

/// A band when none is given: 1.5 cells, or the widest gap between neighbouring places.
double band_for(const Units& units, const cli::Context& context)
{
    if (units.lattice()) {
        return 1.5 * units.cell_m;
    }
    const Present present = present_of(units);
    require(present.centre.size() > 1, "one place alone has no neighbours to be compared with");
    const double band_m = widest_gap_m(present.centre);
    require(band_m > 0, "all places coincide; there is nothing to compare");
    context.tell("band {:.1f} m, the least with which everything has a neighbour; --band overrides", band_m);
    return band_m;
}

HotspotWeights kind_for(const Units& units, const HotspotOptions& options)
{
    const bool places = !units.lattice() && units.layer.geometry.kind == GeometryKind::point;
    HotspotWeights kind = options.weights;
    if (kind == HotspotWeights::unset) {
        kind = options.band_m ? HotspotWeights::band
               : options.k    ? HotspotWeights::knn
               : places       ? HotspotWeights::band
                              : HotspotWeights::queen;
    }
    if (options.band_m && kind != HotspotWeights::band) {
        throw UsageError("--band goes with --weights band");
    }
    if (options.k && kind != HotspotWeights::knn) {
        throw UsageError("--k goes with --weights knn");
    }
    if (places && (kind == HotspotWeights::queen || kind == HotspotWeights::rook)) {
        throw UsageError("--weights queen and rook need cells or polygons; give --weights band or knn");
    }
    return kind;
}

} // namespace

std::string Neighbourhood::text() const
{
    switch (kind) {
    case HotspotWeights::band:
        return fmt::format("everything within {:.10g} m", band_m);
    case HotspotWeights::knn:
        return fmt::format("the {} nearest", k);
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
    Neighbourhood near{.kind = kind_for(units, options)};
    if (near.kind == HotspotWeights::band) {
        near.band_m = options.band_m ? *options.band_m : band_for(units, context);
    }
    if (near.kind == HotspotWeights::knn) {
        near.k = static_cast<std::size_t>(options.k.value_or(8));
        context.require_memory(
            static_cast<double>(near.k) * static_cast<double>(units.value.size()) * sizeof(std::uint32_t),
            fmt::format("lists of {} neighbours for {} features", near.k, units.value.size()),
            "use a smaller --k");
    }
    return near;
}

GetisOrd getis_ord_of(const Units& units, const Neighbourhood& near, const HotspotOptions& options)
{
    if (near.kind == HotspotWeights::knn || (near.kind == HotspotWeights::band && !units.fishnet)) {
        return by_distance(units, near, options.statistic);
    }
    if (units.fishnet) {
        Raster<double> raster;
        raster.grid = *units.fishnet;
        raster.values = units.value;
        return getis_ord_grid(raster, stencil_for(raster.grid, near), options.statistic);
    }
    if (units.hexagons) {
        return getis_ord(units.value, hexagon_contiguity(*units.hexagons), options.statistic);
    }
    const auto contiguity = near.kind == HotspotWeights::rook ? Contiguity::rook : Contiguity::queen;
    return getis_ord(units.value, polygon_contiguity(units.layer.geometry, contiguity, options.tolerance),
                     options.statistic);
}

} // namespace vigil::tools
