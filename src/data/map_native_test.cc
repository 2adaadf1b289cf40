// SPDX-License-Identifier: Apache-2.0
// C++ functions of elements: what goes in, and that what comes out keeps to its spec.
#include <gtest/gtest.h>

#include <reckon/math.h>
#include "base/expect_error_testing.h"
#include "data/read_numbers_testing.h"

namespace reckon::reckon_internal::data {
namespace map_native_test {

const DatasetSpec kOne{{{"y", kInt64, {}}}, {}};

ArrayElement squared(const ArrayElement& element) {
  const int64_t x = element.features[0].item<int64_t>();
  return {{Array::scalar<int64_t>(x * x)}, {}};
}

TEST(MapNative, MapsElements) {
  const Dataset dataset = Dataset::range(4).map_native(squared, kOne);
  EXPECT_EQ(dataset.spec(), kOne);
  EXPECT_EQ(read_numbers(dataset.batch(3)), (Batches{{0, 1, 4}, {9}}));
  EXPECT_EQ(read_flat(dataset.skip(1).repeat(2)), (Numbers{1, 4, 9, 1, 4, 9}));
}

TEST(MapNative, SeesBothSidesOfAZipJoined) {
  const Dataset left = Dataset::from_arrays({{"z", Array::from<int64_t>({1, 2}, {2})}},
                                            Array::from<int64_t>({3, 4}, {2}));
  const Dataset dataset =
      Dataset::zip(left, Dataset::range(10, 12))
          .map_native(
              [](const ArrayElement& element) {
                // x, z, then the label
                const int64_t x = element.features[0].item<int64_t>(),
                              z = element.features[1].item<int64_t>();
                return ArrayElement{
                    {Array::scalar<int64_t>(x * 100 + z * 10 + element.labels[0].item<int64_t>())},
                    {}};
              },
              kOne);
  EXPECT_EQ(read_flat(dataset), (Numbers{1013, 1124}));
}

TEST(MapNative, MayGiveElementsOfAnySizeIfTheSpecSaysSo) {
  const DatasetSpec spec{{{"y", kInt64, {kUnknown}}}, {}};
  const Dataset dataset = Dataset::range(3).map_native(
      [](const ArrayElement& element) {
        return ArrayElement{{Array::zeros(kInt64, {element.features[0].item<int64_t>()})}, {}};
      },
      spec);
  EXPECT_EQ(read_numbers(dataset), (Batches{{}, {0}, {0, 0}}));
}

TEST(MapNative, RefusesWhatIsNotInTheSpec) {
  const auto returning = [](Array array) {
    return Dataset::range(1).map_native(
        [array](const ArrayElement&) {
          return ArrayElement{{array}, {}};
        },
        kOne);
  };
  base::expect_error(
      [&] { returning(Array::scalar(1.0f)).collect(1); },
      "[map_native] the function returned float32[] for \"y\" of its features, and its spec says "
      "int64[]; return what the spec says, or mend the spec. At map_native_test.cc:");
  base::expect_error([&] { returning(Array::zeros(kInt64, {2})).collect(1); },
                     "returned int64[2] for \"y\"");
  base::expect_error(
      [] {
        Dataset::range(1)
            .map_native([](const ArrayElement&) { return ArrayElement{}; }, kOne)
            .collect(1);
      },
      "[map_native] the function returned 0 features, and its spec names 1;");
  base::expect_error([] { Dataset::range(1).map_native(squared, {}); },
                     "[map_native] the spec names no features;");
  base::expect_error([] { Dataset::range(1).map_native(nullptr, kOne); },
                     "[map_native] came without a function;");
}

TEST(MapNative, PassesTheFunctionsOwnErrorsOn) {
  const Dataset dataset = Dataset::range(3).map_native(
      [](const ArrayElement& element) -> ArrayElement {
        if (element.features[0].item<int64_t>() == 2) throw std::out_of_range("two");
        return element;
      },
      kOne);
  EXPECT_THROW(dataset.collect(9), std::out_of_range);
  EXPECT_EQ(dataset.collect(2).size(), 2u);
}

TEST(MapNative, IsHashedByItsSpec) {
  const Dataset rows = Dataset::range(3);
  const uint64_t hash = rows.map_native(squared, kOne).structural_hash();
  EXPECT_EQ(rows.map_native(squared, kOne).structural_hash(), hash);
  EXPECT_NE(rows.map_native(squared, {{{"z", kInt64, {}}}, {}}).structural_hash(), hash);
}

// The spec's features come sorted to a model; the function's Arrays are in the order of its own.
TEST(MapNative, ReturnsArraysInTheOrderThatTheSpecIsWritten) {
  const auto both = [](const ArrayElement&) {
    return ArrayElement{{Array::scalar<double>(2.5), Array::scalar<uint8_t>(7)}, {}};
  };
  const Dataset dataset =
      Dataset::range(2).map_native(both, {{{"z", kFloat64, {}}, {"a", kUInt8, {}}}, {}});
  EXPECT_EQ(dataset.spec().features[0].name, "a");
  const ArrayElement element = dataset.collect(1)[0];
  EXPECT_EQ(element.features[0].item<uint8_t>(), 7);
  EXPECT_EQ(element.features[1].item<double>(), 2.5);
  const Dataset mapped = dataset.map([](const Features& features) -> Features {
    return {{"q", features["z"] * 2.0}};
  });
  EXPECT_EQ(mapped.collect(1)[0].features[0].item<double>(), 5);
}

}  // namespace map_native_test
}  // namespace reckon::reckon_internal::data
