// SPDX-License-Identifier: Apache-2.0
#include "ops/network/label_mend.h"

#include <fmt/format.h>

#include "base/check.h"
#include "graph/trace.h"
#include "ops/axis.h"

namespace reckon::ops {
namespace {

/// `x`, or what it was cast from.
Tensor before_casts(Tensor x) {
  for (;;) {
    const graph::Node& node = x.function()->node(x.id());
    if (node.op->where != "cast" || node.inputs.size() != 1) return x;
    x = Tensor(x.module(), x.function(), node.inputs[0]);
  }
}

bool is_column_of(const Shape& column, const Shape& x) {
  return column.rank() == x.rank() + 1 && column[-1] == 1;
}

/// dense() works on the last dimension alone: the others of an input that was not flattened stay.
bool is_unflattened(const Tensor& labels, const Tensor& predictions) {
  const int rank = labels.rank() - (labels.rank() > 1 && labels.shape()[-1] == 1 ? 1 : 0);
  return predictions.rank() >= 3 && rank < predictions.rank() - 1;
}

constexpr const char* kFlatten =
    "flatten the input of the model, e.g. layers::flatten(x) before layers::dense";

std::string known(int64_t extent) { return extent >= 0 ? std::to_string(extent) : "classes"; }

}  // namespace

void require_logits(const char* where, const Tensor& labels, const Tensor& logits) {
  if (is_floating(logits.dtype()) || logits.is_poison()) return;
  base::require(!is_floating(labels.dtype()), where, "labels is ", labels.text(), " and logits is ",
                logits.text(),
                ", expected floats as logits; labels come first: exchange the two arguments");
  base::fail(ErrorCode::kInvalidArgument, where, "logits is ", logits.text(),
             ", expected float32 or float64; pass what the last layer returns, not classes, or "
             "cast it, e.g. cast(logits, kFloat32)");
}

bool are_class_numbers(const Tensor& labels, const Tensor& logits) {
  const Shape &classes = labels.shape(), &scores = logits.shape();
  if (scores.rank() == 0 || scores[-1] == 1) return false;
  const bool is_column = classes.rank() == scores.rank() && classes[-1] == 1 && scores[-1] > 1;
  return is_column || classes.rank() == scores.rank() - 1;
}

bool is_position_in_batch(const Tensor& x) {
  const Tensor position = before_casts(x);
  const graph::Node& node = position.function()->node(position.id());
  if (node.op->where != "argmax" && node.op->where != "argmin") return false;
  const Shape& source = position.function()->type(node.inputs[0]).shape;
  if (source.rank() < 2 || source[0] != kUnknown) return false;
  return position.shape()[0] == source[1] && source[1] != kUnknown;
}

std::string equal_shape_mend(const Tensor& labels, const Tensor& predictions) {
  if (is_position_in_batch(predictions) || is_position_in_batch(labels))
    return "argmax without an axis looks along the batch: use argmax(logits, -1)";
  const Shape &wanted = predictions.shape(), &got = labels.shape();
  if (is_unflattened(labels, predictions)) return kFlatten;
  if (is_column_of(wanted, got)) {
    return got.rank() == 1 ? "make the labels a column, e.g. reshape(labels, {-1, 1})"
                           : "give the labels one more dimension: expand_dims(labels, -1)";
  }
  if (is_column_of(got, wanted)) return "drop the labels' last dimension: squeeze(labels, {-1})";
  const bool are_rows = got.rank() == wanted.rank() && got.rank() > 1;
  if (are_rows && !may_be_equal(got[-1], wanted[-1])) {
    return fmt::format("give the last layer as many units as a label has numbers ({})",
                       known(got[-1]));
  }
  return "reshape one of them, or reduce predictions to one number for each label";
}

std::string distribution_mend(const Tensor& labels, const Tensor& logits) {
  if (are_class_numbers(labels, logits)) {
    return fmt::format(
        "for class numbers use the loss sparse_softmax_cross_entropy, or one_hot(labels, {})",
        known(logits.shape()[-1]));
  }
  if (is_unflattened(labels, logits)) return kFlatten;
  if (labels.rank() > 0 && is_column_of(logits.shape(), labels.shape()))
    return "give the labels one more dimension: expand_dims(labels, -1)";
  if (labels.rank() == logits.rank() && labels.rank() > 0 &&
      !may_be_equal(labels.shape()[-1], logits.shape()[-1])) {
    return fmt::format("give the last layer one unit for each class ({})",
                       known(labels.shape()[-1]));
  }
  return "pass one number for each class, e.g. one_hot(labels, classes)";
}

std::string class_number_mend(const Tensor& labels, const Tensor& logits) {
  if (is_unflattened(labels, logits)) return kFlatten;
  const Shape &got = labels.shape(), &scores = logits.shape();
  if (scores.rank() < 2) return "give the logits one row for each label: [batch, classes]";
  const bool is_one_hot =
      got.rank() == scores.rank() && got[-1] != 1 && may_be_equal(got[-1], scores[-1]);
  if (is_one_hot) return "for one-hot labels use softmax_cross_entropy, or pass argmax(labels, -1)";
  if (are_class_numbers(labels, logits) && labels.dtype() != kInt32 && labels.dtype() != kInt64)
    return "cast the labels to class numbers: cast(labels, kInt64)";
  if (got.rank() == scores.rank() && got[-1] == 1)
    return "drop the labels' last dimension: squeeze(labels, {-1})";
  return "reshape the labels, or the logits to [batch, classes]";
}

}  // namespace reckon::ops
