// SPDX-License-Identifier: Apache-2.0
// Counting elements along axes: known while tracing, known to the plan, known to the data alone.
#include <gtest/gtest.h>

#include <reckon/graph.h>
#include <reckon/rows.h>
#include "base/expect_error_testing.h"
#include "check_op.h"
#include "ops/gradient_support.h"
#include "ops/shape_only.h"

namespace reckon::ops {
namespace extent_product_test {

using namespace testing;

Array count(DType dtype) { return count_array(200, dtype); }

TEST(CountArray, HasEveryNumericDtype) {
  EXPECT_TRUE(count(kFloat32).same_bits(Array::scalar(200.0f)));
  EXPECT_TRUE(count(kFloat64).same_bits(Array::scalar(200.0)));
  EXPECT_TRUE(count(kInt32).same_bits(Array::scalar<int32_t>(200)));
  EXPECT_TRUE(count(kInt64).same_bits(Array::scalar<int64_t>(200)));
  EXPECT_TRUE(count(kUInt8).same_bits(Array::scalar<uint8_t>(200)));
  base::expect_error([] { count(kBool); }, "[extent_product] no count is bool");
}

TEST(ExtentProduct, CountsAlongAxesThatOnlyThePlanKnows) {
  for (DType dtype : {kFloat32, kInt32, kInt64}) {
    check_op({.op =
                  [dtype](const Tensor& x) {
                    return extent_product(x, {0, 2}, dtype);
                  },
              .inputs = {floats(std::vector<float>(24), {2, 3, 4})},
              .expect = count_array(8, dtype),
              .has_float64 = false});
  }
  check_op({.op = [](const Tensor& x) { return extent_product(x, {}, kInt32); },
            .inputs = {{1, 2}},
            .expect = ints({1}, {})});
  check_op({.op =
                [](const Tensor& x) {
                  return extent_product(x, {0, 1}, kInt32);
                },
            .inputs = {floats({}, {5, 0})},
            .expect = ints({0}, {})});
}

TEST(ExtentProduct, CountsRowsThatOnlyTheDataKnow) {
  const auto counted = [](const Tensor& x, const Tensor& mask) {
    return extent_product(boolean_mask(x, mask), {0, 1}, kInt64);
  };
  const Array x = floats({1, 2, 3, 4, 5, 6}, {3, 2});
  check_op({.op = counted,
            .inputs = {x, bools({true, false, true}, {3})},
            .expect = longs({4}, {}),
            .has_float64 = false});
  check_op({.op = counted,
            .inputs = {x, bools({false, false, false}, {3})},
            .expect = longs({0}, {}),
            .has_float64 = false});
}

TEST(ExtentProduct, IsAConstantWhereTheExtentsAreKnown) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {kUnknown, 3, 4});
  const auto op_of = [](const Tensor& t) { return t.function()->node(t.id()).op->name; };
  EXPECT_EQ(op_of(extent_product(x, {1, 2}, kFloat32)), "Constant");
  EXPECT_EQ(op_of(extent_product(x, {0, 2}, kFloat32)), "ExtentProduct");
}

}  // namespace extent_product_test
}  // namespace reckon::ops
