// SPDX-License-Identifier: Apache-2.0
// Friction 3, its kind: what would enter a public function as something else does not compile.
#include <gtest/gtest.h>

#include <type_traits>

#include <reckon/reckon.h>

namespace reckon {
namespace argument_types_test {

template <class T, class... From>
constexpr bool all_convert = (std::is_convertible_v<From, T> && ...);
template <class T, class... From>
constexpr bool none_converts = (!std::is_convertible_v<From, T> && ...);

// Axes: integers, not what becomes one.
static_assert(all_convert<const Axes&, int, int64_t, uint8_t, std::vector<int64_t>>);
static_assert(none_converts<const Axes&, bool, char, float, double, const char*, std::nullptr_t>);
static_assert(std::is_constructible_v<Axes, int, int64_t>);
static_assert(!std::is_constructible_v<Axes, int, bool> && !std::is_constructible_v<Axes, double>);

// Shapes: lists of integers. A number alone is none.
template <class... T>
concept ListsAShape = requires(T... extents) {
  Shape{extents...};
};
static_assert(ListsAShape<int, int64_t, size_t> && ListsAShape<>);
static_assert(!ListsAShape<bool> && !ListsAShape<char> && !ListsAShape<double> &&
              !ListsAShape<int, float>);
static_assert(none_converts<const Shape&, int, bool, double, const char*, std::nullptr_t>);

// Operands: tensors, arrays, numbers, flags and texts; a pointer is neither flag nor text.
static_assert(
    all_convert<Operand, Tensor, Array, int, uint8_t, double, bool, const char*, std::string>);
static_assert(none_converts<Operand, char, wchar_t, char8_t, char32_t, const int*, void*,
                            std::nullptr_t, Shape, DType, Operation, std::vector<float>>);
static_assert(!std::is_constructible_v<Operand, int, int>, "a second number is no file's name");
static_assert(!std::is_constructible_v<Operand, Tensor, std::nullptr_t>);

// Options that may be left out: no flag or fraction for a number.
static_assert(none_converts<decltype(TrainOptions::steps), bool, char, double>);
static_assert(none_converts<decltype(RunConfig::random_seed), bool, double>);
static_assert(none_converts<decltype(optimizers::AdamOptions::clip_global_norm), bool, char>);
static_assert(all_convert<Schedule, int, float, double>);
static_assert(none_converts<Schedule, bool, char, const char*>);
static_assert(all_convert<layers::Training, bool, Tensor>);
static_assert(none_converts<layers::Training, int, double, const char*, std::nullptr_t>);
static_assert(all_convert<ParamValue, bool, int, double, const char*, std::string>);
static_assert(none_converts<ParamValue, char, char32_t, int*, std::nullptr_t, std::vector<bool>>);

// Axes, counts and indices that are parameters.
template <class T>
concept IsAnAxis = requires(Tensor x, Operands parts, T axis) {
  expand_dims(x, axis);
  concat(parts, axis);
  stack(parts, axis);
  unstack(x, axis);
  split(x, 2, axis);
  split_equally(x, 2, axis);
  boolean_mask(x, x, axis);
  argmax(x, axis);
  argmin(x, axis);
  nn::softmax_cross_entropy_with_logits(x, x, axis);
};
static_assert(IsAnAxis<int> && IsAnAxis<int64_t> && IsAnAxis<size_t>);
template <class T>
concept TakesAnAxis = requires(Tensor x, T axis) {
  expand_dims(x, axis);
}
|| requires(Operands parts, T axis) { concat(parts, axis); }
|| requires(Operands parts, T axis) { stack(parts, axis); }
|| requires(Tensor x, T axis) { unstack(x, axis); }
|| requires(Tensor x, T axis) { split(x, 2, axis); }
|| requires(Tensor x, T axis) { boolean_mask(x, x, axis); }
|| requires(Tensor x, T axis) { argmax(x, axis); }
|| requires(Tensor x, T axis) { argmin(x, axis); };
static_assert(!TakesAnAxis<bool> && !TakesAnAxis<char> && !TakesAnAxis<float> &&
              !TakesAnAxis<double>);
template <class T>
concept TakesACount = requires(Tensor x, T count) {
  split(x, count);
}
|| requires(Tensor x, T count) { top_k(x, count); }
|| requires(Tensor x, T count) { one_hot(x, count); }
|| requires(Tensor x, T count) { strings::to_hash_bucket_fast(x, count); }
|| requires(Dataset data, T count) { data.take(count); }
|| requires(Dataset data, T count) { data.skip(count); }
|| requires(Dataset data, T count) { data.repeat(count); }
|| requires(Dataset data, T count) { data.batch(count); }
|| requires(Dataset data, T count) { data.prefetch(count); }
|| requires(Dataset data, T count) { data.collect(count); }
|| requires(T count) { Dataset::range(count); }
|| requires(Array array, T index) { array.at<float>(index); }
|| requires(Array array, T index) { array.at<float>(0, index); }
|| requires(Array array, T index) { array.rows(0, index); }
|| requires(Shape shape, T axis) { shape[axis]; };
static_assert(!TakesACount<bool> && !TakesACount<char> && !TakesACount<float> &&
              !TakesACount<double>);

// Flags and names.
template <class T>
concept DropsRemainder = requires(Dataset data, T flag) {
  data.batch(2, flag);
};
static_assert(DropsRemainder<bool>);
static_assert(!DropsRemainder<int> && !DropsRemainder<const char*> && !DropsRemainder<double> &&
              !DropsRemainder<std::nullptr_t>);
template <class Named>
concept IsCountedByNull = requires(Named named) {
  named[nullptr];
};
static_assert(!IsCountedByNull<Features> && !IsCountedByNull<Labels> &&
              !IsCountedByNull<Prediction>);
static_assert(!std::is_invocable_v<decltype(&nn::dropout), Tensor, double>);
static_assert(!std::is_invocable_v<decltype(&optimizers::adam), double>);

// Lists where options or operands were meant. Friction 3: the first one summed over axis 1.
template <class T>
concept TakesFlagsForAxes = requires(T x) {
  reduce_sum(x, {.keep_dims = true});
}
|| requires(T x) { reduce_sum(x, {.keep_dims = 1}); }
|| requires(T x) { reduce_mean(x, {.axis = 1}); }
|| requires(T x) { reduce_max(x, {true}); }
|| requires(T x) { reduce_min(x, {0, true}); }
|| requires(T x) { nn::moments(x, {.keep_dims = true}); }
|| requires(T x) { squeeze(x, {.axes = 1}); }
|| requires(T x) { argmax(x, {.axis = -1}); }
|| requires(T x) { transpose(x, {.permutation = 1}); };
static_assert(!TakesFlagsForAxes<Tensor>);
template <class T>
concept TakesFlagsBesideAxes = requires(T x) {
  reduce_sum(x, {}, {.keep_dims = true});
  reduce_mean(x, {0, -1}, {.keep_dims = true});
  reduce_max(x, {1});
  nn::moments(x, {0}, {.keep_dims = true});
};
static_assert(TakesFlagsBesideAxes<Tensor>);
template <class T>
concept TakesOptionsForAShape = requires(T number) {
  random::normal({.mean = number});
}
|| requires(T number) { random::uniform({.low = number}); }
|| requires(T number) { zeros({.extent = number}); }
|| requires(T number, Tensor x) { reshape(x, {.shape = number}); }
|| requires(T number, Tensor x) { split(x, {.axis = number}); }
|| requires(T number, Tensor x) { top_k(x, {.k = number}); }
|| requires(T number, Tensor x) { slice(x, {.begin = number}, {1}); }
|| requires(T number, Dataset data) { data.batch({.size = number}); };
static_assert(!TakesOptionsForAShape<int> && !TakesOptionsForAShape<int64_t>);
// The second number was the place's file: a null pointer.
template <class T>
concept TakesAListForAnOperand = requires(T x) {
  add(x, {1, 0});
}
|| requires(T x) { add(x, {1, 2}); }
|| requires(T x) { add(x, {x, 0}); }
|| requires(T x) { matmul(x, {.transpose_a = true}); }
|| requires(T x) { where(x, nullptr, x); };
static_assert(!TakesAListForAnOperand<Tensor>);

// `split(x, {2})` was two pieces: a braced number is a list of sizes.
TEST(Split, TellsACountFromAListOfOneSize) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {2});
  EXPECT_EQ(split(x, 2).size(), 2u);
  EXPECT_EQ(split(x, {2}).size(), 1u);
  EXPECT_EQ(split(x, size_t{2})[0].shape(), Shape({1}));
}

}  // namespace argument_types_test
}  // namespace reckon
