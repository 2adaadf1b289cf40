// SPDX-License-Identifier: Apache-2.0
// One walk that copies a function: what a visitor replaces, what it leaves out, and what stays.
#include "passes/rewrite.h"

#include <reckon/math.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "graph/core_ops.h"
#include "passes/traced_plan_testing.h"

namespace reckon::passes {
namespace rewrite_test {

using graph::ValueId;

class Rewrite : public PassTest {
 protected:
  Tensor x_ = placeholder(kFloat32, {6}, "x");
  Tensor y_ = placeholder(kFloat32, {6}, "y");
};

TEST_F(Rewrite, CopiesEveryNodeThatTheVisitorLeaves) {
  Plan plan = plan_of({exp(x_) + y_, sin(x_)});
  const std::string before = plan.function.text();
  rewrite(plan, [](Rewriter&, int32_t) { return false; });
  EXPECT_EQ(plan.function.text(), before);
  EXPECT_EQ(plan.function.parameters.size(), 2u);
}

TEST_F(Rewrite, VisitsNodesInTheirOrderOnce) {
  Plan plan = plan_of({exp(x_) + y_});
  std::vector<int32_t> visited;
  rewrite(plan, [&](Rewriter& rewriter, int32_t node) {
    visited.push_back(node);
    EXPECT_EQ(rewriter.target().size(), node) << "all before it are copied";
    return false;
  });
  EXPECT_EQ(visited, (std::vector<int32_t>{0, 1, 2, 3}));
}

TEST_F(Rewrite, LeadsReadersToTheReplacement) {
  Plan plan = plan_of({sin(exp(x_)), exp(x_)});
  rewrite(plan, [](Rewriter& rewriter, int32_t index) {
    const graph::Node& node = rewriter.source().nodes[index];
    if (node.op->name != "Exp") return false;
    rewriter.replace({index, 0}, rewriter.mapped(node.inputs[0]));
    return true;
  });
  graph::verify(plan.function, "a test");
  EXPECT_EQ(count(plan, "Exp"), 0);
  EXPECT_EQ(result_node(plan, 0).inputs[0], plan.function.parameters[0]);
  EXPECT_EQ(plan.function.results[1], plan.function.parameters[0]) << "results follow too";
}

TEST_F(Rewrite, MayPutSeveralNodesInThePlaceOfOne) {
  Plan plan = plan_of({exp(x_)});
  rewrite(plan, [](Rewriter& rewriter, int32_t index) {
    if (rewriter.source().nodes[index].op->name != "Exp") return false;
    graph::Node first = rewriter.mapped_node(index), second = first;
    second.inputs = {rewriter.target().add(std::move(first))};
    rewriter.replace({index, 0}, rewriter.target().add(std::move(second)));
    return true;
  });
  graph::verify(plan.function, "a test");
  EXPECT_EQ(count(plan, "Exp"), 2);
  EXPECT_EQ(plan.function.node(result_node(plan, 0).inputs[0]).op->name, "Exp");
}

TEST_F(Rewrite, KeepsTheNumbersOfOutputsAndParameters) {
  const Tensors parts = split(x_, 3);
  Plan plan = plan_of({parts[2] + parts[0], y_});
  rewrite(plan, [](Rewriter& rewriter, int32_t index) {
    if (index != 0) return false;
    // A node more at the front moves all numbers.
    graph::Node number{.op = &graph::constant_op,
                       .options = std::make_shared<const graph::ConstantOptions>(
                           graph::ConstantOptions{Array::scalar(1.0f)}),
                       .inputs = {},
                       .outputs = {{kFloat32, {}}},
                       .subgraphs = {},
                       .name = "one",
                       .place = {}};
    rewriter.target().add(std::move(number));
    return false;
  });
  graph::verify(plan.function, "a test");
  const graph::Node& sum = result_node(plan, 0);
  EXPECT_EQ(sum.inputs[0].output, 2);
  EXPECT_EQ(sum.inputs[1].output, 0);
  EXPECT_EQ(plan.function.node(plan.function.parameters[1]).name, "y");
  EXPECT_EQ(plan.function.results[1], plan.function.parameters[1]);
}

TEST_F(Rewrite, KeepsRunTimeExtents) {
  const Tensor flags = placeholder(kBool, {6}, "flags");
  Plan plan = plan_of({boolean_mask(x_, flags)});
  specialise(plan, context_of(plan));
  ASSERT_EQ(plan.function.extents.size(), 1u);
  rewrite(plan, [](Rewriter&, int32_t) { return false; });
  ASSERT_EQ(plan.function.extents.size(), 1u);
  EXPECT_EQ(plan.function.extents[0].bound, 6);
}

TEST_F(Rewrite, RefusesAReaderOfWhatIsGone) {
  Plan plan = plan_of({sin(exp(x_))});
  base::expect_error(
      [&] {
        rewrite(plan, [](Rewriter& rewriter, int32_t index) {
          return rewriter.source().nodes[index].op->name == "Exp";  // and puts nothing there
        });
      },
      ErrorCode::kInternal, "input.node >= 0");
}

TEST_F(Rewrite, CountsUsesByNodesAndResults) {
  const Tensor e = exp(x_);
  const Plan plan = plan_of({e * e, e, sin(y_)});
  const auto counts = use_counts(plan.function);
  const auto uses = [&](ValueId value) {
    return counts[static_cast<size_t>(value.node)][static_cast<size_t>(value.output)];
  };
  EXPECT_EQ(uses(plan.function.results[1]), 3) << "twice by the product, once as a result";
  EXPECT_EQ(uses(plan.function.parameters[0]), 1);
  EXPECT_EQ(uses(plan.function.results[0]), 1);
}

TEST_F(Rewrite, CountsUsesByOutput) {
  const Tensors parts = split(x_, 3);
  const Plan plan = plan_of({parts[0] + parts[2]});
  const auto counts = use_counts(plan.function);
  const int32_t node = result_node(plan, 0).inputs[0].node;
  EXPECT_EQ(counts[static_cast<size_t>(node)], (std::vector<int32_t>{1, 0, 1}));
}

}  // namespace rewrite_test
}  // namespace reckon::passes
