// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <gtest/gtest.h>

#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "check_op.h"

namespace reckon {
namespace slice_test {

using namespace testing;

const Array kSquare = floats({0, 1, 2, 3, 4, 5, 6, 7, 8}, {3, 3});

TEST(Slice, CutsAPart) {
  check_op({.op =
                [](const Tensor& x) {
                  return slice(x, {1, 0}, {2, 2});
                },
            .inputs = {kSquare},
            .expect = floats({3, 4, 6, 7}, {2, 2}),
            .has_second_gradient = true});
  check_op({.op =
                [](const Tensor& x) {
                  return slice(x, {1, 2}, {-1, 1});
                },
            .inputs = {kSquare},
            .expect = floats({5, 8}, {2, 1})});
}

TEST(Slice, RefusesAPartOutside) {
  const auto refuse = [](std::vector<int64_t> begin, std::vector<int64_t> size, const char* text) {
    expect_error([&] { slice(placeholder(kFloat32, {3, 4}), begin, size); }, text);
  };
  refuse({0, 2}, {3, 3}, "[slice] x is float32[3, 4]: axis 1 is cut from 2 to 5, outside [0, 4)");
  refuse({-1, 0}, {1, 1}, "begin counts from 0");
  const int64_t most = std::numeric_limits<int64_t>::max();
  refuse({most, 0}, {most, 1},
         "axis 0 is cut from 9223372036854775807 to 9223372036854775807, outside [0, 3)");
  refuse({0, 1}, {3, most}, "axis 1 is cut from 1 to 9223372036854775807, outside [0, 4)");
  refuse({0}, {1}, "begin and size have 1 entries");
}

TEST(StridedSlice, FollowsPython) {
  const auto sliced = [](int64_t begin, int64_t end, int64_t stride) {
    return [=](const Tensor& x) { return strided_slice(x, {begin}, {end}, {.strides = {stride}}); };
  };
  check_op({.op = sliced(1, 6, 2), .inputs = {{0, 1, 2, 3, 4, 5, 6}}, .expect = {1, 3, 5}});
  check_op({.op = sliced(-2, -9, -2), .inputs = {{0, 1, 2, 3, 4, 5, 6}}, .expect = {5, 3, 1}});
  check_op({.op = sliced(-100, 100, 1), .inputs = {{0, 1, 2}}, .expect = {0, 1, 2}});
  check_op({.op = sliced(2, 2, 1), .inputs = {{0, 1, 2}}, .expect = floats({}, {0})});
  const int64_t most = std::numeric_limits<int64_t>::max(), least = -most - 1;
  check_op({.op = sliced(0, 3, most), .inputs = {{5, 6, 7}}, .expect = {5}});
  check_op({.op = sliced(most, least, least), .inputs = {{5, 6, 7}}, .expect = {7}});
}

TEST(StridedSlice, ReadsEveryMask) {
  check_op({.op =
                [](const Tensor& x) {
                  return strided_slice(x, {1, 0}, {2, 2}, {.shrink_axis_mask = 1});
                },
            .inputs = {kSquare},
            .expect = {3, 4}});
  check_op({.op =
                [](const Tensor& x) {
                  return strided_slice(x, {0, 0, 1}, {0, 0, 2},
                                       {.ellipsis_mask = 2, .new_axis_mask = 1});
                },
            .inputs = {kSquare},
            .expect = floats({1, 4, 7}, {1, 3, 1})});
  check_op({.op =
                [](const Tensor& x) {
                  return strided_slice(x, {5}, {1},
                                       {.strides = {-1}, .begin_mask = 1, .end_mask = 1});
                },
            .inputs = {{1, 2, 3}},
            .expect = {3, 2, 1}});
}

TEST(StridedSlice, CutsASizeThatOnlyTheDataKnows) {
  check_op({.op =
                [](const Tensor& x, const Tensor& mask) {
                  return strided_slice(boolean_mask(x, mask), {-2}, {0}, {.end_mask = 1});
                },
            .inputs = {{1, 2, 3, 4}, bools({true, false, true, true}, {4})},
            .expect = {3, 4}});
}

}  // namespace slice_test
}  // namespace reckon
