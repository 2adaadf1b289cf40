// SPDX-License-Identifier: Apache-2.0
// What a layer object or an optimizer remembers of one trace: a value for each trace, made at its
// first use there. Values of traces whose module is gone are dropped.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "graph/trace.h"

namespace reckon::nn {

template <class T>
class PerTrace {
 public:
  /// The current trace's value; default-made at first sight. It stays where it is as long as the
  /// trace's graph.
  T& here() {
    graph::Trace& trace = graph::current_trace("layer");
    const std::lock_guard lock(mutex_);
    // A function's address may come again only once its module is gone.
    std::erase_if(entries_, [](const auto& entry) { return entry.second.module.expired(); });
    Entry& entry = entries_[trace.outermost()];
    entry.module = trace.module;
    return entry.value;
  }

 private:
  struct Entry {
    std::weak_ptr<graph::Module> module;
    T value{};
  };
  std::mutex mutex_;
  std::map<const graph::Function*, Entry> entries_;
};

}  // namespace reckon::nn
