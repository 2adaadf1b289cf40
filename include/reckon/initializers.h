// SPDX-License-Identifier: Apache-2.0
// How variables start. Random ones are pure functions of (seed, variable name, element).
#pragma once

#include <cstdint>
#include <functional>

#include <reckon/tensor.h>

namespace reckon {

/// Makes the initial value of a variable: a Tensor of `dtype` and `shape` in the graph being built,
/// from constants and random ops alone.
using Initializer = std::function<Tensor(const Shape& shape, DType dtype)>;

namespace initializers {

// A seed that is set leaves the variable's name out: equal shapes start alike. The distributions
// are those of tf.keras.initializers, the numbers Reckon's own.

/// The seed of the initializers that have no other option.
struct RandomOptions {
  Maybe<uint64_t> seed = std::nullopt;  ///< unset: the run's seed and the variable's name
};
/// The range of random_uniform.
struct UniformOptions {
  double low = -0.05, high = 0.05;      ///< low < high
  Maybe<uint64_t> seed = std::nullopt;  ///< unset: the run's seed and the variable's name
};
/// The distribution of random_normal and truncated_normal.
struct NormalOptions {
  double mean = 0, stddev = 0.05;       ///< before it is cut; stddev at least 0
  Maybe<uint64_t> seed = std::nullopt;  ///< unset: the run's seed and the variable's name
};
/// The fan that divides the variance: inputs, outputs or the mean of both.
enum class FanMode { kFanIn, kFanOut, kFanAverage };
/// The distribution that gets the variance.
enum class Distribution { kTruncatedNormal, kUntruncatedNormal, kUniform };
/// The variance of variance_scaling: scale / fan.
struct VarianceScalingOptions {
  double scale = 1.0;                                          ///< more than 0
  FanMode mode = FanMode::kFanIn;                              ///< which fan
  Distribution distribution = Distribution::kTruncatedNormal;  ///< of what kind
  Maybe<uint64_t> seed = std::nullopt;  ///< unset: the run's seed and the variable's name
};

/// 0, of any numeric dtype.
Initializer zeros();
/// 1, of any numeric dtype.
Initializer ones();
/// `value`; where an integer variable is made with a fraction, Error, kInvalidArgument.
Initializer constant(Real value);

// Random ones make float32 and float64; random_uniform int32 and int64 too. Wrong options throw
// Error, kInvalidArgument, at once, another dtype where the variable is made.

/// Uniform in [low, high).
Initializer random_uniform(UniformOptions options = {}, Place place = Place::here());
/// Normal.
Initializer random_normal(NormalOptions options = {}, Place place = Place::here());
/// Normal, cut at two standard deviations.
Initializer truncated_normal(NormalOptions options = {}, Place place = Place::here());
/// Of mean 0 and variance scale / fan, the fans being those of a shape [window..., in, out] with
/// the window counted in; a vector's are its length, a fan is at least 1. The cut normal is widened
/// to keep that variance. Source: tf.keras.initializers.VarianceScaling.
Initializer variance_scaling(VarianceScalingOptions options = {}, Place place = Place::here());
/// Uniform within sqrt(6 / (fan_in + fan_out)). Source: Glorot and Bengio 2010.
Initializer glorot_uniform(RandomOptions options = {});
/// Cut normal of variance 2 / (fan_in + fan_out). Source: Glorot and Bengio 2010.
Initializer glorot_normal(RandomOptions options = {});
/// Uniform within sqrt(6 / fan_in). Source: He et al. 2015.
Initializer he_uniform(RandomOptions options = {});
/// Cut normal of variance 2 / fan_in. Source: He et al. 2015.
Initializer he_normal(RandomOptions options = {});
/// Uniform within sqrt(3 / fan_in). Source: LeCun et al. 1998.
Initializer lecun_uniform(RandomOptions options = {});
/// Cut normal of variance 1 / fan_in. Source: LeCun et al. 1998; Klambauer et al. 2017.
Initializer lecun_normal(RandomOptions options = {});

}  // namespace initializers
}  // namespace reckon
