# SPDX-License-Identifier: Apache-2.0
# reckon_room(NAME [TESTED_WHOLE] [OPTIMIZE level] [ON rooms...] [LIBRARIES libraries...] [TEST_LIBRARIES libraries...]): an
# OBJECT library of src/NAME/*.cc, one of src/NAME/*_testing.cc, which tests share, and a test program of
# src/NAME/*_test.cc, over the rooms it stands on or, if TESTED_WHOLE, over every room and tests/check_op.cc.
# Object libraries keep every op: a static link would drop them.
set_property(GLOBAL PROPERTY RECKON_ROOMS "")
if(RECKON_BUILD_TESTS)
  add_custom_target(quick_tests)  # the programs of the tests labelled quick
endif()

# The sanitizers of the preset, for any target that is linked with others of ours.
# protobuf's MapField has two more members where __SANITIZE_THREAD__ is set; Debian's libprotobuf has them not.
# No recovery: undefined behaviour fails its test. Without null and object-size, a seventh of the compile time:
# AddressSanitizer reports those accesses itself.
function(reckon_sanitize target)
  if(RECKON_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${RECKON_SANITIZE} -fno-sanitize-recover=all
                           -fno-sanitize=null,object-size -fno-omit-frame-pointer -U__SANITIZE_THREAD__
                           -DRECKON_SANITIZED)
  endif()
endfunction()

function(reckon_compile_options target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>)
  target_include_directories(${target} SYSTEM PUBLIC $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/generated>)
  # No contraction: a fused multiply-add is written as fma, so that every instruction set has one result.
  target_compile_options(${target} PRIVATE -Wall -Wextra -Werror -ffp-contract=off -fno-math-errno
                         -fno-trapping-math)
  reckon_sanitize(${target})
  if(RECKON_SANITIZE)
    # GCC 12's flow warnings are wrong now and then about instrumented code; the other presets keep them as errors.
    target_compile_options(${target} PRIVATE -Wno-error)
    target_link_options(${target} PUBLIC -fsanitize=${RECKON_SANITIZE})
  endif()
endfunction()

# Several files as one unit: headers are read once for all of them, so that everything from nothing takes a third of
# the time. Who edits compiles file by file. A file with options of its own, as the kernels', stays alone.
option(RECKON_UNITS "Compile several files of a room as one unit, for builds from nothing" OFF)
function(reckon_units target)
  if(RECKON_UNITS)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
    # In a unit the file that holds an unnamed namespace is not the main one, which is what this warning goes by.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  endif()
endfunction()

# Reading headers is a third of a small file's compile time. -fpch-preprocess: ccache keeps such objects only with it.
function(reckon_precompile target)
  target_precompile_headers(${target} PRIVATE <algorithm> <functional> <map> <memory> <sstream> <string> <vector>
                            ${ARGN})
  target_compile_options(${target} PRIVATE -fpch-preprocess)
endfunction()

function(reckon_room name)
  cmake_parse_arguments(ROOM "TESTED_WHOLE" "OPTIMIZE" "ON;LIBRARIES;TEST_LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cc
       ${PROJECT_SOURCE_DIR}/src/${name}/*/*.cc)
  set(tests ${sources})
  set(testing ${sources})
  list(FILTER sources EXCLUDE REGEX "_test(ing)?\\.cc$")
  list(FILTER testing INCLUDE REGEX "_testing\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  # Under a sanitizer -O3 takes minutes for a file of unrolled kernels, and finds nothing more.
  set(optimize "-O3")
  if(RECKON_SANITIZE)
    set(optimize "-O1")
  endif()
  foreach(source ${sources} ${tests})
    if(source MATCHES "_portable\\.cc$")
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "${optimize}" SKIP_PRECOMPILE_HEADERS ON)
    elseif(source MATCHES "_avx2\\.cc$")
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "${optimize};-mavx2;-mfma"
                                  SKIP_PRECOMPILE_HEADERS ON)
    elseif(source MATCHES "_avx512\\.cc$")
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS
        "${optimize};-mavx512f;-mavx512dq;-mavx512bw;-mavx512vl;-mfma;-mprefer-vector-width=512"
        SKIP_PRECOMPILE_HEADERS ON)
    endif()
  endforeach()
  if(NOT sources)
    return()
  endif()
  add_library(reckon_${name} OBJECT ${sources})
  reckon_compile_options(reckon_${name})
  reckon_units(reckon_${name})
  if(ROOM_OPTIMIZE)
    target_compile_options(reckon_${name} PRIVATE $<$<CONFIG:Release>:${ROOM_OPTIMIZE}>)
  endif()
  if(RECKON_SANITIZE AND NOT RECKON_UNITS)
    reckon_precompile(reckon_${name})  # not elsewhere: a source must include what it uses
  endif()
  target_link_libraries(reckon_${name} PUBLIC ${ROOM_LIBRARIES} Threads::Threads)

  set(closure ${name})
  set(libraries ${ROOM_LIBRARIES})
  foreach(below ${ROOM_ON})
    get_property(rooms GLOBAL PROPERTY RECKON_ROOM_${below}_CLOSURE)
    get_property(below_libraries GLOBAL PROPERTY RECKON_ROOM_${below}_LIBRARIES)
    list(APPEND closure ${rooms})
    list(APPEND libraries ${below_libraries})
  endforeach()
  list(REMOVE_DUPLICATES closure)
  set_property(GLOBAL PROPERTY RECKON_ROOM_${name}_CLOSURE "${closure}")
  set_property(GLOBAL PROPERTY RECKON_ROOM_${name}_LIBRARIES "${libraries}")
  set_property(GLOBAL APPEND PROPERTY RECKON_ROOMS ${name})
  if("proto" IN_LIST closure)
    add_dependencies(reckon_${name} reckon_proto)
  endif()

  if(RECKON_BUILD_TESTS AND testing)
    add_library(reckon_${name}_testing OBJECT ${testing})
    reckon_compile_options(reckon_${name}_testing)
    target_link_libraries(reckon_${name}_testing PUBLIC ${ROOM_LIBRARIES} Threads::Threads)
  endif()
  if(RECKON_BUILD_TESTS AND tests AND ROOM_TESTED_WHOLE)
    set_property(GLOBAL PROPERTY RECKON_ROOM_${name}_WHOLE_TESTS "${tests}")
  elseif(RECKON_BUILD_TESTS AND tests)
    reckon_test_program(${name}_test "${tests}" "${closure}" "${libraries};${ROOM_TEST_LIBRARIES}")
  endif()
endfunction()

# The objects of these rooms, with what their tests share.
function(reckon_add_rooms target rooms)
  foreach(room ${rooms})
    foreach(objects reckon_${room} reckon_${room}_testing)
      if(TARGET ${objects})
        target_sources(${target} PRIVATE $<TARGET_OBJECTS:${objects}>)
      endif()
    endforeach()
  endforeach()
endfunction()

# A GoogleTest program over the objects of the named rooms; each TEST becomes a CTest test. What a test itself computes
# is little: it is not optimized, which halves the time to compile it.
function(reckon_test_program program sources rooms libraries)
  add_executable(${program} ${sources})
  reckon_compile_options(${program})
  target_compile_options(${program} PRIVATE -O0)
  reckon_precompile(${program} <gtest/gtest.h>)
  reckon_units(${program})
  reckon_add_rooms(${program} "${rooms}")
  target_link_libraries(${program} PRIVATE ${libraries} Threads::Threads GTest::gtest_main)
  add_dependencies(quick_tests ${program})
  gtest_discover_tests(${program} DISCOVERY_MODE PRE_TEST WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
                       PROPERTIES TIMEOUT 300 LABELS quick)
endfunction()
