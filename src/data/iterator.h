// SPDX-License-Identifier: Apache-2.0
// Walking a Dataset: the next element, and a position that can be saved and reached again.
#pragma once

#include <memory>
#include <string>

#include <reckon/dataset.h>

namespace reckon::reckon_internal::data {}
namespace reckon {
namespace data = reckon_internal::data;  // as src/graph/attribute.h says
}

namespace reckon::reckon_internal::data {

/// What a run brings to its input, besides the description.
struct IteratorContext {
  uint64_t run_seed = 0;   ///< for shuffles without a seed of their own
  int64_t start_step = 0;  ///< global_step at the start of the call: later calls see other orders
};

class Iterator {
 public:
  virtual ~Iterator() = default;
  /// The next element; false at the end of the data. `out`'s Arrays may share memory with the
  /// source.
  virtual bool next(ArrayElement& out) = 0;
  /// JSON text of a few hundred bytes: everything that a new iterator over an equal Dataset, with
  /// the context that is part of it, needs to continue with the element after the last one that
  /// `next` returned.
  virtual std::string position() const = 0;
};

std::unique_ptr<Iterator> make_iterator(const Dataset& dataset, const IteratorContext& context);
/// What keeps `position` from being one of this Dataset, as in "was saved for input …"; "" if
/// nothing does.
std::string position_mistake(const Dataset& dataset, const std::string& position);
/// Throws Error, kDataLoss, with that mistake.
std::unique_ptr<Iterator> resume_iterator(const Dataset& dataset, const std::string& position);

}  // namespace reckon::reckon_internal::data
