// SPDX-License-Identifier: Apache-2.0
// Friction 12, N6: square(guess - y) of [n, 1] and [n] was [n, n] in silence.
#include "ops/unmeant_broadcast.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <reckon/graph.h>
#include <reckon/layers.h>
#include <reckon/linalg.h>
#include <reckon/logging.h>
#include <reckon/math.h>
#include <reckon/nn.h>
#include <reckon/reduce.h>
#include <reckon/shape_ops.h>

namespace reckon::ops {
namespace unmeant_broadcast_test {

class UnmeantBroadcast : public ::testing::Test {
 protected:
  void SetUp() override {
    set_log_level(LogLevel::kInfo);
    set_log_sink([this](LogLevel level, const std::string& line) {
      if (level == LogLevel::kWarning) lines_.push_back(line);
    });
  }
  void TearDown() override { set_log_sink({}); }

  /// Of these extents, fed at each run.
  static Tensor of(const Shape& shape, DType dtype = kFloat32) { return placeholder(dtype, shape); }

  Graph graph_;
  GraphScope scope_{graph_};
  std::vector<std::string> lines_;
};

TEST_F(UnmeantBroadcast, OfAColumnAndAVectorIsSaidInOneLineWithTheMend) {
  const Tensor guess = of({kUnknown, 1}), y = of({kUnknown});
  const int line = __LINE__ + 1;
  reduce_mean(square(guess - y));
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_EQ(lines_[0],
            "[subtract] a is float32[?, 1] and b is float32[?]: every row of one meets every row "
            "of the other; give both one shape, e.g. expand_dims(b, -1), or say expand_dims(b, 0) "
            "if that is meant. At " +
                std::string(__FILE__) + ":" + std::to_string(line));
}

TEST_F(UnmeantBroadcast, IsSaidOnceForEachPlace) {
  const Tensor guess = of({kUnknown, 1}), y = of({kUnknown});
  for (int i = 0; i < 3; ++i) y - guess;
  EXPECT_EQ(lines_.size(), 1u);
  y* guess;
  EXPECT_EQ(lines_.size(), 2u);
}

TEST_F(UnmeantBroadcast, IsFoundOnEitherSideAndInEveryElementwiseOp) {
  const Tensor column = of({kUnknown, 1}), vector = of({kUnknown});
  const Tensor words = of({kUnknown, 1}, kString), word = of({kUnknown}, kString);
  vector - column;
  squared_difference(column, vector);
  maximum(vector, column);
  equal(column, vector);
  where(vector > 0, column, 0.0f);
  equal(words, word);
  pow(column, vector);
  EXPECT_EQ(lines_.size(), 7u);
}

TEST_F(UnmeantBroadcast, OfKnownBatchesIsFoundToo) {
  of({4, 1}) - of({4});
  of({7, 4, 1}) - of({4});
  Operand(Array::zeros(kFloat32, {5, 1})).resolve() + Array::zeros(kFloat32, {5});
  EXPECT_EQ(lines_.size(), 3u);
}

TEST_F(UnmeantBroadcast, OfRowsAlongColumnsOfAnotherNumberIsFound) {
  of({kUnknown, 3}) * of({kUnknown});
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_NE(lines_[0].find("[multiply] a is float32[?, 3] and b is float32[?]: the rows of b lie "
                           "along axis 1 of a"),
            std::string::npos)
      << lines_[0];
}

TEST_F(UnmeantBroadcast, OfBatchesOfMatricesIsFound) {
  matmul(of({kUnknown, 1, 2, 3}), of({kUnknown, 3, 4}));
  EXPECT_EQ(lines_.size(), 1u);
  matmul(of({kUnknown, 2, 3}), of({3, 4}));
  matmul(of({kUnknown, kUnknown, 2, 3}), of({kUnknown, 3, 4}));
  EXPECT_EQ(lines_.size(), 1u);
}

TEST_F(UnmeantBroadcast, ThatWasAskedForIsNotSaid) {
  const Tensor y = of({kUnknown}), x = of({kUnknown, 3}), known = of({4});
  expand_dims(y, -1) - y;
  expand_dims(y, 1) * 2 + 1 - y;
  reshape(y, {-1, 1}) - y;
  y - expand_dims(y, -1);
  reshape(known, {4, 1}) - known;
  of({kUnknown, 1}) - expand_dims(y, 0);
  // Distances of all pairs of rows.
  reduce_sum(square(x), 1, {.keep_dims = true}) + reduce_sum(square(x), 1);
  strided_slice(y, {0, 0}, {0, 0}, {.begin_mask = 3, .end_mask = 3, .new_axis_mask = 2}) - y;
  EXPECT_TRUE(lines_.empty()) << lines_[0];
}

TEST_F(UnmeantBroadcast, CommonIdiomsAreNotSaid) {
  const Tensor x = of({kUnknown, 8}), column = of({kUnknown, 1});
  const Tensor bias = of({8}), weights = of({3}), y = of({kUnknown});
  x + bias;                                           // a bias
  column* weights;                                    // one input, three units
  x - reduce_mean(x, -1, {.keep_dims = true});        // same rank
  x / reduce_sum(x, 0);                               // columns
  column* x;                                          // a weight for each row
  y * 2 - y + 1.0f;                                   // scalars and equal shapes
  y - reduce_mean(y);                                 // a mean
  column - of({1});                                   // one number
  of({kUnknown, 2, 5, 5}) + of({kUnknown, 1, 1, 5});  // attention's masks
  of({kUnknown, 2, 5, 5}) + of({5, 5});
  of({kUnknown, kUnknown, 8}) + bias;
  of({kUnknown, kUnknown}) - y;  // y may lie along either
  nn::bias_add(x, bias);
  nn::softmax(x);
  nn::moments(x, {0});
  layers::batch_normalization(x);
  layers::dense(column, {.units = 1});
  EXPECT_TRUE(lines_.empty()) << lines_[0];
}

TEST_F(UnmeantBroadcast, GradientsSayNothingMore) {
  const Tensor column = of({kUnknown, 1}), vector = of({kUnknown});
  const Tensor y = reduce_sum(tanh(column * vector));
  EXPECT_EQ(lines_.size(), 1u);
  gradients(y, {column, vector});
  EXPECT_EQ(lines_.size(), 1u);
}

}  // namespace unmeant_broadcast_test
}  // namespace reckon::ops
