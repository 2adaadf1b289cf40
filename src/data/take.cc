// SPDX-License-Identifier: Apache-2.0
// take(): the first elements of each epoch. Its size is all it changes.
#include <algorithm>

#include "base/check.h"
#include "data/nodes.h"

namespace reckon::reckon_internal::data {
namespace {

class TakeNode final : public Node {
 public:
  TakeNode(NodePtr input, int64_t count)
      : Node("take", {input}, input->parts(), std::min(count, input->size()), hash_of(count)) {}

  std::unique_ptr<Reader> open(OpenContext& context) const override {
    return input()->open(context);
  }
};

}  // namespace

NodePtr make_take(NodePtr input, int64_t count, Place place) {
  require_at(count >= 0, "take", place,
             base::concat_text("count is ", count,
                               ", expected a number of elements of at least 0; leave take() "
                               "out to keep all"));
  return std::make_shared<TakeNode>(std::move(input), count);
}

}  // namespace reckon::reckon_internal::data
