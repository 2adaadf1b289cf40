// SPDX-License-Identifier: Apache-2.0
// What an Estimator has been trained on, and the weights that must follow from it: those of an
// Estimator that never writes a file and never sees a call fail.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <reckon/estimator.h>
#include "inputs.h"
#include "models.h"

namespace reckon::fuzz_face {

/// The steps of one call, or of one that was interrupted and went on.
struct Segment {
  Input input;
  int64_t steps = 0;
  int64_t target = INT64_MAX;   ///< the global step at which the call is completed
  bool is_open = false;         ///< interrupted: the same input goes on where it was
  bool is_saved_ended = false;  ///< a checkpoint says that the call was completed
};

/// True if an interrupted training on `a` goes on with `b`.
bool is_continued_by(const Input& a, const Input& b);

class History {
 public:
  const std::vector<Segment>& segments() const { return segments_; }
  int64_t step() const;
  /// True if a call that trains on `input` goes on with what was interrupted.
  bool resumes(const Input& input) const;
  /// Adds the steps of a call: to the open segment if it resumes that. `is_saved_ended`: its end
  /// was saved as completed.
  void add(const Input& input, int64_t steps, int64_t target, bool is_saved_ended);
  /// Forgets what came after global step `step`, whose checkpoint is the newest.
  void truncate(int64_t step);
  void clear() { segments_.clear(); }
  /// Nothing goes on any more where it was interrupted.
  void close();
  std::string text() const;

 private:
  std::vector<Segment> segments_;
};

/// Batches that `input` has in all; INT64_MAX without end.
int64_t count_batches(const Input& input);

/// The untroubled twin.
class Twin {
 public:
  Twin(Model model, const RunConfig& config, std::string directory);
  std::map<std::string, Array> weights(const History& history);
  EvalResult evaluate(const History& history, const Input& input);
  std::vector<Prediction> predict(const History& history, const Input& input,
                                  const std::vector<std::string>& keys);

 private:
  Estimator& at(const History& history);
  void start_anew();

  Model model_;
  RunConfig config_;
  std::unique_ptr<Estimator> estimator_;
  std::vector<Segment> trained_;
};

}  // namespace reckon::fuzz_face
