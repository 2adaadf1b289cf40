// SPDX-License-Identifier: Apache-2.0
// A claim-based fork-join pool: a job is n independent parts, the caller takes part in it.
// Who runs a part is a matter of timing; what a part is, is not: callers cut work by shape alone.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>

namespace reckon::base {

/// A reference to a callable `void(int64_t part)`, which must outlive the call it is passed to.
class PartFunction {
 public:
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, PartFunction>) PartFunction(F&& function)
      : object_(const_cast<void*>(static_cast<const void*>(&function))),
        call_([](void* object, int64_t part) {
          (*static_cast<std::remove_reference_t<F>*>(object))(part);
        }) {}
  void operator()(int64_t part) const { call_(object_, part); }

 private:
  void* object_;
  void (*call_)(void*, int64_t);
};

/// `threads - 1` workers and the calling thread.
class Pool {
 public:
  /// `threads` >= 1; workers start at the first `run` that can use them.
  explicit Pool(int threads);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  int threads() const;
  /// Calls function(0) … function(parts - 1), each once, and returns when all are done.
  /// Runs inline when called from a worker, when the pool is busy with another caller, or with one
  /// thread. An exception of a part is rethrown here (the one of the lowest part number); later
  /// parts may or may not have run. Workers flush denormals; a caller that must give the same bits
  /// holds a DenormalsFlushed. Allocates nothing but the workers, once.
  void run(int64_t parts, PartFunction function);

  /// The process-wide pool: RECKON_THREADS, else the CPUs this process may use.
  static Pool& shared();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace reckon::base
