// SPDX-License-Identifier: Apache-2.0
// Products of matrices. Each element is one chain of fused multiply-adds in ascending order of the
// inner index: its bits depend on its row and its column alone, never on threads or on the batch's
// size.
#pragma once

#include <reckon/tensor.h>

namespace reckon {

struct MatmulOptions {
  bool transpose_a = false;  ///< the last two dimensions of a change places first
  bool transpose_b = false;  ///< the last two dimensions of b change places first
};

/// Matrix product over the last two dimensions; the dimensions before them broadcast as NumPy's do.
///   a, b     float32, float64, int32 or int64, one dtype, rank >= 2: [..., m, k] and [..., k, n]
///   returns  [..., m, n]; integers wrap
///   throws   Error, kInvalidArgument, if the inner sizes differ or the batches do not broadcast
Tensor matmul(Operand a, Operand b, MatmulOptions options = {});

struct MatvecOptions {
  bool transpose_a = false;  ///< the last two dimensions of a change places first
};
/// Matrix times vector: [..., m, k] and [..., k] give [..., m].
///   throws   Error, kInvalidArgument, if the inner sizes differ
Tensor matvec(Operand a, Operand x, MatvecOptions options = {});

}  // namespace reckon
