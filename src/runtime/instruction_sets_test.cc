// SPDX-License-Identifier: Apache-2.0
// The instruction set and the number of threads are read once in a process: here a process of each
// kind tells the digest of what it computed.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "base/hash.h"
#include "kernels/isa.h"
#include "runtime/random_graph_testing.h"
#include "runtime/training_graph_testing.h"

namespace reckon::runtime {
namespace instruction_sets_test {

void add_bytes(const Array& value, base::Hasher& hasher) {
  hasher.add(std::string_view(static_cast<const char*>(value.raw()), value.num_bytes()));
}

/// Of NaN only that it is one counts.
void add_floats(const Array& value, base::Hasher& hasher) {
  if (value.dtype() != kFloat32) return add_bytes(value, hasher);
  Array copy = value;
  for (float& x : copy.mutable_data<float>()) x = x != x ? 0.5f : x;
  add_bytes(copy, hasher);
}

void add_random_graph(uint32_t number, base::Hasher& hasher) {
  Graph graph;
  const GraphScope scope(graph);
  const RandomGraph made(number);
  Session session(graph, {.random_seed = 1});
  session.initialize_variables();
  for (int step = 0; step < 2; ++step) {
    const RunRequest request{made.fetches(), made.targets(), made.feeds()};
    for (const Array& value : session.run(request)) add_floats(value, hasher);
  }
}

void add_training(base::Hasher& hasher) {
  Graph graph;
  const GraphScope scope(graph);
  const TrainingGraph training;
  Session session(graph, {.random_seed = 1});
  session.initialize_variables();
  for (int step = 0; step < 50; ++step) {
    add_bytes(session.run({{training.loss}, {training.train_op}, training.feeds})[0], hasher);
  }
}

uint64_t digest_of_this_process() {
  base::Hasher hasher;
  for (uint32_t number = 0; number < 100; ++number) add_random_graph(number, hasher);
  add_training(hasher);
  return hasher.value();
}

TEST(DigestOfThisProcess, IsTheSameTwice) {
  EXPECT_EQ(digest_of_this_process(), digest_of_this_process());
}

/// The tests below run this one in processes of their own and read what it prints.
TEST(DigestOfThisProcess, IsPrintedAndNotThatOfNothing) {
  const uint64_t digest = digest_of_this_process();
  EXPECT_NE(digest, base::Hasher().value());
  std::printf("digest %016llx\n", static_cast<unsigned long long>(digest));
}

std::string digest(const std::string& isa, int threads) {
  const std::string command = "RECKON_ISA=" + isa + " RECKON_THREADS=" + std::to_string(threads) +
                              " /proc/" + std::to_string(getpid()) +
                              "/exe --gtest_filter=DigestOfThisProcess.IsPrinted*";
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string output;
  char line[512];
  while (std::fgets(line, sizeof line, pipe.get()) != nullptr) output += line;
  const size_t at = output.find("digest ");
  return at == std::string::npos ? "none; the process wrote: " + output : output.substr(at, 23);
}

TEST(InstructionSets, GiveTheSameBits) {
  const std::string want = digest("portable", 1);
  EXPECT_EQ(want.size(), 23u) << want;
  for (kernels::Isa isa : {kernels::Isa::kAvx2, kernels::Isa::kAvx512}) {
    if (!kernels::isa_available(isa)) continue;
    EXPECT_EQ(digest(std::string(kernels::isa_name(isa)), 1), want) << kernels::isa_name(isa);
  }
}

TEST(NumbersOfThreads, GiveTheSameBits) {
  const std::string isa(kernels::isa_name(kernels::isa())), want = digest(isa, 1);
  EXPECT_EQ(want.size(), 23u) << want;
  for (int threads : {2, 3, 8}) EXPECT_EQ(digest(isa, threads), want) << threads << " threads";
}

}  // namespace instruction_sets_test
}  // namespace reckon::runtime
