// SPDX-License-Identifier: Apache-2.0
// Reads LevelDB tables that may be hostile: nothing is believed before its CRC and its bounds
// agree, each byte of the file is read once, and the decoded size has a budget.
#include <snappy.h>

#include <algorithm>

#include "base/crc32c.h"
#include "formats/byte_order.h"
#include "formats/damage.h"
#include "formats/table.h"
#include "formats/table_layout.h"

namespace reckon::formats {
namespace {

// Snappy grows at most 22-fold and shared prefixes of real names less; more is an attack.
constexpr uint64_t kBudgetFactor = 64;
constexpr uint64_t kBudgetConstant = 1 << 20;
constexpr uint64_t kSnappyFactor = 32;

struct BlockHandle {
  uint64_t offset, size;
};

class TableDecoder {
 public:
  TableDecoder(std::string_view file, const std::string& path)
      : file_(file), path_(path), budget_(kBudgetFactor * file.size() + kBudgetConstant) {}

  TableEntries decode() {
    expect(file_.size() >= kTableFooterBytes, file_.size(), "the file has ", file_.size(),
           " bytes, but the footer alone has ", kTableFooterBytes);
    const auto [metaindex, index] = footer();
    read_entries(metaindex);
    TableEntries entries;
    uint64_t end = 0;
    for (auto& [limit, handle_bytes] : read_entries(index)) {
      const BlockHandle handle = data_handle(handle_bytes, index, end);
      end = handle.offset + handle.size + kBlockTrailerBytes;
      append(entries, read_entries(handle), limit, handle);
    }
    return entries;
  }

 private:
  template <class... Parts>
  void expect(bool claim, uint64_t offset, const Parts&... parts) const {
    if (!claim) [[unlikely]]
      data_loss("checkpoint index", at_offset(path_, offset), parts...);
  }

  std::pair<BlockHandle, BlockHandle> footer() const {
    const uint64_t start = file_.size() - kTableFooterBytes;
    const std::string_view bytes = file_.substr(start);
    ByteCursor magic(bytes.substr(kTableFooterBytes - sizeof kTableMagic));
    expect(*magic.fixed<uint64_t>() == kTableMagic, file_.size() - sizeof kTableMagic,
           "the last 8 bytes are not a table's; the file is no checkpoint index, or cut short");
    ByteCursor cursor(bytes.substr(0, kTableFooterBytes - sizeof kTableMagic));
    const BlockHandle metaindex = handle(cursor, start), index = handle(cursor, start);
    const std::string_view padding = *cursor.take(cursor.remaining());
    expect(padding.find_first_not_of('\0') == std::string_view::npos, start,
           "the footer's padding is not zero");
    return {metaindex, index};
  }

  BlockHandle handle(ByteCursor& cursor, uint64_t offset) const {
    const auto start = cursor.varint(), size = cursor.varint();
    expect(start && size, offset, "a block handle is not two varints");
    const uint64_t limit = file_.size() - kTableFooterBytes;
    expect(
        *start <= limit && *size <= limit - *start && limit - *start - *size >= kBlockTrailerBytes,
        offset, "a block handle points to ", *size, " bytes at ", *start, ", outside the ", limit,
        " bytes before the footer");
    return {*start, *size};
  }

  // Data blocks follow each other: a file that names one twice would make us read without end.
  BlockHandle data_handle(std::string_view bytes, const BlockHandle& index, uint64_t end) const {
    ByteCursor cursor(bytes);
    const BlockHandle found = handle(cursor, index.offset);
    expect(cursor.remaining() == 0, index.offset, "a block handle is followed by ",
           cursor.remaining(), " bytes");
    expect(found.offset >= end && found.offset + found.size <= index.offset, index.offset,
           "the block at ", found.offset, " overlaps another");
    return found;
  }

  // The block's content, verified; `buffer` keeps it if it had to be expanded.
  std::string_view block(const BlockHandle& handle, std::string& buffer) {
    const std::string_view stored = file_.substr(handle.offset, handle.size + 1);
    ByteCursor trailer(file_.substr(handle.offset + handle.size + 1, 4));
    expect(base::masked_crc32c(stored) == *trailer.fixed<uint32_t>(), handle.offset,
           "the CRC of a block of ", handle.size, " bytes differs from the stored one");
    const std::string_view content = stored.substr(0, handle.size);
    const char type = stored.back();
    if (type == kRawBlock) return content;
    expect(type == kSnappyBlock, handle.offset, "block type ", static_cast<int>(type),
           " is neither raw (0) nor Snappy (1)");
    size_t size = 0;
    expect(snappy::GetUncompressedLength(content.data(), content.size(), &size) &&
               size <= kSnappyFactor * content.size() + 64,
           handle.offset, "a Snappy block of ", content.size(), " bytes claims to hold ", size);
    buffer.resize(size);
    expect(snappy::RawUncompress(content.data(), content.size(), buffer.data()), handle.offset,
           "a Snappy block cannot be expanded");
    return buffer;
  }

  TableEntries read_entries(const BlockHandle& handle) {
    std::string buffer;
    const std::string_view content = block(handle, buffer);
    const std::vector<uint32_t> restarts = read_restarts(content, handle);
    ByteCursor cursor(content.substr(0, content.size() - 4 * (restarts.size() + 1)));
    TableEntries entries;
    size_t next_restart = 0;
    while (cursor.remaining() > 0) {
      const bool is_restart =
          next_restart < restarts.size() && restarts[next_restart] == cursor.position();
      if (is_restart) ++next_restart;
      add_entry(entries, cursor, is_restart, handle);
    }
    // An empty block has one restart, at 0.
    expect(next_restart == restarts.size() ||
               (entries.empty() && restarts.size() == 1 && restarts[0] == 0),
           handle.offset, "restart ", next_restart, " of a block points at no entry");
    return entries;
  }

  std::vector<uint32_t> read_restarts(std::string_view content, const BlockHandle& handle) const {
    expect(content.size() >= 4, handle.offset, "a block has ", content.size(),
           " bytes; 4 is the least");
    const uint32_t count = *ByteCursor(content.substr(content.size() - 4)).fixed<uint32_t>();
    expect(count <= (content.size() - 4) / 4, handle.offset, "a block of ", content.size(),
           " bytes claims ", count, " restarts");
    ByteCursor cursor(content.substr(content.size() - 4 - 4 * size_t{count}));
    std::vector<uint32_t> restarts(count);
    for (uint32_t& restart : restarts) restart = *cursor.fixed<uint32_t>();
    return restarts;
  }

  void add_entry(TableEntries& entries, ByteCursor& cursor, bool is_restart,
                 const BlockHandle& handle) {
    const auto shared = cursor.varint(), own = cursor.varint(), value_size = cursor.varint();
    expect(shared && own && value_size, handle.offset, "entry ", entries.size(),
           " of a block is cut short");
    const std::string_view last = entries.empty() ? std::string_view() : entries.back().first;
    expect(*shared <= last.size() && (!is_restart || *shared == 0), handle.offset, "entry ",
           entries.size(), " of a block shares ", *shared, " bytes of a key of ", last.size());
    const auto suffix = cursor.take(*own), value = cursor.take(*value_size);
    expect(suffix && value, handle.offset, "entry ", entries.size(), " of a block claims ", *own,
           " and ", *value_size, " bytes, more than the block has");
    spend(*shared + *own + *value_size, handle);
    std::string key(last.substr(0, *shared));
    key += *suffix;
    expect(entries.empty() || last < key, handle.offset, "key '", key, "' does not come after '",
           last, "'");
    entries.emplace_back(std::move(key), *value);
  }

  void spend(uint64_t bytes, const BlockHandle& handle) {
    expect(bytes <= budget_, handle.offset, "the table of ", file_.size(),
           " bytes expands more than ", kBudgetFactor, "-fold");
    budget_ -= bytes;
  }

  void append(TableEntries& entries, TableEntries block, const std::string& limit,
              const BlockHandle& handle) const {
    if (block.empty()) return;
    expect(entries.empty() || entries.back().first < block.front().first, handle.offset, "key '",
           block.front().first, "' does not come after the block before");
    expect(block.back().first <= limit, handle.offset, "key '", block.back().first,
           "' is beyond its block's limit '", limit, "'");
    std::move(block.begin(), block.end(), std::back_inserter(entries));
  }

  std::string_view file_;
  const std::string& path_;
  uint64_t budget_;
};

}  // namespace

TableEntries decode_table(std::string_view bytes, const std::string& path) {
  return TableDecoder(bytes, path).decode();
}

}  // namespace reckon::formats
