// SPDX-License-Identifier: Apache-2.0
// What the graph knows of an op: its name, its options' attributes, its shape rule and what a pass
// may assume of it. The rest of the definition (gradient, kernel) is added in the ops room.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <reckon/dtype.h>
#include <reckon/shape.h>
#include "graph/attribute.h"

namespace reckon::reckon_internal::graph {

class Function;

struct TensorType {
  DType dtype = DType::kInvalid;
  Shape shape;
  bool operator==(const TensorType&) const = default;
};
/// "float32[?, 784]"
std::string type_text(const TensorType& type);

using Types = std::vector<TensorType>;
using Options = std::shared_ptr<const void>;
using Subgraphs = std::vector<std::shared_ptr<Function>>;

/// What a shape rule sees. The same rule runs while tracing, where a dimension may be kUnknown, and
/// again when a plan is made, where each is a number or a run-time extent.
struct InferContext {
  std::span<const TensorType> inputs;
  const Subgraphs* subgraphs = nullptr;
  /// The function being planned, which owns the run-time extents; null while tracing.
  Function* planned = nullptr;

  const Shape& shape(int input) const { return inputs[input].shape; }
  DType dtype(int input) const { return inputs[input].dtype; }
  /// A dimension that only the data knows, at most `bound` (kUnknown while tracing).
  int64_t data_extent(int64_t bound) const;
  /// The product of dimensions; kUnknown if one is unknown.
  int64_t product(std::span<const int64_t> dims) const;
  /// The upper bound of a dimension: itself if it is known, kUnknown if nothing is.
  int64_t bound(int64_t dim) const;
};

/// What passes may assume.
struct Traits {
  bool has_effect = false;      ///< writes a variable; kept while an Operation names it
  bool is_random = false;       ///< depends on the run's seed and step: not folded
  bool is_stateful = false;     ///< differs from call to call: neither folded nor merged
  bool is_commutative = false;  ///< of its first two inputs
  bool is_shape_only = false;   ///< reads only the shape of its last input
  bool is_view = false;         ///< output 0 is input 0 under another shape
  bool is_in_place = false;     ///< output i may be written over input i, for every output
  bool is_leaf = false;         ///< a parameter, variable, constant or mode flag
  bool may_fault = false;       ///< its kernel may find a mistake that only the data show
};

struct Op {
  std::string name;   ///< "ReduceSum"
  std::string where;  ///< "reduce_sum", as errors name it
  std::vector<Attribute> attributes;
  Traits traits;
  std::function<Types(const void* options, const InferContext&)> infer;

  virtual ~Op() = default;
  void hash_options(const Options& options, base::Hasher& hasher) const;
  bool equal_options(const Options& a, const Options& b) const;
  std::string options_text(const Options& options) const;
};

/// "ReduceSum" -> "reduce_sum"
std::string snake_case(const std::string& camel);

}  // namespace reckon::reckon_internal::graph
