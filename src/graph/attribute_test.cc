// SPDX-License-Identifier: Apache-2.0
// Options by their listed members: equal ones hash alike, different ones are told apart, and all
// are printed.
#include "graph/attribute.h"

#include <gtest/gtest.h>

#include <cmath>

namespace reckon::reckon_internal::graph {
namespace attribute_test {

enum class Padding { kValid, kSame };
struct Options {
  int32_t count = 3;
  bool is_sorted = false;
  float slope = 0.5f;
  double offset = 0.1;
  Padding padding = Padding::kSame;
  std::string name = "a";
  Shape shape = {2, kUnknown};
  std::vector<int64_t> axes = {0, -1};
  Array value = Array::from<float>({1, 2}, {2});
};

const std::vector<Attribute>& attributes() {
  static const std::vector<Attribute> all = {make_attribute("count", &Options::count),
                                             make_attribute("is_sorted", &Options::is_sorted),
                                             make_attribute("slope", &Options::slope),
                                             make_attribute("offset", &Options::offset),
                                             make_attribute("padding", &Options::padding),
                                             make_attribute("name", &Options::name),
                                             make_attribute("shape", &Options::shape),
                                             make_attribute("axes", &Options::axes),
                                             make_attribute("value", &Options::value)};
  return all;
}

uint64_t hash_of(const Options& options) {
  base::Hasher hasher;
  for (const Attribute& attribute : attributes()) attribute.hash(&options, hasher);
  return hasher.value();
}

bool are_equal(const Options& a, const Options& b) {
  for (const Attribute& attribute : attributes()) {
    if (!attribute.equal(&a, &b)) return false;
  }
  return true;
}

template <class T>
uint64_t hash_of_value(const T& value) {
  base::Hasher hasher;
  hash_attribute(hasher, value);
  return hasher.value();
}

TEST(Attribute, OfEqualOptionsIsEqualAndHashesAlike) {
  Options a, b;
  b.value = Array::from<float>({1, 2}, {2});  // other memory
  EXPECT_TRUE(are_equal(a, b));
  EXPECT_EQ(hash_of(a), hash_of(b));
}

TEST(Attribute, TellsEveryMemberApart) {
  const std::vector<void (*)(Options&)> changes = {
      [](Options& o) { o.count = 4; },
      [](Options& o) { o.is_sorted = true; },
      [](Options& o) { o.slope = 0.25f; },
      [](Options& o) { o.offset = 0.2; },
      [](Options& o) { o.padding = Padding::kValid; },
      [](Options& o) { o.name = "b"; },
      [](Options& o) {
        o.shape = {2, 3};
      },
      [](Options& o) { o.axes = {0}; },
      [](Options& o) {
        o.value = Array::from<float>({1, 3}, {2});
      },
  };
  ASSERT_EQ(changes.size(), attributes().size());
  const Options original;
  for (size_t i = 0; i < changes.size(); ++i) {
    Options changed;
    changes[i](changed);
    EXPECT_FALSE(are_equal(original, changed)) << attributes()[i].name;
    EXPECT_NE(hash_of(original), hash_of(changed)) << attributes()[i].name;
  }
}

TEST(Attribute, PrintsEveryKind) {
  const Options options;
  std::string text;
  for (const Attribute& attribute : attributes()) {
    text += attribute.name + "=" + attribute.text(&options) + "\n";
  }
  EXPECT_EQ(text,
            "count=3\nis_sorted=0\nslope=0.5\noffset=0.1\npadding=1\nname=\"a\"\nshape=[2, ?]\n"
            "axes=[0, -1]\nvalue=float32[2] {1, 2}\n");
}

TEST(Attribute, PrintsTheFirstElementsOfALargeArray) {
  EXPECT_EQ(attribute_text(Array::from<int32_t>({1, 2, 3, 4, 5, 6, 7, 8, 9}, {9})),
            "int32[9] {1, 2, 3, 4, 5, 6, 7, 8, ...}");
}

TEST(Attribute, PrintsNumbersThatReadBackToTheSame) {
  EXPECT_EQ(attribute_text(0.1), "0.1");
  EXPECT_EQ(attribute_text(1.0 / 3), "0.3333333333333333");
  EXPECT_EQ(attribute_text(static_cast<int64_t>(INT64_MIN)), "-9223372036854775808");
}

// [1] and [2, 3] one after the other are not [1, 2] and [3].
TEST(Attribute, HashesTheLengthsOfLists) {
  const auto hash = [](const std::vector<int64_t>& first, const std::vector<int64_t>& second) {
    base::Hasher hasher;
    hash_attribute(hasher, first);
    hash_attribute(hasher, second);
    return hasher.value();
  };
  EXPECT_NE(hash({1}, {2, 3}), hash({1, 2}, {3}));
  EXPECT_NE(hash({}, {1}), hash({1}, {}));
  EXPECT_NE(hash_of_value(Shape({2, 1})), hash_of_value(Shape({2})));
}

// Folding x * 0.0 and x * -0.0 into one would change a sign.
TEST(Attribute, HashesZerosOfEitherSignApart) {
  EXPECT_NE(hash_of_value(0.0), hash_of_value(-0.0));
  EXPECT_EQ(hash_of_value(std::nan("")), hash_of_value(std::nan("")));
}

TEST(Attribute, ComparesArraysBitByBit) {
  const Array zero = Array::from<float>({0.0f}, {1}), negative = Array::from<float>({-0.0f}, {1});
  const Array nan = Array::from<float>({NAN}, {1});
  EXPECT_FALSE(equal_attribute(zero, negative));
  EXPECT_NE(hash_of_value(zero), hash_of_value(negative));
  EXPECT_TRUE(equal_attribute(nan, Array::from<float>({NAN}, {1})));
  const Array row = Array::from<float>({1, 2}, {1, 2}), column = Array::from<float>({1, 2}, {2, 1});
  EXPECT_FALSE(equal_attribute(row, column));
  EXPECT_NE(hash_of_value(row), hash_of_value(column));
  const Array whole = Array::from<int32_t>({0}, {1});
  EXPECT_FALSE(equal_attribute(zero, whole)) << "the same bytes of another dtype";
  EXPECT_NE(hash_of_value(zero), hash_of_value(whole));
}

TEST(Attribute, ComparesStringsAndTheirBoundaries) {
  const Array a = Array::strings({"ab", "c"}, {2}), b = Array::strings({"a", "bc"}, {2});
  EXPECT_FALSE(equal_attribute(a, b));
  EXPECT_NE(hash_of_value(a), hash_of_value(b));
  EXPECT_EQ(hash_of_value(a), hash_of_value(Array::strings({"ab", "c"}, {2})));
}

TEST(Attribute, HashesAnArrayThatWasNeverAssigned) {
  EXPECT_EQ(hash_of_value(Array()), hash_of_value(Array()));
  EXPECT_NE(hash_of_value(Array()), hash_of_value(Array::from<float>({}, {0})));
}

}  // namespace attribute_test
}  // namespace reckon::reckon_internal::graph
