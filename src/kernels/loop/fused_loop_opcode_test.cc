// SPDX-License-Identifier: Apache-2.0
// Every opcode in every lane, on every instruction set, with operands spread out and as scalars,
// against the walk in double.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "kernels/isa_fixture_testing.h"
#include "kernels/loop/random_program_testing.h"

namespace reckon::kernels {
namespace fused_loop_opcode_test {

using namespace testing_support;
using expr::Opcode;

// Edges of every lane, in an order that brings each beside each.
void fill_with_edges(Buffer& buffer, int64_t period) {
  constexpr double kFloats[] = {0.0,
                                -0.0,
                                1,
                                -1,
                                0.5,
                                1.5,
                                2.5,
                                -2.5,
                                3e38,
                                -3e38,
                                1e-40,
                                1e-38,
                                7,
                                1e9,
                                -3e9,
                                std::numeric_limits<double>::infinity(),
                                -std::numeric_limits<double>::infinity(),
                                std::numeric_limits<double>::quiet_NaN(),
                                0.1,
                                123.456};
  constexpr int64_t kIntegers[] = {0,
                                   1,
                                   -1,
                                   2,
                                   7,
                                   -7,
                                   31,
                                   33,
                                   100,
                                   255,
                                   2147483647,
                                   -2147483648LL,
                                   65537,
                                   std::numeric_limits<int64_t>::max(),
                                   std::numeric_limits<int64_t>::min()};
  for (int64_t i = 0; i < buffer.size(); ++i) {
    const int64_t k = i / period;
    const double number = kFloats[static_cast<size_t>(k) % std::size(kFloats)];
    const int64_t integer = kIntegers[static_cast<size_t>(k) % std::size(kIntegers)];
    switch (buffer.lane) {
      case Lane::kFloat32:
        buffer.put(i, static_cast<float>(number));
        break;
      case Lane::kFloat64:
        buffer.put(i, number);
        break;
      case Lane::kInt32:
        buffer.put(i, static_cast<int32_t>(integer));
        break;
      case Lane::kInt64:
        buffer.put(i, integer);
        break;
      case Lane::kUInt8:
        buffer.put(i, static_cast<uint8_t>(integer));
        break;
      case Lane::kBool:
        buffer.put(i, static_cast<uint8_t>(k % 2));
        break;
    }
  }
}

// What the walk says, rounded to the lane.
void put_value(Buffer& buffer, int64_t i, const expr::ReferenceValue& value) {
  switch (buffer.lane) {
    case Lane::kFloat32:
      return buffer.put(i, static_cast<float>(value.number));
    case Lane::kFloat64:
      return buffer.put(i, value.number);
    case Lane::kInt32:
      return buffer.put(i, static_cast<int32_t>(value.integer));
    case Lane::kInt64:
      return buffer.put(i, value.integer);
    default:
      return buffer.put(i, static_cast<uint8_t>(value.integer));
  }
}

constexpr int64_t kSize = 16 * 21 * 5;

void expect_as_walked(const Program& program, unsigned scalars) {
  Scene scene;
  scene.spec = {program, {kSize}, {}, {{}}};
  int64_t period = 1;
  for (size_t i = 0; i < program.inputs.size(); ++i) {
    const bool is_scalar = (scalars >> i & 1) != 0;
    scene.inputs.emplace_back(program.inputs[i], kSize);
    fill_with_edges(scene.inputs.back(), is_scalar ? kSize : period);
    if (is_scalar) scene.inputs.back().set(0, 0.5);
    scene.spec.input_strides.push_back({is_scalar ? 0 : 1});
    period *= i == 0 ? 21 : 3;
  }
  scene.make_outputs();
  std::vector<Buffer> want = scene.outputs;
  for (int64_t i = 0; i < kSize; ++i) {
    std::vector<expr::ReferenceValue> values;
    for (size_t k = 0; k < scene.inputs.size(); ++k) {
      values.push_back(scene.inputs[k].value((scalars >> k & 1) != 0 ? 0 : i));
    }
    put_value(want[0], i, run_reference(program, values, i).outputs[0]);
  }
  for (Isa isa : available_isas()) {
    EXPECT_TRUE(is_same(want[0], scene.run(isa)[0]))
        << isa_name(isa) << ", scalar operands " << scalars << "\n"
        << program.text();
  }
}

template <class Record>
void expect_unary(const std::vector<Lane>& lanes, Record record) {
  for (Lane lane : lanes) {
    Builder b;
    const Expr x = b.input(lane);
    expect_as_walked(b.finish({record(x)}), 0);
  }
}

template <class Record>
void expect_binary(const std::vector<Lane>& lanes, Record record) {
  for (Lane lane : lanes) {
    Builder b;
    const Expr x = b.input(lane), y = b.input(lane);
    const Program program = b.finish({record(x, y)});
    for (unsigned scalars = 0; scalars < 4; ++scalars) expect_as_walked(program, scalars);
  }
}

const std::vector<Lane> kFloats = {Lane::kFloat32, Lane::kFloat64};
const std::vector<Lane> kIntegers = {Lane::kInt32, Lane::kInt64, Lane::kUInt8};
const std::vector<Lane> kNumbers = {Lane::kFloat32, Lane::kFloat64, Lane::kInt32, Lane::kInt64,
                                    Lane::kUInt8};
const std::vector<Lane> kAll = {Lane::kFloat32, Lane::kFloat64, Lane::kInt32,
                                Lane::kInt64,   Lane::kUInt8,   Lane::kBool};
const std::vector<Lane> kBits = {Lane::kInt32, Lane::kInt64, Lane::kUInt8, Lane::kBool};

TEST(LoopKernels, DoArithmeticAsWalked) {
  expect_binary(kNumbers, [](Expr x, Expr y) { return x + y; });
  expect_binary(kNumbers, [](Expr x, Expr y) { return x - y; });
  expect_binary(kNumbers, [](Expr x, Expr y) { return x * y; });
  expect_binary(kFloats, [](Expr x, Expr y) { return x / y; });
  expect_binary(kNumbers, [](Expr x, Expr y) { return min(x, y); });
  expect_binary(kNumbers, [](Expr x, Expr y) { return max(x, y); });
  expect_unary(kNumbers, [](Expr x) { return -x; });
  expect_unary(kNumbers, [](Expr x) { return abs(x); });
  expect_unary(kNumbers, [](Expr x) { return sign(x); });
}

TEST(LoopKernels, RoundAsWalked) {
  expect_unary(kFloats, [](Expr x) { return sqrt(x); });
  expect_unary(kFloats, [](Expr x) { return floor(x); });
  expect_unary(kFloats, [](Expr x) { return ceil(x); });
  expect_unary(kFloats, [](Expr x) { return rint(x); });
  expect_unary(kFloats, [](Expr x) { return trunc(x); });
}

TEST(LoopKernels, CompareAndChooseAsWalked) {
  expect_binary(kNumbers, [](Expr x, Expr y) { return x < y; });
  expect_binary(kNumbers, [](Expr x, Expr y) { return x <= y; });
  expect_binary(kAll, [](Expr x, Expr y) { return x == y; });
  expect_binary(kAll, [](Expr x, Expr y) { return x != y; });
  for (Lane lane : kAll) {
    Builder b;
    const Expr c = b.input(Lane::kBool), x = b.input(lane), y = b.input(lane);
    const Program program = b.finish({select(c, x, y)});
    for (unsigned scalars = 0; scalars < 8; ++scalars) expect_as_walked(program, scalars);
  }
}

TEST(LoopKernels, MultiplyAndAddWithOneRounding) {
  Builder b;
  const Expr x = b.input(Lane::kFloat64), y = b.input(Lane::kFloat64), z = b.input(Lane::kFloat64);
  const Program program = b.finish({fma(x, y, z)});
  for (unsigned scalars = 0; scalars < 8; ++scalars) expect_as_walked(program, scalars);
  // 1 + 2^-24 squared, less 1: two roundings would lose the last term.
  Builder single;
  const Expr s = single.input(Lane::kFloat32);
  const Program squared = single.finish({fma(s, s, -1)});
  const float value = 1 + 0x1p-12f;
  float got = 0;
  const void* inputs[] = {&value};
  void* outputs[] = {&got};
  ASSERT_FALSE(FusedLoop({squared, {1}, {{1}}, {{}}}).run(inputs, outputs));
  EXPECT_EQ(got, 0x1p-11f + 0x1p-24f);
}

TEST(LoopKernels, MoveBitsAsWalked) {
  expect_binary(kBits, [](Expr x, Expr y) { return x & y; });
  expect_binary(kBits, [](Expr x, Expr y) { return x | y; });
  expect_binary(kBits, [](Expr x, Expr y) { return x ^ y; });
  expect_unary(kIntegers, [](Expr x) { return ~x; });
  expect_unary({Lane::kBool}, [](Expr x) { return !x; });
  expect_binary(kIntegers, [](Expr x, Expr y) { return x << y; });
  expect_binary(kIntegers, [](Expr x, Expr y) { return x >> y; });
  expect_binary(kIntegers, [](Expr x, Expr y) { return shift_right_logical(x, y); });
  expect_binary({Lane::kInt32}, [](Expr x, Expr y) { return mul_high(x, y); });
  expect_unary({Lane::kFloat32}, [](Expr x) { return bitcast(x, Lane::kInt32); });
  expect_unary({Lane::kInt32}, [](Expr x) { return bitcast(x, Lane::kFloat32); });
  expect_unary({Lane::kFloat64}, [](Expr x) { return bitcast(x, Lane::kInt64); });
}

TEST(LoopKernels, ConvertBetweenAllLanesAsWalked) {
  for (Lane to : kAll) {
    // From int64 to float32 the walk rounds twice.
    for (Lane from : kAll) {
      if (from == Lane::kInt64 && to == Lane::kFloat32) continue;
      Builder b;
      const Expr x = b.input(from);
      expect_as_walked(b.finish({convert(x, to)}), 0);
    }
  }
}

TEST(LoopKernels, DivideAsWalked) {
  // Not float32: the walk does not round the quotient before its floor.
  expect_binary(kIntegers, [](Expr x, Expr y) { return floordiv(x, y); });
  expect_binary({Lane::kFloat64}, [](Expr x, Expr y) { return floordiv(x, y); });
  expect_binary({Lane::kFloat64}, [](Expr x, Expr y) { return floormod(x, y); });
  expect_binary(kIntegers, [](Expr x, Expr y) { return truncatediv(x, y); });
  expect_binary(kIntegers, [](Expr x, Expr y) { return floormod(x, y); });
  expect_binary(kNumbers, [](Expr x, Expr y) { return truncatemod(x, y); });
  expect_binary(kIntegers, [](Expr x, Expr y) { return pow(x, y); });
}

TEST(LoopKernels, ScaleByAnyPowerOfTwo) {
  for (Lane lane : kFloats) {
    Builder b;
    const Expr x = b.input(lane);
    for (int n : {0, 1, -1, 10, -20, 127, -126, 200}) expect_as_walked(b.finish({scale(x, n)}), 0);
  }
}

TEST(LoopKernels, CountElements) {
  Builder b;
  expect_as_walked(b.finish({b.index() * 3 + b.input(Lane::kInt64)}), 0);
  expect_as_walked(b.finish({random_word(b.input(Lane::kInt64), b.index(), b.index())}), 0);
}

TEST(LoopKernels, LeaveFloat64FunctionsToTheLibrary) {
  using Function = Expr (*)(Expr);
  for (Function f :
       {Function{expr::exp}, Function{expr::expm1}, Function{expr::log}, Function{expr::log1p},
        Function{expr::tanh}, Function{expr::softplus}, Function{expr::erf}, Function{expr::erfc},
        Function{expr::sin}, Function{expr::cos}, Function{expr::tan}, Function{expr::asin},
        Function{expr::acos}, Function{expr::atan}, Function{expr::sinh}, Function{expr::cosh},
        Function{expr::asinh}, Function{expr::acosh}, Function{expr::atanh}}) {
    expect_unary({Lane::kFloat64}, f);
  }
  expect_binary({Lane::kFloat64}, [](Expr x, Expr y) { return pow(x, y); });
  expect_binary({Lane::kFloat64}, [](Expr x, Expr y) { return atan2(x, y); });
}

}  // namespace fused_loop_opcode_test
}  // namespace reckon::kernels
