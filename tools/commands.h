#pragma once

#include "tools/cli/command.h"

#include <deque>

namespace vigil::tools {

/// Each adds one command to `commands`; one file per command.
void add_info(CLI::App& root, std::deque<cli::Command>& commands);
void add_density(CLI::App& root, std::deque<cli::Command>& commands);
void add_hotspots(CLI::App& root, std::deque<cli::Command>& commands);
void add_network(CLI::App& root, std::deque<cli::Command>& commands);
void add_routes(CLI::App& root, std::deque<cli::Command>& commands);
void add_match(CLI::App& root, std::deque<cli::Command>& commands);
void add_target(CLI::App& root, std::deque<cli::Command>& commands);
void add_map(CLI::App& root, std::deque<cli::Command>& commands);
void add_styles(CLI::App& root, std::deque<cli::Command>& commands);
void add_describe(CLI::App& root, std::deque<cli::Command>& commands);

} // namespace vigil::tools
