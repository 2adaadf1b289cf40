// SPDX-License-Identifier: Apache-2.0
#include "estimator/run/batch_runner.h"

#include "base/check.h"
#include "ops/axis.h"

namespace reckon::estimator {
namespace {

void check_component(const ComponentSpec& spec, const Array& array) {
  const bool fits = array.dtype() == spec.dtype && ops::may_be_equal(array.shape(), spec.shape);
  base::require(fits, "input", "\"", spec.name, "\" came as ", array.text(), ", expected ",
                graph::type_text({spec.dtype, spec.shape}),
                "; make every batch fit the Dataset's spec");
}

}  // namespace

std::shared_ptr<runtime::Execution> ExecutionPool::take(
    const std::shared_ptr<const runtime::Program>& program) {
  std::optional<std::unique_ptr<runtime::Execution>> idle;
  {
    const std::lock_guard<std::mutex> guard(idle_->mutex);
    idle = idle_->executions.take(program.get());
  }
  std::unique_ptr<runtime::Execution> execution =
      idle ? std::move(*idle) : std::make_unique<runtime::Execution>(program);
  return {execution.release(), [idle = idle_](runtime::Execution* done) {
            std::unique_ptr<runtime::Execution> own(done);
            const std::lock_guard<std::mutex> guard(idle->mutex);
            try {
              idle->executions.put(&done->program(), std::move(own));
            } catch (const std::bad_alloc&) {  // no memory to keep it: the next call makes one
            }
          }};
}

size_t ExecutionPool::idle_count() const {
  const std::lock_guard<std::mutex> guard(idle_->mutex);
  return idle_->executions.size();
}

int Programs::steps_compiled() const {
  int count = 0;
  for (const runtime::ProgramCache& cache : steps) count += cache.compiled();
  return count;
}

namespace {

template <class Function>
void for_each_array(const ArrayElement& batch, bool with_labels, const Function& function) {
  for (const Array& array : batch.features) function(array);
  if (!with_labels) return;
  for (const Array& array : batch.labels) function(array);
}

bool are_shapes_of(const std::vector<Shape>& shapes, const ArrayElement& batch, bool with_labels) {
  size_t i = 0;
  bool is_same = true;
  for_each_array(batch, with_labels, [&](const Array& array) {
    is_same = is_same && i < shapes.size() && array.shape() == shapes[i++];
  });
  return is_same && i == shapes.size();
}

}  // namespace

size_t BatchRunner::QuestionHash::operator()(const Question& question) const {
  base::Hasher hasher;
  hasher.add(question.fetches.size());
  for (graph::ValueId fetch : question.fetches) {
    hasher.add(fetch.node);
    hasher.add(fetch.output);
  }
  for (int32_t effect : question.effects) hasher.add(effect);
  return hasher.value();
}

size_t BatchRunner::ShapeHash::operator()(const ShapeKey& key) const {
  base::Hasher hasher;
  hasher.add(key.asked);
  for (const Shape& shape : key.shapes) graph::hash_attribute(hasher, shape);
  return hasher.value();
}

size_t BatchRunner::ShapeHash::operator()(const BatchKey& key) const {
  base::Hasher hasher;
  hasher.add(key.asked);
  for_each_array(key.batch, key.with_labels,
                 [&](const Array& array) { graph::hash_attribute(hasher, array.shape()); });
  return hasher.value();
}

bool BatchRunner::SameShapes::operator()(const ShapeKey& a, const ShapeKey& b) const {
  return a.asked == b.asked && a.shapes == b.shapes;
}

bool BatchRunner::SameShapes::operator()(const BatchKey& a, const ShapeKey& b) const {
  return a.asked == b.asked && are_shapes_of(b.shapes, a.batch, a.with_labels);
}

BatchRunner::BatchRunner(Programs& programs, const TracedModel& model, Mode mode)
    : programs_(programs),
      model_(model),
      mode_(mode),
      with_labels_(mode != Mode::kPredict && model.has_real_labels) {}

BatchRunner::~BatchRunner() {
  const std::lock_guard<std::mutex> guard(programs_.mutex);
  touch_programs();
}

/// What this call has run, in that order, counts as used: steps ask no cache for their programs.
void BatchRunner::touch_programs() {
  prepared_.for_each([&](const ShapeKey&, const Prepared& prepared) {
    programs_.of(mode_, prepared.is_variant).touch(prepared.execution->program());
  });
}

void BatchRunner::ask(std::vector<graph::ValueId> fetches, std::vector<int32_t> effects,
                      bool is_variant) {
  last_ = nullptr;
  Question question{std::move(fetches), std::move(effects)};
  current_ = asked_.find(question);
  if (current_ != nullptr) return;
  Asked asked{question, is_variant, ++questions_};
  current_ = &asked_.put(std::move(question), std::move(asked));
}

BatchRunner::Prepared BatchRunner::compile(const ArrayElement& batch) {
  Prepared prepared{{}, nullptr, current_->is_variant};
  const auto& [fetches, effects] = current_->question;
  runtime::CompileRequest request{
      {model_.trace.functions.front(), fetches, effects}, {}, mode_ == Mode::kTrain};
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
    touch_programs();
    program = programs_.of(mode_, current_->is_variant).get_known(request);
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
  if (last_ == nullptr || !are_shapes_of(last_->shapes, batch, with_labels_)) {
    last_ = nullptr;
    last_ = prepared_.find(BatchKey{current_->number, batch, with_labels_});
    if (last_ == nullptr) {
      Prepared prepared = compile(batch);
      ShapeKey key{current_->number, prepared.shapes};
      last_ = &prepared_.put(std::move(key), std::move(prepared));
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
