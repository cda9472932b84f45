# Fails when the kernels archive refers to GDAL, PROJ or GEOS.
#   cmake -D NM=nm -D ARCHIVE=libvigil_kernels.a -P tests/symbols.cmake
cmake_policy(VERSION 3.25)
execute_process(COMMAND "${NM}" "${ARCHIVE}" OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^\n]* [A-Za-z] (_ZN?K?[0-9]+)?(GDAL|OGR|OSR|CPL|VSI|proj_|geod_|GEOS)[^\n]*" found "${symbols}")
if(found)
  list(JOIN found "\n" found)
  message(FATAL_ERROR "the kernels know a GIS library:\n${found}")
endif()
string(FIND "${symbols}" "vigil" ours)
if(ours EQUAL -1)
  message(FATAL_ERROR "${ARCHIVE} holds no symbol of ours")
endif()
