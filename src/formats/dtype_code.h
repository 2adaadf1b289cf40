// SPDX-License-Identifier: Apache-2.0
// DType to and from the numbers of TensorFlow's DataType.
#pragma once

#include <reckon/dtype.h>

#include "formats/proto/types.pb.h"

namespace reckon::formats {

/// DT_INVALID for kInvalid; all other DTypes have a code.
proto::DataType dtype_code(DType dtype);
/// kInvalid for a code that no Array can hold.
DType dtype_from_code(int code);

}  // namespace reckon::formats
