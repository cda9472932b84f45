# Builds named texts into the binary, so that it needs no files beside it.
#
# embed_texts(OUT HEADER STRUCT FUNCTION ENTRIES): writes generated/OUT.cpp, in which FUNCTION returns an array of STRUCT
# (both of namespace vigil, declared in HEADER) made of ENTRIES; embed_entry adds to those.
function(embed_entry entries name path)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
  file(READ ${path} text)
  string(APPEND ${entries} "    {\"${name}\", R\"embedded(${text})embedded\"},\n")
  set(${entries} "${${entries}}" PARENT_SCOPE)
endfunction()

function(embed_texts out header struct function entries)
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/${out}.cpp @ONLY CONTENT [[
#include "@header@"

namespace vigil {

namespace {

constexpr @struct@ definitions[] = {
@entries@};

} // namespace

std::span<const @struct@> @function@()
{
    return definitions;
}

} // namespace vigil
]])
endfunction()
