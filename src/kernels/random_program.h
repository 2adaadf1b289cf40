// SPDX-License-Identifier: Apache-2.0
// For tests: random expression programs and loops, and a walk of them one element at a time.
#pragma once

#include <bit>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "expr/builder.h"
#include "expr/reference.h"
#include "kernels/fused_loop.h"

namespace reckon::kernels::testing_support {

using expr::Builder;
using expr::Expr;
using expr::Lane;
using expr::Program;

/// Memory for one operand of any lane.
struct Buffer {
  Lane lane = Lane::kFloat32;
  std::vector<char> bytes;

  Buffer(Lane of, int64_t size) : lane(of), bytes(static_cast<size_t>(size) * lane_size(of)) {}
  int64_t size() const { return static_cast<int64_t>(bytes.size() / lane_size(lane)); }

  template <class T>
  T get(int64_t i) const {
    T value;
    std::memcpy(&value, bytes.data() + static_cast<size_t>(i) * sizeof(T), sizeof(T));
    return value;
  }
  template <class T>
  void put(int64_t i, T value) {
    std::memcpy(bytes.data() + static_cast<size_t>(i) * sizeof(T), &value, sizeof(T));
  }

  expr::ReferenceValue value(int64_t i) const {
    switch (lane) {
      case Lane::kFloat32:
        return {.number = get<float>(i)};
      case Lane::kFloat64:
        return {.number = get<double>(i)};
      case Lane::kInt32:
        return {.integer = get<int32_t>(i)};
      case Lane::kInt64:
        return {.integer = get<int64_t>(i)};
      default:
        return {.integer = get<uint8_t>(i)};
    }
  }
  void set(int64_t i, double x) {
    switch (lane) {
      case Lane::kFloat32:
        return put(i, static_cast<float>(x));
      case Lane::kFloat64:
        return put(i, x);
      case Lane::kInt32:
        return put(i, static_cast<int32_t>(x * 1000));
      case Lane::kInt64:
        return put(i, static_cast<int64_t>(x * 1e6));
      case Lane::kUInt8:
        return put(i, static_cast<uint8_t>(static_cast<int>(x * 50)));
      case Lane::kBool:
        return put(i, static_cast<uint8_t>(x > 0));
    }
  }
  void fill(std::mt19937& random) {
    std::uniform_real_distribution<double> number(-3, 3);
    for (int64_t i = 0; i < size(); ++i) set(i, number(random));
  }
};

/// Equal bits, except that one NaN is as good as another.
inline bool is_same(const Buffer& a, const Buffer& b) {
  for (int64_t i = 0; i < a.size(); ++i) {
    const expr::ReferenceValue x = a.value(i), y = b.value(i);
    const bool are_nan = std::isnan(x.number) && std::isnan(y.number);
    if (!are_nan && (std::bit_cast<int64_t>(x.number) != std::bit_cast<int64_t>(y.number) ||
                     x.integer != y.integer)) {
      return false;
    }
  }
  return true;
}

/// A loop with its operands.
struct Scene {
  LoopSpec spec;
  std::vector<Buffer> inputs, outputs;

  void make_outputs() {
    outputs.clear();
    for (size_t o = 0; o < spec.outputs.size(); ++o) {
      int64_t size = 1;
      for (size_t d = 0; d < spec.dims.size(); ++d) {
        const bool is_reduced = !spec.outputs[o].reduced.empty() && spec.outputs[o].reduced[d];
        size *= is_reduced ? 1 : spec.dims[d];
      }
      outputs.emplace_back(spec.program.output_lane(o), size);
    }
  }

  std::vector<Buffer> run(Isa isa, int64_t outer = -1, base::Pool* pool = nullptr) const {
    return run(FusedLoop(spec, isa), outer, pool);
  }
  std::vector<Buffer> run(const FusedLoop& loop, int64_t outer = -1,
                          base::Pool* pool = nullptr) const {
    std::vector<Buffer> results = outputs;
    std::vector<const void*> in;
    std::vector<void*> out;
    for (const Buffer& input : inputs) in.push_back(input.bytes.data());
    for (Buffer& result : results) out.push_back(result.bytes.data());
    static_cast<void>(bool(loop.run(in.data(), out.data(), outer, pool)));
    return results;
  }
};

/// A program over the given inputs, of basic opcodes and functions, without faults.
inline Program random_program(std::mt19937& random, const std::vector<Lane>& lanes, size_t outputs,
                              bool float_outputs) {
  Builder builder;
  std::vector<Expr> floats, integers, bools;
  const auto add = [&](Expr x) {
    if (x.lane() == Lane::kFloat32)
      floats.push_back(x);
    else if (x.lane() == Lane::kInt32)
      integers.push_back(x);
    else if (x.lane() == Lane::kBool)
      bools.push_back(x);
    else
      floats.push_back(convert(x, Lane::kFloat32));
  };
  for (Lane lane : lanes) add(builder.input(lane));
  floats.push_back(builder.constant(0.75, Lane::kFloat32));
  integers.push_back(builder.constant(-3, Lane::kInt32));
  bools.push_back(floats[0] < 0.1);
  const auto pick = [&](std::vector<Expr>& from) { return from[random() % from.size()]; };
  const auto f = [&] { return pick(floats); };
  const auto i = [&] { return pick(integers); };
  for (int k = 0; k < 24; ++k) {
    switch (random() % 26) {
      case 0:
        add(f() + f());
        break;
      case 1:
        add(f() - f());
        break;
      case 2:
        add(f() * f());
        break;
      case 3:
        add(f() / f());
        break;
      case 4:
        add(fma(f(), f(), f()));
        break;
      case 5:
        add(sqrt(f()));
        break;
      case 6:
        add(min(f(), f()));
        break;
      case 7:
        add(max(f(), f()));
        break;
      case 8:
        add(floor(f()));
        break;
      case 9:
        add(rint(f() * 3));
        break;
      case 10:
        add(select(pick(bools), f(), f()));
        break;
      case 11:
        add(f() < f());
        break;
      case 12:
        add(f() == f());
        break;
      case 13:
        add(pick(bools) && !pick(bools));
        break;
      case 14:
        add(exp(f()));
        break;
      case 15:
        add(tanh(f()));
        break;
      case 16:
        add(log(abs(f())));
        break;
      case 17:
        add(erf(f()));
        break;
      case 18:
        add(i() * i() + i());
        break;
      case 19:
        add(convert(i(), Lane::kFloat32));
        break;
      case 20:
        add(convert(min(max(f(), -1e6), 1e6), Lane::kInt32));
        break;
      case 21:
        add(select(pick(bools), i(), i()) ^ (i() << 3));
        break;
      case 22:
        add(mul_high(i(), i()) >> (i() & 7));
        break;
      case 23:
        add(convert(convert(f(), Lane::kFloat64) * 1.1, Lane::kFloat32));
        break;
      case 24:
        add(random_uniform(7, builder.constant(9, Lane::kInt64), builder.index()));
        break;
      case 25:
        add(i() < i());
        break;
    }
  }
  std::vector<Expr> results;
  for (size_t o = 0; o < outputs; ++o) {
    const uint32_t kind = float_outputs ? 0 : random() % 4;
    results.push_back(
        kind == 1   ? pick(integers)
        : kind == 2 ? pick(bools)
                    : floats[floats.size() - 1 - random() % std::min<size_t>(4, floats.size())]);
  }
  return builder.finish(results);
}

/// Dims, inputs broadcast or transposed at random, and outputs, some of them reduced.
inline Scene random_scene(std::mt19937& random, bool with_reductions) {
  Scene scene;
  const size_t rank = random() % 5;
  constexpr int64_t kExtents[] = {1, 2, 3, 5, 7, 10, 16, 33, 64, 100, 1};
  int64_t size = 1;
  for (size_t d = 0; d < rank; ++d) {
    int64_t extent = kExtents[random() % std::size(kExtents)];
    if (size * extent > 40000) extent = 1;
    size *= extent;
    scene.spec.dims.push_back(extent);
  }
  std::vector<Lane> lanes = {Lane::kFloat32, Lane::kFloat32};
  const size_t more = random() % 3;
  constexpr Lane kLanes[] = {Lane::kFloat32, Lane::kInt32, Lane::kBool, Lane::kFloat64,
                             Lane::kUInt8};
  for (size_t k = 0; k < more; ++k) lanes.push_back(kLanes[random() % std::size(kLanes)]);
  const size_t outputs = 1 + random() % 3;
  scene.spec.program = random_program(random, lanes, outputs, with_reductions);
  for (Lane lane : lanes) {
    std::vector<int64_t> strides(rank, 0);
    std::vector<size_t> order(rank);
    for (size_t d = 0; d < rank; ++d) order[d] = rank - 1 - d;
    if (random() % 4 == 0) std::shuffle(order.begin(), order.end(), random);
    const uint32_t kind = random() % 4;
    int64_t step = 1;
    for (size_t d : order) {
      const bool is_broadcast = kind == 1 ? random() % 2 == 0 : kind == 2 && d + 1 < rank;
      if (is_broadcast) continue;
      strides[d] = step;
      step *= scene.spec.dims[d];
    }
    scene.spec.input_strides.push_back(strides);
    scene.inputs.emplace_back(lane, step);
    scene.inputs.back().fill(random);
  }
  for (size_t o = 0; o < outputs; ++o) {
    LoopOutput output;
    if (with_reductions && random() % 4 != 0) {
      constexpr ReduceKind kKinds[] = {ReduceKind::kSum, ReduceKind::kMax, ReduceKind::kMin,
                                       ReduceKind::kSum};
      output.kind = kKinds[random() % std::size(kKinds)];
      for (size_t d = 0; d < rank; ++d) output.reduced.push_back(random() % 2 == 0);
    }
    scene.spec.outputs.push_back(output);
  }
  scene.make_outputs();
  return scene;
}

}  // namespace reckon::kernels::testing_support
