// SPDX-License-Identifier: Apache-2.0
// Runs a traced model on batches: one Execution for what is asked and the shapes of the batch.
// The common case, the same shapes as the batch before, costs a comparison.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include <reckon/dataset.h>
#include "estimator/traced_model.h"
#include "runtime/program_cache.h"

namespace reckon::estimator {

/// Executions that are not in use, by program: a call checks one out and gives it back.
class ExecutionPool {
 public:
  std::shared_ptr<runtime::Execution> take(const std::shared_ptr<const runtime::Program>& program);
  /// Those that wait to be used again: kKeptShapes at most.
  size_t idle_count() const;

 private:
  struct Idle {
    std::mutex mutex;
    base::Recent<const runtime::Program*, std::unique_ptr<runtime::Execution>> executions{
        runtime::kKeptShapes};
  };
  std::shared_ptr<Idle> idle_ = std::make_shared<Idle>();
};

/// Programs of one Estimator and what is counted about them: of each kind those that were used
/// last, so that turns of train, evaluate and predict over kKeptShapes sizes of batches compile
/// nothing anew.
class Programs {
 public:
  /// Call it with `mutex` held.
  runtime::ProgramCache& of(Mode mode, bool is_variant) {
    return is_variant ? variants : steps[static_cast<size_t>(mode)];
  }
  int steps_compiled() const;

  /// Of the caches, and held while variables are declared, get memory or are bound: open streams
  /// compile and bind on threads of their own.
  std::mutex mutex;
  runtime::ProgramCache steps[3];  ///< by Mode
  runtime::ProgramCache variants;  ///< steps that also fetch what hooks and summaries ask for
  ExecutionPool executions;
};

class BatchRunner {
 public:
  BatchRunner(Programs& programs, const TracedModel& model, Mode mode);
  ~BatchRunner();
  BatchRunner(const BatchRunner&) = delete;
  BatchRunner& operator=(const BatchRunner&) = delete;

  /// What to run from now on; `is_variant` says which counter a new program belongs to.
  void ask(std::vector<graph::ValueId> fetches, std::vector<int32_t> effects,
           bool is_variant = false);
  /// The Execution for the batch's shapes, fed with it. The batch must stay until the run ends.
  runtime::Execution& prepare(const ArrayElement& batch);
  /// Executions that it holds: kKeptShapes at most.
  size_t prepared_count() const { return prepared_.size(); }

 private:
  struct Question {
    std::vector<graph::ValueId> fetches;
    std::vector<int32_t> effects;
    bool operator==(const Question&) const = default;
  };
  struct QuestionHash {
    size_t operator()(const Question& question) const;
  };
  struct Asked {
    Question question;
    bool is_variant = false;
    int64_t number = 0;  ///< of no other question of this runner
  };
  /// A question and the shapes of a batch, which look-ups take from the batch itself.
  struct ShapeKey {
    int64_t asked = 0;
    std::vector<Shape> shapes;
  };
  struct BatchKey {
    int64_t asked = 0;
    const ArrayElement& batch;
    bool with_labels = false;
  };
  struct ShapeHash {
    using is_transparent = void;
    size_t operator()(const ShapeKey& key) const;
    size_t operator()(const BatchKey& key) const;
  };
  struct SameShapes {
    using is_transparent = void;
    bool operator()(const ShapeKey& a, const ShapeKey& b) const;
    bool operator()(const BatchKey& a, const ShapeKey& b) const;
    bool operator()(const ShapeKey& a, const BatchKey& b) const { return (*this)(b, a); }
  };
  struct Prepared {
    std::vector<Shape> shapes;
    std::shared_ptr<runtime::Execution> execution;
    bool is_variant = false;
  };
  Prepared compile(const ArrayElement& batch);
  void touch_programs();

  Programs& programs_;
  const TracedModel& model_;
  Mode mode_;
  bool with_labels_;
  base::Recent<Question, Asked, QuestionHash> asked_{runtime::kKeptShapes};
  base::Recent<ShapeKey, Prepared, ShapeHash, SameShapes> prepared_{runtime::kKeptShapes};
  int64_t questions_ = 0;
  Asked* current_ = nullptr;
  Prepared* last_ = nullptr;
};

}  // namespace reckon::estimator
