// SPDX-License-Identifier: Apache-2.0
#include <reckon/math.h>
#include <reckon/optimizers.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>

#include <cmath>
#include <limits>

#include "base/expect_error_testing.h"
#include "graph/trace.h"
#include "ops/rows/gather.h"

namespace reckon::nn {
namespace clip_test {

using base::expect_error;

Tensor tensor(const std::vector<float>& values) {
  return Operand(Array::from<float>(values, {static_cast<int64_t>(values.size())})).resolve();
}

TEST(Clip, ScalesAllGradientsByTheirJointNorm) {
  Graph graph;
  const GraphScope scope(graph);
  const auto [clipped, norm] = clip_by_global_norm({tensor({3, 0}), Tensor(), tensor({4})}, 1.0);
  EXPECT_FALSE(clipped[1].valid());
  const auto got = evaluate_now({clipped[0], clipped[2], norm});
  EXPECT_FLOAT_EQ(got[0].at<float>(0), 0.6f);
  EXPECT_FLOAT_EQ(got[1].at<float>(0), 0.8f);
  EXPECT_FLOAT_EQ(got[2].item<float>(), 5);
}

TEST(Clip, LeavesSmallGradientsAlone) {
  Graph graph;
  const GraphScope scope(graph);
  const auto got = evaluate_now(clip_by_global_norm({tensor({3, 4}), tensor({0})}, 8.0).first);
  EXPECT_EQ(got[0].at<float>(0), 3);
  EXPECT_EQ(got[0].at<float>(1), 4);
  const auto zero = evaluate_now(clip_by_global_norm({tensor({0})}, 8.0).first);
  EXPECT_EQ(zero[0].at<float>(0), 0);
}

TEST(Clip, AnInfiniteNormMakesAllNaN) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensors bad = {tensor({std::numeric_limits<float>::infinity()}), tensor({1})};
  EXPECT_TRUE(std::isnan(evaluate_now(clip_by_global_norm(bad, 1.0).first)[1].at<float>(0)));
}

TEST(Clip, RowsStayRowsAndCountOneByOne) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor table = variable("table", reckon::zeros({5, 1}));
  const Tensor ids = Operand(Array::from<int32_t>({1, 1}, {2})).resolve();
  const Tensor rows = Operand(Array::from<float>({3, 4}, {2, 1})).resolve();
  const auto [clipped, norm] = clip_by_global_norm({ops::table_of({ids, rows}, table)}, 1.0);
  EXPECT_TRUE(ops::row_gradient(clipped[0]).valid());
  const auto got = evaluate_now({clipped[0], norm});
  EXPECT_FLOAT_EQ(got[1].item<float>(), 5) << "the rows' norm, not that of their sum";
  EXPECT_FLOAT_EQ(got[0].at<float>(1), 1.4f);
}

TEST(Clip, RowsKeepTheLineThatTookThem) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor table = variable("table", reckon::zeros({3, 1}));
  const Tensor ids = placeholder(kInt64, {kUnknown}, "ids");
  const int line = __LINE__ + 1;
  const Tensor rows = gather(table, ids);
  const Operation step =
      optimizers::adagrad({.clip_global_norm = 1.0}).minimize(reduce_sum(rows * 2.0));
  Session session(graph);
  session.initialize_variables();
  expect_error(
      [&] {
        session.run({.targets = {step}, .feeds = {{ids, Array::from<int64_t>({-1}, {1})}}});
      },
      "give the table more rows, or correct the index. At clip_test.cc:" + std::to_string(line));
}

// H14: where nothing is scaled, a gradient passes as it came; it was NaN, as TensorFlow's is.
TEST(Clip, ItsDerivativeIsOneWhereAllGradientsAreZero) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {2}), y = placeholder(kFloat32, {1});
  const auto [clipped, norm] = clip_by_global_norm({x, y}, 4.0);
  const Tensors grads =
      gradients(reduce_sum(clipped[0] * tensor({2, 3})) + reduce_sum(clipped[1] * 5), {x, y});
  const Tensors second = gradients(reduce_sum(grads[0] * grads[0]), {x});
  Session session(graph);
  const auto at = [&](float a, float b, float c) {
    return session.run(
        {.fetches = {grads[0], grads[1], second[0]},
         .feeds = {{x, Array::from<float>({a, b}, {2})}, {y, Array::from<float>({c}, {1})}}});
  };
  for (const auto& got : {at(0, 0, 0), at(1, -2, 0.5f)}) {
    EXPECT_EQ(got[0].at<float>(0), 2);
    EXPECT_EQ(got[0].at<float>(1), 3);
    EXPECT_EQ(got[1].at<float>(0), 5);
    EXPECT_EQ(got[2].at<float>(0), 0) << "it is constant there";
  }
  // Beyond the norm, d (4 x / |x|) / dx of x = (6, 8): along (2, 3) - x (x (2, 3)) / 100.
  const auto got = at(6, 8, 0);
  EXPECT_NEAR(got[0].at<float>(0), 0.4 * (2 - 6 * 0.36), 1e-5);
  EXPECT_NEAR(got[0].at<float>(1), 0.4 * (3 - 8 * 0.36), 1e-5);
  EXPECT_NEAR(got[1].at<float>(0), 0.4 * 5, 1e-5);
}

TEST(Clip, AnOptimizerClipsBeforeItUpdates) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor w = variable("w", reckon::zeros({2}));
  const Tensor loss = reduce_sum(w * tensor({30, 40}));
  const Operation train =
      optimizers::gradient_descent({.learning_rate = 1, .clip_global_norm = 5}).minimize(loss);
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {train}});
  EXPECT_FLOAT_EQ(session.variable_value("w").at<float>(0), -3);
  EXPECT_FLOAT_EQ(session.variable_value("w").at<float>(1), -4);
}

TEST(Clip, RefusesNothingAndIntegers) {
  Graph graph;
  const GraphScope scope(graph);
  expect_error([] { global_norm({}); }, "[global_norm] came without tensors, expected one or more");
  expect_error([] { global_norm({placeholder(kInt32, {2})}); },
               "[global_norm] a tensor is int32[2], expected float32");
}

}  // namespace clip_test
}  // namespace reckon::nn
