// SPDX-License-Identifier: Apache-2.0
// What model_fn handles: Tensor (a value in a graph, without data), Operation (something to run
// that yields nothing) and Operand (what an op accepts: a Tensor, an Array or a scalar, with the
// caller's line).
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <vector>

#include <reckon/array.h>
#include <reckon/dtype.h>
#include <reckon/error.h>
#include <reckon/shape.h>

namespace reckon {

namespace graph {
class Module;
class Function;
/// Output number `output` of node number `node` of one function.
struct ValueId {
  int32_t node = -1;
  int32_t output = 0;
  bool operator==(const ValueId&) const = default;
};
}  // namespace graph

/// A value in a graph: dtype, shape (a dimension may be kUnknown) and the place where the user made
/// it. A small handle that keeps its graph alive; it never has data.
class Tensor {
 public:
  Tensor() = default;
  Tensor(std::shared_ptr<graph::Module> module, graph::Function* function, graph::ValueId id);

  bool valid() const { return function_ != nullptr; }
  DType dtype() const;
  const Shape& shape() const;
  int rank() const { return shape().rank(); }
  /// The name of the node that makes it, with its scopes: "dense/matmul".
  const std::string& name() const;
  Place place() const;
  /// "float32[?, 784]"
  std::string text() const;
  /// Always throws Error, kFailedPrecondition: a Tensor has no value while the graph is being
  /// built.
  Array value(Place place = Place::here()) const;
  /// True for the labels of predict mode and all that is computed from them: it can never be run.
  bool is_poison() const;

  const std::shared_ptr<graph::Module>& module() const { return module_; }
  graph::Function* function() const { return function_; }
  graph::ValueId id() const { return id_; }

 private:
  std::shared_ptr<graph::Module> module_;
  graph::Function* function_ = nullptr;
  graph::ValueId id_;
};

/// Something to run that yields nothing: an assignment, a train op, a group of them.
class Operation {
 public:
  Operation() = default;
  Operation(std::shared_ptr<graph::Module> module, graph::Function* function,
            std::vector<int32_t> nodes);

  bool valid() const { return function_ != nullptr; }
  /// The effect nodes that it runs, in the order in which they were made.
  const std::vector<int32_t>& nodes() const { return nodes_; }
  const std::shared_ptr<graph::Module>& module() const { return module_; }
  graph::Function* function() const { return function_; }

 private:
  std::shared_ptr<graph::Module> module_;
  graph::Function* function_ = nullptr;
  std::vector<int32_t> nodes_;
};

/// Runs all of `operations` in one step.
Operation group(const std::vector<Operation>& operations);

/// What an op accepts. A plain number takes the dtype of the operand beside it (float32 or int32
/// alone).
class Operand {
 public:
  Operand(const Tensor& tensor, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : tensor_(tensor), place_{file, line} {}
  Operand(const Array& array, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : array_(array), place_{file, line} {}
  template <std::floating_point T>
  Operand(T number, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : real_(static_cast<double>(number)), kind_(Kind::kReal), place_{file, line} {}
  template <std::integral T>
  requires(!std::same_as<T, bool>)
      Operand(T number, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : integer_(static_cast<int64_t>(number)), kind_(Kind::kInteger), place_{file, line} {}
  template <std::same_as<bool> T>
  Operand(T flag, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : array_(Array::scalar(flag)), place_{file, line} {}
  Operand(const char* text, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : array_(Array::scalar(text)), place_{file, line} {}
  Operand(const std::string& text, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : array_(Array::scalar(text)), place_{file, line} {}

  Place place() const { return place_; }
  bool is_tensor() const { return tensor_.valid(); }
  /// True for a plain number, whose dtype follows from its neighbours.
  bool is_number() const { return kind_ != Kind::kValue; }
  bool is_real_number() const { return kind_ == Kind::kReal; }
  const Tensor& tensor() const { return tensor_; }
  const Array& array() const { return array_; }
  /// The Operand as a Tensor of the current graph; a number becomes a constant of dtype
  /// `number_dtype` (kInvalid: float32 for a real number, int32 for an integer). Throws Error,
  /// kInvalidArgument, if an integer dtype would lose the number's fraction.
  Tensor resolve(DType number_dtype = DType::kInvalid) const;

 private:
  enum class Kind { kValue, kReal, kInteger };
  Tensor tensor_;
  Array array_;
  double real_ = 0;
  int64_t integer_ = 0;
  Kind kind_ = Kind::kValue;
  Place place_;
};

using Tensors = std::vector<Tensor>;
using Operands = std::vector<Operand>;

}  // namespace reckon
