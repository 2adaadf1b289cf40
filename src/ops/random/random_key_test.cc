// SPDX-License-Identifier: Apache-2.0
// Keys and streams: what they depend on (seed, name, step) and, with a seed of their own, what not.
#include "ops/random/random_key.h"

#include <gtest/gtest.h>

#include <set>

#include <reckon/graph.h>
#include <reckon/session.h>
#include "ops/define.h"

namespace reckon::ops {
namespace random_key_test {

struct Pair {
  int64_t key = 0, stream = 0;
  bool operator==(const Pair&) const = default;
};

/// What the kernel of a key node named `name` writes for (run seed, step).
Pair drawn(std::optional<uint64_t> seed, const std::string& name, RunState run) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor key = random_key(seed, {}).key;
  graph::Node node = key.function()->node(key.id());
  node.name = name;
  const KernelSpec spec{node, *key.function(), {}, node.outputs, {}};
  const Kernel kernel = definition(node)->kernels[0].make(node.options.get(), spec);
  Pair pair;
  const View outputs[] = {{&pair.key, nullptr, 1, 0, kInt64},
                          {&pair.stream, nullptr, 1, 0, kInt64}};
  EXPECT_FALSE(kernel.run({.outputs = outputs, .run = &run}));
  return pair;
}

TEST(RandomKey, WithoutASeedIsOfRunNameAndStep) {
  const Pair base = drawn({}, "dropout", {.seed = 1, .step = 5});
  EXPECT_EQ(base, drawn({}, "dropout", {.seed = 1, .step = 5}));
  EXPECT_EQ(base.key, 1);
  EXPECT_NE(base.key, drawn({}, "dropout", {.seed = 2, .step = 5}).key);
  EXPECT_NE(base.stream, drawn({}, "dropout", {.seed = 1, .step = 6}).stream);
  EXPECT_NE(base.stream, drawn({}, "dropout_1", {.seed = 1, .step = 5}).stream);
}

TEST(RandomKey, WithASeedForgetsRunAndName) {
  EXPECT_EQ(drawn(7, "a", {.seed = 1, .step = 3}), drawn(7, "b", {.seed = 2, .step = 3}));
  EXPECT_EQ(drawn(7, "a", {.seed = 1, .step = 3}), (Pair{7, 3}));
  EXPECT_EQ(drawn(0, "a", {.seed = 1, .step = 0}), (Pair{0, 0}));
}

TEST(RandomKey, TakesSeedsOf64Bits) {
  const uint64_t seed = 0xfedcba9876543210u;
  EXPECT_EQ(static_cast<uint64_t>(drawn(seed, "a", {}).key), seed);
}

TEST(RandomKey, StreamsOfManyStepsAndNamesDoNotMeet) {
  std::set<int64_t> streams;
  for (const char* name : {"a", "b", "ab", "tower/a"}) {
    for (uint64_t step = 0; step < 250; ++step)
      streams.insert(drawn({}, name, {.seed = 1, .step = step}).stream);
  }
  EXPECT_EQ(streams.size(), 1000u);
}

TEST(RandomKey, IsInt64AndNotFolded) {
  Graph graph;
  const GraphScope scope(graph);
  const RandomKeyPair pair = random_key({}, {});
  EXPECT_EQ(pair.key.text(), "int64[]");
  EXPECT_EQ(pair.stream.text(), "int64[]");
  EXPECT_TRUE(pair.key.function()->node(pair.key.id()).op->traits.is_random);
  Session session(graph, {.random_seed = 42});
  EXPECT_EQ(session.run({.fetches = {pair.key}})[0].item<int64_t>(), 42);
}

}  // namespace random_key_test
}  // namespace reckon::ops
