// SPDX-License-Identifier: Apache-2.0
// Runs a traced model on batches: one Execution for what is asked and the shapes of the batch.
// The common case, the same shapes as the batch before, costs a comparison.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include <reckon/dataset.h>
#include "estimator/traced_model.h"
#include "runtime/compile.h"

namespace reckon::estimator {

/// Executions that are not in use, by program: a call checks one out and gives it back.
class ExecutionPool {
 public:
  std::shared_ptr<runtime::Execution> take(const std::shared_ptr<const runtime::Program>& program);

 private:
  struct Idle {
    std::mutex mutex;
    std::deque<std::unique_ptr<runtime::Execution>> executions;  ///< given back last: at the end
  };
  std::shared_ptr<Idle> idle_ = std::make_shared<Idle>();
};

/// Programs of one Estimator and what is counted about them.
class Programs {
 public:
  /// The program of a request that was met before is found without looking at its graph: turns of
  /// train, evaluate and predict ask for the same few again and again. Call it with `mutex` held.
  std::shared_ptr<const runtime::Program> get(const runtime::CompileRequest& request,
                                              bool is_variant);

  /// Of the caches, and held while variables are declared, get memory or are bound: open streams
  /// compile and bind on threads of their own.
  std::mutex mutex;
  runtime::ProgramCache steps;     ///< train, evaluate and predict
  runtime::ProgramCache variants;  ///< steps that also fetch what hooks and summaries ask for
  ExecutionPool executions;

 private:
  /// A traced function never changes and lives as long as its module, so its address names it.
  struct Known {
    runtime::CompileRequest request;
    std::shared_ptr<const runtime::Program> program;
  };
  std::vector<Known> known_;
};

class BatchRunner {
 public:
  BatchRunner(Programs& programs, const TracedModel& model, std::optional<bool> is_training,
              bool with_labels);

  /// What to run from now on; `is_variant` says which counter a new program belongs to.
  void ask(std::vector<graph::ValueId> fetches, std::vector<int32_t> effects,
           bool is_variant = false);
  /// The Execution for the batch's shapes, fed with it. The batch must stay until the run ends.
  runtime::Execution& prepare(const ArrayElement& batch);

 private:
  struct Prepared {
    std::vector<Shape> shapes;
    std::shared_ptr<runtime::Execution> execution;
  };
  struct Asked {
    std::vector<graph::ValueId> fetches;
    std::vector<int32_t> effects;
    bool is_variant = false;
    std::deque<Prepared> prepared;  ///< oldest first
  };
  bool fits(const Prepared& prepared, const ArrayElement& batch) const;
  Prepared compile(const ArrayElement& batch);

  Programs& programs_;
  const TracedModel& model_;
  std::optional<bool> is_training_;
  bool with_labels_;
  std::vector<std::unique_ptr<Asked>> asked_;
  Asked* current_ = nullptr;
  Prepared* last_ = nullptr;
};

}  // namespace reckon::estimator
