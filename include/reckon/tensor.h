// SPDX-License-Identifier: Apache-2.0
// What model_fn handles: Tensor (a value in a graph, without data), Operation (something to run
// that yields nothing) and Operand (what an op accepts: a Tensor, an Array or a scalar, with the
// caller's line).
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <reckon/array.h>
#include <reckon/dtype.h>
#include <reckon/error.h>
#include <reckon/number.h>
#include <reckon/shape.h>

namespace reckon {

namespace reckon_internal::graph {
class Module;    // a graph's functions and variables
class Function;  // its nodes
/// Output number `output` of node number `node` of one function.
struct ValueId {
  int32_t node = -1;
  int32_t output = 0;
  bool operator==(const ValueId&) const = default;
};
}  // namespace reckon_internal::graph

/// A value in a graph: dtype, shape (a dimension may be kUnknown) and the place where the user made
/// it. A small handle that keeps its graph alive; it never has data.
class Tensor {
 public:
  /// No value; valid() is false. As an operand it throws Error, kInvalidArgument.
  Tensor() = default;
  /// For the library: the value `id` of `function`.
  Tensor(std::shared_ptr<reckon_internal::graph::Module> module,
         reckon_internal::graph::Function* function, reckon_internal::graph::ValueId id);
  /// Moving copies too: a handle never loses what it names.
  Tensor(const Tensor&) = default;
  /// As above.
  Tensor& operator=(const Tensor&) = default;

  /// False for a Tensor() that nothing was assigned to.
  bool valid() const { return function_ != nullptr; }
  /// The element type; kInvalid if not valid() or poison.
  DType dtype() const;
  /// The extents as far as they are known; a dimension that is not is negative.
  ///   throws  Error, kInvalidArgument, if not valid(), as rank() and name()
  const Shape& shape() const;
  /// The number of dimensions, which is always known.
  int rank() const { return shape().rank(); }
  /// The name of the node that makes it, with its scopes: "dense/matmul".
  const std::string& name() const;
  /// The user's line that made it; not known() if not valid().
  Place place() const;
  /// Dtype and shape: "float32[?, 784]"
  std::string text() const;
  /// Always throws Error, kFailedPrecondition: a Tensor has no value while the graph is being
  /// built.
  Array value(Place place = Place::here()) const;
  /// True for the labels of predict mode and all that is computed from them: it can never be run.
  bool is_poison() const;

  /// For the library: the graph.
  const std::shared_ptr<reckon_internal::graph::Module>& module() const { return module_; }
  /// For the library: the function of it that holds the node.
  reckon_internal::graph::Function* function() const { return function_; }
  /// For the library: the node and its output.
  reckon_internal::graph::ValueId id() const { return id_; }

 private:
  std::shared_ptr<reckon_internal::graph::Module> module_;
  reckon_internal::graph::Function* function_ = nullptr;
  reckon_internal::graph::ValueId id_;
};

/// Something to run that yields nothing: an assignment, a train op, a group of them.
class Operation {
 public:
  /// Nothing to run; valid() is false.
  Operation() = default;
  /// For the library: effect nodes of one function.
  Operation(std::shared_ptr<reckon_internal::graph::Module> module,
            reckon_internal::graph::Function* function, std::vector<int32_t> nodes);
  /// Moving copies too: a handle never loses what it names.
  Operation(const Operation&) = default;
  /// As above.
  Operation& operator=(const Operation&) = default;

  /// False for an Operation() that nothing was assigned to.
  bool valid() const { return function_ != nullptr; }
  /// The effect nodes that it runs, in the order in which they were made.
  const std::vector<int32_t>& nodes() const { return nodes_; }
  /// For the library: the graph.
  const std::shared_ptr<reckon_internal::graph::Module>& module() const { return module_; }
  /// For the library: the function of it that holds the nodes.
  reckon_internal::graph::Function* function() const { return function_; }

 private:
  std::shared_ptr<reckon_internal::graph::Module> module_;
  reckon_internal::graph::Function* function_ = nullptr;
  std::vector<int32_t> nodes_;
};

/// Runs all of `operations` in one step; those that are not valid() are left out.
///   throws  Error, kInvalidArgument, if they belong to different graphs
///   source  tf.group
Operation group(const std::vector<Operation>& operations);

/// What an op accepts. A plain number takes the dtype of the operand beside it (float32 or int32
/// alone). `place` is the caller's line.
class Operand {
 public:
  /// A value of the graph.
  Operand(const Tensor& tensor, Place place = Place::here()) : tensor_(tensor), place_(place) {}
  /// A constant; the buffer is shared.
  Operand(const Array& array, Place place = Place::here()) : array_(array), place_(place) {}
  /// A real number.
  template <std::floating_point T>
  Operand(T number, Place place = Place::here())
      : real_(static_cast<double>(number)), kind_(Kind::kReal), place_(place) {}
  /// An integer; one above 2^63 - 1 is a real number where nothing beside it says more.
  template <WholeType T>
  Operand(T number, Place place = Place::here())
      : real_(static_cast<double>(number)),
        integer_(static_cast<int64_t>(number)),
        kind_(std::in_range<int64_t>(number) ? Kind::kInteger : Kind::kUnsigned),
        place_(place) {}
  /// The constant bool[].
  template <std::same_as<bool> T>
  Operand(T flag, Place place = Place::here()) : array_(Array::scalar(flag)), place_(place) {}
  /// The constant string[].
  Operand(const char* text, Place place = Place::here())
      : array_(Array::scalar(text)), place_(place) {}
  /// Null is no text.
  Operand(std::nullptr_t, Place place = Place::here()) = delete;
  /// The constant string[].
  Operand(const std::string& text, Place place = Place::here())
      : array_(Array::scalar(text)), place_(place) {}

  /// The line of the call that it was passed to.
  Place place() const { return place_; }
  /// True for a Tensor that is valid().
  bool is_tensor() const { return tensor_.valid(); }
  /// True for a plain number, whose dtype follows from its neighbours.
  bool is_number() const { return kind_ != Kind::kValue; }
  /// True for a plain number of a floating type, or above 2^63 - 1.
  bool is_real_number() const { return kind_ == Kind::kReal || kind_ == Kind::kUnsigned; }
  /// The Tensor; not valid() for the other kinds.
  const Tensor& tensor() const { return tensor_; }
  /// The Array of an array, bool or string; not valid() for the other kinds.
  const Array& array() const { return array_; }
  /// The Operand as a Tensor of the current graph; a number becomes a constant of dtype
  /// `number_dtype` (kInvalid: float32 for a real number, int32 for an integer).
  ///   throws  Error, kInvalidArgument, if an integer dtype would lose the number's fraction, if
  ///   the
  ///           dtype cannot hold the number or takes none, or for a Tensor of another graph or
  ///           none; kFailedPrecondition while no graph is being built
  Tensor resolve(DType number_dtype = DType::kInvalid) const;

 private:
  enum class Kind { kValue, kReal, kInteger, kUnsigned };
  Tensor tensor_;
  Array array_;
  double real_ = 0;
  int64_t integer_ = 0;
  Kind kind_ = Kind::kValue;
  Place place_;
};

/// Values of one graph.
using Tensors = std::vector<Tensor>;
/// `{x, 1.0f, array}`: each brings its line.
using Operands = std::vector<Operand>;

}  // namespace reckon
