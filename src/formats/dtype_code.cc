// SPDX-License-Identifier: Apache-2.0
// The table between DType and TensorFlow's DataType.
#include "formats/dtype_code.h"

namespace reckon::formats {
namespace {

struct Row {
  DType dtype;
  proto::DataType code;
};

constexpr Row kRows[] = {
    {kFloat16, proto::DT_HALF},        {kBFloat16, proto::DT_BFLOAT16},
    {kFloat32, proto::DT_FLOAT},       {kFloat64, proto::DT_DOUBLE},
    {kInt8, proto::DT_INT8},           {kInt16, proto::DT_INT16},
    {kInt32, proto::DT_INT32},         {kInt64, proto::DT_INT64},
    {kUInt8, proto::DT_UINT8},         {kUInt16, proto::DT_UINT16},
    {kUInt32, proto::DT_UINT32},       {kUInt64, proto::DT_UINT64},
    {kBool, proto::DT_BOOL},           {kString, proto::DT_STRING},
    {kComplex64, proto::DT_COMPLEX64}, {kComplex128, proto::DT_COMPLEX128},
};

}  // namespace

proto::DataType dtype_code(DType dtype) {
  for (const Row& row : kRows) {
    if (row.dtype == dtype) return row.code;
  }
  return proto::DT_INVALID;
}

DType dtype_from_code(int code) {
  for (const Row& row : kRows) {
    if (row.code == code) return row.dtype;
  }
  return DType::kInvalid;
}

}  // namespace reckon::formats
