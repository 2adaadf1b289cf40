// SPDX-License-Identifier: Apache-2.0
#include "graph/variable.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <reckon/graph.h>
#include "base/check.h"
#include "graph/core_ops.h"

namespace reckon::graph {
namespace {

void require_initial(bool holds, const std::string& variable, const std::string& mistake) {
  if (holds) return;
  throw Error(ErrorCode::kInvalidArgument, "variable",
              fmt::format("the initializer of \"{}\" {}", variable, mistake), user_place({}));
}

/// Names its nodes under `scope` alone while it lives.
class OwnNames {
 public:
  OwnNames(Trace& trace, std::string scope)
      : trace_(trace), previous_(std::exchange(trace.scope, std::move(scope))) {}
  ~OwnNames() { trace_.scope = previous_; }
  OwnNames(const OwnNames&) = delete;
  OwnNames& operator=(const OwnNames&) = delete;

 private:
  Trace& trace_;
  std::string previous_;
};

/// The rule of TensorFlow's names, which checkpoints and events share.
void check_name(const std::string& name, Place place) {
  const auto is_fine = [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("_.\\/>-").find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (!name.empty() && (std::isalnum(static_cast<unsigned char>(name[0])) != 0 || name[0] == '.') &&
      std::all_of(name.begin(), name.end(), is_fine))
    return;
  throw Error(ErrorCode::kInvalidArgument, "variable",
              fmt::format("the name is \"{}\", expected letters, digits and any of _ . \\ / > -, a "
                          "letter, digit or dot first; rename it",
                          name),
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
  const char* mend = nullptr;
  if (index < 0) mend = "the target is no variable; pass the Tensor that variable() returned";
  if (trace.functions.size() > 1) {
    mend =
        "a variable is assigned inside cond or while_loop; return the value and assign it outside";
  }
  if (mend != nullptr) throw Error(ErrorCode::kInvalidArgument, "assign", mend, place);
  const TensorType& type = trace.module->variable(index).type;
  const Tensor value = operand.resolve(type.dtype);
  const bool fits = value.is_poison() ||
                    (value.dtype() == type.dtype && may_broadcast(value.shape(), type.shape));
  if (!fits) {
    throw Error(ErrorCode::kInvalidArgument, "assign",
                fmt::format("the value is {} but variable \"{}\" is {}; cast or reshape the value",
                            value.text(), trace.module->variable(index).name, type_text(type)),
                place);
  }
  add_node(assign_op, make_options(AssignOptions{index, kind}), {value}, place);
  return {trace.module, trace.function(), {trace.function()->size() - 1}};
}

}  // namespace

Tensor make_variable(VariableRequest request, std::shared_ptr<Function> initial) {
  Trace& trace = current_trace("variable", request.place);
  check_name(request.name, request.place);
  const auto met = trace.variables.find(request.name);
  if (met != trace.variables.end()) {
    if (request.may_exist) return localize(met->second, request.place);
    throw Error(
        ErrorCode::kInvalidArgument, "variable",
        fmt::format("\"{}\" was already made in this trace, at {}:{}; share it through a layer "
                    "object, or give it another name or name_scope",
                    request.name, met->second.place().file ? met->second.place().file : "?",
                    met->second.place().line),
        request.place);
  }
  const TensorType type = initial->type(initial->results.at(0));
  base::require(type.dtype != kString, "variable", "\"", request.name, "\" would be ",
                type_text(type), ", expected numbers or bools; keep strings in the input");
  base::require(type.shape.is_static(), "variable", "\"", request.name, "\" would start as ",
                type_text(type), "; give it an initial value whose every dimension is known");
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
  Trace& trace = current_trace("variable");
  const OwnNames names(trace, variable + "/initial/");
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

int32_t variable_index(const Tensor& tensor) {
  const Node& node = tensor.function()->node(tensor.id());
  return node.op == &variable_op ? static_cast<int32_t>(node.as<VariableOptions>().variable) : -1;
}

}  // namespace reckon::graph

namespace reckon {

Tensor placeholder(DType dtype, const Shape& shape, const std::string& name, Place place) {
  graph::Trace& trace = graph::current_trace("placeholder", place);
  if (trace.is_model_fn) {
    throw Error(ErrorCode::kFailedPrecondition, "placeholder",
                "was called inside model_fn, where nothing feeds \"" + name +
                    "\"; return from input_fn what changes, and put into params what does not",
                place);
  }
  graph::Function& function = *trace.outermost();
  return {trace.module, &function,
          graph::add_parameter(function, {dtype, shape}, trace.unique_name(name), place)};
}

Tensor variable(const std::string& name, Operand initial, VariableOptions options) {
  const std::string full = graph::current_trace("variable", initial.place()).scope + name;
  const Tensor value = initial.resolve();
  return graph::make_variable(
      {.name = full, .trainable = options.trainable, .place = initial.place()},
      graph::extract_initializer(value, full, initial.place()));
}

Tensor variable(const std::string& name, const Shape& shape, const Initializer& initializer,
                VariableOptions options, Place place) {
  const std::string full = graph::current_trace("variable", place).scope + name;
  const graph::PlaceScope user(place);
  return graph::make_variable({.name = full, .trainable = options.trainable, .place = place},
                              graph::trace_initializer(full, {kFloat32, shape}, initializer));
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
      "global_step", [] { return graph::constant_node(Array::scalar<int64_t>(0), {}); });
  return graph::make_variable({.name = "global_step",
                               .kind = graph::VariableKind::kStep,
                               .trainable = false,
                               .may_exist = true,
                               .place = place},
                              std::move(initial));
}

}  // namespace reckon
