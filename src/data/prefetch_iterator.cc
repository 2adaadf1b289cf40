// SPDX-License-Identifier: Apache-2.0
#include "data/prefetch_iterator.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/fork.h"
#include "data/position.h"

#include "base/logging.h"

namespace reckon::reckon_internal::data {

/// The thread, what it reads from and the slots that it fills.
class PrefetchIterator::Ring {
 public:
  Ring(std::unique_ptr<IndexedIterator> source, int64_t depth)
      : source_(std::move(source)), slots_(static_cast<size_t>(depth)) {
    start_thread();
  }
  ~Ring();
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  bool next(ArrayElement& out);
  /// The thread is in the process that this one was forked from.
  bool is_lost() const { return fork_count_ != base::fork_count(); }

 private:
  void start_thread();
  void make_elements();
  /// Waits for a free slot; null if it is time to stop.
  ArrayElement* wait_for_slot();
  void finish(std::exception_ptr error);

  const uint64_t fork_count_ = base::fork_count();
  std::unique_ptr<IndexedIterator> source_;  ///< the thread's
  std::vector<ArrayElement> slots_;

  std::mutex mutex_;
  std::condition_variable changed_;
  int64_t made_ = 0, taken_ = 0;  ///< slots [taken_, made_) are full; the thread fills slot made_
  bool is_done_ = false, is_stopping_ = false;
  std::exception_ptr error_;
  std::thread thread_;  ///< none if the system gives none; last: it uses all of the above
};

void PrefetchIterator::Ring::start_thread() {
  try {
    thread_ = std::thread([this] { make_elements(); });
  } catch (const std::system_error& error) {
    // A limit of the system: elements are made as they are asked for, which only takes longer.
    base::log(LogLevel::kWarning, std::string("prefetch() has no thread, the input is read where "
                                              "it is used: ") +
                                      error.what());
  }
}

PrefetchIterator::Ring::~Ring() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void PrefetchIterator::Ring::make_elements() {
  try {
    while (ArrayElement* slot = wait_for_slot()) {
      if (!source_->next(*slot)) break;
      const std::lock_guard lock(mutex_);
      ++made_;
      changed_.notify_all();
    }
    finish(nullptr);
  } catch (...) {
    finish(std::current_exception());
  }
}

ArrayElement* PrefetchIterator::Ring::wait_for_slot() {
  const auto depth = static_cast<int64_t>(slots_.size());
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return is_stopping_ || made_ - taken_ < depth; });
  return is_stopping_ ? nullptr : &slots_[static_cast<size_t>(made_ % depth)];
}

void PrefetchIterator::Ring::finish(std::exception_ptr error) {
  const std::lock_guard lock(mutex_);
  error_ = std::move(error);
  is_done_ = true;
  changed_.notify_all();
}

bool PrefetchIterator::Ring::next(ArrayElement& out) {
  if (!thread_.joinable()) return source_->next(out);
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return taken_ < made_ || is_done_; });
  if (taken_ == made_) {
    if (error_ != nullptr) std::rethrow_exception(error_);
    return false;
  }
  // The slot keeps what the caller had: the thread frees it, or uses its memory again.
  std::swap(out, slots_[static_cast<size_t>(taken_ % static_cast<int64_t>(slots_.size()))]);
  ++taken_;
  changed_.notify_all();
  return true;
}

PrefetchIterator::PrefetchIterator(NodePtr node, const IteratorContext& context, int64_t consumed,
                                   int64_t depth)
    : node_(std::move(node)), context_(context), depth_(depth), consumed_(consumed) {
  make_ring();
}

PrefetchIterator::~PrefetchIterator() { abandon_lost_ring(); }

/// Left as it is: there is no thread to join, and the fork may have come while it was reading.
void PrefetchIterator::abandon_lost_ring() {
  if (ring_ != nullptr && ring_->is_lost()) (void)ring_.release();
}

/// Any element can be reached at once, so a ring may begin at each.
void PrefetchIterator::make_ring() {
  ring_ =
      std::make_unique<Ring>(std::make_unique<IndexedIterator>(node_, context_, consumed_), depth_);
}

bool PrefetchIterator::next(ArrayElement& out) {
  abandon_lost_ring();
  if (ring_ == nullptr) make_ring();
  try {
    if (!ring_->next(out)) return false;
  } catch (...) {
    ring_.reset();
    throw;
  }
  ++consumed_;
  return true;
}

std::string PrefetchIterator::position() const {
  return encode_position(*node_, {context_, consumed_});
}

}  // namespace reckon::reckon_internal::data
