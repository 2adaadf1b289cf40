// SPDX-License-Identifier: Apache-2.0
// A body in the place of its call: parameters become arguments, types follow from them.
#include "graph/inline.h"

#include <gtest/gtest.h>

#include <reckon/control_flow.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/shape_ops.h>

#include "base/expect_error_testing.h"
#include "graph/traced_function_testing.h"

namespace reckon::reckon_internal::graph {
namespace inline_test {

/// A cond over float32[?]: its branches are the bodies.
Tensor branches() {
  const Tensor x = placeholder(kFloat32, {kUnknown}, "x");
  return cond(
      reduce_sum(x) > 0, [&] { return exp(x) * 2; }, [&] { return x; });
}

class Inline : public ::testing::Test {
 protected:
  const Function& body(int number) { return *traced_.result().subgraphs[number]; }
  Traced traced_{branches};
  Function target_{"target", traced_.function().module};
};

TEST_F(Inline, PutsABodyInThePlaceOfItsCall) {
  const ValueId argument = add_parameter(target_, {kFloat32, {4}}, "parameter");
  target_.results = inline_function(body(0), {argument}, target_);
  verify(target_, "inlining");
  ASSERT_EQ(target_.results.size(), 1u);
  EXPECT_EQ(target_.node(target_.results[0]).op->name, "Multiply");
  EXPECT_EQ(target_.size(), 4) << "the parameter, exp, the number and the product";
}

TEST_F(Inline, InfersTypesFromTheArguments) {
  const ValueId argument = add_parameter(target_, {kFloat32, {4}}, "parameter");
  const ValueId result = inline_function(body(0), {argument}, target_)[0];
  EXPECT_EQ(target_.type(result).shape, Shape({4})) << target_.text();
  EXPECT_EQ(body(0).type(body(0).results[0]).shape, Shape({kUnknown})) << "the body stays as it is";
}

TEST_F(Inline, OfABodyThatPassesItsParameterOnAddsNothing) {
  const ValueId argument = add_parameter(target_, {kFloat32, {4}}, "parameter");
  EXPECT_EQ(inline_function(body(1), {argument}, target_), std::vector<ValueId>{argument});
  EXPECT_EQ(target_.size(), 1);
}

TEST_F(Inline, KeepsNamesForRandomOpsAreKeyedByThem) {
  const ValueId argument = add_parameter(target_, {kFloat32, {4}}, "parameter");
  const ValueId result = inline_function(body(0), {argument}, target_)[0];
  EXPECT_EQ(target_.node(result).name, body(0).node(body(0).results[0]).name);
  EXPECT_TRUE(target_.node(result).place.known());
}

TEST_F(Inline, RefusesAnotherNumberOfArguments) {
  base::expect_error([&] { inline_function(body(0), {}, target_); }, ErrorCode::kInternal,
                     "arguments.size() == body.parameters.size()");
}

// Output 1 of a split used inside, and a parameter that stands for output 1 of the target's.
TEST(InlineOutputs, KeepTheirNumbers) {
  Traced body([] {
    const Tensors parts = split(placeholder(kFloat32, {6}, "x"), 3);
    return Tensors{parts[2], parts[1] + parts[0], parts[0]};
  });
  Function target("target", body.function().module);
  const ValueId input = add_parameter(target, {kFloat32, {2, 6}}, "parameter");
  Node pair{.op = body.function().nodes[1].op,
            .options = body.function().nodes[1].options,
            .inputs = {input},
            .outputs = {{kFloat32, {6}}, {kFloat32, {6}}},
            .subgraphs = {},
            .name = "pair",
            .place = {}};
  const ValueId made = target.add(std::move(pair));
  const std::vector<ValueId> results = inline_function(body.function(), {{made.node, 1}}, target);
  ASSERT_EQ(results.size(), 3u);
  const Node& split_node = target.node(results[0]);
  EXPECT_EQ(split_node.inputs, (std::vector<ValueId>{{made.node, 1}}));
  EXPECT_EQ(results[0].output, 2);
  EXPECT_EQ(results[2], (ValueId{results[0].node, 0}));
  const Node& sum = target.node(results[1]);
  EXPECT_EQ(sum.inputs, (std::vector<ValueId>{{results[0].node, 1}, {results[0].node, 0}}));
}

// A parameter that is output 1 of a node, read by the body's own first node.
TEST(InlineOutputs, OfASubgraphWithinTheBodyStayWithIt) {
  Traced body([] {
    const Tensor x = placeholder(kFloat32, {3}, "x");
    return cond(
        reduce_sum(x) > 0, [&] { return exp(x); }, [&] { return sin(x); });
  });
  Function target("target", body.function().module);
  const ValueId input = add_parameter(target, {kFloat32, {3}}, "parameter");
  const ValueId result = inline_function(body.function(), {input}, target)[0];
  EXPECT_EQ(target.node(result).subgraphs, body.result().subgraphs);
  verify(target, "inlining");
}

}  // namespace inline_test
}  // namespace reckon::reckon_internal::graph
