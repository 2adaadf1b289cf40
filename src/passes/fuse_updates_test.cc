// SPDX-License-Identifier: Apache-2.0
#include <reckon/math.h>
#include <reckon/nn.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>
#include "check_op.h"
#include "passes/traced_plan_testing.h"

namespace reckon::passes {
namespace fuse_updates_test {

class FuseUpdates : public PassTest {
 protected:
  /// Tables and loops after fusing.
  static std::pair<int64_t, int64_t> fused(const std::vector<Operation>& targets,
                                           const Tensors& fetches = {}) {
    Plan plan = loops_of(fetches, targets);
    fuse_elementwise(plan, {});
    fuse_updates(plan, {});
    graph::verify(plan.function, "fuse_updates");
    return {count(plan, "LoopTable"), count(plan, "Loop")};
  }
  using Counts = std::pair<int64_t, int64_t>;
  Tensor rate_ = placeholder(kFloat32, {}, "rate");
  Tensor a_ = variable("a", zeros({3, 5})), b_ = variable("b", zeros({7})),
         c_ = variable("c", zeros({7}));
  Tensor grad_a_ = placeholder(kFloat32, {3, 5}, "grad_a"),
         grad_b_ = placeholder(kFloat32, {7}, "grad_b");
};

TEST_F(FuseUpdates, MakesOneStepOfUpdatesByOneRule) {
  EXPECT_EQ(fused({assign_sub(a_, rate_ * grad_a_), assign_sub(b_, rate_ * grad_b_)}),
            (Counts{1, 0}));
}

TEST_F(FuseUpdates, KeepsASingleUpdate) {
  EXPECT_EQ(fused({assign_sub(a_, rate_ * grad_a_)}), (Counts{0, 1}));
}

TEST_F(FuseUpdates, KeepsOtherRulesAndOtherNumbersApart) {
  EXPECT_EQ(fused({assign_sub(a_, rate_ * grad_a_), assign_add(b_, rate_ * grad_b_)}),
            (Counts{0, 2}));
  const Tensor other = placeholder(kFloat32, {}, "other");
  EXPECT_EQ(fused({assign_sub(a_, rate_ * grad_a_), assign_sub(b_, other * grad_b_)}),
            (Counts{0, 2}));
}

TEST_F(FuseUpdates, KeepsAnUpdateThatIsReadAgain) {
  const Tensor next = a_ - rate_ * grad_a_;
  EXPECT_EQ(fused({assign(a_, next), assign_sub(b_, rate_ * grad_b_)}, {next}), (Counts{0, 2}));
}

TEST_F(FuseUpdates, KeepsAnUpdateWithABroadcastOperand) {
  const Tensor row = placeholder(kFloat32, {5}, "row");
  EXPECT_EQ(fused({assign_sub(a_, rate_ * row), assign_sub(b_, rate_ * grad_b_)}), (Counts{0, 3}));
}

TEST_F(FuseUpdates, KeepsARuleThatDrawsRandomNumbers) {
  // A table would count the elements of each chunk from zero.
  const Tensor dropped = nn::dropout(grad_b_);
  const Tensor again = gradients(dropped, {grad_b_}, b_)[0];
  EXPECT_EQ(fused({assign(b_, dropped), assign(c_, again)}).first, 0);
}

TEST_F(FuseUpdates, KeepsARuleThatMayFault) {
  const Tensor m = variable("m", Array::from<int32_t>({1, 2}, {2}));
  const Tensor n = variable("n", Array::from<int32_t>({1, 2, 3}, {3}));
  const Tensor by = placeholder(kInt32, {}, "by");
  EXPECT_EQ(fused({assign(m, floordiv(m, by)), assign(n, floordiv(n, by))}).first, 0);
  EXPECT_EQ(fused({assign(m, m * by), assign(n, n * by)}).first, 1);
}

TEST(FusedUpdates, GiveTheBitsOfSingleOnes) {
  const auto train = [] {
    Graph graph;
    const GraphScope scope(graph);
    const Tensor rate = placeholder(kFloat32, {}, "rate");
    std::vector<Operation> steps;
    Tensors all;
    for (int64_t size : {3, 20000, 9000}) {
      const Tensor v =
          variable("v" + std::to_string(size), sin(range(0.0f, static_cast<float>(size))));
      const Tensor m = variable("m" + std::to_string(size), zeros({size}));
      const Tensor moment = m * 0.9f + cos(v) * 0.1f;
      steps.push_back(assign(m, moment));
      steps.push_back(assign_sub(v, rate * moment / (sqrt(abs(moment)) + 1e-3f)));
      all.insert(all.end(), {v, m});
    }
    Session session(graph);
    session.initialize_variables();
    for (int i = 0; i < 3; ++i) {
      session.run({.targets = steps, .feeds = {{rate, Array::scalar(0.1f)}}});
    }
    return session.run({.fetches = all});
  };
  const std::vector<Array> fused = train();
  const testing::PassesDisabled disabled("fuse_updates");
  const std::vector<Array> single = train();
  for (size_t i = 0; i < fused.size(); ++i) EXPECT_TRUE(fused[i].same_bits(single[i])) << i;
}

TEST(FusedUpdates, ShowFaults) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor m = variable("m", Array::from<int32_t>({1, 2}, {2}));
  const Tensor n = variable("n", Array::from<int32_t>({1, 2, 3}, {3}));
  const Tensor by = placeholder(kInt32, {}, "by");
  Session session(graph);
  session.initialize_variables();
  EXPECT_THROW(session.run({.targets = {assign(m, floordiv(m, by)), assign(n, floordiv(n, by))},
                            .feeds = {{by, Array::scalar<int32_t>(0)}}}),
               Error);
}

}  // namespace fuse_updates_test
}  // namespace reckon::passes
