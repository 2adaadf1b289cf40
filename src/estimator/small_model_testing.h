// SPDX-License-Identifier: Apache-2.0
// For tests: four rows of data, a line through them, settings that write no files, and the log's
// lines.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <reckon/reckon.h>
#include "base/expect_error_testing.h"
#include "base/temporary_directory_testing.h"

namespace reckon::estimator {

using base::expect_error;

/// In memory where the system offers that: these tests sync thousands of small files.
class TemporaryDirectory : public base::TemporaryDirectory {
 public:
  TemporaryDirectory() : base::TemporaryDirectory(parent()) {}

 private:
  static std::filesystem::path parent() {
    const char* memory = "/dev/shm";
    return ::access(memory, W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
  }
};

inline Array line_x() { return Array::from<float>({1, 2, 3, 4}, {4, 1}); }
inline Array line_y() { return Array::from<float>({1.1f, 2.2f, 2.9f, 4.1f}, {4, 1}); }
/// The four rows once, in batches.
inline InputFn once(int64_t batch = 4) {
  return [batch] { return Dataset::from_arrays({{"x", line_x()}}, line_y()).batch(batch); };
}
/// The four rows without end.
inline InputFn forever(int64_t batch = 4) {
  return [batch] {
    return Dataset::from_arrays({{"x", line_x()}}, line_y()).repeat().batch(batch);
  };
}
/// Without labels.
inline InputFn features_only(int64_t batch = 4) {
  return [batch] { return Dataset::from_arrays({{"x", line_x()}}).batch(batch); };
}

/// weight * x + bias by gradient descent of rate 0.01 on the mean squared error.
inline EstimatorSpec line_model(const Features& features, const Tensor& labels, Mode mode) {
  const Tensor weight = variable("weight", zeros({1}));
  const Tensor bias = variable("bias", zeros({1}));
  const Tensor prediction = features["x"] * weight + bias;
  if (mode == Mode::kPredict) return {.mode = mode, .predictions = {{"predictions", prediction}}};
  const Tensor loss = losses::mean_squared_error(labels, prediction);
  return {.mode = mode,
          .loss = loss,
          .train_op = optimizers::gradient_descent({.learning_rate = 0.01}).minimize(loss),
          .eval_metrics = {{"rmse", metrics::root_mean_squared_error(labels, prediction)}}};
}

/// No checkpoints, summaries or log lines; a model_dir that only what a test asks for is written
/// to.
inline RunConfig in_memory(const std::string& model_dir = "") {
  static const TemporaryDirectory directory;
  static int count = 0;
  return {.model_dir =
              model_dir.empty() ? directory.file("model" + std::to_string(++count)) : model_dir,
          .random_seed = 1,
          .save_summary_steps = 0,
          .save_checkpoints = false,
          .log_step_count_steps = {}};
}
/// Checkpoints every `steps`, at the start and at the end; no summaries or log lines.
inline RunConfig saving(int64_t steps = 1000) {
  return {.random_seed = 1,
          .save_summary_steps = 0,
          .save_checkpoints_steps = steps,
          .log_step_count_steps = {}};
}

inline float value_of(const Estimator& estimator, const std::string& name) {
  return estimator.variable_value(name).at<float>(0);
}
inline int64_t step_of(const Estimator& estimator) {
  return estimator.variable_value("global_step").item<int64_t>();
}

/// Drops log lines while it lives.
class SilentLog {
 public:
  SilentLog() : level_(log_level()) { set_log_level(LogLevel::kOff); }
  ~SilentLog() { set_log_level(level_); }
  SilentLog(const SilentLog&) = delete;
  SilentLog& operator=(const SilentLog&) = delete;

 private:
  LogLevel level_;
};

/// Collects log lines while it lives.
class LogCapture {
 public:
  LogCapture() : level_(log_level()) {
    set_log_level(LogLevel::kInfo);
    set_log_sink([this](LogLevel level, const std::string& line) {
      const std::lock_guard<std::mutex> guard(mutex_);
      lines_.emplace_back(level, line);
    });
  }
  ~LogCapture() {
    set_log_sink({});
    set_log_level(level_);
  }
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  /// How many lines of at least `level` contain `text`.
  int count(const std::string& text, LogLevel level = LogLevel::kInfo) const {
    const std::lock_guard<std::mutex> guard(mutex_);
    int count = 0;
    for (const auto& [line_level, line] : lines_) {
      if (line_level >= level && line.find(text) != std::string::npos) ++count;
    }
    return count;
  }
  std::string text() const {
    const std::lock_guard<std::mutex> guard(mutex_);
    std::string all;
    for (const auto& [level, line] : lines_) all += line + "\n";
    return all;
  }

 private:
  LogLevel level_;
  mutable std::mutex mutex_;
  std::vector<std::pair<LogLevel, std::string>> lines_;
};

/// Names in a directory; none if it is not there.
inline std::set<std::string> files_in(const std::string& directory) {
  std::set<std::string> names;
  if (!std::filesystem::is_directory(directory)) return names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

/// A hook that calls `function(context)` after every step.
inline HookPtr after_each(std::function<void(RunContext&)> function) {
  return hooks::every_n_iterations(1, std::move(function));
}

/// A hook that throws after that step.
inline HookPtr dying_at(int64_t step) {
  return after_each([step](RunContext& context) {
    if (context.global_step() == step) throw std::runtime_error("killed");
  });
}

/// All variables by name.
inline std::map<std::string, Array> values_of(const Estimator& estimator) {
  std::map<std::string, Array> values;
  for (const std::string& name : estimator.variable_names())
    values[name] = estimator.variable_value(name);
  return values;
}

}  // namespace reckon::estimator
