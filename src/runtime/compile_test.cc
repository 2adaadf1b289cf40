// SPDX-License-Identifier: Apache-2.0
#include "runtime/compile.h"

#include <gtest/gtest.h>

#include <reckon/control_flow.h>
#include <reckon/math.h>
#include "check_op.h"
#include "runtime/traced_program_testing.h"

namespace reckon::runtime {
namespace compile_test {

TEST(Compile, LeavesAFaultOfConstantsToTheRun) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kInt32, {}, "x");
  const Tensor flag = placeholder(kBool, {}, "flag");
  const Tensor y = cond(
      flag, [&] { return x + floordiv(Operand(1).resolve(), Operand(0).resolve()); },
      [&] { return x; });
  base::Pool pool(1);
  const Array one = Array::scalar<int32_t>(1);
  EXPECT_EQ(
      TracedProgram({y}, {}, {{x, one}, {flag, Array::scalar(false)}}).run(pool)[0].item<int32_t>(),
      1);
  TracedProgram faulty({y}, {}, {{x, one}, {flag, Array::scalar(true)}});
  EXPECT_THROW(faulty.run(pool), Error);
}

TEST(Compile, NamesTheLineOfIsTrainingInAnInitialValue) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor v = variable("v", cast(is_training(), kFloat32));
  try {
    TracedProgram({v}, {}, {});
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("compile_test.cc:"), std::string::npos)
        << error.what();
    EXPECT_NE(std::string(error.what()).find("[is_training]"), std::string::npos) << error.what();
  }
}

TEST(VariableStore, IsAnotherOneAfterItIsCleared) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor v = variable("v", Array::from<float>({1, 2}, {2}));
  TracedProgram program({v * 2}, {}, {});
  base::Pool pool(1);
  program.run(pool);
  program.store().clear();
  EXPECT_THROW(program.run(pool), Error);
  program.store().set(0, testing::floats({3, 4}, {2}));
  EXPECT_EQ(program.run(pool)[0].at<float>(1), 8);
}

TEST(VariableStore, HasNoValueFromARunThatFailed) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor v = variable("v", Array::from<int32_t>({1}, {1}));
  const Tensor x = placeholder(kInt32, {1}, "x");
  Session session(graph);
  const Operation step = assign(v, floordiv(testing::ints({6}, {1}), x));
  EXPECT_THROW(session.run({.targets = {step}, .feeds = {{x, testing::ints({0}, {1})}}}), Error);
  EXPECT_THROW(session.variable_value("v"), Error);
  session.run({.targets = {step}, .feeds = {{x, testing::ints({2}, {1})}}});
  EXPECT_EQ(session.variable_value("v").at<int32_t>(0), 3);
}

}  // namespace compile_test
}  // namespace reckon::runtime
