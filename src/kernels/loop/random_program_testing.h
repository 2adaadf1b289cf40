// SPDX-License-Identifier: Apache-2.0
// For tests: random expression programs and loops, and a walk of them one element at a time.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "expr/builder.h"
#include "expr/reference_testing.h"
#include "kernels/loop/fused_loop.h"

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

/// Records instructions at random. How often the generator is asked, and in which order, is part of
/// what tests repeat: a seed stands for one program.
class ProgramMaker {
 public:
  ProgramMaker(std::mt19937& random, const std::vector<Lane>& lanes) : random_(random) {
    for (Lane lane : lanes) add(builder_.input(lane));
    floats_.push_back(builder_.constant(0.75, Lane::kFloat32));
    integers_.push_back(builder_.constant(-3, Lane::kInt32));
    bools_.push_back(floats_[0] < 0.1);
  }

  void add_instruction() {
    const uint32_t kind = random_() % 26;
    add(kind < 10   ? arithmetic(kind)
        : kind < 14 ? choice(kind)
        : kind < 18 ? function(kind)
        : kind < 23 ? integer(kind)
                    : other(kind));
  }
  Expr result(bool is_float) {
    const uint32_t kind = is_float ? 0 : random_() % 4;
    if (kind == 1) return i();
    if (kind == 2) return flag();
    return floats_[floats_.size() - 1 - random_() % std::min<size_t>(4, floats_.size())];
  }
  Program finish(const std::vector<Expr>& results) const { return builder_.finish(results); }

 private:
  void add(Expr x) {
    if (x.lane() == Lane::kFloat32)
      floats_.push_back(x);
    else if (x.lane() == Lane::kInt32)
      integers_.push_back(x);
    else if (x.lane() == Lane::kBool)
      bools_.push_back(x);
    else
      floats_.push_back(convert(x, Lane::kFloat32));
  }
  Expr pick(const std::vector<Expr>& from) { return from[random_() % from.size()]; }
  Expr f() { return pick(floats_); }
  Expr i() { return pick(integers_); }
  Expr flag() { return pick(bools_); }

  Expr arithmetic(uint32_t kind) {
    switch (kind) {
      case 0:
        return f() + f();
      case 1:
        return f() - f();
      case 2:
        return f() * f();
      case 3:
        return f() / f();
      case 4:
        return fma(f(), f(), f());
      case 5:
        return sqrt(f());
      case 6:
        return min(f(), f());
      case 7:
        return max(f(), f());
      case 8:
        return floor(f());
      default:
        return rint(f() * 3);
    }
  }
  Expr choice(uint32_t kind) {
    switch (kind) {
      case 10:
        return select(flag(), f(), f());
      case 11:
        return f() < f();
      case 12:
        return f() == f();
      default:
        return flag() && !flag();
    }
  }
  Expr function(uint32_t kind) {
    switch (kind) {
      case 14:
        return exp(f());
      case 15:
        return tanh(f());
      case 16:
        return log(abs(f()));
      default:
        return erf(f());
    }
  }
  Expr integer(uint32_t kind) {
    switch (kind) {
      case 18:
        return i() * i() + i();
      case 19:
        return convert(i(), Lane::kFloat32);
      case 20:
        return convert(min(max(f(), -1e6), 1e6), Lane::kInt32);
      case 21:
        return select(flag(), i(), i()) ^ (i() << 3);
      default:
        return mul_high(i(), i()) >> (i() & 7);
    }
  }
  Expr other(uint32_t kind) {
    switch (kind) {
      case 23:
        return convert(convert(f(), Lane::kFloat64) * 1.1, Lane::kFloat32);
      case 24:
        return random_uniform(7, builder_.constant(9, Lane::kInt64), builder_.index());
      default:
        return i() < i();
    }
  }

  std::mt19937& random_;
  Builder builder_;
  std::vector<Expr> floats_, integers_, bools_;
};

/// A program over the given inputs, of basic opcodes and functions, without faults.
inline Program random_program(std::mt19937& random, const std::vector<Lane>& lanes, size_t outputs,
                              bool float_outputs) {
  ProgramMaker maker(random, lanes);
  for (int k = 0; k < 24; ++k) maker.add_instruction();
  std::vector<Expr> results;
  for (size_t o = 0; o < outputs; ++o) results.push_back(maker.result(float_outputs));
  return maker.finish(results);
}

/// Strides of an input, and the elements that it takes: dense, broadcast or transposed.
inline int64_t add_random_strides(std::mt19937& random, LoopSpec& spec) {
  const size_t rank = spec.dims.size();
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
    step *= spec.dims[d];
  }
  spec.input_strides.push_back(strides);
  return step;
}

inline LoopOutput random_output(std::mt19937& random, size_t rank) {
  constexpr ReduceKind kKinds[] = {ReduceKind::kSum, ReduceKind::kMax, ReduceKind::kMin,
                                   ReduceKind::kSum};
  LoopOutput output;
  if (random() % 4 == 0) return output;
  output.kind = kKinds[random() % std::size(kKinds)];
  for (size_t d = 0; d < rank; ++d) output.reduced.push_back(random() % 2 == 0);
  return output;
}

/// Up to four extents, of up to 40,000 elements.
inline std::vector<int64_t> random_dims(std::mt19937& random) {
  constexpr int64_t kExtents[] = {1, 2, 3, 5, 7, 10, 16, 33, 64, 100, 1};
  std::vector<int64_t> dims;
  const size_t rank = random() % 5;
  int64_t size = 1;
  for (size_t d = 0; d < rank; ++d) {
    int64_t extent = kExtents[random() % std::size(kExtents)];
    if (size * extent > 40000) extent = 1;
    size *= extent;
    dims.push_back(extent);
  }
  return dims;
}

/// Dims, inputs broadcast or transposed at random, and outputs, some of them reduced.
inline Scene random_scene(std::mt19937& random, bool with_reductions) {
  Scene scene;
  scene.spec.dims = random_dims(random);
  std::vector<Lane> lanes = {Lane::kFloat32, Lane::kFloat32};
  const size_t more = random() % 3;
  constexpr Lane kLanes[] = {Lane::kFloat32, Lane::kInt32, Lane::kBool, Lane::kFloat64,
                             Lane::kUInt8};
  for (size_t k = 0; k < more; ++k) lanes.push_back(kLanes[random() % std::size(kLanes)]);
  const size_t outputs = 1 + random() % 3;
  scene.spec.program = random_program(random, lanes, outputs, with_reductions);
  for (Lane lane : lanes) {
    scene.inputs.emplace_back(lane, add_random_strides(random, scene.spec));
    scene.inputs.back().fill(random);
  }
  for (size_t o = 0; o < outputs; ++o) {
    scene.spec.outputs.push_back(with_reductions ? random_output(random, scene.spec.dims.size())
                                                 : LoopOutput{});
  }
  scene.make_outputs();
  return scene;
}

}  // namespace reckon::kernels::testing_support
