// SPDX-License-Identifier: Apache-2.0
// Random tensors from counters: an element is a pure function of (seed, op name, step, element), so
// a resumed run, another number of threads or a replay of the step sees the same numbers.
#pragma once

#include <cstdint>
#include <optional>

#include <reckon/tensor.h>

namespace reckon::random {

struct UniformOptions {
  double low = 0;                     ///< included
  double high = 1;                    ///< left out; integers: low < high
  DType dtype = kFloat32;             ///< float32, float64, int32 or int64
  std::optional<uint64_t> seed = {};  ///< the run's seed and the op's name if not given
};
/// Numbers spread evenly over [low, high). All of `shape` must be known.
Tensor uniform(const Shape& shape, UniformOptions options = {}, Place place = Place::here());

struct NormalOptions {
  double mean = 0;
  double deviation = 1;
  DType dtype = kFloat32;             ///< float32 or float64
  std::optional<uint64_t> seed = {};  ///< the run's seed and the op's name if not given
};
Tensor normal(const Shape& shape, NormalOptions options = {}, Place place = Place::here());
/// As `normal`, but never further than two deviations from the mean.
Tensor truncated_normal(const Shape& shape, NormalOptions options = {},
                        Place place = Place::here());

}  // namespace reckon::random
