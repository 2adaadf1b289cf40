// SPDX-License-Identifier: Apache-2.0
#include <reckon/activations.h>
#include <reckon/linalg.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include "check_op.h"
#include "ops/kernel_table.h"
#include "passes/fused_product.h"
#include "passes/traced_plan_testing.h"

namespace reckon::passes {
namespace fuse_products_test {

using kernels::GemmEpilogue;
using nn::relu;

class FuseProducts : public PassTest {
 protected:
  static Plan fused(const Tensors& fetches) {
    Plan plan = loops_of(fetches);
    fuse_products(plan, {});
    graph::verify(plan.function, "fuse_products");
    return plan;
  }
  static GemmEpilogue epilogue_of(const Plan& plan) {
    return result_node(plan, 0).as<FusedProductOptions>().epilogue;
  }
  Tensor x_ = placeholder(kFloat32, {4, 6}, "x"), w_ = placeholder(kFloat32, {6, 3}, "w");
  Tensor bias_ = placeholder(kFloat32, {3}, "bias");
};

TEST_F(FuseProducts, ABiasAndAReluRideOnTheProduct) {
  const Plan plan = fused({relu(matmul(x_, w_) + bias_)});
  EXPECT_EQ(count(plan, "Loop") + count(plan, "Matmul"), 0);
  ASSERT_EQ(count(plan, "FusedProduct"), 1);
  EXPECT_EQ(epilogue_of(plan), GemmEpilogue::kBiasRelu);
  EXPECT_EQ(result_node(plan, 0).inputs.size(), 3u);
}

TEST_F(FuseProducts, TheBiasMayStandFirst) {
  EXPECT_EQ(epilogue_of(fused({bias_ + matmul(x_, w_)})), GemmEpilogue::kBias);
}

TEST_F(FuseProducts, AReluRidesWithoutABias) {
  EXPECT_EQ(epilogue_of(fused({relu(matmul(x_, w_))})), GemmEpilogue::kRelu);
}

TEST_F(FuseProducts, TheSumIsKeptWhereItIsReadTwice) {
  const Tensor sum = matmul(x_, w_) + bias_;
  const Plan plan = fused({sum, relu(sum)});
  EXPECT_EQ(epilogue_of(plan), GemmEpilogue::kBias);
  EXPECT_EQ(count(plan, "Loop"), 1);
}

TEST_F(FuseProducts, AProductThatIsReadTwiceStays) {
  const Tensor product = matmul(x_, w_);
  EXPECT_EQ(count(fused({product, product + bias_}), "Matmul"), 1);
  EXPECT_EQ(count(fused({product * product}), "Matmul"), 1);
  EXPECT_EQ(count(fused({product + product}), "Matmul"), 1);
}

TEST_F(FuseProducts, OnlyOneRowOfColumnsIsABias) {
  const Tensor matrix = placeholder(kFloat32, {4, 3}, "matrix");
  const Tensor column = placeholder(kFloat32, {4, 1}, "column");
  const Tensor scalar = placeholder(kFloat32, {}, "scalar");
  for (const Tensor& other : {matrix, column, scalar})
    EXPECT_EQ(count(fused({matmul(x_, w_) + other}), "Matmul"), 1) << other.text();
}

TEST_F(FuseProducts, ABiasThatMakesTheSumLargerIsNone) {
  const Tensor row = placeholder(kFloat32, {1, 6}, "row");
  const Tensor batches = placeholder(kFloat32, {2, 1, 3}, "batches");
  EXPECT_EQ(count(fused({matmul(row, w_) + batches}), "Matmul"), 1);
}

TEST_F(FuseProducts, OtherDtypesStay) {
  const Tensor x = placeholder(kFloat64, {4, 6}, "x64"), w = placeholder(kFloat64, {6, 3}, "w64");
  EXPECT_EQ(count(fused({relu(matmul(x, w))}), "Matmul"), 1);
}

TEST_F(FuseProducts, AForcedKernelOfMatmulIsUsed) {
  const ops::ForcedKernel plain("Matmul", "plain");
  EXPECT_EQ(count(fused({relu(matmul(x_, w_))}), "Matmul"), 1);
}

TEST(FusedProduct, HasTheBitsOfTheSeparateOps) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Array x = testing::floats({1, -2, 3, nan, 0, -0.0f}, {3, 2});
  const Array w = testing::floats({1, -1, 0, 2, -3, 4}, {2, 3});
  const Array bias = testing::floats({0.1f, -0.2f, 0}, {3});
  const testing::OpUnderTest op = [](const Tensor& a, const Tensor& b, const Tensor& c) {
    return relu(matmul(a, b) + c);
  };
  const std::vector<Array> got = testing::run_op(op, {x, w, bias});
  const testing::PassesDisabled none("all");
  EXPECT_TRUE(got[0].same_bits(testing::run_op(op, {x, w, bias})[0]));
}

TEST(FusedProduct, BatchesAndSizesThatOnlyTheDataKnowRideToo) {
  testing::check_op(
      {.op = [](const Tensor& a, const Tensor& b,
                const Tensor& c) { return relu(matmul(a, b) + c); },
       .inputs = {testing::floats({1, 2, 3, 4, -5, 6, 7, 8}, {2, 2, 2}),
                  testing::floats({1, -1, 2, 0.5f}, {2, 2}), testing::floats({1, -1}, {2})},
       .expect = {6, 0, 12, 0, 8, 7, 24, 0}});
}

}  // namespace fuse_products_test
}  // namespace reckon::passes
