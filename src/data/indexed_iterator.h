// SPDX-License-Identifier: Apache-2.0
// The Iterator over a tree of Readers: its whole position is the number of elements handed out.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/iterator.h"
#include "data/node.h"

namespace reckon::reckon_internal::data {

class IndexedIterator final : public Iterator {
 public:
  /// The next element is number `consumed`.
  IndexedIterator(NodePtr node, const IteratorContext& context, int64_t consumed);

  bool next(ArrayElement& out) override;
  std::string position() const override;

 private:
  const NodePtr node_;
  const IteratorContext context_;
  std::unique_ptr<Reader> reader_;
  int64_t consumed_;
  std::vector<Array*> targets_;  ///< by column
  std::vector<Array> unused_;    ///< where columns go that spec() leaves out
};

}  // namespace reckon::reckon_internal::data
