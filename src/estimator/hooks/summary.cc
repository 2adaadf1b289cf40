// SPDX-License-Identifier: Apache-2.0
#include <reckon/summary.h>

#include "base/utf8.h"
#include "graph/trace.h"
#include "ops/dtype_set.h"

namespace reckon::summary {
namespace {

void add(graph::Summary::Kind kind, const char* where, const std::string& tag,
         const Operand& operand) {
  graph::Trace& trace = graph::current_trace(where, operand.place());
  base::require_utf8(where, "the tag", tag, operand.place());
  for (const graph::Summary& known : trace.summaries) {
    if (known.tag != tag) continue;
    throw Error(ErrorCode::kInvalidArgument, where,
                "the tag \"" + tag + "\" was already used in this trace, at " +
                    graph::place_text(known.place) +
                    ", and TensorBoard would show one of the two; give it another tag",
                operand.place());
  }
  if (trace.is_in_subgraph()) {
    throw Error(
        ErrorCode::kInvalidArgument, where,
        "\"" + tag +
            "\" is summarised inside cond or while_loop; return the value and summarise it outside",
        operand.place());
  }
  const Tensor value = operand.resolve();
  const bool is_scalar = value.shape().is_static() && value.shape().num_elements() == 1;
  if (kind == graph::Summary::Kind::kScalar && !is_scalar && !value.is_poison()) {
    throw Error(ErrorCode::kInvalidArgument, where,
                "\"" + tag + "\" is " + value.text() +
                    ", expected one element; reduce it, or use summary::histogram",
                operand.place());
  }
  if (!value.is_poison() && !is_floating(value.dtype()) && !is_integer(value.dtype()) &&
      value.dtype() != kBool) {
    throw Error(ErrorCode::kInvalidArgument, where,
                "\"" + tag + "\" is " + value.text() + ", expected numbers; " +
                    ops::dtype_mend("value", value.dtype(), ops::kNumeric),
                operand.place());
  }
  trace.summaries.push_back({kind, tag, value, operand.place()});
}

}  // namespace

void scalar(const std::string& tag, Operand value) {
  add(graph::Summary::Kind::kScalar, "summary::scalar", tag, value);
}
void histogram(const std::string& tag, Operand values) {
  add(graph::Summary::Kind::kHistogram, "summary::histogram", tag, values);
}

}  // namespace reckon::summary
