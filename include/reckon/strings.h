// SPDX-License-Identifier: Apache-2.0
// Ops on strings, which are sequences of bytes.
#pragma once

#include <cstdint>

#include <reckon/tensor.h>

namespace reckon::strings {

/// FarmHash64's fingerprint modulo num_buckets: the same bucket in every process, and TensorFlow's.
///   x        string of any shape
///   returns  int64 of that shape, each in [0, num_buckets)
///   throws   Error, kInvalidArgument, if num_buckets < 1 or x holds no strings
///   source   https://github.com/google/farmhash; tf.strings.to_hash_bucket_fast
Tensor to_hash_bucket_fast(Operand x, Integer num_buckets);

}  // namespace reckon::strings
