// SPDX-License-Identifier: Apache-2.0
// Learning rates as scalars of the graph. Steps are counted in int64, so that float32 never loses
// one.
#include <reckon/schedules.h>

#include <cmath>
#include <numbers>

#include <reckon/math.h>
#include "base/check.h"
#include "base/with_place.h"

namespace reckon {

Schedule::Schedule(Function function, Place place) : function_(std::move(function)), place_(place) {
  base::with_place(place, [&] {
    base::require(static_cast<bool>(function_), "schedule",
                  "the function is empty; pass one that gives a rate for a step, or a number");
  });
}

Tensor Schedule::at(const Tensor& step) const {
  if (is_constant()) return Operand(constant_).resolve(kFloat32);
  const Tensor rate = function_(step);
  const bool is_scalar =
      rate.is_poison() || (rate.valid() && is_floating(rate.dtype()) && rate.rank() == 0);
  base::with_place(place_, [&] {
    base::require(is_scalar, "schedule", "the function gave ", rate.text(),
                  ", expected a float32[]; reduce or cast the rate");
  });
  return cast(rate, kFloat32);
}

namespace schedules {
namespace {

void check_decay_steps(const char* where, int64_t decay_steps, Place place) {
  base::with_place(place, [&] {
    base::require(decay_steps >= 1, where, "decay_steps is ", decay_steps,
                  ", expected 1 or more; set it to the number of training steps");
  });
}

}  // namespace

Schedule constant(Real rate) { return static_cast<double>(rate); }

Schedule cosine_decay(CosineDecayOptions options, Place place) {
  check_decay_steps("cosine_decay", options.decay_steps, place);
  return Schedule([options](const Tensor& step) {
    const double half = (1 - options.alpha) / 2;
    const Tensor done = cast(minimum(step, options.decay_steps), kFloat32) /
                        static_cast<double>(options.decay_steps);
    return options.initial * (half * (1 + cos(std::numbers::pi * done)) + options.alpha);
  });
}

Schedule exponential_decay(ExponentialDecayOptions options, Place place) {
  check_decay_steps("exponential_decay", options.decay_steps, place);
  base::with_place(place, [&] {
    base::require(options.decay_rate > 0, "exponential_decay", "decay_rate is ", options.decay_rate,
                  ", expected a positive number; 0.96 shrinks the rate by 4 % each decay_steps");
  });
  return Schedule([options](const Tensor& step) {
    const Tensor decays = options.staircase
                              ? cast(floordiv(step, options.decay_steps), kFloat32)
                              : cast(step, kFloat32) / static_cast<double>(options.decay_steps);
    return options.initial * pow(options.decay_rate, decays);
  });
}

}  // namespace schedules
}  // namespace reckon
