# SPDX-License-Identifier: Apache-2.0
# libreckon: every room's objects in one shared library.
get_property(rooms GLOBAL PROPERTY RECKON_ROOMS)
add_library(reckon SHARED)
add_library(Reckon::reckon ALIAS reckon)
foreach(room ${rooms})
  target_sources(reckon PRIVATE $<TARGET_OBJECTS:reckon_${room}>)
  get_property(libraries GLOBAL PROPERTY RECKON_ROOM_${room}_LIBRARIES)
  target_link_libraries(reckon PRIVATE ${libraries})
endforeach()
target_link_libraries(reckon PRIVATE Threads::Threads)
target_include_directories(reckon PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                           $<INSTALL_INTERFACE:include>)
target_compile_features(reckon PUBLIC cxx_std_20)
set_target_properties(reckon PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION 0)
