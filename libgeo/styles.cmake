#Writes style_definitions.cpp from styles/*.json, so that the binary needs no files beside it.
file(GLOB style_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/styles/*.json)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${style_files})
set(entries "")
foreach(path IN LISTS style_files)
  get_filename_component(name ${path} NAME_WE)
  file(READ ${path} json)
  string(JSON title ERROR_VARIABLE error GET "${json}" title)
  if(error)
    message(FATAL_ERROR "styles/${name}.json: ${error}")
  endif()
  string(APPEND entries "    {\"${name}\", R\"json(${json})json\"},\n")
endforeach()
set(style_source ${PROJECT_BINARY_DIR}/generated/style_definitions.cpp)
file(CONFIGURE OUTPUT ${style_source} @ONLY CONTENT [[
#include "libgeo/style_definitions.h"

namespace vigil {

namespace {

constexpr StyleDefinition definitions[] = {
@entries@};

} // namespace

std::span<const StyleDefinition> style_definitions()
{
    return definitions;
}

} // namespace vigil
]])
