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
/// is not computed.
///   predicate  bool[]
///   returns    as many Tensors as each branch, of its dtypes and shapes
///   throws     Error, kInvalidArgument, if the branches differ in number, dtype or shape, or
///   return strings source     tf.cond
Tensors cond(Operand predicate, const std::function<Tensors()>& if_true,
             const std::function<Tensors()>& if_false);
Tensor cond(Operand predicate, const std::function<Tensor()>& if_true,
            const std::function<Tensor()>& if_false);

struct WhileLoopOptions {
  std::optional<int64_t> maximum_iterations =
      std::nullopt;  ///< unset: until the condition is false
};
using LoopCondition = std::function<Tensor(const Tensors& carried)>;
using LoopBody = std::function<Tensors(const Tensors& carried)>;

/// Replaces `carried` by `body(carried)` as long as `condition(carried)` holds. Gradients flow
/// through the floating carried values and what the body uses from outside; a random op draws the
/// same numbers each time.
///   carried  at least one value, of any dtype but string
///   returns  the last carried values, of the dtypes and shapes that they came with
///   throws   Error, kInvalidArgument, if the body changes the number, dtype or shape of a carried
///   value, or if the
///            condition is not bool[]
///   source   tf.while_loop
Tensors while_loop(const LoopCondition& condition, const LoopBody& body, const Operands& carried,
                   WhileLoopOptions options = {}, Place place = Place::here());

}  // namespace reckon
