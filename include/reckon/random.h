// SPDX-License-Identifier: Apache-2.0
// Random tensors from counters: an element is a pure function of (seed, op name, step, element), so
// a resumed run, another number of threads or a replay of the step sees the same numbers.
#pragma once

#include <cstdint>

#include <reckon/tensor.h>

namespace reckon::random {

// A seed of the op's own leaves its name out: two ops of one seed draw alike. Source of the
// generator: Philox4x32-10, Salmon et al. 2011.

/// The range of uniform.
struct UniformOptions {
  double low = 0;                     ///< included; for integers its whole part
  double high = 1;                    ///< left out, but a float may round up to it; above low
  DType dtype = kFloat32;             ///< float32, float64, int32 or int64, which hold low and, as
                                      ///< an end, high: all of int64 is -0x1p63 to 0x1p63
  Maybe<uint64_t> seed = {};  ///< the run's seed and the op's name if not given
};
/// Numbers spread evenly over [low, high).
///   returns  `shape`, which must be known, of options.dtype
///   throws   Error, kInvalidArgument, for an unknown extent, another dtype, limits that it does
///   not
///            hold, or no number between them
///   source   tf.random.uniform
Tensor uniform(const Shape& shape, UniformOptions options = {}, Place place = Place::here());

/// The distribution of normal and truncated_normal.
struct NormalOptions {
  double mean = 0;            ///< of the distribution before it is cut
  double deviation = 1;       ///< the standard deviation, at least 0
  DType dtype = kFloat32;     ///< float32 or float64
  Maybe<uint64_t> seed = {};  ///< the run's seed and the op's name if not given
};
/// Normally distributed numbers.
///   returns  `shape`, which must be known, of options.dtype
///   throws   Error, kInvalidArgument, for an unknown extent, another dtype, deviation < 0, or
///            numbers that the dtype may not hold
///   source   Box and Muller 1958; tf.random.normal
Tensor normal(const Shape& shape, NormalOptions options = {}, Place place = Place::here());
/// As `normal`, but never further than two deviations from the mean.
///   source  Wichura 1988, algorithm AS 241; tf.random.truncated_normal
Tensor truncated_normal(const Shape& shape, NormalOptions options = {},
                        Place place = Place::here());

}  // namespace reckon::random
