// SPDX-License-Identifier: Apache-2.0
// Readers by rows, by elements and in another order: both halves of the interface agree.
#include "data/readers.h"

#include <gtest/gtest.h>

#include "base/expect_error_testing.h"
#include "data/labelled_rows_testing.h"

namespace reckon::reckon_internal::data {
namespace readers_test {

/// epoch * 100 + index, one element at a time.
class CountingReader final : public ElementReader {
 public:
  void read(int64_t epoch, int64_t index, Columns out) override {
    *out[0] = Array::scalar<int64_t>(epoch * 100 + index);
  }
};

/// As many zeros as the index says.
class GrowingReader final : public ElementReader {
 public:
  void read(int64_t, int64_t index, Columns out) override {
    *out[0] = Array::zeros(kInt64, {index});
  }
};

/// The elements of an epoch of four, backwards.
class BackwardsReader final : public RemapReader {
 public:
  using RemapReader::RemapReader;

 protected:
  void remap(const Run& run, std::vector<Run>& out) override {
    for (int64_t i = 0; i < run.count; ++i) out.push_back({run.epoch, 3 - (run.first + i), 1});
  }
};

// Within a test, Run is a member of testing::Test.
using Runs = std::vector<Run>;

Array gathered(Reader& reader, const Runs& runs) {
  ColumnStore out(1);
  reader.gather(runs, out.columns());
  return out[0];
}
Array element(Reader& reader, int64_t epoch, int64_t index) {
  ColumnStore out(1);
  reader.read(epoch, index, out.columns());
  return out[0];
}

TEST(Readers, TotalCountAddsTheRuns) {
  EXPECT_EQ(total_count({}), 0);
  const Runs runs = {{0, 5, 3}, {1, 0, 0}, {2, 9, 4}};
  EXPECT_EQ(total_count(runs), 7);
}

TEST(Readers, ElementsAreStackedInTheOrderOfTheRuns) {
  CountingReader reader;
  const Array rows = gathered(reader, {{0, 3, 2}, {2, 0, 1}, {1, 1, 0}, {0, 9, 1}});
  EXPECT_EQ(numbers_of(rows), (Numbers{3, 4, 200, 9}));
  EXPECT_EQ(rows.shape(), (Shape{4}));
}

TEST(Readers, ElementsOfDifferentShapesAreNotStacked) {
  GrowingReader reader;
  EXPECT_EQ(gathered(reader, {{0, 2, 1}}).shape(), (Shape{1, 2}));
  base::expect_error(
      [&] {
        gathered(reader, {{0, 2, 2}});
      },
      ErrorCode::kInvalidArgument, "[batch] elements int64[2] and int64[3] cannot be stacked");
}

TEST(Readers, AnotherOrderIsThatOfBothHalves) {
  BackwardsReader reader(std::make_unique<CountingReader>());
  EXPECT_EQ(element(reader, 1, 0).item<int64_t>(), 103);
  EXPECT_EQ(element(reader, 0, 3).item<int64_t>(), 0);
  EXPECT_EQ(numbers_of(gathered(reader, {{0, 0, 3}, {1, 3, 1}})), (Numbers{3, 2, 1, 100}));
}

TEST(ColumnReader, OneRunIsASliceWithoutACopy) {
  const Array rows = column({1, 2, 3, 4});
  ColumnReader reader({rows});
  const Array slice = gathered(reader, {{0, 1, 2}});
  EXPECT_EQ(numbers_of(slice), (Numbers{2, 3}));
  EXPECT_EQ(slice.raw(), static_cast<const int64_t*>(rows.raw()) + 1);
}

TEST(ColumnReader, SeveralRunsAreCopiedTogether) {
  ColumnReader reader({column({10, 11, 12, 13, 14, 15, 16, 17})});
  // More runs than are asked for ahead, an empty one and a repeated one.
  const Runs runs = {{0, 7, 1}, {0, 0, 2}, {0, 4, 0}, {1, 3, 1}, {0, 3, 1}, {0, 5, 2}, {9, 0, 1}};
  EXPECT_EQ(numbers_of(gathered(reader, runs)), (Numbers{17, 10, 11, 13, 13, 15, 16, 10}));
}

TEST(ColumnReader, AnElementHasNoFirstDimension) {
  ColumnReader reader({Array::from<int64_t>({1, 2, 3, 4, 5, 6}, {3, 2})});
  const Array row = element(reader, 0, 2);
  EXPECT_EQ(row.shape(), (Shape{2}));
  EXPECT_EQ(numbers_of(row), (Numbers{5, 6}));
  EXPECT_EQ(gathered(reader, {{0, 2, 1}, {0, 0, 1}}).shape(), (Shape{2, 2}));
}

TEST(ColumnReader, RowsOfStringsAndOfNothingAreGatheredToo) {
  ColumnReader words({Array::strings({"a", "bb", "ccc", "dddd"}, {2, 2})});
  EXPECT_TRUE(gathered(words, {{0, 1, 1}, {0, 0, 1}})
                  .same_bits(Array::strings({"ccc", "dddd", "a", "bb"}, {2, 2})));
  ColumnReader nothing({Array::zeros(kFloat32, {4, 0})});
  EXPECT_EQ(gathered(nothing, {{0, 1, 1}, {0, 3, 1}}).shape(), (Shape{2, 0}));
}

TEST(ColumnReader, FillsEveryColumnFromTheSameRows) {
  ColumnReader reader({column({1, 2, 3}), Array::from<float>({1.5f, 2.5f, 3.5f}, {3})});
  ColumnStore out(2);
  const Runs runs = {{0, 2, 1}, {0, 0, 1}};
  reader.gather(runs, out.columns());
  EXPECT_EQ(numbers_of(out[0]), (Numbers{3, 1}));
  EXPECT_TRUE(out[1].same_bits(Array::from<float>({3.5f, 1.5f}, {2})));
}

TEST(ColumnReader, NeverWritesIntoABatchThatIsStillHeld) {
  ColumnReader reader({column({1, 2, 3, 4})});
  const Runs first = {{0, 3, 1}, {0, 0, 1}}, second = {{0, 1, 1}, {0, 2, 1}};
  const Array held = gathered(reader, first);
  gathered(reader, second);
  EXPECT_EQ(numbers_of(held), (Numbers{4, 1}));
}

}  // namespace readers_test
}  // namespace reckon::reckon_internal::data
