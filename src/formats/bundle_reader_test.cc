// SPDX-License-Identifier: Apache-2.0
// Checkpoints that TensorFlow wrote: golden/make_bundle_digests.py made the values and the small
// ones.
#include "formats/bundle_reader.h"

#include <fstream>

#include <nlohmann/json.hpp>

#include "base/expect_error_testing.h"
#include "formats/bundle_fixture_testing.h"
#include "formats/bytes_fuzzer_testing.h"
#include "formats/golden_values_testing.h"
#include "formats/scratch_directory_testing.h"

namespace reckon::formats {
namespace bundle_reader_test {

using base::expect_error;

// `rows` is name -> [dtype, shape, digest].
void expect_values(const std::string& prefix, const nlohmann::json& rows) {
  SCOPED_TRACE(prefix);
  const BundleReader reader(disk(), prefix);
  EXPECT_EQ(reader.names().size(), rows.size());
  for (const auto& [name, row] : rows.items()) {
    ASSERT_TRUE(reader.contains(name)) << name;
    expect_digest(reader.read(name), row, name);
  }
}

void expect_tree(const std::string& root, const nlohmann::json& checkpoints) {
  EXPECT_FALSE(checkpoints.empty());
  for (const auto& [prefix, rows] : checkpoints.items()) expect_values(root + "/" + prefix, rows);
}

TEST(BundleReader, ReadsEveryDTypeSlicesAndShardsAsTensorFlowDoes) {
  expect_tree("src/formats/golden", golden_json("bundle_digests.json")["own"]);
}

TEST(BundleReader, ReadsEveryCheckpointOfTheDataSet) {
  if (data_directory().empty()) GTEST_SKIP() << missing_data("every checkpoint");
  expect_tree(data_directory(), golden_json("bundle_digests.json")["data"]);
}

TEST(BundleReader, ReadsEveryCheckpointOfTheGoldenRuns) {
  if (golden_directory().empty()) GTEST_SKIP() << missing_golden("every checkpoint");
  expect_tree(golden_directory(), golden_json("bundle_digests.json")["golden"]);
}

TEST(BundleReader, UnknownNameIsNotFound) {
  const BundleReader reader(disk(), golden_file("slices.ckpt"));
  EXPECT_FALSE(reader.contains("tabl"));
  expect_error([&] { reader.read("tabl"); }, ErrorCode::kNotFound, "there is no tensor 'tabl'");
}

TEST(BundleReader, MissingFilesAreNamed) {
  base::MemoryFileSystem files;
  expect_error([&] { BundleReader(files, "none"); }, ErrorCode::kNotFound, "none.index");
  files.write_file("kinds.ckpt.index", disk().read_file(golden_file("kinds.ckpt.index")));
  const BundleReader reader(files, "kinds.ckpt");
  EXPECT_EQ(reader.dtype("bf16"), kBFloat16) << "the index alone tells dtypes and shapes";
  expect_error([&] { reader.read("bf16"); }, ErrorCode::kNotFound,
               "kinds.ckpt.data-00000-of-00001");
}

TEST(BundleReader, SoundCraftedEntryIsRead) {
  EXPECT_TRUE(CraftedBundle().read().same_bits(Array::zeros(kFloat32, {2})));
}

TEST(BundleReader, TensorsThatTheDataFileCannotHoldAreDataLoss) {
  expect_refused(ErrorCode::kDataLoss,
                 "the tensor has 8 bytes at offset 1, but the file has only 8 bytes",
                 [](CraftedBundle& c) { c.entry.set_offset(1); });
  expect_refused(ErrorCode::kDataLoss, "offset 9223372036854775807",
                 [](CraftedBundle& c) { c.entry.set_offset(INT64_MAX); });
  expect_refused(ErrorCode::kDataLoss, "but the file has only 7 bytes",
                 [](CraftedBundle& c) { c.data.pop_back(); });
}

TEST(BundleReader, AWrongCrcNamesFileTensorAndOffset) {
  expect_refused(ErrorCode::kDataLoss,
                 "[checkpoint] the CRC of 8 bytes at offset 0 differs from the index; the file is "
                 "damaged: use another copy. At "
                 "w.data-00000-of-00001, tensor w",
                 [](CraftedBundle& c) { c.data[3] = 'x'; });
}

TEST(BundleReader, DTypeOrRankThatNoArrayHoldsIsListedButNotRead) {
  CraftedBundle crafted;
  crafted.entry.set_dtype(proto::DT_VARIANT);
  const BundleReader reader = crafted.open();
  EXPECT_EQ(reader.names(), std::vector<std::string>{"w"});
  expect_error([&] { reader.read("w"); }, ErrorCode::kInvalidArgument, "DataType 21");
  EXPECT_NO_THROW(reader.verify()) << "what cannot be read is passed over";
  expect_refused(ErrorCode::kInvalidArgument, "9 dimensions", [](CraftedBundle& c) {
    for (int i = 0; i < 8; ++i) c.entry.mutable_shape()->add_dim()->set_size(1);
  });
}

TEST(BundleReader, BoolThatIsNeitherFalseNorTrueIsDataLoss) {
  CraftedBundle crafted;
  crafted.entry.set_dtype(proto::DT_BOOL);
  crafted.entry.mutable_shape()->mutable_dim(0)->set_size(8);
  EXPECT_NO_THROW(crafted.read());
  crafted.data = std::string(7, '\1') + "\2";
  crafted.entry.set_crc32c(base::masked_crc32c(crafted.data));
  expect_error([&] { crafted.read(); }, ErrorCode::kDataLoss, "element 7 is neither");
}

TEST(BundleReader, AnOpenOneStaysReadableAfterItsFilesAreDeleted) {
  base::MemoryFileSystem files;
  write_bundle(files, "x", {{"a", Array::scalar(1.0f)}, {"b", Array::scalar(2.0f)}});
  const BundleReader reader(files, "x");
  EXPECT_EQ(reader.read("a").item<float>(), 1);
  for (const std::string& path : reader.paths()) files.remove(path);
  EXPECT_EQ(reader.read("b").item<float>(), 2);
}

TEST(BundleReader, PathsAreTheIndexAndEveryShard) {
  const BundleReader reader(disk(), golden_file("shards.ckpt"));
  EXPECT_EQ(reader.paths(),
            (std::vector<std::string>{golden_file("shards.ckpt.index"),
                                      golden_file("shards.ckpt.data-00000-of-00002"),
                                      golden_file("shards.ckpt.data-00001-of-00002")}));
}

// Damages one file of a bundle and reads the whole.
void fuzz_file(const std::string& prefix, int shard, int num_shards, Damage damage) {
  base::MemoryFileSystem files;
  for (const std::string& path : BundleReader(disk(), golden_file(prefix)).paths()) {
    files.write_file(base::base_name_of(path), disk().read_file(path));
  }
  const std::string victim =
      shard < 0 ? bundle_index_name(prefix) : bundle_data_name(prefix, shard, num_shards);
  fuzz_bytes(
      files.read_file(victim), damage,
      [&](const std::string& bytes) {
        files.write_file(victim, bytes);
        BundleReader(files, prefix).verify();
      },
      1000);
}

TEST(BundleReader, EveryDamageOfTheIndexIsNoticed) {
  fuzz_file("kinds.ckpt", -1, 1, Damage::kNoticed);
  fuzz_file("slices.ckpt", -1, 1, Damage::kNoticed);
  fuzz_file("shards.ckpt", -1, 2, Damage::kNoticed);
}

TEST(BundleReader, EveryDamageOfTheDataIsNoticed) {
  fuzz_file("kinds.ckpt", 0, 1, Damage::kNoticed);
  fuzz_file("slices.ckpt", 0, 1, Damage::kNoticed);
  fuzz_file("shards.ckpt", 1, 2, Damage::kNoticed);
}

// Damage below the CRC: each message of the index is spoilt and the table written anew.
TEST(BundleReader, DamagedEntriesWithRightCrcsNeverCrash) {
  base::MemoryFileSystem files;
  files.write_file(bundle_data_name("s"),
                   disk().read_file(bundle_data_name(golden_file("slices.ckpt"))));
  const TableEntries table = decode_table(disk().read_file(golden_file("slices.ckpt.index")), "x");
  for (size_t row = 0; row < table.size(); ++row) {
    fuzz_bytes(
        table[row].second, Damage::kPerhapsNoticed,
        [&](const std::string& value) {
          TableEntries damaged = table;
          damaged[row].second = value;
          files.write_file(bundle_index_name("s"), encode_table(damaged));
          BundleReader(files, "s").verify();
        },
        50);
  }
}

}  // namespace bundle_reader_test
}  // namespace reckon::formats
