// SPDX-License-Identifier: Apache-2.0
// repeat(): the input's epochs one after the other, each with its own number, so that a shuffle
// below orders each anew; also those of an endless repeat that is made finite and repeated above.
#include "base/check.h"
#include "data/element_number.h"
#include "data/nodes.h"
#include "data/readers.h"

namespace reckon::reckon_internal::data {
namespace {

class RepeatReader final : public RemapReader {
 public:
  RepeatReader(std::unique_ptr<Reader> input, int64_t rows, int64_t times)
      : RemapReader(std::move(input)), rows_(rows), times_(times) {}

 private:
  void remap(const Run& run, std::vector<Run>& out) override {
    int64_t time = run.first / rows_;
    int64_t first = run.first % rows_;
    for (int64_t left = run.count; left > 0; ++time, first = 0) {
      const int64_t count = std::min(left, rows_ - first);
      out.push_back({number_in_epoch(run.epoch, times_, time), first, count});
      left -= count;
    }
  }

  int64_t rows_, times_;  ///< times_ is kEndless without a count
};

class RepeatNode final : public Node {
 public:
  RepeatNode(NodePtr input, int64_t count, int64_t size)
      : Node("repeat", {input}, input->parts(), size, hash_of(count)), count_(count) {}

  std::unique_ptr<Reader> open(OpenContext& context) const override {
    std::unique_ptr<Reader> reader = input()->open(context);
    if (input()->size() == kEndless || input()->size() == 0) return reader;
    return std::make_unique<RepeatReader>(std::move(reader), input()->size(),
                                          count_ < 0 ? kEndless : count_);
  }

 private:
  int64_t count_;
};

int64_t repeated_size(int64_t size, int64_t count) {
  if (size == 0 || count == 0) return 0;
  int64_t total = 0;
  const bool is_endless =
      count < 0 || size == kEndless || __builtin_mul_overflow(size, count, &total);
  return is_endless ? kEndless : total;
}

}  // namespace

NodePtr make_repeat(NodePtr input, int64_t count, Place place) {
  require_at(count >= -1, "repeat", place,
             base::concat_text("count is ", count,
                               ", expected a number of epochs; leave it out to repeat for ever"));
  const int64_t size = repeated_size(input->size(), count);
  return std::make_shared<RepeatNode>(std::move(input), count, size);
}

}  // namespace reckon::reckon_internal::data
