#include "tools/other_file.h"

#include "libgeo/error.h"

#include <filesystem>

namespace vigil::tools {

void require_other_file(const std::string& output, const std::vector<std::string>& inputs)
{
    for (const std::string& input : inputs) {
        std::error_code none; // a file that is not there is not the same
        if (!input.empty() && input != "-" && std::filesystem::is_regular_file(output, none) &&
            std::filesystem::equivalent(input, output, none)) {
            throw UsageError(fmt::format("{} is an input too; write to another file", output));
        }
    }
}

} // namespace vigil::tools
