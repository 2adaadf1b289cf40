// SPDX-License-Identifier: Apache-2.0
#include "estimator/run/batch_totals.h"

#include <algorithm>

#include "base/check.h"
#include "ops/dtype_set.h"

namespace reckon::estimator {
namespace {

Array zero_total(const ops::View& value) {
  const Shape shape(std::vector<int64_t>(value.dims, value.dims + value.rank));
  switch (value.dtype) {
    case kFloat32:
    case kFloat64:
      return Array::zeros(kFloat64, shape);
    case kInt32:
    case kInt64:
      return Array::zeros(kInt64, shape);
    default:
      break;
  }
  base::fail(ErrorCode::kInvalidArgument, "evaluate", "a metric's batch value is ",
             dtype_name(value.dtype), ", expected float32, float64, int32 or int64; ",
             ops::dtype_mend("value", value.dtype, ops::kNumeric));
}

template <class T>
void add_floats(const ops::View& value, double* totals) {
  const T* batch = static_cast<const T*>(value.data);
  for (int64_t i = 0; i < value.elements; ++i) totals[i] += static_cast<double>(batch[i]);
}

template <class T>
void add_integers(const ops::View& value, int64_t* totals) {
  const T* batch = static_cast<const T*>(value.data);
  for (int64_t i = 0; i < value.elements; ++i) {
    base::require(!__builtin_add_overflow(totals[i], int64_t{batch[i]}, &totals[i]), "evaluate",
                  "the total of a metric's batch values leaves int64 at ", batch[i],
                  "; add them up as floats: cast(value, kFloat64)");
  }
}

}  // namespace

void BatchTotals::add(size_t index, const ops::View& value) {
  Array& total = totals_[index];
  if (!total.valid()) total = zero_total(value);
  const Shape& shape = total.shape();
  base::require(std::equal(shape.begin(), shape.end(), value.dims, value.dims + value.rank),
                "evaluate", "a metric's batch value has rank ", value.rank, " and ", value.elements,
                " elements, expected the shape of those before, ", total.text(),
                "; reduce it over the batch");
  void* sums = total.mutable_raw();
  switch (value.dtype) {
    case kFloat32:
      return add_floats<float>(value, static_cast<double*>(sums));
    case kFloat64:
      return add_floats<double>(value, static_cast<double*>(sums));
    case kInt32:
      return add_integers<int32_t>(value, static_cast<int64_t*>(sums));
    default:
      return add_integers<int64_t>(value, static_cast<int64_t*>(sums));
  }
}

}  // namespace reckon::estimator
