// SPDX-License-Identifier: Apache-2.0
// Initial values. Random ones are random ops inside the variable's initializer, whose names hold
// the variable's: that is what their numbers depend on.
#include <reckon/initializers.h>

#include <algorithm>
#include <cmath>

#include <reckon/random.h>
#include <reckon/shape_ops.h>
#include "base/check.h"
#include "base/with_place.h"

namespace reckon::initializers {
namespace {

/// The standard deviation of a normal distribution that is cut at two deviations.
constexpr double kTruncatedDeviation = 0.87962566103423978;

struct Fans {
  double in = 1, out = 1;
};

/// The last two dimensions are in and out; those before them are a kernel's window.
Fans fans_of(const Shape& shape) {
  if (shape.rank() == 0) return {};
  if (shape.rank() == 1) return {static_cast<double>(shape[0]), static_cast<double>(shape[0])};
  double window = 1;
  for (int axis = 0; axis < shape.rank() - 2; ++axis) window *= static_cast<double>(shape[axis]);
  return {window * static_cast<double>(shape[-2]), window * static_cast<double>(shape[-1])};
}

double fan_of(const Shape& shape, FanMode mode) {
  const Fans fans = fans_of(shape);
  const double fan = mode == FanMode::kFanIn    ? fans.in
                     : mode == FanMode::kFanOut ? fans.out
                                                : (fans.in + fans.out) / 2;
  return std::max(1.0, fan);
}

Initializer fill_with(double value) {
  return [value](const Shape& shape, DType dtype) {
    return fill(shape, Operand(value).resolve(dtype));
  };
}

void check_deviation(const char* where, double deviation, Place place) {
  base::with_place(place, [&] {
    base::require(deviation >= 0 && std::isfinite(deviation), where, "stddev is ", deviation,
                  ", expected 0 or more, and finite; pass such a one");
  });
}

}  // namespace

Initializer zeros() { return fill_with(0); }
Initializer ones() { return fill_with(1); }
Initializer constant(Real value) { return fill_with(value); }

Initializer random_uniform(UniformOptions options, Place place) {
  base::with_place(place, [&] {
    base::require(options.low < options.high, "random_uniform", "low is ", options.low,
                  " and high is ", options.high,
                  ", expected low < high; exchange them, or use initializers::constant() for one "
                  "value");
    base::require(std::isfinite(options.low) && std::isfinite(options.high), "random_uniform",
                  "low is ", options.low, " and high is ", options.high,
                  ", expected finite numbers; pass some");
  });
  return [options](const Shape& shape, DType dtype) {
    return random::uniform(
        shape, {.low = options.low, .high = options.high, .dtype = dtype, .seed = options.seed},
        {});
  };
}

Initializer random_normal(NormalOptions options, Place place) {
  check_deviation("random_normal", options.stddev, place);
  return [options](const Shape& shape, DType dtype) {
    return random::normal(
        shape,
        {.mean = options.mean, .deviation = options.stddev, .dtype = dtype, .seed = options.seed},
        {});
  };
}

Initializer truncated_normal(NormalOptions options, Place place) {
  check_deviation("truncated_normal", options.stddev, place);
  return [options](const Shape& shape, DType dtype) {
    return random::truncated_normal(
        shape,
        {.mean = options.mean, .deviation = options.stddev, .dtype = dtype, .seed = options.seed},
        {});
  };
}

Initializer variance_scaling(VarianceScalingOptions options, Place place) {
  base::with_place(place, [&] {
    base::require(options.scale > 0, "variance_scaling", "scale is ", options.scale,
                  ", expected a positive number; 1 keeps the variance, 2 suits relu");
  });
  return [options](const Shape& shape, DType dtype) {
    // uniform() makes integers too, but these would be whole parts of numbers around 0.
    base::require(dtype == kFloat32 || dtype == kFloat64, "variance_scaling", "dtype is ", dtype,
                  ", expected float32 or float64; use random_uniform for integers");
    const double variance = options.scale / fan_of(shape, options.mode);
    switch (options.distribution) {
      case Distribution::kUniform: {
        const double bound = std::sqrt(3 * variance);
        return random_uniform({.low = -bound, .high = bound, .seed = options.seed})(shape, dtype);
      }
      case Distribution::kUntruncatedNormal:
        return random_normal({.mean = 0, .stddev = std::sqrt(variance), .seed = options.seed})(
            shape, dtype);
      case Distribution::kTruncatedNormal:
        break;
    }
    const double stddev = std::sqrt(variance) / kTruncatedDeviation;
    return truncated_normal({.mean = 0, .stddev = stddev, .seed = options.seed})(shape, dtype);
  };
}

Initializer glorot_uniform(RandomOptions options) {
  return variance_scaling({1, FanMode::kFanAverage, Distribution::kUniform, options.seed});
}
Initializer glorot_normal(RandomOptions options) {
  return variance_scaling({1, FanMode::kFanAverage, Distribution::kTruncatedNormal, options.seed});
}
Initializer he_uniform(RandomOptions options) {
  return variance_scaling({2, FanMode::kFanIn, Distribution::kUniform, options.seed});
}
Initializer he_normal(RandomOptions options) {
  return variance_scaling({2, FanMode::kFanIn, Distribution::kTruncatedNormal, options.seed});
}
Initializer lecun_uniform(RandomOptions options) {
  return variance_scaling({1, FanMode::kFanIn, Distribution::kUniform, options.seed});
}
Initializer lecun_normal(RandomOptions options) {
  return variance_scaling({1, FanMode::kFanIn, Distribution::kTruncatedNormal, options.seed});
}

}  // namespace reckon::initializers
