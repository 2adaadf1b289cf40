// SPDX-License-Identifier: Apache-2.0
// skip(): each epoch without its first elements.
#include <algorithm>

#include "base/check.h"
#include "data/element_number.h"
#include "data/nodes.h"
#include "data/readers.h"

namespace reckon::reckon_internal::data {
namespace {

class SkipReader final : public RemapReader {
 public:
  SkipReader(std::unique_ptr<Reader> input, int64_t count)
      : RemapReader(std::move(input)), count_(count) {}

 private:
  void remap(const Run& run, std::vector<Run>& out) override {
    out.push_back({run.epoch, place_in_input("skip", run.first, 1, count_, run.count), run.count});
  }
  int64_t count_;
};

int64_t size_without(int64_t size, int64_t count) {
  return size == kEndless ? kEndless : std::max<int64_t>(size - count, 0);
}

class SkipNode final : public Node {
 public:
  SkipNode(NodePtr input, int64_t count)
      : Node("skip", {input}, input->parts(), size_without(input->size(), count), hash_of(count)),
        count_(count) {}

  std::unique_ptr<Reader> open(OpenContext& context) const override {
    return std::make_unique<SkipReader>(input()->open(context), count_);
  }

 private:
  int64_t count_;
};

}  // namespace

NodePtr make_skip(NodePtr input, int64_t count, Place place) {
  require_at(count >= 0, "skip", place,
             base::concat_text("count is ", count,
                               ", expected a number of elements of at least 0; leave skip() "
                               "out to start at the first"));
  return std::make_shared<SkipNode>(std::move(input), count);
}

}  // namespace reckon::reckon_internal::data
