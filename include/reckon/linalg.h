// SPDX-License-Identifier: Apache-2.0
// Products of matrices. Each element is one chain of fused multiply-adds in ascending order of the
// inner index: its bits depend on its row and its column alone, never on threads or on the batch's
// size.
#pragma once

#include <reckon/tensor.h>

namespace reckon {

/// Which operands of matmul are transposed first.
struct MatmulOptions {
  bool transpose_a = false;  ///< the last two dimensions of a change places first
  bool transpose_b = false;  ///< the last two dimensions of b change places first
};

/// Matrix product over the last two dimensions; the dimensions before them broadcast as NumPy's do.
///   a, b     float32, float64, int32 or int64, one dtype, rank >= 2: [..., m, k] and [..., k, n]
///   returns  [..., m, n] of that dtype; integers wrap; k = 0 gives zeros
///   throws   Error, kInvalidArgument, for another dtype or rank, if the inner sizes differ or the
///            batches do not broadcast; sizes that only the data know are compared by the step
///   source   tf.linalg.matmul
Tensor matmul(Operand a, Operand b, MatmulOptions options = {});

/// Whether matvec's matrix is transposed first.
struct MatvecOptions {
  bool transpose_a = false;  ///< the last two dimensions of a change places first
};
/// Matrix times vector; dimensions before them broadcast.
///   a        as in matmul, [..., m, k]
///   x        the dtype of a, [..., k]
///   returns  [..., m]
///   throws   as matmul
///   source   tf.linalg.matvec
Tensor matvec(Operand a, Operand x, MatvecOptions options = {});

}  // namespace reckon
