// SPDX-License-Identifier: Apache-2.0
// One call of evaluate: loss and metrics over the data, with the present weights or a checkpoint's.
#include <fmt/format.h>

#include "base/check.h"
#include "base/logging.h"
#include "estimator/checkpoint/commit.h"
#include "estimator/model_dir.h"
#include "estimator/run/batch_totals.h"
#include "estimator/run/calls.h"
#include "estimator/run/step_loop.h"
#include "formats/histogram.h"

namespace reckon::estimator {
namespace {

HookList evaluation_hooks(const TracedModel& model, const EvaluateOptions& options) {
  HookList hooks = options.hooks;
  hooks.insert(hooks.end(), model.spec.evaluation_hooks.begin(), model.spec.evaluation_hooks.end());
  return hooks;
}

/// The loss, then each metric's batch values.
StepQuestion evaluation_question(const EstimatorSpec& spec) {
  StepQuestion question{{spec.loss.id()}};
  for (const auto& [name, metric] : spec.eval_metrics) {
    for (const Tensor& value : metric.batch_values()) question.fetches.push_back(value.id());
  }
  return question;
}

class EvaluateCall final : public StepLoop {
 public:
  EvaluateCall(Engine& engine, const TracedModel& model, runtime::VariableStore& store,
               const EvaluateOptions& options)
      : StepLoop(engine, model, Mode::kEvaluate, evaluation_hooks(model, options),
                 evaluation_question(model.spec),
                 store.value(model.global_step_variable).item<int64_t>()),
        store_(store),
        totals_(question().fetches.size()) {}

  EvalResult run(std::unique_ptr<data::Iterator> input, int64_t max_batches);

  Array variable_value(const std::string& name) const override {
    return store_.value(engine().module->index_of("variable_value", name));
  }
  const EvalResult* eval_result() const override { return result_ ? &*result_ : nullptr; }

 private:
  bool run_program(runtime::Execution& execution) override;
  void say_if_short(int64_t max_batches) const;
  EvalResult result() const;

  runtime::VariableStore& store_;
  BatchTotals totals_;  ///< of the question's fetches
  std::optional<EvalResult> result_;
};

bool EvaluateCall::run_program(runtime::Execution& execution) {
  execution.bind(store_);
  execution.run({engine().seed(), static_cast<uint64_t>(iteration())}, base::Pool::shared());
  for (size_t i = 0; i < totals_.size(); ++i)
    totals_.add(i, execution.result(static_cast<int32_t>(i)));
  return true;
}

void EvaluateCall::say_if_short(int64_t max_batches) const {
  if (iteration() == 0 || !input_ended() || max_batches == INT64_MAX) return;
  base::log(
      LogLevel::kWarning,
      fmt::format("[evaluate] the input ended after {} of {} batches, so that the results are of "
                  "those; add .repeat() to input_fn, or leave steps out",
                  iteration(), max_batches));
}

/// What a metric makes of its totals: numbers, of whatever shape.
Array metric_value(const std::string& name, const Metric& metric,
                   const std::vector<Array>& totals) {
  Array value = metric.value(totals);
  const bool is_number = value.valid() && (is_floating(value.dtype()) ||
                                           is_integer(value.dtype()) || value.dtype() == kBool);
  base::require(is_number, "evaluate", "metric \"", name, "\" made ",
                value.valid() ? value.text() : "an Array without a value",
                " of its totals, expected numbers; return such from its result function");
  return value;
}

/// In float64, as the loss of a mean over batches is.
EvalResult EvaluateCall::result() const {
  const double batches = static_cast<double>(iteration());
  std::map<std::string, Array> values = {
      {"loss", Array::scalar(totals_.from(0, 1)[0].at<double>(0) / batches)}};
  size_t next = 1;
  for (const auto& [name, metric] : model().spec.eval_metrics) {
    const auto own = totals_.from(next, metric.batch_values().size());
    next += own.size();
    std::vector<Array> totals(own.begin(), own.end());
    totals.push_back(Array::scalar(iteration()));
    values[name] = metric_value(name, metric, totals);
  }
  return {std::move(values), global_step()};
}

EvalResult EvaluateCall::run(std::unique_ptr<data::Iterator> input, int64_t max_batches) {
  begin();
  start(std::move(input));
  while (!stop_requested() && iteration() < max_batches && step()) {
  }
  say_if_short(max_batches);
  if (iteration() > 0) result_ = result();
  end();
  base::require(iteration() > 0 || !stop_requested(), "evaluate", "a hook asked to stop after ",
                iteration(), " batches, so there is nothing to report; ask in after_run");
  base::require(iteration() > 0, "evaluate",
                "the input gave no batch, expected at least one; check the files that input_fn "
                "reads, and take() and skip()");
  return *std::move(result_);
}

/// One number as a scalar, more of them as a histogram, none not at all.
void add_summary(formats::Summary& summary, const std::string& name, const Array& value) {
  if (value.num_elements() == 0) return;
  if (value.num_elements() == 1) {
    summary.scalar(name, value.at<float>(0));
    return;
  }
  try {
    summary.histogram(name, formats::make_histogram(value));
  } catch (const Error& error) {
    // The numbers were asked for; that no histogram holds them costs nobody the evaluation.
    base::log(LogLevel::kWarning,
              fmt::format("[evaluate] metric \"{}\" is not in the event file: {}", name,
                          error.message()));
  }
}

void write_events(Engine& engine, const EvalResult& result, const EvaluateOptions& options,
                  const std::string& checkpoint) {
  const std::string directory = eval_directory(engine.model_dir, "evaluate", options.name);
  EventLog* log = engine.eval_events.find(directory);
  if (log == nullptr) log = &engine.eval_events.put(directory, EventLog(directory));
  log->try_again();
  log->with_writer([&](formats::EventWriter& writer) {
    formats::Summary summary;
    for (const auto& [name, value] : result.arrays()) add_summary(summary, name, value);
    writer.add(summary, result.global_step());
    if (!checkpoint.empty()) writer.add_text("checkpoint_path", checkpoint, result.global_step());
  });
}

void log_result(const EvalResult& result) {
  std::string line = fmt::format("evaluated at step {}:", result.global_step());
  for (const auto& [name, value] : result.arrays()) {
    line += value.num_elements() == 1 ? fmt::format(" {} = {:.6g}", name, value.at<double>(0))
                                      : fmt::format(" {} = {}", name, value.values_text(8));
  }
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
    if (engine.weights.is_newest(engine.global_step()))
      checkpoint = base::join_path(engine.model_dir, checkpoint_name(engine.global_step()));
  } else {
    loaded = engine.load_weights(checkpoint);
  }
  runtime::VariableStore& store = loaded != nullptr ? *loaded : engine.store;
  std::unique_ptr<data::Iterator> iterator = data::make_iterator(input, {engine.seed(), 0});
  const EvalResult result = EvaluateCall(engine, *model, store, options)
                                .run(std::move(iterator), options.steps.value_or(INT64_MAX));
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
