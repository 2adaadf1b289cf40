// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <reckon/control_flow.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>

#include "check_op.h"

namespace reckon::testing {
namespace cond_test {

/// x * y if p, else x + sin(y).
Tensor product_or_sum(const Tensor& p, const Tensor& x, const Tensor& y) {
  return cond(
      p, [&] { return x * y; }, [&] { return x + sin(y); });
}

TEST(Cond, RunsTheBranchThatThePredicatePicks) {
  const Values x = {1, -2}, y = {0.5, 3};
  check_op({.op = product_or_sum,
            .inputs = {bools({true}, {}), x, y},
            .expect = {0.5, -6},
            .has_second_gradient = true});
  check_op({.op = product_or_sum,
            .inputs = {bools({false}, {}), x, y},
            .expect = {1.4794255386, -1.8588799919},
            .has_second_gradient = true});
}

TEST(Cond, GivesZeroGradientToWhatTheOtherBranchUses) {
  const auto op = [](const Tensor& p, const Tensor& x, const Tensor& y) {
    return cond(
        p, [&] { return reduce_sum(x); }, [&] { return reduce_prod(y); });
  };
  check_op({.op = op, .inputs = {bools({true}, {}), {1, 2, 3}, {4, 5}}, .expect = {6}});
  check_op({.op = op, .inputs = {bools({false}, {}), {1, 2, 3}, {4, 5}}, .expect = {20}});
}

TEST(Cond, ReturnsSeveralValuesAndCapturedOnesAsTheyAre) {
  const auto op = [](const Tensor& p, const Tensor& x) {
    return cond(
        p,
        [&]() -> Tensors {
          return {x, x * 2};
        },
        [&]() -> Tensors {
          return {x * 3, x};
        });
  };
  check_op({.op = op, .inputs = {bools({true}, {}), {1, 2}}, .expect = {{1, 2}, {2, 4}}});
  check_op({.op = op, .inputs = {bools({false}, {}), {1, 2}}, .expect = {{3, 6}, {1, 2}}});
}

TEST(Cond, Nests) {
  const auto op = [](const Tensor& x) {
    const auto inner = [&] {
      return cond(
          reduce_sum(x) > 10, [&] { return x * x; }, [&] { return -x; });
    };
    return cond(reduce_sum(x) > 0, inner, [&] { return exp(x); });
  };
  check_op({.op = op, .inputs = {{4, 8}}, .expect = {16, 64}});
  check_op({.op = op, .inputs = {{4, 1}}, .expect = {-4, -1}});
  check_op({.op = op, .inputs = {{0, -1}}, .expect = {1, 0.3678794412}, .tolerance = 2e-6});
}

TEST(Cond, ReadsVariablesMadeInsideABranch) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor p = placeholder(kBool, {});
  const Tensor y = cond(
      p, [] { return variable("w", 3.0f) * 2; }, [] { return Operand(1.0f).resolve(); });
  Session session(graph);
  session.initialize_variables();
  EXPECT_EQ(session.run({.fetches = {y}, .feeds = {{p, Array::scalar(true)}}})[0].item<float>(), 6);
  EXPECT_EQ(session.run({.fetches = {y}, .feeds = {{p, Array::scalar(false)}}})[0].item<float>(),
            1);
}

TEST(Cond, SeesTheModeThatTheRestOfTheGraphSees) {
  const auto op = [](const Tensor& p, const Tensor& x) {
    const auto scaled = [&] { return where(is_training(), x * 100, x * 2); };
    return Tensors{cond(p, scaled, [&] { return x; }), scaled()};
  };
  const std::vector<Array> got = run_op(op, {bools({true}, {}), floats({1, 2}, {2})});
  EXPECT_TRUE(got[0].same_bits(got[1])) << got[0].values_text() << got[1].values_text();
}

TEST(Cond, RefusesBranchesThatDiffer) {
  expect_error(
      [] {
        const Tensor x = placeholder(kFloat32, {3});
        cond(
            reduce_sum(x) > 0, [&] { return x; }, [&] { return Operand(1).resolve(); });
      },
      "[cond] the branches differ: if_true gives float32[3], if_false gives int32[]");
}

TEST(Cond, RefusesAPredicateThatIsNoFlag) {
  expect_error(
      [] {
        const Tensor x = placeholder(kFloat32, {3});
        cond(
            x, [&] { return x; }, [&] { return x; });
      },
      "[cond] the predicate is float32[3], expected bool[]");
}

TEST(Cond, RefusesAssignmentsInside) {
  expect_error(
      [] {
        const Tensor w = variable("w", 1.0f);
        const auto assigning = [&] {
          assign(w, 2.0f);
          return w * 1;
        };
        cond(w > 0, assigning, [&] { return w * 1; });
      },
      "w is assigned inside cond or while_loop");
}

TEST(Cond, RefusesACapturedSizeThatOnlyTheDataKnows) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {4}, "x");
  const Tensor chosen = boolean_mask(x, x > 0);
  const Tensor total = cond(
      reduce_sum(x) > 0, [&] { return reduce_sum(chosen); }, [&] { return reduce_max(x); });
  expect_error(
      [&] {
        evaluate_now(total, {{x, Array::from<float>({1, -1, 2, 3}, {4})}});
      },
      "[cond] a value has a size that only the data knows");
}

TEST(Cond, RefusesEmptyBranches) {
  expect_error(
      [] { cond(placeholder(kBool, {}), std::function<Tensor()>(), [] { return ones({}); }); },
      "[cond] a function is empty");
}

}  // namespace cond_test
}  // namespace reckon::testing
