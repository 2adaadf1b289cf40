// SPDX-License-Identifier: Apache-2.0
// Random graphs give the same bits whatever passes run, and whatever number of threads.
#include <cmath>
#include <cstring>
#include <memory>

#include <gtest/gtest.h>

#include "check_op.h"
#include "passes/pipeline.h"
#include "runtime/initialize.h"
#include "runtime/random_graph_testing.h"
#include "runtime/traced_program_testing.h"

namespace reckon::runtime {
namespace random_graphs_test {

constexpr uint32_t kGraphs = 300;

/// Three steps: the fetches of each, and at the end all variables.
std::vector<Array> run_graph(uint32_t number, base::Pool& pool) {
  Graph graph;
  const GraphScope scope(graph);
  const RandomGraph made(number);
  TracedProgram program(made.fetches(), made.targets(), made.feeds());
  std::vector<Array> results;
  for (int step = 0; step < 3; ++step) {
    for (Array& value : program.run(pool)) results.push_back(std::move(value));
  }
  for (const Tensor& v : made.variables()) results.push_back(program.variable(v));
  return results;
}

/// NaN is NaN, whatever its sign and payload: a sum of two has those of either.
bool same_bits(const Array& a, const Array& b) {
  if (a.same_bits(b)) return true;
  if (a.dtype() != kFloat32 || b.dtype() != kFloat32 || a.shape() != b.shape()) return false;
  for (int64_t i = 0; i < a.num_elements(); ++i) {
    const float x = a.data<float>()[static_cast<size_t>(i)],
                y = b.data<float>()[static_cast<size_t>(i)];
    if (!(std::isnan(x) && std::isnan(y)) && std::memcmp(&x, &y, sizeof x) != 0) return false;
  }
  return true;
}

void expect_same(const std::vector<Array>& got, const std::vector<Array>& want, uint32_t number,
                 const std::string& how) {
  ASSERT_EQ(got.size(), want.size()) << "graph " << number << ", " << how;
  for (size_t i = 0; i < got.size(); ++i) {
    ASSERT_TRUE(same_bits(got[i], want[i]))
        << "graph " << number << ", " << how << ", result " << i << "\n got "
        << got[i].values_text() << "\nwant " << want[i].values_text();
  }
}

TEST(RandomGraphs, GiveTheSameBitsWithoutPasses) {
  base::Pool pool(1);
  for (uint32_t number = 0; number < kGraphs; ++number) {
    const std::vector<Array> want = run_graph(number, pool);
    const testing::PassesDisabled disabled("all");
    expect_same(run_graph(number, pool), want, number, "no optional pass");
    if (HasFatalFailure()) return;
  }
}

TEST(RandomGraphs, GiveTheSameBitsWithoutAnyOnePass) {
  base::Pool pool(1);
  std::vector<std::string> optional;
  for (const passes::Pass& pass : passes::pipeline()) {
    if (pass.is_optional) optional.push_back(pass.name);
  }
  for (uint32_t number = 0; number < kGraphs; ++number) {
    const std::vector<Array> want = run_graph(number, pool);
    // Each pass is left out of a third of the graphs.
    for (size_t i = number % 3; i < optional.size(); i += 3) {
      const testing::PassesDisabled disabled(optional[i]);
      expect_same(run_graph(number, pool), want, number, "without " + optional[i]);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(RandomGraphs, GiveTheSameBitsWithEveryNumberOfThreads) {
  base::Pool one(1), two(2), three(3), eight(8);
  for (uint32_t number = 0; number < kGraphs; number += 2) {
    const std::vector<Array> want = run_graph(number, one);
    for (base::Pool* pool : {&two, &three, &eight}) {
      expect_same(run_graph(number, *pool), want, number,
                  std::to_string(pool->threads()) + " threads");
      if (HasFatalFailure()) return;
    }
  }
}

}  // namespace random_graphs_test
}  // namespace reckon::runtime
