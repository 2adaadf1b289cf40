// SPDX-License-Identifier: Apache-2.0
// Tensors by name: what is there is found, what is not is named with what is.
#include <reckon/features.h>

#include <gtest/gtest.h>

#include "base/expect_error_testing.h"

namespace reckon {
namespace features_test {

TEST(Features, AreInOrderOfName) {
  const Features features{{"y", Tensor()}, {"x", Tensor()}};
  EXPECT_EQ(features.names(), (std::vector<std::string>{"x", "y"}));
  EXPECT_TRUE(features.contains("x"));
  EXPECT_FALSE(features.contains("z"));
}

TEST(Features, NameWhatThereIsWhenAskedForWhatIsNot) {
  const Features features{{"y", Tensor()}, {"x", Tensor()}};
  base::expect_error([&] { features["z"]; }, ErrorCode::kNotFound,
                     "[features] there is no feature \"z\"; there are: x, y; read one of these, or "
                     "return it from input_fn.");
  base::expect_error([] { Features()["z"]; }, ErrorCode::kNotFound,
                     "there is no feature \"z\"; there are none; return it from input_fn.");
}

TEST(Labels, GiveTheOnlyOne) {
  EXPECT_TRUE(Labels(Tensor()).is_single());
  EXPECT_FALSE(Labels(Tensor()).single().valid());
}

TEST(Labels, RefuseToChooseAmongSeveralOrNone) {
  base::expect_error([] { Element(Features{}).labels(); }, ErrorCode::kInvalidArgument,
                     "[labels] there are none, expected one label; return labels from input_fn");
  const Labels two{{"a", Tensor()}, {"b", Tensor()}};
  base::expect_error([&] { two.single(); }, ErrorCode::kInvalidArgument,
                     "[labels] there are 2 (a, b), expected one; ask for each by its name.");
}

}  // namespace features_test
}  // namespace reckon
