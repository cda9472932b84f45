#pragma once

#include <string>
#include <vector>

namespace vigil::tools {

/// Refuses an output that is one of the inputs, which --overwrite would destroy. Names that are empty or "-",
/// and files that do not exist, are passed over.
///
/// throws   UsageError naming the file
void require_other_file(const std::string& output, const std::vector<std::string>& inputs);

} // namespace vigil::tools
