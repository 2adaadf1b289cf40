// SPDX-License-Identifier: Apache-2.0
// Inputs that a sequence trains, evaluates and predicts on, as values that can be compared.
#pragma once

#include <memory>
#include <string>

#include <reckon/dataset.h>
#include "choices.h"

namespace reckon::fuzz_face {

/// What spoils an input.
enum class Spoilt { kNo, kThrows, kNotANumber };

/// A description of an input: equal ones give equal batches.
struct Input {
  uint64_t data_seed = 0;  ///< of the values; not seen by Dataset::structural_hash()
  int64_t rows = 8, batch = 2;
  int64_t inner_repeat = 1, taken_batches = -1, outer_repeat = 1;  ///< -1: endless; no take
  int64_t shuffle = 0;  ///< 0: none; 1: with a seed; 2: without
  bool has_prefetch = false;
  Spoilt spoilt = Spoilt::kNo;
  int64_t spoilt_row = 0;

  /// Equal batches.
  bool operator==(const Input&) const = default;
  /// No batch at all.
  bool is_empty() const { return inner_repeat == 0 || outer_repeat == 0 || taken_batches == 0; }
  Dataset make() const;
  std::string text() const;
};

/// Without anything that spoils it.
Input choose_input(Choices& choices);
/// All rows once, in their order: for evaluation and prediction.
Input choose_plain_input(Choices& choices);
/// `input` with one bad row.
Input spoil(Input input, Spoilt how, Choices& choices);

}  // namespace reckon::fuzz_face
