# One target carries what every file of ours is compiled with.
add_library(vigil_flags INTERFACE)
target_compile_options(vigil_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  -Wcast-align -Woverloaded-virtual -Wdouble-promotion -Werror
  # GCC 12 raises these falsely inside std::string (GCC bugs 105329, 105651); the sanitizers look instead.
  -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds
  -ffp-contract=off)  # the same sums on every machine
if(VIGIL_SANITIZE)
  target_compile_options(vigil_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(vigil_flags INTERFACE -fsanitize=address,undefined)
  # GCC 12 reports false positives in the standard library under the sanitizers.
  target_compile_options(vigil_flags INTERFACE -Wno-maybe-uninitialized)
endif()
if(VIGIL_TSAN)
  target_compile_options(vigil_flags INTERFACE -fsanitize=thread)
  target_link_options(vigil_flags INTERFACE -fsanitize=thread)
endif()
if(VIGIL_TIDY)
  find_program(CLANG_TIDY clang-tidy REQUIRED)
  set(CMAKE_CXX_CLANG_TIDY ${CLANG_TIDY} --quiet)
endif()
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# vigil_library(NAME ALIAS SOURCES... HEADERS headers...): a library of ours, usable as vigil::ALIAS here and once
# installed. Headers that show GDAL, PROJ or GEOS are for the inside: they are not installed.
function(vigil_library name alias)
  cmake_parse_arguments(PARSE_ARGV 2 given "" "" "SOURCES;HEADERS")
  set(public "")
  foreach(header IN LISTS given_HEADERS)
    file(STRINGS ${header} gis REGEX "#include (<(gdal|ogr|cpl_|proj|geos)|\"libgeo/io/gdal.h)")
    if(NOT gis)
      list(APPEND public ${header})
    endif()
  endforeach()
  add_library(${name} STATIC ${given_SOURCES})
  add_library(vigil::${alias} ALIAS ${name})
  set_target_properties(${name} PROPERTIES
    EXPORT_NAME ${alias} POSITION_INDEPENDENT_CODE ON VERIFY_INTERFACE_HEADER_SETS ON)
  target_compile_features(${name} PUBLIC cxx_std_20)
  target_sources(${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${public})
  target_link_libraries(${name} PRIVATE $<BUILD_INTERFACE:vigil_flags>)
endfunction()
