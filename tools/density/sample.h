#pragma once

#include "kernels/density/window_mass.h"
#include "libgeo/incidents.h"
#include "tools/cli/context.h"
#include "tools/density/options.h"

#include <optional>
#include <string>
#include <vector>

namespace vigil::tools {

/// Incidents that make one surface. n = xy.size(); the other columns have n values or are empty.
struct Sample {
    std::string name; ///< of its group; empty when there is only one
    std::vector<XY> xy;
    std::vector<double> weight;
    std::vector<double> radius_m;      ///< from --radius-column
    std::vector<double> uncertainty_m; ///< radius within which the true place lies, 0 where unknown
    std::vector<TimeSpan> time;
    std::vector<std::uint64_t> row;
};

/// Sum of the weights, the same for any order of the rows.
/// cost   O(n log n)
double total_weight(const Sample& sample);

/// The samples that were asked for: all incidents, or one for each value of --by or each month, in the order
/// of their names; what happened outside --since and --until left out. Intervals count with their share.
///
/// throws   Error when a column is not there, the times are unknown, or a group of a comparison has no
/// incident
std::vector<Sample> samples_of(const DensityToolOptions& o, const Incidents& incidents,
                               const cli::Context& context);

/// All samples in one.
Sample pooled(const std::vector<Sample>& samples);

/// Further columns that the reader has to keep.
std::vector<std::string> columns_needed(const DensityToolOptions& o);

/// Warns of negative weights, which lower a surface.
void tell_negative_weights(const Incidents& incidents, const cli::Context& context);

/// The bandwidth of each incident, or nothing when all have `bandwidth_m`: its --radius-column or that of
/// --adaptive, widened by what is not known of its place.
///
/// window   for --edge, by whose mass the pilot of --adaptive is corrected; or nullptr
std::vector<double> bandwidths_of(const DensityToolOptions& o, const Sample& sample, double bandwidth_m,
                                  const WindowMass* window = nullptr);

} // namespace vigil::tools
