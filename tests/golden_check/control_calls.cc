// SPDX-License-Identifier: Apache-2.0
// Branches, loops and gradients. The files give their bodies as text; each text stands here as
// code.
#include <reckon/control_flow.h>
#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/shape_ops.h>

#include "calls.h"

namespace reckon::golden {
namespace {

Tensors call_cond(const Arguments& a) {
  if (!a.has("true")) throw Unsupported("no body given");
  const std::string body = a.attrs.at("true").get<std::string>();
  const Tensor x = a[1], y = a[2];
  if (body == "x * y")
    return {cond(
        a[0], [&] { return x * y; }, [&] { return x + sin(y); })};
  if (body == "sum(x)")
    return {cond(
        a[0], [&] { return reduce_sum(x); }, [&] { return reduce_prod(y); })};
  throw Unsupported("the body " + body);
}

/// `count` times v = tanh(v * w); the counter comes out too.
Tensors tanh_loop(const Arguments& a) {
  const int64_t count = a.integer("count", 0);
  const Tensor w = a[1];
  return while_loop([&](const Tensors& x) { return x[0] < count; },
                    [&](const Tensors& x) {
                      return Tensors{x[0] + 1, tanh(x[1] * w)};
                    },
                    {0, a[0]});
}

Tensors growth_loop(const Arguments& a) {
  return while_loop([](const Tensors& x) { return reduce_sum(x[1] * x[1]) < 100.0; },
                    [](const Tensors& x) {
                      return Tensors{x[0] + 1, x[1] * 1.5};
                    },
                    {0, a[0]});
}

Tensors nested_loop(const Arguments& a) {
  const Tensor x = a[0];
  const auto is_below_2 = [](const Tensors& carried) { return carried[0] < 2; };
  const auto inner = [&](const Tensors& carried) {
    return Tensors{carried[0] + 1, carried[1] * x};
  };
  const auto outer = [&](const Tensors& carried) {
    return Tensors{carried[0] + 1, while_loop(is_below_2, inner, {0, carried[1]})[1]};
  };
  return {while_loop(is_below_2, outer, {0, x})[1]};
}

Tensors call_while_loop(const Arguments& a) {
  if (!a.has("body")) throw Unsupported("no body given");
  const std::string body = a.attrs.at("body").get<std::string>();
  if (body == "v = tanh(v * w)") return tanh_loop(a);
  if (body == "v = 1.5 * v") return growth_loop(a);
  if (body == "twice (twice v = v * x)") return nested_loop(a);
  throw Unsupported("a carried value that grows: " + body);
}

Tensors call_scan(const Arguments& a) {
  const std::string step = a.attrs.at("step").get<std::string>();
  if (step == "0.5 * s + sin(x)") {
    const ScanBody body = [](const Tensors& s, const Tensors& x) {
      return Tensors{0.5 * s[0] + sin(x[0])};
    };
    return scan(body, {a[0]}, {a[1]}, {.reverse = a.attrs.at("reverse").get<bool>()});
  }
  if (step == "s + x") {
    return scan([](const Tensors& s, const Tensors& x) { return Tensors{s[0] + x[0]}; }, {a[0]},
                {});
  }
  if (step == "(s0 + x0, s1 * x1)") {
    const ScanBody body = [](const Tensors& s, const Tensors& x) {
      return Tensors{s[0] + x[0], s[1] * x[1]};
    };
    return scan(body, {a[0], a[1]}, {});
  }
  throw Unsupported("the step " + step);
}

Tensors call_custom_gradient(const Arguments& a) {
  return custom_gradient(
      {a[0]}, [](const Tensors& x) { return Tensors{log1p(exp(x[0]))}; },
      [](const Tensors& x, const Tensors&, const Tensors& grads) {
        return Tensors{grads[0] * (1 - 1 / (1 + exp(x[0])))};
      });
}

}  // namespace

void add_control_calls(CallTable& table) {
  table["cond"] = call_cond;
  table["while_loop"] = call_while_loop;
  table["scan"] = call_scan;
  table["custom_gradient"] = call_custom_gradient;
  table["second_derivative"] = [](const Arguments& a) {
    return gradients(reduce_sum(tanh(a[0]) * a[0] * a[0]), {a[0]});
  };
  table["stop_gradient_partial"] = [](const Arguments& a) -> Tensors {
    return {stop_gradient(a[0]) * a[0]};
  };
  table["unused_output"] = [](const Arguments& a) -> Tensors { return {unstack(a[0])[0]}; };
  table["reused_input"] = [](const Arguments& a) -> Tensors { return {a[0] * a[0] + a[0]}; };
}

}  // namespace reckon::golden
