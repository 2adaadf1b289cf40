// SPDX-License-Identifier: Apache-2.0
// Graphs under construction: which one an op goes to, and the names it gets there.
#include <reckon/graph.h>

#include <gtest/gtest.h>

#include <thread>

#include <reckon/math.h>

#include "base/expect_error_testing.h"
#include "graph/trace.h"

namespace reckon {
namespace graph_test {

TEST(Graph, StartsWithAnEmptyMainFunction) {
  const Graph graph;
  EXPECT_EQ(graph.trace().outermost()->name, "main");
  EXPECT_EQ(graph.trace().outermost()->size(), 0);
  EXPECT_EQ(graph.trace().module->functions().size(), 1u);
}

TEST(GraphScope, SendsOpsToTheInnermostGraph) {
  Graph outer, inner;
  const GraphScope outer_scope(outer);
  placeholder(kFloat32, {});
  {
    const GraphScope inner_scope(inner);
    placeholder(kFloat32, {});
    placeholder(kFloat32, {});
  }
  placeholder(kFloat32, {});
  EXPECT_EQ(outer.trace().outermost()->size(), 2);
  EXPECT_EQ(inner.trace().outermost()->size(), 2);
}

TEST(GraphScope, MayBeEnteredAgain) {
  Graph graph;
  Tensor x;
  {
    const GraphScope scope(graph);
    x = placeholder(kFloat32, {2}, "x");
  }
  EXPECT_FALSE(graph::is_tracing());
  const GraphScope scope(graph);
  EXPECT_EQ((x * 2).name(), "multiply");
  EXPECT_EQ(placeholder(kFloat32, {2}, "x").name(), "x_1") << "names go on";
}

TEST(GraphScope, IsOfItsThread) {
  Graph graph;
  const GraphScope scope(graph);
  bool is_tracing_there = true;
  std::thread([&] { is_tracing_there = graph::is_tracing(); }).join();
  EXPECT_FALSE(is_tracing_there);
  EXPECT_TRUE(graph::is_tracing());
}

TEST(GraphScope, EndsWithAnError) {
  Graph graph;
  try {
    const GraphScope scope(graph);
    throw std::runtime_error("in model_fn");
  } catch (const std::runtime_error&) {
  }
  EXPECT_FALSE(graph::is_tracing());
}

// Tensors keep their graph alive: a handle may outlive the Graph object.
TEST(Graph, LivesAsLongAsItsTensors) {
  Tensor x;
  {
    Graph graph;
    const GraphScope scope(graph);
    x = placeholder(kFloat32, {2, 3}, "x");
  }
  EXPECT_EQ(x.name(), "x");
  EXPECT_EQ(x.text(), "float32[2, 3]");
}

class NameScopes : public ::testing::Test {
 protected:
  Graph graph_;
  GraphScope scope_{graph_};
  Tensor x_ = placeholder(kFloat32, {2}, "x");
};

TEST_F(NameScopes, NestAndEndWithTheirBlock) {
  {
    const auto tower = name_scope("tower");
    {
      const auto inner = name_scope("inner");
      EXPECT_EQ((x_ * 2).name(), "tower/inner/multiply");
    }
    EXPECT_EQ((x_ * 2).name(), "tower/multiply");
  }
  EXPECT_EQ((x_ * 2).name(), "multiply");
}

TEST_F(NameScopes, OfTheSameNameGoOnCounting) {
  {
    const auto tower = name_scope("tower");
    EXPECT_EQ((x_ * 2).name(), "tower/multiply");
  }
  const auto again = name_scope("tower");
  EXPECT_EQ((x_ * 2).name(), "tower/multiply_1");
}

TEST_F(NameScopes, PrefixVariablesAndPlaceholders) {
  const auto tower = name_scope("tower");
  EXPECT_EQ(variable("w", 1.0f).name(), "tower/w");
  EXPECT_EQ(placeholder(kFloat32, {}, "y").name(), "tower/y");
}

// "multiply_1" as a scope and as the second "multiply" must not meet.
TEST_F(NameScopes, AreNotTakenForNodes) {
  const Tensor first = x_ * 2, second = x_ * 2;
  EXPECT_EQ(second.name(), "multiply_1");
  const auto scope = name_scope("multiply_1");
  EXPECT_EQ((x_ * 2).name(), "multiply_1/multiply");
}

TEST(NameScope, NeedsAGraph) {
  base::expect_error([] { const auto scope = name_scope("tower"); }, ErrorCode::kFailedPrecondition,
                     "[name_scope] was called while no graph is being built; call it inside "
                     "model_fn, or after `GraphScope scope(graph);`");
}

}  // namespace graph_test
}  // namespace reckon
