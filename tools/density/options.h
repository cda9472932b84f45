#pragma once

#include "kernels/bandwidth.h"
#include "kernels/density.h"
#include "kernels/density/time_kernel.h"
#include "libgeo/io/incidents_io.h"
#include "libgeo/io/output.h"
#include "tools/cli/command.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vigil::tools {

enum class DensityUnit { per_km2, per_cell, probability, raw, percent_volume };
/// Whose scaling is to be reproduced.
enum class DensityMatch { none, qgis, arcgis, saga };
enum class EdgeRule { none, uniform, jones_diggle };
enum class StandardError { none, poisson, bootstrap };

/// What `vigil density` was asked for.
struct DensityToolOptions {
    std::string input, output;

    // the kernel
    DensityOptions density;
    std::vector<double> bandwidths_m; ///< empty: one, chosen by rule
    BandwidthRule rule = BandwidthRule::arcgis;
    std::string bandwidth_curve;
    std::string radius_column;
    bool adaptive = false;
    std::string point_bandwidths; ///< CSV of the bandwidth of each row
    bool ignore_uncertainty = false;

    // where
    std::optional<double> cell_m;
    std::vector<double> extent;
    std::string snap_raster, mask, barriers;
    EdgeRule edge = EdgeRule::none;
    bool geodesic = false;
    std::optional<double> cell_deg;

    // which incidents, in which bands
    std::string by;
    bool by_month = false;
    std::string from, until;
    std::vector<std::string> difference, relative_risk; ///< empty or two names of groups
    std::int64_t simulations = 199;
    std::int64_t seed = 1;
    StandardError standard_error = StandardError::none;

    // through time
    std::optional<std::int64_t> slices;
    std::optional<double> time_bandwidth_days;
    TimeShape time_kernel = TimeShape::epanechnikov;

    // what is written
    DensityUnit unit = DensityUnit::per_km2;
    DensityMatch match = DensityMatch::none;
    std::string contours;
    std::vector<double> levels, percents;
    bool tiles = false;
    io::ReadOptions read;
    io::WriteOptions write;

    [[nodiscard]] bool compares() const { return !difference.empty() || !relative_risk.empty(); }
    [[nodiscard]] bool grouped() const { return !by.empty() || by_month; }
    [[nodiscard]] bool cube() const { return slices.has_value(); }
};

/// Declares them; the one place where their names, ranges and help stand.
void add_density_options(cli::Command& command, DensityToolOptions& options);

/// Looks for options that contradict each other and settles what follows from --match.
/// throws   UsageError naming them
void settle(DensityToolOptions& options);

} // namespace vigil::tools
