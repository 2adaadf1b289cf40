// SPDX-License-Identifier: Apache-2.0
// A mistake on purpose: model_fn builds a graph, and its Tensors have no values yet. Asking for one
// is an error that names the line. To see a value while training, make it a summary or use
// hooks::logging; after a batch, return it as a metric or a prediction.
// Run: premature. Last line: "[Tensor::value] … has no value while the graph is being built … At
// premature.cc:14"
#include <reckon/reckon.h>
#include <cstdio>

using namespace reckon;

EstimatorSpec curious(const Features& features, const Tensor& y, Mode mode) {
  Tensor loss = losses::mean_squared_error(y, features["x"] * variable("weight", zeros({1})));
  std::printf("the loss is %f\n", loss.value().item<float>());
  return {.mode = mode, .loss = loss, .train_op = optimizers::adam().minimize(loss)};
}

int main() {
  const Array ones = Array::from<float>({1, 1}, {2, 1});
  auto input = [&] { return Dataset::from_arrays({{"x", ones}}, ones).batch(2); };
  try {
    Estimator(curious).train(input, {.steps = 1});
  } catch (const Error& error) {
    std::printf("%s\n", error.what());
  }
}
