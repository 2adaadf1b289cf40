// SPDX-License-Identifier: Apache-2.0
// Random tensors: RandomUniform is element-wise and fuses; RandomFill makes the other
// distributions.
#include <reckon/random.h>

#include <cmath>

#include "expr/builder.h"
#include "kernels/random.h"
#include "ops/at_place.h"
#include "ops/define.h"
#include "ops/dispatch.h"
#include "ops/random_key.h"
#include "ops/row_chunks.h"

namespace reckon::ops {
namespace {

using expr::Expr;

struct UniformNodeOptions {
  Shape shape;
  double low = 0, high = 1;
};

const DefinedOp<UniformNodeOptions> random_uniform_op = define<UniformNodeOptions>({
    .name = "RandomUniform",
    .inputs = {{"key", {kInt64}}, {"stream", {kInt64}}},
    .attributes = {{"shape", &UniformNodeOptions::shape},
                   {"low", &UniformNodeOptions::low},
                   {"high", &UniformNodeOptions::high}},
    .infer = [](const UniformNodeOptions& options, const graph::InferContext&) -> graph::Types {
      return {{kFloat32, options.shape}};
    },
    .forward =
        [](const UniformNodeOptions& options, Expr key, Expr stream) {
          const Expr unit = random_uniform(key, stream, key.builder()->index());
          return options.low + unit * (options.high - options.low);
        },
    .uses_index = true,
});

enum class Distribution { kUniform, kNormal, kTruncatedNormal };

struct RandomFillOptions {
  Distribution distribution = Distribution::kUniform;
  DType dtype = kFloat32;
  Shape shape;
  double first = 0, second = 1;  ///< low and high, or mean and deviation
};

template <class T>
void fill_part(const RandomFillOptions& options, kernels::RandomKey key, int64_t first,
               int64_t count, T* out) {
  const T a = static_cast<T>(options.first), b = static_cast<T>(options.second);
  if constexpr (std::is_integral_v<T>) {
    kernels::fill_uniform_integers(key, first, count, a, b, out);
  } else {
    switch (options.distribution) {
      case Distribution::kUniform:
        return kernels::fill_uniform(key, first, count, a, b, out);
      case Distribution::kNormal:
        return kernels::fill_normal(key, first, count, a, b, out);
      case Distribution::kTruncatedNormal:
        return kernels::fill_truncated_normal(key, first, count, a, b, out);
    }
  }
}

template <class T>
Kernel fill_kernel(const RandomFillOptions& options) {
  return {[options](const KernelCall& call) {
    const kernels::RandomKey key{static_cast<uint64_t>(*call.in<int64_t>(0)),
                                 static_cast<uint64_t>(*call.in<int64_t>(1))};
    // A random number costs about as much as eight plain elements.
    for_row_chunks(call.pool, call.outputs[0].elements, 8, [&](int64_t first, int64_t last) {
      fill_part(options, key, first, last - first, call.out<T>(0) + first);
    });
    return kernels::Fault();
  }};
}

const DefinedOp<RandomFillOptions> random_fill_op = define<RandomFillOptions>({
    .name = "RandomFill",
    .inputs = {{"key", {kInt64}}, {"stream", {kInt64}}},
    .attributes = {{"distribution", &RandomFillOptions::distribution},
                   {"dtype", &RandomFillOptions::dtype},
                   {"shape", &RandomFillOptions::shape},
                   {"first", &RandomFillOptions::first},
                   {"second", &RandomFillOptions::second}},
    .infer = [](const RandomFillOptions& options, const graph::InferContext&) -> graph::Types {
      return {{options.dtype, options.shape}};
    },
    .kernel =
        [](const RandomFillOptions& options, const KernelSpec&) {
          const auto make = [&]<class T>(std::type_identity<T>) { return fill_kernel<T>(options); };
          return is_floating(options.dtype) ? with_floating(options.dtype, make)
                                            : with_index(options.dtype, make);
        },
});

void check(const char* where, const Shape& shape, DType dtype, DTypeSet allowed) {
  base::require(shape.is_static(), where, "shape is ", shape,
                ", expected known extents; pass numbers, or use ",
                "dropout on a tensor of an unknown size");
  base::require(allowed.contains(dtype), where, "dtype is ", dtype, ", expected ", allowed.text(),
                "; cast the result");
}

/// Limits of integers must be some: a double beyond them would be cast to anything.
void check_limits(const random::UniformOptions& options) {
  if (!is_integer(options.dtype)) return;
  const double bound = options.dtype == kInt32 ? 0x1p31 : 0x1p63;
  base::require(options.low >= -bound && options.high < bound, "uniform", "low is ", options.low,
                ", high is ", options.high, ", beyond what ", options.dtype,
                " holds; use int64 or a float");
}

Tensor filled(Distribution distribution, const char* where, const Shape& shape,
              const random::NormalOptions& options, Place place) {
  return at_place(place, [&] {
    check(where, shape, options.dtype, kFloating);
    base::require(options.deviation >= 0, where, "deviation is ", options.deviation,
                  ", expected 0 or more; pass one");
    const RandomKeyPair key = random_key(options.seed, place);
    return random_fill_op({key.key, key.stream},
                          {distribution, options.dtype, shape, options.mean, options.deviation});
  });
}

}  // namespace
}  // namespace reckon::ops

namespace reckon::random {

Tensor uniform(const Shape& shape, UniformOptions options, Place place) {
  return ops::at_place(place, [&] {
    ops::check("uniform", shape, options.dtype, {kFloat32, kFloat64, kInt32, kInt64});
    base::require(options.low < options.high, "uniform", "low is ", options.low, ", high is ",
                  options.high, "; low must be below high");
    base::require(std::isfinite(options.high - options.low), "uniform", "low is ", options.low,
                  ", high is ", options.high,
                  ", expected a finite distance; bring them closer together");
    ops::check_limits(options);
    const ops::RandomKeyPair key = ops::random_key(options.seed, place);
    if (options.dtype == kFloat32) {
      return ops::random_uniform_op({key.key, key.stream}, {shape, options.low, options.high});
    }
    return ops::random_fill_op({key.key, key.stream}, {ops::Distribution::kUniform, options.dtype,
                                                       shape, options.low, options.high});
  });
}

Tensor normal(const Shape& shape, NormalOptions options, Place place) {
  return ops::filled(ops::Distribution::kNormal, "normal", shape, options, place);
}

Tensor truncated_normal(const Shape& shape, NormalOptions options, Place place) {
  return ops::filled(ops::Distribution::kTruncatedNormal, "truncated_normal", shape, options,
                     place);
}

}  // namespace reckon::random
