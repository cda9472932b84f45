# Installs vigil into an empty folder, builds an outside project against it and runs that.
#   cmake -D BUILD=... -D SOURCE=... -D FLAGS=... -D GENERATOR=... -D COMPILER=... -P tests/package.cmake
cmake_policy(VERSION 3.25)
set(work "${BUILD}/package_test")
file(REMOVE_RECURSE "${work}")
function(step)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(status)
    message(FATAL_ERROR "${ARGV}\n${said}")
  endif()
endfunction()

step("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${work}/prefix")
step("${CMAKE_COMMAND}" -S "${SOURCE}/tests/package" -B "${work}/build" -G "${GENERATOR}"
     "-DCMAKE_PREFIX_PATH=${work}/prefix" "-DVIGIL_INCLUDE_DIR=${work}/prefix/include/vigil"
     "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=${FLAGS}" "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}")
step("${CMAKE_COMMAND}" --build "${work}/build")
step("${work}/build/outside")
step("${work}/build/outside_kernels")
step("${work}/prefix/bin/vigil" --version)

# A package that names folders of the machine it was built on cannot be moved.
file(GLOB_RECURSE made "${work}/prefix/lib*/cmake/vigil/*.cmake")
foreach(file IN LISTS made)
  file(STRINGS "${file}" leaks REGEX "${SOURCE}")
  if(leaks)
    message(FATAL_ERROR "${file} names the source folder: ${leaks}")
  endif()
endforeach()
file(REMOVE_RECURSE "${work}")
