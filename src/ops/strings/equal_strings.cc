// SPDX-License-Identifier: Apache-2.0
#include "ops/strings/equal_strings.h"

#include <array>

#include "ops/define.h"

namespace reckon::ops {
namespace {

using graph::NoOptions;

/// Walks a broadcast input beside the output: where its element for the present output element is.
class BroadcastCursor {
 public:
  BroadcastCursor(const View& input, const View& output) : output_(output) {
    const int added = output.rank - input.rank;
    int64_t stride = 1;
    for (int axis = input.rank - 1; axis >= 0; --axis) {
      strides_[axis + added] = input.dims[axis] == 1 ? 0 : stride;
      stride *= input.dims[axis];
    }
  }

  int64_t offset() const { return offset_; }
  void next() {
    for (int axis = output_.rank - 1; axis >= 0; --axis) {
      offset_ += strides_[axis];
      if (++position_[axis] < output_.dims[axis]) return;
      offset_ -= strides_[axis] * output_.dims[axis];
      position_[axis] = 0;
    }
  }

 private:
  const View& output_;
  std::array<int64_t, Shape::kMaxRank> strides_{}, position_{};
  int64_t offset_ = 0;
};

Kernel equal_strings_kernel(const NoOptions&, const KernelSpec&) {
  return {[](const KernelCall& call) -> kernels::Fault {
    if (kernels::Fault fault =
            check_broadcast_dims(call.inputs[0], call.inputs[1], call.outputs[0], 0))
      return fault;
    const auto *a = call.in<std::string_view>(0), *b = call.in<std::string_view>(1);
    BroadcastCursor at_a(call.inputs[0], call.outputs[0]), at_b(call.inputs[1], call.outputs[0]);
    bool* out = call.out<bool>(0);
    for (int64_t i = 0; i < call.outputs[0].elements; ++i) {
      out[i] = a[at_a.offset()] == b[at_b.offset()];
      at_a.next();
      at_b.next();
    }
    return {};
  }};
}

const DefinedOp<NoOptions> equal_strings_op = define<NoOptions>({
    .name = "EqualStrings",
    .inputs = {{"a", kStrings}, {"b", kStrings}},
    .infer = rule(infer_elementwise_bool),
    .kernel = equal_strings_kernel,
    .traits = {.is_commutative = true},
    .own_axes = 0,
});

}  // namespace

bool is_string(const Operand& x) {
  if (x.is_number()) return false;
  return (x.is_tensor() ? x.tensor().dtype() : x.array().dtype()) == kString;
}

Tensor equal_strings(const Operand& a, const Operand& b) { return equal_strings_op({a, b}); }

}  // namespace reckon::ops
