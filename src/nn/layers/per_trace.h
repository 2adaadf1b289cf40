// SPDX-License-Identifier: Apache-2.0
// What a layer object or an optimizer remembers of one trace: a value for each trace, made at its
// first use there. Values of traces whose module is gone are dropped.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "graph/trace.h"

namespace reckon::nn {

/// A value of a trace's outermost function that does not keep the graph alive, as a Tensor would.
class KeptValue {
 public:
  KeptValue() = default;
  explicit KeptValue(const Tensor& value) : id_(value.id()) {}
  bool valid() const { return id_.node >= 0; }
  /// The Tensor again, while its trace is the current one.
  Tensor get() const {
    const graph::Trace& trace = graph::current_trace("layer");
    return {trace.module, trace.outermost(), id_};
  }

 private:
  graph::ValueId id_;
};
using KeptValues = std::vector<KeptValue>;

inline KeptValues keep(const Tensors& tensors) {
  return KeptValues(tensors.begin(), tensors.end());
}
inline Tensors get(const KeptValues& values) {
  Tensors tensors;
  for (const KeptValue& value : values) tensors.push_back(value.get());
  return tensors;
}

/// T holds no Tensor: that would keep its graph, and so itself, for ever.
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
