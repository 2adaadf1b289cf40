// SPDX-License-Identifier: Apache-2.0
// prefetch(): changes nothing of what is read. It asks the iterator for an input thread; of several
// in one input the deepest counts, and one below batch() counts in batches.
#include <algorithm>

#include "base/check.h"
#include "data/nodes.h"

namespace reckon::reckon_internal::data {
namespace {

class PrefetchNode final : public Node {
 public:
  PrefetchNode(NodePtr input, int64_t depth)
      : Node("prefetch", {input}, input->parts(), input->size(), 0), depth_(depth) {}

  // As if it were not there: an input may be resumed with another depth, or without a thread.
  uint64_t structural_hash() const override { return input()->structural_hash(); }
  int64_t prefetch_depth() const override { return std::max(depth_, input()->prefetch_depth()); }
  std::unique_ptr<Reader> open(OpenContext& context) const override {
    return input()->open(context);
  }

 private:
  int64_t depth_;
};

}  // namespace

NodePtr make_prefetch(NodePtr input, int64_t depth, Place place) {
  require_at(depth >= 1, "prefetch", place,
             base::concat_text("depth is ", depth,
                               ", expected at least 1; give the number of batches to make "
                               "ahead, or leave prefetch() out"));
  constexpr int64_t kMost = int64_t{1} << 20;
  require_at(depth <= kMost, "prefetch", place,
             base::concat_text("depth is ", depth, ", expected at most ", kMost,
                               "; a few batches hide the input's jitter"));
  return std::make_shared<PrefetchNode>(std::move(input), depth);
}

}  // namespace reckon::reckon_internal::data
