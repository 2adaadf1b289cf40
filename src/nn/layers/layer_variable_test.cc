// SPDX-License-Identifier: Apache-2.0
// Variables of layers: declared once, with an initial value of the type that was asked for.
#include "nn/layers/layer_variable.h"

#include <reckon/control_flow.h>
#include <reckon/math.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>

#include "base/expect_error_testing.h"
#include "graph/module.h"
#include "graph/trace.h"

namespace reckon::nn {
namespace layer_variable_test {

using base::expect_error;

struct LayerVariable : testing::Test {
  Graph graph;
  GraphScope scope{graph};

  Tensor make(const Initializer& initializer, const graph::TensorType& type = {kFloat32, {2}}) {
    return layer_variable({.name = "part", .place = {"user.cc", 7}}, type, initializer);
  }
};

TEST_F(LayerVariable, HasTheTypeAndTheValueOfItsInitializer) {
  const Tensor made = make(initializers::constant(0.5), {kFloat64, {3}});
  EXPECT_EQ(made.text(), "float64[3]");
  EXPECT_GE(graph::variable_index(made), 0);
  Session session(graph);
  session.initialize_variables();
  EXPECT_TRUE(session.variable_value("part").same_bits(Array::from<double>({0.5, 0.5, 0.5}, {3})));
}

TEST_F(LayerVariable, TheInitializerSeesShapeAndDType) {
  int calls = 0;
  make(
      [&](const Shape& shape, DType dtype) {
        ++calls;
        EXPECT_EQ(shape, (Shape{2, 5}));
        EXPECT_EQ(dtype, kFloat64);
        return zeros(shape, dtype);
      },
      {kFloat64, {2, 5}});
  EXPECT_EQ(calls, 1);
}

TEST_F(LayerVariable, KeepsWhatTheRequestSays) {
  layer_variable({.name = "slot",
                  .kind = graph::VariableKind::kSlot,
                  .trainable = false,
                  .place = {"user.cc", 7}},
                 {kFloat32, {}}, initializers::zeros());
  const graph::VariableDecl& declaration =
      graph.trace().module->variable(graph.trace().module->find("slot"));
  EXPECT_EQ(declaration.kind, graph::VariableKind::kSlot);
  EXPECT_FALSE(declaration.trainable);
  EXPECT_EQ(declaration.place.line, 7);
}

TEST_F(LayerVariable, MadeInsideABranchBelongsToTheOutermostFunction) {
  const Tensor flag = placeholder(kBool, {});
  Tensor inside;
  cond(
      flag,
      [&] {
        inside = make(initializers::ones());
        return inside + 1.0f;
      },
      [&] { return zeros({2}); });
  EXPECT_EQ(inside.function(), graph.trace().outermost());
}

TEST_F(LayerVariable, AnotherTypeThanAskedForIsRefused) {
  expect_error(
      [&] { make([](const Shape&, DType) { return zeros({3}); }); }, ErrorCode::kInvalidArgument,
      "[variable] the initializer of \"part\" gave float32[3], expected float32[2]; make it "
      "of the shape and dtype it is asked for");
  expect_error([&] { make([](const Shape& shape, DType) { return zeros(shape, kFloat64); }); },
               "gave float64[2], expected float32[2]");
  expect_error([&] { make([](const Shape&, DType) { return Tensor(); }); },
               "the initializer of \"part\" gave ");
}

TEST_F(LayerVariable, AnEmptyInitializerIsRefused) {
  expect_error([&] { make(nullptr); },
               "[variable] the initializer of \"part\" is empty; pass one, e.g. "
               "initializers::zeros()");
}

}  // namespace layer_variable_test
}  // namespace reckon::nn
