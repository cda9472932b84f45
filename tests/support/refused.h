#pragma once

#include <string>
#include <vector>

namespace vigil::test {

/// Checks that `vigil command arguments...` ends with an exit code, one line on standard error that holds
/// `text`, and nothing on standard output.
void refused(const std::string& command, std::vector<std::string> arguments, int code,
             const std::string& text);

} // namespace vigil::test
