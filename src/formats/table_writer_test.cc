// SPDX-License-Identifier: Apache-2.0
// The oracle is LevelDB's own table code: equal entries are equal bytes.
#include <leveldb/comparator.h>

#include "base/expect_error_testing.h"
#include "formats/byte_order.h"
#include "formats/table_fixture_testing.h"
#include "formats/table_layout.h"

namespace reckon::formats {
namespace table_writer_test {

using base::expect_error;

TEST(TableWriter, BytesAreThoseOfLevelDb) {
  for (const size_t block_bytes : {64, 1000, 4096, 256 * 1024}) {
    for (const int count : {0, 1, 15, 16, 17, 500}) {
      const TableEntries entries = sample(count);
      EXPECT_EQ(encode_table(entries, block_bytes),
                leveldb_table(entries, leveldb::kNoCompression, block_bytes))
          << count << " entries in blocks of " << block_bytes;
    }
  }
  EXPECT_EQ(encode_table({}), leveldb_table({}, leveldb::kNoCompression));
}

TEST(TableWriter, BytesAreLevelDbsForKeysThatShareNothingOrAll) {
  const TableEntries cases[] = {
      {{"a", "1"}, {"b", "2"}, {"c", "3"}},
      {{"a", "1"}, {"aa", "2"}, {"aaa", "3"}},
      {{"", ""}, {std::string(300, 'k'), std::string(70000, 'v')}},
      {{"a\xff", "1"}, {"a\xff\xff", "2"}, {"b", "3"}},
      {{std::string("a\0", 2), "1"}, {std::string("a\0b", 3), "2"}},
  };
  for (const TableEntries& entries : cases) {
    for (const size_t block_bytes : {1, 1 << 18}) {
      EXPECT_EQ(encode_table(entries, block_bytes),
                leveldb_table(entries, leveldb::kNoCompression, block_bytes))
          << entries[0].first << " in blocks of " << block_bytes;
    }
  }
}

// A key between two blocks, and one after the last: the shortest that LevelDB finds.
TEST(TableWriter, BytesAreLevelDbsWhereSeparatorsCannotBeShortened) {
  const TableEntries cases[] = {
      {{"abc", "1"}, {"abd", "2"}},
      {{"abc", "1"}, {"abcd", "2"}},
      {{"ab", "1"}, {"ad", "2"}},
      {{"a\xfe", "1"}, {"a\xff", "2"}},
      {{"\xff\xff", "1"}, {"\xff\xff\xff", "2"}},
      {{"a\x7f", "1"}, {"a\x81", "2"}},
  };
  for (const TableEntries& entries : cases) {
    EXPECT_EQ(encode_table(entries, 1), leveldb_table(entries, leveldb::kNoCompression, 1))
        << entries[0].first << " and " << entries[1].first;
  }
}

TEST(TableWriter, EndsWithTheMagicOfTables) {
  const std::string bytes = encode_table({});
  ASSERT_GE(bytes.size(), kTableFooterBytes);
  EXPECT_EQ(ByteCursor(std::string_view(bytes).substr(bytes.size() - 8)).fixed<uint64_t>(),
            kTableMagic);
}

TEST(TableWriter, SharedPrefixesAreWrittenOncePerRestart) {
  TableEntries entries;
  for (int i = 0; i < 64; ++i)
    entries.emplace_back(std::string(1000, 'p') + std::to_string(100 + i), "");
  const size_t restarts = entries.size() / kRestartInterval;
  EXPECT_LT(encode_table(entries).size(), (restarts + 2) * 1000 + 64 * 8);
  EXPECT_GT(encode_table(entries).size(), restarts * 1000);
}

TEST(TableWriter, RefusesKeysOutOfOrderNamingBoth) {
  const auto refuse = [](const TableEntries& entries, const std::string& text) {
    expect_error([&] { encode_table(entries); }, ErrorCode::kInvalidArgument, text);
  };
  refuse({{"b", ""}, {"a", ""}}, "[table] key 'a' comes after 'b'; keys must ascend strictly");
  refuse({{"a", ""}, {"a", ""}}, "key 'a' comes after 'a'");
  refuse({{"\x80", ""}, {"a", ""}}, "key 'a' comes after");
}

}  // namespace table_writer_test
}  // namespace reckon::formats
