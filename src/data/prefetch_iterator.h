// SPDX-License-Identifier: Apache-2.0
// An Iterator whose elements are made ahead by one thread into a ring of fixed size. Order,
// content, errors and position are those of the Iterator below, as seen by who calls `next`.
#pragma once

#include <cstdint>
#include <memory>

#include "data/indexed_iterator.h"

namespace reckon::reckon_internal::data {

class PrefetchIterator final : public Iterator {
 public:
  /// The next element is number `consumed`; depth >= 1.
  PrefetchIterator(NodePtr node, const IteratorContext& context, int64_t consumed, int64_t depth);
  /// Stops the thread after the element that it is making.
  ~PrefetchIterator() override;

  bool next(ArrayElement& out) override;
  std::string position() const override;

 private:
  class Ring;
  void make_ring();
  void abandon_lost_ring();

  const NodePtr node_;
  const IteratorContext context_;
  const int64_t depth_;
  int64_t consumed_;
  std::unique_ptr<Ring> ring_;  ///< null after an error: the next call tries that element again
};

}  // namespace reckon::reckon_internal::data
