// SPDX-License-Identifier: Apache-2.0
// minimize and its parts: what is updated, named and counted, and what is refused.
#include <reckon/array_ops.h>
#include <reckon/layers.h>
#include <reckon/logging.h>
#include <reckon/losses.h>
#include <reckon/math_ops.h>
#include <reckon/metrics.h>
#include <reckon/optimizers.h>
#include <reckon/session.h>

#include <algorithm>

#include "base/expect_error.h"
#include "graph/module.h"
#include "graph/trace.h"
#include "nn/poison_labels.h"

namespace reckon::nn {
namespace {

using base::expect_error;

struct OptimizerTest : ::testing::Test {
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

Tensor scalar_variable(const char* name, float value) {
  return variable(name, Array::scalar(value));
}

TEST_F(OptimizerTest, SlotsHaveTensorFlowsNames) {
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

TEST_F(OptimizerTest, TwoOptimizersKeepTheirStateApart) {
  const Tensor w = scalar_variable("w", 1), u = scalar_variable("u", 1);
  const Operation both = group({optimizers::adam({.beta1 = 0.5}).minimize(square(w)),
                                optimizers::adam({.beta1 = 0.25}).minimize(square(u))});
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {both}});
  EXPECT_EQ(session.variable_value("beta1_power").item<float>(), 0.25f);
  EXPECT_EQ(session.variable_value("beta1_power_1").item<float>(), 0.0625f);
}

TEST(OptimizerMemory, KeepsNoGraphAlive) {
  const Optimizer optimizer = optimizers::adam();
  std::weak_ptr<graph::Module> module;
  {
    Graph graph;
    const GraphScope scope(graph);
    optimizer.minimize(square(scalar_variable("w", 1)));
    module = graph.trace().module;
  }
  EXPECT_TRUE(module.expired());
}

TEST_F(OptimizerTest, StateStandsOutsideOfNameScopes) {
  const auto tower = name_scope("tower");
  const Tensor w = scalar_variable("w", 1);
  optimizers::adam().minimize(square(w));
  EXPECT_EQ(names(), (std::vector<std::string>{"beta1_power", "beta2_power", "global_step",
                                               "tower/w", "tower/w/Adam", "tower/w/Adam_1"}));
}

TEST_F(OptimizerTest, GlobalStepAdvancesOnceForSeveralLossesOrForEachAlone) {
  const Tensor w = scalar_variable("w", 1);
  const Optimizer optimizer = optimizers::gradient_descent({.learning_rate = 0.25});
  const Operation first = optimizer.minimize(square(w)), second = optimizer.minimize(2 * w);
  EXPECT_TRUE(graph.trace().is_step_advanced);
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

TEST_F(OptimizerTest, MomentumOfSeveralLossesTakesBothIn) {
  const Tensor w = scalar_variable("w", 0);
  const Optimizer optimizer = optimizers::momentum({.learning_rate = 1, .momentum = 0.5});
  const Operation both = group({optimizer.minimize(2 * w), optimizer.minimize(4 * w)});
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {both}});
  EXPECT_EQ(session.variable_value("w/Momentum").item<float>(), 0.5f * 2 + 4);
  EXPECT_EQ(session.variable_value("w").item<float>(), -(2.0f + 5.0f));
}

TEST_F(OptimizerTest, UpdatesWhatTheLossDependsOnAndIsTrainable) {
  const Tensor w = scalar_variable("w", 1), unused = scalar_variable("unused", 1);
  const Tensor fixed = variable("fixed", Array::scalar(1.0f), {.trainable = false});
  const auto pairs = optimizers::gradient_descent().compute_gradients(w * fixed);
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_EQ(pairs[0].second.name(), "w");
}

TEST_F(OptimizerTest, UpdatesTheVariablesItIsGiven) {
  const Tensor w = scalar_variable("w", 1), u = scalar_variable("u", 1);
  const Operation train =
      optimizers::gradient_descent({.learning_rate = 0.5}).minimize(w + u, {.variables = {u}});
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {train}});
  EXPECT_EQ(session.variable_value("w").item<float>(), 1);
  EXPECT_EQ(session.variable_value("u").item<float>(), 0.5f);
}

TEST_F(OptimizerTest, AGradientThatIsNotValidLeavesItsVariableAlone) {
  const Tensor w = scalar_variable("w", 1), u = scalar_variable("u", 1);
  const Optimizer optimizer = optimizers::gradient_descent({.learning_rate = 0.5});
  const Operation train = optimizer.apply_gradients({{Tensor(), w}, {ones_like(u), u}});
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {train}});
  EXPECT_EQ(session.variable_value("w").item<float>(), 1);
  EXPECT_EQ(session.variable_value("u").item<float>(), 0.5f);
}

TEST_F(OptimizerTest, TheRateFollowsItsSchedule) {
  const Tensor w = scalar_variable("w", 0);
  const Schedule schedule([](const Tensor& step) { return cast(step + 1, kFloat32); });
  const Operation train = optimizers::gradient_descent({.learning_rate = schedule}).minimize(w);
  Session session(graph);
  session.initialize_variables();
  for (int i = 0; i < 3; ++i) session.run({.targets = {train}});
  EXPECT_EQ(session.variable_value("w").item<float>(), -(1 + 2 + 3));
}

TEST_F(OptimizerTest, Float64VariablesTakeTheExactRate) {
  const Tensor w = variable("w", Array::scalar(0.0));
  const Operation train = optimizers::gradient_descent({.learning_rate = 0.1}).minimize(w * 3);
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {train}});
  EXPECT_EQ(session.variable_value("w").item<double>(), -(0.1 * 3));
}

TEST_F(OptimizerTest, RowsWithoutAGradientStayAndRepeatedOnesAddUp) {
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

/// True if an op of that name is needed for what `operation` does.
bool needs_op(const Operation& operation, const std::string& name) {
  const graph::Function& function = *operation.function();
  std::vector<bool> needed(function.nodes.size(), false);
  for (int32_t node : operation.nodes()) needed[node] = true;
  bool found = false;
  for (int32_t i = function.size() - 1; i >= 0; --i) {
    if (!needed[i]) continue;
    found |= function.nodes[i].op->name == name;
    for (graph::ValueId input : function.nodes[i].inputs) needed[input.node] = true;
  }
  return found;
}

TEST_F(OptimizerTest, ATablesGradientIsNeverMadeDenseButForAdam) {
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

TEST_F(OptimizerTest, TwoLossesOnRowsOfOneTableAddUp) {
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

TEST_F(OptimizerTest, AdamWarnsOnceOfALargeTable) {
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

TEST_F(OptimizerTest, RefusesALossThatIsNoScalar) {
  const Tensor w = variable("w", reckon::zeros({3}));
  expect_error([&] { optimizers::adam().minimize(square(w)); },
               "[minimize] the loss is float32[3], expected a float32[]; reduce it, e.g. "
               "reduce_mean(loss). At "
               "optimizer_test.cc");
}

TEST_F(OptimizerTest, RefusesALossWithoutVariables) {
  const Tensor w = scalar_variable("w", 1);
  expect_error([&] { optimizers::adam().minimize(square(stop_gradient(w))); },
               "depends on no trainable variable");
  expect_error([&] { optimizers::adam().minimize(placeholder(kFloat32, {})); },
               "depends on no trainable variable");
}

TEST_F(OptimizerTest, RefusesWhatIsNoVariable) {
  const Tensor w = scalar_variable("w", 1), twice = w + w;
  expect_error([&] { optimizers::adam().minimize(square(twice), {.variables = {twice}}); },
               "[minimize] " + twice.name() +
                   " (float32[]) is no variable; pass Tensors that variable() returned");
  expect_error([&] { optimizers::adam().apply_gradients({{twice, twice}}); }, "[apply_gradients]");
}

TEST_F(OptimizerTest, RefusesGradientsThatDoNotFit) {
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

TEST_F(OptimizerTest, AdagradRefusesToStartFromZero) {
  expect_error([] { optimizers::adagrad({.initial_accumulator_value = 0}); },
               "[adagrad] initial_accumulator_value is 0, expected a positive number");
}

TEST_F(OptimizerTest, LabelsOfPredictModeGoThroughEverythingAndCannotBeRun) {
  const Tensor labels = poison_labels();
  const Tensor x = placeholder(kFloat32, {1, 2});
  const Tensor logits = layers::dense(x, {.units = 3});
  Tensor loss = losses::sparse_softmax_cross_entropy(labels, logits);
  loss = loss + losses::mean_squared_error(logits, labels);
  loss = loss + losses::softmax_cross_entropy(labels, logits) +
         losses::sigmoid_cross_entropy(labels, logits);
  loss = layers::batch_normalization(layers::dropout(layers::dense(loss, {.units = 1})));
  EXPECT_TRUE(loss.is_poison());
  const Operation train = optimizers::adam({.clip_global_norm = 1}).minimize(loss);
  EXPECT_TRUE(train.valid());
  const Optimizer optimizer = optimizers::adam();
  EXPECT_TRUE(optimizer.compute_gradients(loss).empty());
  const Tensor w = scalar_variable("w", 1);
  EXPECT_TRUE(
      optimizer.apply_gradients(optimizer.compute_gradients(loss, {.variables = {w}})).valid());
  for (const Metric& metric : {metrics::accuracy(labels, logits), metrics::mean(labels),
                               Metric(loss), metrics::root_mean_squared_error(logits, labels)}) {
    ASSERT_EQ(metric.batch_values().size(), 2u);
    EXPECT_TRUE(metric.batch_values()[0].is_poison());
  }
  Session session(graph);
  session.initialize_variables();
  expect_error([&] { session.run({.targets = {train}}); },
               "needs the labels, and there are none in predict mode");
}

}  // namespace
}  // namespace reckon::nn
