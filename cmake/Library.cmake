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

# Tests that run whole programs see the inside of every room; one library for all of them, so that an edit links once.
if(RECKON_BUILD_TESTS)
  set(all_libraries "")
  foreach(room ${rooms})
    get_property(libraries GLOBAL PROPERTY RECKON_ROOM_${room}_LIBRARIES)
    list(APPEND all_libraries ${libraries})
  endforeach()
  list(REMOVE_DUPLICATES all_libraries)
  add_library(reckon_inside SHARED)
  reckon_compile_options(reckon_inside)
  reckon_add_rooms(reckon_inside "${rooms}")
  target_link_libraries(reckon_inside PUBLIC ${all_libraries} Threads::Threads)
  add_library(reckon_check_op OBJECT ${PROJECT_SOURCE_DIR}/tests/check_op.cc)
  reckon_compile_options(reckon_check_op)
  foreach(room ${rooms})
    get_property(tests GLOBAL PROPERTY RECKON_ROOM_${room}_WHOLE_TESTS)
    if(tests)
      reckon_test_program(${room}_test "${tests};$<TARGET_OBJECTS:reckon_check_op>" "" reckon_inside)
      target_include_directories(${room}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    endif()
  endforeach()

  # golden_check: the cases of golden files through the public API.
  file(GLOB golden_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/golden_check/*.cc)
  set(golden_tests ${golden_sources})
  list(FILTER golden_tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER golden_sources EXCLUDE REGEX "_test\\.cc$")
  add_executable(golden_check ${golden_sources})
  reckon_compile_options(golden_check)
  target_link_libraries(golden_check PRIVATE reckon_inside)
  set(golden_room tests/golden_check)
  reckon_test_program(golden_check_test
                      "${golden_tests};${golden_room}/differences.cc;${golden_room}/compare.cc"
                      "" reckon_inside)
  add_test(NAME golden_check COMMAND golden_check tests/golden/ops WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  add_test(NAME golden_check_outside COMMAND golden_check --outside WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(golden_check_outside PROPERTIES SKIP_RETURN_CODE 77)

  # The table of mistakes: its tests, and the program that prints docs/errors.md from it.
  file(GLOB mistake_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/mistakes/*.cc)
  list(FILTER mistake_sources EXCLUDE REGEX "_test\\.cc$")
  add_library(reckon_mistakes OBJECT ${mistake_sources})
  reckon_compile_options(reckon_mistakes)
  target_compile_options(reckon_mistakes PRIVATE -O0)  # the user's code of each row, run once
  target_include_directories(reckon_mistakes PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  reckon_test_program(mistakes_test
                      "${PROJECT_SOURCE_DIR}/tests/mistakes/mistakes_test.cc;$<TARGET_OBJECTS:reckon_mistakes>"
                      "" reckon_inside)
  target_include_directories(mistakes_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  add_executable(mistakes_page ${PROJECT_SOURCE_DIR}/tests/mistakes/main/page.cc $<TARGET_OBJECTS:reckon_mistakes>)
  reckon_compile_options(mistakes_page)
  target_include_directories(mistakes_page PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(mistakes_page PRIVATE reckon_inside)
endif()
