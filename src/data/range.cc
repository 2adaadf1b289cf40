// SPDX-License-Identifier: Apache-2.0
// range(): numbers in equal steps, the int64[] feature "x". Nothing is stored.
#include "base/check.h"
#include "data/nodes.h"
#include "data/readers.h"

namespace reckon::reckon_internal::data {
namespace {

class RangeReader final : public RowReader {
 public:
  RangeReader(int64_t begin, int64_t step) : begin_(begin), step_(step) {}

  void gather(std::span<const Run> runs, Columns out) override {
    *out[0] = Array();  // gives back the memory of the batch before
    char* memory = nullptr;
    Array numbers = buffers_.lend(kInt64, {total_count(runs)}, &memory);
    auto* number = reinterpret_cast<int64_t*>(memory);
    for (const Run& run : runs) {
      // Unsigned: a product may leave int64 although the sum is within the range.
      const auto begin = static_cast<uint64_t>(begin_), step = static_cast<uint64_t>(step_);
      for (int64_t i = 0; i < run.count; ++i) {
        *number++ = static_cast<int64_t>(begin + static_cast<uint64_t>(run.first + i) * step);
      }
    }
    *out[0] = std::move(numbers);
  }

 private:
  int64_t begin_, step_;
  RowBuffers buffers_;
};

// In 128 bits, where the distance of any two numbers fits.
int64_t range_size(int64_t begin, int64_t end, int64_t step) {
  const __int128 distance =
      step > 0 ? static_cast<__int128>(end) - begin : static_cast<__int128>(begin) - end;
  const __int128 stride = step > 0 ? step : -static_cast<__int128>(step);
  const __int128 count = distance <= 0 ? 0 : (distance + stride - 1) / stride;
  return count >= kEndless ? kEndless - 1 : static_cast<int64_t>(count);
}

class RangeNode final : public Node {
 public:
  RangeNode(int64_t begin, int64_t end, int64_t step)
      : Node("range", {}, {{{{"x", kInt64, {}}}, {}}}, range_size(begin, end, step),
             hash_of(begin, end, step)),
        begin_(begin),
        step_(step) {}

  std::unique_ptr<Reader> open(OpenContext&) const override {
    return std::make_unique<RangeReader>(begin_, step_);
  }

 private:
  int64_t begin_, step_;
};

}  // namespace

NodePtr make_range(int64_t begin, int64_t end, int64_t step, Place place) {
  require_at(step != 0, "range", place,
             base::concat_text("step is 0 from ", begin, " to ", end,
                               ", which never arrives; give a step other "
                               "than 0"));
  return std::make_shared<RangeNode>(begin, end, step);
}

}  // namespace reckon::reckon_internal::data
