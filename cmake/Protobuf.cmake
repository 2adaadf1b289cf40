# SPDX-License-Identifier: Apache-2.0
# Compiles src/formats/proto/*.proto into ${PROJECT_BINARY_DIR}/generated/formats/proto. The generated code
# is kept out of our warnings; rooms that stand on formats wait for its headers.
file(GLOB schemas CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/formats/proto/*.proto)
set(generated_dir ${PROJECT_BINARY_DIR}/generated)
file(MAKE_DIRECTORY ${generated_dir})
set(generated_sources "")
foreach(schema ${schemas})
  file(RELATIVE_PATH stem ${PROJECT_SOURCE_DIR}/src ${schema})
  string(REGEX REPLACE "\\.proto$" "" stem ${stem})
  add_custom_command(
    OUTPUT ${generated_dir}/${stem}.pb.cc ${generated_dir}/${stem}.pb.h
    COMMAND protobuf::protoc --proto_path=${PROJECT_SOURCE_DIR}/src --cpp_out=${generated_dir} ${schema}
    DEPENDS ${schemas} VERBATIM)
  list(APPEND generated_sources ${generated_dir}/${stem}.pb.cc ${generated_dir}/${stem}.pb.h)
endforeach()

add_library(reckon_proto OBJECT ${generated_sources})
target_compile_options(reckon_proto PRIVATE -w)
target_include_directories(reckon_proto PUBLIC $<BUILD_INTERFACE:${generated_dir}>)
target_link_libraries(reckon_proto PUBLIC protobuf::libprotobuf)
reckon_sanitize(reckon_proto)

# The generated objects take part in the library and in test programs as if they were a room.
set_property(GLOBAL APPEND PROPERTY RECKON_ROOMS proto)
set_property(GLOBAL PROPERTY RECKON_ROOM_proto_CLOSURE proto)
set_property(GLOBAL PROPERTY RECKON_ROOM_proto_LIBRARIES protobuf::libprotobuf)
