// SPDX-License-Identifier: Apache-2.0
// Branches and loops inside a graph. Their bodies are traced once; they use Tensors from outside
// freely, but assign no variable.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include <reckon/tensor.h>

namespace reckon {

/// What `if_true` or `if_false` returns, whichever the predicate picks at each run; the other one
/// is not computed. Its gradient computes the picked branch once more.
///   predicate  bool[]
///   returns    as many Tensors as each branch, of its dtypes and shapes; a dimension that one
///              branch leaves unknown is unknown
///   throws     Error, kInvalidArgument, if a function is empty, if the branches differ in number,
///              dtype or shape, return strings, or use or return a size that only the data know
///   source     tf.cond
Tensors cond(Operand predicate, const std::function<Tensors()>& if_true,
             const std::function<Tensors()>& if_false);
/// As above, of one Tensor.
Tensor cond(Operand predicate, const std::function<Tensor()>& if_true,
            const std::function<Tensor()>& if_false);

/// In which order scan walks its elements.
struct ScanOptions {
  bool reverse = false;  ///< from the last row to the first; results keep the elements' order
};
/// From the carried values and one row of each element to the next carried values, of the same
/// number, dtypes and shapes.
using ScanBody = std::function<Tensors(const Tensors& carried, const Tensors& rows)>;

/// Runs `body` on each row of the elements in turn, from `initial` on, and stacks what it gives.
/// Gradients flow through the floating initial values, the floating elements and what the body uses
/// from outside; a random op draws the same numbers each time.
///   elements  one or more of any dtype, rank >= 1, with one number of rows; the other sizes are
///             not ones that only the data know
///   initial   any dtype but string; a plain number is float32 or int32. Empty: the first row that
///             is walked of each element, which is then the first of the result
///   returns   for each initial value the carried values after every row, [rows, ...]
///   throws    Error, kInvalidArgument, if the body is empty, there is no element, the body
///             changes the number, dtype or shape of a carried value, or the
///             numbers of rows differ (an error of the step if only the data know)
///   source    tf.scan
Tensors scan(const ScanBody& body, const Operands& elements, const Operands& initial,
             ScanOptions options = {}, Place place = Place::here());

/// How while_loop ends.
struct WhileLoopOptions {
  Maybe<int64_t> maximum_iterations =
      std::nullopt;  ///< at least 0; unset: until the condition is false
};
/// From the carried values to bool[]: true to go on.
using LoopCondition = std::function<Tensor(const Tensors& carried)>;
/// From the carried values to the next ones, of the same number, dtypes and shapes.
using LoopBody = std::function<Tensors(const Tensors& carried)>;

/// Replaces `carried` by `body(carried)` as long as `condition(carried)` holds. Gradients flow
/// through the floating carried values and what the body uses from outside; a random op draws the
/// same numbers each time.
///   carried  at least one value, of any dtype but string; a plain number is float32 or int32
///   returns  the last carried values, of the dtypes and shapes that they came with
///   throws   Error, kInvalidArgument, if a function is empty, nothing is carried, the body changes
///            the number, dtype or shape of a carried value, the condition is not bool[], a size is
///            one that only the data know, or maximum_iterations is negative
///   source   tf.while_loop
Tensors while_loop(const LoopCondition& condition, const LoopBody& body, const Operands& carried,
                   WhileLoopOptions options = {}, Place place = Place::here());

}  // namespace reckon
