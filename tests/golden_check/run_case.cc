// SPDX-License-Identifier: Apache-2.0
#include "run_case.h"

#include <fmt/format.h>

#include <reckon/math.h>
#include <reckon/session.h>

#include "calls.h"
#include "compare.h"
#include "differences.h"

namespace reckon::golden {
namespace {

/// A graph with a placeholder for each input, and what its outputs' gradients are asked for.
class Trial {
 public:
  explicit Trial(const std::vector<Array>& inputs) : inputs_(inputs) {
    for (const Array& input : inputs) x_.push_back(fed(input));
  }
  void call(const Call& function, const nlohmann::json& attrs) {
    outputs_ = function({x_, inputs_, attrs});
  }
  /// Adds up what each cotangent gives, for the inputs that have a gradient.
  void differentiate(const Case& golden) {
    Tensors xs;
    for (size_t i = 0; i < golden.input_grads.size(); ++i) {
      if (golden.input_grads[i].output.valid()) xs.push_back(x_.at(i));
    }
    for (size_t i = 0; i < golden.cotangents.size(); ++i) {
      if (!golden.cotangents[i].valid()) continue;
      const Tensors found = gradients(outputs_.at(i), xs, fed(golden.cotangents[i]));
      for (size_t j = 0; j < xs.size(); ++j) {
        if (grads_.size() <= j)
          grads_.push_back(found[j]);
        else
          grads_[j] = grads_[j] + found[j];
      }
    }
  }
  std::vector<Array> run(Graph& graph) const {
    RunRequest request{.fetches = outputs_, .targets = {}, .feeds = feeds_};
    request.fetches.insert(request.fetches.end(), grads_.begin(), grads_.end());
    return Session(graph).run(request);
  }
  size_t output_count() const { return outputs_.size(); }

 private:
  Tensor fed(const Array& value) {
    const Tensor parameter = placeholder(value.dtype(), value.shape());
    feeds_.emplace_back(parameter, value);
    return parameter;
  }

  const std::vector<Array>& inputs_;
  Feeds feeds_;
  Tensors x_, outputs_, grads_;
};

std::string compare_all(const Case& golden, const std::vector<Array>& got, size_t outputs) {
  if (outputs != golden.outputs.size()) {
    return fmt::format("{} outputs came, want {}", outputs, golden.outputs.size());
  }
  for (size_t i = 0; i < outputs; ++i) {
    const std::string text =
        difference(got[i], golden.outputs[i], intended_differences(golden, Part::kOutput, i));
    if (!text.empty()) return fmt::format("output {}: {}", i, text);
  }
  size_t next = outputs;
  for (size_t i = 0; i < golden.input_grads.size(); ++i) {
    if (!golden.input_grads[i].output.valid()) continue;
    const std::string text = difference(got.at(next++), golden.input_grads[i],
                                        intended_differences(golden, Part::kGradient, i));
    if (!text.empty()) return fmt::format("gradient {}: {}", i, text);
  }
  return "";
}

Outcome run_layer_case(const Case& golden) {
  try {
    const std::vector<Array> got = run_keras_batch_norm(golden.inputs, golden.attrs);
    const std::string text = compare_all(golden, got, got.size());
    return {text.empty() ? Verdict::kPassed : Verdict::kFailed, text};
  } catch (const std::exception& error) {
    return {Verdict::kFailed, error.what()};
  }
}

const Call* find_call(const std::string& op) {
  const auto entry = calls().find(op);
  return entry == calls().end() ? nullptr : &entry->second;
}

}  // namespace

Outcome run_case(const Case& golden) {
  if (golden.op == "keras_batch_norm") return run_layer_case(golden);
  const Call* call = find_call(golden.op);
  if (call == nullptr) return {Verdict::kUnsupported, "op"};
  if (!golden.unsupported.empty()) return {Verdict::kUnsupported, golden.unsupported};
  try {
    Graph graph;
    const GraphScope scope(graph);
    Trial trial(golden.inputs);
    trial.call(*call, golden.attrs);
    trial.differentiate(golden);
    const std::string text = compare_all(golden, trial.run(graph), trial.output_count());
    return {text.empty() ? Verdict::kPassed : Verdict::kFailed, text};
  } catch (const Unsupported& what) {
    return {Verdict::kUnsupported, what.what()};
  } catch (const std::exception& error) {
    return {Verdict::kFailed, error.what()};
  }
}

Outcome run_rejection(const Rejection& rejection) {
  const Call* call = find_call(rejection.op);
  if (call == nullptr) return {Verdict::kUnsupported, "op"};
  try {
    Graph graph;
    const GraphScope scope(graph);
    Trial trial(rejection.inputs);
    trial.call(*call, rejection.attrs);
    (void)trial.run(graph);
    return {Verdict::kFailed, "was not rejected"};
  } catch (const Unsupported& what) {
    return {Verdict::kUnsupported, what.what()};
  } catch (const Error& error) {
    const bool is_blame = error.code() != ErrorCode::kInternal;
    return {is_blame ? Verdict::kPassed : Verdict::kFailed, error.what()};
  } catch (const std::out_of_range&) {
    return {Verdict::kUnsupported, "a call that does not compile in C++"};
  } catch (const std::exception& error) {
    return {Verdict::kFailed, error.what()};
  }
}

}  // namespace reckon::golden
