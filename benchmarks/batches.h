// SPDX-License-Identifier: Apache-2.0
// The batches of W1, W2 and W10 as Arrays in memory, in the order in which every system takes them.
#pragma once

#include <cstdint>
#include <string>

#include <reckon/reckon.h>

namespace bench {

/// `count` batches: x float32[count, batch, ...], y [count, batch, ...].
struct Batches {
  reckon::Array x;
  reckon::Array y;

  int64_t count() const { return x.shape()[0]; }
  /// Batches first, first + 1, ..., and round again without end.
  reckon::Dataset from(int64_t first) const;
  /// Batch `index` modulo count, once.
  reckon::Dataset one(int64_t index) const;
};

/// W1: x [64, 32, 16] by formula, y [64, 32, 1] a line through it.
Batches line_batches();

/// Fashion-MNIST in file order, x [count, batch, 784] in [0, 1], y int64[count, batch]; what does
/// not fill a batch is dropped. `prefix` is "train" or "t10k".
///   throws  std::runtime_error, if a file is missing or is no idx file
Batches fashion_batches(const std::string& prefix, int64_t batch);

}  // namespace bench
