// SPDX-License-Identifier: Apache-2.0
// The oracle is LevelDB's own table code.
#include "formats/table.h"

#include <gtest/gtest.h>
#include <leveldb/env.h>
#include <leveldb/options.h>
#include <leveldb/table_builder.h>
#include <snappy.h>

#include "base/crc32c.h"
#include "formats/byte_order.h"
#include "formats/bytes_fuzzer.h"
#include "formats/table_layout.h"

namespace reckon::formats {
namespace {

class StringFile : public leveldb::WritableFile {
 public:
  leveldb::Status Append(const leveldb::Slice& data) override {
    bytes.append(data.data(), data.size());
    return {};
  }
  leveldb::Status Close() override { return {}; }
  leveldb::Status Flush() override { return {}; }
  leveldb::Status Sync() override { return {}; }
  std::string bytes;
};

std::string leveldb_table(const TableEntries& entries, leveldb::CompressionType compression,
                          size_t block_bytes = 256 * 1024) {
  leveldb::Options options;
  options.compression = compression;
  options.block_size = block_bytes;
  StringFile file;
  leveldb::TableBuilder builder(options, &file);
  for (const auto& [key, value] : entries) builder.Add(key, value);
  EXPECT_TRUE(builder.Finish().ok());
  return file.bytes;
}

TableEntries sample(int count) {
  TableEntries entries = {{"", "header"}};
  for (int i = 0; i < count; ++i) {
    entries.emplace_back("scope/layer_" + std::to_string(100000 + i) + "/kernel",
                         std::string(i % 37, 'v'));
  }
  return entries;
}

void expect_damage(const std::string& bytes, const std::string& part) {
  try {
    decode_table(bytes, "x.index");
    ADD_FAILURE() << "not refused: " << part;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kDataLoss);
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("x.index, offset"), std::string::npos) << error.what();
  }
}

// A table made by hand: one data block with a right CRC and whatever content.
std::string table_of_block(std::string content, char type = kRawBlock, uint64_t handle_size = 0,
                           uint64_t handle_offset = 0, const std::string& limit = "\xff") {
  const auto add_block = [](std::string& file, std::string block, char kind) {
    std::string handle;
    append_varint(handle, file.size());
    append_varint(handle, block.size());
    block.push_back(kind);
    append_fixed(block, base::masked_crc32c(block));
    file += block;
    return handle;
  };
  std::string file, handle;
  std::string real = add_block(file, content, type);
  append_varint(handle, handle_offset);
  append_varint(handle, handle_size == 0 ? content.size() : handle_size);
  std::string empty;
  append_fixed<uint32_t>(empty, 0);
  append_fixed<uint32_t>(empty, 1);
  std::string footer = add_block(file, empty, kRawBlock);
  std::string index;
  append_varint(index, 0);
  append_varint(index, limit.size());
  append_varint(index, handle.size());
  index += limit + handle;
  append_fixed<uint32_t>(index, 0);
  append_fixed<uint32_t>(index, 1);
  footer += add_block(file, index, kRawBlock);
  footer.resize(kTableFooterBytes - 8);
  append_fixed(footer, kTableMagic);
  return file + footer;
}

std::string entry(uint64_t shared, const std::string& suffix, const std::string& value) {
  std::string bytes;
  append_varint(bytes, shared);
  append_varint(bytes, suffix.size());
  append_varint(bytes, value.size());
  return bytes + suffix + value;
}

std::string with_restarts(std::string entries, std::vector<uint32_t> restarts = {0}) {
  for (const uint32_t restart : restarts) append_fixed(entries, restart);
  append_fixed(entries, static_cast<uint32_t>(restarts.size()));
  return entries;
}

TEST(Table, BytesAreThoseOfLevelDb) {
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

TEST(Table, EntriesComeBack) {
  for (const size_t block_bytes : {1, 100, 1 << 18}) {
    EXPECT_EQ(decode_table(encode_table(sample(300), block_bytes), "x.index"), sample(300));
  }
}

TEST(Table, ReadsSnappyBlocks) {
  const std::string bytes = leveldb_table(sample(5000), leveldb::kSnappyCompression, 4096);
  ASSERT_LT(bytes.size(), encode_table(sample(5000)).size());
  EXPECT_EQ(decode_table(bytes, "x.index"), sample(5000));
}

TEST(Table, RefusesToWriteKeysOutOfOrder) {
  EXPECT_THROW(encode_table({{"b", ""}, {"a", ""}}), Error);
  EXPECT_THROW(encode_table({{"a", ""}, {"a", ""}}), Error);
}

TEST(Table, SoundHandMadeTableIsRead) {
  const std::string block = with_restarts(entry(0, "ab", "1") + entry(1, "c", "2"));
  EXPECT_EQ(decode_table(table_of_block(block), "x.index"),
            (TableEntries{{"ab", "1"}, {"ac", "2"}}));
}

TEST(Table, RefusesHandlesOutsideTheFile) {
  const std::string block = with_restarts(entry(0, "a", "1"));
  expect_damage(table_of_block(block, kRawBlock, 1 << 20), "outside");
  expect_damage(table_of_block(block, kRawBlock, 1, uint64_t{1} << 63), "outside");
  expect_damage(table_of_block(block, kRawBlock, ~uint64_t{0}, 5), "outside");
}

TEST(Table, RefusesAHandleToTheIndexItself) {
  const std::string block = with_restarts(entry(0, "a", "1"));
  const uint64_t index_offset = block.size() + 5 + 8 + 5;
  expect_damage(table_of_block(block, kRawBlock, 5, index_offset), "overlaps");
}

TEST(Table, RefusesRestartsThatDoNotFit) {
  std::string block = entry(0, "a", "1");
  append_fixed<uint32_t>(block, 0);
  append_fixed<uint32_t>(block, 1000000);
  expect_damage(table_of_block(block), "claims 1000000 restarts");
  append_fixed<uint32_t>(block, 0xffffffff);
  expect_damage(table_of_block(block), "claims 4294967295 restarts");
  expect_damage(table_of_block(with_restarts(entry(0, "a", "1"), {0, 2})), "restart 1");
  expect_damage(table_of_block("ab"), "4 is the least");
}

TEST(Table, RefusesSharedBeyondTheKeyBefore) {
  expect_damage(table_of_block(with_restarts(entry(0, "a", "1") + entry(2, "b", "1"))),
                "shares 2 bytes of a key of 1");
  expect_damage(table_of_block(with_restarts(entry(1, "a", "1"))), "shares 1 bytes of a key of 0");
}

TEST(Table, RefusesUnsortedAndDuplicateKeys) {
  expect_damage(table_of_block(with_restarts(entry(0, "b", "1") + entry(0, "a", "1"))),
                "does not come after");
  expect_damage(table_of_block(with_restarts(entry(0, "b", "1") + entry(1, "", "1"))),
                "does not come after");
  expect_damage(table_of_block(with_restarts(entry(0, "b", "1")), kRawBlock, 0, 0, "a"),
                "beyond its block's limit");
}

TEST(Table, RefusesEntriesLongerThanTheBlock) {
  std::string block;
  append_varint(block, 0);
  append_varint(block, uint64_t{1} << 62);
  append_varint(block, 0);
  expect_damage(table_of_block(with_restarts(block + "a")), "more than the block has");
  expect_damage(table_of_block(with_restarts("\xff\xff")), "cut short");
}

TEST(Table, RefusesUnknownBlockTypes) {
  expect_damage(table_of_block(with_restarts(entry(0, "a", "1")), 2), "block type 2");
}

TEST(Table, RefusesSnappyThatClaimsFourGigabytes) {
  std::string content;
  append_varint(content, 0xffffffff);
  expect_damage(table_of_block(content + std::string(40, '\0'), kSnappyBlock),
                "claims to hold 4294967295");
  expect_damage(table_of_block("\x05"
                               "abc",
                               kSnappyBlock),
                "cannot be expanded");
}

TEST(Table, RefusesKeysThatMultiply) {
  // Each entry of 5 bytes repeats a key of 200 KB and makes it longer.
  std::string entries = entry(0, std::string(200000, 'k'), "");
  for (int i = 0; i < 20000; ++i) entries += entry(200000 + i, "k", "");
  expect_damage(table_of_block(with_restarts(entries)), "expands more than");
}

TEST(Table, RefusesAFileThatIsNoTable) {
  expect_damage("", "footer");
  expect_damage(std::string(100, 'x'), "no checkpoint index");
}

TEST(Table, NoticesEveryDamage) {
  const auto parse = [](const std::string& bytes) { decode_table(bytes, "x.index"); };
  fuzz_bytes(encode_table(sample(200), 1024), Damage::kNoticed, parse, 2000);
  fuzz_bytes(leveldb_table(sample(200), leveldb::kSnappyCompression, 1024), Damage::kNoticed, parse,
             2000);
}

}  // namespace
}  // namespace reckon::formats
