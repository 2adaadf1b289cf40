// SPDX-License-Identifier: Apache-2.0
#include "check_op.h"

#include <cmath>
#include <cstdlib>
#include <memory>
#include <set>
#include <utility>

#include <gtest/gtest.h>

#include <reckon/session.h>
#include "base/expect_error_testing.h"
#include "graph/function.h"
#include "ops/define.h"

namespace reckon::testing {
namespace {

using Arrays = std::vector<Array>;

/// How the inputs reach the op.
enum class Source { kFed, kFedUnknown, kConstant };

/// An op in a graph of its own, with a placeholder for each input, to be run many times.
class Bench {
 public:
  Bench(const OpUnderTest& op, const Arrays& inputs, Source source = Source::kFed) {
    GraphScope scope(graph_);
    for (const Array& input : inputs) {
      if (source == Source::kConstant) {
        parameters_.push_back(Operand(input).resolve());
        continue;
      }
      Shape shape = input.shape();
      for (int axis = 0; source == Source::kFedUnknown && axis < shape.rank(); ++axis) {
        shape.set(axis, kUnknown);
      }
      parameters_.push_back(placeholder(input.dtype(), shape));
      fed_.push_back(parameters_.back());
    }
    outputs_ = op(parameters_);
    session_ = std::make_unique<Session>(graph_);
  }

  Arrays run(const Arrays& inputs) {
    RunRequest request{.fetches = outputs_, .targets = {}, .feeds = {}};
    for (size_t i = 0; i < fed_.size(); ++i) request.feeds.emplace_back(fed_[i], inputs[i]);
    return session_->run(request);
  }
  const Tensors& outputs() const { return outputs_; }

 private:
  Graph graph_;
  Tensors parameters_, fed_, outputs_;
  std::unique_ptr<Session> session_;
};

Arrays run_once(const OpUnderTest& op, const Arrays& inputs, Source source) {
  return Bench(op, inputs, source).run(inputs);
}

Array with_dtype(const Array& array, DType from, DType to) {
  if (array.dtype() != from) return array;
  Array result = Array::uninitialized(to, array.shape());
  for (int64_t i = 0; i < array.num_elements(); ++i) {
    if (to == kFloat64)
      result.mutable_data<double>()[i] = array.at<double>(i);
    else
      result.mutable_data<float>()[i] = array.at<float>(i);
  }
  return result;
}

Arrays to_float64(Arrays arrays) {
  for (Array& array : arrays) array = with_dtype(array, kFloat32, kFloat64);
  return arrays;
}

/// Numbers in [0.5, 1.5) that repeat for no small period: what arrives at an output.
Array cotangent(DType dtype, const Shape& shape, size_t output) {
  Array values = Array::zeros(kFloat64, shape);
  double number = 0.3 + 0.1 * static_cast<double>(output);
  for (double& value : values.mutable_data<double>()) {
    number = std::fmod(number + 0.618033988749895, 1.0);
    value = 0.5 + number;
  }
  return with_dtype(values, kFloat64, dtype);
}

std::vector<size_t> floating(const Arrays& arrays) {
  std::vector<size_t> indices;
  for (size_t i = 0; i < arrays.size(); ++i) {
    if (is_floating(arrays[i].dtype())) indices.push_back(i);
  }
  return indices;
}

/// The op whose outputs are the gradients of `op` for its floating inputs, one group for each
/// floating output.
OpUnderTest gradient_of(const OpUnderTest& op, const Arrays& inputs, const Arrays& outputs) {
  return [op, inputs, outputs](const Tensors& x) {
    const Tensors y = op(x);
    Tensors xs, grads;
    for (size_t i : floating(inputs)) xs.push_back(x[i]);
    for (size_t i : floating(outputs)) {
      const Array arriving = cotangent(outputs[i].dtype(), outputs[i].shape(), i);
      for (const Tensor& grad : gradients(y[i], xs, arriving)) grads.push_back(grad);
    }
    return grads;
  };
}

double weighted_sum(const Array& output, size_t index) {
  const Array weights = cotangent(kFloat64, output.shape(), index);
  double sum = 0;
  for (int64_t i = 0; i < output.num_elements(); ++i)
    sum += output.at<double>(i) * weights.at<double>(i);
  return sum;
}

/// d(weighted sum of each floating output) / d(each floating input), by central differences.
Arrays central_differences(const OpUnderTest& op, const Arrays& inputs, double step) {
  Bench bench(op, inputs);
  const std::vector<size_t> outputs = floating(bench.run(inputs)), xs = floating(inputs);
  Arrays grads;
  for (size_t k = 0; k < outputs.size(); ++k) {
    for (size_t x : xs) grads.push_back(Array::zeros(kFloat64, inputs[x].shape()));
  }
  for (size_t j = 0; j < xs.size(); ++j) {
    for (int64_t element = 0; element < inputs[xs[j]].num_elements(); ++element) {
      Arrays below = inputs, above = inputs;
      below[xs[j]].mutable_data<double>()[element] -= step;
      above[xs[j]].mutable_data<double>()[element] += step;
      const Arrays low = bench.run(below), high = bench.run(above);
      for (size_t k = 0; k < outputs.size(); ++k) {
        const size_t output = outputs[k];
        grads[k * xs.size() + j].mutable_data<double>()[element] =
            (weighted_sum(high[output], output) - weighted_sum(low[output], output)) / (2 * step);
      }
    }
  }
  return grads;
}

void expect_all_near(const Arrays& got, const Arrays& want, double tolerance,
                     const std::string& what) {
  ASSERT_EQ(got.size(), want.size()) << what;
  for (size_t i = 0; i < got.size(); ++i) {
    expect_near(got[i], want[i], tolerance, what + ", output " + std::to_string(i));
  }
}

/// The numbers of a row under the dtype and shape that came, or the Array as it stands.
Array wanted(const Values& values, const Array& got) {
  if (!values.is_numbers) return values.array;
  EXPECT_EQ(values.array.num_elements(), got.num_elements()) << "got " << got.values_text();
  if (values.array.num_elements() != got.num_elements()) return got;
  Array want = Array::zeros(kFloat64, got.shape());
  for (int64_t i = 0; i < got.num_elements(); ++i) {
    want.mutable_data<double>()[i] = values.array.at<double>(i);
  }
  return want;
}

void check_shapes(const Tensors& outputs, const Arrays& got, const std::string& what) {
  for (size_t i = 0; i < got.size(); ++i) {
    EXPECT_EQ(outputs[i].dtype(), got[i].dtype()) << what;
    bool fits = outputs[i].rank() == got[i].shape().rank();
    for (int axis = 0; fits && axis < outputs[i].rank(); ++axis) {
      fits =
          outputs[i].shape()[axis] == kUnknown || outputs[i].shape()[axis] == got[i].shape()[axis];
    }
    EXPECT_TRUE(fits) << what << ": inferred " << outputs[i].text() << ", came " << got[i].text();
  }
}

/// Every kernel of the ops that were traced, where it fits, against what came.
void check_kernels(const OpCheck& check, const Arrays& inputs, const Tensors& outputs,
                   const Arrays& got) {
  std::set<std::pair<std::string, std::string>> rows;
  for (const graph::Node& node : outputs.at(0).function()->nodes) {
    const ops::OpDef* op = ops::definition(node);
    if (op == nullptr || ops::kernel_rows(*op).size() < 2) continue;
    for (const ops::KernelRow* row : ops::kernel_rows(*op)) rows.emplace(op->name, row->name);
  }
  for (const auto& [op, row] : rows) {
    const ops::ForcedKernel forced(op, row);
    expect_all_near(run_once(check.op, inputs, Source::kFed), got, check.tolerance, op + ":" + row);
  }
}

/// The ways to run a row that must agree with the expected values.
Arrays check_values(const OpCheck& check, const Arrays& inputs) {
  Bench bench(check.op, inputs);
  const Arrays got = bench.run(inputs);
  check_shapes(bench.outputs(), got, "known shapes");
  Bench unknown(check.op, inputs, Source::kFedUnknown);
  const Arrays got_unknown = unknown.run(inputs);
  check_shapes(unknown.outputs(), got_unknown, "unknown shapes");
  expect_all_near(got_unknown, got, 0, "unknown shapes");
  expect_all_near(run_once(check.op, inputs, Source::kConstant), got, check.tolerance, "constants");
  check_kernels(check, inputs, bench.outputs(), got);
  const PassesDisabled none("all");
  expect_all_near(run_once(check.op, inputs, Source::kFed), got, check.tolerance, "no passes");
  return got;
}

void check_against_expected(const OpCheck& check, const Arrays& got) {
  ASSERT_EQ(got.size(), check.expect.outputs.size()) << "number of outputs";
  for (size_t i = 0; i < got.size(); ++i) {
    const Array want = wanted(check.expect.outputs[i], got[i]);
    expect_near(got[i], want, check.tolerance, "output " + std::to_string(i));
    EXPECT_TRUE(check.expect.outputs[i].is_numbers || got[i].dtype() == want.dtype())
        << got[i].text();
  }
}

void check_gradient(const OpUnderTest& op, const OpCheck& check, const Arrays& inputs, bool again) {
  const Arrays x = to_float64(inputs);
  const OpUnderTest gradient = gradient_of(op, x, run_once(op, x, Source::kFed));
  const Arrays got = run_once(gradient, x, Source::kFed);
  const Arrays want = central_differences(op, x, check.step);
  expect_all_near(got, want, check.gradient_tolerance, again ? "second gradient" : "gradient");
  {
    const PassesDisabled none("all");
    expect_all_near(run_once(gradient, x, Source::kFed), got, 1e-12, "gradient, no passes");
  }
  if (check.has_float64 && !again) {
    const OpUnderTest narrow = gradient_of(op, inputs, run_once(op, inputs, Source::kFed));
    expect_all_near(run_once(narrow, inputs, Source::kFed), got, check.gradient_tolerance,
                    "gradient, float32");
  }
  if (check.has_second_gradient && !again) check_gradient(gradient, check, x, true);
}

}  // namespace

Values::Values(std::initializer_list<double> numbers) : is_numbers(true) {
  array = Array::from<double>(numbers, Shape{static_cast<int64_t>(numbers.size())});
}

Array floats(const std::vector<float>& values, const Shape& shape) {
  return Array::from(values, shape);
}
Array doubles(const std::vector<double>& values, const Shape& shape) {
  return Array::from(values, shape);
}
Array ints(const std::vector<int32_t>& values, const Shape& shape) {
  return Array::from(values, shape);
}
Array longs(const std::vector<int64_t>& values, const Shape& shape) {
  return Array::from(values, shape);
}
Array bools(const std::vector<bool>& values, const Shape& shape) {
  return Array::from(values, shape);
}

PassesDisabled::PassesDisabled(const std::string& names) {
  const char* previous = std::getenv("RECKON_DISABLE_PASS");
  previous_ = previous ? previous : "";
  setenv("RECKON_DISABLE_PASS", names.c_str(), 1);
}
PassesDisabled::~PassesDisabled() {
  if (previous_.empty())
    unsetenv("RECKON_DISABLE_PASS");
  else
    setenv("RECKON_DISABLE_PASS", previous_.c_str(), 1);
}

std::vector<Array> run_op(const OpUnderTest& op, const std::vector<Array>& inputs) {
  return run_once(op, inputs, Source::kFed);
}

void expect_near(const Array& got, const Array& want, double tolerance, const std::string& what) {
  ASSERT_EQ(got.shape(), want.shape()) << what << ": got " << got.values_text();
  if (got.dtype() == kString) {
    EXPECT_TRUE(got.same_bits(want))
        << what << ": got " << got.values_text() << ", want " << want.values_text();
    return;
  }
  for (int64_t i = 0; i < got.num_elements(); ++i) {
    const double g = got.at<double>(i), w = want.at<double>(i);
    const bool same = g == w || (std::isnan(g) && std::isnan(w));
    if (same || std::abs(g - w) <= tolerance * std::max(1.0, std::abs(w))) continue;
    ADD_FAILURE() << what << ": element " << i << " is " << g << ", want " << w << "\n got "
                  << got.values_text() << "\nwant " << want.values_text();
    return;
  }
}

void check_op(const OpCheck& check, Place place) {
  const ::testing::ScopedTrace trace(place.file, place.line, "check_op");
  Arrays inputs;
  for (const Values& values : check.inputs) {
    inputs.push_back(values.is_numbers ? with_dtype(values.array, kFloat64, kFloat32)
                                       : values.array);
  }
  try {
    const Arrays got = check_values(check, inputs);
    check_against_expected(check, got);
    const bool is_float = !floating(inputs).empty() && !floating(got).empty();
    if (is_float && check.has_float64) {
      expect_all_near(run_once(check.op, to_float64(inputs), Source::kFed), got,
                      std::max(check.tolerance, 1e-6), "float64");
    }
    if (is_float && check.has_gradient) check_gradient(check.op, check, inputs, false);
  } catch (const Error& error) {
    ADD_FAILURE() << "unexpected error: " << error.what();
  }
}

void expect_error(const std::function<void()>& call, const std::string& text, Place place) {
  Graph graph;
  const GraphScope scope(graph);
  base::expect_error(call, text, place);
}

}  // namespace reckon::testing
