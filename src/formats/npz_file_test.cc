// SPDX-License-Identifier: Apache-2.0
// golden/make_npz_digests.py made the files and digests with NumPy.
#include "formats/npz_file.h"

#include <zlib.h>

#include "base/expect_error_testing.h"
#include "base/file_system.h"
#include "formats/bytes_fuzzer_testing.h"
#include "formats/golden_values_testing.h"
#include "formats/npy_bytes_testing.h"
#include "formats/scratch_directory_testing.h"

namespace reckon::formats {
namespace npz_file_test {

using base::expect_error;

// One member of a zip; `local_name` is what its local header says.
struct ZipMember {
  std::string name, content;
  uint16_t flags = 0, method = 0;
  uint32_t size = 0;
  std::string local_name = name;
};

std::string zip(const std::vector<ZipMember>& members) {
  std::string file, directory;
  for (const ZipMember& member : members) {
    const auto offset = static_cast<uint32_t>(file.size());
    const uint32_t crc =
        crc32_z(0, reinterpret_cast<const Bytef*>(member.content.data()), member.content.size());
    const auto stored = static_cast<uint32_t>(member.content.size());
    std::string fields;
    append_fixed<uint16_t>(fields, 20);
    append_fixed(fields, member.flags);
    append_fixed(fields, member.method);
    append_fixed<uint32_t>(fields, 0);
    append_fixed(fields, crc);
    append_fixed(fields, stored);
    append_fixed(fields, member.size == 0 ? stored : member.size);
    append_fixed(fields, static_cast<uint16_t>(member.name.size()));
    append_fixed<uint16_t>(fields, 0);
    append_fixed<uint32_t>(file, 0x04034b50);
    file += fields + member.local_name + member.content;
    append_fixed<uint32_t>(directory, 0x02014b50);
    append_fixed<uint16_t>(directory, 20);
    directory += fields + std::string(10, '\0');
    append_fixed(directory, offset);
    directory += member.name;
  }
  std::string end;
  append_fixed<uint32_t>(end, 0x06054b50);
  append_fixed<uint32_t>(end, 0);
  append_fixed(end, static_cast<uint16_t>(members.size()));
  append_fixed(end, static_cast<uint16_t>(members.size()));
  append_fixed(end, static_cast<uint32_t>(directory.size()));
  append_fixed(end, static_cast<uint32_t>(file.size()));
  append_fixed<uint16_t>(end, 0);
  return file + directory + end;
}

const std::string kOne =
    npy_bytes(npy_header("<f4", "False", "(1,)"), std::string("\0\0\x80\x3f", 4));

TEST(NpzFile, ReadsEveryDTypeAsNumPyDoes) {
  const auto own = golden_json("npz_digests.json")["own"];
  EXPECT_FALSE(own.empty());
  for (const auto& [name, rows] : own.items()) {
    const auto arrays = read_npz(disk(), golden_file(name));
    EXPECT_EQ(arrays.size(), rows.size());
    for (const auto& [key, row] : rows.items()) expect_digest(arrays.at(key), row, key);
  }
}

TEST(NpzFile, ReadsEveryGoldenArchive) {
  if (golden_directory().empty()) GTEST_SKIP() << missing_golden("every .npz");
  const auto archives = golden_json("npz_digests.json")["golden"];
  EXPECT_FALSE(archives.empty());
  for (const auto& [path, row] : archives.items()) {
    const auto arrays = read_npz(disk(), golden_directory() + "/" + path);
    std::string digests;
    for (const auto& [name, array] : arrays) append_fixed(digests, value_digest(array));
    EXPECT_EQ(arrays.size(), row[0].get<size_t>()) << path;
    EXPECT_EQ(crc32_z(0, reinterpret_cast<const Bytef*>(digests.data()), digests.size()),
              row[1].get<uint32_t>())
        << path;
  }
}

TEST(NpzFile, SoundHandMadeZipIsRead) {
  EXPECT_EQ(decode_npz(zip({{"a.npy", kOne}, {"b/c.npy", kOne}}), "x").size(), 2u);
  EXPECT_TRUE(decode_npz(zip({}), "x").empty());
}

TEST(NpzFile, UnsafeMembersAreDataLoss) {
  const auto refuse = [](const std::vector<ZipMember>& members, const std::string& part) {
    expect_error([&] { decode_npz(zip(members), "x.npz"); }, ErrorCode::kDataLoss, part);
  };
  refuse({{"../x.npy", kOne}}, "not a plain name");
  refuse({{"/x.npy", kOne}}, "not a plain name");
  refuse({{"x.txt", kOne}}, "not a plain name");
  refuse({{"x.npy", kOne}, {"x.npy", kOne}}, "two members are named x.npy");
  refuse({{"x.npy", kOne, 1}}, "encrypted");
  refuse({{"x.npy", kOne, 0, 12}}, "compression method 12");
  refuse({{"x.npy", kOne, 0, 0, 7}}, "its sizes differ");
  refuse({{"x.npy", kOne, 0, 8, 4000000000}}, "1000-fold");
  refuse({{"x.npy", kOne, 0, 0, 0, "y.npy"}}, "another name");
}

TEST(NpzFile, EveryCutIsDataLoss) {
  const std::string bytes = zip({{"a.npy", kOne}});
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(decode_npz(bytes.substr(0, size), "x"), Error) << size;
  }
}

TEST(NpzFile, DamageGivesAValueOrAnError) {
  for (const char* name : {"kinds.npz", "stored.npz"}) {
    fuzz_bytes(
        disk().read_file(golden_file(name)), Damage::kPerhapsNoticed,
        [](const std::string& bytes) { decode_npz(bytes, "x.npz"); }, 2000);
  }
}

}  // namespace npz_file_test
}  // namespace reckon::formats
