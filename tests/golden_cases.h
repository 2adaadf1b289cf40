// SPDX-License-Identifier: Apache-2.0
// For tests: the golden cases of training arithmetic, those beside the tests and, if they are
// there, all of them outside the repository.
#pragma once

#include <cmath>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <reckon/array.h>
#include <nlohmann/json.hpp>
#include "base/file_system.h"
#include "formats/golden_directory_testing.h"
#include "formats/npz_file.h"

namespace reckon::nn {

/// One family of cases and the arrays that they name.
struct GoldenFamily {
  nlohmann::json cases;
  std::map<std::string, Array> arrays;

  const Array& array(const nlohmann::json& key) const { return arrays.at(key.get<std::string>()); }
  /// The input called `name`; an Array that is not valid() if the case has none.
  Array input(const nlohmann::json& golden, const std::string& name) const {
    for (size_t i = 0; i < golden["inputs"].size(); ++i) {
      if (golden["input_names"][i] == name) return array(golden["inputs"][i]);
    }
    return {};
  }
};

inline GoldenFamily read_golden(const std::string& directory, const std::string& family) {
  return {nlohmann::json::parse(std::ifstream(directory + "/" + family + ".json"))["cases"],
          formats::read_npz(base::FileSystem::posix(), directory + "/" + family + ".npz")};
}

/// Runs on the cases beside the tests, and on all of them; skips, naming the data, where these are
/// not there.
class GoldenTest : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    const std::string outside = formats::golden_directory();
    if (GetParam() && outside.empty()) GTEST_SKIP() << formats::missing_golden("training");
    directory_ = GetParam() ? outside + "/training" : "src/nn/golden";
  }
  GoldenFamily family(const std::string& name) const { return read_golden(directory_, name); }

 private:
  std::string directory_;
};

inline std::string golden_test_name(const ::testing::TestParamInfo<bool>& info) {
  return info.param ? "Outside" : "Frozen";
}

/// Each element within the case's tolerance of what TensorFlow computed or, if known, of the truth.
inline void expect_golden(const Array& got, const Array& want, const Array& truth, double relative,
                          double absolute, const std::string& what) {
  ASSERT_EQ(got.num_elements(), want.num_elements()) << what;
  for (int64_t i = 0; i < got.num_elements(); ++i) {
    const auto is_near = [&](const Array& other) {
      if (!other.valid()) return false;
      const double expected = other.at<double>(i);
      return std::abs(got.at<double>(i) - expected) <= absolute + relative * std::abs(expected);
    };
    EXPECT_TRUE(is_near(want) || is_near(truth))
        << what << " at " << i << ": got " << got.at<double>(i) << ", want " << want.at<double>(i);
  }
}

}  // namespace reckon::nn
