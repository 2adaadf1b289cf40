// SPDX-License-Identifier: Apache-2.0
// Values of variables: stable addresses, copies out and in, and a store that knows what has no
// value.
#include "runtime/variable_store.h"

#include <fstream>

#include <gtest/gtest.h>

#include <reckon/math.h>
#include <reckon/shape_ops.h>

#include "base/expect_error_testing.h"
#include "graph/trace.h"
#include "runtime/traced_program_testing.h"

namespace reckon::runtime {
namespace variable_store_test {

using base::expect_error;

class VariableStoreTest : public ::testing::Test {
 protected:
  VariableStoreTest() {
    const GraphScope scope(graph_);
    variable("v", Array::from<float>({1, 2}, {2}));
    variable("n", Array::scalar<int64_t>(7));
    variable("empty", Array::zeros(kFloat32, {0, 3}));
  }
  int32_t index(const std::string& name) const { return store_.module()->find(name); }

  Graph graph_;
  VariableStore store_{graph_.trace().module};
};

TEST_F(VariableStoreTest, HasNoValueAtFirstAndSaysWhatToDo) {
  EXPECT_FALSE(store_.is_initialized(index("v")));
  expect_error(
      [&] { store_.value(index("v")); }, ErrorCode::kFailedPrecondition,
      "[variable] \"v\" (float32[2]) has no value yet, expected one before it is read; call "
      "Session::initialize_variables(), or set_variable(), first.");
  EXPECT_EQ(store_.bytes(), 0u) << "no memory before it is needed";
}

TEST_F(VariableStoreTest, GivesBackACopyOfWhatWasSet) {
  const Array set = Array::from<float>({3, 4}, {2});
  store_.set(index("v"), set);
  Array copy = store_.value(index("v"));
  EXPECT_TRUE(copy.same_bits(set));
  copy.mutable_data<float>()[0] = 9;
  EXPECT_EQ(store_.value(index("v")).at<float>(0), 3);
  store_.set(index("n"), Array::scalar<int64_t>(-1));
  EXPECT_EQ(store_.value(index("n")).item<int64_t>(), -1);
}

TEST_F(VariableStoreTest, RefusesAnotherShapeOrDTypeShowingBoth) {
  expect_error([&] { store_.set(index("v"), Array::zeros(kFloat32, {3})); },
               ErrorCode::kInvalidArgument,
               "[variable] \"v\" is float32[2] but the value is float32[3]; give it the variable's "
               "dtype and shape.");
  expect_error([&] { store_.set(index("v"), Array::zeros(kFloat64, {2})); }, "is float64[2];");
  EXPECT_FALSE(store_.is_initialized(index("v")));
}

TEST_F(VariableStoreTest, AnAddressStaysWhateverHappens) {
  void* address = store_.data(index("v"));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(address) % 64, 0u);
  store_.set(index("v"), Array::from<float>({1, 2}, {2}));
  store_.data(index("n"));
  {
    const GraphScope scope(graph_);
    for (int i = 0; i < 100; ++i) variable("v" + std::to_string(i), Array::scalar(0.0f));
  }
  for (int32_t i = 0; i < store_.module()->variable_count(); ++i) store_.data(i);
  store_.clear();
  EXPECT_EQ(store_.data(index("v")), address);
}

TEST_F(VariableStoreTest, AnEmptyVariableHasAnAddressAndAValue) {
  store_.set(index("empty"), Array::zeros(kFloat32, {0, 3}));
  EXPECT_NE(store_.data(index("empty")), nullptr);
  EXPECT_EQ(store_.value(index("empty")).shape(), (Shape{0, 3}));
}

TEST_F(VariableStoreTest, ASnapshotIsOfWhatHasAValueAndStandsAlone) {
  store_.set(index("v"), Array::from<float>({3, 4}, {2}));
  const auto copy = store_.snapshot({index("v"), index("n")});
  EXPECT_NE(copy->id(), store_.id());
  EXPECT_FALSE(copy->is_initialized(index("n")));
  store_.set(index("v"), Array::from<float>({5, 6}, {2}));
  EXPECT_EQ(copy->value(index("v")).at<float>(0), 3);
}

/// The most bytes that this process had in memory since the last reset, in one figure of
/// /proc/self/status.
int64_t most_bytes_in_use() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word && word != "VmHWM:") {
  }
  int64_t kib = 0;
  status >> kib;
  return kib * 1024;
}

bool reset_most_bytes() {
  std::ofstream file("/proc/self/clear_refs");
  return static_cast<bool>(file << "5" << std::flush);
}

// A stream that is detached had each weight copied twice: to an Array, and from there.
TEST_F(VariableStoreTest, ASnapshotTakesTheMemoryOfOneCopy) {
#ifdef RECKON_SANITIZED
  GTEST_SKIP() << "sanitizers keep what is freed; the release preset runs this";
#endif
  constexpr int64_t kElements = int64_t{16} << 20;
  {
    const GraphScope scope(graph_);
    variable("large", zeros({kElements}));
  }
  const int32_t large = index("large");
  store_.set(large, Array::zeros(kFloat32, {kElements}));
  if (!reset_most_bytes()) GTEST_SKIP() << "/proc/self/clear_refs cannot be written here";
  const int64_t before = most_bytes_in_use();
  const auto copy = store_.snapshot({large});
  EXPECT_LT(most_bytes_in_use() - before, 6 * kElements) << "4 bytes an element, not 8";
}

TEST_F(VariableStoreTest, BytesCountsWhatHasMemory) {
  store_.data(index("n"));
  const size_t one = store_.bytes();
  EXPECT_GE(one, 8u);
  store_.data(index("v"));
  EXPECT_GE(store_.bytes(), one + 8);
}

TEST_F(VariableStoreTest, EveryStoreHasAnIdOfItsOwnAndAnotherOneAfterClear) {
  const VariableStore other(graph_.trace().module);
  EXPECT_NE(other.id(), store_.id());
  const uint64_t before = store_.id();
  store_.set(index("v"), Array::from<float>({3, 4}, {2}));
  EXPECT_EQ(store_.id(), before);
  store_.clear();
  EXPECT_NE(store_.id(), before);
  EXPECT_FALSE(store_.is_initialized(index("v")));
}

}  // namespace variable_store_test
}  // namespace reckon::runtime
