// SPDX-License-Identifier: Apache-2.0
// The graph's own ops: what passes may assume of them, their types, and what makes two of them
// differ.
#include "graph/core_ops.h"

#include <gtest/gtest.h>

#include "base/expect_error_testing.h"
#include "graph/trace.h"

namespace reckon::reckon_internal::graph {
namespace core_ops_test {

uint64_t hash_of(const Op& op, const Options& options) {
  base::Hasher hasher;
  op.hash_options(options, hasher);
  return hasher.value();
}

TEST(CoreOps, LeavesAreMarkedAsSuch) {
  for (const Op* op : {&parameter_op, &variable_op, &constant_op, &is_training_op}) {
    EXPECT_TRUE(op->traits.is_leaf) << op->name;
    EXPECT_FALSE(op->traits.has_effect) << op->name;
  }
  EXPECT_FALSE(assign_op.traits.is_leaf);
  EXPECT_TRUE(assign_op.traits.has_effect);
}

TEST(CoreOps, AreNamedInErrorsAsUsersWriteThem) {
  EXPECT_EQ(parameter_op.where, "parameter");
  EXPECT_EQ(is_training_op.where, "is_training");
  EXPECT_EQ(assign_op.name, "Assign");
}

TEST(CoreOps, AConstantHasTheTypeOfItsValue) {
  const ConstantOptions options{Array::from<int64_t>({1, 2, 3}, {3, 1})};
  const Types types = constant_op.infer(&options, {});
  ASSERT_EQ(types.size(), 1u);
  EXPECT_EQ(types[0], (TensorType{kInt64, {3, 1}}));
}

TEST(CoreOps, TheModeIsABoolAndAnAssignmentIsNothing) {
  EXPECT_EQ(is_training_op.infer(nullptr, {}), (Types{{kBool, {}}}));
  EXPECT_TRUE(assign_op.infer(nullptr, {}).empty());
}

TEST(CoreOps, ParametersDifferByNumberAndPoison) {
  const auto hash = [](ParameterOptions options) {
    return hash_of(parameter_op, make_options(std::move(options)));
  };
  EXPECT_EQ(hash({.index = 1}), hash({.index = 1}));
  EXPECT_NE(hash({.index = 1}), hash({.index = 2}));
  EXPECT_NE(hash({.index = 1}), hash({.index = 1, .poison = true}));
}

TEST(AddParameter, IsTheFunctionsNextWithItsTypeNameAndPlace) {
  Function function("main", nullptr);
  add_parameter(function, {kFloat32, {2}}, "x");
  const ValueId second = add_parameter(function, {kInt64, {}}, "labels", {"user.cc", 7}, true);
  ASSERT_EQ(function.parameters.size(), 2u);
  EXPECT_EQ(function.parameters[1], second);
  const Node& node = function.node(second);
  EXPECT_EQ(node.op, &parameter_op);
  EXPECT_EQ(node.as<ParameterOptions>().index, 1);
  EXPECT_TRUE(node.as<ParameterOptions>().poison);
  EXPECT_FALSE(function.node(function.parameters[0]).as<ParameterOptions>().poison);
  EXPECT_EQ(node.outputs, (Types{{kInt64, {}}}));
  EXPECT_EQ(node.name, "labels");
  EXPECT_EQ(node.place.line, 7);
}

TEST(CoreOps, AssignmentsDifferByVariableAndKind) {
  const Options set = make_options(AssignOptions{1, AssignKind::kSet});
  const Options add = make_options(AssignOptions{1, AssignKind::kAdd});
  const Options other = make_options(AssignOptions{2, AssignKind::kSet});
  EXPECT_FALSE(assign_op.equal_options(set, add));
  EXPECT_FALSE(assign_op.equal_options(set, other));
  EXPECT_TRUE(assign_op.equal_options(set, make_options(AssignOptions{1, AssignKind::kSet})));
}

TEST(ConstantValue, IsThatOfConstantsOnly) {
  Node node{.op = &constant_op,
            .options = make_options(ConstantOptions{Array::scalar(2.5f)}),
            .inputs = {},
            .outputs = {},
            .subgraphs = {},
            .name = "two",
            .place = {}};
  EXPECT_TRUE(is_constant(node));
  EXPECT_EQ(constant_value(node).item<float>(), 2.5f);
  node.op = &variable_op;
  EXPECT_FALSE(is_constant(node));
  base::expect_error([&] { constant_value(node); }, ErrorCode::kInternal,
                     "[reckon] a defect of Reckon: `is_constant(node)` does not hold");
}

}  // namespace core_ops_test
}  // namespace reckon::reckon_internal::graph
