// SPDX-License-Identifier: Apache-2.0
// What kernels keep from run to run: a right operand is packed once for each version of it.
#include <gtest/gtest.h>

#include <reckon/linalg.h>
#include <reckon/math.h>

#include "check_op.h"
#include "graph/trace.h"
#include "ops/define.h"
#include "runtime/traced_program_testing.h"

namespace reckon::runtime {
namespace kernel_state_test {

using testing::floats;

constexpr ops::RunState kState{.seed = 1, .step = 0};

/// Counts how often the state of a step sees another version of its second input.
struct Counted : ops::KernelState {
  uint64_t version = 0;
  int changes = 0;
};
int states_made = 0;
Counted* last_state = nullptr;

const ops::DefinedOp<graph::NoOptions>& counting_op() {
  static const auto op = ops::define<graph::NoOptions>(
      {.name = "TestCountsVersions",
       .inputs = {{"x", {kFloat32}}, {"w", {kFloat32}}},
       .infer = ops::rule(ops::infer_same_as_first),
       .kernel = [](const graph::NoOptions&, const ops::KernelSpec& spec) -> ops::Kernel {
         ops::Kernel kernel;
         kernel.run = [](const ops::KernelCall& call) {
           call.out<float>(0)[0] = call.in<float>(0)[0] + call.in<float>(1)[0];
           auto* state = static_cast<Counted*>(call.state);
           if (state == nullptr) return kernels::Fault();
           const uint64_t version = call.inputs[1].version;
           state->changes += version == 0 || version != state->version;
           state->version = version;
           return kernels::Fault();
         };
         if (!spec.lasts[1]) return kernel;
         kernel.make_state = [] {
           ++states_made;
           auto state = std::make_unique<Counted>();
           last_state = state.get();
           return state;
         };
         return kernel;
       }});
  return op;
}

class KernelStateTest : public ::testing::Test {
 protected:
  KernelStateTest() {
    states_made = 0;
    last_state = nullptr;
  }
  /// How often the versions changed after `runs` runs that an update of w follows, or does not.
  void run(Execution& execution, VariableStore& store, int runs) {
    const float x = 1;
    execution.feed(0, &x);
    execution.bind(store);
    for (int i = 0; i < runs; ++i) execution.run(kState, pool_);
  }

  Graph graph_;
  GraphScope scope_{graph_};
  const Tensor w_ = variable("w", floats({2}, {1})), x_ = placeholder(kFloat32, {1}, "x");
  const Tensor y_ = counting_op()({x_, w_});
  const Feeds feeds_ = {{x_, floats({0}, {1})}};
  base::Pool pool_{1};
};

TEST_F(KernelStateTest, AVersionLastsUntilTheVariableChanges) {
  Execution reading(compile(request_for({y_}, {}, feeds_)));
  Execution writing(compile(request_for({}, {assign(w_, w_ + 1.0f)}, feeds_)));
  VariableStore store(w_.module());
  initialize_missing(store, 5);
  EXPECT_EQ(states_made, 1);
  run(reading, store, 3);
  EXPECT_EQ(last_state->changes, 1);
  EXPECT_EQ(reading.fetch(0).at<float>(0), 3);
  run(writing, store, 1);
  run(reading, store, 2);
  EXPECT_EQ(last_state->changes, 2);
  EXPECT_EQ(reading.fetch(0).at<float>(0), 4);
  store.set(0, floats({7}, {1}));
  run(reading, store, 1);
  EXPECT_EQ(last_state->changes, 3);
  EXPECT_EQ(reading.fetch(0).at<float>(0), 8);
}

TEST_F(KernelStateTest, NoTwoStoresHaveOneVersion) {
  Execution reading(compile(request_for({y_}, {}, feeds_)));
  VariableStore first(w_.module()), second(w_.module());
  initialize_missing(first, 5);
  second.set(0, floats({9}, {1}));
  for (int i = 1; i <= 3; ++i) {
    run(reading, first, 1);
    EXPECT_EQ(reading.fetch(0).at<float>(0), 3);
    run(reading, second, 1);
    EXPECT_EQ(reading.fetch(0).at<float>(0), 10);
    EXPECT_EQ(last_state->changes, 2 * i);
  }
}

TEST_F(KernelStateTest, WhatTheProgramUpdatesHasNoState) {
  Execution both(compile(request_for({y_}, {assign(w_, w_ + 1.0f)}, feeds_)));
  EXPECT_EQ(states_made, 0);
}

TEST_F(KernelStateTest, EachExecutionHasItsOwn) {
  const auto program = compile(request_for({y_}, {}, feeds_));
  Execution first(program), second(program);
  EXPECT_EQ(states_made, 2);
}

TEST_F(KernelStateTest, AConstantHasOneVersion) {
  const Tensor y = counting_op()({x_, Operand(floats({4}, {1}))});
  Execution execution(compile(request_for({y}, {}, feeds_)));
  VariableStore store(w_.module());
  run(execution, store, 4);
  EXPECT_EQ(last_state->changes, 1);
  EXPECT_EQ(execution.fetch(0).at<float>(0), 5);
}

TEST_F(KernelStateTest, AProductWithPackedWeightsFollowsEveryChangeOfThem) {
  const Tensor weights = variable("weights", floats({1, 2, 3, 4, 5, 6}, {2, 3}));
  const Tensor rows = placeholder(kFloat32, {kUnknown, 2}, "rows");
  const Tensor product = matmul(rows, weights);
  VariableStore store(w_.module());
  initialize_missing(store, 5);
  const int32_t index = static_cast<int32_t>(
      weights.function()->node(weights.id()).as<graph::VariableOptions>().variable);
  for (const int64_t count : {1, 2, 5}) {
    const Array input =
        Array::from<float>(std::vector<float>(static_cast<size_t>(2 * count), 1), {count, 2});
    Execution execution(compile(request_for({product}, {}, {{rows, input}})));
    EXPECT_EQ(execution.program().state_count, 1);
    execution.feed(1, input.raw());
    for (const float factor : {1.0f, 10.0f, -1.0f}) {
      store.set(index, floats({factor, 2, 3, 4, 5, 6}, {2, 3}));
      execution.bind(store);
      for (int again = 0; again < 2; ++again) {
        execution.run(kState, pool_);
        const Array got = execution.fetch(0);
        for (int64_t row = 0; row < count; ++row) {
          EXPECT_EQ(got.at<float>(row, 0), factor + 4);
          EXPECT_EQ(got.at<float>(row, 2), 9);
        }
      }
    }
  }
}

}  // namespace kernel_state_test
}  // namespace reckon::runtime
