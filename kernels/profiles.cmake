# Writes profile_definitions.cpp from profiles/*.profile, so that the binary needs no files beside it.
set(profile_entries "")
foreach(name car truck bus walk rail ferry multimodal)  # in the order they are shown
  set(path ${PROJECT_SOURCE_DIR}/profiles/${name}.profile)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
  file(READ ${path} text)
  string(APPEND profile_entries "    {\"${name}\", R\"profile(${text})profile\"},\n")
endforeach()
set(profile_source ${PROJECT_BINARY_DIR}/generated/profile_definitions.cpp)
file(CONFIGURE OUTPUT ${profile_source} @ONLY CONTENT [[
#include "kernels/route/profile_definitions.h"

namespace vigil {

namespace {

constexpr ProfileDefinition definitions[] = {
@profile_entries@};

} // namespace

std::span<const ProfileDefinition> profile_definitions()
{
    return definitions;
}

} // namespace vigil
]])
