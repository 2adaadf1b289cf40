// SPDX-License-Identifier: Apache-2.0
// Tables that LevelDB wrote are read; what is damaged or hostile is refused, each kind by its text.
#include "base/crc32c.h"
#include "base/expect_error_testing.h"
#include "formats/byte_order.h"
#include "formats/bytes_fuzzer_testing.h"
#include "formats/table_fixture_testing.h"
#include "formats/table_layout.h"

namespace reckon::formats {
namespace table_reader_test {

void expect_damage(const std::string& bytes, const std::string& part) {
  for (const std::string& text : {part, std::string("x.index, offset")}) {
    base::expect_error([&] { decode_table(bytes, "x.index"); }, ErrorCode::kDataLoss, text);
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

TEST(TableReader, EntriesComeBack) {
  for (const size_t block_bytes : {1, 100, 1 << 18}) {
    EXPECT_EQ(decode_table(encode_table(sample(300), block_bytes), "x.index"), sample(300));
  }
}

TEST(TableReader, ReadsSnappyBlocks) {
  const std::string bytes = leveldb_table(sample(5000), leveldb::kSnappyCompression, 4096);
  ASSERT_LT(bytes.size(), encode_table(sample(5000)).size());
  EXPECT_EQ(decode_table(bytes, "x.index"), sample(5000));
}

TEST(TableReader, ReadsWhatLevelDbWroteInBlocksOfAnySize) {
  for (const auto compression : {leveldb::kNoCompression, leveldb::kSnappyCompression}) {
    for (const size_t block_bytes : {1, 64, 1000, 1 << 18}) {
      EXPECT_EQ(decode_table(leveldb_table(sample(200), compression, block_bytes), "x.index"),
                sample(200))
          << block_bytes;
    }
  }
}

TEST(TableReader, AnEmptyTableHasNoEntries) {
  EXPECT_TRUE(decode_table(leveldb_table({}, leveldb::kNoCompression), "x.index").empty());
}

TEST(TableReader, KeysAndValuesMayHoldAnyByte) {
  const TableEntries entries = {{std::string("\0", 1), std::string("\0\xff", 2)},
                                {"\xff\xff", std::string(1000, '\0')}};
  EXPECT_EQ(decode_table(encode_table(entries), "x.index"), entries);
}

TEST(TableReader, SoundHandMadeTableIsRead) {
  const std::string block = with_restarts(entry(0, "ab", "1") + entry(1, "c", "2"));
  EXPECT_EQ(decode_table(table_of_block(block), "x.index"),
            (TableEntries{{"ab", "1"}, {"ac", "2"}}));
}

TEST(TableReader, RefusesHandlesOutsideTheFile) {
  const std::string block = with_restarts(entry(0, "a", "1"));
  expect_damage(table_of_block(block, kRawBlock, 1 << 20), "outside");
  expect_damage(table_of_block(block, kRawBlock, 1, uint64_t{1} << 63), "outside");
  expect_damage(table_of_block(block, kRawBlock, ~uint64_t{0}, 5), "outside");
}

TEST(TableReader, RefusesAHandleToTheIndexItself) {
  const std::string block = with_restarts(entry(0, "a", "1"));
  const uint64_t index_offset = block.size() + 5 + 8 + 5;
  expect_damage(table_of_block(block, kRawBlock, 5, index_offset), "overlaps");
}

TEST(TableReader, RefusesRestartsThatDoNotFit) {
  std::string block = entry(0, "a", "1");
  append_fixed<uint32_t>(block, 0);
  append_fixed<uint32_t>(block, 1000000);
  expect_damage(table_of_block(block), "claims 1000000 restarts");
  append_fixed<uint32_t>(block, 0xffffffff);
  expect_damage(table_of_block(block), "claims 4294967295 restarts");
  expect_damage(table_of_block(with_restarts(entry(0, "a", "1"), {0, 2})), "restart 1");
  expect_damage(table_of_block("ab"), "4 is the least");
}

TEST(TableReader, RefusesSharedBeyondTheKeyBefore) {
  expect_damage(table_of_block(with_restarts(entry(0, "a", "1") + entry(2, "b", "1"))),
                "shares 2 bytes of a key of 1");
  expect_damage(table_of_block(with_restarts(entry(1, "a", "1"))), "shares 1 bytes of a key of 0");
}

TEST(TableReader, RefusesUnsortedAndDuplicateKeys) {
  expect_damage(table_of_block(with_restarts(entry(0, "b", "1") + entry(0, "a", "1"))),
                "does not come after");
  expect_damage(table_of_block(with_restarts(entry(0, "b", "1") + entry(1, "", "1"))),
                "does not come after");
  expect_damage(table_of_block(with_restarts(entry(0, "b", "1")), kRawBlock, 0, 0, "a"),
                "beyond its block's limit");
}

TEST(TableReader, RefusesEntriesLongerThanTheBlock) {
  std::string block;
  append_varint(block, 0);
  append_varint(block, uint64_t{1} << 62);
  append_varint(block, 0);
  expect_damage(table_of_block(with_restarts(block + "a")), "more than the block has");
  expect_damage(table_of_block(with_restarts("\xff\xff")), "cut short");
}

TEST(TableReader, RefusesUnknownBlockTypes) {
  expect_damage(table_of_block(with_restarts(entry(0, "a", "1")), 2), "block type 2");
}

TEST(TableReader, RefusesSnappyThatClaimsFourGigabytes) {
  std::string content;
  append_varint(content, 0xffffffff);
  expect_damage(table_of_block(content + std::string(40, '\0'), kSnappyBlock),
                "claims to hold 4294967295");
  expect_damage(table_of_block("\x05"
                               "abc",
                               kSnappyBlock),
                "cannot be expanded");
}

TEST(TableReader, RefusesKeysThatMultiply) {
  // Each entry of 5 bytes repeats a key of 200 KB and makes it longer.
  std::string entries = entry(0, std::string(200000, 'k'), "");
  for (int i = 0; i < 20000; ++i) entries += entry(200000 + i, "k", "");
  expect_damage(table_of_block(with_restarts(entries)), "expands more than");
}

TEST(TableReader, RefusesAFileThatIsNoTable) {
  expect_damage("", "footer");
  expect_damage(std::string(100, 'x'), "no checkpoint index");
}

TEST(TableReader, RefusesAFooterWhosePaddingIsNotZero) {
  std::string bytes = encode_table(sample(3));
  bytes[bytes.size() - 9] = 'x';
  expect_damage(bytes, "the footer's padding is not zero");
}

TEST(TableReader, RefusesAFileThatWasCutOrGrew) {
  const std::string bytes = encode_table(sample(40), 256);
  expect_damage(bytes.substr(1), "offset");
  expect_damage(bytes + "x", "the last 8 bytes are not a table's");
}

TEST(TableReader, NamesTheBlockWhoseCrcDiffers) {
  const std::string block = with_restarts(entry(0, "a", "1"));
  std::string bytes = table_of_block(block);
  bytes[0] ^= 1;
  expect_damage(bytes, "the CRC of a block of " + std::to_string(block.size()) + " bytes differs");
}

TEST(TableReader, NoticesEveryDamage) {
  const auto parse = [](const std::string& bytes) { decode_table(bytes, "x.index"); };
  fuzz_bytes(encode_table(sample(200), 1024), Damage::kNoticed, parse, 2000);
  fuzz_bytes(leveldb_table(sample(200), leveldb::kSnappyCompression, 1024), Damage::kNoticed, parse,
             2000);
}

}  // namespace table_reader_test
}  // namespace reckon::formats
