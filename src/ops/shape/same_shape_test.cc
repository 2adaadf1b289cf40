// SPDX-License-Identifier: Apache-2.0
// A shape that must be another's: checked while tracing, in the plan, or nowhere if it is certain.
#include "ops/shape/same_shape.h"

#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>

#include <gtest/gtest.h>

#include "base/expect_error_testing.h"

namespace reckon::ops {
namespace same_shape_test {

struct SameShape : ::testing::Test {
  Graph graph;
  GraphScope scope{graph};

  static Tensor checked(const Tensor& x, const Tensor& like) {
    return same_shape("test", "x", x, "the other", like, "give both one shape");
  }
};

TEST_F(SameShape, MakesNoNodeWhereItIsCertain) {
  const Tensor x = placeholder(kFloat32, {2, 3}), like = placeholder(kInt64, {2, 3});
  EXPECT_EQ(checked(x, like).id(), x.id());
}

TEST_F(SameShape, NamesBothWhereTheyDiffer) {
  const Tensor x = placeholder(kFloat32, {kUnknown, 3}), like = placeholder(kInt64, {2, 4});
  base::expect_error(
      [&] { checked(x, like); },
      "[test] x is float32[?, 3] but the other is int64[2, 4], expected one shape; give both "
      "one shape");
  base::expect_error([&] { checked(placeholder(kString, {2}), placeholder(kString, {3})); },
                     "[test] x is string[2] but the other is string[3]");
}

TEST_F(SameShape, LeavesStringsOfUnknownSizesToTheirOp) {
  const Tensor x = placeholder(kString, {kUnknown});
  EXPECT_EQ(checked(x, placeholder(kString, {3})).id(), x.id());
}

TEST_F(SameShape, ComparesInThePlanWhatIsUnknownBefore) {
  const Tensor x = placeholder(kFloat32, {kUnknown}), like = placeholder(kBool, {kUnknown});
  const Tensor y = checked(x, like);
  Session session(graph);
  const Array three = Array::from<float>({1, 2, 3}, {3});
  EXPECT_TRUE(
      session.run({.fetches = {y}, .feeds = {{x, three}, {like, Array::zeros(kBool, {3})}}})[0]
          .same_bits(three));
  for (const int64_t rows : {1, 4}) {
    base::expect_error(
        [&] {
          session.run({.fetches = {y}, .feeds = {{x, three}, {like, Array::zeros(kBool, {rows})}}});
        },
        "[test] x is float32[3] but the other is bool[" + std::to_string(rows) + "]");
  }
}

TEST_F(SameShape, SizesThatOnlyTheDataKnowPassThrough) {
  const Tensor values = placeholder(kFloat32, {kUnknown}), mask = placeholder(kBool, {kUnknown});
  const Tensor kept = boolean_mask(values, mask);
  const Tensor y = checked(kept, kept * 2.0);
  Session session(graph);
  const Feeds feeds = {{values, Array::from<float>({1, 2, 3}, {3})},
                       {mask, Array::from<bool>({true, false, true}, {3})}};
  EXPECT_TRUE(
      session.run({.fetches = {y}, .feeds = feeds})[0].same_bits(Array::from<float>({1, 3}, {2})));
}

TEST_F(SameShape, TheGradientIsThatOfTheTensorAlone) {
  const Tensor x = placeholder(kFloat32, {kUnknown}), like = placeholder(kFloat32, {kUnknown});
  const Tensors grads = gradients(reduce_sum(square(checked(x, like))), {x, like});
  Session session(graph);
  const Feeds feeds = {{x, Array::from<float>({3, 4}, {2})},
                       {like, Array::from<float>({1, 1}, {2})}};
  const auto values = session.run({.fetches = grads, .feeds = feeds});
  EXPECT_TRUE(values[0].same_bits(Array::from<float>({6, 8}, {2})));
  EXPECT_TRUE(values[1].same_bits(Array::zeros(kFloat32, {2})));
}

}  // namespace same_shape_test
}  // namespace reckon::ops
