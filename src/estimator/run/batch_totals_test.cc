// SPDX-License-Identifier: Apache-2.0
#include "estimator/run/batch_totals.h"

#include <gtest/gtest.h>

#include "base/expect_error_testing.h"

namespace reckon::estimator {
namespace batch_totals_test {

using base::expect_error;

ops::View view_of(const Array& array) {
  return {const_cast<void*>(array.raw()), array.shape().begin(), array.num_elements(),
          array.shape().rank(), array.dtype()};
}

Array total_of(const std::vector<Array>& batches) {
  BatchTotals totals(1);
  for (const Array& batch : batches) totals.add(0, view_of(batch));
  return totals.from(0, 1)[0];
}

TEST(BatchTotals, FloatsAreFloat64AndIntegersInt64InTheirShape) {
  const Array floats = Array::from<float>({16777216, 1}, {2}),
              ones = Array::from<float>({1, 1}, {2});
  EXPECT_TRUE(total_of({floats, ones}).same_bits(Array::from<double>({16777217, 2}, {2})));
  const Array integers = Array::from<int32_t>({INT32_MAX, -3}, {1, 2});
  EXPECT_TRUE(total_of({integers, integers})
                  .same_bits(Array::from<int64_t>({int64_t{2} * INT32_MAX, -6}, {1, 2})));
}

TEST(BatchTotals, RefusesOtherShapesOverflowAndWhatIsNoNumber) {
  expect_error(
      [] {
        total_of({Array::zeros(kFloat32, {2}), Array::zeros(kFloat32, {3})});
      },
      "expected the shape of those before, float64[2]; reduce it over the batch");
  expect_error(
      [] {
        total_of({Array::scalar(INT64_MAX), Array::scalar(int64_t{1})});
      },
      "leaves int64 at 1; add them up as floats");
  expect_error([] { total_of({Array::scalar(true)}); },
               "a metric's batch value is bool, expected float32, float64, int32 or int64");
}

}  // namespace batch_totals_test
}  // namespace reckon::estimator
