// SPDX-License-Identifier: Apache-2.0
#include "graph/function.h"

#include <sstream>

#include <fmt/format.h>

#include "base/check.h"

namespace reckon::reckon_internal::graph {
namespace {

std::string value_text(ValueId id) {
  return id.output == 0 ? fmt::format("%{}", id.node) : fmt::format("%{}.{}", id.node, id.output);
}

std::string node_text(const Function& function, int32_t index) {
  const Node& node = function.nodes[index];
  std::string text = fmt::format("%{} = {}(", index, node.op->name);
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    text += (i ? ", " : "") + value_text(node.inputs[i]);
  }
  text += ")";
  const std::string options = node.op->options_text(node.options);
  if (!options.empty()) text += " {" + options + "}";
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    text += (i ? ", " : " : ") + type_text(node.outputs[i]);
  }
  text += "  # " + node.name;
  if (node.place.known()) text += fmt::format(" at {}:{}", node.place.file, node.place.line);
  return text;
}

void hash_function(const Function& function, base::Hasher& hasher);

void hash_node(const Node& node, base::Hasher& hasher) {
  hasher.add(node.op->name);
  node.op->hash_options(node.options, hasher);
  // Two random ops differ by their names alone.
  if (node.op->traits.is_random) hasher.add(node.name);
  for (ValueId input : node.inputs) {
    hasher.add(static_cast<int64_t>(input.node));
    hasher.add(static_cast<int64_t>(input.output));
  }
  for (const TensorType& type : node.outputs) {
    hasher.add(static_cast<int64_t>(type.dtype));
    hash_attribute(hasher, type.shape);
  }
  for (const auto& subgraph : node.subgraphs) hash_function(*subgraph, hasher);
}

void hash_function(const Function& function, base::Hasher& hasher) {
  hasher.add(static_cast<int64_t>(function.nodes.size()));
  for (const Node& node : function.nodes) hash_node(node, hasher);
  for (ValueId result : function.results) {
    hasher.add(static_cast<int64_t>(result.node));
    hasher.add(static_cast<int64_t>(result.output));
  }
}

void verify_value(const Function& function, ValueId id, int32_t before,
                  const std::string& context) {
  const bool is_defined = id.node >= 0 && id.node < before && id.output >= 0 &&
                          id.output < static_cast<int32_t>(function.nodes[id.node].outputs.size());
  if (is_defined) return;
  throw Error(
      ErrorCode::kInternal, "verify",
      fmt::format("{} of function {} uses {}, which is not an earlier value; please report this",
                  context, function.name, value_text(id)));
}

}  // namespace

ValueId Function::add(Node node) {
  nodes.push_back(std::move(node));
  return {size() - 1, 0};
}

int64_t Function::bound(int64_t dim) const {
  return is_extent(dim) ? extents[extent_index(dim)].bound : dim;
}

Shape Function::bound(const Shape& shape) const {
  Shape result = shape;
  for (int axis = 0; axis < shape.rank(); ++axis) result.set(axis, bound(shape[axis]));
  return result;
}

std::optional<Types> KnownTypes::find(const Types& parameters, bool is_planned) const {
  const std::lock_guard lock(mutex_);
  const bool is_known = results_ && is_planned_ == is_planned && parameters_ == parameters;
  return is_known ? results_ : std::nullopt;
}

void KnownTypes::keep(const Types& parameters, bool is_planned, const Types& results) {
  const std::lock_guard lock(mutex_);
  is_planned_ = is_planned;
  parameters_ = parameters;
  results_ = results;
}

std::string Function::text(bool with_subgraphs) const {
  std::string text = fmt::format("function {} ({} nodes)\n", name, nodes.size());
  for (int32_t i = 0; i < size(); ++i) {
    text += "  " + node_text(*this, i) + "\n";
    if (!with_subgraphs) continue;
    for (const auto& subgraph : nodes[i].subgraphs) {
      std::istringstream lines(subgraph->text());
      for (std::string line; std::getline(lines, line);) text += "    | " + line + "\n";
    }
  }
  text += "  return";
  for (ValueId result : results) text += " " + value_text(result);
  return text + "\n";
}

void verify(const Function& function, const std::string& after_pass) {
  for (int32_t i = 0; i < function.size(); ++i) {
    const Node& node = function.nodes[i];
    const std::string context = after_pass + ": node " + node.name;
    RECKON_CHECK(node.op != nullptr);
    for (ValueId input : node.inputs) verify_value(function, input, i, context);
  }
  for (ValueId result : function.results) {
    verify_value(function, result, function.size(), after_pass + ": a result");
  }
}

uint64_t structural_hash(const Function& function) {
  base::Hasher hasher;
  hash_function(function, hasher);
  return hasher.value();
}

}  // namespace reckon::reckon_internal::graph
