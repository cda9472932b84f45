#pragma once

#include "tools/cli/command.h"

#include <deque>
#include <string>

namespace vigil::cli {

/// --help of one command.
std::string help_text(const Command& command);
/// The usage and options part of the command's docs page, as Markdown.
std::string options_markdown(const Command& command);
/// All declarations as one JSON document: commands, options, types, ranges, defaults.
std::string describe_json(const std::deque<Command>& commands);
/// --help of vigil itself.
std::string overview_text(const std::deque<Command>& commands);

} // namespace vigil::cli
