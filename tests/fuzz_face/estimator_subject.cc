// SPDX-License-Identifier: Apache-2.0
#include "estimator_subject.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "claims.h"

namespace reckon::fuzz_face {
namespace {

/// Another number of features than the model's weight has rows.
Dataset misshapen() {
  return Dataset::from_arrays(
             {{"id", Array::zeros(kInt64, {4})}, {"x", Array::zeros(kFloat32, {4, 2})}},
             Array::zeros(kFloat32, {4, 1}))
      .batch(2);
}

}  // namespace

Subject::Subject(Choices& choices, std::string directory)
    : model_(choose_model(choices)),
      config_(choose_config(choices, directory)),
      directory_(directory),
      estimator_(make()),
      twin_(model_, config_, directory + "-twin") {}

std::unique_ptr<Estimator> Subject::make() const {
  return std::make_unique<Estimator>(model_.function(), EstimatorOptions{.config = config_});
}

std::string Subject::text() const { return model_.text() + "; " + text_of(config_); }

// --- What must be true

void Subject::check() {
  check_weights();
  check_traces();
}

void Subject::check_weights() {
  const std::map<std::string, Array> wanted = twin_.weights(history_);
  std::vector<std::string> names;
  const Ending ending = ending_of("variable_names", [&] { names = estimator_->variable_names(); });
  if (!ending.has_returned() || names.empty()) {
    must(history_.step() == 0, "the weights of step ", history_.step(), " are gone");
    return;
  }
  for (const auto& [name, value] : wanted) {
    // Slots of an optimizer are known once a training was traced.
    if (std::find(names.begin(), names.end(), name) == names.end()) continue;
    must_equal(name + " after " + history_.text(), estimator_->variable_value(name), value);
  }
}

void Subject::check_traces() const {
  const RunStats stats = estimator_->stats();
  const int most =
      std::max({stats.train_calls, stats.evaluate_calls, stats.predict_calls, stats.shared_calls});
  must(most <= allowed_traces_, "model_fn was called ", most, " times for one mode, allowed ",
       allowed_traces_);
}

int64_t Subject::expected_steps(const Input& input, const TrainOptions& options) const {
  const int64_t start = history_.step();
  const int64_t consumed = history_.resumes(input) ? history_.segments().back().steps : 0;
  const int64_t batches = count_batches(input);
  const int64_t left = batches == INT64_MAX ? batches : std::max<int64_t>(batches - consumed, 0);
  const int64_t wanted = options.max_steps ? *options.max_steps - start : *options.steps;
  return std::min(left, std::max<int64_t>(wanted, 0));
}

// --- Training

int64_t Subject::saved_step() const {
  const std::string path = estimator_->latest_checkpoint();
  return path.empty() ? -1 : std::atoll(path.c_str() + path.rfind('-') + 1);
}

/// What is left is what the newest checkpoint holds.
void Subject::fall_back() {
  const int64_t step = config_.save_checkpoints ? saved_step() : -1;
  if (step < 0) {
    history_.clear();
  } else {
    history_.truncate(step);
  }
}

void Subject::train(const Input& input, TrainOptions options, std::shared_ptr<Probe> probe) {
  const int64_t start = history_.step();
  const int64_t expected = expected_steps(input, options);
  const int64_t target = options.max_steps                    ? *options.max_steps
                         : *options.steps > INT64_MAX - start ? INT64_MAX
                                                              : start + *options.steps;
  if (target <= start) {
    estimator_->train([&] { return input.make(); }, options);
    must(probe->steps == 0, "a training that was complete made ", probe->steps, " steps");
    return;
  }
  options.hooks.push_back(probe);
  const Ending ending =
      ending_of("train", [&] { estimator_->train([&] { return input.make(); }, options); });
  if (ending.has_returned() && !probe->has_seen_bad_loss) {
    must(probe->throw_at == ThrowAt::kNever || probe->steps < probe->throw_iteration,
         "what a hook threw was lost");
    must(probe->steps == expected, "train made ", probe->steps, " steps, expected ", expected);
    history_.add(input, probe->steps, target, config_.save_checkpoints && config_.save_on_return);
    return;
  }
  must(!ending.is_error() || input.spoilt == Spoilt::kNotANumber, "train threw ", ending.text);
  if (probe->steps == 0) return;  // nothing had run
  history_.add(input, probe->steps, target, false);
  fall_back();
}

void Subject::refuse_training(const std::string& what, const InputFn& input,
                              const TrainOptions& options) {
  const Ending ending = ending_of(what, [&] { estimator_->train(input, options); });
  must(!ending.has_returned(), what, " was not refused");
}

// --- Evaluation and prediction

void Subject::evaluate(const Input& input) {
  const EvalResult got = estimator_->evaluate([&] { return input.make(); });
  const EvalResult wanted = twin_.evaluate(history_, input);
  must(got.global_step() == history_.step(), "evaluated at step ", got.global_step(), ", wanted ",
       history_.step());
  for (const auto& [name, value] : wanted.values()) {
    must_equal("evaluate's " + name, Array::scalar(got.get<double>(name)), Array::scalar(value));
  }
}

void Subject::fail_evaluation(const Input& input, ThrowAt at) {
  const auto probe = std::make_shared<Probe>();
  probe->throw_at = at;
  const Ending ending = ending_of(
      "evaluate", [&] { estimator_->evaluate([&] { return input.make(); }, {.hooks = {probe}}); });
  must(!ending.has_returned(), "what should have failed an evaluation was lost");
}

void Subject::open_stream(const Input& input, const std::vector<std::string>& keys) {
  const bool is_ragged = std::find(keys.begin(), keys.end(), "ragged") != keys.end();
  OpenStream open{estimator_->predict([&] { return input.make(); }, {.predict_keys = keys}), {}};
  open.is_troubled = is_ragged || input.spoilt == Spoilt::kThrows;
  if (!open.is_troubled) open.wanted = twin_.predict(history_, input, keys);
  streams_.push_back(std::move(open));
  if (streams_.size() > 3) streams_.erase(streams_.begin());
}

void Subject::read_stream(size_t index, int64_t rows) {
  OpenStream& open = streams_[index];
  for (int64_t i = 0; i < rows; ++i) {
    std::optional<Prediction> row;
    const Ending ending = ending_of("next", [&] { row = open.stream.next(); });
    if (open.is_troubled) {
      must(!open.has_thrown || !row, "a stream that had thrown yields rows");
      open.has_thrown |= !ending.has_returned();
      continue;
    }
    must(ending.has_returned(), "next threw ", ending.text);
    must(row.has_value() == (open.next < open.wanted.size()), "the stream has ",
         row ? "more" : "fewer", " than the ", open.wanted.size(), " rows of its data");
    if (!row) continue;
    for (const auto& [name, value] : open.wanted[open.next++].values()) {
      must_equal("predictions[\"" + name + "\"]", (*row)[name], value);
    }
  }
}

// --- The rest

void Subject::refuse_small(Choices& choices) {
  const Input input = choose_plain_input(choices);
  const InputFn good = [&] { return input.make(); };
  switch (choices.between(0, 7)) {
    case 0:
      return must_refuse("evaluate(steps = 0)", [&] { estimator_->evaluate(good, {.steps = 0}); });
    case 1:
      return must_refuse("evaluate of no function", [&] { estimator_->evaluate(InputFn()); });
    case 2:
      return must_refuse("evaluate of no data",
                         [&] { estimator_->evaluate([&] { return input.make().take(0); }); });
    case 3:
      return must_refuse("predict with a null hook",
                         [&] { estimator_->predict(good, {.hooks = {nullptr}}).next(); });
    case 4:
      return must_refuse("predict of another key",
                         [&] { estimator_->predict(good, {.predict_keys = {"none"}}); });
    case 5:
      return must_refuse("a checkpoint that is not there", [&] {
        estimator_->evaluate(good, {.checkpoint_path = directory_ + "/model.ckpt-987654"});
      });
    case 6:
      return must_refuse("a variable that is not there",
                         [&] { (void)estimator_->variable_value("none"); });
    default:
      ++allowed_traces_;
      return must_refuse("evaluate of misshapen data", [&] { estimator_->evaluate(misshapen); });
  }
}

void Subject::move() {
  auto moved = std::make_unique<Estimator>(std::move(*estimator_));
  must_refuse("a moved-from Estimator", [&] { (void)estimator_->stats(); });
  estimator_ = std::move(moved);
}

void Subject::reopen() {
  estimator_.reset();
  estimator_ = make();
  fall_back();
}

void Subject::rebuild() {
  estimator_->rebuild();
  ++allowed_traces_;
}

/// What was compiled for the first of many sizes is forgotten by the last.
void Subject::try_many_sizes() {
  constexpr int64_t kSizes = 150;
  const auto of_size = [&](int64_t size) {
    Input input;
    input.rows = input.batch = size;
    estimator_->evaluate([&] { return input.make(); });
    return estimator_->stats().programs_compiled;
  };
  int last = 0;
  for (int64_t size = 10; size < 10 + kSizes; ++size) last = of_size(size);
  must(of_size(10 + kSizes - 1) == last, "the newest of many sizes was compiled again");
  must(of_size(10) > last, "the programs of ", kSizes, " sizes are all kept");
}

}  // namespace reckon::fuzz_face
