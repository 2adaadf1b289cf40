// SPDX-License-Identifier: Apache-2.0
// golden/make_npz_digests.py made the files and digests with NumPy.
#include "formats/npz_file.h"

#include <zlib.h>

#include "base/file_system.h"
#include "formats/bytes_fuzzer.h"
#include "formats/error_expectation.h"
#include "formats/golden_values.h"

namespace reckon::formats {
namespace {

base::FileSystem& files() { return base::FileSystem::posix(); }

std::string npy(const std::string& header, const std::string& elements, char major = 1) {
  std::string bytes("\x93NUMPY", 6);
  bytes += {major, 0};
  append_fixed(bytes, static_cast<uint16_t>(header.size()));
  return bytes + header + elements;
}

std::string header(const std::string& descr, const std::string& order, const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape +
         ", }     \n";
}

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

const std::string kOne = npy(header("<f4", "False", "(1,)"), std::string("\0\0\x80\x3f", 4));

TEST(NpzFile, ReadsEveryDTypeAsNumPyDoes) {
  const auto own = golden_json("npz_digests.json")["own"];
  for (const auto& [name, rows] : own.items()) {
    const auto arrays = read_npz(files(), golden_file(name));
    EXPECT_EQ(arrays.size(), rows.size());
    for (const auto& [key, row] : rows.items()) expect_digest(arrays.at(key), row, key);
  }
}

TEST(NpzFile, ReadsEveryGoldenArchive) {
  if (golden_directory().empty())
    GTEST_SKIP() << "RECKON_GOLDEN, or ../shared/golden, is not there";
  const auto archives = golden_json("npz_digests.json")["golden"];
  for (const auto& [path, row] : archives.items()) {
    const auto arrays = read_npz(files(), golden_directory() + "/" + path);
    std::string digests;
    for (const auto& [name, array] : arrays) append_fixed(digests, value_digest(array));
    EXPECT_EQ(arrays.size(), row[0].get<size_t>()) << path;
    EXPECT_EQ(crc32_z(0, reinterpret_cast<const Bytef*>(digests.data()), digests.size()),
              row[1].get<uint32_t>())
        << path;
  }
}

TEST(NpyFile, SoundHandMadeArrayIsRead) {
  EXPECT_TRUE(decode_npy(kOne, "x").same_bits(Array::from<float>({1}, {1})));
}

TEST(NpyFile, RefusesPicklesColumnMajorAndRecords) {
  const auto refuse = [](const std::string& head, const std::string& part) {
    expect_error(ErrorCode::kInvalidArgument, part,
                 [&] { decode_npy(npy(head, "12345678"), "x.npy"); });
  };
  refuse(header("|O", "False", "(1,)"), "pickled Python objects");
  refuse(header("<f4", "True", "(2,)"), "column-major");
  refuse("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }",
         "record of several fields");
  refuse(header("<M8", "False", "(1,)"), "'<M8' is none that an Array holds");
  refuse(header("<f4", "False", "(1,1,1,1,1,1,1,1,2)"), "more than 8 dimensions");
}

TEST(NpyFile, HeaderThatIsNotNumPysIsDataLoss) {
  const auto refuse = [](const std::string& bytes, const std::string& part) {
    expect_error(ErrorCode::kDataLoss, part, [&] { decode_npy(bytes, "x.npy"); });
  };
  refuse("", "does not begin with");
  refuse("\x93NUMPY", "ends within its header");
  refuse(npy(header("<f4", "False", "(2,)"), "12345678", 9), "version 9.0");
  refuse(npy("[1, 2]", ""), "'{' is missing");
  refuse(npy("__import__('os').system('true')", ""), "'{' is missing");
  refuse(npy("{'descr': '<f4', }", ""), "the keys are descr");
  refuse(npy("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (), }", "1234"),
         "each once");
  refuse(npy("{'shape': (-1,), 'descr': '<f4', 'fortran_order': False}", ""), "no number");
  refuse(npy(header("<f4", "0", "(2,)"), ""), "neither True nor False");
  refuse(npy(header("<f4", "False", "(2,)") + "x", ""), "something follows");
  refuse(npy(header("<f4", "False", "(3,)"), "12345678"), "wants 12 bytes, but 8 follow");
  refuse(npy(header("<f8", "False", "(4611686018427387904, 4)"), ""), "more than 2^64 bytes");
  refuse(npy(header("|S0", "False", "(1099511627776,)"), ""), "too big");
  refuse(npy(header("|b1", "False", "(1,)"), "\x07"), "neither False nor True");
  refuse(npy(header("<U1", "False", "(1,)"), "\xff\xff\xff\xff"), "not Unicode");
}

TEST(NpzFile, SoundHandMadeZipIsRead) {
  EXPECT_EQ(decode_npz(zip({{"a.npy", kOne}, {"b/c.npy", kOne}}), "x").size(), 2u);
  EXPECT_TRUE(decode_npz(zip({}), "x").empty());
}

TEST(NpzFile, UnsafeMembersAreDataLoss) {
  const auto refuse = [](const std::vector<ZipMember>& members, const std::string& part) {
    expect_error(ErrorCode::kDataLoss, part, [&] { decode_npz(zip(members), "x.npz"); });
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
        files().read_file(golden_file(name)), Damage::kPerhapsNoticed,
        [](const std::string& bytes) { decode_npz(bytes, "x.npz"); }, 2000);
  }
}

TEST(NpyFile, DamageGivesAValueOrAnError) {
  for (const char* descr : {"<f4", ">i4", "|S4", "<U1"}) {
    fuzz_bytes(
        npy(header(descr, "False", "(2, 3)"), std::string("a\0\0\0", 4) + std::string(20, '\0')),
        Damage::kPerhapsNoticed, [](const std::string& bytes) { decode_npy(bytes, "x.npy"); },
        1000);
  }
}

}  // namespace
}  // namespace reckon::formats
