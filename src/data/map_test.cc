// SPDX-License-Identifier: Apache-2.0
// Graph functions of elements: what they compute, what they may not, and what they cost.
#include <malloc.h>

#include <gtest/gtest.h>

#include <reckon/math.h>
#include <reckon/random.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>

#include "base/bytes_in_use_testing.h"
#include "base/expect_error_testing.h"
#include "data/labelled_rows_testing.h"
#include "data/map_programs.h"

namespace reckon::reckon_internal::data {
namespace map_test {

TEST(Map, TakesFeaturesAndALabel) {
  const Dataset dataset = labelled().map([](const Features& features, const Tensor& labels) {
    return Element{{{"sum", features["x"] + labels}}, cast(features["x"], kFloat32)};
  });
  EXPECT_EQ(dataset.spec(), (DatasetSpec{{{"sum", kInt64, {}}}, {{"", kFloat32, {}}}}));
  const std::vector<ArrayElement> elements = dataset.collect(9);
  ASSERT_EQ(elements.size(), 5u);
  EXPECT_TRUE(elements[2].features[0].same_bits(Array::scalar<int64_t>(6)));
  EXPECT_TRUE(elements[2].labels[0].same_bits(Array::scalar(3.0f)));
}

TEST(Map, TakesFeaturesAlone) {
  EXPECT_EQ(read_flat(labelled().map(times_ten)), (Numbers{10, 20, 30, 40, 50}));
  EXPECT_TRUE(labelled().map(times_ten).spec().labels.empty());
}

TEST(Map, TakesBothSidesOfAZip) {
  const Dataset pairs = Dataset::zip(labelled(), labelled().skip(2));
  const Dataset mapped = pairs.map([](const Element& left, const Element& right) {
    const Tensor same = cast(equal(left.labels(), right.labels() + 2), kFloat32);
    return Element{{{"left", left.features()["x"]}, {"right", right.features()["x"]}}, same};
  });
  const ArrayElement batch = mapped.batch(3).collect(1)[0];
  EXPECT_EQ(numbers_of(batch.features[0]), (Numbers{1, 2, 3}));
  EXPECT_EQ(numbers_of(batch.features[1]), (Numbers{3, 4, 5}));
  EXPECT_TRUE(batch.labels[0].same_bits(Array::from<float>({1, 1, 1}, {3})));
}

TEST(Map, GivesTheSameRowsBeforeAndAfterShuffleAndBatch) {
  const auto shuffled = [](const Dataset& rows) {
    return rows.shuffle({.buffer_size = 5, .seed = 1}).repeat(3);
  };
  const Batches want = read_numbers(shuffled(labelled()).batch(4).map(times_ten));
  EXPECT_EQ(read_numbers(shuffled(labelled().map(times_ten)).batch(4)), want);
  EXPECT_EQ(read_numbers(shuffled(labelled()).map(times_ten).batch(4)), want);
  EXPECT_EQ(want.size(), 4u);
}

TEST(Map, KeepsTheFreeDimensionOfABatch) {
  const Dataset dataset = labelled().batch(2).map(times_ten);
  EXPECT_EQ(dataset.spec().features[0].shape, (Shape{kUnknown}));
  EXPECT_EQ(read_numbers(dataset), (Batches{{10, 20}, {30, 40}, {50}}));
}

TEST(Map, PassesWhatItDoesNotChange) {
  const Array words = Array::strings({"a", "bb", "ccc"}, {3});
  const Dataset dataset = Dataset::from_arrays({{"word", words}, {"x", column({1, 2, 3})}});
  const Dataset mapped = dataset.map([](const Features& features) { return features; });
  EXPECT_TRUE(mapped.batch(3).collect(1)[0].features[0].same_bits(words));
  EXPECT_EQ(numbers_of(mapped.batch(3).collect(1)[0].features[1]), (Numbers{1, 2, 3}));
}

TEST(Map, MayGiveElementsOfAnySize) {
  const Dataset rows =
      Dataset::from_arrays({{"x", Array::from<int64_t>({1, -1, 2, 3, 4, -4}, {3, 2})}});
  const Dataset positive = rows.map([](const Features& features) {
    return Features{{"x", boolean_mask(features["x"], features["x"] > 0)}};
  });
  EXPECT_EQ(positive.spec().features[0].shape, (Shape{kUnknown}));
  EXPECT_EQ(read_numbers(positive), (Batches{{1}, {2, 3}, {4}}));
  base::expect_error([&] { positive.batch(2).collect(1); },
                     "[batch] elements int64[1] and int64[2] cannot be stacked");
}

Dataset noisy() {
  return labelled().map([](const Features& features) {
    return Features{{"noise", random::uniform({}, {.low = 0, .high = 1 << 30, .dtype = kInt64})},
                    {"x", features["x"]}};
  });
}

TEST(Map, DrawsByEpochAndElement) {
  const Numbers first = read_flat(noisy(), 5, {1, 0});
  EXPECT_EQ(read_flat(noisy(), 5, {1, 9}), first);
  EXPECT_NE(read_flat(noisy(), 5, {2, 0}), first);
  EXPECT_NE(first[0], first[1]);
  const Numbers epochs = read_flat(noisy().repeat(2).batch(3), 9, {1, 0});
  EXPECT_EQ(Numbers(epochs.begin(), epochs.begin() + 5), first);
  EXPECT_NE(Numbers(epochs.begin() + 5, epochs.end()), first);
}

TEST(Map, NamesTheLineOfAFaultThatOnlyDataShow) {
  const auto picked = [](const Dataset& rows) {
    return rows.map([](const Features& features) {
      return Features{{"x", gather(Array::from<float>({1, 2, 3}, {3}), features["x"])}};
    });
  };
  for (const Dataset& dataset : {picked(labelled()), picked(labelled()).batch(4)}) {
    base::expect_error([&] { dataset.collect(9); }, "At map_test.cc:");
  }
}

std::string place_of_fault(const Dataset& dataset) {
  try {
    dataset.collect(9);
  } catch (const Error& error) {
    return error.at();
  }
  return "";
}

TEST(Map, NamesItsOwnLineAlsoIfAnEqualFunctionWasCompiledBefore) {
  const Array two = Array::from<int32_t>({1, 2}, {2});
  const Dataset first = labelled().map([&](const Features& features) {
    return Features{{"x", gather(two, features["x"])}};
  });
  const Dataset second = labelled().map([&](const Features& features) {
    return Features{{"x", gather(two, features["x"])}};
  });
  EXPECT_EQ(first.structural_hash(), second.structural_hash());
  EXPECT_TRUE(place_of_fault(first).starts_with("map_test.cc:")) << place_of_fault(first);
  EXPECT_TRUE(place_of_fault(second).starts_with("map_test.cc:")) << place_of_fault(second);
  EXPECT_NE(place_of_fault(first), place_of_fault(second));
}

TEST(Map, RefusesAFunctionThatDoesNotFit) {
  base::expect_error(
      [] {
        Dataset::range(3).map([](const Features& f, const Tensor& labels) {
          return Element{f, labels};
        });
      },
      "[map] the function takes one label, and the dataset has 0 (features: x); take the features "
      "alone. At map_test");
  base::expect_error(
      [] { Dataset::range(3).map([](const Element& left, const Element&) { return left; }); },
      "[map] the function takes two Elements, and the dataset's elements have 1; call it on "
      "Dataset::zip of two. At map_test.cc:");
  base::expect_error([] { Dataset::range(3).map([](const Features&) { return Features(); }); },
                     "[map] the function returned no features; return at least one named Tensor.");
  base::expect_error(
      [] { Dataset::range(3).map([](const Features&) {
             return Features{{"y", Tensor()}};
           }); },
      "[map] the function returned \"y\" as a Tensor that was never assigned;");
}

/// Elements 0 … count - 1, as vectors of length, length + 1, ….
Dataset growing_elements(int64_t count, int64_t length) {
  return Dataset::range(count).map_native(
      [length](const ArrayElement& number) {
        const auto index = number.features[0].item<int64_t>();
        const auto size = static_cast<size_t>(length + index);
        return ArrayElement{
            {Array::from(std::vector<int64_t>(size, index), {static_cast<int64_t>(size)})}};
      },
      {.features = {{"x", kInt64, {kUnknown}}}});
}

// H11: the process kept a program, and the reader an arena, for each shape of an element.
TEST(Map, KeepsFewProgramsHoweverManyShapesComeAndIsRightStill) {
  const Dataset mapped = growing_elements(600, 1).map([](const Features& features) {
    return Features{{"x", features["x"] * 1117}};  // as no other test: programs are the process's
  });
  const int before = map_programs_compiled();
  for (int round = 0; round < 2; ++round) {
    const auto elements = read_numbers(mapped);
    ASSERT_EQ(elements.size(), 600u);
    for (size_t i = 0; i < elements.size(); ++i)
      ASSERT_EQ(elements[i], Numbers(i + 1, 1117 * static_cast<int64_t>(i)));
  }
  EXPECT_EQ(map_programs_compiled(), before + 1200);
  EXPECT_LE(map_programs_kept(), 256u);
  read_numbers(mapped.skip(600 - 256));
  EXPECT_EQ(map_programs_compiled(), before + 1200) << "shapes that were seen lately";
}

// H11
TEST(Map, MemoryOfAReaderDoesNotGrowWithTheNumberOfShapes) {
  // What is freed goes back to the system at once, or pieces of all sizes would count as kept.
  ::mallopt(M_MMAP_THRESHOLD, 128 << 10);
  constexpr int64_t kElements = 50000;  // 390 KiB in and out for each shape
  const Dataset mapped = growing_elements(400, kElements).map(times_ten);
  const auto iterator = make_iterator(mapped, {});
  ArrayElement element;
  for (int i = 0; i < 80; ++i) ASSERT_TRUE(iterator->next(element));
  const int64_t before = base::bytes_in_use();
  while (iterator->next(element)) continue;
  EXPECT_LT(base::bytes_in_use() - before, 48 << 20);
}

}  // namespace map_test
}  // namespace reckon::reckon_internal::data
