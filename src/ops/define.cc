// SPDX-License-Identifier: Apache-2.0
#include "ops/define.h"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "base/check.h"
#include "graph/trace.h"
#include "ops/unmeant_broadcast.h"

namespace reckon::ops {
namespace {

std::map<std::string, const OpDef*>& registry() {
  static std::map<std::string, const OpDef*> ops;
  return ops;
}

const Input& input_of(const OpDef& op, size_t index) {
  return op.inputs[std::min(index, op.inputs.size() - 1)];
}

/// The dtype that numbers of `group` take: that of its first operand with a dtype of its own.
DType group_dtype(const OpDef& op, const Operands& operands, char group) {
  for (size_t i = 0; i < operands.size(); ++i) {
    if (input_of(op, i).group != group || operands[i].is_number()) continue;
    return operands[i].is_tensor() ? operands[i].tensor().dtype() : operands[i].array().dtype();
  }
  return DType::kInvalid;
}

/// A real number alone is float32, an integer alone int32, in one group the widest of them.
DType number_dtype(const OpDef& op, const Operands& operands, char group) {
  const DType dtype = group_dtype(op, operands, group);
  if (dtype != DType::kInvalid) return dtype;
  for (size_t i = 0; i < operands.size(); ++i) {
    if (input_of(op, i).group == group && operands[i].is_real_number()) return kFloat32;
  }
  return DType::kInvalid;
}

void check_count(const OpDef& op, size_t count, Place place) {
  const bool is_variadic = !op.inputs.empty() && op.inputs.back().is_variadic;
  const bool fits = is_variadic ? count >= op.inputs.size() : count == op.inputs.size();
  if (fits) return;
  throw Error(ErrorCode::kInvalidArgument, op.where,
              fmt::format("came with {} operands, expected {}{}; pass each input once", count,
                          is_variadic ? "at least " : "", op.inputs.size()),
              place);
}

const char* one_dtype_mend(DType a, DType b) {
  return kComputed.contains(a) && kComputed.contains(b)
             ? "cast one of them"
             : "give both in one, for cast() has not both";
}

void check_dtypes(const OpDef& op, const Tensors& inputs, Place place) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].is_poison()) continue;
    const Input& input = input_of(op, i);
    if (!input.dtypes.contains(inputs[i].dtype())) {
      throw Error(
          ErrorCode::kInvalidArgument, op.where,
          fmt::format("{} is {}, expected {}; {}", input.name, inputs[i].text(),
                      input.dtypes.text(), dtype_mend(input.name, inputs[i].dtype(), input.dtypes)),
          place);
    }
    for (size_t j = 0; j < i; ++j) {
      if (input_of(op, j).group != input.group || inputs[j].is_poison()) continue;
      if (inputs[j].dtype() == inputs[i].dtype()) continue;
      throw Error(ErrorCode::kInvalidArgument, op.where,
                  fmt::format("{} is {} but {} is {}; both need one dtype: {}",
                              input_of(op, j).name, inputs[j].text(), input.name, inputs[i].text(),
                              one_dtype_mend(inputs[j].dtype(), inputs[i].dtype())),
                  place);
    }
  }
}

/// Nothing if the two do not broadcast: every number may be a dimension.
std::optional<int64_t> broadcast_dim(int64_t a, int64_t b) {
  if (a == b || b == 1) return a;
  if (a == 1) return b;
  // Where one is not known yet, the other decides; a plan checks the numbers, a run the extents.
  if (a == kUnknown) return b;
  if (b == kUnknown) return a;
  if (graph::is_extent(a)) return a;
  return graph::is_extent(b) ? std::optional<int64_t>(b) : std::nullopt;
}

}  // namespace

const OpDef* definition(const graph::Node& node) { return dynamic_cast<const OpDef*>(node.op); }

std::vector<const OpDef*> all_ops() {
  std::vector<const OpDef*> ops;
  for (const auto& [name, op] : registry()) ops.push_back(op);
  return ops;
}

const OpDef* find_op(const std::string& name) {
  const auto entry = registry().find(name);
  return entry == registry().end() ? nullptr : entry->second;
}

void register_op(OpDef* op, size_t option_members) {
  RECKON_CHECK(op->attributes.size() == option_members && "an option is not listed in attributes");
  RECKON_CHECK((!op->kernels.empty() || op->forward || op->is_reduction()) &&
               "an op needs a kernel or an element-wise program");
  RECKON_CHECK(registry().emplace(op->name, op).second && "two ops have one name");
}

Tensors apply(const OpDef& op, graph::Options options, const Operands& operands, Place place,
              graph::Subgraphs subgraphs) {
  for (const Operand& operand : operands) {
    if (operand.place().known()) {
      place = operand.place();
      break;
    }
  }
  place = graph::user_place(place);
  check_count(op, operands.size(), place);
  graph::current_trace(op.where.c_str(), place);  // so that an error without one names the op
  Tensors inputs;
  for (size_t i = 0; i < operands.size(); ++i) {
    inputs.push_back(operands[i].resolve(number_dtype(op, operands, input_of(op, i).group)));
  }
  check_dtypes(op, inputs, place);
  Tensors outputs =
      graph::add_node(op, std::move(options), inputs, place, std::move(subgraphs), op.output_count);
  if (op.own_axes) warn_of_unmeant_broadcast(op, inputs, place);
  return outputs;
}

Shape broadcast_shapes(const Shape& a, const Shape& b, const graph::InferContext&) {
  const int rank = std::max(a.rank(), b.rank());
  Shape result;
  for (int axis = 0; axis < rank; ++axis) {
    const int axis_a = axis - (rank - a.rank()), axis_b = axis - (rank - b.rank());
    const std::optional<int64_t> dim =
        broadcast_dim(axis_a < 0 ? 1 : a[axis_a], axis_b < 0 ? 1 : b[axis_b]);
    base::require(dim.has_value(), "broadcast", "shapes ", a.text(), " and ", b.text(),
                  " do not broadcast; each dimension must be equal or 1: reshape one of them");
    result.append(*dim);
  }
  return result;
}

graph::Types infer_elementwise(const graph::InferContext& context) {
  Shape shape = context.shape(0);
  for (size_t i = 1; i < context.inputs.size(); ++i) {
    shape = broadcast_shapes(shape, context.shape(static_cast<int>(i)), context);
  }
  return {{context.dtype(0), shape}};
}

graph::Types infer_elementwise_bool(const graph::InferContext& context) {
  return {{kBool, infer_elementwise(context)[0].shape}};
}

graph::Types infer_same_as_first(const graph::InferContext& context) { return {context.inputs[0]}; }

}  // namespace reckon::ops
