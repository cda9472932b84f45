# Tests of the house itself: arrows between rooms, headers, symbols, the installed package.
add_test(NAME "structure: every include points down" COMMAND ${CMAKE_COMMAND} -P ${CMAKE_CURRENT_LIST_DIR}/layers.cmake)
add_test(NAME "structure: the kernels know no GIS library"
  COMMAND ${CMAKE_COMMAND} -D NM=${CMAKE_NM} -D ARCHIVE=$<TARGET_FILE:vigil_kernels> -P ${CMAKE_CURRENT_LIST_DIR}/symbols.cmake)

# Every public header compiles alone: building the tests builds these.
add_custom_target(headers_alone ALL)
foreach(library vigil_geo vigil_geo_io vigil_kernels)
  add_dependencies(headers_alone ${library}_verify_interface_header_sets)
endforeach()

set(package_flags "")
if(VIGIL_SANITIZE)
  set(package_flags "-fsanitize=address,undefined")
elseif(VIGIL_TSAN)
  set(package_flags "-fsanitize=thread")
endif()
add_test(NAME "structure: an outside project builds against the installed package"
  COMMAND ${CMAKE_COMMAND} -D BUILD=${PROJECT_BINARY_DIR} -D SOURCE=${PROJECT_SOURCE_DIR} -D "FLAGS=${package_flags}"
    -D GENERATOR=${CMAKE_GENERATOR} -D COMPILER=${CMAKE_CXX_COMPILER} -D LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}
    -P ${CMAKE_CURRENT_LIST_DIR}/package.cmake)
