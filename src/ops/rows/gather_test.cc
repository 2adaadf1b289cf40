// SPDX-License-Identifier: Apache-2.0
// Gather along every axis, of batches, of strings, and of indices that are outside.
#include "ops/rows/gather.h"

#include <gtest/gtest.h>

#include <reckon/graph.h>
#include <reckon/math.h>
#include "base/expect_error_testing.h"
#include "check_op.h"

namespace reckon {
namespace gather_test {

using namespace testing;

auto gathered(GatherOptions options = {}) {
  return
      [options](const Tensor& params, const Tensor& ids) { return gather(params, ids, options); };
}

const Array kGatheredTable = floats({0, 1, 10, 11, 20, 21}, {3, 2});

TEST(Gather, TakesRows) {
  check_op({.op = gathered(),
            .inputs = {kGatheredTable, ints({2, 0, 2}, {3})},
            .expect = floats({20, 21, 0, 1, 20, 21}, {3, 2}),
            .has_second_gradient = true});
  check_op({.op = gathered(), .inputs = {kGatheredTable, longs({1}, {})}, .expect = {10, 11}});
  check_op(
      {.op = gathered(), .inputs = {kGatheredTable, ints({}, {0})}, .expect = floats({}, {0, 2})});
}

TEST(Gather, TakesColumnsAndBatches) {
  check_op({.op = gathered({.axis = -1}),
            .inputs = {kGatheredTable, ints({1, 1, 0, 1}, {2, 2})},
            .expect = floats({1, 1, 0, 1, 11, 11, 10, 11, 21, 21, 20, 21}, {3, 2, 2})});
  check_op({.op = gathered({.axis = 1, .batch_dims = 1}),
            .inputs = {kGatheredTable, ints({1, 0, 1}, {3, 1})},
            .expect = floats({1, 10, 21}, {3, 1})});
}

TEST(Gather, TakesStrings) {
  const Array words = Array::strings({"a", "b", "c"}, {3});
  EXPECT_TRUE(
      run_op(gathered(), {words, ints({2, 0}, {2})})[0].same_bits(Array::strings({"c", "a"}, {2})));
}

TEST(Gather, NamesTheIndexThatIsOutside) {
  for (const int32_t index : {3, -1}) {
    base::expect_error(
        [&] {
          run_op(gathered(), {kGatheredTable, ints({0, index}, {2})});
        },
        "[gather] index " + std::to_string(index) + " is not in [0, 3)");
  }
}

TEST(Gather, RefusesShapesThatDoNotFit) {
  const auto refuse = [](const Shape& params, const Shape& ids, GatherOptions options,
                         const char* text) {
    expect_error([&] { gather(placeholder(kFloat32, params), placeholder(kInt32, ids), options); },
                 text);
  };
  refuse({3}, {1}, {.axis = 1}, "[gather] axis is 1 but x is float32[3]");
  refuse({}, {1}, {}, "[gather] params is float32[], expected one dimension or more");
  refuse({2, 3}, {3, 1}, {.axis = 1, .batch_dims = 1},
         "[gather] batches differ: params is float32[2, 3]");
  refuse({2, 3}, {3, 1}, {.axis = 0, .batch_dims = 1},
         "batch_dims is 1, expected one in [0, 0], which axis");
  expect_error([] { gather(placeholder(kFloat32, {3}), placeholder(kFloat32, {1})); },
               "[gather] indices is float32[1], expected int32 or int64");
}

}  // namespace gather_test
}  // namespace reckon
