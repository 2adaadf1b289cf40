// SPDX-License-Identifier: Apache-2.0
// Dense layers: names, sharing, values and refusals.
#include <reckon/control_flow.h>
#include <reckon/layers.h>
#include <reckon/math.h>
#include <reckon/nn.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>

#include <algorithm>

#include "base/expect_error_testing.h"
#include "graph/module.h"
#include "graph/trace.h"
#include "nn/plain_values_testing.h"

namespace reckon::nn {
namespace dense_test {

using base::expect_error;

std::vector<std::string> variable_names(const Graph& graph) {
  return graph.trace().module->variable_names();
}

TEST(Dense, MultipliesAddsAndActivates) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor y = layers::dense(Array::from<float>({1, 2, 3, -9}, {2, 2}),
                                 {.units = 1,
                                  .activation = nn::relu,
                                  .kernel_initializer = initializers::ones(),
                                  .bias_initializer = initializers::constant(0.5)});
  EXPECT_EQ(elements_of(evaluate_now(y)), (std::vector<float>{3.5, 0}));
}

TEST(Dense, AutomaticNamesCountAndGivenOnesStay) {
  Graph graph;
  const GraphScope scope(graph);
  Tensor x = placeholder(kFloat32, {kUnknown, 3});
  x = layers::dense(x, {.units = 2});
  x = layers::dense(x, {.units = 2, .use_bias = false});
  layers::dense(x, {.units = 2, .use_bias = false, .name = "head"});
  {
    const auto tower = name_scope("tower");
    layers::dense(x, {.units = 2, .use_bias = false});
  }
  std::vector<std::string> names = variable_names(graph);
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"dense/bias", "dense/kernel", "dense_1/kernel",
                                             "head/kernel", "tower/dense/kernel"}));
  EXPECT_EQ(x.name().substr(0, 8), "dense_1/");
}

TEST(Dense, AnObjectSharesItsWeights) {
  Graph graph;
  const GraphScope scope(graph);
  const layers::Dense layer({.units = 2});
  const Tensor x = placeholder(kFloat32, {1, 3});
  const Tensor difference = layer(x) - layer(x);
  EXPECT_EQ(variable_names(graph).size(), 2u);
  EXPECT_EQ(elements_of(evaluate_now(difference, {{x, Array::from<float>({1, 2, 3}, {1, 3})}})),
            (std::vector<float>{0, 0}));
  expect_error(
      [&] {
        layer(placeholder(kFloat32, {1, 4}));
      },
      "[dense] x is float32[1, 4] but the first call made dense/kernel float32[3, 2]");
}

TEST(Dense, AnObjectThatOutlivesATraceMeetsItsVariablesByName) {
  const layers::Dense layer({.units = 2});
  for (int i = 0; i < 2; ++i) {
    Graph graph;
    const GraphScope scope(graph);
    layer(placeholder(kFloat32, {1, 3}));
    EXPECT_EQ(variable_names(graph), (std::vector<std::string>{"dense/bias", "dense/kernel"}));
  }
}

TEST(Dense, AnObjectKeepsNoGraphAlive) {
  const layers::Dense layer({.units = 2});
  std::weak_ptr<graph::Module> module;
  {
    Graph graph;
    const GraphScope scope(graph);
    layer(placeholder(kFloat32, {1, 3}));
    module = graph.trace().module;
  }
  EXPECT_TRUE(module.expired());
}

TEST(Dense, MadeInsideABranchServesOutside) {
  Graph graph;
  const GraphScope scope(graph);
  const layers::Dense layer({.units = 1, .kernel_initializer = initializers::ones()});
  const Tensor x = placeholder(kFloat32, {1, 3}), flag = placeholder(kBool, {});
  const Tensor inside = cond(
      flag, [&] { return layer(x); },
      [&] {
        return reckon::zeros({1, 1});
      });
  const Feeds feeds = {{x, Array::from<float>({1, 2, 3}, {1, 3})}, {flag, Array::scalar(true)}};
  EXPECT_EQ(elements_of(evaluate_now(inside + layer(x), feeds)), (std::vector<float>{12}));
}

TEST(Dense, WorksOnTheLastOfManyDimensions) {
  Graph graph;
  const GraphScope scope(graph);
  const auto options = [] {
    return layers::DenseOptions{.units = 2, .kernel_initializer = initializers::ones()};
  };
  const Tensor x = placeholder(kFloat32, {kUnknown, 2, 3});
  const Tensor y = layers::dense(x, options());
  EXPECT_EQ(y.shape(), (Shape{kUnknown, 2, 2}));
  const Array fed = Array::from<float>({1, 2, 3, 4, 5, 6}, {1, 2, 3});
  EXPECT_EQ(elements_of(evaluate_now(y, {{x, fed}})), (std::vector<float>{6, 6, 15, 15}));
  const Tensor row = layers::dense(Array::from<float>({1, 2}, {2}), options());
  EXPECT_EQ(row.shape(), (Shape{2}));
  EXPECT_EQ(elements_of(evaluate_now(row)), (std::vector<float>{3, 3}));
}

TEST(Dense, RefusesWhatHasNoWidth) {
  Graph graph;
  const GraphScope scope(graph);
  expect_error([] { layers::Dense layer({}); }, "[dense] units is 0, expected 1 or more");
  expect_error(
      [] {
        layers::dense(placeholder(kFloat32, {2, kUnknown}), {.units = 1});
      },
      "[dense] x is float32[2, ?], expected a last dimension that is known");
  expect_error(
      [] {
        layers::dense(placeholder(kInt32, {2, 2}), {.units = 1});
      },
      "[dense] x is int32[2, 2], expected float32 or float64");
  expect_error(
      [] {
        layers::dense(placeholder(kFloat32, {2, 2}),
                      {.units = 1, .kernel_initializer = [](const Shape&, DType dtype) {
                         return zeros({1}, dtype);
                       }});
      },
      "the initializer of \"dense/kernel\" gave float32[1], expected float32[2, 1]");
}

TEST(Dense, ErrorsAndNodesNameTheUsersLine) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {2, 2});
  const int line = __LINE__ + 1;
  EXPECT_EQ(layers::dense(x, {.units = 1}).place().line, line);
  expect_error([&] { layers::dense(placeholder(kInt32, {2, 2}), {.units = 1}); }, "dense_test.cc");
}

TEST(Dense, UnknownOuterDimensionsTakeTheBatchedProduct) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {kUnknown, kUnknown, 2});
  const Tensor y =
      layers::dense(x, {.units = 1, .use_bias = false, .kernel_initializer = initializers::ones()});
  EXPECT_EQ(y.shape(), (Shape{kUnknown, kUnknown, 1}));
  const Array fed = Array::from<float>({1, 2, 3, 4, 5, 6, 7, 8}, {2, 2, 2});
  EXPECT_EQ(elements_of(evaluate_now(y, {{x, fed}})), (std::vector<float>{3, 7, 11, 15}));
}

TEST(Dense, AnEmptyBatchGivesAnEmptyBatch) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {kUnknown, 3});
  const Tensor y = layers::dense(x, {.units = 2, .activation = nn::relu});
  EXPECT_EQ(evaluate_now(y, {{x, Array::zeros(kFloat32, {0, 3})}}).shape(), (Shape{0, 2}));
}

TEST(Dense, WithoutBiasOrTrainingHasOneFixedVariable) {
  Graph graph;
  const GraphScope scope(graph);
  layers::dense(placeholder(kFloat32, {1, 3}), {.units = 2, .use_bias = false, .trainable = false});
  EXPECT_EQ(variable_names(graph), std::vector<std::string>{"dense/kernel"});
  const auto& module = *graph.trace().module;
  EXPECT_FALSE(module.variable(module.find("dense/kernel")).trainable);
}

TEST(Dense, Float64InputsHaveFloat64Weights) {
  Graph graph;
  const GraphScope scope(graph);
  EXPECT_EQ(layers::dense(placeholder(kFloat64, {1, 3}), {.units = 2}).dtype(), kFloat64);
  const auto& module = *graph.trace().module;
  EXPECT_EQ(module.variable(module.find("dense/bias")).type.dtype, kFloat64);
}

}  // namespace dense_test
}  // namespace reckon::nn
