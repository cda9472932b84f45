# find_package(vigil) gives vigil::geo, vigil::geo_io and vigil::kernels.
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/vigil)

install(TARGETS vigil RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS vigil_geo vigil_geo_io vigil_kernels EXPORT vigil
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/vigil
  FILE_SET generated DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/vigil)
install(EXPORT vigil NAMESPACE vigil:: FILE vigil-targets.cmake DESTINATION ${package_folder})

configure_package_config_file(cmake/vigil-config.cmake.in ${PROJECT_BINARY_DIR}/vigil-config.cmake
  INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/vigil-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/vigil-config.cmake ${PROJECT_BINARY_DIR}/vigil-config-version.cmake
  DESTINATION ${package_folder})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
