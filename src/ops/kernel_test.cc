// SPDX-License-Identifier: Apache-2.0
// Sizes that only the data knows meet in ops whose shape rules could not compare them.
#include "ops/kernel.h"

#include <gtest/gtest.h>

#include <reckon/linalg.h>
#include <reckon/math.h>
#include <reckon/nn.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>
#include "check_op.h"

namespace reckon::testing {
namespace kernel_test {

Array mask_of(const std::vector<bool>& flags) {
  return Array::from<bool>(flags, {static_cast<int64_t>(flags.size())});
}

/// Two parts of a [3, 3] table along an axis, each by a mask of its own, handed to `op`.
class TwoMasks {
 public:
  using Op = std::function<Tensor(const Tensor& a, const Tensor& b)>;
  TwoMasks(int axis, const Op& op) {
    const GraphScope scope(graph_);
    table_ = placeholder(kFloat32, {3, 3}, "table");
    first_ = placeholder(kBool, {3}, "first");
    second_ = placeholder(kBool, {3}, "second");
    result_ = op(boolean_mask(table_, first_, axis), boolean_mask(table_, second_, axis));
  }
  Array run(const std::vector<bool>& first, const std::vector<bool>& second) {
    const GraphScope scope(graph_);
    return evaluate_now(result_, {{table_, Array::from<float>({1, 2, 3, 4, 5, 6, 7, 8, 9}, {3, 3})},
                                  {first_, mask_of(first)},
                                  {second_, mask_of(second)}});
  }
  /// Equal sizes run; unequal ones are an error that names both.
  void check() {
    EXPECT_GT(run({true, false, true}, {false, true, true}).num_elements(), 0);
    expect_error(
        [&] {
          run({true, false, false}, {true, true, true});
        },
        "sizes that only the data knows differ in this batch: ");
  }

 private:
  Graph graph_;
  Tensor table_, first_, second_, result_;
};

TEST(RunTimeSizes, ConcatComparesEveryOtherAxis) {
  const auto joined = [](int axis) {
    return [axis](const Tensor& a, const Tensor& b) { return concat({a, b}, axis); };
  };
  TwoMasks(0, joined(1)).check();
  TwoMasks(1, joined(0)).check();
}

TEST(RunTimeSizes, StackComparesEveryAxis) {
  const auto stacked = [](const Tensor& a, const Tensor& b) { return stack({a, b}, 0); };
  TwoMasks(0, stacked).check();
  TwoMasks(1, stacked).check();
}

TEST(RunTimeSizes, CrossEntropyComparesRows) {
  TwoMasks(0, [](const Tensor& a, const Tensor& b) {
    return nn::softmax_cross_entropy_with_logits(a, b);
  }).check();
  TwoMasks(0, [](const Tensor& a, const Tensor& b) {
    return nn::sparse_softmax_cross_entropy_with_logits(argmax(a, 1), b);
  }).check();
}

TEST(RunTimeSizes, CrossEntropyComparesClasses) {
  TwoMasks(1, [](const Tensor& a, const Tensor& b) {
    return nn::softmax_cross_entropy_with_logits(a, b);
  }).check();
}

TEST(RunTimeSizes, BatchedProductsCompareBatches) {
  TwoMasks(0, [](const Tensor& a, const Tensor& b) {
    return matmul(expand_dims(a, 1), expand_dims(b, 2));
  }).check();
}

TEST(RunTimeSizes, BatchedGatherComparesBatches) {
  TwoMasks(0, [](const Tensor& a, const Tensor& b) {
    return gather(a, zeros_like(cast(b, kInt32)), {.axis = 1, .batch_dims = 1});
  }).check();
}

TEST(RunTimeSizes, SumsAndBroadcastsCompareWithKnownSizes) {
  const auto refuse = [](const std::function<Tensor(const Tensor&)>& op, int axis = 0) {
    TwoMasks sizes(axis, [&](const Tensor& a, const Tensor&) { return op(a); });
    EXPECT_EQ(sizes.run({true, true, true}, {true, true, true}).num_elements(), 9);
    for (const std::vector<bool>& mask :
         {std::vector<bool>{false, false, false}, {true, false, false}, {true, true, false}}) {
      expect_error([&] { sizes.run(mask, mask); }, "must be equal here: select both by one mask");
    }
  };
  refuse([](const Tensor& a) { return add_n({ones({3, 3}), a}); });
  refuse([](const Tensor& a) { return add_n({a, ones({3, 3})}); });
  refuse([](const Tensor& a) { return ones({3, 3}) + a; });
  refuse([](const Tensor& a) { return broadcast_to(a, {3, 3}); });
  refuse([](const Tensor& a) { return broadcast_to(reduce_sum(a, 1), {3, 3}); });
}

TEST(RunTimeSizes, BatchNormComparesItsChannels) {
  TwoMasks norm(0, [](const Tensor& a, const Tensor& b) {
    return nn::fused_batch_norm(ones({2, 3}), reduce_sum(a, 1), reduce_sum(b, 1)).y;
  });
  const std::vector<bool> all = {true, true, true}, some = {true, false, true};
  EXPECT_EQ(norm.run(all, all).shape(), (Shape{2, 3}));
  expect_error([&] { norm.run(some, all); },
               "differ in this batch: 3 along axis 1, 2 along axis 0");
  expect_error([&] { norm.run(all, some); },
               "differ in this batch: 3 along axis 1, 2 along axis 0");
}

TEST(RunTimeSizes, BooleanMaskComparesWithItsMask) {
  TwoMasks(0, [](const Tensor& a, const Tensor& b) {
    return boolean_mask(a, reduce_sum(b, 1) > 0);
  }).check();
}

TEST(RunTimeSizes, ASliceOutsideIsRefused) {
  TwoMasks cut(0, [](const Tensor& a, const Tensor&) { return slice(a, {0, 0}, {2, 3}); });
  EXPECT_EQ(cut.run({true, false, true}, {true, true, true}).shape(), (Shape{2, 3}));
  expect_error(
      [&] {
        cut.run({true, false, false}, {true, true, true});
      },
      "[slice] axis 0 is cut from 0 to 2, outside [0, 1); change begin or size");
}

}  // namespace kernel_test
}  // namespace reckon::testing
