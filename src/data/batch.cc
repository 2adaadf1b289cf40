// SPDX-License-Identifier: Apache-2.0
// batch(): consecutive elements, stacked. The last batch of an epoch may be smaller.
#include "base/check.h"
#include "data/element_number.h"
#include "data/nodes.h"
#include "data/readers.h"

namespace reckon::reckon_internal::data {
namespace {

class BatchReader final : public ElementReader {
 public:
  BatchReader(std::unique_ptr<Reader> input, int64_t rows, int64_t size)
      : input_(std::move(input)), rows_(rows), size_(size) {}

  void read(int64_t epoch, int64_t index, Columns out) override {
    const int64_t first = place_in_input("batch", index, size_, 0, 0);
    const Run run{epoch, first, std::min(size_, rows_ - first)};
    input_->gather({&run, 1}, out);
  }

 private:
  std::unique_ptr<Reader> input_;
  int64_t rows_, size_;
};

std::vector<DatasetSpec> batched(std::vector<DatasetSpec> parts) {
  for (DatasetSpec& part : parts) {
    for (auto* components : {&part.features, &part.labels}) {
      for (ComponentSpec& component : *components) {
        component.shape = stacked_shape(kUnknown, component.shape);
      }
    }
  }
  return parts;
}

int64_t batch_count(int64_t rows, int64_t size, bool drop_remainder) {
  if (rows == kEndless) return kEndless;
  return rows / size + (!drop_remainder && rows % size != 0 ? 1 : 0);
}

class BatchNode final : public Node {
 public:
  BatchNode(NodePtr input, int64_t size, bool drop_remainder)
      : Node("batch", {input}, batched(input->parts()),
             batch_count(input->size(), size, drop_remainder), hash_of(size, drop_remainder)),
        batch_size_(size) {}

  std::unique_ptr<Reader> open(OpenContext& context) const override {
    return std::make_unique<BatchReader>(input()->open(context), input()->size(), batch_size_);
  }
  int64_t prefetch_depth() const override {
    return (input()->prefetch_depth() + batch_size_ - 1) / batch_size_;
  }

 private:
  int64_t batch_size_;
};

}  // namespace

NodePtr make_batch(NodePtr input, int64_t size, bool drop_remainder, Place place) {
  require_at(size >= 1, "batch", place,
             base::concat_text("size is ", size,
                               ", expected at least 1; give the number of elements of a batch"));
  constexpr int64_t kMost = int64_t{1} << 31;
  require_at(size <= kMost, "batch", place,
             base::concat_text("size is ", size, ", expected at most ", kMost,
                               "; give the number of elements of a batch"));
  return std::make_shared<BatchNode>(std::move(input), size, drop_remainder);
}

}  // namespace reckon::reckon_internal::data
