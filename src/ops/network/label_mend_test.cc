// SPDX-License-Identifier: Apache-2.0
// What is said of labels that do not fit: friction by friction.
#include "ops/network/label_mend.h"

#include <gtest/gtest.h>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/nn.h>
#include <reckon/reduce.h>
#include <reckon/shape_ops.h>

#include "base/expect_error_testing.h"

namespace reckon::ops {
namespace label_mend_test {

using base::expect_error;

struct LabelMend : ::testing::Test {
  Tensor floats(const Shape& shape) { return placeholder(kFloat32, shape); }
  Tensor longs(const Shape& shape) { return placeholder(kInt64, shape); }

  Graph graph;
  GraphScope scope{graph};
};

TEST_F(LabelMend, LogitsBeforeLabelsAreToldApart) {
  expect_error(
      [&] {
        require_logits("loss", floats({kUnknown, 3}), longs({kUnknown}));
      },
      "[loss] labels is float32[?, 3] and logits is int64[?], expected floats as logits; "
      "labels come first: exchange the two arguments");
  expect_error(
      [&] {
        require_logits("loss", longs({kUnknown}), longs({kUnknown, 3}));
      },
      "[loss] logits is int64[?, 3], expected float32 or float64; pass what the last "
      "layer returns, not classes");
  EXPECT_NO_THROW(require_logits("loss", longs({kUnknown}), floats({kUnknown, 3})));
}

TEST_F(LabelMend, PositionsInABatchAreSeenThroughCasts) {
  const Tensor logits = floats({kUnknown, 3});
  EXPECT_TRUE(is_position_in_batch(argmax(logits)));
  EXPECT_TRUE(is_position_in_batch(cast(argmin(logits), kFloat32)));
  EXPECT_FALSE(is_position_in_batch(argmax(logits, -1)));
  EXPECT_FALSE(is_position_in_batch(logits));
  EXPECT_FALSE(is_position_in_batch(argmax(floats({8, 3})))) << "whose rows are no batch";
  EXPECT_FALSE(is_position_in_batch(argmax(floats({kUnknown})))) << "which has no other axis";
}

TEST_F(LabelMend, EqualShapes) {
  const auto mend = [&](const Shape& labels, const Shape& predictions) {
    return equal_shape_mend(floats(labels), floats(predictions));
  };
  EXPECT_EQ(mend({kUnknown}, {kUnknown, 1}),
            "make the labels a column, e.g. reshape(labels, {-1, 1})");
  EXPECT_EQ(mend({kUnknown, 1}, {kUnknown}),
            "drop the labels' last dimension: squeeze(labels, {-1})");
  EXPECT_NE(mend({kUnknown, 1}, {kUnknown, 28, 1}).find("layers::flatten(x)"), std::string::npos);
  EXPECT_NE(mend({kUnknown}, {kUnknown, 28, 4}).find("layers::flatten(x)"), std::string::npos);
  EXPECT_EQ(mend({kUnknown, 28}, {kUnknown, 28, 1}),
            "give the labels one more dimension: expand_dims(labels, -1)");
  EXPECT_EQ(mend({kUnknown, 2}, {kUnknown, 3}),
            "give the last layer as many units as a label has numbers (2)");
  EXPECT_EQ(equal_shape_mend(longs({kUnknown}), argmax(floats({kUnknown, 3}))),
            "argmax without an axis looks along the batch: use argmax(logits, -1)");
}

TEST_F(LabelMend, Distributions) {
  const auto mend = [&](const Shape& labels, const Shape& logits) {
    return distribution_mend(longs(labels), floats(logits));
  };
  const std::string sparse =
      "for class numbers use the loss sparse_softmax_cross_entropy, or one_hot(labels, 3)";
  EXPECT_EQ(mend({kUnknown}, {kUnknown, 3}), sparse);
  EXPECT_EQ(mend({kUnknown, 1}, {kUnknown, 3}), sparse);
  EXPECT_EQ(mend({kUnknown, 28}, {kUnknown, 28, 1}),
            "give the labels one more dimension: expand_dims(labels, -1)");
  EXPECT_EQ(mend({kUnknown, 2}, {kUnknown, 3}), "give the last layer one unit for each class (2)");
  EXPECT_NE(mend({kUnknown}, {kUnknown, 28, 3}).find("layers::flatten(x)"), std::string::npos);
}

TEST_F(LabelMend, ClassNumbers) {
  EXPECT_EQ(class_number_mend(floats({kUnknown, 3}), floats({kUnknown, 3})),
            "for one-hot labels use softmax_cross_entropy, or pass argmax(labels, -1)");
  EXPECT_EQ(class_number_mend(floats({kUnknown}), floats({kUnknown, 3})),
            "cast the labels to class numbers: cast(labels, kInt64)");
  EXPECT_NE(class_number_mend(longs({kUnknown}), floats({kUnknown, 5, 3})).find("layers::flatten"),
            std::string::npos);
}

TEST_F(LabelMend, TheLossesOfNnSayTheSame) {
  expect_error(
      [&] {
        nn::softmax_cross_entropy_with_logits(longs({kUnknown}), floats({kUnknown, 3}));
      },
      "use the loss sparse_softmax_cross_entropy, or one_hot(labels, 3). At label_mend_test.cc:");
  expect_error(
      [&] {
        nn::sparse_softmax_cross_entropy_with_logits(floats({kUnknown, 3}), longs({kUnknown}));
      },
      "labels come first: exchange the two arguments. At label_mend_test.cc:");
  expect_error(
      [&] { nn::sigmoid_cross_entropy_with_logits(floats({kUnknown}), longs({kUnknown})); },
      "labels come first: exchange the two arguments. At label_mend_test.cc:");
}

}  // namespace label_mend_test
}  // namespace reckon::ops
