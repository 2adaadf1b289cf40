// SPDX-License-Identifier: Apache-2.0
#include "runtime/program.h"

#include <gtest/gtest.h>

#include <reckon/control_flow.h>
#include <reckon/layers.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "base/allocation_count_testing.h"
#include "check_op.h"
#include "passes/pipeline.h"
#include "runtime/traced_program_testing.h"
#include "runtime/training_graph_testing.h"

namespace reckon::runtime {
namespace program_test {

TEST(Program, AllocatesNothingFromTheThirdStepOn) {
  for (int threads : {1, 3}) {
    Graph graph;
    const GraphScope scope(graph);
    const TrainingGraph training;
    TracedProgram program({training.loss}, {training.train_op}, training.feeds);
    base::Pool pool(threads);
    for (int i = 0; i < 2; ++i) program.step(pool);
    const int64_t before = base::allocation_count.load();
    for (int i = 0; i < 8; ++i) program.step(pool);
    EXPECT_EQ(base::allocation_count.load() - before, 0) << threads << " threads";
  }
}

TEST(Program, AllocatesNothingForSizesThatOnlyTheDataKnows) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {kUnknown, 3}, "x");
  const Tensor v = variable("v", zeros({3}));
  const Tensor rows = boolean_mask(x, reduce_sum(x, 1) > 0);
  const Operation step = assign_add(v, reduce_sum(rows * 2, 0));
  const Tensor chosen = cond(
      reduce_sum(x) > 0, [&] { return sin(v); }, [&] { return cos(v); });
  TracedProgram program({reduce_sum(rows), chosen}, {step},
                        {{x, testing::floats({1, 2, 3, -1, -2, -3}, {2, 3})}});
  base::Pool pool(1);
  for (int i = 0; i < 2; ++i) program.step(pool);
  const int64_t before = base::allocation_count.load();
  for (int i = 0; i < 8; ++i) program.step(pool);
  EXPECT_EQ(base::allocation_count.load() - before, 0);
}

TEST(Program, KnowsWhatItsPassesCost) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {2}, "x");
  const TracedProgram program({exp(x)}, {}, {{x, testing::floats({1, 2}, {2})}});
  ASSERT_EQ(program.program().pass_times.size(), passes::pipeline().size());
  for (size_t i = 0; i < passes::pipeline().size(); ++i) {
    EXPECT_EQ(program.program().pass_times[i].name, passes::pipeline()[i].name);
  }
}

TEST(Program, TrainsToTheSameBitsWithEveryNumberOfThreads) {
  const auto train = [](int threads) {
    Graph graph;
    const GraphScope scope(graph);
    const TrainingGraph training;
    TracedProgram program({training.loss}, {training.train_op}, training.feeds);
    base::Pool pool(threads);
    std::vector<Array> results;
    for (int i = 0; i < 50; ++i) results.push_back(program.run(pool)[0]);
    EXPECT_LT(results.back().item<float>(), results.front().item<float>());
    for (Array& value : program.all_variables()) results.push_back(std::move(value));
    return results;
  };
  const std::vector<Array> want = train(1);
  for (int threads : {2, 3, 8}) {
    const std::vector<Array> got = train(threads);
    ASSERT_EQ(got.size(), want.size());
    for (size_t i = 0; i < want.size(); ++i) {
      EXPECT_TRUE(got[i].same_bits(want[i])) << threads << " threads, result " << i;
    }
  }
}

TEST(Program, IsTrainingIsThePlansInBranchesToo) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {2}, "x");
  const Tensor flag = placeholder(kBool, {}, "flag");
  // The flag is read in a branch within a branch, and in the body of a loop.
  const Tensor nested = cond(
      flag,
      [&] {
        return cond(
            is_training(), [&] { return x * 10; }, [&] { return x * 20; });
      },
      [&] { return layers::dropout(x, {.rate = 0.5}); });
  const Tensors looped =
      while_loop([](const Tensors& carried) { return carried[0] < 3; },
                 [&](const Tensors& carried) {
                   return Tensors{carried[0] + 1, where(is_training(), carried[1] + x, carried[1])};
                 },
                 {Operand(0).resolve(), zeros({2})});
  const auto run = [&](bool is_training, bool in_first) {
    TracedProgram program({nested, looped[1]}, {},
                          {{x, testing::floats({1, 2}, {2})}, {flag, Array::scalar(in_first)}},
                          is_training);
    base::Pool pool(1);
    return program.run(pool);
  };
  EXPECT_EQ(run(true, true)[0].at<float>(1), 20);
  EXPECT_EQ(run(false, true)[0].at<float>(1), 40);
  EXPECT_EQ(run(false, false)[0].at<float>(1), 2);  // no dropout
  const float dropped = run(true, false)[0].at<float>(1);
  EXPECT_TRUE(dropped == 0 || dropped == 4) << dropped;
  EXPECT_EQ(run(true, true)[1].at<float>(1), 6);
  EXPECT_EQ(run(false, true)[1].at<float>(1), 0);
}

}  // namespace program_test
}  // namespace reckon::runtime
