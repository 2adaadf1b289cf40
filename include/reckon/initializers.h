// SPDX-License-Identifier: Apache-2.0
// How variables start. Random ones are pure functions of (seed, variable name, element).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include <reckon/tensor.h>

namespace reckon {

/// Makes the initial value of a variable: a Tensor of `dtype` and `shape` in the graph being built.
using Initializer = std::function<Tensor(const Shape& shape, DType dtype)>;

namespace initializers {

struct RandomOptions {
  std::optional<uint64_t> seed = std::nullopt;  ///< unset: the run's seed and the variable's name
};
struct UniformOptions {
  double low = -0.05, high = 0.05;
  std::optional<uint64_t> seed = std::nullopt;
};
struct NormalOptions {
  double mean = 0, stddev = 0.05;
  std::optional<uint64_t> seed = std::nullopt;
};
enum class FanMode { kFanIn, kFanOut, kFanAverage };
enum class Distribution { kTruncatedNormal, kUntruncatedNormal, kUniform };
struct VarianceScalingOptions {
  double scale = 1.0;
  FanMode mode = FanMode::kFanIn;
  Distribution distribution = Distribution::kTruncatedNormal;
  std::optional<uint64_t> seed = std::nullopt;
};

Initializer zeros();
Initializer ones();
Initializer constant(double value);
/// Uniform in [low, high).
Initializer random_uniform(UniformOptions options = {});
Initializer random_normal(NormalOptions options = {});
/// Normal, redrawn within two standard deviations.
Initializer truncated_normal(NormalOptions options = {});
/// Spread by the fans of a shape [..., in, out]. Source: tf.keras.initializers.VarianceScaling.
Initializer variance_scaling(VarianceScalingOptions options = {});
/// Uniform within sqrt(6 / (fan_in + fan_out)). Source: Glorot and Bengio 2010.
Initializer glorot_uniform(RandomOptions options = {});
Initializer glorot_normal(RandomOptions options = {});
/// Uniform within sqrt(6 / fan_in). Source: He et al. 2015.
Initializer he_uniform(RandomOptions options = {});
Initializer he_normal(RandomOptions options = {});
Initializer lecun_uniform(RandomOptions options = {});
Initializer lecun_normal(RandomOptions options = {});

}  // namespace initializers
}  // namespace reckon
