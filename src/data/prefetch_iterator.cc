// SPDX-License-Identifier: Apache-2.0
#include "data/prefetch_iterator.h"

#include <utility>

namespace reckon::data {

PrefetchIterator::PrefetchIterator(std::unique_ptr<IndexedIterator> source, int64_t depth)
    : source_(std::move(source)),
      first_(source_->consumed()),
      slots_(static_cast<size_t>(depth)),
      thread_([this] { make_elements(); }) {}

PrefetchIterator::~PrefetchIterator() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void PrefetchIterator::make_elements() {
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

ArrayElement* PrefetchIterator::wait_for_slot() {
  const auto depth = static_cast<int64_t>(slots_.size());
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return is_stopping_ || made_ - taken_ < depth; });
  return is_stopping_ ? nullptr : &slots_[static_cast<size_t>(made_ % depth)];
}

void PrefetchIterator::finish(std::exception_ptr error) {
  const std::lock_guard lock(mutex_);
  error_ = std::move(error);
  is_done_ = true;
  changed_.notify_all();
}

bool PrefetchIterator::next(ArrayElement& out) {
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

std::string PrefetchIterator::position() const { return source_->position_at(first_ + taken_); }

}  // namespace reckon::data
