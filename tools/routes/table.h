#pragma once

#include "tools/routes/options.h"
#include "tools/routes/snapping.h"

#include <vector>

namespace vigil::tools {

/// Writes the costs from every origin to every destination as CSV: from_id, to_id, cost_min, status. Rows are
/// written as they are worked out.
///
/// throws    Error (output)
void write_cost_table(const RoutesOptions& o, const RouteEnds& ends, const SnappedPlaces& snapped,
                      const LegNetwork& network, const cli::Context& context);

} // namespace vigil::tools
