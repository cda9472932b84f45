#pragma once

#include "tools/cli/command.h"

#include <deque>
#include <optional>
#include <string>

namespace vigil::cli {

/// Help, version and the overview when nothing is asked; empty when there is something to run.
std::optional<std::string> answer_without_parsing(int argc, char** argv, const std::deque<Command>& commands);

/// Writes to standard output; a closed pipe or full disk is an error like any other.
void print(const std::string& text);

/// One line on stderr, control characters escaped.
void print_error(const std::string& message);

/// What the command runs with: verbosity, memory, progress, and the command line with paths cut to file
/// names.
Context context_for(const Command& command, int argc, char** argv);

} // namespace vigil::cli
