// SPDX-License-Identifier: Apache-2.0
// Subgraphs: tracing them, one parameter list for several, putting one back, types and buffers.
#include "ops/control/subgraph.h"

#include <gtest/gtest.h>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/session.h>
#include "base/expect_error_testing.h"
#include "check_op.h"
#include "graph/core_ops.h"

namespace reckon::ops {
namespace subgraph_test {

using namespace testing;

class SubgraphTest : public ::testing::Test {
 protected:
  /// A subgraph of one own parameter that computes `make(parameter)`.
  std::shared_ptr<graph::Function> trace(const std::function<Tensor(const Tensor&)>& make) {
    return trace_subgraph("body", {}, [&](graph::SubgraphScope& scope) {
      return Tensors{make(scope.parameter({kFloat32, {2}}, "own"))};
    });
  }

  Graph graph_;
  GraphScope scope_{graph_};
  Tensor x_ = placeholder(kFloat32, {2}, "x"), y_ = placeholder(kFloat32, {2}, "y"),
         z_ = placeholder(kFloat32, {2}, "z");
};

TEST_F(SubgraphTest, TracingGivesAFunctionOfItsOwn) {
  const auto body = trace([&](const Tensor& own) { return own * x_; });
  EXPECT_EQ(body->name, "body");
  EXPECT_EQ(body->parent, x_.function());
  ASSERT_EQ(body->results.size(), 1u);
  EXPECT_EQ(body->type(body->results[0]).shape, (Shape{2}));
  EXPECT_EQ(body->captures.size(), 1u);
}

TEST_F(SubgraphTest, AnOuterValueMayBeAResult) {
  const auto body = trace([&](const Tensor&) { return x_; });
  ASSERT_EQ(body->captures.size(), 1u);
  EXPECT_EQ(body->captures[0].outer, x_.id());
  EXPECT_EQ(body->results[0], body->parameters[body->captures[0].parameter]);
}

TEST_F(SubgraphTest, UnifyingGivesBothOneParameterList) {
  // The first captures y then x, the second x then z: both get (own, y, x, z).
  const auto first = trace([&](const Tensor& own) { return own * y_ + x_; });
  const auto second = trace([&](const Tensor& own) { return own * x_ + z_; });
  const Tensors captured = unify_captures({first, second}, 1);
  ASSERT_EQ(captured.size(), 3u);
  EXPECT_EQ(captured[0].id(), y_.id());
  EXPECT_EQ(captured[1].id(), x_.id());
  EXPECT_EQ(captured[2].id(), z_.id());
  for (const auto& function : {first, second}) {
    ASSERT_EQ(function->parameters.size(), 4u);
    for (size_t i = 0; i < 4; ++i) {
      const auto& options = function->node(function->parameters[i]).as<graph::ParameterOptions>();
      EXPECT_EQ(options.index, static_cast<int64_t>(i));
    }
    ASSERT_EQ(function->captures.size(), 3u);
    EXPECT_EQ(function->captures[1].outer, x_.id());
    EXPECT_EQ(function->captures[1].parameter, 2);
    graph::verify(*function, "unify_captures");
  }
}

TEST_F(SubgraphTest, UnifyingWithoutCapturesAddsNothing) {
  const auto body = trace([](const Tensor& own) { return own * 2; });
  EXPECT_TRUE(unify_captures({body}, 1).empty());
  EXPECT_EQ(body->parameters.size(), 1u);
}

TEST_F(SubgraphTest, InliningComputesTheBodyOnOtherArguments) {
  const auto body = trace([&](const Tensor& own) { return own * x_ - 1; });
  const Tensors captured = unify_captures({body}, 1);
  const Tensors results = inline_subgraph(*body, {y_, captured[0]});
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].function(), x_.function());
  const Array got =
      evaluate_now(results[0], {{x_, floats({2, 3}, {2})}, {y_, floats({5, 7}, {2})}});
  EXPECT_TRUE(got.same_bits(floats({9, 20}, {2})));
}

TEST_F(SubgraphTest, InliningIntoAnotherSubgraphCapturesTheArguments) {
  const auto body = trace([](const Tensor& own) { return own * 3; });
  const auto outer = trace([&](const Tensor&) { return inline_subgraph(*body, {y_})[0]; });
  ASSERT_EQ(outer->captures.size(), 1u);
  EXPECT_EQ(outer->captures[0].outer, y_.id());
}

TEST(RequireFixedBuffers, RefusesStringsAndSizesOfTheData) {
  EXPECT_NO_THROW(require_fixed_buffers("test", {{kFloat32, {2, 3}}, {kInt32, {kUnknown}}}));
  base::expect_error(
      [] {
        require_fixed_buffers("test", {{kString, {2}}});
      },
      "[test] a result is string[2], expected numbers; make strings outside");
  const Shape open = {graph::extent_dim(0)};
  base::expect_error(
      [&] {
        require_fixed_buffers("test", {{kFloat32, open}});
      },
      "[test] a value has a size that only the data knows; keep it outside");
  EXPECT_NO_THROW(require_fixed_sizes("test", {{kString, {2}}}));
  base::expect_error([&] { require_fixed_sizes("test", {{kString, open}}); }, "or reduce it first");
}

TEST(RequireFunctions, NamesTheCallerAndItsLine) {
  EXPECT_NO_THROW(require_functions("cond", true, {}));
  base::expect_error(
      [] {
        require_functions("cond", false, {"model.cc", 7});
      },
      "[cond] a function is empty; pass one that returns Tensors. At model.cc:7");
}

TEST(TypesText, JoinsTypes) {
  EXPECT_EQ(types_text({{kFloat32, {3}}, {kInt32, {}}}), "float32[3], int32[]");
  EXPECT_EQ(types_text({}), "nothing");
}

TEST(MayBeEqual, LeavesUnknownDimensionsOpen) {
  const graph::Types known = {{kFloat32, {2, 3}}};
  EXPECT_TRUE(may_be_equal(known, graph::Types{{kFloat32, {kUnknown, 3}}}));
  EXPECT_FALSE(may_be_equal(known, graph::Types{{kFloat32, {2, 4}}}));
  EXPECT_FALSE(may_be_equal(known, graph::Types{{kFloat64, {2, 3}}}));
  EXPECT_FALSE(may_be_equal(known, graph::Types{{kFloat32, {2}}}));
  EXPECT_FALSE(may_be_equal(known, graph::Types{}));
}

TEST(BufferBytes, AreThoseOfTheElements) {
  EXPECT_EQ(buffer_bytes({kFloat64, {2, 3}}), 48u);
  EXPECT_EQ(buffer_bytes({kBool, {}}), 1u);
}

}  // namespace subgraph_test
}  // namespace reckon::ops
