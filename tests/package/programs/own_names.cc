// SPDX-License-Identifier: Apache-2.0
// A user's own names beside `using namespace reckon`: the names of Reckon's rooms, and such as
// programs have. Expected output: "own names 78".
#include <reckon/reckon.h>
#include <cstdio>

using namespace reckon;

// H15: Reckon's own namespaces made these ambiguous.
int base = 1, tensor = 2, expr = 3, graph = 4, kernels = 5, formats = 6, ops = 7, autodiff = 8,
    passes = 9, runtime = 10, data = 11, estimator = 12;
int internal = 0, detail = 0, impl = 0, proto = 0;
namespace model_function {
int user = 0;
}

// What a program about learning is full of.
Array array, x, y, weights, bias, inputs, targets, image, images, label, row;
Tensor logits, prediction, loss, hidden, output, mean, sum, accuracy;
Dataset dataset = Dataset::range(3), train_set = dataset;
Params params, hyperparameters;
RunConfig config;
Features features;
Labels labels;
Mode mode = Mode::kTrain;
std::string name, path, dir, text, file;
int batch = 0, batch_size = 0, step = 0, steps = 0, epoch = 0, epochs = 0, seed = 0, units = 0,
    classes = 0, count = 0, index = 0, axis = 0, rows = 0, columns = 0, line = 0, place = 0,
    error = 0, value = 0, values = 0, result = 0, options = 0, node = 0, function = 0, module = 0,
    program = 0, session = 0, hook = 0, layer = 0, optimizer = 0, metric = 0, schedule = 0,
    initializer = 0, clock_time = 0, pool = 0, cache = 0, trace = 0, plan = 0, utils = 0;
double rate = 0.1, learning_rate = 0.1, momentum = 0.9, epsilon = 1e-8;

EstimatorSpec model(const Features& given, const Tensor& wanted, Mode) {
  loss = losses::mean_squared_error(wanted, given["x"] * variable("w", zeros({1})));
  return {.loss = loss,
          .train_op = optimizers::gradient_descent({.learning_rate = rate}).minimize(loss)};
}

int main() {
  // Names that the public face has too are a program's own inside its functions.
  const int shape = 0, size = 0, range = 0, rank = 0, random = 0, nn = 0, layers = 0, hooks = 0,
            summary = 0;
  array = Array::from<float>({1, 2}, {2, 1});
  x = y = array;
  params.set("units", units);
  config.save_summary_steps = steps;
  Estimator trained(model, {.config = {.save_summary_steps = 0, .save_checkpoints = false}});
  trained.train([] { return Dataset::from_arrays({{"x", x}}, y).batch(2); }, {.steps = 1});
  loss = Tensor();
  const int own = base + tensor + expr + graph + kernels + formats + ops + autodiff + passes +
                  runtime + data + estimator + internal + detail + impl + proto +
                  model_function::user;
  std::printf("own names %d\n",
              own + shape + size + range + rank + random + nn + layers + hooks + summary);
}
