// SPDX-License-Identifier: Apache-2.0
// minimize and its parts: what is updated, named and counted, and what is refused.
#include <reckon/control_flow.h>
#include <reckon/layers.h>
#include <reckon/losses.h>
#include <reckon/math.h>
#include <reckon/metrics.h>
#include <reckon/optimizers.h>
#include <reckon/reduce.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>

#include "base/expect_error_testing.h"
#include "graph/module.h"
#include "graph/trace.h"
#include "nn/losses/poison_labels_testing.h"
#include "nn/plain_values_testing.h"

namespace reckon::nn {
namespace optimizer_test {

using base::expect_error;

struct OptimizerTest : ::testing::Test {
  Graph graph;
  GraphScope scope{graph};
};

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

TEST_F(OptimizerTest, TheRateFollowsItsSchedule) {
  const Tensor w = scalar_variable("w", 0);
  const Schedule schedule([](const Tensor& step) { return cast(step + 1, kFloat32); });
  const Operation train = optimizers::gradient_descent({.learning_rate = schedule}).minimize(w);
  Session session(graph);
  session.initialize_variables();
  for (int i = 0; i < 3; ++i) session.run({.targets = {train}});
  EXPECT_EQ(session.variable_value("w").item<float>(), -(1 + 2 + 3));
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

// H15: it was "[assign] …: return the value and assign it outside", of a call that assigns nothing.
TEST_F(OptimizerTest, InsideOfABranchOrLoopIsRefusedAtTheUsersLine) {
  const Tensor w = scalar_variable("w", 1), flag = placeholder(kBool, {});
  const Optimizer optimizer = optimizers::adam();
  const auto gradients = optimizer.compute_gradients(square(w));
  const std::string rest =
      " was called inside cond, while_loop or an initializer, where nothing is updated, expected a "
      "call outside; return the loss from there, and minimize what comes out. At "
      "optimizer_test.cc:";
  const auto refused = [&](const std::function<void()>& call, const std::string& text) {
    const auto branch = [&]() -> Tensor { return call(), w * 2; };
    expect_error([&] { cond(flag, branch, [&] { return w * 3; }); }, text);
    expect_error(
        [&] {
          while_loop([](const Tensors& v) { return v[0] < 3; },
                     [&](const Tensors&) { return Tensors{branch()}; }, {w});
        },
        text);
  };
  const int line = __LINE__ + 1;
  refused([&] { optimizer.minimize(square(w)); }, "[minimize]" + rest + std::to_string(line));
  const int next = __LINE__ + 1;
  refused([&] { optimizer.apply_gradients(gradients); },
          "[apply_gradients]" + rest + std::to_string(next));
  EXPECT_EQ(graph.trace().module->variable_names(), (std::vector<std::string>{"w"}))
      << "a refused call made nothing";
  // The way out.
  const Tensor loss = cond(
      flag, [&] { return square(w); }, [&] { return w * 3; });
  const Operation train = optimizers::gradient_descent({.learning_rate = 1}).minimize(loss);
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {train}, .feeds = {{flag, Array::scalar(true)}}});
  EXPECT_EQ(session.variable_value("w").item<float>(), -1);
}

TEST(OptimizerOptions, OutOfRangeAreRefusedByName) {
  using namespace optimizers;
  expect_error([] { adam({.beta1 = 2}); }, "[adam] beta1 is 2, expected a number in [0, 1)");
  expect_error([] { adam({.beta2 = 1}); }, "[adam] beta2 is 1, expected a number in [0, 1)");
  expect_error([] { adam({.epsilon = -1}); }, "[adam] epsilon is -1, expected 0 or more");
  expect_error([] { momentum({.momentum = -0.5}); }, "[momentum] momentum is -0.5, expected");
  expect_error([] { adam({.learning_rate = Schedule(Schedule::Function())}); },
               "[schedule] the function is empty");
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

TEST(Optimizer, NamesAVariableThatHasNoGradients) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor u = variable("u", ones({2})), w = variable("w", Array::scalar<int64_t>(3));
  expect_error(
      [&] {
        optimizers::adam({}).minimize(reduce_sum(u * cast(w, kFloat32)), {.variables = {u, w}});
      },
      "[minimize] variable w is int64[], expected float32 or float64; leave it out of .variables");
}

}  // namespace optimizer_test
}  // namespace reckon::nn
