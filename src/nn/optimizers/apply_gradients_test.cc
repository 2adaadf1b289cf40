// SPDX-License-Identifier: Apache-2.0
// What one call of apply_gradients adds to a graph: slots and their names, updates that add up,
// rows of tables, and one step.
#include "nn/optimizers/apply_gradients.h"

#include <reckon/logging.h>
#include <reckon/math.h>
#include <reckon/optimizers.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>
#include "nn/plain_values_testing.h"

#include <algorithm>

#include "base/expect_error_testing.h"
#include "graph/module.h"
#include "graph/trace.h"
#include "passes/plan.h"

namespace reckon::nn {
namespace apply_gradients_test {

using base::expect_error;

struct ApplicationTest : ::testing::Test {
  Graph graph;
  GraphScope scope{graph};

  std::vector<std::string> names() const {
    std::vector<std::string> names = graph.trace().module->variable_names();
    std::sort(names.begin(), names.end());
    return names;
  }
  const graph::VariableDecl& declaration(const std::string& name) const {
    return graph.trace().module->variable(graph.trace().module->find(name));
  }
};

TEST_F(ApplicationTest, SlotsHaveTensorFlowsNames) {
  const Tensor w = scalar_variable("w", 1);
  const Operation adam = optimizers::adam().minimize(square(w));
  const Operation momentum = optimizers::momentum().minimize(square(w));
  const Operation adagrad = optimizers::adagrad().minimize(square(w));
  EXPECT_EQ(names(), (std::vector<std::string>{"beta1_power", "beta2_power", "global_step", "w",
                                               "w/Adagrad", "w/Adam", "w/Adam_1", "w/Momentum"}));
  EXPECT_EQ(declaration("w/Adam").kind, graph::VariableKind::kSlot);
  EXPECT_FALSE(declaration("w/Adam").trainable);
  EXPECT_EQ(graph::type_text(declaration("beta1_power").type), "float32[]");
}

TEST_F(ApplicationTest, TwoOptimizersKeepTheirStateApart) {
  const Tensor w = scalar_variable("w", 1), u = scalar_variable("u", 1);
  const Operation both = group({optimizers::adam({.beta1 = 0.5}).minimize(square(w)),
                                optimizers::adam({.beta1 = 0.25}).minimize(square(u))});
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {both}});
  EXPECT_EQ(session.variable_value("beta1_power").item<float>(), 0.25f);
  EXPECT_EQ(session.variable_value("beta1_power_1").item<float>(), 0.0625f);
}

TEST_F(ApplicationTest, StateStandsOutsideOfNameScopes) {
  const auto tower = name_scope("tower");
  const Tensor w = scalar_variable("w", 1);
  optimizers::adam().minimize(square(w));
  EXPECT_EQ(names(), (std::vector<std::string>{"beta1_power", "beta2_power", "global_step",
                                               "tower/w", "tower/w/Adam", "tower/w/Adam_1"}));
}

TEST_F(ApplicationTest, GlobalStepAdvancesOnceForSeveralLossesOrForEachAlone) {
  const Tensor w = scalar_variable("w", 1);
  const Optimizer optimizer = optimizers::gradient_descent({.learning_rate = 0.25});
  const Operation first = optimizer.minimize(square(w)), second = optimizer.minimize(2 * w);
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {group({first, second})}});
  EXPECT_EQ(session.variable_value("global_step").item<int64_t>(), 1);
  EXPECT_EQ(session.variable_value("w").item<float>(), 0)
      << "both updates add up: 1 - 0.25 * 2 - 0.25 * 2";
  session.run({.targets = {second}});
  EXPECT_EQ(session.variable_value("global_step").item<int64_t>(), 2);
  EXPECT_EQ(session.variable_value("w").item<float>(), -0.5f);
}

TEST_F(ApplicationTest, MomentumOfSeveralLossesTakesBothIn) {
  const Tensor w = scalar_variable("w", 0);
  const Optimizer optimizer = optimizers::momentum({.learning_rate = 1, .momentum = 0.5});
  const Operation both = group({optimizer.minimize(2 * w), optimizer.minimize(4 * w)});
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {both}});
  EXPECT_EQ(session.variable_value("w/Momentum").item<float>(), 0.5f * 2 + 4);
  EXPECT_EQ(session.variable_value("w").item<float>(), -(2.0f + 5.0f));
}

TEST_F(ApplicationTest, AGradientThatIsNotValidLeavesItsVariableAlone) {
  const Tensor w = scalar_variable("w", 1), u = scalar_variable("u", 1);
  const Optimizer optimizer = optimizers::gradient_descent({.learning_rate = 0.5});
  const Operation train = optimizer.apply_gradients({{Tensor(), w}, {ones_like(u), u}});
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {train}});
  EXPECT_EQ(session.variable_value("w").item<float>(), 1);
  EXPECT_EQ(session.variable_value("u").item<float>(), 0.5f);
}

TEST_F(ApplicationTest, RowsWithoutAGradientStayAndRepeatedOnesAddUp) {
  const Tensor table = variable("table", Array::from<float>({1, 1, 1, 1}, {4, 1}));
  const Tensor picked = gather(table, Array::from<int32_t>({2, 0, 2}, {3}));
  const Operation train =
      optimizers::gradient_descent({.learning_rate = 0.25}).minimize(reduce_sum(picked));
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {train}});
  const Array value = session.variable_value("table");
  EXPECT_EQ(value.at<float>(0), 0.75f);
  EXPECT_EQ(value.at<float>(1), 1);
  EXPECT_EQ(value.at<float>(2), 0.5f);
  EXPECT_EQ(value.at<float>(3), 1);
}

/// True if a step of `operation` alone has an op of that name.
bool needs_op(const Operation& operation, const std::string& name) {
  const passes::Plan plan = passes::make_plan({operation.function(), {}, operation.nodes()});
  return std::any_of(plan.function.nodes.begin(), plan.function.nodes.end(),
                     [&](const graph::Node& node) { return node.op->name == name; });
}

TEST_F(ApplicationTest, AnIdThatIsOutsideNamesTheLineThatTookTheRow) {
  const Tensor table = variable("table", Shape{3, 1}, initializers::ones());
  const Tensor ids = placeholder(kInt64, {kUnknown});
  const int line = __LINE__ + 1;
  const Tensor rows = gather(table, ids);
  const Operation step = optimizers::adagrad().minimize(reduce_sum(rows * 2.0));
  Session session(graph);
  session.initialize_variables();
  expect_error(
      [&] {
        session.run({.targets = {step}, .feeds = {{ids, Array::from<int64_t>({-1}, {1})}}});
      },
      "index -1 is not in [0, 3), at position 0 of 1; give the table more rows, or correct the "
      "index. At "
      "apply_gradients_test.cc:" +
          std::to_string(line));
}

TEST_F(ApplicationTest, ATablesGradientIsNeverMadeDenseButForAdam) {
  const Tensor table = variable("table", reckon::zeros({4, 2}));
  const Tensor loss = reduce_sum(square(gather(table, Array::from<int32_t>({2, 0, 2}, {3}))));
  for (const Optimizer& optimizer :
       {optimizers::gradient_descent({.clip_global_norm = 1}),
        optimizers::momentum({.clip_global_norm = 1}), optimizers::adagrad()}) {
    Graph other;
    const GraphScope other_scope(other);
    const Tensor rows = variable("table", reckon::zeros({4, 2}));
    const Operation train =
        optimizer.minimize(reduce_sum(square(gather(rows, Array::from<int32_t>({2, 0, 2}, {3})))));
    EXPECT_TRUE(needs_op(train, "RowUpdate"));
    EXPECT_FALSE(needs_op(train, "GatherGradient"));
  }
  EXPECT_TRUE(needs_op(optimizers::adam().minimize(loss), "GatherGradient"));
}

TEST_F(ApplicationTest, TwoLossesOnRowsOfOneTableAddUp) {
  const Tensor table = variable("table", Array::from<float>({1, 1}, {2, 1}));
  const Optimizer optimizer = optimizers::gradient_descent({.learning_rate = 0.25});
  const auto loss = [&](int32_t row) {
    return reduce_sum(gather(table, Array::from<int32_t>({row}, {1})));
  };
  const Operation both = group({optimizer.minimize(loss(0)), optimizer.minimize(loss(1))});
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {both}});
  EXPECT_EQ(session.variable_value("table").at<float>(0), 0.75f);
  EXPECT_EQ(session.variable_value("table").at<float>(1), 0.75f);
}

TEST_F(ApplicationTest, AdamWarnsOnceOfALargeTable) {
  std::vector<std::string> lines;
  const LogLevel level_before = log_level();
  set_log_level(LogLevel::kInfo);
  set_log_sink([&](LogLevel level, const std::string& line) {
    if (level == LogLevel::kWarning) lines.push_back(line);
  });
  const Tensor table = variable("table", {3'000'000, 1}, initializers::zeros());
  const Tensor picked = gather(table, Array::from<int32_t>({2}, {1}));
  optimizers::adam().minimize(reduce_sum(picked));
  set_log_sink({});
  set_log_level(level_before);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_NE(lines[0].find("[minimize] table is float32[3000000, 1]"), std::string::npos)
      << lines[0];
}

TEST_F(ApplicationTest, RefusesGradientsThatDoNotFit) {
  const Tensor w = scalar_variable("w", 1);
  const Optimizer optimizer = optimizers::gradient_descent();
  expect_error(
      [&] {
        optimizer.apply_gradients({{reckon::zeros({2}), w}});
      },
      "[apply_gradients] the gradient of w is float32[2], expected float32[]");
  expect_error(
      [&] {
        optimizer.apply_gradients({{Tensor(), w}});
      },
      "[apply_gradients] none of 1 gradients is valid");
}

TEST_F(ApplicationTest, UpdatesOfOneStepReadTheValuesBeforeIt) {
  const Tensor w = scalar_variable("w", 2), u = scalar_variable("u", 3);
  const Operation train = optimizers::gradient_descent({.learning_rate = 1}).minimize(w * u);
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {train}});
  EXPECT_EQ(session.variable_value("w").item<float>(), -1);
  EXPECT_EQ(session.variable_value("u").item<float>(), 1) << "3 - 2, not 3 - (-1)";
}

TEST_F(ApplicationTest, SlotsHaveTheShapeAndDTypeOfTheirVariable) {
  const Tensor w = variable("w", Array::zeros(kFloat64, {2, 3}));
  optimizers::adagrad().minimize(reduce_sum(w));
  EXPECT_EQ(graph::type_text(declaration("w/Adagrad").type), "float64[2, 3]");
}

TEST_F(ApplicationTest, EffectsOfTheLossAreRunWithIt) {
  const Tensor w = scalar_variable("w", 1);
  const Tensor average = variable("average", Array::scalar(0.0f), {.trainable = false});
  const Tensor other = variable("other", Array::scalar(0.0f), {.trainable = false});
  const Tensor source = w * 2;
  const Tensor third = w * 3;
  graph.trace().loss_effects.push_back({source, assign(average, source)});
  graph.trace().loss_effects.push_back({third, assign(other, third)});
  const Operation train =
      optimizers::gradient_descent({.learning_rate = 0.5}).minimize(square(source));
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {train}});
  EXPECT_EQ(session.variable_value("average").item<float>(), 2);
  EXPECT_EQ(session.variable_value("other").item<float>(), 0);
}

TEST_F(ApplicationTest, OnlyWhatVariableReturnedIsAVariable) {
  const Tensor w = scalar_variable("w", 1);
  EXPECT_NO_THROW(require_variable("here", w));
  const Tensor twice = w + w;
  expect_error([&] { require_variable("here", twice); }, ErrorCode::kInvalidArgument,
               "[here] " + twice.name() +
                   " (float32[]) is no variable; pass Tensors that variable() returned");
  expect_error([&] { require_variable("here", Tensor()); }, "[here] a variable (");
}

}  // namespace apply_gradients_test
}  // namespace reckon::nn
