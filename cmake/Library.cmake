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
set_target_properties(reckon PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION 0
                      LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/exports.map)
target_link_options(reckon PRIVATE LINKER:--version-script=${PROJECT_SOURCE_DIR}/cmake/exports.map
                    LINKER:--no-undefined)

# Tests that run whole programs link every room.
if(RECKON_BUILD_TESTS)
  set(all_libraries "")
  foreach(room ${rooms})
    get_property(libraries GLOBAL PROPERTY RECKON_ROOM_${room}_LIBRARIES)
    list(APPEND all_libraries ${libraries})
  endforeach()
  list(REMOVE_DUPLICATES all_libraries)
  add_library(reckon_check_op OBJECT ${PROJECT_SOURCE_DIR}/tests/check_op.cc)
  reckon_compile_options(reckon_check_op)
  foreach(room ${rooms})
    get_property(tests GLOBAL PROPERTY RECKON_ROOM_${room}_WHOLE_TESTS)
    if(tests)
      reckon_test_program(${room}_test "${tests};$<TARGET_OBJECTS:reckon_check_op>" "${rooms}" "${all_libraries}")
      target_include_directories(${room}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    endif()
  endforeach()

  # golden_check: the cases of golden files through the public API.
  file(GLOB golden_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/golden_check/*.cc)
  add_executable(golden_check ${golden_sources})
  reckon_compile_options(golden_check)
  foreach(room ${rooms})
    target_sources(golden_check PRIVATE $<TARGET_OBJECTS:reckon_${room}>)
  endforeach()
  target_link_libraries(golden_check PRIVATE ${all_libraries} Threads::Threads)
  add_test(NAME golden_check COMMAND golden_check tests/golden/ops WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  add_test(NAME golden_check_outside COMMAND golden_check --outside WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(golden_check_outside PROPERTIES SKIP_RETURN_CODE 77)
endif()
