// SPDX-License-Identifier: Apache-2.0
// Bytes are TensorFlow's: golden/make_bundle_digests.py made the small checkpoints.
#include "formats/bundle_writer.h"

#include "base/expect_error_testing.h"
#include "base/faulty_file_system_testing.h"
#include "formats/bundle_fixture_testing.h"
#include "formats/bundle_index.h"
#include "formats/golden_directory_testing.h"
#include "formats/scratch_directory_testing.h"

namespace reckon::formats {
namespace bundle_writer_test {

using base::expect_error;

TEST(BundleWriter, FilesAreByteForByteTensorFlows) {
  base::MemoryFileSystem files;
  write_bundle(files, "kinds.ckpt", read_all(disk(), golden_file("kinds.ckpt")));
  EXPECT_EQ(files.read_file("kinds.ckpt.index"), disk().read_file(golden_file("kinds.ckpt.index")));
  EXPECT_EQ(files.read_file(bundle_data_name("kinds.ckpt")),
            disk().read_file(bundle_data_name(golden_file("kinds.ckpt"))));
}

TEST(BundleWriter, ManyTensorsFillSeveralBlocksAndComeBack) {
  base::MemoryFileSystem files;
  std::map<std::string, Array> values;
  for (int i = 0; i < 12000; ++i) {
    values["scope/layer_" + std::to_string(i)] = Array::from<int64_t>({i, -i}, {2});
  }
  write_bundle(files, "many", values);
  const auto back = read_all(files, "many");
  ASSERT_EQ(back.size(), values.size());
  for (const auto& [name, value] : values) EXPECT_TRUE(back.at(name).same_bits(value)) << name;
}

TEST(BundleWriter, AnEmptyBundleHasNoNames) {
  base::MemoryFileSystem files;
  write_bundle(files, "none", {});
  EXPECT_TRUE(BundleReader(files, "none").names().empty());
  EXPECT_EQ(files.size(bundle_data_name("none")), 0u);
}

TEST(BundleWriter, ElementsStandBackToBackInTheOrderOfNames) {
  base::MemoryFileSystem files;
  write_bundle(files, "x",
               {{"a", Array::from<uint8_t>({'1', '2', '3'}, {3})},
                {"b", Array::zeros(kFloat32, {0, 4})},
                {"c", Array::from<uint8_t>({'4'}, {1})}});
  EXPECT_EQ(files.read_file(bundle_data_name("x")), "1234");
  const BundleIndex index = decode_bundle_index(files.read_file(bundle_index_name("x")), "x");
  EXPECT_EQ(index.entries.at("b").offset, 3u);
  EXPECT_EQ(index.entries.at("b").size, 0u);
  EXPECT_EQ(index.entries.at("c").offset, 3u);
  EXPECT_EQ(index.entries.at("c").size, 1u);
}

// Strings are handed to the file in pieces; a piece ends inside of a long tensor.
TEST(BundleWriter, StringsLongerThanAPieceComeBack) {
  base::MemoryFileSystem files;
  std::vector<std::string> texts;
  for (int i = 0; i < 5; ++i) texts.push_back(std::string(600000 + i, static_cast<char>('a' + i)));
  texts.push_back("");
  const Array value = Array::strings(texts, {2, 3});
  write_bundle(files, "x", {{"s", value}});
  EXPECT_TRUE(read_all(files, "x").at("s").same_bits(value));
}

TEST(BundleWriter, EqualValuesAreEqualBytesAndOthersAreNot) {
  base::MemoryFileSystem files;
  write_bundle(files, "a", {{"w", Array::scalar(1.0f)}});
  write_bundle(files, "b", {{"w", Array::scalar(1.0f)}});
  write_bundle(files, "c", {{"w", Array::scalar(2.0f)}});
  EXPECT_EQ(files.read_file("a.index"), files.read_file("b.index"));
  EXPECT_NE(files.read_file("a.index"), files.read_file("c.index")) << "it holds the CRC";
}

TEST(BundleWriter, RefusesNamesOutOfOrderAndArraysWithoutADType) {
  base::MemoryFileSystem files;
  const auto data = files.open_write("data", base::WriteMode::kTruncate);
  const auto index = files.open_write("index", base::WriteMode::kTruncate);
  BundleWriter writer(*data, *index);
  const Array value = Array::scalar(1.0f);
  const auto refuse = [&](const std::string& name, const Array& given, const std::string& part) {
    expect_error([&] { writer.add(name, given); }, ErrorCode::kInvalidArgument, part);
  };
  refuse("", value, "a tensor's name is empty or begins with a zero byte");
  refuse(std::string("\0x", 2), value, "a tensor's name is empty or begins with a zero byte");
  writer.add("b", value);
  refuse("a", value, "'a' comes after 'b'");
  refuse("b", value, "'b' comes after 'b'");
  refuse("c", Array(), "'c' has no dtype");
  writer.finish();
  refuse("d", value, "'d' is added after finish()");
  expect_error([&] { writer.finish(); }, ErrorCode::kInvalidArgument, "called twice");
}

TEST(BundleWriter, AFullDiskIsReportedNamingTheFile) {
  base::MemoryFileSystem memory;
  base::FaultyFileSystem files(memory);
  for (int64_t call = 3; call <= 4; ++call) {
    files.fail_call(call, ENOSPC);
    const std::string name = call == 3 ? bundle_data_name("x") : bundle_index_name("x");
    expect_error(
        [&] {
          write_bundle(files, "x", {{"w", Array::scalar(1.0f)}});
        },
        ErrorCode::kUnavailable, name + " could not be written: No space left on device");
  }
}

TEST(BundleWriter, NamesOfShardsHaveFiveDigits) {
  EXPECT_EQ(bundle_index_name("a/b"), "a/b.index");
  EXPECT_EQ(bundle_data_name("a/b"), "a/b.data-00000-of-00001");
  EXPECT_EQ(bundle_data_name("a/b", 7, 12345), "a/b.data-00007-of-12345");
}

}  // namespace bundle_writer_test
}  // namespace reckon::formats
