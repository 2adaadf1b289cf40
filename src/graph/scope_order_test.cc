// SPDX-License-Identifier: Apache-2.0
// Scopes that end in another order than they began, on another thread, or after what they were
// made in: each undoes what it did, where it did it, and none ends the process.
#include <reckon/control_flow.h>
#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>

#include <memory>
#include <optional>
#include <thread>

#include <gtest/gtest.h>

#include "base/expect_error_testing.h"
#include "graph/trace.h"

namespace reckon::reckon_internal::graph {
namespace scope_order_test {

std::string next_name(Graph& graph) {
  const GraphScope scope(graph);
  return placeholder(kFloat32, {}, "x").name();
}

// F5: it called current_trace, which throws, in a destructor.
TEST(ScopeOrder, ANameScopeMayOutliveTheGraphScope) {
  Graph graph;
  auto scope = std::make_unique<GraphScope>(graph);
  auto names = std::make_unique<NameScope>("tower");
  scope.reset();
  EXPECT_FALSE(is_tracing());
  EXPECT_EQ(next_name(graph), "tower/x") << "it is still open";
  names.reset();
  EXPECT_EQ(next_name(graph), "x");
}

// F5: it was restored into whatever graph was current.
TEST(ScopeOrder, ANameScopeEndsInTheGraphThatItWasMadeIn) {
  Graph first, second;
  const GraphScope first_scope(first);
  auto names = std::make_unique<NameScope>("tower");
  const GraphScope second_scope(second);
  const NameScope others("other");
  names.reset();
  EXPECT_EQ(placeholder(kFloat32, {}, "x").name(), "other/x");
  EXPECT_EQ(next_name(first), "x");
}

// F5
TEST(ScopeOrder, NameScopesMayEndInAnyOrder) {
  Graph graph;
  const GraphScope scope(graph);
  auto outer = std::make_unique<NameScope>("outer"), inner = std::make_unique<NameScope>("inner");
  outer.reset();
  EXPECT_EQ(placeholder(kFloat32, {}, "x").name(), "outer/inner/x") << "as inner was opened";
  inner.reset();
  EXPECT_EQ(placeholder(kFloat32, {}, "x").name(), "x");
}

// F5
TEST(ScopeOrder, ScopesMayOutliveTheGraph) {
  auto graph = std::make_unique<Graph>();
  auto scope = std::make_unique<GraphScope>(*graph);
  auto names = std::make_unique<NameScope>("tower");
  graph.reset();
  EXPECT_EQ(placeholder(kFloat32, {}, "x").name(), "tower/x") << "the scope keeps it";
  names.reset();
  scope.reset();
  EXPECT_FALSE(is_tracing());
}

// F5
TEST(ScopeOrder, GraphScopesMayEndInAnyOrder) {
  Graph first, second, third;
  auto a = std::make_unique<GraphScope>(first), b = std::make_unique<GraphScope>(second),
       c = std::make_unique<GraphScope>(third);
  const auto current = [] { return current_trace("a test").outermost(); };
  b.reset();
  EXPECT_EQ(current(), third.trace().outermost());
  c.reset();
  EXPECT_EQ(current(), first.trace().outermost());
  auto again = std::make_unique<GraphScope>(second);
  a.reset();
  EXPECT_EQ(current(), second.trace().outermost());
  again.reset();
  EXPECT_FALSE(is_tracing());
}

// F5
TEST(ScopeOrder, AScopeMayEndOnAnotherThread) {
  Graph graph, other;
  auto scope = std::make_unique<GraphScope>(graph);
  auto names = std::make_unique<NameScope>("tower");
  std::thread([&] {
    const GraphScope own(other);
    const NameScope own_names("own");
    names.reset();
    scope.reset();
    EXPECT_EQ(placeholder(kFloat32, {}, "x").name(), "own/x");
  }).join();
  EXPECT_FALSE(is_tracing()) << "of the thread that opened it";
  base::expect_error([] { placeholder(kFloat32, {}); }, "while no graph is being built");
  EXPECT_EQ(next_name(graph), "x");
}

// F5
TEST(ScopeOrder, AScopeMayOutliveItsThread) {
  Graph graph;
  std::unique_ptr<GraphScope> scope;
  std::thread([&] { scope = std::make_unique<GraphScope>(graph); }).join();
  EXPECT_FALSE(is_tracing());
  scope.reset();
  EXPECT_FALSE(is_tracing());
}

// F5: what the user's functions leave open is found again as it was when they close it.
TEST(ScopeOrder, AScopeThatLeavesAnInitializerOrABranchEndsAsAnyOther) {
  Graph graph;
  const GraphScope scope(graph);
  std::optional<NameScope> kept;
  variable("w", {2}, [&](const Shape& shape, DType dtype) {
    kept.emplace("left");
    return zeros(shape, dtype);
  });
  kept.reset();
  EXPECT_EQ(placeholder(kFloat32, {}, "x").name(), "x");
  const Tensor flag = placeholder(kBool, {});
  cond(
      flag, [&]() -> Tensor { return kept.emplace("branch"), zeros({}); },
      []() -> Tensor { return ones({}); });
  EXPECT_EQ(placeholder(kFloat32, {}, "x").name(), "branch/x");
  kept.reset();
  EXPECT_EQ(placeholder(kFloat32, {}, "y").name(), "y");
}

// F5
TEST(ScopeOrder, ALineEndsInTheGraphThatItWasGivenIn) {
  Graph first, second;
  const GraphScope first_scope(first);
  auto line = std::make_unique<PlaceScope>(Place{"model.cc", 7});
  const GraphScope second_scope(second);
  const PlaceScope other(Place{"other.cc", 8});
  line.reset();
  EXPECT_FALSE(first.trace().place.known());
  EXPECT_EQ(second.trace().place.line, 8);
}

// F5
TEST(ScopeOrder, ASubgraphEndsInTheGraphThatItWasMadeIn) {
  Graph first, second;
  const GraphScope first_scope(first);
  auto subgraph = std::make_unique<SubgraphScope>("inner");
  auto enclosing = std::make_unique<EnclosingScope>(first.trace().outermost());
  auto second_scope = std::make_unique<GraphScope>(second);
  enclosing.reset();
  EXPECT_EQ(first.trace().functions.size(), 2u);
  subgraph.reset();
  EXPECT_EQ(first.trace().functions.size(), 1u);
  EXPECT_EQ(second.trace().functions.size(), 1u);
  second_scope.reset();
  EXPECT_EQ(placeholder(kFloat32, {}, "x").function(), first.trace().outermost());
}

TEST(ScopeOrder, AScopeThatEndedKeepsNoGraph) {
  std::weak_ptr<Module> module;
  {
    Graph graph;
    module = graph.trace().module;
    const GraphScope scope(graph);
    const NameScope names("tower");
    placeholder(kFloat32, {});
  }
  EXPECT_TRUE(module.expired());
}

}  // namespace scope_order_test
}  // namespace reckon::reckon_internal::graph
