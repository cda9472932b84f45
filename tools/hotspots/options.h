#pragma once

#include "kernels/getis_ord.h"
#include "kernels/inference/permutation_p.h"
#include "libgeo/io/incidents_io.h"
#include "libgeo/io/output.h"
#include "tools/cli/command.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vigil::tools {

enum class HotspotGrid { fishnet, hexagon, hexagon_pointy, points, snap };
enum class HotspotWeights {
    unset,
    queen,
    rook,
    band,
    knn,
    inverse,
    kernel,
    delaunay,
    file,
    network,
    space_time
};
/// What is computed for each feature.
enum class LocalStatistic { gi_star, gi, moran, geary, join_count };
/// Which p the bins come from.
enum class PValue { unset, exact, permutation, normal };
/// What is in random order when p is exact.
enum class ExactNull {
    conditional, ///< the other features; the feature keeps its value
    total,       ///< all features
};
enum class FalseDiscovery { bh, by, none };
/// How counts and populations become the values that are compared.
enum class Rate { empirical_bayes, local_empirical_bayes, standardised, raw };
enum class KernelWeight { triangular, uniform, epanechnikov, quartic, gaussian };

/// What `vigil hotspots` was asked for.
struct HotspotOptions {
    std::string input, output;

    // the features and their values
    HotspotGrid grid = HotspotGrid::fishnet;
    std::optional<double> cell_m;
    std::vector<double> extent; ///< empty, or min x, min y, max x, max y
    std::string mask;
    std::optional<double> snap_m;
    std::string polygons;   ///< layer to count incidents in
    std::string value;      ///< field of a polygon layer; empty: INPUT holds incidents
    std::string population; ///< field of the polygons; value or count become a rate
    std::string polygon_id; ///< field of the polygons to keep
    Rate rate = Rate::empirical_bayes;
    std::string by, since, until;
    bool drop_empty = false; ///< cells without an incident are absent, not zero

    // neighbours
    HotspotWeights weights = HotspotWeights::unset;
    std::optional<double> band_m;
    std::optional<std::int64_t> k;
    double power = 1;
    KernelWeight kernel = KernelWeight::triangular;
    std::string weights_file, weights_id, network, network_layer, write_weights;
    std::optional<double> time_band_days;
    bool row_standardise = false;
    bool geodesic = false;
    double tolerance = 0;

    // what is computed
    LocalStatistic statistic = LocalStatistic::gi_star;
    PValue p = PValue::unset;
    ExactNull null = ExactNull::conditional;
    Tail tail = Tail::two_sided;
    bool mid_p = false;
    std::int64_t permutations = 999;
    std::int64_t seed = 1;
    FalseDiscovery fdr = FalseDiscovery::bh;
    std::string global;
    bool p_interval = false;
    bool stability = false;
    bool uncertain = false;
    std::int64_t redistributions = 99;

    bool optimise = false;
    std::string curve; ///< CSV of the incremental Moran curve
    bool arcgis_names = false;
    io::ReadOptions read;
    io::WriteOptions write;

    [[nodiscard]] bool examines_polygons() const { return !value.empty(); }
    [[nodiscard]] bool getis_ord() const
    {
        return statistic == LocalStatistic::gi_star || statistic == LocalStatistic::gi;
    }
};

/// Declares them; the one place where their names, ranges and help stand.
void add_hotspot_options(cli::Command& command, HotspotOptions& options);

/// Looks for options that contradict each other and settles what follows from others.
/// throws   UsageError naming them
void settle(HotspotOptions& options);

/// "Gi*", "Gi", "local Moran's I", ...
std::string name_of(LocalStatistic statistic);

} // namespace vigil::tools
