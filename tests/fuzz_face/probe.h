// SPDX-License-Identifier: Apache-2.0
// The hook that rides in every call of a sequence: it counts steps, and throws where it is told.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include <reckon/hooks.h>
#include "claims.h"

namespace reckon::fuzz_face {

enum class ThrowAt { kNever, kBegin, kAfterCreate, kBeforeRun, kAfterRun, kEnd };

class Probe : public Hook {
 public:
  ThrowAt throw_at = ThrowAt::kNever;
  int64_t throw_iteration = 1;
  bool looks_at_loss = false;

  int64_t steps = 0;
  bool has_seen_bad_loss = false;

  void begin() override { throw_if(ThrowAt::kBegin); }
  void after_create(RunContext&) override { throw_if(ThrowAt::kAfterCreate); }
  HookRequest before_run(RunContext& context) override {
    if (context.iteration() + 1 == throw_iteration) throw_if(ThrowAt::kBeforeRun);
    return {.names = looks_at_loss ? std::vector<std::string>{"loss"} : std::vector<std::string>{}};
  }
  void after_run(RunContext& context, const std::vector<Array>& values) override {
    ++steps;
    if (looks_at_loss) has_seen_bad_loss |= !std::isfinite(values[0].at<float>(0));
    if (context.iteration() == throw_iteration) throw_if(ThrowAt::kAfterRun);
  }
  void end(RunContext&) override { throw_if(ThrowAt::kEnd); }

 private:
  void throw_if(ThrowAt place) const {
    if (throw_at == place) throw UsersOwn("a hook of the user's");
  }
};

/// A hook that has a name, which is the key of its state.
class Named : public Hook {
 public:
  explicit Named(std::string name) : name_(std::move(name)) {}
  std::string name() const override { return name_; }
  std::string state() const override { return "1"; }

 private:
  std::string name_;
};

}  // namespace reckon::fuzz_face
