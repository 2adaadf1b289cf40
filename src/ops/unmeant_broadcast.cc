// SPDX-License-Identifier: Apache-2.0
#include "ops/unmeant_broadcast.h"

#include <algorithm>
#include <mutex>
#include <set>

#include <fmt/format.h>

#include "base/logging.h"
#include "graph/trace.h"
#include "ops/shape/reshape.h"

namespace reckon::ops {
namespace {

/// Element-wise ops are looked through so far: no graph is walked for long.
constexpr int kMaxDepth = 8;

/// True if the extent of 1 at `axis` was asked for, and came through element-wise ops at most.
bool is_asked_for(const graph::Function& function, graph::ValueId id, int axis, int depth) {
  const graph::Node& node = function.node(id);
  const OpDef* op = definition(node);
  if (op == nullptr || depth == 0) return false;
  if (op->name == "ExpandDims") return true;
  if (reshape_op.made(node)) return true;
  if (op->is_reduction()) return node.as<ReduceOptions>().keep_dims;
  if (!op->is_elementwise()) return false;
  const int rank = function.type(id).shape.rank();
  return std::any_of(node.inputs.begin(), node.inputs.end(), [&](graph::ValueId input) {
    const Shape& shape = function.type(input).shape;
    return shape.rank() == rank && shape[axis] == 1 &&
           is_asked_for(function, input, axis, depth - 1);
  });
}

bool has_asked_for_axis(const Tensor& x) {
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (x.shape()[axis] == 1 && is_asked_for(*x.function(), x.id(), axis, kMaxDepth)) return true;
  }
  return false;
}

/// True if an axis before those that `b` has may have the extent `rows`, that of one of b's axes.
bool has_leading(const Shape& a, int added, int64_t rows) {
  return std::find(a.begin(), a.begin() + added, rows) != a.begin() + added;
}

/// The axis of `a` (of the higher rank) along which b's rows lie though they are likely those of
/// another axis of a: a's extent is 1 there, or another number while b's is unknown.
std::optional<int> crossed_axis(const Shape& a, const Shape& b, int own) {
  const int added = a.rank() - b.rank();
  for (int axis = 0; axis < b.rank() - own; ++axis) {
    const int64_t there = a[axis + added], rows = b[axis];
    const bool is_unknown = rows < 0 && there >= 0;
    const bool is_stretched = rows > 1 && there == 1;
    if ((is_unknown || is_stretched) && has_leading(a, added, rows)) return axis + added;
  }
  return std::nullopt;
}

/// True the first time that it is asked for a place.
bool is_first_at(Place place, const std::string& text) {
  static std::mutex mutex;
  static std::set<std::pair<std::string, int>> known;
  const std::lock_guard lock(mutex);
  return known.insert({place.known() ? place.file : text, place.line}).second;
}

std::string warning(const OpDef& op, size_t high, size_t low, const Tensors& inputs, int axis) {
  const auto name = [&op](size_t input) {
    return op.inputs[std::min(input, op.inputs.size() - 1)].name;
  };
  const std::string what =
      inputs[high].shape()[axis] == 1
          ? "every row of one meets every row of the other"
          : fmt::format("the rows of {} lie along axis {} of {}", name(low), axis, name(high));
  return fmt::format(
      "[{}] {} is {} and {} is {}: {}; give both one shape, e.g. expand_dims({}, -1), or say "
      "expand_dims({}, 0) if that is meant",
      op.where, name(high), inputs[high].text(), name(low), inputs[low].text(), what, name(low),
      name(low));
}

void warn_of_pair(const OpDef& op, size_t high, size_t low, const Tensors& inputs, Place place) {
  const Tensor &a = inputs[high], &b = inputs[low];
  const std::optional<int> axis = crossed_axis(a.shape(), b.shape(), *op.own_axes);
  if (!axis || has_asked_for_axis(a) || has_asked_for_axis(b)) return;
  const std::string text = warning(op, high, low, inputs, *axis);
  if (!is_first_at(place, text)) return;
  base::log(LogLevel::kWarning,
            place.known() ? fmt::format("{}. At {}:{}", text, place.file, place.line) : text);
}

}  // namespace

void warn_of_unmeant_broadcast(const OpDef& op, const Tensors& inputs, Place place) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    for (size_t j = 0; j < inputs.size(); ++j) {
      if (inputs[i].is_poison() || inputs[j].is_poison()) return;
      if (inputs[i].rank() > inputs[j].rank()) warn_of_pair(op, i, j, inputs, place);
    }
  }
}

}  // namespace reckon::ops
