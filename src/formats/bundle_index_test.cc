// SPDX-License-Identifier: Apache-2.0
// Every number of the index is checked against the others before anybody uses it.
#include "formats/bundle_index.h"

#include "base/expect_error_testing.h"
#include "formats/bundle_fixture_testing.h"
#include "formats/bytes_fuzzer_testing.h"
#include "formats/golden_directory_testing.h"

namespace reckon::formats {
namespace bundle_index_test {

using base::expect_error;

BundleIndex golden_index(const std::string& name) {
  const std::string path = bundle_index_name(golden_file(name));
  return decode_bundle_index(base::FileSystem::posix().read_file(path), path);
}

TEST(BundleIndex, AnEntryTellsDTypeShapeAndPlace) {
  CraftedBundle crafted;
  crafted.entry.set_offset(40);
  const BundleIndex index = decode_bundle_index(crafted.index(), "w.index");
  EXPECT_EQ(index.num_shards, 1);
  ASSERT_EQ(index.entries.size(), 1u);
  const BundleEntry& entry = index.entries.at("w");
  EXPECT_EQ(entry.dtype, kFloat32);
  EXPECT_EQ(entry.dims, std::vector<int64_t>{2});
  EXPECT_EQ(entry.num_elements, 2);
  EXPECT_EQ(entry.offset, 40u);
  EXPECT_EQ(entry.size, 8u);
  EXPECT_EQ(entry.masked_crc32c, base::masked_crc32c(std::string(8, '\0')));
  EXPECT_TRUE(entry.slices.empty());
}

TEST(BundleIndex, ScalarsHaveOneElementAndEmptyShapesNone) {
  CraftedBundle crafted;
  crafted.entry.clear_shape();
  crafted.entry.set_size(4);
  EXPECT_EQ(decode_bundle_index(crafted.index(), "x").entries.at("w").num_elements, 1);
  for (const int64_t extent : {int64_t{1} << 20, int64_t{0}, int64_t{1} << 40})
    crafted.entry.mutable_shape()->add_dim()->set_size(extent);
  crafted.entry.set_size(0);
  EXPECT_EQ(decode_bundle_index(crafted.index(), "x").entries.at("w").num_elements, 0);
}

TEST(BundleIndex, APartitionedVariableKnowsItsSlicesAndTheirKeys) {
  const BundleIndex index = golden_index("slices.ckpt");
  int partitioned = 0;
  for (const auto& [name, entry] : index.entries) {
    ASSERT_EQ(entry.slices.size(), entry.slice_keys.size()) << name;
    if (entry.slices.empty()) continue;
    ++partitioned;
    EXPECT_FALSE(is_slice_key(name));
    int64_t elements = 0;
    for (const std::string& key : entry.slice_keys) {
      EXPECT_TRUE(is_slice_key(key));
      elements += index.entries.at(key).num_elements;
    }
    EXPECT_EQ(elements, entry.num_elements) << name;
  }
  EXPECT_GT(partitioned, 0);
}

TEST(BundleIndex, TellsWhichShardHoldsATensor) {
  const BundleIndex index = golden_index("shards.ckpt");
  EXPECT_EQ(index.num_shards, 2);
  std::vector<int> entries_of(2);
  for (const auto& [name, entry] : index.entries) ++entries_of.at(entry.shard);
  EXPECT_GT(entries_of[0], 0);
  EXPECT_GT(entries_of[1], 0);
}

TEST(BundleIndex, BigEndianIsRefusedByName) {
  expect_refused(ErrorCode::kInvalidArgument, "big-endian",
                 [](CraftedBundle& c) { c.header.set_endianness(proto::BundleHeaderProto::BIG); });
}

TEST(BundleIndex, ANewerFormatIsRefused) {
  expect_refused(ErrorCode::kInvalidArgument, "reader of version 2",
                 [](CraftedBundle& c) { c.header.mutable_version()->set_min_consumer(2); });
}

TEST(BundleIndex, EntriesThatDoNotFitAreDataLoss) {
  const auto refuse = [](const std::string& part,
                         const std::function<void(CraftedBundle&)>& spoil) {
    expect_refused(ErrorCode::kDataLoss, part, spoil);
  };
  refuse("extent -1 is negative",
         [](CraftedBundle& c) { c.entry.mutable_shape()->mutable_dim(0)->set_size(-1); });
  refuse("8 bytes do not hold 3 elements",
         [](CraftedBundle& c) { c.entry.mutable_shape()->mutable_dim(0)->set_size(3); });
  refuse("more than 2^63 elements", [](CraftedBundle& c) {
    for (int i = 0; i < 2; ++i) c.entry.mutable_shape()->add_dim()->set_size(int64_t{1} << 40);
  });
  refuse("must not be negative", [](CraftedBundle& c) { c.entry.set_offset(-8); });
  refuse("shard 1 is not one of 1", [](CraftedBundle& c) { c.entry.set_shard_id(1); });
  refuse("names 0 data files", [](CraftedBundle& c) { c.header.set_num_shards(0); });
  refuse("names 2000000000 data files",
         [](CraftedBundle& c) { c.header.set_num_shards(2000000000); });
  refuse("2 strings cannot lie in 5", [](CraftedBundle& c) {
    c.entry.set_dtype(proto::DT_STRING);
    c.entry.set_size(5);
  });
  refuse("the slices hold 1 of 2 elements",
         [](CraftedBundle& c) { c.entry.add_slices()->add_extent()->set_length(1); });
  refuse("two slices overlap", [](CraftedBundle& c) {
    for (int i = 0; i < 2; ++i) c.entry.add_slices()->add_extent();
  });
  refuse("slice 0 has no entry", [](CraftedBundle& c) { c.entry.add_slices()->add_extent(); });
  refuse("outside extent 2",
         [](CraftedBundle& c) { c.entry.add_slices()->add_extent()->set_start(INT64_MAX); });
}

TEST(BundleIndex, ErrorsNameTheFileAndTheEntryWithoutControlCharacters) {
  CraftedBundle crafted;
  crafted.entry.set_shard_id(9);
  const std::string table = encode_table({{"", crafted.header.SerializeAsString()},
                                          {"w\n\x1b[31m", crafted.entry.SerializeAsString()}});
  expect_error([&] { decode_bundle_index(table, "x.index"); }, ErrorCode::kDataLoss,
               "x.index, entry w??[31m");
}

TEST(BundleIndex, WhatIsNoMessageIsDataLoss) {
  const auto refuse = [](const TableEntries& entries, const std::string& part) {
    expect_error([&] { decode_bundle_index(encode_table(entries), "x.index"); },
                 ErrorCode::kDataLoss, part);
  };
  const std::string header = CraftedBundle().header.SerializeAsString();
  refuse({}, "the first key is not the empty one of the header");
  refuse({{"w", header}}, "the first key is not the empty one of the header");
  refuse({{"", "\xff\xff"}}, "the header is not a BundleHeaderProto");
  refuse({{"", header}, {"w", "\xff\xff"}}, "the entry is not a BundleEntryProto");
  refuse({{"", ""}}, "names 0 data files");
}

TEST(BundleIndex, ADTypeThatNoArrayHoldsIsKeptByItsCode) {
  CraftedBundle crafted;
  crafted.entry.set_dtype(proto::DT_VARIANT);
  crafted.entry.set_size(12345);
  const BundleEntry entry = decode_bundle_index(crafted.index(), "x").entries.at("w");
  EXPECT_EQ(entry.dtype, DType::kInvalid);
  EXPECT_EQ(entry.dtype_code, proto::DT_VARIANT);
}

TEST(BundleIndex, EveryDamageIsNoticed) {
  fuzz_bytes(
      base::FileSystem::posix().read_file(golden_file("slices.ckpt.index")), Damage::kNoticed,
      [](const std::string& bytes) { decode_bundle_index(bytes, "x"); }, 1000);
}

}  // namespace bundle_index_test
}  // namespace reckon::formats
