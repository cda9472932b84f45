#pragma once

#include "tests/support/run.h"

#include <string>
#include <vector>

namespace vigil::test {

/// A command that writes a file, as a shell line with {in} (a folder of inputs) and {out}.
struct Writing {
    std::string name;      ///< of the command
    std::string line;      ///< "$VIGIL density {in}/crimes.csv {out}"
    std::string extension; ///< of the output
};

/// Every writing command that this binary has, with the formats that have writers of their own.
std::vector<Writing> writing_commands();

/// Puts the inputs that those lines read into a folder: invented incidents on a grid of invented streets.
void put_inputs(const TemporaryFolder& folder);

/// The line with its placeholders filled in.
std::string filled(const Writing& writing, const TemporaryFolder& inputs, const std::string& out);

} // namespace vigil::test
