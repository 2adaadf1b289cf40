// SPDX-License-Identifier: Apache-2.0
// Where randomness comes from: a key and a stream that name the numbers of one op in one step.
#pragma once

#include <optional>

#include <reckon/tensor.h>

namespace reckon::ops {

struct RandomKeyPair {
  Tensor key, stream;  ///< int64 scalars, the first two operands of expr::random_word
};

/// With a seed of the op's own: (that seed, step). Without: (the run's seed, the op's name and the
/// step).
RandomKeyPair random_key(std::optional<uint64_t> seed, Place place);

}  // namespace reckon::ops
