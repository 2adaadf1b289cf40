// SPDX-License-Identifier: Apache-2.0
// Writer and reader against TensorFlow: golden/make_bundle_digests.py made the values and the small
// checkpoints.
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/crc32c.h"
#include "base/file_system.h"
#include "formats/bundle_reader.h"
#include "formats/bundle_writer.h"
#include "formats/bytes_fuzzer.h"
#include "formats/error_expectation.h"
#include "formats/golden_values.h"
#include "formats/proto/tensor_bundle.pb.h"
#include "formats/scratch_directory.h"

namespace reckon::formats {
namespace {

base::FileSystem& files() { return base::FileSystem::posix(); }

// `rows` is name -> [dtype, shape, digest].
void expect_values(const std::string& prefix, const nlohmann::json& rows) {
  SCOPED_TRACE(prefix);
  const BundleReader reader(files(), prefix);
  EXPECT_EQ(reader.names().size(), rows.size());
  for (const auto& [name, row] : rows.items()) {
    ASSERT_TRUE(reader.contains(name)) << name;
    expect_digest(reader.read(name), row, name);
  }
}

void expect_tree(const std::string& root, const nlohmann::json& checkpoints) {
  for (const auto& [prefix, rows] : checkpoints.items()) expect_values(root + "/" + prefix, rows);
}

void write_bundle(const std::string& prefix, const std::map<std::string, Array>& values) {
  const auto data = files().open_write(bundle_data_name(prefix));
  const auto index = files().open_write(bundle_index_name(prefix));
  BundleWriter writer(*data, *index);
  for (const auto& [name, value] : values) writer.add(name, value);
  writer.finish();
  data->close();
  index->close();
  EXPECT_EQ(writer.data_digest(), digest_of_file(files(), bundle_data_name(prefix)));
  EXPECT_EQ(writer.index_digest(), digest_of_file(files(), bundle_index_name(prefix)));
}

std::map<std::string, Array> read_all(const std::string& prefix) {
  const BundleReader reader(files(), prefix);
  std::map<std::string, Array> values;
  for (const std::string& name : reader.names()) values[name] = reader.read(name);
  return values;
}

TEST(Bundle, ReadsEveryDTypeSlicesAndShardsAsTensorFlowDoes) {
  expect_tree("src/formats/golden", golden_json("bundle_digests.json")["own"]);
}

TEST(Bundle, ReadsEveryCheckpointOfTheDataSet) {
  if (data_directory().empty()) GTEST_SKIP() << "RECKON_DATA, or ../shared/data, is not there";
  expect_tree(data_directory(), golden_json("bundle_digests.json")["data"]);
}

TEST(Bundle, ReadsEveryCheckpointOfTheGoldenRuns) {
  if (golden_directory().empty())
    GTEST_SKIP() << "RECKON_GOLDEN, or ../shared/golden, is not there";
  expect_tree(golden_directory(), golden_json("bundle_digests.json")["golden"]);
}

TEST(Bundle, FilesAreByteForByteTensorFlows) {
  ScratchDirectory scratch;
  write_bundle(scratch / "kinds.ckpt", read_all(golden_file("kinds.ckpt")));
  EXPECT_EQ(files().read_file(scratch / "kinds.ckpt.index"),
            files().read_file(golden_file("kinds.ckpt.index")));
  EXPECT_EQ(files().read_file(bundle_data_name(scratch / "kinds.ckpt")),
            files().read_file(bundle_data_name(golden_file("kinds.ckpt"))));
}

TEST(Bundle, ManyTensorsFillSeveralBlocksAndComeBack) {
  ScratchDirectory scratch;
  std::map<std::string, Array> values;
  for (int i = 0; i < 12000; ++i) {
    values["scope/layer_" + std::to_string(i)] = Array::from<int64_t>({i, -i}, {2});
  }
  write_bundle(scratch / "many", values);
  const auto back = read_all(scratch / "many");
  ASSERT_EQ(back.size(), values.size());
  for (const auto& [name, value] : values) EXPECT_TRUE(back.at(name).same_bits(value)) << name;
}

TEST(Bundle, AnEmptyBundleHasNoNames) {
  ScratchDirectory scratch;
  write_bundle(scratch / "none", {});
  EXPECT_TRUE(BundleReader(files(), scratch / "none").names().empty());
}

TEST(Bundle, WriterRefusesNamesOutOfOrder) {
  ScratchDirectory scratch;
  const auto data = files().open_write(scratch / "data"),
             index = files().open_write(scratch / "index");
  BundleWriter writer(*data, *index);
  const Array value = Array::scalar(1.0f);
  writer.add("b", value);
  expect_error(ErrorCode::kInvalidArgument, "'a' comes after 'b'", [&] { writer.add("a", value); });
  expect_error(ErrorCode::kInvalidArgument, "'b' comes after 'b'", [&] { writer.add("b", value); });
  expect_error(ErrorCode::kInvalidArgument, "'c' has no dtype", [&] { writer.add("c", Array()); });
  writer.finish();
  expect_error(ErrorCode::kInvalidArgument, "'d' is added after finish()",
               [&] { writer.add("d", value); });
  expect_error(ErrorCode::kInvalidArgument, "called twice", [&] { writer.finish(); });
}

TEST(Bundle, UnknownNameIsNotFound) {
  const BundleReader reader(files(), golden_file("slices.ckpt"));
  EXPECT_FALSE(reader.contains("tabl"));
  expect_error(ErrorCode::kNotFound, "there is no tensor 'tabl'", [&] { reader.read("tabl"); });
}

TEST(Bundle, MissingFilesAreNamed) {
  ScratchDirectory scratch;
  expect_error(ErrorCode::kNotFound, "none.index",
               [&] { BundleReader(files(), scratch / "none"); });
  std::filesystem::copy(golden_file("kinds.ckpt.index"), scratch / "kinds.ckpt.index");
  const BundleReader reader(files(), scratch / "kinds.ckpt");
  EXPECT_EQ(reader.dtype("bf16"), kBFloat16);
  expect_error(ErrorCode::kNotFound, "kinds.ckpt.data-00000-of-00001",
               [&] { reader.read("bf16"); });
}

// An index of one entry, with right CRCs.
std::string index_of(const proto::BundleHeaderProto& header, const proto::BundleEntryProto& entry) {
  return encode_table({{"", header.SerializeAsString()}, {"w", entry.SerializeAsString()}});
}

struct Crafted {
  Crafted() {
    header.set_num_shards(1);
    entry.set_dtype(proto::DT_FLOAT);
    entry.mutable_shape()->add_dim()->set_size(2);
    entry.set_size(8);
    entry.set_crc32c(base::masked_crc32c(std::string(8, '\0')));
  }
  Array read() const {
    files().write_file(bundle_index_name(scratch / "w"), index_of(header, entry));
    files().write_file(bundle_data_name(scratch / "w"), std::string(8, '\0'));
    return BundleReader(files(), scratch / "w").read("w");
  }
  ScratchDirectory scratch;
  proto::BundleHeaderProto header;
  proto::BundleEntryProto entry;
};

TEST(Bundle, SoundCraftedEntryIsRead) {
  EXPECT_TRUE(Crafted().read().same_bits(Array::zeros(kFloat32, {2})));
}

TEST(Bundle, BigEndianIsRefusedByName) {
  Crafted crafted;
  crafted.header.set_endianness(proto::BundleHeaderProto::BIG);
  expect_error(ErrorCode::kInvalidArgument, "big-endian", [&] { crafted.read(); });
}

TEST(Bundle, NewerFormatIsRefused) {
  Crafted crafted;
  crafted.header.mutable_version()->set_min_consumer(2);
  expect_error(ErrorCode::kInvalidArgument, "reader of version 2", [&] { crafted.read(); });
}

TEST(Bundle, EntriesThatDoNotFitAreDataLoss) {
  const auto refuse = [](const std::string& part, const std::function<void(Crafted&)>& spoil) {
    Crafted crafted;
    spoil(crafted);
    expect_error(ErrorCode::kDataLoss, part, [&] { crafted.read(); });
  };
  refuse("extent -1 is negative",
         [](Crafted& c) { c.entry.mutable_shape()->mutable_dim(0)->set_size(-1); });
  refuse("8 bytes do not hold 3 elements",
         [](Crafted& c) { c.entry.mutable_shape()->mutable_dim(0)->set_size(3); });
  refuse("more than 2^63 elements", [](Crafted& c) {
    for (int i = 0; i < 2; ++i) c.entry.mutable_shape()->add_dim()->set_size(int64_t{1} << 40);
  });
  refuse("the tensor has 8 bytes at offset 1, but the file has only 8 bytes",
         [](Crafted& c) { c.entry.set_offset(1); });
  refuse("offset 9223372036854775807", [](Crafted& c) { c.entry.set_offset(INT64_MAX); });
  refuse("must not be negative", [](Crafted& c) { c.entry.set_offset(-8); });
  refuse("shard 1 is not one of 1", [](Crafted& c) { c.entry.set_shard_id(1); });
  refuse("tensor w", [](Crafted& c) { c.entry.set_crc32c(1); });
  refuse("names 0 data files", [](Crafted& c) { c.header.set_num_shards(0); });
  refuse("names 2000000000 data files", [](Crafted& c) { c.header.set_num_shards(2000000000); });
  refuse("2 strings cannot lie in 5", [](Crafted& c) {
    c.entry.set_dtype(proto::DT_STRING);
    c.entry.set_size(5);
  });
  refuse("the slices hold 1 of 2 elements",
         [](Crafted& c) { c.entry.add_slices()->add_extent()->set_length(1); });
  refuse("two slices overlap", [](Crafted& c) {
    for (int i = 0; i < 2; ++i) c.entry.add_slices()->add_extent();
  });
  refuse("slice 0 has no entry", [](Crafted& c) { c.entry.add_slices()->add_extent(); });
  refuse("outside extent 2",
         [](Crafted& c) { c.entry.add_slices()->add_extent()->set_start(INT64_MAX); });
}

TEST(Bundle, DTypeOrRankThatNoArrayHoldsIsListedButNotRead) {
  Crafted crafted;
  crafted.entry.set_dtype(proto::DT_VARIANT);
  expect_error(ErrorCode::kInvalidArgument, "DataType 21", [&] { crafted.read(); });
  EXPECT_EQ(BundleReader(files(), crafted.scratch / "w").names(), std::vector<std::string>{"w"});
  Crafted deep;
  for (int i = 0; i < 8; ++i) deep.entry.mutable_shape()->add_dim()->set_size(1);
  expect_error(ErrorCode::kInvalidArgument, "9 dimensions", [&] { deep.read(); });
}

TEST(Bundle, BoolThatIsNeitherFalseNorTrueIsDataLoss) {
  Crafted crafted;
  crafted.entry.set_dtype(proto::DT_BOOL);
  crafted.entry.mutable_shape()->mutable_dim(0)->set_size(8);
  EXPECT_NO_THROW(crafted.read());
  const std::string bytes(8, '\2');
  crafted.entry.set_crc32c(base::masked_crc32c(bytes));
  files().write_file(bundle_index_name(crafted.scratch / "w"),
                     index_of(crafted.header, crafted.entry));
  files().write_file(bundle_data_name(crafted.scratch / "w"), bytes);
  expect_error(ErrorCode::kDataLoss, "element 0 is neither",
               [&] { BundleReader(files(), crafted.scratch / "w").read("w"); });
}

// Damages one file of a bundle and reads the whole.
void fuzz_file(const std::string& prefix, int shard, int num_shards, Damage damage) {
  ScratchDirectory scratch;
  const BundleReader sound(files(), golden_file(prefix));
  for (const std::string& path : sound.paths()) {
    std::filesystem::copy(path, scratch / base::base_name_of(path));
  }
  const std::string victim = shard < 0 ? bundle_index_name(scratch / prefix)
                                       : bundle_data_name(scratch / prefix, shard, num_shards);
  fuzz_bytes(files().read_file(victim), damage, [&](const std::string& bytes) {
    std::ofstream(victim, std::ios::binary) << bytes;
    BundleReader(files(), scratch / prefix).verify();
  });
}

TEST(Bundle, EveryDamageOfTheIndexIsNoticed) {
  fuzz_file("kinds.ckpt", -1, 1, Damage::kNoticed);
  fuzz_file("slices.ckpt", -1, 1, Damage::kNoticed);
  fuzz_file("shards.ckpt", -1, 2, Damage::kNoticed);
}

TEST(Bundle, EveryDamageOfTheDataIsNoticed) {
  fuzz_file("kinds.ckpt", 0, 1, Damage::kNoticed);
  fuzz_file("slices.ckpt", 0, 1, Damage::kNoticed);
  fuzz_file("shards.ckpt", 1, 2, Damage::kNoticed);
}

// Damage below the CRC: each message of the index is spoilt and the table written anew.
TEST(Bundle, DamagedEntriesWithRightCrcsNeverCrash) {
  ScratchDirectory scratch;
  std::filesystem::copy(bundle_data_name(golden_file("slices.ckpt")),
                        bundle_data_name(scratch / "s"));
  const TableEntries table = decode_table(files().read_file(golden_file("slices.ckpt.index")), "x");
  for (size_t row = 0; row < table.size(); ++row) {
    fuzz_bytes(
        table[row].second, Damage::kPerhapsNoticed,
        [&](const std::string& value) {
          TableEntries damaged = table;
          damaged[row].second = value;
          std::ofstream(bundle_index_name(scratch / "s"), std::ios::binary)
              << encode_table(damaged);
          BundleReader(files(), scratch / "s").verify();
        },
        50);
  }
}

}  // namespace
}  // namespace reckon::formats
