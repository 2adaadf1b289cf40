// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <reckon/linalg.h>
#include <reckon/math.h>
#include <reckon/rows.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>
#include "check_op.h"

namespace reckon {
namespace matmul_test {

using namespace testing;

TEST(Matmul, MultipliesMatrices) {
  check_op({.op = [](const Tensor& a, const Tensor& b) { return matmul(a, b); },
            .inputs = {floats({1, 2, 3, 4, 5, 6}, {2, 3}), floats({1, 0, 0, 1, 1, 1}, {3, 2})},
            .expect = floats({4, 5, 10, 11}, {2, 2}),
            .has_second_gradient = true});
}

TEST(Matmul, TransposesEitherOperand) {
  for (const bool transpose_a : {false, true}) {
    for (const bool transpose_b : {false, true}) {
      const Array a =
          transpose_a ? floats({1, 4, 2, 5, 3, 6}, {3, 2}) : floats({1, 2, 3, 4, 5, 6}, {2, 3});
      const Array b =
          transpose_b ? floats({1, 0, 1, 0, 1, 1}, {2, 3}) : floats({1, 0, 0, 1, 1, 1}, {3, 2});
      check_op({.op =
                    [=](const Tensor& x, const Tensor& y) {
                      return matmul(x, y, {transpose_a, transpose_b});
                    },
                .inputs = {a, b},
                .expect = floats({4, 5, 10, 11}, {2, 2})});
    }
  }
}

TEST(Matmul, BroadcastsBatches) {
  check_op(
      {.op = [](const Tensor& a, const Tensor& b) { return matmul(a, b); },
       .inputs = {floats({1, 2, 3, 4}, {2, 1, 1, 2}), floats({1, 0, 0, 1, 2, 2}, {1, 3, 2, 1})},
       .expect = floats({1, 2, 6, 3, 4, 14}, {2, 3, 1, 1})});
}

TEST(Matmul, SharesOneMatrixWithABatch) {
  for (const bool transpose_b : {false, true}) {
    check_op({.op = [=](const Tensor& a,
                        const Tensor& b) { return matmul(a, b, {.transpose_b = transpose_b}); },
              .inputs = {floats({1, 2, 3, 4, 5, 6, 7, 8}, {2, 2, 2}), floats({1, 2, 2, 1}, {2, 2})},
              .expect = floats({5, 4, 11, 10, 17, 16, 23, 22}, {2, 2, 2})});
  }
}

TEST(Matmul, OfNothingIsZero) {
  check_op({.op = [](const Tensor& a, const Tensor& b) { return matmul(a, b); },
            .inputs = {floats({}, {2, 0}), floats({}, {0, 2})},
            .expect = floats({0, 0, 0, 0}, {2, 2})});
}

TEST(Matmul, OfIntegersWraps) {
  const auto product = [](const Tensor& a, const Tensor& b) { return matmul(a, b); };
  EXPECT_EQ(
      run_op(product, {ints({1 << 20, 1}, {1, 2}), ints({1 << 20, 3}, {2, 1})})[0].item<int32_t>(),
      3);
  EXPECT_EQ(run_op(product, {longs({7, 1}, {1, 2}), longs({6, 3}, {2, 1})})[0].item<int64_t>(), 45);
}

TEST(Matmul, TakesRowsThatOnlyTheDataKnow) {
  const auto masked = [](const Tensor& x, const Tensor& w, const Tensor& mask) {
    return matmul(boolean_mask(x, mask), w);
  };
  const std::vector<Array> inputs = {floats({1, 2, 3, 4, 5, 6}, {3, 2}), floats({1, 1}, {2, 1}),
                                     bools({true, false, true}, {3})};
  check_op({.op = masked,
            .inputs = {inputs[0], inputs[1], inputs[2]},
            .expect = floats({3, 11}, {2, 1})});
}

TEST(Matmul, NamesBothShapesWhenInnerSizesDiffer) {
  const auto multiply_shapes = [](const Shape& a, const Shape& b, MatmulOptions options = {}) {
    return [=] { matmul(placeholder(kFloat32, a), placeholder(kFloat32, b), options); };
  };
  expect_error(
      multiply_shapes({64, 784}, {512, 10}),
      "[matmul] inner sizes differ: a is float32[64, 784], b is float32[512, 10]; "
      "a.shape[-1] must equal "
      "b.shape[0]: reshape one of them, or make the weights as high as the rows are wide. At "
      "matmul_test.cc:");
  expect_error(multiply_shapes({2, 3}, {3, 4}, {.transpose_b = true}),
               "a.shape[-1] must equal b.shape[1]");
  expect_error(multiply_shapes({3}, {3, 4}),
               "[matmul] a is float32[3], b is float32[3, 4]; both need two dimensions");
  expect_error(multiply_shapes({2, 3, 4}, {3, 4, 5}),
               "[matmul] batches differ: a is float32[2, 3, 4]");
}

TEST(Matmul, RefusesBoolsAndMixedDtypes) {
  expect_error(
      [] {
        matmul(placeholder(kBool, {2, 2}), placeholder(kBool, {2, 2}));
      },
      "[matmul] a is bool[2, 2]");
  expect_error(
      [] {
        matmul(placeholder(kFloat32, {2, 2}), placeholder(kFloat64, {2, 2}));
      },
      "[matmul] a is float32[2, 2] but b is float64[2, 2]; both need one dtype");
}

TEST(Matvec, MultipliesMatrixAndVector) {
  check_op({.op = [](const Tensor& a, const Tensor& x) { return matvec(a, x); },
            .inputs = {floats({1, 2, 3, 4}, {2, 2}), {1, 10}},
            .expect = {21, 43}});
  check_op(
      {.op = [](const Tensor& a, const Tensor& x) { return matvec(a, x, {.transpose_a = true}); },
       .inputs = {floats({1, 3, 2, 4}, {2, 2}), {1, 10}},
       .expect = {21, 43}});
}

}  // namespace matmul_test
}  // namespace reckon
