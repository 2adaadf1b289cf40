// SPDX-License-Identifier: Apache-2.0
// Accepting any model_fn: a callable of (features[, labels][, mode][, params][, config]) ->
// EstimatorSpec.
#pragma once

#include <functional>
#include <type_traits>
#include <utility>

#include <reckon/estimator_spec.h>
#include <reckon/params.h>
#include <reckon/run_config.h>

namespace reckon {

/// What a trace offers to model_fn.
struct ModelInputs {
  const Features& features;  ///< of the input, dtypes and shapes of its spec
  const Labels& labels;      ///< likewise; poison if there are none or none are needed
  Mode mode;                 ///< the call's; of a model_fn without it, the first call's
  const Params& params;      ///< EstimatorOptions::params
  const RunConfig& config;   ///< with the model_dir that is used
};

/// A model_fn and what it declares.
struct ModelFunction {
  std::function<EstimatorSpec(const ModelInputs&)> call;  ///< empty: Estimator refuses it
  bool takes_single_feature = false;                      ///< const Tensor& features
  bool takes_labels = false;                              ///< const Tensor& or const Labels&
  bool takes_mode = false;                                ///< false: one trace serves all modes
  bool takes_params = false;                              ///< const Params& params
};

// How make_model_function reads a signature; users need none of it.
namespace reckon_internal::model_function {

/// The place of a parameter type in the order that model_fn must keep; 9 for a type it may not
/// have.
template <class T>
constexpr int order_of() {
  using Plain = std::remove_cvref_t<T>;
  if (std::is_lvalue_reference_v<T> && !std::is_const_v<std::remove_reference_t<T>>) return 9;
  if (std::is_same_v<Plain, Features>) return 0;
  if (std::is_same_v<Plain, Tensor>) return 1;  // features first, then labels
  if (std::is_same_v<Plain, Labels>) return 2;
  if (std::is_same_v<Plain, Mode>) return 3;
  if (std::is_same_v<Plain, Params>) return 4;
  if (std::is_same_v<Plain, RunConfig>) return 5;
  return 9;
}

/// The parameter types of a model_fn, checked at compile time.
template <class... Args>
struct Signature {
  static constexpr int kCount = sizeof...(Args);
  static constexpr int kOrders[sizeof...(Args) + 1] = {order_of<Args>()..., 9};

  static constexpr bool is_valid() {
    if (kCount == 0 || kOrders[0] > 1) return false;
    for (int i = 0; i < kCount; ++i) {
      if (kOrders[i] == 9) return false;
      // Only the first two may be plain Tensors; after them the order is strict.
      if (i > 0 && kOrders[i] <= kOrders[i - 1] && !(i == 1 && kOrders[i] == 1)) return false;
    }
    return true;
  }
  static constexpr bool has_labels() { return kCount > 1 && (kOrders[1] == 1 || kOrders[1] == 2); }
  static constexpr bool has(int order) {
    for (int i = 0; i < kCount; ++i) {
      if (kOrders[i] == order) return true;
    }
    return false;
  }
};

/// The Signature and the result of a callable: a lambda, a functor or a function pointer.
template <class F>
struct SignatureOf : SignatureOf<decltype(&F::operator())> {};
template <class R, class... Args>
struct SignatureOf<R(Args...)> {
  using Type = Signature<Args...>;
  using Result = R;
};
template <class R, class... Args>
struct SignatureOf<R (*)(Args...)> : SignatureOf<R(Args...)> {};
template <class C, class R, class... Args>
struct SignatureOf<R (C::*)(Args...) const> : SignatureOf<R(Args...)> {};
template <class C, class R, class... Args>
struct SignatureOf<R (C::*)(Args...)> : SignatureOf<R(Args...)> {};

/// The argument at `index` of the call, by its declared type.
template <class T, int index>
decltype(auto) argument(const ModelInputs& inputs) {
  constexpr int order = order_of<T>();
  if constexpr (order == 0)
    return (inputs.features);
  else if constexpr (order == 1 && index == 0)
    return (inputs.features.begin()->second);
  else if constexpr (order == 1)
    return (inputs.labels.single());
  else if constexpr (order == 2)
    return (inputs.labels);
  else if constexpr (order == 3)
    return (inputs.mode);
  else if constexpr (order == 4)
    return (inputs.params);
  else
    return (inputs.config);
}

/// Calls `function` with one argument for each of Args.
template <class F, class... Args, size_t... indices>
EstimatorSpec call_with(const F& function, const ModelInputs& inputs, Signature<Args...>,
                        std::index_sequence<indices...>) {
  return function(argument<Args, static_cast<int>(indices)>(inputs)...);
}

}  // namespace reckon_internal::model_function

/// A ModelFunction of any callable EstimatorSpec(features[, labels][, mode][, params][, config]),
/// by value or const reference, in this order; features and labels are `const Tensor&` for a single
/// one. Another signature does not compile.
template <class F>
ModelFunction make_model_function(F function) {
  using Found = reckon_internal::model_function::SignatureOf<std::decay_t<F>>;
  using Signature = typename Found::Type;
  static_assert(
      Signature::is_valid() && std::is_convertible_v<typename Found::Result, EstimatorSpec>,
      "model_fn must be EstimatorSpec(const Features& | const Tensor&[, const Tensor& | const "
      "Labels&]"
      "[, Mode][, const Params&][, const RunConfig&]), in this order, by value or const reference");
  ModelFunction model;
  // A lambda converts to bool by way of a function pointer, which g++ warns of: it is never empty.
  if constexpr (std::is_pointer_v<F> || requires { function.operator bool(); }) {
    if (!static_cast<bool>(function))
      return model;  // an empty one: Estimator's constructor refuses it
  }
  model.call = [function](const ModelInputs& inputs) {
    return reckon_internal::model_function::call_with(
        function, inputs, Signature{}, std::make_index_sequence<Signature::kCount>{});
  };
  model.takes_single_feature = Signature::kOrders[0] == 1;
  model.takes_labels = Signature::has_labels();
  model.takes_mode = Signature::has(3);
  model.takes_params = Signature::has(4);
  return model;
}

}  // namespace reckon
