// SPDX-License-Identifier: Apache-2.0
#include "passes/pipeline.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <sstream>

#include "graph/function.h"
#include "passes/loop.h"
#include "passes/passes.h"

namespace reckon::passes {
namespace {

constexpr Pass kPipeline[] = {
    {"prune", prune, true},
    {"specialise", specialise, false},
    {"simplify", simplify, true},
    {"fold_constants", fold_constants, true},                // after simplify: branches are chosen by then
    {"common_subexpressions", common_subexpressions, true},  // after folding: folded nodes become equal
    {"simplify_again", simplify, true},                      // folding makes constants that rules look for
    {"prune_again", prune, true},
    {"make_loops", make_loops, false},
    {"fuse_elementwise", fuse_elementwise, true},
    {"fuse_reductions", fuse_reductions, true},
    {"fuse_updates", fuse_updates, true},  // after fusion: each variable's update is one loop
    {"schedule", schedule, false},
};

std::set<std::string> disabled_passes() {
  std::set<std::string> names;
  const char* list = std::getenv("RECKON_DISABLE_PASS");
  std::istringstream text(list ? list : "");
  for (std::string name; std::getline(text, name, ',');) names.insert(name);
  return names;
}

bool prints_ir() {
  const char* debug = std::getenv("RECKON_DEBUG");
  return debug != nullptr && std::string(debug).find("ir") != std::string::npos;
}

void print_ir(const Plan& plan, const char* after) {
  std::fprintf(stderr, "after %s: %s", after, plan.function.text().c_str());
}

}  // namespace

std::span<const Pass> pipeline() { return kPipeline; }

std::vector<PassTime> run_pipeline(Plan& plan, const PassContext& context) {
  const std::set<std::string> disabled = disabled_passes();
  const bool is_printing = prints_ir();
  std::vector<PassTime> times;
  if (is_printing) print_ir(plan, "tracing");
  for (const Pass& pass : kPipeline) {
    if (pass.is_optional && (disabled.contains(pass.name) || disabled.contains("all"))) continue;
    const auto start = std::chrono::steady_clock::now();
    pass.run(plan, context);
    times.push_back({pass.name, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()});
    graph::verify(plan.function, pass.name);
    if (is_printing) print_ir(plan, pass.name);
  }
  return times;
}

}  // namespace reckon::passes
