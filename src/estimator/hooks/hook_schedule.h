// SPDX-License-Identifier: Apache-2.0
// The hooks of one call: begun in order, asked when they are next due, run around the steps where
// one is.
#pragma once

#include <vector>

#include <reckon/hooks.h>
#include "estimator/traced_model.h"

namespace reckon::estimator {

/// A hook of Reckon's own that also goes by time.
class TimedHook : public Hook {
 public:
  /// Seconds of the monotonic clock at which it is due whatever the iteration; infinity: never.
  virtual double next_due_seconds() = 0;
};

/// Where each of `wanted` stands among `fetches`; what is not there yet is added.
std::vector<int32_t> add_missing(std::vector<graph::ValueId>& fetches,
                                 const std::vector<graph::ValueId>& wanted);

class HookSchedule {
 public:
  /// Throws Error, kInvalidArgument, if one is null, two have one name, or a name is no UTF-8.
  HookSchedule(HookList hooks, const TracedModel& model);

  void begin();
  void after_create(RunContext& context);
  /// Asks every hook when it is due next, `iteration` being the next one to run.
  void plan(int64_t iteration);
  /// The first iteration at which a hook is due.
  int64_t due_iteration() const { return due_iteration_; }
  /// The first moment at which one is, infinity without TimedHooks.
  double due_seconds() const { return due_seconds_; }
  /// Calls before_run of the hooks due now; returns what they want fetched, in order.
  std::vector<graph::ValueId> before_run(RunContext& context, int64_t iteration, double now);
  /// `values`: one for each ValueId of before_run.
  void after_run(RunContext& context, const std::vector<Array>& values);
  void end(RunContext& context);
  /// (name, state) of the hooks that keep one. Throws Error, kInvalidArgument, for a state that is
  /// no UTF-8.
  std::map<std::string, std::string> states() const;
  void restore(const std::map<std::string, std::string>& states);

 private:
  graph::ValueId find_value(const std::string& name) const;
  void add_values(const HookRequest& request, std::vector<graph::ValueId>& values) const;

  HookList hooks_;
  std::vector<std::string> names_;  ///< of the hooks, as they were before begin()
  const TracedModel& model_;
  std::vector<int64_t> due_;
  std::vector<size_t> running_;       ///< hooks of the present step
  std::vector<size_t> value_counts_;  ///< how many values each of them asked for
  int64_t due_iteration_ = 0;
  double due_seconds_ = 0;
};

}  // namespace reckon::estimator
