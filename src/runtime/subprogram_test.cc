// SPDX-License-Identifier: Apache-2.0
// Subgraphs as programs: buffers in, buffers out, faults handed on, and runs that overlap.
#include "runtime/subprogram.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include <reckon/control_flow.h>
#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/random.h>
#include <reckon/reduce.h>
#include <reckon/shape_ops.h>

#include "check_op.h"
#include "graph/trace.h"
#include "runtime/program.h"

namespace reckon::runtime {
namespace subprogram_test {

/// A function of float32[2] parameters, compiled as the body of a cond would be.
class Body {
 public:
  Body(int parameters, const std::function<Tensors(const Tensors&)>& make) {
    const GraphScope scope(graph_);
    Tensors inputs;
    for (int i = 0; i < parameters; ++i) inputs.push_back(placeholder(kFloat32, {2}));
    graph::Function& function = *graph_.trace().outermost();
    for (const Tensor& result : make(inputs)) function.results.push_back(result.id());
    graph::Types types(static_cast<size_t>(parameters), {kFloat32, {2}});
    program_ = compile_subprogram(function, types);
  }

  kernels::Fault run(const std::vector<const void*>& inputs, const std::vector<void*>& outputs,
                     uint64_t step = 0) const {
    const ops::RunState state{.seed = 1, .step = step};
    ops::KernelCall call;
    call.run = &state;
    return program_->run(inputs.data(), outputs.data(), call);
  }

 private:
  Graph graph_;
  std::shared_ptr<const ops::Subprogram> program_;
};

TEST(Subprogram, WritesItsResultsIntoTheBuffersOfTheCaller) {
  const Body body(2, [](const Tensors& x) { return Tensors{x[0] + x[1], x[0] * x[1]}; });
  const float a[] = {1, 2}, b[] = {3, 4};
  float sum[2], product[2];
  ASSERT_FALSE(body.run({a, b}, {sum, product}));
  EXPECT_EQ(sum[1], 6);
  EXPECT_EQ(product[1], 8);
}

TEST(Subprogram, ParametersAndConstantsMayBeResults) {
  const Body body(1, [](const Tensors& x) {
    return Tensors{x[0], Operand(Array::from<float>({7, 8}, {2})).resolve(), x[0]};
  });
  const float a[] = {1, 2};
  float same[2], constant[2], again[2];
  ASSERT_FALSE(body.run({a}, {same, constant, again}));
  EXPECT_EQ(same[1], 2);
  EXPECT_EQ(constant[0], 7);
  EXPECT_EQ(again[0], 1);
}

TEST(Subprogram, AFaultIsHandedOnAndTheNextRunIsFine) {
  const Body body(1, [](const Tensors& x) {
    return Tensors{cast(floordiv(Array::from<int32_t>({6, 6}, {2}), cast(x[0], kInt32)), kFloat32)};
  });
  const float zero[] = {0, 1}, two[] = {2, 3};
  float out[2] = {-1, -1};
  const kernels::Fault fault = body.run({zero}, {out});
  ASSERT_TRUE(fault);
  EXPECT_FALSE(fault.text().empty());
  ASSERT_FALSE(body.run({two}, {out}));
  EXPECT_EQ(out[0], 3);
  EXPECT_EQ(out[1], 2);
}

TEST(Subprogram, RandomOpsTakeTheStepOfTheCaller) {
  const Body body(0, [](const Tensors&) { return Tensors{random::uniform({2})}; });
  float first[2], again[2], other[2];
  ASSERT_FALSE(body.run({}, {first}, 1));
  ASSERT_FALSE(body.run({}, {again}, 1));
  ASSERT_FALSE(body.run({}, {other}, 2));
  EXPECT_EQ(first[0], again[0]);
  EXPECT_NE(first[0], other[0]);
}

TEST(Subprogram, RunsThatOverlapDoNotMix) {
  const Body body(1, [](const Tensors& x) { return Tensors{exp(x[0]) - exp(x[0]) + x[0] * 3}; });
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&body, &wrong, t] {
      const float in[] = {static_cast<float>(t), static_cast<float>(t + 1)};
      float out[2];
      for (int i = 0; i < 300; ++i) {
        if (body.run({in}, {out}) || out[0] != 3.0f * in[0] || out[1] != 3.0f * in[1]) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Subprogram, MayHoldSubgraphsItself) {
  const Body body(1, [](const Tensors& x) {
    return Tensors{cond(
        reduce_sum(x[0]) > 0, [&] { return x[0] * 10; }, [&] { return x[0] * 0; })};
  });
  const float up[] = {1, 2}, down[] = {-1, -2};
  float out[2];
  ASSERT_FALSE(body.run({up}, {out}));
  EXPECT_EQ(out[1], 20);
  ASSERT_FALSE(body.run({down}, {out}));
  EXPECT_EQ(out[1], 0);
}

}  // namespace subprogram_test
}  // namespace reckon::runtime
