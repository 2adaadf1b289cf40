// SPDX-License-Identifier: Apache-2.0
#include "estimator/batch_runner.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "ops/axis.h"

namespace reckon::estimator {
namespace {

/// Batches of ever new sizes must not keep an arena for each: the ones used last stay.
constexpr size_t kMaxExecutions = 64;

void check_component(const ComponentSpec& spec, const Array& array) {
  const bool fits = array.dtype() == spec.dtype && ops::may_be_equal(array.shape(), spec.shape);
  base::require(fits, "input", "\"", spec.name, "\" came as ", array.text(), ", expected ",
                graph::type_text({spec.dtype, spec.shape}),
                "; make every batch fit the Dataset's spec");
}

}  // namespace

std::shared_ptr<runtime::Execution> ExecutionPool::take(
    const std::shared_ptr<const runtime::Program>& program) {
  std::unique_ptr<runtime::Execution> execution;
  {
    const std::lock_guard<std::mutex> guard(idle_->mutex);
    auto& idle = idle_->executions;
    const auto found = std::find_if(idle.rbegin(), idle.rend(), [&](const auto& candidate) {
      return &candidate->program() == program.get();
    });
    if (found != idle.rend()) {
      execution = std::move(*found);
      idle.erase(std::next(found).base());
    }
  }
  if (execution == nullptr) execution = std::make_unique<runtime::Execution>(program);
  return {execution.release(), [idle = idle_](runtime::Execution* done) {
            const std::lock_guard<std::mutex> guard(idle->mutex);
            idle->executions.emplace_back(done);
            if (idle->executions.size() > kMaxExecutions) idle->executions.pop_front();
          }};
}

namespace {

bool is_same(const runtime::CompileRequest& a, const runtime::CompileRequest& b) {
  return a.request.function == b.request.function && a.is_training == b.is_training &&
         a.request.fetches == b.request.fetches && a.request.effects == b.request.effects &&
         a.parameters == b.parameters;
}

}  // namespace

std::shared_ptr<const runtime::Program> Programs::get(const runtime::CompileRequest& request,
                                                      bool is_variant) {
  for (const Known& known : known_) {
    if (is_same(known.request, request)) return known.program;
  }
  std::shared_ptr<const runtime::Program> program = (is_variant ? variants : steps).get(request);
  known_.push_back({request, program});
  return program;
}

BatchRunner::BatchRunner(Programs& programs, const TracedModel& model,
                         std::optional<bool> is_training, bool with_labels)
    : programs_(programs),
      model_(model),
      is_training_(is_training),
      with_labels_(with_labels && model.has_real_labels) {}

void BatchRunner::ask(std::vector<graph::ValueId> fetches, std::vector<int32_t> effects,
                      bool is_variant) {
  last_ = nullptr;
  for (const auto& known : asked_) {
    if (known->fetches == fetches && known->effects == effects) {
      current_ = known.get();
      return;
    }
  }
  asked_.push_back(
      std::make_unique<Asked>(Asked{std::move(fetches), std::move(effects), is_variant, {}}));
  current_ = asked_.back().get();
}

bool BatchRunner::fits(const Prepared& prepared, const ArrayElement& batch) const {
  size_t i = 0;
  for (const Array& array : batch.features) {
    if (!(prepared.shapes[i++] == array.shape())) return false;
  }
  if (!with_labels_) return true;
  for (const Array& array : batch.labels) {
    if (!(prepared.shapes[i++] == array.shape())) return false;
  }
  return true;
}

BatchRunner::Prepared BatchRunner::compile(const ArrayElement& batch) {
  Prepared prepared;
  runtime::CompileRequest request{
      {model_.trace.functions.front(), current_->fetches, current_->effects}, {}, is_training_};
  const auto add = [&](const std::vector<ComponentSpec>& specs, const std::vector<Array>& arrays) {
    base::require(specs.size() == arrays.size(), "input", "a batch has ", arrays.size(),
                  " components, expected ", specs.size(),
                  "; make every batch fit the Dataset's spec");
    for (size_t i = 0; i < arrays.size(); ++i) {
      check_component(specs[i], arrays[i]);
      prepared.shapes.push_back(arrays[i].shape());
      request.parameters.push_back({arrays[i].dtype(), arrays[i].shape()});
    }
  };
  add(model_.input.features, batch.features);
  if (with_labels_) add(model_.input.labels, batch.labels);
  // Labels that are not fed: poison, or real ones that prediction does not need.
  const graph::Function& function = *model_.trace.functions.front();
  while (request.parameters.size() < function.parameters.size()) {
    graph::TensorType type = function.type(function.parameters[request.parameters.size()]);
    const int64_t rows = batch.features.empty() || batch.features[0].shape().rank() == 0
                             ? 1
                             : batch.features[0].shape()[0];
    for (int axis = 0; axis < type.shape.rank(); ++axis) {
      if (type.shape[axis] == kUnknown) type.shape.set(axis, rows);
    }
    request.parameters.push_back(type);
  }
  std::shared_ptr<const runtime::Program> program;
  {
    const std::lock_guard<std::mutex> guard(programs_.mutex);
    program = programs_.get(request, current_->is_variant);
  }
  for (size_t i = prepared.shapes.size(); i < program->needs_feed.size(); ++i) {
    base::require(
        !program->needs_feed[i], "predict",
        "the predictions need the labels, and there are none in predict mode; compute them from "
        "features only (needed: ",
        function.node(function.parameters[i]).name, ")");
  }
  prepared.execution = programs_.executions.take(program);
  return prepared;
}

runtime::Execution& BatchRunner::prepare(const ArrayElement& batch) {
  if (last_ == nullptr || !fits(*last_, batch)) {
    last_ = nullptr;
    for (Prepared& prepared : current_->prepared) {
      if (fits(prepared, batch)) last_ = &prepared;
    }
    if (last_ == nullptr) {
      if (current_->prepared.size() == kMaxExecutions) current_->prepared.pop_front();
      current_->prepared.push_back(compile(batch));
      last_ = &current_->prepared.back();
    }
  }
  int32_t parameter = 0;
  for (const Array& array : batch.features) last_->execution->feed(parameter++, array.raw());
  if (with_labels_) {
    for (const Array& array : batch.labels) last_->execution->feed(parameter++, array.raw());
  }
  return *last_->execution;
}

}  // namespace reckon::estimator
