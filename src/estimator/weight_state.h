// SPDX-License-Identifier: Apache-2.0
// How the weights in memory stand to the checkpoints of model_dir, and what the newest of these
// says of the call that wrote it. Who changes the one or the other says so here.
#pragma once

#include <optional>
#include <utility>

#include "estimator/checkpoint/call_state.h"

namespace reckon::estimator {

class WeightState {
 public:
  enum class Kind {
    kUnknown,   ///< the newest checkpoint is still to be looked for, or was refused
    kInitial,   ///< there was none: what has no value gets that of its initializer
    kRestored,  ///< those of the newest checkpoint that this process read
    kTrained    ///< this process made steps: they may be ahead of every file
  };
  /// The newest checkpoint that this process wrote or read.
  struct Saved {
    int64_t step = 0;
    bool is_call_open = false;  ///< the call that it belongs to was not finished
  };

  Kind kind() const { return kind_; }
  bool is_known() const { return kind_ != Kind::kUnknown; }
  bool is_trained() const { return kind_ == Kind::kTrained; }
  const std::optional<Saved>& newest() const { return newest_; }
  bool is_newest(int64_t step) const { return newest_ && newest_->step == step; }
  bool is_newest_open() const { return newest_ && newest_->is_call_open; }
  /// The train call that the newest checkpoint says was not finished: the next one may go on.
  const std::optional<CallState>& interrupted() const { return interrupted_; }

  /// The newest checkpoint is about to be read; until that went well nothing is known.
  void look() { kind_ = Kind::kUnknown; }
  /// It was read. `call` is what it says of the one that wrote it.
  void restored(int64_t step, std::optional<CallState> call) {
    interrupted_ = call && call->in_progress ? std::move(call) : std::nullopt;
    newest_ = {step, interrupted_.has_value()};
    kind_ = Kind::kRestored;
  }
  /// There is none.
  void found_none() { kind_ = Kind::kInitial; }
  /// A checkpoint is being written.
  void saved(const Saved& checkpoint) { newest_ = checkpoint; }
  /// Back to the newest checkpoint of before: what was said of later ones does not hold.
  void take_back(const std::optional<Saved>& checkpoint) { newest_ = checkpoint; }
  /// A train call made steps and ended well.
  void trained() { kind_ = Kind::kTrained; }
  /// A train call ended well: nothing is left to go on with.
  void call_ended() { interrupted_.reset(); }
  /// They are lost: the next use looks for the newest checkpoint.
  void forget() { *this = WeightState(); }

 private:
  Kind kind_ = Kind::kUnknown;
  std::optional<Saved> newest_;
  std::optional<CallState> interrupted_;
};

}  // namespace reckon::estimator
