// SPDX-License-Identifier: Apache-2.0
#include "graph/variable.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <reckon/graph.h>
#include "base/check.h"
#include "base/utf8.h"
#include "graph/core_ops.h"

namespace reckon::reckon_internal::graph {
namespace {

void require_initial(bool holds, const std::string& variable, const std::string& mistake) {
  if (holds) return;
  throw Error(ErrorCode::kInvalidArgument, "variable",
              fmt::format("the initializer of \"{}\" {}", variable, mistake), user_place({}));
}

constexpr const char* kStepName = "global_step";

/// The rule of TensorFlow's names, which checkpoints and events share.
void check_name(const std::string& name, Place place) {
  // Of ASCII, whatever the locale calls a letter.
  const auto is_letter_or_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  const auto is_fine = [&](char c) {
    return is_letter_or_digit(c) || std::string_view("_.\\/>-").find(c) != std::string_view::npos;
  };
  if (!name.empty() && (is_letter_or_digit(name[0]) || name[0] == '.') &&
      std::all_of(name.begin(), name.end(), is_fine))
    return;
  throw Error(ErrorCode::kInvalidArgument, "variable",
              fmt::format("the name is \"{}\", expected letters, digits and any of _ . \\ / > -, a "
                          "letter, digit or dot first; rename it",
                          base::shown_utf8(name)),
              place);
}

/// In the outermost function: variables never live in a subgraph.
Tensor variable_node(Trace& trace, const VariableRequest& request, int32_t index) {
  const EnclosingScope outermost(trace.outermost());
  Node node{.op = &variable_op,
            .options = make_options(VariableOptions{index}),
            .inputs = {},
            .outputs = {trace.module->variable(index).type},
            .subgraphs = {},
            .name = request.name,
            .place = request.place};
  return {trace.module, trace.function(), trace.function()->add(std::move(node))};
}

/// True unless a known dimension keeps `value` from being broadcast to a variable of that shape.
bool may_broadcast(const Shape& value, const Shape& variable) {
  const int added = variable.rank() - value.rank();
  bool fits = added >= 0;
  for (int axis = 0; fits && axis < value.rank(); ++axis) {
    fits = value[axis] == kUnknown || value[axis] == 1 || value[axis] == variable[axis + added];
  }
  return fits;
}

Operation assign_node(AssignKind kind, const Operand& target, const Operand& operand) {
  const Place place = user_place(target.place());
  Trace& trace = current_trace("assign", place);
  const int32_t index = target.is_tensor() ? variable_index(target.tensor()) : -1;
  const auto refuse = [place](const std::string& text) {
    throw Error(ErrorCode::kInvalidArgument, "assign", text, place);
  };
  if (trace.is_in_subgraph()) {
    refuse(
        fmt::format("{} is assigned inside cond or while_loop; return the value and assign it "
                    "outside",
                    target.is_tensor() ? target.tensor().name() : "a number"));
  }
  if (index < 0) refuse("the target is no variable; pass the Tensor that variable() returned");
  const TensorType& type = trace.module->variable(index).type;
  if (kind != AssignKind::kSet && (type.dtype == kBool || type.dtype == kString)) {
    refuse(fmt::format("variable \"{}\" is {}, expected numbers to add to; use assign()",
                       trace.module->variable(index).name, type_text(type)));
  }
  const Tensor value = operand.resolve(type.dtype);
  const bool fits = value.is_poison() ||
                    (value.dtype() == type.dtype && may_broadcast(value.shape(), type.shape));
  if (!fits) {
    throw Error(ErrorCode::kInvalidArgument, "assign",
                fmt::format("the value is {} but variable \"{}\" is {}; {}", value.text(),
                            trace.module->variable(index).name, type_text(type),
                            value.dtype() != type.dtype ? "cast the value to that dtype"
                                                        : "assign what broadcasts to that shape"),
                place);
  }
  add_node(assign_op, make_options(AssignOptions{index, kind}), {value}, place);
  return {trace.module, trace.function(), {trace.function()->size() - 1}};
}

}  // namespace

Tensor make_variable(VariableRequest request, std::shared_ptr<Function> initial) {
  Trace& trace = current_trace("variable", request.place);
  check_name(request.name, request.place);
  if (request.name == kStepName && request.kind != VariableKind::kStep) {
    throw Error(ErrorCode::kInvalidArgument, "variable",
                "\"global_step\" is the name of the step counter, which minimize() advances and "
                "every checkpoint holds; give the variable another name, or use global_step()",
                request.place);
  }
  const auto met = trace.variables.find(request.name);
  if (met != trace.variables.end()) {
    if (request.may_exist) return localize(met->second, request.place);
    throw Error(
        ErrorCode::kInvalidArgument, "variable",
        fmt::format("\"{}\" was already made at {}; use the Tensor that that call returned, or "
                    "give this one another name or a name_scope",
                    request.name, place_text(met->second.place())),
        request.place);
  }
  const TensorType type = initial->type(initial->results.at(0));
  base::require(type.dtype != kString, "variable", "\"", request.name, "\" would be ",
                type_text(type), ", expected numbers or bools; keep strings in the input");
  base::require(type.shape.is_static(), "variable", "\"", request.name, "\" would start as ",
                type_text(type), ", expected known extents; write every dimension out as a number");
  const int32_t index = trace.module->declare(
      {request.name, type, request.kind, request.trainable, std::move(initial), request.place});
  const Tensor tensor = variable_node(trace, request, index);
  trace.variables.emplace(request.name, tensor);
  return localize(tensor, request.place);
}

std::shared_ptr<Function> extract_initializer(const Tensor& value, const std::string& variable,
                                              Place place) {
  const Function& source = *value.function();
  auto target = std::make_shared<Function>("initial/" + variable, source.module);
  std::vector<int32_t> copied(source.nodes.size(), -1);
  std::vector<bool> needed(source.nodes.size(), false);
  needed[value.id().node] = true;
  for (int32_t i = value.id().node; i >= 0; --i) {
    if (!needed[i]) continue;
    for (ValueId input : source.nodes[i].inputs) needed[input.node] = true;
    const Node& node = source.nodes[i];
    if (node.op != &parameter_op && node.op != &variable_op) continue;
    throw Error(
        ErrorCode::kInvalidArgument, "variable",
        fmt::format(
            "the initial value of \"{}\" depends on {}, which has no value before the first "
            "step; start from a constant, an Array or an initializer",
            variable, node.name),
        place);
  }
  for (int32_t i = 0; i <= value.id().node; ++i) {
    if (!needed[i]) continue;
    Node node = source.nodes[i];
    for (ValueId& input : node.inputs) input.node = copied[input.node];
    copied[i] = target->add(std::move(node)).node;
  }
  target->results = {{copied[value.id().node], value.id().output}};
  return target;
}

std::shared_ptr<Function> trace_initializer(const std::string& variable,
                                            const std::function<Tensor()>& make) {
  const PrefixScope names(variable + "/initial/");
  std::shared_ptr<Function> function;
  {
    SubgraphScope subgraph("initial/" + variable);
    const Tensor value = make();
    function = subgraph.function();
    function->results = {localize(value, {}).id()};
  }
  require_initial(function->captures.empty(), variable,
                  "uses a Tensor from outside; make all of it inside the initializer");
  function->parent = nullptr;
  return function;
}

std::shared_ptr<Function> trace_initializer(const std::string& variable, const TensorType& type,
                                            const Initializer& initializer) {
  require_initial(static_cast<bool>(initializer), variable,
                  "is empty; pass one, e.g. initializers::zeros()");
  if (!type.shape.is_static()) {
    throw Error(ErrorCode::kInvalidArgument, "variable",
                fmt::format("\"{}\" would be {}, expected known extents; write every dimension out "
                            "as a number",
                            variable, type_text(type)),
                user_place({}));
  }
  return trace_initializer(variable, [&] {
    const Tensor value = initializer(type.shape, type.dtype);
    const bool fits = value.valid() && value.dtype() == type.dtype && value.shape() == type.shape;
    require_initial(fits, variable,
                    fmt::format("gave {}, expected {}; make it of the shape and dtype it is asked "
                                "for",
                                value.text(), type_text(type)));
    return value;
  });
}

Tensor latest_value(const Tensor& variable) {
  return add_node(latest_op, make_options(VariableOptions{variable_index(variable)}), {variable},
                  {})[0];
}

Tensor unless_assigned(const Tensor& variable, const Tensor& value, const Tensor& otherwise) {
  return add_node(unless_assigned_op, make_options(VariableOptions{variable_index(variable)}),
                  {value, otherwise}, {})[0];
}

int32_t variable_index(const Tensor& tensor) {
  if (!tensor.valid()) return -1;
  const Node& node = tensor.function()->node(tensor.id());
  return node.op == &variable_op ? static_cast<int32_t>(node.as<VariableOptions>().variable) : -1;
}

}  // namespace reckon::reckon_internal::graph

namespace reckon {

Tensor placeholder(DType dtype, const Shape& shape, const std::string& name, Place place) {
  graph::Trace& trace = graph::current_trace("placeholder", place);
  if (trace.is_model_fn) {
    throw Error(ErrorCode::kFailedPrecondition, "placeholder",
                "was called inside model_fn, where nothing feeds \"" + base::shown_utf8(name) +
                    "\"; return from input_fn what changes, and put into params what does not",
                place);
  }
  base::require_utf8("placeholder", "the name", name, place);
  if (dtype == DType::kInvalid) {
    throw Error(ErrorCode::kInvalidArgument, "placeholder",
                "\"" + name + "\" came without a dtype; pass one, e.g. kFloat32", place);
  }
  graph::Function& function = *trace.outermost();
  return {trace.module, &function,
          graph::add_parameter(function, {dtype, graph::with_unknown(shape)},
                               trace.unique_name(name), place)};
}

Tensor variable(const std::string& name, Operand initial, VariableOptions options) {
  const std::string full = graph::current_trace("variable", initial.place()).prefix() + name;
  const Tensor value = initial.resolve(options.dtype.value_or(DType::kInvalid));
  if (options.dtype.has_value() && value.dtype() != *options.dtype) {
    throw Error(
        ErrorCode::kInvalidArgument, "variable",
        fmt::format("\"{}\" would start as {}, but options.dtype is {}; cast the initial value, or "
                    "leave the dtype out",
                    full, value.text(), dtype_name(*options.dtype)),
        graph::user_place(initial.place()));
  }
  return graph::make_variable(
      {.name = full, .trainable = options.trainable, .place = initial.place()},
      graph::extract_initializer(value, full, initial.place()));
}

Tensor variable(const std::string& name, const Shape& shape, const Initializer& initializer,
                VariableOptions options, Place place) {
  const std::string full = graph::current_trace("variable", place).prefix() + name;
  const graph::PlaceScope user(place);
  const graph::TensorType type{options.dtype.value_or(kFloat32), shape};
  return graph::make_variable({.name = full, .trainable = options.trainable, .place = place},
                              graph::trace_initializer(full, type, initializer));
}

Operation assign(Operand variable, Operand value) {
  return graph::assign_node(graph::AssignKind::kSet, variable, value);
}
Operation assign_add(Operand variable, Operand increment) {
  return graph::assign_node(graph::AssignKind::kAdd, variable, increment);
}
Operation assign_sub(Operand variable, Operand decrement) {
  return graph::assign_node(graph::AssignKind::kSubtract, variable, decrement);
}

Tensor is_training(Place place) {
  graph::Trace& trace = graph::current_trace("is_training", place);
  Tensor flag;
  {
    // Outside of subgraphs, where each plan knows its value.
    const graph::EnclosingScope outermost(trace.outermost());
    flag = graph::add_node(graph::is_training_op, graph::make_options(graph::NoOptions{}), {},
                           place)[0];
  }
  return graph::localize(flag, place);
}

Tensor global_step(Place place) {
  auto initial = graph::trace_initializer(
      graph::kStepName, [] { return graph::constant_node(Array::scalar<int64_t>(0), {}); });
  return graph::make_variable({.name = graph::kStepName,
                               .kind = graph::VariableKind::kStep,
                               .trainable = false,
                               .may_exist = true,
                               .place = place},
                              std::move(initial));
}

}  // namespace reckon
