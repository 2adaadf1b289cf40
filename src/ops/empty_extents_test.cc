// SPDX-License-Identifier: Apache-2.0
// H12, its kind: ops at an extent of 0, known while tracing and not. The results are those of
// TensorFlow 2.15.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <reckon/graph.h>
#include <reckon/linalg.h>
#include <reckon/losses.h>
#include <reckon/math.h>
#include <reckon/nn.h>
#include <reckon/random.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "check_op.h"

namespace reckon {
namespace empty_extents_test {

using namespace testing;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
const float kNan = std::nanf("");

Array nothing(const Shape& shape) { return Array::zeros(kFloat32, shape); }

/// The op where every extent is known, where none is before the run, and its gradient.
void expect_op(const OpUnderTest& op, const std::vector<Array>& inputs,
               const std::vector<Array>& want, Place place = Place::here()) {
  const ::testing::ScopedTrace trace(place.file, place.line, "expect_op");
  Expected expected;
  expected.outputs.assign(want.begin(), want.end());
  check_op({.op = op, .inputs = {inputs.begin(), inputs.end()}, .expect = expected});
  Graph graph;
  const GraphScope scope(graph);
  Tensors fed;
  Feeds feeds;
  for (const Array& input : inputs) {
    Shape unknown;
    for (int axis = 0; axis < input.shape().rank(); ++axis) unknown.append(kUnknown);
    fed.push_back(placeholder(input.dtype(), unknown));
    feeds.emplace_back(fed.back(), input);
  }
  const std::vector<Array> got = evaluate_now(op(fed), feeds);
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < got.size(); ++i) expect_near(got[i], want[i], 0, "of unknown extents");
}

TEST(EmptyExtents, ReduceToTheNeutralElement) {
  const auto of_rows = [](Tensor (*reduce)(Operand, const Axes&, ReduceFlags), float want) {
    const auto over = [reduce](const Axes& axes, bool keep_dims = false) {
      return [=](const Tensor& x) { return reduce(x, axes, {.keep_dims = keep_dims}); };
    };
    expect_op(over(0), {nothing({0, 2})}, {floats({want, want}, {2})});
    expect_op(over({}), {nothing({0, 2})}, {floats({want}, {})});
    expect_op(over(1), {nothing({0, 2})}, {nothing({0})});
    expect_op(over(1), {nothing({2, 0})}, {floats({want, want}, {2})});
    expect_op(over(1, true), {nothing({2, 0})}, {floats({want, want}, {2, 1})});
    expect_op(over({0, 2}), {nothing({3, 2, 0})}, {floats({want, want}, {2})});
    expect_op(over(1), {nothing({2, 0, 0})}, {nothing({2, 0})});
  };
  of_rows(reduce_sum, 0);
  of_rows(reduce_prod, 1);
  of_rows(reduce_max, -kInfinity);
  of_rows(reduce_min, kInfinity);
  of_rows(reduce_logsumexp, -kInfinity);
  of_rows(reduce_mean, kNan);
  of_rows(reduce_variance, kNan);
  of_rows(reduce_euclidean_norm, 0);
}

TEST(EmptyExtents, ReduceToTheNeutralElementOfIntegersAndBools) {
  const auto total = [](auto reduce) { return [=](const Tensor& x) { return reduce(x); }; };
  const Array none = Array::zeros(kInt32, {0, 3}), flags = Array::zeros(kBool, {2, 0});
  expect_op(total([](const Tensor& x) { return reduce_max(x, 0); }), {none},
            {ints({INT32_MIN, INT32_MIN, INT32_MIN}, {3})});
  expect_op(total([](const Tensor& x) { return count_nonzero(x, 0); }), {none},
            {longs({0, 0, 0}, {3})});
  expect_op(total([](const Tensor& x) { return reduce_any(x, 1); }), {flags},
            {bools({false, false}, {2})});
  expect_op(total([](const Tensor& x) { return reduce_all(x, 1); }), {flags},
            {bools({true, true}, {2})});
  expect_op(total([](const Tensor& x) { return reduce_all(x, 0); }), {flags},
            {Array::zeros(kBool, {0})});
}

TEST(EmptyExtents, HaveNoPositionOfAnExtreme) {
  const auto along = [](int axis) { return [axis](const Tensor& x) { return argmax(x, axis); }; };
  expect_op(along(1), {nothing({0, 3})}, {Array::zeros(kInt64, {0})});
  expect_op(along(0), {nothing({3, 0})}, {Array::zeros(kInt64, {0})});
  expect_error(
      [] {
        argmax(placeholder(kFloat32, {0, 3}), 0);
      },
      "[argmax] axis 0 of float32[0, 3] is empty");
  base::expect_error([&] { run_op(along(-1), {nothing({2, 0})}); }, "[argmax]");
}

TEST(EmptyExtents, PassThroughSoftmaxAndCrossEntropy) {
  const auto softmaxed = [](const Tensor& x) { return nn::softmax(x); };
  const auto logged = [](const Tensor& x) { return nn::log_softmax(x); };
  for (const Shape& shape : {Shape{0, 3}, Shape{2, 0}, Shape{0, 0}}) {
    expect_op(softmaxed, {nothing(shape)}, {nothing(shape)});
    expect_op(logged, {nothing(shape)}, {nothing(shape)});
  }
  const auto dense = [](const Tensor& labels, const Tensor& logits) {
    return nn::softmax_cross_entropy_with_logits(labels, logits);
  };
  expect_op(dense, {nothing({0, 3}), nothing({0, 3})}, {nothing({0})});
  expect_op(dense, {nothing({2, 0}), nothing({2, 0})}, {floats({0, 0}, {2})});
  const auto sparse = [](const Tensor& labels, const Tensor& logits) {
    return nn::sparse_softmax_cross_entropy_with_logits(labels, logits);
  };
  expect_op(sparse, {Array::zeros(kInt32, {0}), nothing({0, 3})}, {nothing({0})});
  base::expect_error(
      [&] {
        run_op(sparse, {ints({0, 0}, {2}), nothing({2, 0})});
      },
      "[sparse_softmax_cross_entropy");
}

TEST(EmptyExtents, MultiplyToZerosOrNothing) {
  const auto product = [](const Tensor& a, const Tensor& b) { return matmul(a, b); };
  expect_op(product, {nothing({2, 0}), nothing({0, 3})}, {nothing({2, 3})});
  expect_op(product, {nothing({0, 2}), nothing({2, 3})}, {nothing({0, 3})});
  expect_op(product, {nothing({2, 3}), nothing({3, 0})}, {nothing({2, 0})});
  expect_op(product, {nothing({0, 2, 3}), nothing({3, 4})}, {nothing({0, 2, 4})});
  expect_op(product, {nothing({0, 2, 3}), nothing({1, 3, 4})}, {nothing({0, 2, 4})});
  expect_op(product, {nothing({5, 2, 0}), nothing({5, 0, 1})}, {nothing({5, 2, 1})});
  expect_op([](const Tensor& a, const Tensor& x) { return matvec(a, x); },
            {nothing({2, 0}), nothing({0})}, {nothing({2})});
  for (DType dtype : {kFloat64, kInt32, kInt64}) {
    const auto got = run_op(product, {Array::zeros(dtype, {2, 0}), Array::zeros(dtype, {0, 2})});
    EXPECT_TRUE(got[0].same_bits(Array::zeros(dtype, {2, 2}))) << dtype_name(dtype);
  }
}

TEST(EmptyExtents, GatherNothingAndFromNothing) {
  const auto rows = [](int axis, int batch_dims = 0) {
    return [=](const Tensor& x, const Tensor& ids) {
      return gather(x, ids, {.axis = axis, .batch_dims = batch_dims});
    };
  };
  const Array none = Array::zeros(kInt32, {0});
  expect_op(rows(0), {nothing({0, 3}), none}, {nothing({0, 3})});
  expect_op(rows(0), {nothing({5, 3}), none}, {nothing({0, 3})});
  expect_op(rows(0), {nothing({5, 0}), ints({2}, {1})}, {nothing({1, 0})});
  expect_op(rows(1), {nothing({0, 3}), ints({2, 0}, {2})}, {nothing({0, 2})});
  expect_op(rows(1, 1), {nothing({0, 3}), Array::zeros(kInt32, {0, 2})}, {nothing({0, 2})});
  base::expect_error([&] { run_op(rows(0), {nothing({0, 3}), ints({0}, {1})}); }, "[gather]");
}

TEST(EmptyExtents, OneHotAndTopKOfNothing) {
  const auto hot = [](int64_t depth, int axis) {
    return [=](const Tensor& ids) { return one_hot(ids, depth, {.axis = axis}); };
  };
  expect_op(hot(0, -1), {ints({1, 0}, {2})}, {nothing({2, 0})});
  expect_op(hot(0, 0), {ints({1, 0}, {2})}, {nothing({0, 2})});
  expect_op(hot(3, -1), {Array::zeros(kInt32, {0})}, {nothing({0, 3})});
  const auto best = [](int64_t k) {
    return [=](const Tensor& x) {
      const TopK found = top_k(x, k);
      return Tensors{found.values, found.indices};
    };
  };
  expect_op(best(0), {floats({1, 2}, {1, 2})}, {nothing({1, 0}), Array::zeros(kInt32, {1, 0})});
  expect_op(best(0), {nothing({2, 0})}, {nothing({2, 0}), Array::zeros(kInt32, {2, 0})});
  expect_op(best(2), {nothing({0, 3})}, {nothing({0, 2}), Array::zeros(kInt32, {0, 2})});
}

TEST(EmptyExtents, JoinAndPart) {
  const auto joined = [](int axis) {
    return [axis](const Tensor& a, const Tensor& b) { return concat({a, b}, axis); };
  };
  expect_op(joined(0), {nothing({0, 2}), floats({1, 2}, {1, 2})}, {floats({1, 2}, {1, 2})});
  expect_op(joined(1), {nothing({0, 2}), nothing({0, 3})}, {nothing({0, 5})});
  expect_op(joined(-1), {nothing({1, 0}), floats({1}, {1, 1})}, {floats({1}, {1, 1})});
  expect_op(
      [](const Tensor& a, const Tensor& b) {
        return stack({a, b});
      },
      {nothing({0}), nothing({0})}, {nothing({2, 0})});
  expect_op([](const Tensor& x) { return split(x, 3); }, {nothing({0, 2})},
            {nothing({0, 2}), nothing({0, 2}), nothing({0, 2})});
  expect_op(
      [](const Tensor& x) {
        return split(x, {0, -1, 0});
      },
      {floats({1, 2}, {2})}, {nothing({0}), floats({1, 2}, {2}), nothing({0})});
  expect_op([](const Tensor& x) { return split(x, 2, 1); }, {nothing({0, 4})},
            {nothing({0, 2}), nothing({0, 2})});
  check_op({.op =
                [](const Tensor& x) {
                  return unstack(reshape(x, {2, 0}));
                },
            .inputs = {nothing({2, 0})},
            .expect = {nothing({0}), nothing({0})}});
}

TEST(EmptyExtents, SliceToAndOfNothing) {
  const auto cut = [](const std::vector<int64_t>& begin, const std::vector<int64_t>& size) {
    return [=](const Tensor& x) { return slice(x, begin, size); };
  };
  expect_op(cut({0, 1}, {0, 2}), {nothing({0, 3})}, {nothing({0, 2})});
  expect_op(cut({2}, {0}), {floats({1, 2}, {2})}, {nothing({0})});
  expect_op(cut({0}, {-1}), {nothing({0})}, {nothing({0})});
  const auto strided = [](int64_t begin, int64_t end, int64_t stride) {
    return [=](const Tensor& x) { return strided_slice(x, {begin}, {end}, {.strides = {stride}}); };
  };
  expect_op(strided(0, 5, 2), {nothing({0})}, {nothing({0})});
  expect_op(strided(-1, -9, -1), {nothing({0})}, {nothing({0})});
  expect_op(strided(3, 1, 1), {floats({1, 2, 3, 4}, {4})}, {nothing({0})});
  base::expect_error([&] { run_op(cut({1}, {0}), {nothing({0})}); }, "[slice]");
}

TEST(EmptyExtents, ChangeTheirShape) {
  expect_op([](const Tensor& x) { return transpose(x); }, {nothing({0, 3})}, {nothing({3, 0})});
  expect_op([](const Tensor& x) { return flatten(x); }, {nothing({0, 2, 3})}, {nothing({0, 6})});
  expect_op([](const Tensor& x) { return flatten(x); }, {nothing({2, 0, 3})}, {nothing({2, 0})});
  expect_op([](const Tensor& x) { return expand_dims(x, 0); }, {nothing({0})}, {nothing({1, 0})});
  expect_op([](const Tensor& x) { return squeeze(x, {0}); }, {nothing({1, 0})}, {nothing({0})});
  expect_op(
      [](const Tensor& x) {
        return reshape(x, {-1, 12});
      },
      {nothing({0, 6})}, {nothing({0, 12})});
  expect_op(
      [](const Tensor& x) {
        return reshape(x, {37, -1});
      },
      {nothing({4, 0})}, {nothing({37, 0})});
}

TEST(EmptyExtents, BroadcastAgainstOneAndNothingElse) {
  const auto sum = [](const Tensor& a, const Tensor& b) { return a + b; };
  expect_op(sum, {nothing({0}), floats({1}, {1})}, {nothing({0})});
  expect_op(sum, {nothing({0, 3}), floats({1, 2, 3}, {3})}, {nothing({0, 3})});
  expect_op(sum, {nothing({0, 1}), floats({1, 2}, {1, 2})}, {nothing({0, 2})});
  expect_op(sum, {nothing({2, 0}), floats({1, 2}, {2, 1})}, {nothing({2, 0})});
  expect_op(
      [](const Tensor& x) {
        return broadcast_to(x, {0, 2});
      },
      {floats({1, 2}, {2})}, {nothing({0, 2})});
  expect_error([] { placeholder(kFloat32, {0}) + placeholder(kFloat32, {2}); },
               "shapes [0] and [2] do not broadcast");
  base::expect_error([&] { run_op(sum, {nothing({0}), floats({1, 2}, {2})}); }, "do not broadcast");
}

TEST(EmptyExtents, OfOtherOps) {
  expect_op([](const Tensor& x, const Tensor& bias) { return nn::bias_add(x, bias); },
            {nothing({0, 3}), floats({1, 2, 3}, {3})}, {nothing({0, 3})});
  expect_op([](const Tensor& x) { return nn::l2_loss(x); }, {nothing({0, 3})}, {nothing({})});
  expect_op([](const Tensor& x) { return cast(x, kInt32); }, {nothing({0, 3})},
            {Array::zeros(kInt32, {0, 3})});
  expect_op([](const Tensor& x) { return where(x > 0, x, 0.0f); }, {nothing({2, 0})},
            {nothing({2, 0})});
  expect_op([](const Tensor& a, const Tensor& b) { return equal(a, b); },
            {Array::strings({}, {0}), Array::strings({"a"}, {1})}, {Array::zeros(kBool, {0})});
  expect_op([](const Tensor& x) { return nn::dropout(x, {.rate = 0.5, .seed = 1}); },
            {nothing({0, 4})}, {nothing({0, 4})});
  const auto made = run_op(
      [](const Tensors&) {
        return Tensors{zeros({0, 2}), fill({2, 0}, "a"), range(3, 3), random::normal({0}),
                       random::uniform({0, 3}, {.low = 0, .high = 9, .dtype = kInt32})};
      },
      {});
  EXPECT_EQ(made[0].shape(), Shape({0, 2}));
  EXPECT_EQ(made[1].shape(), Shape({2, 0}));
  EXPECT_EQ(made[2].shape(), Shape({0}));
  EXPECT_EQ(made[3].shape(), Shape({0}));
  EXPECT_EQ(made[4].shape(), Shape({0, 3}));
}

/// x where nothing is kept: a size of 0 that only the data know.
template <class F>
auto of_none(const F& function) {
  return
      [function](const Tensor& x, const Tensor& mask) { return function(boolean_mask(x, mask)); };
}

TEST(EmptyExtents, ThatOnlyTheDataKnow) {
  const Array x = floats({1, 2, 3, 4}, {2, 2}), none = bools({false, false}, {2});
  const auto check = [&](auto function, const Expected& want) {
    check_op({.op = of_none(function), .inputs = {x, none}, .expect = want, .has_gradient = false});
  };
  check([](const Tensor& k) { return k; }, nothing({0, 2}));
  check([](const Tensor& k) { return where(k > 0); }, Array::zeros(kInt64, {0, 2}));
  check([](const Tensor& k) { return reduce_sum(k, 0); }, floats({0, 0}, {2}));
  check([](const Tensor& k) { return reduce_sum(k, 1); }, nothing({0}));
  check([](const Tensor& k) { return reduce_max(k, 0); }, floats({-kInfinity, -kInfinity}, {2}));
  check([](const Tensor& k) { return reduce_mean(k); }, floats({kNan}, {}));
  check([](const Tensor& k) { return k * 2 + k; }, nothing({0, 2}));
  check([](const Tensor& k) { return nn::softmax(k); }, nothing({0, 2}));
  check([](const Tensor& k) { return matmul(k, zeros({2, 3}, k.dtype())); }, nothing({0, 3}));
  check([](const Tensor& k) { return matmul(transpose(k), k); }, nothing({2, 2}));
  check([](const Tensor& k) { return reshape(k, {-1}); }, nothing({0}));
  check([](const Tensor& k) { return flatten(expand_dims(k, -1)); }, nothing({0, 2}));
  check([](const Tensor& k) { return concat({k, k}, 0); }, nothing({0, 2}));
  check([](const Tensor& k) { return strided_slice(k, {0}, {5}); }, nothing({0, 2}));
  check([](const Tensor& k) { return top_k(k, 1).values; }, nothing({0, 1}));
  check([](const Tensor& k) { return argmax(k, -1); }, Array::zeros(kInt64, {0}));
  check([](const Tensor& k) { return one_hot(cast(reduce_sum(k, 1), kInt32), 3); },
        nothing({0, 3}));
  check([](const Tensor& k) { return shape(k); }, ints({0, 2}, {2}));
  check([](const Tensor& k) { return size(k); }, ints({0}, {}));
  base::expect_error(
      [&] {
        run_op(of_none([](const Tensor& k) { return argmax(k, 0); }), {x, none});
      },
      "the axis is empty in this batch");
}

}  // namespace empty_extents_test
}  // namespace reckon
