// SPDX-License-Identifier: Apache-2.0
// Initial values: a pure function of initializer, seed and name, given once.
#include "runtime/initialize.h"

#include <gtest/gtest.h>

#include <reckon/initializers.h>
#include <reckon/session.h>

#include "graph/trace.h"

namespace reckon::runtime {
namespace initialize_test {

/// Variables of these names, all of the same random initializer.
struct Variables {
  explicit Variables(const std::vector<std::string>& names) {
    const GraphScope scope(graph);
    for (const std::string& name : names) {
      variable(name, {4, 3}, initializers::truncated_normal());
    }
  }
  std::unique_ptr<VariableStore> initialized(uint64_t seed) const {
    auto store = std::make_unique<VariableStore>(graph.trace().module);
    initialize_missing(*store, seed);
    return store;
  }
  Graph graph;
};

Array value_of(const VariableStore& store, const std::string& name) {
  return store.value(store.module()->find(name));
}

TEST(Initialize, EqualSeedsGiveEqualBitsAndOthersDoNot) {
  const Variables variables({"w"});
  const Array first = value_of(*variables.initialized(1), "w");
  EXPECT_TRUE(value_of(*variables.initialized(1), "w").same_bits(first));
  EXPECT_FALSE(value_of(*variables.initialized(2), "w").same_bits(first));
}

TEST(Initialize, AValueDependsOnItsNameAndNotOnTheOthers) {
  const Variables both({"a", "b"}), turned({"b", "extra", "a"});
  const auto first = both.initialized(1), second = turned.initialized(1);
  EXPECT_TRUE(value_of(*first, "a").same_bits(value_of(*second, "a")));
  EXPECT_TRUE(value_of(*first, "b").same_bits(value_of(*second, "b")));
  EXPECT_FALSE(value_of(*first, "a").same_bits(value_of(*first, "b")));
}

TEST(Initialize, LeavesWhatHasAValueAlone) {
  const Variables variables({"a", "b"});
  VariableStore store(variables.graph.trace().module);
  store.set(0, Array::zeros(kFloat32, {4, 3}));
  initialize_missing(store, 1);
  EXPECT_TRUE(store.value(0).same_bits(Array::zeros(kFloat32, {4, 3})));
  EXPECT_TRUE(store.is_initialized(1));
  initialize_variable(store, 0, 1);
  EXPECT_TRUE(store.value(0).same_bits(value_of(*variables.initialized(1), "a")));
}

TEST(Initialize, WritesToTheAddressThatTheVariableHad) {
  const Variables variables({"a"});
  VariableStore store(variables.graph.trace().module);
  const void* address = store.data(0);
  initialize_variable(store, 0, 1);
  EXPECT_EQ(store.data(0), address);
}

TEST(Initialize, ConstantsScalarsAndEmptyVariablesComeWhole) {
  Graph graph;
  const GraphScope scope(graph);
  variable("constant", Array::from<int32_t>({1, 2, 3}, {3}));
  variable("scalar", Array::scalar(2.5));
  variable("empty", Array::zeros(kFloat32, {2, 0}));
  VariableStore store(graph.trace().module);
  initialize_missing(store, 0);
  EXPECT_TRUE(value_of(store, "constant").same_bits(Array::from<int32_t>({1, 2, 3}, {3})));
  EXPECT_EQ(value_of(store, "scalar").item<double>(), 2.5);
  EXPECT_EQ(value_of(store, "empty").shape(), (Shape{2, 0}));
}

// A variable that is declared later, as optimizer slots are, is initialized by the next call.
TEST(Initialize, TakesInVariablesThatCameLater) {
  Graph graph;
  const GraphScope scope(graph);
  variable("first", Array::scalar(1.0f));
  VariableStore store(graph.trace().module);
  initialize_missing(store, 0);
  variable("second", Array::scalar(2.0f));
  EXPECT_FALSE(store.is_initialized(1));
  initialize_missing(store, 0);
  EXPECT_EQ(store.value(1).item<float>(), 2);
}

}  // namespace initialize_test
}  // namespace reckon::runtime
