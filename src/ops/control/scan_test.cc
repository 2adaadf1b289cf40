// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <reckon/control_flow.h>
#include <reckon/graph.h>
#include <reckon/linalg.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "check_op.h"
#include "ops/control/scan.h"

namespace reckon {
namespace scan_test {

using namespace testing;

Tensor running(const Tensor& x, const Tensor& initial, bool reverse = false) {
  return scan(
      [](const Tensors& carried, const Tensors& rows) { return Tensors{carried[0] + rows[0]}; },
      {x}, {initial}, {.reverse = reverse})[0];
}

TEST(Scan, StacksWhatTheBodyGivesAfterEachRow) {
  check_op({.op = [](const Tensor& x, const Tensor& initial) { return running(x, initial); },
            .inputs = {floats({1, 2, 3, 4, 5, 6}, {3, 2}), {10, 20}},
            .expect = floats({11, 22, 14, 26, 19, 32}, {3, 2}),
            .has_second_gradient = true});
}

TEST(Scan, WalksBackwardsAndKeepsTheOrder) {
  check_op({.op = [](const Tensor& x, const Tensor& initial) { return running(x, initial, true); },
            .inputs = {{1, 2, 3}, floats({10}, {})},
            .expect = {16, 15, 13},
            .has_second_gradient = true});
}

TEST(Scan, GradientsFlowThroughCarriedValuesElementsAndCapturedOnes) {
  const auto op = [](const Tensor& x, const Tensor& h, const Tensor& w, const Tensor& u) {
    return scan(
        [&](const Tensors& carried, const Tensors& rows) {
          const Tensor next =
              tanh(matmul(expand_dims(carried[0], 0), w) + matmul(expand_dims(rows[0], 0), u));
          return Tensors{squeeze(next, {0})};
        },
        {x}, {h})[0];
  };
  const OpUnderTest under = op;
  const std::vector<Array> inputs = {
      floats({0.1f, -0.2f, 0.3f, 0.4f, 0.5f, -0.6f}, {3, 2}), floats({0.2f, -0.1f}, {2}),
      floats({0.5f, -0.3f, 0.2f, 0.7f}, {2, 2}), floats({-0.4f, 0.6f, 0.8f, 0.1f}, {2, 2})};
  check_op({.op = under,
            .inputs = {inputs[0], inputs[1], inputs[2], inputs[3]},
            .expect = run_op(under, inputs)[0],
            .has_second_gradient = true});
}

TEST(Scan, HasSeveralCarriedValuesAndElementsOfOtherDtypes) {
  const auto op = [](const Tensor& x, const Tensor& count) {
    return scan(
        [](const Tensors& carried, const Tensors& rows) {
          return Tensors{carried[0] * rows[0], carried[1] + rows[1]};
        },
        {x, count}, {1.0f, Array::scalar<int64_t>(100)});
  };
  check_op({.op = op,
            .inputs = {{2, 3, 4}, longs({1, 2, 3}, {3})},
            .expect = {{2, 6, 24}, {101, 103, 106}},
            .has_gradient = false,
            .has_float64 = false});
}

TEST(Scan, StartsFromTheFirstRowIfNothingElseIsGiven) {
  for (const bool reverse : {false, true}) {
    const auto op = [reverse](const Tensor& x) {
      return scan([](const Tensors& c, const Tensors& rows) { return Tensors{c[0] * rows[0]}; },
                  {x}, {}, {.reverse = reverse})[0];
    };
    check_op({.op = op,
              .inputs = {{2, 3, 5}},
              .expect = reverse ? Expected{30, 15, 5} : Expected{2, 6, 30},
              .has_second_gradient = true});
  }
}

TEST(Scan, OfNoRowsGivesNone) {
  const std::vector<Array> got =
      run_op([](const Tensor& x, const Tensor& h) { return running(x, h); },
             {Array::zeros(kFloat32, {0, 2}), floats({1, 2}, {2})});
  EXPECT_EQ(got[0].shape(), (Shape{0, 2}));
  const OpUnderTest gradient = [](const Tensor& x, const Tensor& h) {
    return gradients(reduce_sum(running(x, h)), {x, h});
  };
  const std::vector<Array> grads =
      run_op(gradient, {Array::zeros(kFloat32, {0, 2}), floats({1, 2}, {2})});
  EXPECT_EQ(grads[0].shape(), (Shape{0, 2}));
  expect_near(grads[1], floats({0, 0}, {2}), 0, "initial");
}

TEST(Scan, TheNumberOfRowsMayBeOneThatOnlyTheDataKnow) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {kUnknown}, "x"),
               mask = placeholder(kBool, {kUnknown}, "m");
  const Tensor sums = running(boolean_mask(x, mask), Operand(0.0f).resolve());
  Session session(graph);
  const Array got = session.run({.fetches = {sums},
                                 .targets = {},
                                 .feeds = {{x, floats({1, 2, 3, 4}, {4})},
                                           {mask, bools({true, false, true, true}, {4})}}})[0];
  expect_near(got, floats({1, 4, 8}, {3}), 0, "sums");
}

/// x + 1, which notes where it writes.
std::vector<const float*>& addresses() {
  static std::vector<const float*> list;
  return list;
}
const ops::DefinedOp<graph::NoOptions>& noting_op() {
  static const auto op = ops::define<graph::NoOptions>(
      {.name = "TestNotesAddresses",
       .inputs = {{"x", {kFloat32}}},
       .infer = ops::rule(ops::infer_same_as_first),
       .kernel = [](const graph::NoOptions&, const ops::KernelSpec&) -> ops::Kernel {
         return {[](const ops::KernelCall& call) {
           addresses().push_back(call.out<float>(0));
           for (int64_t i = 0; i < call.outputs[0].elements; ++i)
             call.out<float>(0)[i] = call.in<float>(0)[i] + 1;
           return kernels::Fault();
         }};
       }});
  return op;
}

TEST(Scan, WritesTStepsInTRowsOfBytes) {
  // Each run of the body writes its row where it stays: nothing is moved, whatever T is.
  constexpr int64_t kRows = 9, kWidth = 5;
  const auto op = [](const Tensor& x) {
    const Tensors inputs = {Operand(0.0f).resolve(), x};
    const ops::ScanOptions options{1, 1, false};
    auto body = ops::trace_subgraph("body", {}, [&](graph::SubgraphScope& scope) {
      const Tensors parameters = ops::scan_parameters(scope, options, inputs);
      return Tensors{parameters[0] * 2.0f, noting_op()({parameters[1]})};
    });
    return ops::make_scan(options, inputs, std::move(body), {})[1];
  };
  addresses().clear();
  const Array x = Array::zeros(kFloat32, {kRows, kWidth});
  expect_near(run_op(op, {x})[0],
              Array::from(std::vector<float>(kRows * kWidth, 1), {kRows, kWidth}), 0, "rows");
  ASSERT_EQ(addresses().size(), static_cast<size_t>(kRows));
  for (int64_t row = 1; row < kRows; ++row)
    EXPECT_EQ(addresses()[static_cast<size_t>(row)] - addresses()[0], row * kWidth);
}

TEST(Scan, MistakesNameTheLine) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {3, 2}, "x"), y = placeholder(kFloat32, {4}, "y");
  const ScanBody same = [](const Tensors& carried, const Tensors&) { return carried; };
  base::expect_error([&] { scan({}, {x}, {0.0f}); }, "a function is empty");
  base::expect_error([&] { scan(same, {}, {0.0f}); }, "came without elements");
  base::expect_error([&] { scan(same, {1.0f}, {0.0f}); }, "expected one dimension or more");
  base::expect_error([&] { scan(same, {x, y}, {0.0f}); }, "the elements have 3 and 4 rows");
  base::expect_error(
      [&] {
        scan([](const Tensors& c, const Tensors& rows) { return Tensors{c[0] + rows[0]}; }, {x},
             {0.0f});
      },
      "the body turns float32[] into float32[2]");
  base::expect_error(
      [&] { scan([](const Tensors&, const Tensors&) { return Tensors{}; }, {x}, {0.0f}); },
      "the body gives 0 values, expected 1");
}

}  // namespace scan_test
}  // namespace reckon
