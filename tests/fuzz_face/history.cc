// SPDX-License-Identifier: Apache-2.0
#include "history.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "claims.h"

namespace reckon::fuzz_face {
namespace {

/// What of an input decides the numbers of the steps that were made.
Input numbers_of(Input input) {
  input.has_prefetch = false;
  input.spoilt = Spoilt::kNo;
  input.spoilt_row = 0;
  return input;
}

/// Another description or other data begin anew; what throws or is prefetched is the same data.
Input data_of(const Input& input) {
  Input data = numbers_of(input);
  if (input.spoilt == Spoilt::kNotANumber) {
    data.spoilt = input.spoilt;
    data.spoilt_row = input.spoilt_row;
  }
  return data;
}

int64_t times(int64_t count, int64_t repeat) {
  if (count == 0 || repeat == 0) return 0;
  return repeat < 0 || count == INT64_MAX ? INT64_MAX : count * repeat;
}

}  // namespace

bool is_continued_by(const Input& a, const Input& b) { return data_of(a) == data_of(b); }

int64_t count_batches(const Input& input) {
  const int64_t rows = times(input.rows, input.inner_repeat);
  int64_t batches = rows == INT64_MAX ? rows : (rows + input.batch - 1) / input.batch;
  if (input.taken_batches >= 0) batches = std::min(batches, input.taken_batches);
  return times(batches, input.outer_repeat);
}

int64_t History::step() const {
  int64_t sum = 0;
  for (const Segment& segment : segments_) sum += segment.steps;
  return sum;
}

bool History::resumes(const Input& input) const {
  return !segments_.empty() && segments_.back().is_open &&
         is_continued_by(segments_.back().input, input);
}

void History::add(const Input& input, int64_t steps, int64_t target, bool is_saved_ended) {
  if (resumes(input)) {
    segments_.back().steps += steps;
    segments_.back().target = target;
  } else if (steps > 0 || segments_.empty()) {
    segments_.push_back({input, steps, target});
  }
  // A call without steps ends at the checkpoint of the one before.
  segments_.back().is_saved_ended |= is_saved_ended;
  close();
}

void History::close() {
  for (Segment& segment : segments_) segment.is_open = false;
}

void History::truncate(int64_t step) {
  must(step <= this->step(), "the newest checkpoint is of step ", step, ", but only ", this->step(),
       " were made");
  int64_t before = 0;
  std::vector<Segment> kept;
  for (Segment segment : segments_) {
    if (before + segment.steps > step || (before + segment.steps == step && segment.steps > 0)) {
      segment.is_open =
          before + segment.steps > step || (step < segment.target && !segment.is_saved_ended);
      segment.steps = step - before;
      if (segment.steps > 0) kept.push_back(segment);
      break;
    }
    before += segment.steps;
    if (segment.steps > 0) kept.push_back(segment);
  }
  segments_ = std::move(kept);
}

std::string History::text() const {
  std::ostringstream out;
  for (const Segment& segment : segments_) {
    out << segment.steps << " steps of " << segment.input.text() << (segment.is_open ? " …" : "")
        << "; ";
  }
  return out.str();
}

Twin::Twin(Model model, const RunConfig& config, std::string directory)
    : model_(model), config_(in_memory(config, directory)) {
  model_.has_decoys = false;
  config_.fail_on_nan_loss = true;
}

void Twin::start_anew() {
  estimator_ = std::make_unique<Estimator>(model_.function(), EstimatorOptions{.config = config_});
  trained_.clear();
  const Input input;
  estimator_->train([&] { return input.make().take(0); }, {.steps = 1});  // initial values
}

Estimator& Twin::at(const History& history) {
  const std::vector<Segment>& wanted = history.segments();
  const auto same = [](const Segment& a, const Segment& b) {
    return numbers_of(a.input) == numbers_of(b.input) && a.steps == b.steps;
  };
  const bool is_prefix = trained_.size() <= wanted.size() &&
                         std::equal(trained_.begin(), trained_.end(), wanted.begin(), same);
  if (estimator_ == nullptr || !is_prefix) start_anew();
  for (size_t i = trained_.size(); i < wanted.size(); ++i) {
    const Input input = numbers_of(wanted[i].input);
    if (wanted[i].steps > 0) {
      estimator_->train([&] { return input.make(); }, {.steps = wanted[i].steps});
    }
    trained_.push_back(wanted[i]);
  }
  return *estimator_;
}

std::map<std::string, Array> Twin::weights(const History& history) {
  Estimator& estimator = at(history);
  std::map<std::string, Array> values;
  for (const std::string& name : estimator.variable_names()) {
    values[name] = estimator.variable_value(name);
  }
  return values;
}

EvalResult Twin::evaluate(const History& history, const Input& input) {
  return at(history).evaluate([&] { return input.make(); });
}

std::vector<Prediction> Twin::predict(const History& history, const Input& input,
                                      const std::vector<std::string>& keys) {
  std::vector<Prediction> rows;
  PredictionStream stream =
      at(history).predict([&] { return input.make(); }, {.predict_keys = keys});
  while (std::optional<Prediction> row = stream.next()) rows.push_back(*row);
  return rows;
}

}  // namespace reckon::fuzz_face
