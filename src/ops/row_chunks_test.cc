// SPDX-License-Identifier: Apache-2.0
// Chunks of rows: every row once, cut by shape alone; of several faults the lowest row's is told.
#include "ops/row_chunks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace reckon::ops {
namespace row_chunks_test {

using Chunk = std::pair<int64_t, int64_t>;

std::vector<Chunk> chunks_of(base::Pool* pool, int64_t rows, int64_t row_elements) {
  std::vector<Chunk> chunks;
  std::mutex mutex;
  for_row_chunks(pool, rows, row_elements, [&](int64_t first, int64_t last) {
    const std::lock_guard lock(mutex);
    chunks.emplace_back(first, last);
  });
  std::sort(chunks.begin(), chunks.end());
  return chunks;
}

TEST(RowChunks, CoverEveryRowOnce) {
  base::Pool pool(3);
  for (const auto& [rows, row_elements] : std::vector<std::pair<int64_t, int64_t>>{
           {0, 7}, {1, 1}, {1000, 131}, {5, 1 << 20}, {100000, 1}, {3, 0}}) {
    int64_t next = 0;
    for (const auto& [first, last] : chunks_of(&pool, rows, row_elements)) {
      EXPECT_EQ(first, next);
      EXPECT_GT(last, first);
      next = last;
    }
    EXPECT_EQ(next, rows);
  }
}

TEST(RowChunks, AreThoseOfTheShapeWhateverTheThreads) {
  base::Pool one(1), four(4);
  const std::vector<Chunk> alone = chunks_of(nullptr, 1000, 131);
  EXPECT_GT(alone.size(), 1u);
  EXPECT_EQ(chunks_of(&one, 1000, 131), alone);
  EXPECT_EQ(chunks_of(&four, 1000, 131), alone);
}

TEST(RowChunks, HoldAtLeastOneRow) {
  EXPECT_EQ(chunks_of(nullptr, 3, 10 * kChunkElements),
            (std::vector<Chunk>{{0, 1}, {1, 2}, {2, 3}}));
  EXPECT_EQ(chunks_of(nullptr, 4, kChunkElements / 2), (std::vector<Chunk>{{0, 2}, {2, 4}}));
}

TEST(CheckRowChunks, TellsTheFaultOfTheLowestRows) {
  base::Pool pool(4);
  for (int attempt = 0; attempt < 20; ++attempt) {
    const kernels::Fault fault =
        check_row_chunks(&pool, 64, kChunkElements, [](int64_t first, int64_t) {
          return first >= 5 ? kernels::Fault("row " + std::to_string(first)) : kernels::Fault();
        });
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault.text(), "row 5");
  }
}

TEST(CheckRowChunks, WithoutAFaultHasNone) {
  base::Pool pool(2);
  EXPECT_FALSE(check_row_chunks(&pool, 100, kChunkElements,
                                [](int64_t, int64_t) { return kernels::Fault(); }));
}

}  // namespace row_chunks_test
}  // namespace reckon::ops
