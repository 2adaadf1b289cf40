// SPDX-License-Identifier: Apache-2.0
#include "graph/trace.h"

#include <gtest/gtest.h>

#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>

#include "base/expect_error_testing.h"
#include "check_op.h"
#include "graph/core_ops.h"

namespace reckon::reckon_internal::graph {
namespace trace_test {

using testing::expect_error;

class TraceTest : public ::testing::Test {
 protected:
  Graph graph_;
  GraphScope scope_{graph_};
  Trace& trace_ = graph_.trace();
  Tensor x_ = placeholder(kFloat32, {kUnknown, 2}, "x");
};

TEST_F(TraceTest, NamesRepeatWithANumber) {
  EXPECT_EQ((x_ * 2).name(), "multiply");
  EXPECT_EQ((x_ * 2).name(), "multiply_1");
  EXPECT_EQ((x_ + 2).name(), "add");
}

TEST_F(TraceTest, ScopesPrefixNamesAndEndWithTheirBlock) {
  {
    const auto tower = name_scope("tower");
    const auto inner = name_scope("inner");
    EXPECT_EQ((x_ * 2).name(), "tower/inner/multiply");
  }
  EXPECT_EQ((x_ * 2).name(), "multiply");
}

TEST_F(TraceTest, EveryNodeKnowsTheUsersLine) {
  const int line = __LINE__ + 1;
  const Tensor y = x_ * x_ + 1;
  EXPECT_EQ(y.place().line, line);
  EXPECT_STREQ(y.place().file, __FILE__);
}

TEST_F(TraceTest, ShapesKeepUnknownDimensions) {
  EXPECT_EQ((x_ + 1).text(), "float32[?, 2]");
  EXPECT_EQ(reduce_sum(x_, 0).text(), "float32[2]");
}

TEST_F(TraceTest, RefusesMoreElementsThanANumberCountsOrAProcessAddresses) {
  const Shape huge = {int64_t{1} << 61, 4};
  base::expect_error(
      [&] { reckon::zeros(huge); },
      "[shape] [2305843009213693952, 4] has more than 2^63 - 1 elements; give smaller "
      "extents. At trace_test.cc:");
  const Tensor column = placeholder(kFloat32, {huge[0], 1}), row = placeholder(kFloat32, {1, 4});
  base::expect_error([&] { column* row; }, ErrorCode::kInvalidArgument,
                     "more than 2^63 - 1 elements; give smaller extents. At trace_test.cc:");
  base::expect_error([&] { reckon::zeros({huge[0]}); },
                     "[shape] float32[2305843009213693952] has 2305843009213693952 elements of 4 "
                     "bytes, more than a process can address; give smaller extents. At "
                     "trace_test.cc:");
  EXPECT_EQ(reckon::zeros({huge[0], 4, 0}).rank(), 3);
}

TEST_F(TraceTest, SubgraphsCaptureAValueOnce) {
  const Tensor y = x_ * 2;
  const SubgraphScope subgraph("body");
  const Tensor sum = y + y + x_;
  const Function& body = *subgraph.function();
  ASSERT_EQ(body.captures.size(), 2u);
  EXPECT_EQ(body.captures[0].outer, y.id());
  EXPECT_EQ(body.captures[1].outer, x_.id());
  EXPECT_EQ(sum.function(), &body);
  EXPECT_EQ(body.node(body.parameters[0]).name, "capture/multiply");
}

TEST_F(TraceTest, InnerSubgraphsCaptureThroughTheOuterOnes) {
  const SubgraphScope outer("outer");
  const SubgraphScope inner("inner");
  const Tensor y = x_ + 1;
  ASSERT_EQ(outer.function()->captures.size(), 1u);
  ASSERT_EQ(inner.function()->captures.size(), 1u);
  EXPECT_EQ(outer.function()->captures[0].outer, x_.id());
  EXPECT_EQ(inner.function()->captures[0].outer, outer.function()->parameters[0]);
  EXPECT_EQ(y.function(), inner.function().get());
}

TEST_F(TraceTest, VariablesMadeInASubgraphLiveOutside) {
  const SubgraphScope subgraph("body");
  variable("w", 1.0f);
  ASSERT_EQ(subgraph.function()->captures.size(), 1u);
  const Node& outer = trace_.outermost()->node(subgraph.function()->captures[0].outer);
  EXPECT_EQ(outer.op, &variable_op);
}

TEST_F(TraceTest, TensorsOfASubgraphStayInside) {
  Tensor inner;
  {
    const SubgraphScope subgraph("body");
    inner = x_ * 2;
  }
  base::expect_error([&] { inner + 1; }, "belongs to another graph");
}

TEST_F(TraceTest, AnEnclosingScopeMakesNodesFurtherOutWhileItLives) {
  const SubgraphScope outer("outer");
  const SubgraphScope inner("inner");
  {
    const EnclosingScope scope(outer.function().get());
    EXPECT_EQ(constant_node(Array::scalar(1.0f), {}).function(), outer.function().get());
    const EnclosingScope outermost(trace_.outermost());
    EXPECT_EQ(constant_node(Array::scalar(1.0f), {}).function(), trace_.outermost());
  }
  EXPECT_EQ(trace_.function(), inner.function().get());
}

TEST_F(TraceTest, AnEnclosingScopeOfAFunctionThatEnclosesNothingChangesNothing) {
  const Function other("other", trace_.module.get());
  const SubgraphScope subgraph("body");
  const EnclosingScope scope(&other), none(nullptr);
  EXPECT_EQ(trace_.function(), subgraph.function().get());
}

TEST_F(TraceTest, TheUsersPlaceIsThatOfTheWholeCallIfThereIsOne) {
  EXPECT_EQ(user_place({"own.cc", 1}).line, 1);
  const PlaceScope call({"user.cc", 7});
  EXPECT_EQ(user_place({"own.cc", 1}).line, 7);
  EXPECT_EQ(constant_node(Array::scalar(1.0f), {"own.cc", 1}).place().line, 7);
  {
    const PlaceScope inside({"library.cc", 3});
    EXPECT_EQ(user_place({}).line, 7) << "the outermost call is the user's";
    const PlaceScope forced({"forward.cc", 5}, PlaceScope::Rule::kForced);
    EXPECT_EQ(user_place({}).line, 5);
  }
  EXPECT_EQ(user_place({}).line, 7);
}

TEST(Trace, RefusesTensorsOfAnotherGraph) {
  Graph other;
  Tensor foreign;
  {
    const GraphScope scope(other);
    foreign = placeholder(kFloat32, {2}, "far");
  }
  expect_error([&] { foreign * 2; }, "[graph] far (float32[2]) belongs to another graph");
}

TEST(Trace, RefusesOpsOutsideAGraph) {
  base::expect_error([] { placeholder(kFloat32, {}); }, ErrorCode::kFailedPrecondition,
                     "[placeholder] was called while no graph is being built");
}

}  // namespace trace_test
}  // namespace reckon::reckon_internal::graph
