#pragma once

#include "kernels/route/leg_finder.h"
#include "kernels/route/profile.h"
#include "libgeo/provenance.h"
#include "tools/cli/command.h"

#include <string>
#include <utility>
#include <vector>

namespace vigil::tools {

/// --profile, or --scenario PROFILE:WEIGHT several times.
struct ScenarioInput {
    std::string profile = {};
    std::vector<std::string> scenarios = {};
    bool allow_vsi = false;
};

/// --profile alone.
void add_profile_option(cli::Command& command, ScenarioInput& input);
/// --profile --scenario
void add_scenario_options(cli::Command& command, ScenarioInput& input);

struct LoadedScenarios {
    std::vector<Scenario> scenarios;
    std::vector<std::uint8_t> usable;      ///< edges that may be travelled under every scenario
    std::vector<std::uint32_t> part_nodes; ///< nodes of the part of the network an edge belongs to: see
                                           ///< part_sizes; of several scenarios the least
    std::vector<InputRecord> records;      ///< profiles and polygons that were read from files
    std::string text;                      ///< "night:0.6 avoid_posts:0.4", for provenance
};

/// Reads the profiles (one that comes with vigil by its name, another from its file) and the polygons they
/// name, and works out what the network costs under each.
///
/// throws   Error naming the profile, its line or its polygon file
LoadedScenarios load_scenarios(const ScenarioInput& input, const RouteNetwork& network,
                               const cli::Context& context);

} // namespace vigil::tools
