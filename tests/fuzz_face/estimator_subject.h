// SPDX-License-Identifier: Apache-2.0
// The Estimator that a sequence is played on, and what must be true of it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <reckon/estimator.h>
#include "history.h"
#include "probe.h"

namespace reckon::fuzz_face {

/// A stream of predictions that is still being read.
struct OpenStream {
  PredictionStream stream;
  std::vector<Prediction> wanted;  ///< all of its rows
  size_t next = 0;
  bool is_troubled = false;  ///< it throws sooner or later, and yields no more from then on
  bool has_thrown = false;
};

class Subject {
 public:
  Subject(Choices& choices, std::string directory);

  std::string text() const;
  /// Step, weights, traces.
  void check();

  void train(const Input& input, TrainOptions options, std::shared_ptr<Probe> probe);
  void refuse_training(const std::string& what, const InputFn& input, const TrainOptions& options);
  void evaluate(const Input& input);
  void fail_evaluation(const Input& input, ThrowAt at);
  void open_stream(const Input& input, const std::vector<std::string>& keys);
  void read_stream(size_t index, int64_t rows);
  void refuse_small(Choices& choices);
  void move();
  void reopen();
  void rebuild();
  void try_many_sizes();

  size_t stream_count() const { return streams_.size(); }
  int64_t step() const { return history_.step(); }
  bool has_dropout() const { return model_.has_dropout; }

 private:
  std::unique_ptr<Estimator> make() const;
  int64_t saved_step() const;
  void fall_back();
  void check_weights();
  void check_traces() const;
  int64_t expected_steps(const Input& input, const TrainOptions& options) const;

  Model model_;
  RunConfig config_;
  std::string directory_;
  std::unique_ptr<Estimator> estimator_;
  Twin twin_;
  History history_;
  std::vector<OpenStream> streams_;
  int allowed_traces_ = 1;  ///< of each mode
};

}  // namespace reckon::fuzz_face
