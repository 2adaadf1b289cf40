// SPDX-License-Identifier: Apache-2.0
// An Iterator whose elements are made ahead by one thread into a ring of fixed size. Order,
// content, errors and position are those of the Iterator below, as seen by who calls `next`.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "data/indexed_iterator.h"

namespace reckon::data {

class PrefetchIterator final : public Iterator {
 public:
  /// depth >= 1.
  PrefetchIterator(std::unique_ptr<IndexedIterator> source, int64_t depth);
  /// Stops the thread after the element that it is making.
  ~PrefetchIterator() override;

  bool next(ArrayElement& out) override;
  std::string position() const override;

 private:
  void make_elements();
  /// Waits for a free slot; null if it is time to stop.
  ArrayElement* wait_for_slot();
  void finish(std::exception_ptr error);

  std::unique_ptr<IndexedIterator> source_;  ///< `next` is the thread's; the rest never changes
  const int64_t first_;                      ///< elements handed out before this iterator
  std::vector<ArrayElement> slots_;

  std::mutex mutex_;
  std::condition_variable changed_;
  int64_t made_ = 0, taken_ = 0;  ///< slots [taken_, made_) are full; the thread fills slot made_
  bool is_done_ = false, is_stopping_ = false;
  std::exception_ptr error_;
  std::thread thread_;  ///< last: it uses all of the above
};

}  // namespace reckon::data
