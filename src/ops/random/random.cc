// SPDX-License-Identifier: Apache-2.0
// Random tensors: RandomUniform is element-wise and fuses; RandomFill makes the other
// distributions.
#include <reckon/random.h>

#include <cmath>
#include <limits>

#include "expr/builder.h"
#include "kernels/random.h"
#include "ops/at_place.h"
#include "ops/define.h"
#include "ops/dispatch.h"
#include "ops/random/random_key.h"
#include "ops/row_chunks.h"

namespace reckon::ops {
namespace {

using expr::Expr;

/// Whether a float of `dtype` can be near `value`.
bool is_held(double value, DType dtype) {
  const double largest = dtype == kFloat32 ? static_cast<double>(std::numeric_limits<float>::max())
                                           : std::numeric_limits<double>::max();
  return std::abs(value) <= largest;
}

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
          const double width = options.high - options.low;
          // A width that no float32 holds: a weighted mean never leaves the limits.
          if (!is_held(width, kFloat32)) return options.low * (1 - unit) + options.high * unit;
          return options.low + unit * width;
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

/// How many integers there are from `first` to below `second`; 0 for 2^64 of them.
uint64_t integer_range(const RandomFillOptions& options) {
  const auto low = static_cast<int64_t>(options.first);
  // 2^63 is no int64, but it may be where the range ends.
  const uint64_t high = options.second == 0x1p63
                            ? uint64_t{1} << 63
                            : static_cast<uint64_t>(static_cast<int64_t>(options.second));
  return high - static_cast<uint64_t>(low);
}

template <class T>
void fill_part(const RandomFillOptions& options, kernels::RandomKey key, int64_t first,
               int64_t count, T* out) {
  if constexpr (std::is_integral_v<T>) {
    const auto low = static_cast<T>(options.first);
    kernels::fill_uniform_integers(key, first, count, low, integer_range(options), out);
  } else {
    const T a = static_cast<T>(options.first), b = static_cast<T>(options.second);
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
                ", expected known extents; write numbers; noise in the size of a batch is drawn in "
                "Dataset::map, for one element at a time");
  base::require(allowed.contains(dtype), where, "dtype is ", dtype, ", expected ", allowed.text(),
                "; cast the result");
}

/// Limits must be numbers of the dtype, though the distance between them need not be one.
void check_limits(const random::UniformOptions& options) {
  const DType dtype = options.dtype;
  const double low = options.low, high = options.high;
  const double bound = dtype == kInt32 ? 0x1p31 : 0x1p63;
  const bool are_held = is_integer(dtype) ? low >= -bound && high <= bound
                                          : is_held(low, dtype) && is_held(high, dtype);
  const char* way_out = !std::isfinite(low) || !std::isfinite(high) ? "pass finite ones"
                        : dtype == kInt32                           ? "use int64 or a float"
                        : dtype == kInt64                           ? "use a float"
                        : dtype == kFloat32 ? "bring them closer together, or use float64"
                                            : "bring them closer together";
  base::require(are_held, "uniform", "low is ", low, ", high is ", high, ", beyond what ", dtype,
                " holds; ", way_out);
  base::require(!is_integer(dtype) || std::trunc(low) < std::trunc(high), "uniform", "low is ", low,
                ", high is ", high, ", between which there is no ", dtype,
                "; whole parts count: pass whole numbers with low below high");
}

/// No deviate is further from the mean than so many deviations.
double furthest(Distribution distribution, DType dtype) {
  if (distribution == Distribution::kTruncatedNormal) return 2;
  return dtype == kFloat32 ? 6.7 : 8.6;  // sqrt(-2 log(2^-32)), sqrt(-2 log(2^-53))
}

void check_normal(const char* where, Distribution distribution,
                  const random::NormalOptions& options) {
  base::require(options.deviation >= 0, where, "deviation is ", options.deviation,
                ", expected 0 or more; pass one");
  const double reach = furthest(distribution, options.dtype) * options.deviation;
  base::require(is_held(std::abs(options.mean) + reach, options.dtype), where, "mean is ",
                options.mean, ", deviation is ", options.deviation, ", which reach beyond what ",
                options.dtype, " holds; pass smaller ones");
}

Tensor filled(Distribution distribution, const char* where, const Shape& shape,
              const random::NormalOptions& options, Place place) {
  return at_place(place, [&] {
    check(where, shape, options.dtype, kFloating);
    check_normal(where, distribution, options);
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
