// SPDX-License-Identifier: Apache-2.0
// Arrays to and from TensorFlow's TensorProto.
#pragma once

#include <string>

#include <reckon/array.h>

#include "formats/proto/types.pb.h"

namespace reckon::formats {

/// Numbers as tensor_content, strings as string_val.
proto::TensorProto tensor_message(const Array& value);

/// Reads tensor_content or typed values; fewer values than elements repeat the last.
///   at      the place in errors
///   throws  Error, kDataLoss, for contents that do not fit the shape, and for repetition beyond 64
///   MiB;
///           kInvalidArgument for dtypes and ranks that Array lacks
Array array_from_tensor_message(const proto::TensorProto& message, const std::string& at);

}  // namespace reckon::formats
