// SPDX-License-Identifier: Apache-2.0
// Sums of many tensors of one shape.
#include <gtest/gtest.h>

#include <reckon/math.h>
#include <reckon/session.h>
#include "check_op.h"

namespace reckon {
namespace add_n_test {

using testing::check_op;
using testing::expect_error;
using testing::floats;

TEST(AddN, SumsInOrder) {
  check_op({.op = [](const Tensors& parts) { return add_n(parts); },
            .inputs = {{1, 2}, {10, 20}, {100, 200}},
            .expect = {111, 222}});
  check_op({.op = [](const Tensors& parts) { return add_n(parts); },
            .inputs = {{1, 2}},
            .expect = {1, 2}});
}

TEST(AddN, RefusesToBroadcast) {
  expect_error(
      [] {
        add_n({Operand(floats({1, 2}, {2})).resolve(), Operand(floats({1}, {1})).resolve()});
      },
      "[add_n] part 1 is float32[1] but part 0 is float32[2]; parts must have one shape");
}

TEST(AddN, RefusesNothing) {
  expect_error([] { add_n({}); },
               "[add_n] came without parts, expected one or more; pass a tensor");
}

TEST(AddN, SumsMorePartsThanOneLoopCanRead) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {2}, "x");
  const Tensors parts(200, x);
  EXPECT_EQ(evaluate_now(add_n(parts), {{x, Array::from<float>({1, -3}, {2})}}).at<float>(1), -600);
}

}  // namespace add_n_test
}  // namespace reckon
