// SPDX-License-Identifier: Apache-2.0
#include "estimator/traced_model.h"

#include <fmt/format.h>

#include <reckon/graph.h>
#include "base/utf8.h"
#include "graph/core_ops.h"

namespace reckon::estimator {
namespace {

Tensor add_parameter(graph::Trace& trace, const std::string& name, const graph::TensorType& type,
                     bool poison) {
  graph::Function& function = *trace.outermost();
  return {trace.module, &function, graph::add_parameter(function, type, name, {}, poison)};
}

Features make_features(graph::Trace& trace, const DatasetSpec& input) {
  Features features;
  for (const ComponentSpec& component : input.features) {
    features.set(component.name, add_parameter(trace, "features/" + component.name,
                                               {component.dtype, component.shape}, false));
  }
  return features;
}

/// Real labels if the input has them; in predict mode, or without, one that only errors when it is
/// run.
Labels make_labels(graph::Trace& trace, const DatasetSpec& input, bool is_real) {
  Labels labels;
  if (!is_real) {
    labels.set("", add_parameter(trace, "labels", {DType::kInvalid, Shape{}}, true));
    return labels;
  }
  for (const ComponentSpec& component : input.labels) {
    const std::string name = component.name.empty() ? "labels" : "labels/" + component.name;
    labels.set(component.name,
               add_parameter(trace, name, {component.dtype, component.shape}, false));
  }
  return labels;
}

[[noreturn]] void spec_error(Mode mode, const std::string& text, Place place = {}) {
  throw Error(ErrorCode::kInvalidArgument, mode_name(mode), text, place);
}

void check_tensor(const TracedModel& model, Mode mode, const std::string& what,
                  const Tensor& tensor) {
  if (!tensor.valid()) {
    spec_error(
        mode,
        fmt::format("{} is a Tensor that was never assigned; assign it from an op first", what));
  }
  if (tensor.function() != model.trace.functions.front()) {
    spec_error(
        mode,
        fmt::format(
            "{} belongs to another graph or to an inner function; return a Tensor that this call "
            "of model_fn made",
            what),
        tensor.place());
  }
}

void check_loss(const TracedModel& model, Mode mode) {
  const Tensor& loss = model.spec.loss;
  if (!loss.valid()) {
    spec_error(mode,
               fmt::format("model_fn returned no loss in Mode::k{}; return a scalar loss, e.g. "
                           "losses::mean_squared_error(labels, predictions)",
                           mode == Mode::kTrain ? "Train" : "Evaluate"));
  }
  check_tensor(model, mode, "loss", loss);
  if (loss.is_poison()) {
    spec_error(mode, "the loss needs labels, but the input has none; return labels from input_fn",
               loss.place());
  }
  const bool is_one = loss.shape().is_static() && loss.shape().num_elements() == 1;
  if (!is_one || !is_floating(loss.dtype())) {
    spec_error(
        mode,
        fmt::format("loss is {}, expected a scalar of float32 or float64; {}", loss.text(),
                    is_floating(loss.dtype()) ? "reduce it, e.g. with reduce_mean"
                                              : "compute it from floats, e.g. cast(x, kFloat32)"),
        loss.place());
  }
}

void check_train_op(const TracedModel& model, Mode mode) {
  if (!model.spec.train_op.valid()) {
    spec_error(mode,
               "model_fn returned no train_op in Mode::kTrain; return one, e.g. "
               "optimizers::adam({.learning_rate = 1e-3}).minimize(loss)",
               model.spec.loss.place());
  }
  if (model.spec.train_op.function() != model.trace.functions.front()) {
    spec_error(mode,
               "train_op belongs to another graph; return an Operation that this call of model_fn "
               "made",
               model.spec.loss.place());
  }
  for (int32_t index : model.spec.train_op.nodes()) {
    const graph::Node& node = model.trace.functions.front()->nodes[index];
    if (graph::assignment(node).variable == model.global_step_variable) return;
  }
  spec_error(mode,
             "train_op does not advance global_step, so no number of steps would ever be reached; "
             "return what minimize() gives, or group it with assign_add(global_step(), 1)",
             model.spec.loss.place());
}

void check_metrics(const TracedModel& model, Mode mode) {
  for (const auto& [name, metric] : model.spec.eval_metrics) {
    base::require_utf8(mode_name(mode), "the metric's name", name);
    if (name == "loss" || name == "global_step") {
      spec_error(mode, fmt::format("a metric is named \"{}\", which evaluate() itself reports; "
                                   "give it another name in eval_metrics",
                                   name));
    }
    if (!metric.valid()) {
      spec_error(mode, fmt::format("metric \"{}\" is empty; make it with metrics::…, or give "
                                   "Metric() sums and a function of their totals",
                                   name));
    }
    for (const Tensor& value : metric.batch_values()) {
      check_tensor(model, mode, fmt::format("metric \"{}\"", name), value);
      const bool is_one_shape =
          metric.adds_scalars() ? value.rank() == 0 : value.shape().is_static();
      if (value.is_poison() || is_one_shape) continue;
      spec_error(mode,
                 fmt::format("metric \"{}\" adds up {}, expected {}", name, value.text(),
                             metric.adds_scalars()
                                 ? "a scalar of each batch; reduce it, e.g. with reduce_sum"
                                 : "one shape in every batch; reduce it over the batch, e.g. with "
                                   "reduce_sum(value, {0})"),
                 value.place());
    }
  }
}

void check_predictions(const TracedModel& model, Mode mode) {
  if (model.spec.predictions.empty()) {
    spec_error(mode,
               "model_fn returned no predictions in Mode::kPredict; return them, e.g. "
               "{.predictions = {{\"class\", argmax(logits, -1)}}}");
  }
  for (const auto& [name, tensor] : model.spec.predictions) {
    base::require_utf8(mode_name(mode), "the prediction's name", name, tensor.place());
    check_tensor(model, mode, fmt::format("predictions[\"{}\"]", name), tensor);
  }
}

}  // namespace

void check_spec(const TracedModel& model, Mode mode) {
  if (model.spec.mode.has_value() && *model.spec.mode != model.mode) {
    spec_error(
        mode, fmt::format(
                  "model_fn was called for {} but returned a spec of mode {}; return the mode that "
                  "came",
                  mode_name(model.mode), mode_name(*model.spec.mode)));
  }
  if (mode == Mode::kPredict) return check_predictions(model, mode);
  check_loss(model, mode);
  if (mode == Mode::kTrain)
    check_train_op(model, mode);
  else
    check_metrics(model, mode);
}

std::shared_ptr<TracedModel> ModelTracer::find(Mode mode, const DatasetSpec& input) const {
  for (const auto& model : models_) {
    if (model->input.features != input.features) continue;
    if (model_.takes_mode && model->mode != mode) continue;
    // Predictions need no labels: any trace of such features serves them.
    const bool fits = mode == Mode::kPredict || !model_.takes_labels ||
                      (model->has_real_labels && model->input.labels == input.labels) ||
                      (!model->has_real_labels && input.labels.empty());
    if (fits) return model;
  }
  return nullptr;
}

std::shared_ptr<TracedModel> ModelTracer::trace(Mode mode, const DatasetSpec& input) {
  graph::Function* function = module_->add_function(model_.takes_mode ? mode_name(mode) : "model");
  auto model = std::make_shared<TracedModel>(module_, function);
  model->input = input;
  model->mode = mode;
  model->trace.is_model_fn = true;
  model->has_real_labels = model_.takes_labels && !input.labels.empty() &&
                           !(model_.takes_mode && mode == Mode::kPredict);
  {
    const graph::TraceScope scope({model, &model->trace});
    const Features features = make_features(model->trace, input);
    const Labels labels = make_labels(model->trace, input, model->has_real_labels);
    (void)global_step(Place{});  // made before model_fn's own variables
    model->global_step_variable = module_->find("global_step");
    if (model_.takes_single_feature && features.size() != 1) {
      spec_error(
          mode, fmt::format(
                    "model_fn takes one features Tensor but the input has {}; take const Features&",
                    features.size()));
    }
    model_.takes_mode ? ++calls_[static_cast<int>(mode)] : ++shared_calls_;
    model->spec = model_.call({features, labels, mode, params_, config_});
  }
  models_.push_back(model);
  return model;
}

namespace {

/// Takes back the variables of a trace that threw or was refused: they would be initialized, saved,
/// and looked for in checkpoints.
class VariablesOfTrace {
 public:
  explicit VariablesOfTrace(graph::Module& module)
      : module_(module), count_(module.variable_count()) {}
  ~VariablesOfTrace() {
    if (!is_kept_) module_.forget_variables_after(count_);
  }
  VariablesOfTrace(const VariablesOfTrace&) = delete;
  VariablesOfTrace& operator=(const VariablesOfTrace&) = delete;
  void keep() { is_kept_ = true; }

 private:
  graph::Module& module_;
  int32_t count_;
  bool is_kept_ = false;
};

}  // namespace

std::shared_ptr<const TracedModel> ModelTracer::get(Mode mode, const DatasetSpec& input) {
  if (!model_.takes_labels && mode != Mode::kPredict && !input.labels.empty()) {
    spec_error(mode,
               "model_fn does not take labels, but input_fn returns labels; add a parameter "
               "`const Tensor& labels`, or return features only");
  }
  VariablesOfTrace declared(*module_);
  std::shared_ptr<TracedModel> model = find(mode, input);
  if (model == nullptr) model = trace(mode, input);
  if (!model_.takes_mode) declared.keep();  // refused for this mode, it may serve another
  // Known ones too: a trace may serve several modes, and one that was refused before stays refused.
  check_spec(*model, mode);
  declared.keep();
  return model;
}

}  // namespace reckon::estimator

namespace reckon {

const char* mode_name(Mode mode) {
  switch (mode) {
    case Mode::kTrain:
      return "train";
    case Mode::kEvaluate:
      return "evaluate";
    case Mode::kPredict:
      return "predict";
  }
  return "";
}

}  // namespace reckon
