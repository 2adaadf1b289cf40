// SPDX-License-Identifier: Apache-2.0
#include <reckon/math.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "check_op.h"
#include "graph/core_ops.h"
#include "graph/variable.h"
#include "passes/traced_plan_testing.h"

namespace reckon::passes {
namespace make_plan_test {

class MakePlan : public PassTest {};

TEST_F(MakePlan, CopiesWhatIsNeededAndEveryParameter) {
  const Tensor x = placeholder(kFloat32, {4}, "x");
  const Tensor unused = placeholder(kFloat32, {4}, "unused");
  const Tensor wanted = exp(x);
  (void)(sin(x) + unused);
  const Plan plan = plan_of({wanted});
  EXPECT_EQ(count(plan, "Exp"), 1);
  EXPECT_EQ(count(plan, "Sin"), 0);
  EXPECT_EQ(plan.function.parameters.size(), 2u);
  EXPECT_EQ(plan.fetch_count, 1);
}

TEST_F(MakePlan, LeavesTheTracedFunctionAsItIs) {
  const Tensor x = placeholder(kFloat32, {4}, "x");
  const Tensor v = variable("v", zeros({4}));
  const Operation step = assign_add(v, exp(x) * 1);
  const std::string before = x.function()->text();
  Plan plan = plan_of({v}, {step});
  const PassContext context = context_of(plan);
  specialise(plan, context);
  simplify(plan, context);
  make_loops(plan, context);
  schedule(plan, context);
  EXPECT_EQ(x.function()->text(), before);
}

TEST_F(MakePlan, TurnsAssignmentsIntoOneNewValueForEachVariable) {
  const Tensor a = variable("a", zeros({4})), b = variable("b", zeros({4}));
  const Operation first = assign(a, b + 1), second = assign_add(a, b), third = assign_sub(b, a);
  const Plan plan = plan_of({a}, {third, first, second, first});
  EXPECT_EQ(plan.updates, (std::vector<int32_t>{0, 1}));
  EXPECT_EQ(plan.function.results.size(), 3u);
  // a + = b adds to what the assignment before it gave; both read the old b.
  const graph::Node& sum = result_node(plan, plan.update_result(0));
  EXPECT_EQ(sum.op->name, "Add");
  EXPECT_EQ(plan.function.node(sum.inputs[0]).op->name, "Add");
  EXPECT_EQ(plan.function.node(sum.inputs[1]).op, &graph::variable_op);
  EXPECT_EQ(count(plan, "Assign"), 0);
}

// H1: what an assignment makes of the ones before it follows from those that the plan is made of.
TEST_F(MakePlan, ResolvesLatestValuesByTheAssignmentsThatAreAskedFor) {
  const Tensor a = variable("a", zeros({4})), b = variable("b", zeros({4}));
  const Operation first = assign(a, exp(a)), dropped = assign(a, sin(a));
  const Tensor latest = graph::latest_value(a);
  const Operation copied = assign(b, latest), after = assign(a, cos(a));

  const Plan alone = plan_of({}, {copied, after});
  EXPECT_EQ(result_node(alone, 0).op, &graph::variable_op) << "as the step found it";
  EXPECT_EQ(count(alone, "Exp") + count(alone, "Sin") + count(alone, "Latest"), 0);
  const Plan both = plan_of({}, {copied, first});
  EXPECT_EQ(result_node(both, 1).op->name, "Exp");
  EXPECT_EQ(count(both, "Sin") + count(both, "Latest"), 0);
  const Plan all = plan_of({latest}, {copied, first, dropped});
  EXPECT_EQ(result_node(all, 0).op->name, "Sin") << "a fetch of it sees the same";
  EXPECT_EQ(all.updates, (std::vector<int32_t>{0, 1}));
}

// H1
TEST_F(MakePlan, KeepsOneSideOfUnlessAssigned) {
  const Tensor a = variable("a", zeros({4}));
  const Operation first = assign_add(a, 1);
  const Tensor chosen = graph::unless_assigned(a, exp(a), sin(a));
  const Operation step = assign(a, chosen), after = assign_add(a, 2);

  const Plan alone = plan_of({}, {step, after});
  EXPECT_EQ(count(alone, "Exp"), 1);
  EXPECT_EQ(count(alone, "Sin") + count(alone, "UnlessAssigned"), 0);
  const Plan both = plan_of({}, {step, first});
  EXPECT_EQ(count(both, "Sin"), 1);
  EXPECT_EQ(count(both, "Exp") + count(both, "UnlessAssigned"), 0);
}

// F4: any effect was taken for an assignment.
TEST_F(MakePlan, RefusesAnEffectThatIsNoAssignment) {
  static const graph::Op print = [] {
    graph::Op op;
    op.name = "Print";
    op.where = "print";
    op.traits.has_effect = true;
    op.infer = [](const void*, const graph::InferContext&) -> graph::Types { return {}; };
    return op;
  }();
  const Tensor x = placeholder(kFloat32, {4}, "x");
  const Operation step = assign(variable("v", zeros({4})), x);
  graph::add_node(print, graph::make_options(graph::NoOptions{}), {x}, {});
  const Operation printed(x.module(), x.function(), {x.function()->size() - 1});
  base::expect_error(
      [&] {
        plan_of({}, {step, printed});
      },
      ErrorCode::kInternal, "`node.op == &assign_op` does not hold");
  const Operation no_effect(x.module(), x.function(), {x.id().node});
  base::expect_error([&] { plan_of({}, {no_effect}); }, ErrorCode::kInternal,
                     "`node.op == &assign_op` does not hold");
  EXPECT_NO_THROW(plan_of({x}, {step})) << "what nobody runs does no harm";
}

TEST_F(MakePlan, BroadcastsAnAssignedValue) {
  const Tensor v = variable("v", zeros({2, 3}));
  const Plan plan = plan_of({}, {assign(v, 1.5f)});
  EXPECT_EQ(result_node(plan, 0).op->name, "AssignBroadcast");
  EXPECT_EQ(plan.function.type(plan.function.results[0]).shape, Shape({2, 3}));
}

TEST_F(MakePlan, RefusesAValueThatDoesNotBroadcastToTheVariable) {
  const Tensor v = variable("v", zeros({1, 3}));
  testing::expect_error(
      [&] {
        assign(variable("w", zeros({1, 3})), zeros({5, 3}));
      },
      "[assign] the value is float32[5, 3] but variable \"w\" is float32[1, 3]");
  testing::expect_error(
      [&] {
        assign_add(variable("w", zeros({1, 3})), zeros({5, 3}));
      },
      "[assign]");
  // With a batch that only the feed knows, the plan refuses it.
  Plan plan = plan_of({}, {assign_add(v, placeholder(kFloat32, {kUnknown, 3}, "x"))});
  try {
    specialise(plan, context_of(plan, 5));
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what())
                  .find("[assign] the value is float32[5, 3], the variable float32[1, 3]"),
              std::string::npos)
        << error.what();
    EXPECT_NE(std::string(error.what()).find("make_plan_test.cc:"), std::string::npos)
        << error.what();
  }
  Plan fits = plan_of({}, {assign_add(v, placeholder(kFloat32, {kUnknown, 3}, "y"))});
  EXPECT_NO_THROW(specialise(fits, context_of(fits, 1)));
}

TEST_F(MakePlan, KeepsUnknownDimensionsForTheNextPass) {
  const Plan plan = plan_of({exp(placeholder(kFloat32, {kUnknown, 2}, "x"))});
  EXPECT_EQ(plan.function.type(plan.function.results[0]).shape[0], kUnknown);
}

}  // namespace make_plan_test
}  // namespace reckon::passes
