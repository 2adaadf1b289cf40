// SPDX-License-Identifier: Apache-2.0
// A zip archive of .npy members, read by its central directory.
#include "formats/npz_file.h"

#include <zlib.h>

#include "base/file_system.h"
#include "formats/byte_order.h"
#include "formats/damage.h"
#include "formats/inflater.h"

namespace reckon::formats {
namespace {

constexpr uint32_t kEndSignature = 0x06054b50, kMemberSignature = 0x02014b50,
                   kLocalSignature = 0x04034b50;
constexpr uint32_t kZip64LocatorSignature = 0x07064b50, kZip64EndSignature = 0x06064b50;
constexpr size_t kEndBytes = 22, kLocatorBytes = 20, kLocalBytes = 30;
constexpr uint16_t kStored = 0, kDeflated = 8, kZip64Extra = 1;
constexpr uint16_t kEncryptedFlag = 1;
constexpr uint64_t kMaxRatio = 1000, kRatioConstant = 1 << 16;

struct Member {
  std::string name;
  uint16_t flags = 0, method = 0;
  uint32_t crc32 = 0;
  uint64_t compressed = 0, size = 0, local_offset = 0;
};

class ZipReader {
 public:
  ZipReader(std::string_view file, const std::string& path) : file_(file), path_(path) {}

  std::map<std::string, Array> read() {
    std::map<std::string, Array> arrays;
    for (const Member& member : members()) {
      check(member);
      const std::string name = member.name.substr(0, member.name.size() - 4);
      const std::string at = path_ + ", member " + member.name;
      const auto [place, is_new] = arrays.emplace(name, decode_npy(content(member), at));
      expect(is_new, "two members are named ", member.name);
    }
    return arrays;
  }

 private:
  template <class... Parts>
  void expect(bool claim, const Parts&... parts) const {
    expect_sound(claim, "npz file", path_, parts...);
  }

  template <class T>
  T take(ByteCursor& cursor) const {
    const auto value = cursor.fixed<T>();
    expect(value.has_value(), "a zip record is cut short");
    return *value;
  }
  std::string_view take_bytes(ByteCursor& cursor, uint64_t count) const {
    const auto bytes = cursor.take(count);
    expect(bytes.has_value(), "a zip record is cut short");
    return *bytes;
  }
  ByteCursor cursor_at(uint64_t offset) const {
    expect(offset <= file_.size(), "a zip record points to offset ", offset, ", beyond the file's ",
           file_.size(), " bytes");
    return ByteCursor(file_.substr(offset));
  }

  // The last record of a zip; only a comment may follow, and NumPy writes none.
  std::pair<uint64_t, uint64_t> directory() const {
    expect(file_.size() >= kEndBytes, "the file has ", file_.size(), " bytes; an empty zip has ",
           kEndBytes);
    ByteCursor end = cursor_at(file_.size() - kEndBytes);
    expect(take<uint32_t>(end) == kEndSignature, "the file does not end as a zip does");
    take_bytes(end, 4);  // numbers of disks
    take<uint16_t>(end);
    const uint16_t count = take<uint16_t>(end);
    take<uint32_t>(end);
    const uint32_t offset = take<uint32_t>(end);
    if (count != 0xffff && offset != 0xffffffff) return {count, offset};
    return zip64_directory();
  }

  std::pair<uint64_t, uint64_t> zip64_directory() const {
    expect(file_.size() >= kEndBytes + kLocatorBytes, "the ZIP64 locator is missing");
    ByteCursor locator = cursor_at(file_.size() - kEndBytes - kLocatorBytes);
    expect(take<uint32_t>(locator) == kZip64LocatorSignature, "the ZIP64 locator is missing");
    take<uint32_t>(locator);
    ByteCursor end = cursor_at(take<uint64_t>(locator));
    expect(take<uint32_t>(end) == kZip64EndSignature, "the ZIP64 end record is missing");
    take_bytes(end, 28);  // size, versions, disks, members of this disk
    const uint64_t count = take<uint64_t>(end);
    take<uint64_t>(end);
    return {count, take<uint64_t>(end)};
  }

  std::vector<Member> members() const {
    const auto [count, offset] = directory();
    ByteCursor cursor = cursor_at(offset);
    std::vector<Member> members;
    for (uint64_t i = 0; i < count; ++i) members.push_back(member(cursor));
    return members;
  }

  Member member(ByteCursor& cursor) const {
    expect(take<uint32_t>(cursor) == kMemberSignature, "the zip's directory is damaged");
    Member member;
    take_bytes(cursor, 4);  // versions
    member.flags = take<uint16_t>(cursor);
    member.method = take<uint16_t>(cursor);
    take_bytes(cursor, 4);  // time
    member.crc32 = take<uint32_t>(cursor);
    member.compressed = take<uint32_t>(cursor);
    member.size = take<uint32_t>(cursor);
    const uint16_t name_size = take<uint16_t>(cursor), extra_size = take<uint16_t>(cursor);
    const uint16_t comment_size = take<uint16_t>(cursor);
    take_bytes(cursor, 8);  // disk, attributes
    member.local_offset = take<uint32_t>(cursor);
    member.name = take_bytes(cursor, name_size);
    read_zip64_extra(member, take_bytes(cursor, extra_size));
    take_bytes(cursor, comment_size);
    return member;
  }

  // Numbers that do not fit 32 bits stand in an extra field, in this order.
  void read_zip64_extra(Member& member, std::string_view extra) const {
    ByteCursor fields(extra);
    while (fields.remaining() >= 4) {
      const uint16_t id = take<uint16_t>(fields);
      ByteCursor field(take_bytes(fields, take<uint16_t>(fields)));
      if (id != kZip64Extra) continue;
      for (uint64_t* number : {&member.size, &member.compressed, &member.local_offset}) {
        if (*number == 0xffffffff) *number = take<uint64_t>(field);
      }
    }
  }

  void check(const Member& member) {
    expect(member.name.ends_with(".npy") && member.name.find("..") == std::string::npos &&
               member.name.find('\0') == std::string::npos && member.name[0] != '/',
           "member '", member.name, "' is not a plain name ending in .npy");
    expect((member.flags & kEncryptedFlag) == 0, "member ", member.name, " is encrypted");
    expect(member.method == kStored || member.method == kDeflated, "member ", member.name,
           " has compression method ", member.method, "; stored (0) and deflated (8) are known");
    expect(member.compressed <= file_.size() &&
               member.size / kMaxRatio <= member.compressed + kRatioConstant / kMaxRatio,
           "member ", member.name, " grows from ", member.compressed, " to ", member.size,
           " bytes, more than ", kMaxRatio, "-fold");
    // Members that lie in one another would multiply the file.
    total_compressed_ += member.compressed;
    expect(total_compressed_ <= file_.size(), "the members overlap");
  }

  std::string content(const Member& member) const {
    ByteCursor local = cursor_at(member.local_offset);
    expect(take<uint32_t>(local) == kLocalSignature, "member ", member.name,
           " has no local header");
    take_bytes(local, kLocalBytes - 8);
    const uint16_t name_size = take<uint16_t>(local), extra_size = take<uint16_t>(local);
    expect(take_bytes(local, name_size) == member.name, "member ", member.name,
           " has another name in its local header");
    take_bytes(local, extra_size);
    std::string bytes = expand(member, take_bytes(local, member.compressed));
    const uint32_t crc = crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
    expect(crc == member.crc32, "the CRC of member ", member.name,
           " differs from the zip's directory");
    return bytes;
  }

  std::string expand(const Member& member, std::string_view stored) const {
    if (member.method == kStored) {
      expect(member.size == stored.size(), "member ", member.name,
             " is stored, but its sizes differ");
      return std::string(stored);
    }
    Inflater inflater(DeflateWrapper::kRaw, stored, path_ + ", member " + member.name);
    std::string bytes(member.size, '\0');
    char surplus;
    expect(
        inflater.read(bytes.data(), bytes.size()) == member.size && inflater.read(&surplus, 1) == 0,
        "member ", member.name, " does not expand to its ", member.size, " bytes");
    return bytes;
  }

  std::string_view file_;
  const std::string& path_;
  uint64_t total_compressed_ = 0;
};

}  // namespace

std::map<std::string, Array> decode_npz(std::string_view bytes, const std::string& path) {
  return ZipReader(bytes, path).read();
}

std::map<std::string, Array> read_npz(base::FileSystem& files, const std::string& path) {
  return decode_npz(files.read_file(path), path);
}

}  // namespace reckon::formats
