#pragma once

#include <span>
#include <string_view>

namespace vigil {

/// A profile that is built in: a file of profiles/.
struct ProfileDefinition {
    std::string_view name, text;
};

/// All of them, in the order they are shown. The source is written by kernels/profiles.cmake.
std::span<const ProfileDefinition> profile_definitions();

} // namespace vigil
