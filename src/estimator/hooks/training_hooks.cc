// SPDX-License-Identifier: Apache-2.0
#include "estimator/hooks/training_hooks.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/logging.h"
#include "formats/histogram.h"

namespace reckon::estimator {
namespace {

/// The iteration (from 1 in this call) whose update brings global_step to `step`.
int64_t iteration_of(int64_t step, int64_t first_step, int64_t iteration) {
  if (step == std::numeric_limits<int64_t>::min()) return iteration;
  if (step == std::numeric_limits<int64_t>::max()) return Hook::kNever;
  return std::max(base::saturating_subtract(step, first_step), iteration);
}

/// Its errors name the summary, and the line that asked for it.
formats::Histogram histogram_of(const graph::Summary& summary, const Array& values) {
  try {
    return formats::make_histogram(values);
  } catch (const Error& error) {
    throw Error(error.code(), "summary::histogram",
                fmt::format("\"{}\": {}", summary.tag, error.message()), summary.value.place());
  }
}

}  // namespace

void CheckpointSaver::begin() {
  for (const auto& listener : options_.listeners) listener->begin();
}

/// True if a listener asks to stop.
bool CheckpointSaver::save(RunContext& context, bool is_last) {
  const int64_t step = context.global_step();
  for (const auto& listener : options_.listeners) listener->before_save(step);
  sink_.save(is_last);
  bool stop = false;
  for (const auto& listener : options_.listeners) stop |= listener->after_save(step);
  return stop;
}

void CheckpointSaver::save_now(RunContext& context) {
  if (save(context, false)) context.request_stop();
}

void CheckpointSaver::after_create(RunContext& context) {
  first_step_ = context.global_step();
  if (!options_.at_start_and_end) {
    if (!timer_.last_step()) timer_.trigger(first_step_, clock_.monotonic_seconds());
    return;
  }
  // Listeners hear of every start; the file is written only if it would be new.
  for (const auto& listener : options_.listeners) listener->before_save(first_step_);
  if (!sink_.is_on_disk(first_step_)) sink_.save(false);
  for (const auto& listener : options_.listeners) (void)listener->after_save(first_step_);
  timer_.trigger(first_step_, clock_.monotonic_seconds());
}

int64_t CheckpointSaver::next_due(int64_t iteration) {
  return iteration_of(timer_.due_step(), first_step_, iteration);
}

void CheckpointSaver::after_run(RunContext& context, const std::vector<Array>&) {
  const double now = clock_.monotonic_seconds();
  if (!timer_.is_due(context.global_step(), now)) return;
  timer_.trigger(context.global_step(), now);
  save_now(context);
}

void CheckpointSaver::end(RunContext& context) {
  const int64_t step = context.global_step();
  if (options_.at_start_and_end && timer_.last_step() != step) {
    timer_.trigger(step, clock_.monotonic_seconds());
    (void)save(context, true);
  } else if (options_.at_start_and_end) {
    sink_.save(true);  // the same step, now completed
  }
  for (const auto& listener : options_.listeners) listener->end(step);
}

int64_t StepCounter::next_due(int64_t iteration) {
  return iteration_of(timer_.due_step(), first_step_, iteration);
}

void StepCounter::after_run(RunContext& context, const std::vector<Array>&) {
  const int64_t step = context.global_step();
  const double now = clock_.monotonic_seconds();
  if (!timer_.is_due(step, now)) return;
  if (timer_.last_step() && now > timer_.last_seconds()) {
    const double rate = static_cast<double>(base::saturating_subtract(step, *timer_.last_step())) /
                        (now - timer_.last_seconds());
    events_.with_writer([&](formats::EventWriter& writer) {
      writer.add_scalar("global_step/sec", static_cast<float>(rate), step);
    });
    base::log(LogLevel::kInfo, fmt::format("global_step/sec: {:.6g}", rate));
  }
  timer_.trigger(step, now);
}

int64_t SummarySaver::next_due(int64_t iteration) {
  return iteration_of(timer_.due_step(), first_step_, iteration);
}

HookRequest SummarySaver::before_run(RunContext&) {
  HookRequest request;
  for (const graph::Summary& summary : model_.trace.summaries)
    request.tensors.push_back(summary.value);
  request.tensors.push_back(model_.spec.loss);
  return request;
}

void SummarySaver::after_run(RunContext& context, const std::vector<Array>& values) {
  const int64_t step = context.global_step();
  // Tells TensorBoard that steps of an earlier run beyond this one are void.
  if (!timer_.last_step()) {
    events_.with_writer([&](formats::EventWriter& writer) {
      writer.add_session_log(formats::SessionStatus::kStart, step);
    });
  }
  timer_.trigger(step, clock_.monotonic_seconds());
  formats::Summary event;
  bool has_loss = false;
  for (size_t i = 0; i + 1 < values.size(); ++i) {
    const graph::Summary& summary = model_.trace.summaries[i];
    has_loss |= summary.tag == "loss";
    if (summary.kind == graph::Summary::Kind::kScalar) {
      event.scalar(summary.tag, values[i].at<float>(0));
    } else {
      event.histogram(summary.tag, histogram_of(summary, values[i]));
    }
  }
  if (!has_loss) event.scalar("loss", values.back().at<float>(0));
  events_.with_writer([&](formats::EventWriter& writer) { writer.add(event, step); });
}

void LossLogger::after_run(RunContext& context, const std::vector<Array>& values) {
  const double now = clock_.monotonic_seconds();
  // The fetched loss is that of the step before its update, which TensorFlow prints with that
  // step's number.
  std::string line = fmt::format("loss = {:.6g}, step = {}", values[0].at<double>(0),
                                 base::saturating_subtract(context.global_step(), 1));
  if (last_seconds_ >= 0) line += fmt::format(" ({:.3f} sec)", now - last_seconds_);
  last_seconds_ = now;
  base::log(LogLevel::kInfo, line);
}

}  // namespace reckon::estimator
