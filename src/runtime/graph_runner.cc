// SPDX-License-Identifier: Apache-2.0
#include "runtime/graph_runner.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "graph/core_ops.h"

namespace reckon::runtime {
namespace {

bool fits(const Shape& shape, const Shape& want) {
  if (shape.rank() != want.rank()) return false;
  for (int axis = 0; axis < want.rank(); ++axis) {
    if (want[axis] != kUnknown && want[axis] != shape[axis]) return false;
  }
  return true;
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
    base::require(fetch.valid(), "run",
                  "a fetch is a Tensor that was never assigned; fetch what an op returned");
    check_owner(fetch.function(), fetch.name());
    call.fetches.push_back({fetch.id().node, fetch.id().output});
  }
  for (const Operation& target : targets) {
    base::require(target.valid(), "run",
                  "a target is an Operation that was never assigned; run what assign() or "
                  "minimize() returned");
    check_owner(target.function(), "a target");
    call.effects.insert(call.effects.end(), target.nodes().begin(), target.nodes().end());
  }
  return call;
}

int32_t GraphRunner::resolve_feed(const Tensor& placeholder, const Array& value) const {
  base::require(placeholder.valid(), "run",
                "a feed is a Tensor that was never assigned; feed a placeholder");
  check_owner(placeholder.function(), "a feed");
  const graph::Node& node = placeholder.function()->node(placeholder.id());
  if (node.op != &graph::parameter_op) {
    throw Error(
        ErrorCode::kInvalidArgument, "run",
        fmt::format("{} is fed but is no placeholder; feed what placeholder() returned", node.name),
        node.place);
  }
  if (value.dtype() != placeholder.dtype() || !fits(value.shape(), placeholder.shape())) {
    throw Error(ErrorCode::kInvalidArgument, "run",
                fmt::format("{} is fed {} but is {}; feed its dtype and a shape that fits",
                            node.name, value.text(), placeholder.text()),
                node.place);
  }
  return static_cast<int32_t>(node.as<graph::ParameterOptions>().index);
}

Execution& GraphRunner::execution(const Call& call, const ParameterFeeds& feeds) {
  Key key{call, {}};
  for (const auto& feed : feeds) {
    key.second.push_back(feed.has_value() ? feed->shape().dims() : std::vector<int64_t>{kUnknown});
  }
  std::unique_ptr<Execution>& execution = executions_[key];
  if (execution != nullptr) return *execution;
  CompileRequest request{{function_, {}, call.effects}, {}, true};
  for (const auto& [node, output] : call.fetches) request.request.fetches.push_back({node, output});
  for (size_t i = 0; i < feeds.size(); ++i) {
    graph::TensorType type = function_->type(function_->parameters[i]);
    if (feeds[i].has_value()) type.shape = feeds[i]->shape();
    // A placeholder that is not fed may have any size: check_fed sees to it that nothing needs it.
    for (int axis = 0; axis < type.shape.rank(); ++axis) {
      if (type.shape[axis] == kUnknown) type.shape.set(axis, 1);
    }
    request.parameters.push_back(type);
  }
  execution = std::make_unique<Execution>(cache_.get(request));
  return *execution;
}

Execution& GraphRunner::recent_execution(const Call& call, const ParameterFeeds& feeds,
                                         Recent& recent) {
  const bool is_same =
      std::equal(feeds.begin(), feeds.end(), recent.shapes.begin(), recent.shapes.end(),
                 [](const std::optional<Array>& feed, const std::optional<Shape>& shape) {
                   return feed.has_value() == shape.has_value() &&
                          (!shape.has_value() || feed->shape() == *shape);
                 });
  if (is_same && recent.execution != nullptr) return *recent.execution;
  recent.execution = &execution(call, feeds);
  recent.shapes.clear();
  for (const auto& feed : feeds) {
    recent.shapes.push_back(feed.has_value() ? std::optional<Shape>(feed->shape()) : std::nullopt);
  }
  return *recent.execution;
}

void GraphRunner::check_fed(const Program& program, const ParameterFeeds& feeds) const {
  for (size_t i = 0; i < feeds.size(); ++i) {
    if (!program.needs_feed[i] || feeds[i].has_value()) continue;
    const graph::Node& node = function_->node(function_->parameters[i]);
    throw Error(ErrorCode::kFailedPrecondition, "run",
                fmt::format("placeholder {} is needed but not fed; add it to feeds", node.name),
                node.place);
  }
}

std::vector<Array> GraphRunner::run(const Call& call, const ParameterFeeds& feeds, Recent* recent) {
  Execution& running =
      recent != nullptr ? recent_execution(call, feeds, *recent) : execution(call, feeds);
  check_fed(running.program(), feeds);
  for (size_t i = 0; i < feeds.size(); ++i) {
    if (feeds[i].has_value()) running.feed(static_cast<int32_t>(i), feeds[i]->raw());
  }
  running.bind(store_);
  running.run({.seed = seed_, .step = runs_++}, base::Pool::shared());
  std::vector<Array> values;
  for (size_t i = 0; i < call.fetches.size(); ++i)
    values.push_back(running.fetch(static_cast<int32_t>(i)));
  return values;
}

}  // namespace reckon::runtime
