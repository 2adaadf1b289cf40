// SPDX-License-Identifier: Apache-2.0
// Below the Estimator: a Graph is built, its gradient is more graph, and a Session runs it as often
// as one likes.
// Run: session. Last line: loss 0.000000 weight 2.0000
#include <reckon/reckon.h>
#include <cstdio>

using namespace reckon;

int main() {
  Graph graph;
  GraphScope building(graph);
  Tensor x = placeholder(kFloat32, {kUnknown, 1}, "x");
  Tensor y = placeholder(kFloat32, {kUnknown, 1}, "y");
  Tensor weight = variable("weight", zeros({1, 1}));
  Tensor loss = reduce_mean(square(matmul(x, weight) - y));
  Operation descend = assign_sub(weight, 0.05f * gradients(loss, {weight})[0]);

  Session session(graph);
  session.initialize_variables();
  const Array xs = Array::from<float>({1, 2, 3}, {3, 1});
  const Array ys = Array::from<float>({2, 4, 6}, {3, 1});
  // Names, shapes and the program are looked up once, here; a step is then one call.
  Session::Callable step = session.make_callable({}, {descend}, {x, y});
  for (int i = 0; i < 100; ++i) step({xs, ys});

  const std::vector<Array> now =
      session.run({.fetches = {loss, weight}, .feeds = {{x, xs}, {y, ys}}});
  std::printf("loss %.6f weight %.4f\n", now[0].item<float>(), now[1].item<float>());
}
