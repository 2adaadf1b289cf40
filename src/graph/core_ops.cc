// SPDX-License-Identifier: Apache-2.0
#include "graph/core_ops.h"

#include "base/check.h"

namespace reckon::reckon_internal::graph {
namespace {

Op leaf(const char* name, std::vector<Attribute> attributes) {
  Op op;
  op.name = name;
  op.where = snake_case(name);
  op.attributes = std::move(attributes);
  op.traits.is_leaf = true;
  return op;
}

Op make_constant_op() {
  Op op = leaf("Constant", {make_attribute("value", &ConstantOptions::value)});
  op.infer = [](const void* options, const InferContext&) -> Types {
    const Array& value = static_cast<const ConstantOptions*>(options)->value;
    return {{value.dtype(), value.shape()}};
  };
  return op;
}

Op make_is_training_op() {
  Op op = leaf("IsTraining", {});
  op.infer = [](const void*, const InferContext&) -> Types { return {{kBool, Shape{}}}; };
  return op;
}

Op make_assign_op() {
  Op op = leaf("Assign", {make_attribute("variable", &AssignOptions::variable),
                          make_attribute("kind", &AssignOptions::kind)});
  op.traits = {.has_effect = true};
  op.infer = [](const void*, const InferContext&) -> Types { return {}; };
  return op;
}

Op make_choice_op(const char* name) {
  Op op;
  op.name = name;
  op.where = snake_case(name);
  op.attributes = {make_attribute("variable", &VariableOptions::variable)};
  op.infer = [](const void*, const InferContext& context) -> Types { return {context.inputs[0]}; };
  return op;
}

}  // namespace

// A parameter's or variable's type is set by whoever adds the node.
const Op parameter_op = leaf("Parameter", {make_attribute("index", &ParameterOptions::index),
                                           make_attribute("poison", &ParameterOptions::poison)});
const Op variable_op = leaf("Variable", {make_attribute("variable", &VariableOptions::variable)});
const Op constant_op = make_constant_op();
const Op is_training_op = make_is_training_op();
const Op assign_op = make_assign_op();
const Op latest_op = make_choice_op("Latest");
const Op unless_assigned_op = make_choice_op("UnlessAssigned");

ValueId add_parameter(Function& function, const TensorType& type, const std::string& name,
                      Place place, bool poison) {
  const auto index = static_cast<int64_t>(function.parameters.size());
  const ValueId id = function.add({.op = &parameter_op,
                                   .options = std::make_shared<const ParameterOptions>(
                                       ParameterOptions{.index = index, .poison = poison}),
                                   .inputs = {},
                                   .outputs = {type},
                                   .subgraphs = {},
                                   .name = name,
                                   .place = place});
  function.parameters.push_back(id);
  return id;
}

const AssignOptions& assignment(const Node& node) {
  RECKON_CHECK(node.op == &assign_op);
  return node.as<AssignOptions>();
}

bool is_constant(const Node& node) { return node.op == &constant_op; }

const Array& constant_value(const Node& node) {
  RECKON_CHECK(is_constant(node));
  return node.as<ConstantOptions>().value;
}

}  // namespace reckon::reckon_internal::graph
