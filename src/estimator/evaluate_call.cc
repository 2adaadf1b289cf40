// SPDX-License-Identifier: Apache-2.0
// One call of evaluate: loss and metrics over the data, with the present weights or a checkpoint's.
#include <fmt/format.h>

#include "base/check.h"
#include "base/logging.h"
#include "data/iterator.h"
#include "estimator/checkpoint_commit.h"
#include "estimator/engine.h"
#include "estimator/hook_schedule.h"

namespace reckon::estimator {
namespace {

double number_of(const ops::View& view) {
  switch (view.dtype) {
    case kFloat32:
      return *static_cast<const float*>(view.data);
    case kFloat64:
      return *static_cast<const double*>(view.data);
    case kInt64:
      return static_cast<double>(*static_cast<const int64_t*>(view.data));
    case kInt32:
      return *static_cast<const int32_t*>(view.data);
    default:
      break;
  }
  base::fail(ErrorCode::kInvalidArgument, "evaluate", "a metric's batch value is ",
             dtype_name(view.dtype), ", expected float32, float64, int32 or int64; cast it");
}

class EvaluateCall : public RunContext {
 public:
  EvaluateCall(Engine& engine, const TracedModel& model, runtime::VariableStore& store,
               const EvaluateOptions& options);

  EvalResult run(data::Iterator& iterator, int64_t max_batches);

  int64_t global_step() const override { return global_step_; }
  int64_t iteration() const override { return iteration_; }
  void request_stop() override { is_stopping_ = true; }
  bool stop_requested() const override { return is_stopping_; }
  Array variable_value(const std::string& name) const override;
  void save_checkpoint() override {
    base::fail(ErrorCode::kFailedPrecondition, "save_checkpoint",
               "was called during evaluation, which changes nothing; save from a training hook");
  }
  const std::string& model_dir() const override { return engine_.model_dir; }

 private:
  void step(const ArrayElement& batch);
  void add_batch(const runtime::Execution& execution);

  Engine& engine_;
  const TracedModel& model_;
  runtime::VariableStore& store_;
  BatchRunner runner_;
  HookSchedule hooks_;
  std::vector<graph::ValueId> fetches_;
  std::vector<double> totals_;  ///< loss, then each metric's batch values
  int64_t global_step_ = 0;
  int64_t iteration_ = 0;
  bool is_stopping_ = false;
};

HookList evaluation_hooks(const TracedModel& model, const EvaluateOptions& options) {
  HookList hooks = options.hooks;
  hooks.insert(hooks.end(), model.spec.evaluation_hooks.begin(), model.spec.evaluation_hooks.end());
  return hooks;
}

EvaluateCall::EvaluateCall(Engine& engine, const TracedModel& model, runtime::VariableStore& store,
                           const EvaluateOptions& options)
    : engine_(engine),
      model_(model),
      store_(store),
      runner_(engine.programs, model, false, true),
      hooks_(evaluation_hooks(model, options), model),
      fetches_{model.spec.loss.id()} {
  for (const auto& [name, metric] : model.spec.eval_metrics) {
    for (const Tensor& value : metric.batch_values()) fetches_.push_back(value.id());
  }
  totals_.assign(fetches_.size(), 0.0);
  global_step_ = store.value(model.global_step_variable).item<int64_t>();
  runner_.ask(fetches_, {});
}

Array EvaluateCall::variable_value(const std::string& name) const {
  return store_.value(engine_.module->index_of("variable_value", name));
}

void EvaluateCall::add_batch(const runtime::Execution& execution) {
  for (size_t i = 0; i < totals_.size(); ++i)
    totals_[i] += number_of(execution.result(static_cast<int32_t>(i)));
}

void EvaluateCall::step(const ArrayElement& batch) {
  const bool is_hooked = iteration_ + 1 >= hooks_.due_iteration();
  std::vector<graph::ValueId> wanted;
  if (is_hooked)
    wanted = hooks_.before_run(*this, iteration_ + 1, engine_.clock.monotonic_seconds());
  if (!wanted.empty()) {
    std::vector<graph::ValueId> fetches = fetches_;
    fetches.insert(fetches.end(), wanted.begin(), wanted.end());
    runner_.ask(fetches, {}, true);
  }
  runtime::Execution& execution = runner_.prepare(batch);
  execution.bind(store_);
  execution.run({engine_.seed(), static_cast<uint64_t>(iteration_)}, base::Pool::shared());
  add_batch(execution);
  ++iteration_;
  if (!is_hooked) return;
  std::vector<Array> values;
  for (size_t i = 0; i < wanted.size(); ++i) {
    values.push_back(execution.fetch(static_cast<int32_t>(fetches_.size() + i)));
  }
  hooks_.after_run(*this, values);
  if (!wanted.empty()) runner_.ask(fetches_, {});
  hooks_.plan(iteration_ + 1);
}

EvalResult EvaluateCall::run(data::Iterator& iterator, int64_t max_batches) {
  hooks_.begin();
  hooks_.after_create(*this);
  hooks_.plan(1);
  ArrayElement batch;
  while (!is_stopping_ && iteration_ < max_batches && iterator.next(batch)) step(batch);
  hooks_.end(*this);
  base::require(iteration_ > 0 || !is_stopping_, "evaluate", "a hook asked to stop after ",
                iteration_, " batches, so there is nothing to report; ask in after_run");
  base::require(iteration_ > 0, "evaluate",
                "the data set is empty, so there is nothing to report; check the paths and filters "
                "of input_fn");
  std::map<std::string, double> values = {{"loss", totals_[0] / static_cast<double>(iteration_)}};
  auto next = totals_.begin() + 1;
  for (const auto& [name, metric] : model_.spec.eval_metrics) {
    const auto count = static_cast<std::ptrdiff_t>(metric.batch_values().size());
    std::vector<double> totals(next, next + count);
    next += count;
    totals.push_back(static_cast<double>(iteration_));
    values[name] = metric.result(totals);
  }
  return {std::move(values), global_step_};
}

void write_events(Engine& engine, const EvalResult& result, const EvaluateOptions& options,
                  const std::string& checkpoint) {
  const std::string directory = eval_directory(engine, "evaluate", options.name);
  std::unique_ptr<EventLog>& log = engine.eval_events[directory];
  if (log == nullptr) log = std::make_unique<EventLog>(directory);
  log->with_writer([&](formats::EventWriter& writer) {
    formats::Summary summary;
    for (const auto& [name, value] : result.values())
      summary.scalar(name, static_cast<float>(value));
    writer.add(summary, result.global_step());
    if (!checkpoint.empty()) writer.add_text("checkpoint_path", checkpoint, result.global_step());
  });
}

void log_result(const EvalResult& result) {
  std::string line = fmt::format("evaluated at step {}:", result.global_step());
  for (const auto& [name, value] : result.values())
    line += fmt::format(" {} = {:.6g}", name, value);
  base::log(LogLevel::kInfo, line);
}

}  // namespace

EvalResult run_evaluation(Engine& engine, const InputFn& input_fn, const EvaluateOptions& options) {
  base::require(!options.steps || *options.steps > 0, "evaluate", "steps is ",
                options.steps.value_or(0),
                "; must specify steps > 0, or leave it out to evaluate all data");
  const double start = engine.clock.monotonic_seconds();
  const Dataset input = engine.make_input(input_fn, "evaluate");
  const std::shared_ptr<const TracedModel> model = engine.traced(Mode::kEvaluate, input.spec());
  std::unique_ptr<runtime::VariableStore> loaded;
  std::string checkpoint = options.checkpoint_path;
  if (checkpoint.empty()) {
    engine.prepare_weights();
    if (engine.saved_step >= 0 && engine.saved_step == engine.global_step()) {
      checkpoint = base::join_path(engine.model_dir, checkpoint_name(engine.saved_step));
    }
  } else {
    loaded = engine.load_weights(checkpoint);
  }
  runtime::VariableStore& store = loaded != nullptr ? *loaded : engine.store;
  const std::unique_ptr<data::Iterator> iterator = data::make_iterator(input, {engine.seed(), 0});
  const EvalResult result = EvaluateCall(engine, *model, store, options)
                                .run(*iterator, options.steps.value_or(INT64_MAX));
  if (engine.config.save_summary_steps > 0) write_events(engine, result, options, checkpoint);
  log_result(result);
  engine.counters.evaluate_seconds += engine.clock.monotonic_seconds() - start;
  return result;
}

}  // namespace reckon::estimator
