// SPDX-License-Identifier: Apache-2.0
// Defining an op: what define() refuses, how operands become inputs, the shape rules that ops
// share.
#include "ops/define.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "check_op.h"

namespace reckon::ops {
namespace define_test {

using namespace testing;
using graph::NoOptions;

struct ScaleOptions {
  double factor = 1;
  int64_t shift = 0;
};

Definition<ScaleOptions> scale_definition(const std::string& name) {
  return {.name = name,
          .inputs = {{"x", kFloating}},
          .attributes = {{"factor", &ScaleOptions::factor}, {"shift", &ScaleOptions::shift}},
          .infer = rule<ScaleOptions>(infer_elementwise),
          .gradient = [](const ScaleOptions& options, const Backward& b) -> Tensors {
            return {b.grad() * options.factor};
          },
          .forward =
              [](const ScaleOptions& options, expr::Expr x) {
                return x * options.factor + static_cast<double>(options.shift);
              }};
}

/// One op for the whole program: names are unique.
const DefinedOp<ScaleOptions>& scale_op() {
  static const DefinedOp<ScaleOptions> op = define(scale_definition("TestScale"));
  return op;
}

TEST(Define, AnOpIsItsDefinition) {
  check_op({.op = [](const Tensor& x) { return scale_op()({x}, {.factor = 3, .shift = -1}); },
            .inputs = {{1, 2}},
            .expect = {2, 5}});
  EXPECT_EQ(scale_op().def().where, "test_scale");
  EXPECT_TRUE(scale_op().def().is_elementwise());
  EXPECT_FALSE(scale_op().def().is_reduction());
}

TEST(Define, NodesOfOneOpAreKnownAndCompareByTheirOptions) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {2});
  const auto node_of = [](const Tensor& t) -> const graph::Node& {
    return t.function()->node(t.id());
  };
  const graph::Node a = node_of(scale_op()({x}, {3, 1})), b = node_of(scale_op()({x}, {3, 1})),
                    c = node_of(scale_op()({x}, {3, 2}));
  EXPECT_TRUE(scale_op().made(a));
  EXPECT_FALSE(scale_op().made(node_of(x)));
  EXPECT_EQ(definition(a), &scale_op().def());
  EXPECT_EQ(definition(node_of(x)), nullptr);
  EXPECT_TRUE(a.op->equal_options(a.options, b.options));
  EXPECT_FALSE(a.op->equal_options(a.options, c.options));
}

TEST(Define, RefusesAnOptionThatIsNotListed) {
  Definition<ScaleOptions> forgetful = scale_definition("TestForgetful");
  forgetful.attributes.pop_back();
  base::expect_error([&] { define(forgetful); }, ErrorCode::kInternal,
                     "an option is not listed in attributes");
}

TEST(Define, RefusesAnOpThatComputesNothingAndANameTwice) {
  Definition<ScaleOptions> idle = scale_definition("TestIdle");
  idle.forward = {};
  base::expect_error([&] { define(idle); }, "an op needs a kernel or an element-wise program");
  scale_op();
  base::expect_error([] { define(scale_definition("TestScale")); }, "two ops have one name");
}

TEST(MemberCount, CountsTheMembersOfAnAggregate) {
  EXPECT_EQ(member_count<ScaleOptions>(), 2u);
  EXPECT_EQ(member_count<ReduceOptions>(), 2u);
  EXPECT_EQ(member_count<NoOptions>(), 0u);
}

TEST(Registry, ListsEveryOpOnceInOrderOfName) {
  const std::vector<const OpDef*> ops = all_ops();
  EXPECT_GT(ops.size(), 100u);
  EXPECT_TRUE(std::is_sorted(ops.begin(), ops.end(),
                             [](const OpDef* a, const OpDef* b) { return a->name < b->name; }));
  EXPECT_EQ(find_op("Add")->name, "Add");
  EXPECT_EQ(find_op("add"), nullptr);
  for (const OpDef* op : ops) {
    EXPECT_EQ(find_op(op->name), op);
    EXPECT_EQ(op->where, graph::snake_case(op->name));
    EXPECT_EQ(!op->kernels.empty() + op->is_elementwise() + op->is_reduction(), 1)
        << op->name << " is computed in more than one way";
  }
}

TEST(Apply, NumbersTakeTheDtypeOfTheirGroup) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor wide = placeholder(kFloat64, {2}), whole = placeholder(kInt64, {2});
  EXPECT_EQ((wide + 1).text(), "float64[2]");
  EXPECT_EQ((2.5 * wide).text(), "float64[2]");
  EXPECT_EQ((whole - 1).text(), "int64[2]");
  EXPECT_EQ(add(1, 2).text(), "int32[]");
  EXPECT_EQ(add(1, 2.5).text(), "float32[]");
}

TEST(Apply, RefusesOperandsThatDoNotFit) {
  expect_error(
      [] {
        scale_op()({floats({1}, {1}), floats({1}, {1})});
      },
      "[test_scale] came with 2 operands, expected 1; pass each input once");
  expect_error([] { scale_op()({}); }, "[test_scale] came with 0 operands, expected 1");
  expect_error([] { scale_op()({ints({1}, {1})}); },
               "[test_scale] x is int32[1], expected float32 or float64; cast it first");
  expect_error([] { add(floats({1}, {1}), doubles({1}, {1})); },
               "[add] a is float32[1] but b is float64[1]; both need one dtype: cast one of them");
}

TEST(Apply, AnErrorNamesTheLineOfTheFirstOperandThatHasOne) {
  expect_error([] { scale_op()({ints({1}, {1})}); }, "_test.cc:" + std::to_string(__LINE__));
}

TEST(DTypeSet, ListsItsNames) {
  EXPECT_EQ(kFloating.text(), "float32 or float64");
  EXPECT_EQ(kBooleans.text(), "bool");
  EXPECT_TRUE(kAnything.contains(kString));
  EXPECT_FALSE(kAnything.contains(DType::kInvalid));
  EXPECT_FALSE(kNumeric.contains(kBool));
}

// F1: "does not broadcast" was the name of the 99th size that only the data know.
TEST(BroadcastShapes, TakeEverySizeThatOnlyTheDataKnow) {
  graph::Function planned("planned", nullptr);
  const graph::InferContext context{.inputs = {}, .subgraphs = nullptr, .planned = &planned};
  for (int i = 0; i < 300; ++i) {
    const int64_t extent = context.data_extent(7);
    EXPECT_EQ(broadcast_shapes(Shape{extent, 3}, Shape{extent, 1}, context), Shape({extent, 3}));
    EXPECT_EQ(broadcast_shapes(Shape{1}, Shape{extent}, context), Shape({extent}));
    EXPECT_EQ(broadcast_shapes(Shape{extent}, Shape{}, context), Shape({extent}));
  }
}

// F1: the whole way, with two such sizes for each of 120 masks.
TEST(BroadcastShapes, OfAGraphWithManySizesThatOnlyTheDataKnow) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {kUnknown, 2});
  Tensor total = reduce_sum(x) * 0;
  for (int i = 0; i < 120; ++i) {
    const Tensor kept = boolean_mask(x, reduce_sum(x, 1) > static_cast<float>(i));
    total = total + reduce_sum(reshape(kept * kept + 1.0f, {-1}) * 2);
  }
  const Array value = evaluate_now(total, {{x, floats({30, 30, 50, 50}, {2, 2})}});
  // Row 0 is kept for i < 60, row 1 for i < 100.
  EXPECT_EQ(value.item<float>(), 60 * 4 * 901.0f + 100 * 4 * 2501.0f);
}

TEST(BroadcastShapes, FollowNumPyAndKeepWhatIsKnown) {
  const auto joined = [](const Shape& a, const Shape& b) {
    return broadcast_shapes(a, b, graph::InferContext{}).text();
  };
  EXPECT_EQ(joined({2, 1, 3}, {4, 1}), "[2, 4, 3]");
  EXPECT_EQ(joined({}, {5}), "[5]");
  EXPECT_EQ(joined({0}, {1}), "[0]");
  EXPECT_EQ(joined({kUnknown, 3}, {1, 3}), "[?, 3]");
  EXPECT_EQ(joined({kUnknown}, {7}), "[7]");
  base::expect_error(
      [&] {
        joined({2, 3}, {2});
      },
      "shapes [2, 3] and [2] do not broadcast; each dimension must be equal or 1");
  base::expect_error([&] { joined({0}, {2}); }, "shapes [0] and [2] do not broadcast");
}

}  // namespace define_test
}  // namespace reckon::ops
