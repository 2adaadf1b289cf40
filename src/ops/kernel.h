// SPDX-License-Identifier: Apache-2.0
// What an op's kernel is made from and called with. A kernel is prepared once for concrete shapes;
// its calls throw nothing and return a Fault for what only the data can show. They allocate
// nothing, but for a loop's gradient, whose tape grows with the iterations and is kept, and for
// runs of one subgraph that overlap.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "base/pool.h"
#include "graph/function.h"
#include "kernels/fault.h"

namespace reckon::ops {

/// A buffer of a running plan. A dimension that only the data knows has its present value.
struct View {
  void* data = nullptr;
  const int64_t* dims = nullptr;
  int64_t elements = 0;
  int32_t rank = 0;
  DType dtype = DType::kInvalid;
  /// Equal numbers mean equal contents; 0: the next run may find others under the same number.
  uint64_t version = 0;
};

/// What a kernel keeps from one run to the next, as packed weights or a library's workspace. Each
/// Execution has its own, so runs beside each other share none.
class KernelState {
 public:
  virtual ~KernelState() = default;
};

/// What randomness is keyed by, besides the op's name.
struct RunState {
  uint64_t seed = 0;
  uint64_t step = 0;  ///< the step in training, the batch number in evaluation and prediction
};

struct KernelCall {
  const View* inputs = nullptr;
  const View* outputs = nullptr;
  void* scratch = nullptr;     ///< Kernel::scratch_bytes, aligned to 64
  int64_t* extents = nullptr;  ///< by extent index; written by the op that sizes its output
  base::Pool* pool = nullptr;
  const RunState* run = nullptr;
  KernelState* state = nullptr;  ///< what Kernel::make_state made, or null

  template <class T>
  const T* in(int index) const {
    return static_cast<const T*>(inputs[index].data);
  }
  template <class T>
  T* out(int index) const {
    return static_cast<T*>(outputs[index].data);
  }
};

/// A Fault unless `count` dimensions of two views agree, from these axes on: where sizes that only
/// the data knows meet, a shape rule cannot compare them.
kernels::Fault check_equal_dims(const View& a, int a_axis, const View& b, int b_axis, int count);
/// The same for dimensions that broadcast to those of `out`: aligned at the end, but for the last
/// `own` ones of each, two must be equal or one of them 1.
kernels::Fault check_broadcast_dims(const View& a, const View& b, const View& out, int own);

struct Kernel {
  std::function<kernels::Fault(const KernelCall&)> run;
  size_t scratch_bytes = 0;
  std::function<std::unique_ptr<KernelState>()> make_state = {};  ///< once for each Execution
};

/// A compiled subgraph, as cond, while_loop and scan run it. Inputs and outputs are whole buffers
/// that do not overlap: steps write the results where they stay. After a Fault they hold anything.
class Subprogram {
 public:
  virtual ~Subprogram() = default;
  virtual kernels::Fault run(const void* const* inputs, void* const* outputs,
                             const KernelCall& call) const = 0;
};

struct KernelSpec {
  const graph::Node& node;
  const graph::Function& function;
  graph::Types inputs;  ///< planned types; a run-time extent is still symbolic
  graph::Types outputs;
  /// Compiles a subgraph of the node for planned parameter types (one for each parameter, captures
  /// included); provided by the runtime. Result types: graph::infer_function.
  std::function<std::shared_ptr<const Subprogram>(const graph::Function&,
                                                  const graph::Types& parameters)>
      compile;

  /// By input: it is a constant, or a variable that this program does not update. Its View has a
  /// version.
  std::vector<bool> lasts = {};

  /// Dimensions with each run-time extent at its bound.
  Shape bound(const Shape& shape) const { return function.bound(shape); }
};

}  // namespace reckon::ops
