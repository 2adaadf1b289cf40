// SPDX-License-Identifier: Apache-2.0
// Handles and operands: what a Tensor says of itself, and what numbers become beside it.
#include <reckon/tensor.h>

#include <gtest/gtest.h>

#include <cmath>

#include <reckon/graph.h>
#include <reckon/math_ops.h>

#include "base/expect_error.h"
#include "graph/core_ops.h"
#include "graph/trace.h"

namespace reckon {
namespace {

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
  expect_error([&] { Operand(none).resolve(); },
               "[operand] came as a Tensor that was never assigned; assign it from an op first");
  expect_error([&] { none.value(); }, "[Tensor::value] a Tensor (an unassigned Tensor) has no");
}

TEST_F(TensorTest, HasNoValueWhileTheGraphIsBuilt) {
  expect_error([&] { x_.value(); }, ErrorCode::kFailedPrecondition,
               "[Tensor::value] x (float32[?, 3]) has no value while the graph is being built; "
               "return it in predictions or eval_metrics, log it with a hook, or fetch it with "
               "Session::run. At tensor_test.cc:");
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
  for (DType dtype : {kFloat32, kFloat64, kInt32, kInt64, kUInt8, kInt8, kInt16}) {
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
  expect_error([] { Operand(0.5).resolve(kInt32); }, ErrorCode::kInvalidArgument,
               "[operand] the number 0.5 stands beside a int32 tensor, which holds no fractions; "
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

TEST_F(TensorTest, NumbersDoNotMixWithTextAndBools) {
  expect_error([] { Operand(1).resolve(kString); },
               "[operand] the number 1 stands beside a string tensor; numbers mix with float32, "
               "float64, int32, int64 and uint8 tensors");
  expect_error([] { Operand(1).resolve(kBool); }, "stands beside a bool tensor");
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

}  // namespace
}  // namespace reckon
