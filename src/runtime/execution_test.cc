// SPDX-License-Identifier: Apache-2.0
// A running program: what it is bound to, what it is fed, what is left behind by a step that
// failed.
#include <gtest/gtest.h>

#include <algorithm>

#include <reckon/math.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include <reckon/strings.h>

#include "base/expect_error_testing.h"
#include "check_op.h"
#include "graph/trace.h"
#include "runtime/traced_program_testing.h"

namespace reckon::runtime {
namespace execution_test {

using base::expect_error;
using testing::floats;
using testing::ints;

constexpr ops::RunState kState{.seed = 1, .step = 0};

class ExecutionTest : public ::testing::Test {
 protected:
  Graph graph_;
  GraphScope scope_{graph_};
  base::Pool pool_{1};
};

TEST_F(ExecutionTest, ReadsTheMemoryThatItIsFedAtEachRun) {
  const Tensor x = placeholder(kFloat32, {2}, "x");
  Execution execution(compile(request_for({x * 2}, {}, {{x, floats({0, 0}, {2})}})));
  float memory[] = {1, 2}, others[] = {5, 6};
  execution.feed(0, memory);
  execution.run(kState, pool_);
  EXPECT_EQ(execution.fetch(0).at<float>(1), 4);
  memory[1] = 3;
  execution.run(kState, pool_);
  EXPECT_EQ(execution.fetch(0).at<float>(1), 6);
  execution.feed(0, others);
  execution.run(kState, pool_);
  EXPECT_EQ(execution.fetch(0).at<float>(1), 12);
}

TEST_F(ExecutionTest, AFetchIsACopyAndAResultIsNot) {
  const Tensor x = placeholder(kFloat32, {2}, "x");
  const Array fed = floats({1, 2}, {2});
  Execution execution(compile(request_for({x + 1}, {}, {{x, fed}})));
  execution.feed(0, fed.raw());
  execution.run(kState, pool_);
  const Array first = execution.fetch(0);
  const Array other = floats({10, 20}, {2});
  execution.feed(0, other.raw());
  execution.run(kState, pool_);
  EXPECT_EQ(first.at<float>(0), 2);
  EXPECT_EQ(static_cast<const float*>(execution.result(0).data)[0], 11);
  EXPECT_NE(execution.fetch(0).raw(), execution.result(0).data);
}

TEST_F(ExecutionTest, StringsAndEmptyResultsAreFetchedToo) {
  const Tensor x = placeholder(kString, {2}, "x"), e = placeholder(kFloat32, {0, 2}, "e");
  const Array words = Array::strings({"a", "bb"}, {2});
  TracedProgram program({x, e * 2}, {}, {{x, words}, {e, Array::zeros(kFloat32, {0, 2})}});
  const std::vector<Array> got = program.run(pool_);
  EXPECT_TRUE(got[0].same_bits(words));
  EXPECT_EQ(got[1].shape(), (Shape{0, 2}));
}

TEST_F(ExecutionTest, NamesTheVariableWithoutAValueWhenItIsBound) {
  const Tensor v = variable("v", floats({1}, {1}));
  Execution execution(compile(request_for({v * 2}, {}, {})));
  VariableStore store(graph_.trace().module);
  expect_error(
      [&] { execution.bind(store); }, ErrorCode::kFailedPrecondition,
      "[variable] \"v\" (float32[1]) has no value yet, expected one before it is read; call "
      "Session::initialize_variables(), or set_variable(), first.");
}

TEST_F(ExecutionTest, MayBeBoundToOneStoreAfterTheOther) {
  const Tensor v = variable("v", floats({1}, {1}));
  Execution execution(compile(request_for({v * 2}, {}, {})));
  VariableStore first(graph_.trace().module), second(graph_.trace().module);
  first.set(0, floats({3}, {1}));
  second.set(0, floats({5}, {1}));
  for (int i = 0; i < 2; ++i) {
    execution.bind(first);
    execution.run(kState, pool_);
    EXPECT_EQ(execution.fetch(0).at<float>(0), 6);
    execution.bind(second);
    execution.run(kState, pool_);
    EXPECT_EQ(execution.fetch(0).at<float>(0), 10);
  }
}

TEST_F(ExecutionTest, AVariableHasAValueOnlyAfterAStepThatSucceeded) {
  const Tensor v = variable("v", ints({1}, {1})), x = placeholder(kInt32, {1}, "x");
  const Operation step = assign(v, floordiv(ints({6}, {1}), x));
  Execution execution(compile(request_for({}, {step}, {{x, ints({0}, {1})}})));
  VariableStore store(graph_.trace().module);
  execution.bind(store);
  const Array zero = ints({0}, {1}), two = ints({2}, {1});
  execution.feed(0, zero.raw());
  EXPECT_THROW(execution.run(kState, pool_), Error);
  EXPECT_FALSE(store.is_initialized(0));
  execution.feed(0, two.raw());
  execution.run(kState, pool_);
  EXPECT_EQ(store.value(0).at<int32_t>(0), 3);
}

TEST_F(ExecutionTest, AFaultIsReturnedOrThrownWithTheUsersLine) {
  const Tensor x = placeholder(kInt32, {1}, "x");
  const int line = __LINE__ + 1;
  const Tensor y = floordiv(ints({6}, {1}), x);
  Execution execution(compile(request_for({y}, {}, {{x, ints({0}, {1})}})));
  const Array zero = ints({0}, {1}), two = ints({2}, {1});
  execution.feed(0, zero.raw());
  EXPECT_TRUE(execution.try_run(kState, &pool_)) << "nothing is thrown";
  expect_error([&] { execution.run(kState, pool_); }, ErrorCode::kInvalidArgument,
               "At execution_test.cc:" + std::to_string(line));
  execution.feed(0, two.raw());
  EXPECT_FALSE(execution.try_run(kState, &pool_)) << "it goes on as if nothing had been";
  EXPECT_EQ(execution.fetch(0).at<int32_t>(0), 3);
}

TEST_F(ExecutionTest, SizesThatOnlyTheDataKnowAreThoseOfTheLastRun) {
  const Tensor x = placeholder(kFloat32, {4}, "x");
  const Tensor positive = boolean_mask(x, x > 0);
  Execution execution(
      compile(request_for({positive, concat({positive, positive}, 0), size(positive)}, {},
                          {{x, Array::zeros(kFloat32, {4})}})));
  for (const std::vector<float>& values : std::vector<std::vector<float>>{
           {1, -1, 2, -2}, {1, 2, 3, 4}, {-1, -1, -1, -1}, {-1, -1, -1, 9}}) {
    const Array fed = floats(values, {4});
    execution.feed(0, fed.raw());
    execution.run(kState, pool_);
    const int64_t want = std::count_if(values.begin(), values.end(), [](float v) { return v > 0; });
    EXPECT_EQ(execution.fetch(0).shape(), (Shape{want}));
    EXPECT_EQ(execution.fetch(1).shape(), (Shape{2 * want}));
    EXPECT_EQ(execution.fetch(2).item<int32_t>(), want);
  }
}

// A denormal costs a hundred times a normal number, and is no gradient worth having.
TEST_F(ExecutionTest, DenormalsAreFlushedWithinAStepAndNotOutside) {
  const Tensor x = placeholder(kFloat32, {1}, "x");
  TracedProgram program({x * 0.5f}, {}, {{x, floats({1.2e-38f}, {1})}});
  EXPECT_EQ(program.run(pool_)[0].at<float>(0), 0);
  volatile float small = 1.2e-38f;
  EXPECT_GT(small * 0.5f, 0);
}

TEST_F(ExecutionTest, TwoOfOneProgramDoNotShareMemory) {
  const Tensor x = placeholder(kFloat32, {1}, "x");
  const auto program = compile(request_for({exp(x) + 1}, {}, {{x, floats({0}, {1})}}));
  Execution first(program), second(program);
  const Array zero = floats({0}, {1}), one = floats({1}, {1});
  first.feed(0, zero.raw());
  second.feed(0, one.raw());
  first.run(kState, pool_);
  second.run(kState, pool_);
  EXPECT_EQ(first.fetch(0).at<float>(0), 2);
  EXPECT_GT(second.fetch(0).at<float>(0), 3);
}

}  // namespace execution_test
}  // namespace reckon::runtime
