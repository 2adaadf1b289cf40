# SPDX-License-Identifier: Apache-2.0
# Finds what docs/dependencies.md lists; tools/install_dependencies installs it.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Protobuf REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(isal REQUIRED IMPORTED_TARGET libisal)
find_library(RECKON_SNAPPY snappy REQUIRED)
find_library(RECKON_FARMHASH farmhash REQUIRED)
if(RECKON_BUILD_TESTS)
  find_package(GTest REQUIRED)
  find_package(leveldb REQUIRED)  # the oracle of the checkpoint index's tests
  include(CTest)
  include(GoogleTest)
endif()
