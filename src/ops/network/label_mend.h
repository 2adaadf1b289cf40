// SPDX-License-Identifier: Apache-2.0
// How to mend labels that do not fit predictions or logits: what the mistake most likely was, read
// from dtypes, shapes and the op that made them. It never says what would not help.
#pragma once

#include <string>

#include <reckon/tensor.h>

namespace reckon::ops {

/// Throws Error, kInvalidArgument, unless `logits` is floating; where `labels` is, the two were
/// exchanged.
void require_logits(const char* where, const Tensor& labels, const Tensor& logits);

/// True for class numbers beside `logits` [..., classes]: [...] or [..., 1].
bool are_class_numbers(const Tensor& labels, const Tensor& logits);

/// The mend where labels should have the shape of predictions.
std::string equal_shape_mend(const Tensor& labels, const Tensor& predictions);
/// The mend where labels should be one distribution for each row of logits.
std::string distribution_mend(const Tensor& labels, const Tensor& logits);
/// The mend where labels should be one class number for each row of logits.
std::string class_number_mend(const Tensor& labels, const Tensor& logits);

/// True if `x` is an argmax or argmin over the first axis of a matrix of unknown height: over the
/// batch.
bool is_position_in_batch(const Tensor& x);

}  // namespace reckon::ops
