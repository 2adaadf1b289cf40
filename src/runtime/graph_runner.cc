// SPDX-License-Identifier: Apache-2.0
#include "runtime/graph_runner.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "base/with_place.h"
#include "graph/core_ops.h"
#include "ops/axis.h"

namespace reckon::runtime {

namespace {

std::string origin(const graph::Node& node) {
  return fmt::format(" ({} was made at {})", node.name, base::place_text(node.place));
}

}  // namespace

void GraphRunner::check_owner(const graph::Function* function, const std::string& what) const {
  base::require(function == function_, "run", what,
                " belongs to another graph; run it in a session of its own graph");
}

GraphRunner::Call GraphRunner::resolve(const std::vector<Tensor>& fetches,
                                       const std::vector<Operation>& targets) const {
  Call call;
  for (const Tensor& fetch : fetches) {
    base::require(fetch.valid(), "run", "a fetch is a Tensor that was never assigned (number ",
                  call.fetches.size() + 1, " of ", fetches.size(), "); fetch what an op returned");
    check_owner(fetch.function(), fetch.name());
    call.fetches.push_back({fetch.id().node, fetch.id().output});
  }
  for (const Operation& target : targets) {
    base::require(target.valid(), "run",
                  "a target is an Operation that was never assigned (one of ", targets.size(),
                  "); run what assign() or minimize() returned");
    check_owner(target.function(), "a target");
    call.effects.insert(call.effects.end(), target.nodes().begin(), target.nodes().end());
  }
  return call;
}

void GraphRunner::check_placeholder(const Tensor& tensor) const {
  base::require(tensor.valid(), "run",
                "a feed is a Tensor that was never assigned; feed a placeholder");
  check_owner(tensor.function(), "a feed");
  const graph::Node& node = tensor.function()->node(tensor.id());
  base::require(node.op == &graph::parameter_op, "run", node.name,
                " is fed but is no placeholder; feed what placeholder() returned", origin(node));
}

void GraphRunner::feed(const Tensor& placeholder, const Array& value, ParameterFeeds& feeds) const {
  check_placeholder(placeholder);
  const graph::Node& node = placeholder.function()->node(placeholder.id());
  const auto refuse = [&node](const std::string& text) {
    base::fail(ErrorCode::kInvalidArgument, "run", node.name, text, origin(node));
  };
  if (value.dtype() != placeholder.dtype() ||
      !ops::may_be_equal(value.shape(), placeholder.shape())) {
    refuse(fmt::format(" is fed {} but is {}; feed its dtype and a shape that fits", value.text(),
                       placeholder.text()));
  }
  std::optional<Array>& target =
      feeds[static_cast<size_t>(node.as<graph::ParameterOptions>().index)];
  if (target.has_value()) refuse(" is fed twice; feed it once");
  target = value;
}

namespace {

std::vector<std::optional<Shape>> shapes_of(const GraphRunner::ParameterFeeds& feeds) {
  std::vector<std::optional<Shape>> shapes;
  for (const auto& feed : feeds) {
    shapes.push_back(feed.has_value() ? std::optional<Shape>(feed->shape()) : std::nullopt);
  }
  return shapes;
}

}  // namespace

size_t GraphRunner::KeyHash::operator()(const Key& key) const {
  base::Hasher hasher;
  hasher.add(key.call.fetches.size());
  for (const auto& [node, output] : key.call.fetches) {
    hasher.add(node);
    hasher.add(output);
  }
  hasher.add(key.call.effects.size());
  for (int32_t effect : key.call.effects) hasher.add(effect);
  for (const std::optional<Shape>& shape : key.shapes) {
    hasher.add(shape.has_value());
    if (shape.has_value()) graph::hash_attribute(hasher, *shape);
  }
  return hasher.value();
}

std::shared_ptr<Execution> GraphRunner::execution(const Call& call, const ParameterFeeds& feeds) {
  Key key{call, shapes_of(feeds)};
  if (const auto* found = executions_.find(key)) return *found;
  return executions_.put(std::move(key), compile(call, feeds));
}

std::shared_ptr<Execution> GraphRunner::compile(const Call& call, const ParameterFeeds& feeds) {
  check_sized(call, feeds);
  CompileRequest request{{function_, {}, call.effects}, {}, true};
  for (const auto& [node, output] : call.fetches) request.request.fetches.push_back({node, output});
  for (size_t i = 0; i < feeds.size(); ++i) {
    graph::TensorType type = function_->type(function_->parameters[i]);
    if (feeds[i].has_value()) type.shape = feeds[i]->shape();
    // A placeholder that nothing needs may have any size.
    for (int axis = 0; axis < type.shape.rank(); ++axis) {
      if (type.shape[axis] == kUnknown) type.shape.set(axis, 1);
    }
    request.parameters.push_back(type);
  }
  return std::make_shared<Execution>(cache_.get_known(request));
}

std::shared_ptr<Execution> GraphRunner::recent_execution(const Call& call,
                                                         const ParameterFeeds& feeds,
                                                         Recent& recent) {
  const bool is_same =
      std::equal(feeds.begin(), feeds.end(), recent.shapes.begin(), recent.shapes.end(),
                 [](const std::optional<Array>& feed, const std::optional<Shape>& shape) {
                   return feed.has_value() == shape.has_value() &&
                          (!shape.has_value() || feed->shape() == *shape);
                 });
  if (is_same && recent.execution != nullptr) return recent.execution;
  recent.execution = execution(call, feeds);
  recent.shapes = shapes_of(feeds);
  return recent.execution;
}

void GraphRunner::refuse_unfed(const graph::Node& parameter) const {
  base::fail(ErrorCode::kFailedPrecondition, "run", "placeholder ", parameter.name,
             " is needed but not fed; add it to feeds (of a Callable: to the placeholders of "
             "make_callable)",
             origin(parameter));
}

/// Before anything is compiled: a shape rule would say something confusing of a size made up for a
/// missing feed.
void GraphRunner::check_sized(const Call& call, const ParameterFeeds& feeds) const {
  std::vector<int32_t> open = call.effects;
  for (const auto& [node, output] : call.fetches) open.push_back(node);
  std::vector<bool> seen(static_cast<size_t>(function_->size()), false);
  while (!open.empty()) {
    const graph::Node& node = function_->nodes[open.back()];
    open.pop_back();
    if (node.op == &graph::parameter_op && !node.outputs[0].shape.is_static() &&
        !feeds[static_cast<size_t>(node.as<graph::ParameterOptions>().index)].has_value())
      refuse_unfed(node);
    for (graph::ValueId input : node.inputs) {
      if (!seen[input.node]) open.push_back(input.node);
      seen[input.node] = true;
    }
  }
}

void GraphRunner::check_fed(const Program& program, const ParameterFeeds& feeds) const {
  for (size_t i = 0; i < feeds.size(); ++i) {
    if (program.needs_feed[i] && !feeds[i].has_value())
      refuse_unfed(function_->node(function_->parameters[i]));
  }
}

std::vector<Array> GraphRunner::run(const Call& call, const ParameterFeeds& feeds, Recent* recent) {
  const std::shared_ptr<Execution> running =
      recent != nullptr ? recent_execution(call, feeds, *recent) : execution(call, feeds);
  check_fed(running->program(), feeds);
  for (size_t i = 0; i < feeds.size(); ++i) {
    if (feeds[i].has_value()) running->feed(static_cast<int32_t>(i), feeds[i]->raw());
  }
  running->bind(store_);
  running->run({.seed = seed_, .step = runs_}, base::Pool::shared());
  ++runs_;  // a run that fails draws no random numbers from those behind it
  std::vector<Array> values;
  for (size_t i = 0; i < call.fetches.size(); ++i)
    values.push_back(running->fetch(static_cast<int32_t>(i)));
  return values;
}

}  // namespace reckon::runtime
