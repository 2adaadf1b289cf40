// SPDX-License-Identifier: Apache-2.0
// The hooks that users make: stop at a step, log values, call a function now and then.
#include <reckon/hooks.h>

#include <fmt/format.h>

#include "base/check.h"
#include "base/logging.h"
#include "base/step_arithmetic.h"
#include "base/with_place.h"

namespace reckon::hooks {
namespace {

/// The first iteration at or after `iteration` of 1, 1 + every, 1 + 2 every …
int64_t next_multiple(int64_t iteration, int64_t every) {
  return base::next_in_steps(1, every, iteration);
}

class StopAtStep : public Hook {
 public:
  explicit StopAtStep(StopAtStepOptions options) : options_(options) {}
  void after_create(RunContext& context) override {
    first_step_ = context.global_step();
    // Counted anew in every call, so that one hook serves several.
    last_step_ = options_.num_steps > 0 ? base::saturating_add(first_step_, options_.num_steps)
                                        : options_.last_step;
    if (first_step_ < last_step_) return;
    context.request_stop();
    base::log(LogLevel::kInfo,
              fmt::format("[stop_at_step] global_step is {}, and last_step {} is reached: no step "
                          "is trained; give a larger one to go on",
                          first_step_, last_step_));
  }
  int64_t next_due(int64_t iteration) override {
    return std::max(base::saturating_subtract(last_step_, first_step_), iteration);
  }
  void after_run(RunContext& context, const std::vector<Array>&) override {
    if (context.global_step() >= last_step_) context.request_stop();
  }
  void end(RunContext& context) override {
    // In an evaluation or prediction no step is made.
    const int64_t step = context.global_step();
    if (!context.input_ended() || step == first_step_ || step >= last_step_) return;
    base::log(LogLevel::kWarning,
              fmt::format("[stop_at_step] the input ended at step {}, before step {}; add "
                          ".repeat() to the Dataset of input_fn",
                          step, last_step_));
  }

 private:
  StopAtStepOptions options_;
  int64_t first_step_ = 0, last_step_ = 0;
};

/// The elements alone: "0.4410", "[1, 2]".
std::string plain_text(const Array& value) {
  const std::string text = value.values_text(8);
  const size_t begin = text.find('{'), end = text.rfind('}');
  if (begin == std::string::npos || end == std::string::npos) return text;
  const std::string elements = text.substr(begin + 1, end - begin - 1);
  return value.num_elements() == 1 ? elements : "[" + elements + "]";
}

class Logging : public Hook {
 public:
  Logging(std::vector<std::string> names, LoggingOptions options, Place place)
      : names_(std::move(names)), options_(std::move(options)), place_(place) {}
  void begin() override { last_.clear(); }
  int64_t next_due(int64_t iteration) override {
    return options_.at_end ? iteration : next_multiple(iteration, options_.every_n_iter);
  }
  HookRequest before_run(RunContext&) override {
    return {.names = names_, .tensors = {}, .place = place_};
  }
  void after_run(RunContext& context, const std::vector<Array>& values) override {
    last_.clear();
    for (size_t i = 0; i < names_.size(); ++i) last_.emplace_back(names_[i], values[i]);
    if (next_multiple(context.iteration(), options_.every_n_iter) == context.iteration()) print();
  }
  void end(RunContext&) override {
    if (options_.at_end && !last_.empty()) print();
  }

 private:
  void print() const {
    std::string line;
    if (options_.formatter) {
      line = options_.formatter(last_);
    } else {
      for (const auto& [name, value] : last_) {
        line += fmt::format("{}{} = {}", line.empty() ? "" : ", ", name, plain_text(value));
      }
    }
    base::log(LogLevel::kInfo, line);
  }

  std::vector<std::string> names_;
  LoggingOptions options_;
  Place place_;
  std::vector<std::pair<std::string, Array>> last_;
};

class EveryN : public Hook {
 public:
  EveryN(int64_t every, std::function<void(RunContext&)> function)
      : every_(every), function_(std::move(function)) {}
  int64_t next_due(int64_t iteration) override {
    return base::next_in_steps(every_, every_, iteration);
  }
  void after_run(RunContext& context, const std::vector<Array>&) override { function_(context); }

 private:
  int64_t every_;
  std::function<void(RunContext&)> function_;
};

}  // namespace

HookPtr stop_at_step(StopAtStepOptions options, Place place) {
  return base::with_place(place, [&] {
    base::require((options.num_steps > 0) != (options.last_step > 0), "stop_at_step",
                  "num_steps is ", options.num_steps, " and last_step is ", options.last_step,
                  "; give exactly one that is positive");
    return std::make_shared<StopAtStep>(options);
  });
}

HookPtr logging(std::vector<std::string> names, LoggingOptions options, Place place) {
  return base::with_place(place, [&] {
    base::require(options.every_n_iter > 0, "logging", "every_n_iter is ", options.every_n_iter,
                  ", expected at least 1; for one line at the end give a large one and at_end");
    base::require(!names.empty(), "logging", "came with ", names.size(),
                  " names, so that every line would be empty; name what to log, e.g. \"loss\"");
    return std::make_shared<Logging>(std::move(names), std::move(options), place);
  });
}

HookPtr every_n_iterations(Integer every_n_iter, std::function<void(RunContext&)> function,
                           Place place) {
  return base::with_place(place, [&] {
    base::require(every_n_iter > 0, "every_n_iterations", "every_n_iter is ", every_n_iter,
                  ", expected at least 1; give the number of iterations between two calls");
    base::require(static_cast<bool>(function), "every_n_iterations", "the function for every ",
                  every_n_iter, " iterations is empty; pass one that takes a RunContext&");
    return std::make_shared<EveryN>(every_n_iter, std::move(function));
  });
}

}  // namespace reckon::hooks
