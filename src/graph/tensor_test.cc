// SPDX-License-Identifier: Apache-2.0
// Handles and operands: what a Tensor says of itself, and what numbers become beside it.
#include <reckon/tensor.h>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <reckon/graph.h>
#include <reckon/math.h>

#include "base/expect_error_testing.h"
#include "graph/core_ops.h"
#include "graph/trace.h"

namespace reckon {
namespace tensor_test {

using base::expect_error;

class TensorTest : public ::testing::Test {
 protected:
  /// The constant that a resolved operand became.
  static const Array& value(const Tensor& tensor) {
    return graph::constant_value(tensor.function()->node(tensor.id()));
  }
  static Tensor poison() {
    graph::Trace& trace = graph::current_trace("test");
    const graph::ValueId id = trace.outermost()->add(
        {.op = &graph::parameter_op,
         .options = graph::make_options(graph::ParameterOptions{.poison = true}),
         .inputs = {},
         .outputs = {{DType::kInvalid, {}}},
         .subgraphs = {},
         .name = "labels",
         .place = {}});
    return {trace.module, trace.outermost(), id};
  }
  Graph graph_;
  GraphScope scope_{graph_};
  Tensor x_ = placeholder(kFloat32, {kUnknown, 3}, "x");
};

TEST_F(TensorTest, KnowsItsTypeNameAndPlace) {
  const int line = __LINE__ + 1;
  const Tensor y = x_ * 2;
  EXPECT_TRUE(y.valid());
  EXPECT_EQ(y.dtype(), kFloat32);
  EXPECT_EQ(y.rank(), 2);
  EXPECT_EQ(y.shape(), Shape({kUnknown, 3}));
  EXPECT_EQ(y.name(), "multiply");
  EXPECT_EQ(y.text(), "float32[?, 3]");
  EXPECT_EQ(y.place().line, line);
}

TEST_F(TensorTest, ThatWasNeverAssignedSaysSo) {
  const Tensor none;
  EXPECT_FALSE(none.valid());
  EXPECT_EQ(none.dtype(), DType::kInvalid);
  EXPECT_EQ(none.text(), "an unassigned Tensor");
  EXPECT_FALSE(none.is_poison());
  EXPECT_FALSE(none.place().known());
  expect_error([&] { (void)none.shape(); }, ErrorCode::kInvalidArgument,
               "[Tensor::shape] this Tensor was never assigned; assign it from an op first");
  expect_error([&] { (void)none.rank(); }, "[Tensor::shape]");
  expect_error([&] { (void)none.name(); },
               "[Tensor::name] this Tensor was never assigned; assign it from an op first");
  expect_error(
      [&] { Operand(none).resolve(); },
      "[operand] a Tensor that was never assigned came, expected the result of an op; give it one");
  expect_error([&] { none.value(); }, "[Tensor::value] a Tensor (an unassigned Tensor) has no");
}

TEST_F(TensorTest, HasNoValueWhileTheGraphIsBuilt) {
  expect_error([&] { x_.value(); }, ErrorCode::kFailedPrecondition,
               "[Tensor::value] x (float32[?, 3]) has no value while the graph is being built; "
               "fetch it with Session::run, or call evaluate_now. At tensor_test.cc:");
}

TEST_F(TensorTest, PoisonsWhatIsComputedFromIt) {
  const Tensor labels = poison(), sum = labels + x_;
  EXPECT_TRUE(labels.is_poison());
  EXPECT_TRUE(sum.is_poison());
  EXPECT_TRUE(exp(sum).is_poison());
  EXPECT_EQ(sum.text(), "the labels of predict mode");
  EXPECT_FALSE(x_.is_poison());
}

TEST_F(TensorTest, NumbersTakeTheDtypeBesideThem) {
  for (DType dtype : {kFloat16, kBFloat16, kFloat32, kFloat64, kInt8, kInt16, kInt32, kInt64,
                      kUInt8, kUInt16, kUInt32, kUInt64}) {
    const Tensor two = Operand(2).resolve(dtype);
    EXPECT_EQ(two.dtype(), dtype);
    EXPECT_EQ(two.shape(), Shape());
    EXPECT_EQ(value(two).at<double>(0), 2) << dtype_name(dtype);
  }
  EXPECT_EQ(value(Operand(2.0).resolve(kInt32)).item<int32_t>(), 2) << "no fraction is lost";
  EXPECT_EQ(value(Operand(-0.1).resolve(kFloat64)).item<double>(), -0.1);
  EXPECT_EQ(value(Operand(-0.1).resolve(kFloat32)).item<float>(), -0.1f);
}

TEST_F(TensorTest, NumbersAloneAreFloat32OrInt32) {
  EXPECT_EQ(Operand(2).resolve().dtype(), kInt32);
  EXPECT_EQ(Operand(2.5).resolve().dtype(), kFloat32);
  EXPECT_EQ(Operand(true).resolve().dtype(), kBool);
  EXPECT_EQ(Operand("text").resolve().dtype(), kString);
  EXPECT_EQ(Operand(std::string("text")).resolve().dtype(), kString);
}

TEST_F(TensorTest, NumbersThatLoseAFractionAreRefused) {
  expect_error(
      [] { Operand(0.5).resolve(kInt32); }, ErrorCode::kInvalidArgument,
      "[operand] the number 0.5 stands beside a tensor of int32, which holds no fractions; "
      "cast the tensor to float32 first. At tensor_test.cc:");
  expect_error([] { placeholder(kInt32, {2}) + 0.5; }, "0.5");
}

TEST_F(TensorTest, NumbersThatDoNotFitAreRefused) {
  expect_error([] { Operand(300).resolve(kUInt8); },
               "[operand] the number 300 does not fit uint8; cast the other operand, or use a "
               "number that fits");
  expect_error([] { Operand(-1).resolve(kUInt8); }, "the number -1 does not fit uint8");
  expect_error([] { Operand(int64_t{1} << 40).resolve(kInt32); }, "does not fit int32");
  expect_error([] { Operand(200).resolve(kInt8); }, "does not fit int8");
  EXPECT_NO_THROW(Operand(255).resolve(kUInt8));
  EXPECT_NO_THROW(Operand(-128).resolve(kInt8));
  EXPECT_EQ(value(Operand(INT64_MIN).resolve(kInt64)).item<int64_t>(), INT64_MIN);
}

// F2: what no int64 is was cast all the same, to the lowest number.
TEST_F(TensorTest, RealNumbersBeyondAnIntegerAreRefused) {
  const Tensor x = placeholder(kInt64, {2});
  const double infinity = std::numeric_limits<double>::infinity();
  expect_error([&] { x + infinity; }, ErrorCode::kInvalidArgument,
               "[operand] the number inf does not fit int64; cast the other operand, or use a "
               "number that fits. At tensor_test.cc:");
  expect_error([&] { x + -infinity; }, "the number -inf does not fit int64");
  expect_error([&] { x + std::nan(""); }, "the number nan does not fit int64");
  expect_error([&] { x * 1e300; }, "the number 1e+300 does not fit int64");
  expect_error([&] { x * 0x1p63; }, "does not fit int64");
  expect_error([&] { x* std::nextafter(-0x1p63, -infinity); }, "does not fit int64");
  expect_error([] { Operand(0x1p31).resolve(kInt32); }, "does not fit int32");
  expect_error([] { Operand(256.0).resolve(kUInt8); }, "does not fit uint8");
  expect_error([] { Operand(-1.0).resolve(kUInt64); }, "does not fit uint64");
  EXPECT_EQ(value(Operand(-0x1p63).resolve(kInt64)).item<int64_t>(), INT64_MIN);
  EXPECT_EQ(value(Operand(std::nextafter(0x1p63, 0)).resolve(kInt64)).item<int64_t>(),
            INT64_MAX - 1023);
}

// F2: an unsigned literal above the highest int64 came as the double next to it.
TEST_F(TensorTest, UnsignedNumbersKeepTheirBitsOrAreRefused) {
  const uint64_t large = (uint64_t{1} << 63) + 1;
  expect_error([&] { Operand(large).resolve(kInt64); },
               "the number 9223372036854775809 does not fit int64");
  expect_error([&] { Operand(large).resolve(kInt32); }, "does not fit int32");
  EXPECT_EQ(value(Operand(large).resolve(kUInt64)).item<uint64_t>(), large);
  EXPECT_EQ(value(Operand(UINT64_MAX).resolve(kUInt64)).item<uint64_t>(), UINT64_MAX);
  EXPECT_EQ(value(Operand(uint64_t{INT64_MAX}).resolve(kInt64)).item<int64_t>(), INT64_MAX);
  EXPECT_EQ(value(Operand(large).resolve(kFloat64)).item<double>(), 0x1p63);
  EXPECT_EQ(Operand(large).resolve().dtype(), kFloat32) << "alone it is a real number";
  EXPECT_EQ(Operand(uint64_t{7}).resolve().dtype(), kInt32);
}

// F2, its kind: a finite literal that a narrower float only has as an infinity.
TEST_F(TensorTest, FiniteNumbersThatAFloatHasNotAreRefused) {
  expect_error([] { Operand(1e300).resolve(kFloat32); },
               "[operand] the number 1e+300 does not fit float32");
  expect_error([] { Operand(-1e39).resolve(); }, "the number -1e+39 does not fit float32");
  expect_error([] { Operand(70000).resolve(kFloat16); }, "the number 70000 does not fit float16");
  expect_error([] { Operand(3.4e38).resolve(kBFloat16); }, "does not fit bfloat16");
  EXPECT_EQ(value(Operand(3.4028235e38).resolve(kFloat32)).item<float>(), 0x1.fffffep127f);
  EXPECT_EQ(value(Operand(1e300).resolve(kFloat64)).item<double>(), 1e300);
  const double infinity = std::numeric_limits<double>::infinity();
  for (DType dtype : {kFloat16, kBFloat16, kFloat32, kFloat64}) {
    EXPECT_EQ(value(Operand(-infinity).resolve(dtype)).item<double>(), -infinity);
    EXPECT_TRUE(std::isnan(value(Operand(std::nan("")).resolve(dtype)).item<double>()));
  }
}

TEST_F(TensorTest, NumbersDoNotMixWithTextAndBools) {
  expect_error([] { Operand(1).resolve(kString); },
               "[operand] the number 1 stands beside a tensor of string; numbers mix with real and "
               "integer tensors of any width");
  expect_error([] { Operand(1).resolve(kBool); }, "stands beside a tensor of bool");
}

TEST_F(TensorTest, OperandsKnowTheirLineAndKind) {
  const int line = __LINE__ + 1;
  const Operand number = 2.5, tensor = x_, array = Array::scalar(1);
  EXPECT_EQ(number.place().line, line);
  EXPECT_TRUE(number.is_number());
  EXPECT_TRUE(number.is_real_number());
  EXPECT_FALSE(number.is_tensor());
  EXPECT_TRUE(tensor.is_tensor());
  EXPECT_FALSE(tensor.is_number());
  EXPECT_FALSE(array.is_number());
  EXPECT_FALSE(Operand(true).is_number()) << "a flag is no number";
  EXPECT_FALSE(Operand(2).is_real_number());
}

TEST_F(TensorTest, ResolvingATensorGivesItself) {
  EXPECT_EQ(Operand(x_).resolve(kFloat64).id(), x_.id()) << "a dtype is for numbers only";
}

TEST_F(TensorTest, GroupsRunAllEffectsInTheOrderGiven) {
  const Tensor a = variable("a", 1.0f), b = variable("b", 2.0f);
  const Operation first = assign(a, 1.0f), second = assign(b, 2.0f);
  const Operation both = group({second, Operation(), first});
  EXPECT_EQ(both.nodes(), (std::vector<int32_t>{second.nodes()[0], first.nodes()[0]}));
  EXPECT_EQ(both.function(), first.function());
  EXPECT_FALSE(group({}).valid());
  EXPECT_FALSE(group({Operation()}).valid());
}

TEST_F(TensorTest, GroupsAreOfOneGraph) {
  const Operation here = assign(variable("a", 1.0f), 1.0f);
  Graph other;
  const GraphScope scope(other);
  const Operation there = assign(variable("a", 1.0f), 1.0f);
  expect_error(
      [&] {
        group({here, there});
      },
      ErrorCode::kInvalidArgument,
      "[group] the operations belong to different graphs; group operations of one graph");
}

}  // namespace tensor_test
}  // namespace reckon
