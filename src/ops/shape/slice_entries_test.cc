// SPDX-License-Identifier: Apache-2.0
// From masks to entries: ellipsis, new axes and single indices in every order, as NumPy reads them.
#include <gtest/gtest.h>

#include <numeric>

#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "check_op.h"

namespace reckon {
namespace slice_entries_test {

using namespace testing;

Array counted(const Shape& shape) {
  std::vector<float> values(static_cast<size_t>(shape.num_elements()));
  std::iota(values.begin(), values.end(), 0.0f);
  return floats(values, shape);
}

const Array kCube = counted({2, 3, 4});

struct Entries {
  std::vector<int64_t> begin, end;
  StridedSliceOptions options = {};
};

void expect_slice(const Entries& entries, const Array& want) {
  check_op({.op =
                [entries](const Tensor& x) {
                  return strided_slice(x, entries.begin, entries.end, entries.options);
                },
            .inputs = {kCube},
            .expect = want});
}

TEST(SliceEntries, AxesWithoutAnEntryAreWhole) {
  expect_slice({{1}, {2}}, floats({12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23}, {1, 3, 4}));
  expect_slice({{}, {}}, kCube);
}

TEST(SliceEntries, AnEllipsisStandsForTheAxesThatAreLeft) {
  // x[..., 1]
  expect_slice({{0, 1}, {0, 2}, {.ellipsis_mask = 1, .shrink_axis_mask = 2}},
               floats({1, 5, 9, 13, 17, 21}, {2, 3}));
  // x[1, ..., -1]
  expect_slice({{1, 0, -1}, {2, 0, 0}, {.ellipsis_mask = 2, .shrink_axis_mask = 5}},
               floats({15, 19, 23}, {3}));
  // x[0, 0, 0, ...]: it stands for no axis at all.
  expect_slice({{0, 0, 0, 0}, {1, 1, 1, 0}, {.ellipsis_mask = 8, .shrink_axis_mask = 7}},
               floats({0}, {}));
}

TEST(SliceEntries, NewAxesCountInTheResult) {
  // x[:, newaxis, 1:3, ::2]
  expect_slice({{0, 0, 1, 0},
                {0, 0, 3, 0},
                {.strides = {1, 1, 1, 2}, .begin_mask = 9, .end_mask = 9, .new_axis_mask = 2}},
               floats({4, 6, 8, 10, 16, 18, 20, 22}, {2, 1, 2, 2}));
  // x[1, newaxis, 2, newaxis]: dropped axes do not count.
  expect_slice({{1, 0, 2, 0}, {2, 0, 3, 0}, {.new_axis_mask = 10, .shrink_axis_mask = 5}},
               floats({20, 21, 22, 23}, {1, 1, 4}));
  // x[..., newaxis]
  expect_slice({{0, 0}, {0, 0}, {.ellipsis_mask = 1, .new_axis_mask = 2}}, counted({2, 3, 4, 1}));
}

TEST(SliceEntries, ASingleIndexMayCountFromTheEnd) {
  expect_slice({{-1, -3}, {0, 0}, {.shrink_axis_mask = 3}}, floats({12, 13, 14, 15}, {4}));
  // x[1, -1, ::-1]
  expect_slice({{1, -1, 0},
                {2, 0, 0},
                {.strides = {1, 1, -1}, .begin_mask = 4, .end_mask = 4, .shrink_axis_mask = 3}},
               floats({23, 22, 21, 20}, {4}));
}

TEST(SliceEntries, HaveASecondGradient) {
  check_op(
      {.op =
           [](const Tensor& x) {
             return strided_slice(x, {0, -1}, {1, -4}, {.strides = {1, -2}, .shrink_axis_mask = 1});
           },
       .inputs = {counted({2, 4})},
       .expect = {3, 1},
       .has_second_gradient = true});
}

TEST(SliceEntries, SliceTakesASizeOfMinusOneToTheEnd) {
  check_op({.op =
                [](const Tensor& x) {
                  return slice(x, {0, 1, 2}, {-1, 1, -1});
                },
            .inputs = {kCube},
            .expect = floats({6, 7, 18, 19}, {2, 1, 2})});
  check_op({.op =
                [](const Tensor& x) {
                  return slice(x, {2, 0, 0}, {0, -1, 1});
                },
            .inputs = {kCube},
            .expect = floats({}, {0, 3, 1})});
}

TEST(SliceEntries, MoveStrings) {
  const auto reversed = [](const Tensor& x) {
    return strided_slice(x, {0}, {0}, {.strides = {-1}, .begin_mask = 1, .end_mask = 1});
  };
  EXPECT_TRUE(run_op(reversed, {Array::strings({"a", "b", "c"}, {3})})[0].same_bits(
      Array::strings({"c", "b", "a"}, {3})));
}

TEST(SliceEntries, TheFirstOfTheRowsThatAreThere) {
  const auto first = [](const Tensor& x, const Tensor& mask) {
    return strided_slice(boolean_mask(x, mask), {0}, {1}, {.shrink_axis_mask = 1});
  };
  check_op({.op = first,
            .inputs = {floats({1, 2, 3, 4, 5, 6}, {3, 2}), bools({false, true, true}, {3})},
            .expect = {3, 4}});
}

TEST(SliceEntries, RefuseWhatCannotBe) {
  const auto refuse = [](std::vector<int64_t> begin, std::vector<int64_t> end,
                         StridedSliceOptions options, const char* text) {
    expect_error([&] { strided_slice(placeholder(kFloat32, {3, 4}), begin, end, options); }, text);
  };
  refuse({0, 0}, {1, 1}, {.strides = {0, 1}}, "[strided_slice] strides[0] is 0");
  refuse(
      {3, 0}, {4, 1}, {.shrink_axis_mask = 1},
      "[strided_slice] x is float32[3, 4]: index 3 of axis 0 is outside; pass an index in [-3, 3)");
  refuse({-4, 0}, {4, 1}, {.shrink_axis_mask = 1}, "index -4 of axis 0 is outside");
  refuse({0, 0, 0}, {1, 1, 1}, {}, "x is float32[3, 4] but 3 entries name an axis");
  refuse({0, 0}, {1, 1}, {.ellipsis_mask = 3}, "ellipsis_mask has several bits");
  refuse({1, 0}, {0, 1}, {.strides = {-1, 1}, .shrink_axis_mask = 1},
         "entry 0 is a single index but its stride is -1");
  refuse({0}, {1, 2}, {}, "begin has 1 entries, end 2");
  refuse({0}, {1}, {.strides = {1, 1}}, "begin has 1 entries, end 1, strides 2");
  expect_error([] { slice(placeholder(kFloat32, {3}), {0}, {-2}); },
               "[slice] axis 0 of float32[3] is cut at 0 with size -2");
  expect_error([] { slice(placeholder(kFloat32, {3}), {0}, {}); },
               "[slice] begin has 1 entries, size 0; give one of each");
}

}  // namespace slice_entries_test
}  // namespace reckon
