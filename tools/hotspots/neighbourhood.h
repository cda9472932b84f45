#pragma once

#include "kernels/getis_ord.h"
#include "tools/hotspots/units.h"

#include <optional>
#include <string>

namespace vigil::tools {

/// Which neighbours count, once all that was left open is decided.
struct Neighbourhood {
    HotspotWeights kind = HotspotWeights::queen;
    double band_m = 0;
    std::size_t k = 0;
    double power = 1;
    KernelWeight kernel = KernelWeight::triangular;
    double time_band_days = 0;
    std::string file;
    bool geodesic = false;
    /// Neighbours of each unit; none where they are found anew each time: bands on the plane, and queen and
    /// rook neighbours on a fishnet.
    std::optional<Weights> lists;

    /// Whether every neighbour counts 1.
    [[nodiscard]] bool binary() const { return !lists || lists->weight.empty(); }
    /// "everything within 250 m", "those that share an edge (rook)", ...
    [[nodiscard]] std::string text() const;
};

/// Decides who are neighbours and, where they must be kept, finds them.
///
/// throws   UsageError when the options contradict one another or do not fit the units
Neighbourhood neighbourhood_for(const Units& units, const HotspotOptions& options,
                                const cli::Context& context);

/// Refuses (exit 5) lists of neighbours that would not fit in the memory allowed.
void require_links(const Neighbourhood& near, const Units& units, const cli::Context& context);

/// The same with another band (or number of nearest).
Neighbourhood resized(const Neighbourhood& near, double factor, const Units& units,
                      const HotspotOptions& options, const cli::Context& context);

/// Neighbours as lists, also where they are not kept. Units without a value have none and are nobody's.
Weights lists_of(const Neighbourhood& near, const Units& units);

/// Gi* or Gi of `values`, one per unit.
GetisOrd getis_ord_of(const Units& units, std::span<const double> values, const Neighbourhood& near,
                      HotspotStatistic statistic);

/// The values of a fishnet as a raster.
Raster<double> raster_of(const Units& units, std::span<const double> values);

/// The shortest band with which every unit has a neighbour, or nothing when that cannot be said.
std::optional<double> least_band_m(const Units& units);

} // namespace vigil::tools
