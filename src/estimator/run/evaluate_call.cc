// SPDX-License-Identifier: Apache-2.0
// One call of evaluate: loss and metrics over the data, with the present weights or a checkpoint's.
#include <fmt/format.h>

#include "base/check.h"
#include "base/logging.h"
#include "data/iterator.h"
#include "estimator/checkpoint/commit.h"
#include "estimator/engine.h"
#include "estimator/hooks/hook_schedule.h"
#include "ops/dtype_set.h"

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
             dtype_name(view.dtype), ", expected float32, float64, int32 or int64; ",
             ops::dtype_mend("value", view.dtype, ops::kNumeric));
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
  bool input_ended() const override { return has_input_ended_; }
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
  bool is_stopping_ = false, has_input_ended_ = false;
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
      runner_(engine.programs, model, Mode::kEvaluate),
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
  std::vector<graph::ValueId> fetches;
  std::vector<int32_t> wanted;
  if (is_hooked) {
    fetches = fetches_;
    wanted = add_missing(
        fetches, hooks_.before_run(*this, iteration_ + 1, engine_.clock.monotonic_seconds()));
  }
  const bool is_variant = fetches.size() > fetches_.size();
  if (is_variant) runner_.ask(fetches, {}, true);
  runtime::Execution& execution = runner_.prepare(batch);
  execution.bind(store_);
  execution.run({engine_.seed(), static_cast<uint64_t>(iteration_)}, base::Pool::shared());
  add_batch(execution);
  ++iteration_;
  if (!is_hooked) return;
  std::vector<Array> values;
  for (int32_t place : wanted) values.push_back(execution.fetch(place));
  hooks_.after_run(*this, values);
  if (is_variant) runner_.ask(fetches_, {});
  hooks_.plan(iteration_ + 1);
}

EvalResult EvaluateCall::run(data::Iterator& iterator, int64_t max_batches) {
  hooks_.begin();
  hooks_.after_create(*this);
  hooks_.plan(1);
  ArrayElement batch;
  while (!is_stopping_ && iteration_ < max_batches && !has_input_ended_) {
    has_input_ended_ = !iterator.next(batch);
    if (!has_input_ended_) step(batch);
  }
  if (iteration_ > 0 && has_input_ended_ && max_batches != INT64_MAX) {
    base::log(
        LogLevel::kWarning,
        fmt::format("[evaluate] the input ended after {} of {} batches, so that the results are of "
                    "those; add .repeat() to input_fn, or leave steps out",
                    iteration_, max_batches));
  }
  hooks_.end(*this);
  base::require(iteration_ > 0 || !is_stopping_, "evaluate", "a hook asked to stop after ",
                iteration_, " batches, so there is nothing to report; ask in after_run");
  base::require(iteration_ > 0, "evaluate",
                "the input gave no batch, expected at least one; check the files that input_fn "
                "reads, and take() and skip()");
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
  EventLog* log = engine.eval_events.find(directory);
  if (log == nullptr) log = &engine.eval_events.put(directory, EventLog(directory));
  log->try_again();
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
    if (engine.is_untrained()) engine.advice.no_trained_model("evaluating");
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
  // Results of initial values are not worth a directory that nobody has made: its name may be
  // wrong.
  const bool is_worth_writing = loaded != nullptr || !engine.is_untrained() ||
                                base::FileSystem::posix().is_directory(engine.model_dir);
  if (is_on(engine.config.save_summary_steps) && is_worth_writing)
    write_events(engine, result, options, checkpoint);
  log_result(result);
  engine.counters.evaluate_seconds += engine.clock.monotonic_seconds() - start;
  return result;
}

}  // namespace reckon::estimator
