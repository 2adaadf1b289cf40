// SPDX-License-Identifier: Apache-2.0
#include "passes/pipeline.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <set>
#include <sstream>

#include "base/logging.h"
#include "base/write_signals.h"
#include "graph/function.h"
#include "passes/loop.h"
#include "passes/passes.h"

namespace reckon::passes {
namespace {

constexpr Pass kPipeline[] = {
    {"prune", prune, true},
    {"specialise", specialise, false},
    {"simplify", simplify, true},
    {"fold_constants", fold_constants, true},  // after simplify: branches are chosen by then
    {"common_subexpressions", common_subexpressions, true},  // folding makes nodes equal
    {"simplify_again", simplify, true},  // folding makes constants that rules look for
    {"prune_again", prune, true},
    {"make_loops", make_loops, false},
    {"fuse_products", fuse_products, true},  // before fusion, which would mix in other work
    {"fuse_elementwise", fuse_elementwise, true},
    {"fuse_reductions", fuse_reductions, true},
    {"fuse_updates", fuse_updates, true},  // after fusion: each variable's update is one loop
    {"schedule", schedule, false},
};

std::set<std::string> names_in(const char* environment_variable) {
  std::set<std::string> names;
  const char* list = std::getenv(environment_variable);
  std::istringstream text(list ? list : "");
  for (std::string name; std::getline(text, name, ',');) names.insert(name);
  return names;
}

bool is_switchable(const std::string& name) {
  return name == "all" ||
         std::any_of(std::begin(kPipeline), std::end(kPipeline),
                     [&](const Pass& pass) { return pass.is_optional && pass.name == name; });
}

/// Warns once in a process of each name that switches nothing off.
void check_disabled(const std::set<std::string>& names) {
  static std::mutex mutex;
  static std::set<std::string> warned;
  for (const std::string& name : names) {
    const std::lock_guard lock(mutex);
    if (is_switchable(name) || !warned.insert(name).second) continue;
    std::string known = "all";
    for (const Pass& pass : kPipeline) {
      if (pass.is_optional) known += std::string(", ") + pass.name;
    }
    base::log(LogLevel::kWarning, "RECKON_DISABLE_PASS names \"" + name +
                                      "\", which is no pass that can be switched off; expected "
                                      "some of " +
                                      known);
  }
}

void print_ir(const Plan& plan, const char* after) {
  const base::WriteSignalsBlocked blocked;
  std::fprintf(stderr, "after %s: %s", after, plan.function.text().c_str());
}

}  // namespace

std::span<const Pass> pipeline() { return kPipeline; }

std::vector<PassTime> run_pipeline(Plan& plan, const PassContext& context) {
  const std::set<std::string> disabled = names_in("RECKON_DISABLE_PASS");
  check_disabled(disabled);
  const bool is_printing = names_in("RECKON_DEBUG").contains("ir");
  std::vector<PassTime> times;
  if (is_printing) print_ir(plan, "tracing");
  for (const Pass& pass : kPipeline) {
    if (pass.is_optional && (disabled.contains(pass.name) || disabled.contains("all"))) continue;
    const auto start = std::chrono::steady_clock::now();
    pass.run(plan, context);
    times.push_back(
        {pass.name,
         std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()});
    graph::verify(plan.function, pass.name);
    if (is_printing) print_ir(plan, pass.name);
  }
  return times;
}

}  // namespace reckon::passes
