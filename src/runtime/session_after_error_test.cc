// SPDX-License-Identifier: Apache-2.0
// H2: a Session and its Callables after a call that threw: the next call gives what it would have
// given without it, to the bit.
#include <reckon/session.h>

#include <gtest/gtest.h>

#include <reckon/control_flow.h>
#include <reckon/math.h>
#include <reckon/nn.h>
#include <reckon/optimizers.h>
#include <reckon/random.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "check_op.h"

namespace reckon::runtime {
namespace session_after_error_test {

using base::expect_error;
using testing::floats;

Array id_of(int32_t id) { return Array::from<int32_t>({id}, {1}); }

/// A table that a step adds noise to, at one row: a bad row is a fault of the data.
struct Noisy {
  Noisy() {
    const GraphScope scope(graph);
    x = placeholder(kFloat32, {kUnknown, 2}, "x");
    id = placeholder(kInt32, {1}, "id");
    table = variable("table", floats({1, 2}, {2}));
    row = gather(table, id);
    sum = reduce_sum(x * table) + 0.0f * reduce_sum(row);
    step = assign_add(table, random::uniform({2}) + 0.0f * row);
    square = matmul(x, transpose(x)) + reshape(x, {2, 2});  // for two rows of x alone
  }
  Graph graph;
  Tensor x, id, table, row, sum, square;
  Operation step;
};

/// Each way that a call can fail.
template <class Run>
void fail_in_every_way(Noisy& noisy, const Run& run) {
  const Array x = floats({1, 2}, {1, 2});
  EXPECT_THROW(run(x, id_of(5)), Error) << "a fault of the data";
  EXPECT_THROW(run(floats({1, 2, 3}, {1, 3}), id_of(0)), Error) << "a feed that does not fit";
  EXPECT_THROW(run(id_of(0), x), Error) << "feeds of another dtype";
  (void)noisy;
}

std::vector<Array> three_runs(Session& session, Noisy& noisy, bool with_failures) {
  const auto run = [&](const Array& x, const Array& id) {
    return session.run({.fetches = {noisy.sum},
                        .targets = {noisy.step},
                        .feeds = {{noisy.x, x}, {noisy.id, id}}})[0];
  };
  std::vector<Array> values;
  for (int64_t rows = 1; rows <= 3; ++rows) {
    if (with_failures) {
      fail_in_every_way(noisy, run);
      EXPECT_THROW(session.run({.fetches = {noisy.square},
                                .feeds = {{noisy.x, Array::zeros(kFloat32, {3, 2})}}}),
                   Error)
          << "a program that cannot be compiled";
      EXPECT_THROW(session.run({.fetches = {noisy.sum}, .targets = {noisy.step}}), Error);
    }
    values.push_back(run(Array::zeros(kFloat32, {rows, 2}), id_of(1)));
    values.push_back(session.variable_value("table"));
  }
  return values;
}

void expect_same(const std::vector<Array>& got, const std::vector<Array>& want) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < want.size(); ++i) EXPECT_TRUE(got[i].same_bits(want[i])) << i;
}

TEST(SessionAfterError, H2_RunsGiveTheBitsOfASessionWhereNothingFailed) {
  Noisy noisy;
  Session unbroken(noisy.graph), broken(noisy.graph);
  for (Session* session : {&unbroken, &broken}) session->initialize_variables();
  const std::vector<Array> want = three_runs(unbroken, noisy, false);
  expect_same(three_runs(broken, noisy, true), want);
}

TEST(SessionAfterError, H2_CallablesGiveTheBitsOfOnesThatNeverFailed) {
  Noisy noisy;
  std::vector<Array> values[2];
  for (const bool fails : {false, true}) {
    Session session(noisy.graph);
    session.initialize_variables();
    Session::Callable call = session.make_callable({noisy.sum}, {noisy.step}, {noisy.x, noisy.id});
    for (int64_t rows : {2, 1, 2, 3}) {
      const auto run = [&](const Array& x, const Array& id) { return call({x, id})[0]; };
      if (fails) {
        fail_in_every_way(noisy, run);
        EXPECT_THROW(call({}), Error);
        EXPECT_THROW((void)run(Array::zeros(kFloat32, {rows + 4, 2}), id_of(9)), Error);
      }
      values[fails ? 1 : 0].push_back(run(Array::zeros(kFloat32, {rows, 2}), id_of(1)));
      values[fails ? 1 : 0].push_back(session.variable_value("table"));
    }
  }
  expect_same(values[1], values[0]);
}

TEST(SessionAfterError, H2_AProgramThatCannotBeCompiledIsRefusedAgainAndOthersRun) {
  Noisy noisy;
  Session session(noisy.graph);
  session.initialize_variables();
  Session::Callable square = session.make_callable({noisy.square}, {}, {noisy.x});
  for (int time = 0; time < 3; ++time) {
    EXPECT_THROW(square({Array::zeros(kFloat32, {3, 2})}), Error);
    EXPECT_EQ(square({floats({1, 2, 3, 4}, {2, 2})})[0].at<float>(0), 6);
  }
}

TEST(SessionAfterError, H2_InitialValuesAreGivenToAllVariablesOrToNone) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor w = variable("w", floats({1, 2}, {2}));
  const Tensor bad = variable(
      "bad", {1}, [](const Shape&, DType) { return gather(random::uniform({2}), id_of(7)); });
  Session session(graph);
  session.set_variable("w", floats({5, 6}, {2}));
  session.set_variable("bad", floats({7}, {1}));
  EXPECT_THROW(session.initialize_variables(), Error);
  const std::vector<Array> values = session.run({.fetches = {w, bad}});
  EXPECT_EQ(values[0].at<float>(0), 5);
  EXPECT_EQ(values[1].at<float>(0), 7);
}

TEST(SessionAfterError, H2_AFaultInsideALoopOrABranchLeavesThemReady) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor id = placeholder(kInt32, {1}, "id");
  const Tensor table = variable("table", floats({1, 2, 3}, {3}));
  const Tensor looped =
      while_loop([](const Tensors& state) { return state[0] < 3; },
                 [&](const Tensors& state) {
                   return Tensors{state[0] + 1, state[1] + reduce_sum(gather(table, id))};
                 },
                 {0, 0.0f})[1];
  const Tensor branched = cond(
      reduce_sum(id) < 100, [&] { return reduce_sum(gather(table, id)); },
      [&] { return reduce_sum(table); });
  Session session(graph);
  session.initialize_variables();
  Session::Callable call = session.make_callable({looped, branched}, {}, {id});
  for (int time = 0; time < 3; ++time) {
    expect_error([&] { call({id_of(3)}); }, "[gather]");
    const std::vector<Array> values = call({id_of(2)});
    EXPECT_EQ(values[0].item<float>(), 9);
    EXPECT_EQ(values[1].item<float>(), 3);
    EXPECT_EQ(call({id_of(1)})[0].item<float>(), 6);
  }
}

/// Steps that fault after, or in the middle of, what they would update, if the number fed is `bad`.
struct LateFault {
  const char* name;
  int64_t bad, good;
  std::function<RunRequest(const Tensor& v, const Tensor& n, const Tensor& x)> step;
};
const LateFault kLateFaults[] = {
    {"a check of what the update computes", 0, 4,
     [](const Tensor& v, const Tensor&, const Tensor& x) -> RunRequest {
       const Tensor over = v / cast(x, kFloat32);
       return {.fetches = {check_numerics(over, "v / x")}, .targets = {assign(v, over * 2.0f)}};
     }},
    {"the second of two updates", 0, 2,
     [](const Tensor& v, const Tensor& n, const Tensor& x) -> RunRequest {
       return {.targets = {assign(v, v * 2.0f), assign(n, floordiv(int64_t{7}, x))}};
     }},
    {"a check of the loss beside a train op", 0, 2,
     [](const Tensor& v, const Tensor&, const Tensor& x) -> RunRequest {
       const Tensor loss = reduce_sum(square(v));
       return {.fetches = {check_numerics(loss / cast(x, kFloat32), "loss")},
               .targets = {optimizers::momentum({.learning_rate = 0.1}).minimize(loss)}};
     }},
    {"an index into what the update reads", 7, 1,
     [](const Tensor& v, const Tensor&, const Tensor& x) -> RunRequest {
       return {.fetches = {gather(v * 3.0f, x)}, .targets = {assign(v, v * 2.0f)}};
     }},
    {"an index of the second of two tables, whose rows nothing else takes", 7, 1,
     [](const Tensor& v, const Tensor&, const Tensor& x) -> RunRequest {
       const Tensor other = variable("other", reckon::ones({3}));
       const Tensor loss = reduce_sum(gather(v, 0)) + reduce_sum(gather(other, x));
       return {.targets = {optimizers::gradient_descent({.learning_rate = 1}).minimize(loss)}};
     }},
    {"an index of the first of two tables", 7, 1,
     [](const Tensor& v, const Tensor&, const Tensor& x) -> RunRequest {
       const Tensor other = variable("other", reckon::ones({3}));
       const Tensor loss = reduce_sum(gather(other, x)) + reduce_sum(gather(v, 0));
       return {.targets = {optimizers::adagrad({.learning_rate = 1}).minimize(loss)}};
     }},
    {"a division by what an update counts", 0, 1,
     [](const Tensor&, const Tensor& n, const Tensor& x) -> RunRequest {
       return {.fetches = {floordiv(int64_t{7}, x + n * int64_t{0})},
               .targets = {assign_add(n, 1)}};
     }},
};

TEST(SessionAfterError, H2_AStepThatFaultsLateHasChangedNoVariable) {
  for (const LateFault& fault : kLateFaults) {
    Graph graph;
    const GraphScope scope(graph);
    const Tensor v = variable("v", floats({1, 2}, {2}));
    const Tensor n = variable("n", Array::scalar<int64_t>(0));
    const Tensor x = placeholder(kInt64, {}, "x");
    RunRequest request = fault.step(v, n, x);
    Session session(graph);
    session.initialize_variables();
    const auto values = [&] { return session.run({.fetches = {v, n}}); };
    const std::vector<Array> before = values();
    request.feeds = {{x, Array::scalar<int64_t>(fault.bad)}};
    EXPECT_THROW(session.run(request), Error) << fault.name;
    const std::vector<Array> after = values();
    for (size_t i = 0; i < before.size(); ++i)
      EXPECT_TRUE(after[i].same_bits(before[i])) << fault.name;
    request.feeds = {{x, Array::scalar<int64_t>(fault.good)}};
    EXPECT_NO_THROW(session.run(request)) << fault.name;
    const std::vector<Array> last = values();
    EXPECT_FALSE(last[0].same_bits(before[0]) && last[1].same_bits(before[1])) << fault.name;
  }
}

}  // namespace session_after_error_test
}  // namespace reckon::runtime
