# SPDX-License-Identifier: Apache-2.0
# The package: `find_package(Reckon CONFIG REQUIRED)` gives the target Reckon::reckon.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
install(TARGETS reckon EXPORT ReckonTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/reckon DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Reckon)
install(EXPORT ReckonTargets NAMESPACE Reckon:: DESTINATION ${package_dir})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/ReckonConfig.cmake.in
                              ${PROJECT_BINARY_DIR}/ReckonConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ReckonConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ReckonConfig.cmake ${PROJECT_BINARY_DIR}/ReckonConfigVersion.cmake
        DESTINATION ${package_dir})
