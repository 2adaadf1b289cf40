// SPDX-License-Identifier: Apache-2.0
// One array by hand: what NumPy writes is read, everything else is refused by its own text.
#include "base/expect_error_testing.h"
#include "base/memory_file_system_testing.h"
#include "formats/bytes_fuzzer_testing.h"
#include "formats/npy_bytes_testing.h"
#include "formats/npz_file.h"

namespace reckon::formats {
namespace npy_file_test {

using base::expect_error;

template <class T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

TEST(NpyFile, ReadsScalarsEmptyArraysAndManyDimensions) {
  const Array scalar =
      decode_npy(npy_bytes(npy_header("<i4", "False", "()"), bytes_of<int32_t>({-7})), "x");
  EXPECT_TRUE(scalar.same_bits(Array::scalar<int32_t>(-7)));
  const Array empty = decode_npy(npy_bytes(npy_header("<f8", "False", "(3, 0, 2)"), ""), "x");
  EXPECT_EQ(empty.shape(), (Shape{3, 0, 2}));
  EXPECT_EQ(empty.dtype(), kFloat64);
  const Array cube = decode_npy(
      npy_bytes(npy_header("<i2", "False", "(2, 1, 3)"), bytes_of<int16_t>({0, 1, 2, 3, 4, 5})),
      "x");
  EXPECT_TRUE(cube.same_bits(Array::from<int16_t>({0, 1, 2, 3, 4, 5}, {2, 1, 3})));
}

TEST(NpyFile, SwapsBigEndianNumbersAndEachHalfOfComplexOnes) {
  const Array numbers = decode_npy(
      npy_bytes(npy_header(">i4", "False", "(2,)"), std::string("\0\0\1\2\xff\xff\xff\xfe", 8)),
      "x");
  EXPECT_TRUE(numbers.same_bits(Array::from<int32_t>({258, -2}, {2})));
  const Array complex = decode_npy(
      npy_bytes(npy_header(">c8", "False", "(1,)"), std::string("\x3f\x80\0\0\x40\0\0\0", 8)), "x");
  ASSERT_EQ(complex.dtype(), kComplex64);
  EXPECT_EQ(static_cast<const float*>(complex.raw())[0], 1.0f);
  EXPECT_EQ(static_cast<const float*>(complex.raw())[1], 2.0f);
  const Array bytes = decode_npy(npy_bytes(npy_header("|u1", "False", "(2,)"), "ab"), "x");
  EXPECT_TRUE(bytes.same_bits(Array::from<uint8_t>({'a', 'b'}, {2})));
}

TEST(NpyFile, TextsLoseTheirPaddingOnly) {
  const Array texts = decode_npy(
      npy_bytes(npy_header("|S3", "False", "(4,)"), std::string("ab\0abc\0\0\0a\0c", 12)), "x");
  EXPECT_TRUE(texts.same_bits(Array::strings({"ab", "abc", "", std::string("a\0c", 3)}, {4})));
}

TEST(NpyFile, UnicodeBecomesUtf8InEitherByteOrder) {
  const std::vector<uint32_t> codes = {'a', 0xe9, 0x20ac, 0x1f600, 0, 0};
  std::vector<uint32_t> swapped;
  for (const uint32_t code : codes) swapped.push_back(__builtin_bswap32(code));
  const Array want = Array::strings({"a\u00e9\u20ac", "\U0001f600"}, {2});
  EXPECT_TRUE(decode_npy(npy_bytes(npy_header("<U3", "False", "(2,)"), bytes_of(codes)), "x")
                  .same_bits(want));
  EXPECT_TRUE(decode_npy(npy_bytes(npy_header(">U3", "False", "(2,)"), bytes_of(swapped)), "x")
                  .same_bits(want));
}

TEST(NpyFile, VersionTwoHasAWiderHeaderLength) {
  const std::string head = npy_header("<f4", "False", "(1,)");
  std::string bytes("\x93NUMPY\2\0", 8);
  append_fixed(bytes, static_cast<uint32_t>(head.size()));
  bytes += head + bytes_of<float>({2});
  EXPECT_TRUE(decode_npy(bytes, "x").same_bits(Array::from<float>({2}, {1})));
}

TEST(NpyFile, TheHeadersKeysMayStandInAnyOrderAndSpacing) {
  for (const char* head :
       {"{'shape': (2,), 'fortran_order': False, 'descr': '<i4'}",
        "{ 'shape':(2),'descr':'<i4','fortran_order':False,}\n",
        "{'descr': '=i4', 'fortran_order': False, 'shape': (2,), }          \n"}) {
    EXPECT_TRUE(decode_npy(npy_bytes(head, bytes_of<int32_t>({1, 2})), "x")
                    .same_bits(Array::from<int32_t>({1, 2}, {2})))
        << head;
  }
}

TEST(NpyFile, FilesAreReadThroughTheFileSystemAndNamedInErrors) {
  base::MemoryFileSystem files;
  files.write_file("a.npy", npy_bytes(npy_header("<f4", "False", "(1,)"), bytes_of<float>({3})));
  EXPECT_TRUE(read_npy(files, "a.npy").same_bits(Array::from<float>({3}, {1})));
  files.write_file("a.npy", "not numpy");
  expect_error([&] { read_npy(files, "a.npy"); }, ErrorCode::kDataLoss,
               "does not begin with \\x93NUMPY");
  expect_error([&] { read_npy(files, "a.npy"); }, ErrorCode::kDataLoss, "At a.npy");
  expect_error([&] { read_npy(files, "b.npy"); }, ErrorCode::kNotFound, "b.npy");
}

TEST(NpyFile, EveryCutIsDataLoss) {
  const std::string bytes = npy_bytes(npy_header("<f4", "False", "(2,)"), "12345678");
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(decode_npy(bytes.substr(0, size), "x"), Error) << size;
  }
}

TEST(NpyFile, DTypesWithoutAByteOrderOrALengthAreDataLoss) {
  const auto refuse = [](const std::string& descr, const std::string& part) {
    expect_error([&] { decode_npy(npy_bytes(npy_header(descr, "False", "(1,)"), "1234"), "x"); },
                 ErrorCode::kDataLoss, part);
  };
  refuse("f4", "the dtype 'f4' has no byte order");
  refuse("<", "has no byte order");
  refuse("|S", "has no byte order");
  refuse("|Sx", "the dtype '|Sx' has no length");
  refuse("<U1x", "the dtype '<U1x' has no length");
}

TEST(NpyFile, SoundHandMadeArrayIsRead) {
  EXPECT_TRUE(
      decode_npy(npy_bytes(npy_header("<f4", "False", "(1,)"), std::string("\0\0\x80\x3f", 4)), "x")
          .same_bits(Array::from<float>({1}, {1})));
}

TEST(NpyFile, RefusesPicklesColumnMajorAndRecords) {
  const auto refuse = [](const std::string& head, const std::string& part) {
    expect_error([&] { decode_npy(npy_bytes(head, "12345678"), "x.npy"); },
                 ErrorCode::kInvalidArgument, part);
  };
  refuse(npy_header("|O", "False", "(1,)"), "pickled Python objects");
  refuse(npy_header("<f4", "True", "(2,)"), "column-major");
  refuse("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }",
         "record of several fields");
  refuse(npy_header("<M8", "False", "(1,)"), "'<M8' is none that an Array holds");
  refuse(npy_header("<f4", "False", "(1,1,1,1,1,1,1,1,2)"), "more than 8 dimensions");
}

TEST(NpyFile, HeaderThatIsNotNumPysIsDataLoss) {
  const auto refuse = [](const std::string& bytes, const std::string& part) {
    expect_error([&] { decode_npy(bytes, "x.npy"); }, ErrorCode::kDataLoss, part);
  };
  refuse("", "does not begin with");
  refuse("\x93NUMPY", "ends within its header");
  refuse(npy_bytes(npy_header("<f4", "False", "(2,)"), "12345678", 9), "version 9.0");
  refuse(npy_bytes("[1, 2]", ""), "'{' is missing");
  refuse(npy_bytes("__import__('os').system('true')", ""), "'{' is missing");
  refuse(npy_bytes("{'descr': '<f4', }", ""), "the keys are descr");
  refuse(
      npy_bytes("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (), }", "1234"),
      "each once");
  refuse(npy_bytes("{'shape': (-1,), 'descr': '<f4', 'fortran_order': False}", ""), "no number");
  refuse(npy_bytes(npy_header("<f4", "0", "(2,)"), ""), "neither True nor False");
  refuse(npy_bytes(npy_header("<f4", "False", "(2,)") + "x", ""), "something follows");
  refuse(npy_bytes(npy_header("<f4", "False", "(3,)"), "12345678"), "wants 12 bytes, but 8 follow");
  refuse(npy_bytes(npy_header("<f8", "False", "(4611686018427387904, 4)"), ""),
         "more than 2^64 bytes");
  refuse(npy_bytes(npy_header("|S0", "False", "(1099511627776,)"), ""), "too big");
  refuse(npy_bytes(npy_header("|b1", "False", "(1,)"), "\x07"), "neither False nor True");
  refuse(npy_bytes(npy_header("<U1", "False", "(1,)"), "\xff\xff\xff\xff"), "not Unicode");
}

TEST(NpyFile, DamageGivesAValueOrAnError) {
  for (const char* descr : {"<f4", ">i4", "|S4", "<U1"}) {
    fuzz_bytes(
        npy_bytes(npy_header(descr, "False", "(2, 3)"),
                  std::string("a\0\0\0", 4) + std::string(20, '\0')),
        Damage::kPerhapsNoticed, [](const std::string& bytes) { decode_npy(bytes, "x.npy"); },
        1000);
  }
}

}  // namespace npy_file_test
}  // namespace reckon::formats
