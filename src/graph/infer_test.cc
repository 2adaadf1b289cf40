// SPDX-License-Identifier: Apache-2.0
// Types of a function for given parameters: rules run again, leaves keep theirs, errors name the
// user's line.
#include "graph/infer.h"

#include <gtest/gtest.h>

#include <reckon/linalg.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>

#include "base/expect_error_testing.h"
#include "graph/traced_function_testing.h"

namespace reckon::reckon_internal::graph {
namespace infer_test {

Types of(const Shape& shape) { return {{kFloat32, shape}}; }

TEST(InferFunction, GivesUnknownDimensionsTheParametersNumbers) {
  Traced traced([] {
    const Tensor x = placeholder(kFloat32, {kUnknown, 3}, "x");
    return Tensors{x * 2, reduce_sum(x, 1), transpose(x)};
  });
  const Types types = infer_function(traced.function(), of({5, 3}), nullptr);
  EXPECT_EQ(types, (Types{{kFloat32, {5, 3}}, {kFloat32, {5}}, {kFloat32, {3, 5}}}));
  EXPECT_EQ(traced.function().type(traced.function().results[0]).shape[0], kUnknown)
      << "the traced types stay";
}

TEST(InferFunction, FollowsTheParametersDtypeToo) {
  Traced traced([] { return exp(placeholder(kFloat32, {kUnknown}, "x")); });
  EXPECT_EQ(infer_function(traced.function(), {{kFloat64, {2}}}, nullptr),
            (Types{{kFloat64, {2}}}));
}

TEST(InferNodes, KeepsTheTypesOfLeaves) {
  Traced traced([] {
    const Tensor v = variable("v", Array::from<float>({1, 2}, {2}));
    return v + Array::from<float>({3, 4}, {2});
  });
  const Function& function = traced.function();
  const std::vector<Types> types = infer_nodes(function, {}, nullptr);
  ASSERT_EQ(types.size(), static_cast<size_t>(function.size()));
  for (int32_t i = 0; i < function.size(); ++i) {
    EXPECT_EQ(types[static_cast<size_t>(i)], function.nodes[i].outputs) << function.nodes[i].name;
  }
}

TEST(InferNodes, RefuseMoreBytesThanAProcessAddressesAtTheUsersLine) {
  Traced traced([] {
    const Tensor x = placeholder(kFloat32, {kUnknown, 1}, "x");
    return x * zeros({1, int64_t{1} << 43});
  });
  EXPECT_EQ(infer_function(traced.function(), of({4, 1}), nullptr)[0].shape[0], 4);
  base::expect_error(
      [&] {
        infer_function(traced.function(), of({5, 1}), nullptr);
      },
      "[shape] float32[5, 8796093022208] has 43980465111040 elements of 4 bytes, "
      "more than a process can address; give smaller extents. At infer_test.cc:");
}

TEST(Addressable, PassesWhatHasNoSize) {
  const Types types = {{DType::kInvalid, {}}, {kFloat32, {kUnknown, int64_t{1} << 62}}};
  EXPECT_EQ(addressable(types), types);
}

TEST(InferNodes, TakesParametersByTheirNumberNotTheirOrder) {
  Traced traced([] {
    const Tensor a = placeholder(kFloat32, {kUnknown}, "a");
    const Tensor b = placeholder(kInt32, {kUnknown}, "b");
    return Tensors{b, a};
  });
  EXPECT_EQ(infer_function(traced.function(), {{kFloat32, {3}}, {kInt32, {4}}}, nullptr),
            (Types{{kInt32, {4}}, {kFloat32, {3}}}));
}

TEST(InferNodes, GivesEveryOutputOfANode) {
  Traced traced([] { return split(placeholder(kFloat32, {kUnknown, 2}, "x"), 3); });
  const Types types = infer_function(traced.function(), of({6, 2}), nullptr);
  EXPECT_EQ(types, (Types{{kFloat32, {2, 2}}, {kFloat32, {2, 2}}, {kFloat32, {2, 2}}}));
}

TEST(InferNodes, GivesTheDataAnExtentOfThePlannedFunction) {
  Traced traced([] {
    const Tensor x = placeholder(kFloat32, {kUnknown, 2}, "x");
    return boolean_mask(x, reduce_sum(x, 1) > 0);
  });
  Function planned("planned", nullptr);
  const Types types = infer_function(traced.function(), of({7, 2}), &planned);
  ASSERT_TRUE(is_extent(types[0].shape[0]));
  EXPECT_EQ(planned.bound(types[0].shape), Shape({7, 2}));
  EXPECT_EQ(infer_function(traced.function(), of({7, 2}), nullptr)[0].shape[0], kUnknown);
}

// H15: rules of nested subgraphs ask for the same types at each level.
TEST(InferFunction, RunsNoRuleAgainForTheTypesItWasAskedAboutLast) {
  static int calls = 0;
  static const Op counted = [] {
    Op op;
    op.name = "CountedRule";
    op.where = "counted_rule";
    op.infer = [](const void*, const InferContext& context) -> Types {
      ++calls;
      return {context.inputs[0]};
    };
    return op;
  }();
  Traced traced([] {
    const Tensor x = placeholder(kFloat32, {kUnknown, 3}, "x");
    return add_node(counted, make_options(NoOptions{}), {x}, {})[0];
  });
  Function planned("planned", nullptr), other("other", nullptr);
  const auto calls_for = [&](const Types& types, Function* plan) {
    const int before = calls;
    EXPECT_EQ(infer_function(traced.function(), types, plan), types);
    return calls - before;
  };
  EXPECT_EQ(calls_for(of({5, 3}), nullptr), 1);
  EXPECT_EQ(calls_for(of({5, 3}), nullptr), 0);
  EXPECT_EQ(calls_for(of({6, 3}), nullptr), 1) << "another size";
  EXPECT_EQ(calls_for(of({6, 3}), &planned), 1) << "a plan's sizes may be extents";
  EXPECT_EQ(calls_for(of({6, 3}), &other), 0);
  Function copy = traced.function();
  copy.results.push_back(copy.parameters[0]);
  EXPECT_EQ(infer_function(copy, of({6, 3}), &other).size(), 2u) << "a copy may be changed";
}

TEST(InferNodes, NamesTheUsersLineWhereShapesDoNotFit) {
  int line = 0;
  Traced traced([&line] {
    const Tensor a = placeholder(kFloat32, {kUnknown, kUnknown}, "a");
    const Tensor b = placeholder(kFloat32, {3, 4}, "b");
    line = __LINE__ + 1;
    return matmul(a, b);
  });
  base::expect_error(
      [&] {
        infer_nodes(traced.function(), {{kFloat32, {2, 5}}, {kFloat32, {3, 4}}}, nullptr);
      },
      ErrorCode::kInvalidArgument, "[matmul]");
  try {
    infer_nodes(traced.function(), {{kFloat32, {2, 5}}, {kFloat32, {3, 4}}}, nullptr);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.at(), "infer_test.cc:" + std::to_string(line));
    EXPECT_NE(error.message().find("float32[2, 5]"), std::string::npos) << error.what();
  }
}

TEST(InferNodes, RefusesAnotherNumberOfParameters) {
  Traced traced([] { return exp(placeholder(kFloat32, {2}, "x")); });
  base::expect_error([&] { infer_nodes(traced.function(), {}, nullptr); }, ErrorCode::kInternal,
                     "parameters.size() == function.parameters.size()");
}

}  // namespace infer_test
}  // namespace reckon::reckon_internal::graph
