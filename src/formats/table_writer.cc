// SPDX-License-Identifier: Apache-2.0
// Writes LevelDB tables. Follows the format description in LevelDB's doc/table_format.md.
#include <algorithm>

#include "base/check.h"
#include "base/crc32c.h"
#include "formats/byte_order.h"
#include "formats/table.h"
#include "formats/table_layout.h"

namespace reckon::formats {
namespace {

// Entries share the prefix of the key before, except at restarts, where a reader can start a
// search.
class BlockBuilder {
 public:
  explicit BlockBuilder(size_t restart_interval) : restart_interval_(restart_interval) {}

  void add(std::string_view key, std::string_view value) {
    size_t shared = 0;
    if (count_ % restart_interval_ != 0) {
      shared = std::mismatch(key.begin(), key.end(), last_key_.begin(), last_key_.end()).first -
               key.begin();
    } else if (count_ > 0) {
      restarts_.push_back(static_cast<uint32_t>(bytes_.size()));
    }
    append_varint(bytes_, shared);
    append_varint(bytes_, key.size() - shared);
    append_varint(bytes_, value.size());
    bytes_.append(key.substr(shared)).append(value);
    last_key_ = key;
    ++count_;
  }

  bool empty() const { return count_ == 0; }
  size_t size() const { return bytes_.size() + 4 * (restarts_.size() + 1); }

  std::string finish() {
    for (const uint32_t restart : restarts_) append_fixed(bytes_, restart);
    append_fixed(bytes_, static_cast<uint32_t>(restarts_.size()));
    std::string block = std::move(bytes_);
    *this = BlockBuilder(restart_interval_);
    return block;
  }

 private:
  size_t restart_interval_;
  std::string bytes_, last_key_;
  std::vector<uint32_t> restarts_ = {0};
  size_t count_ = 0;
};

// Appends the block with its trailer and gives its handle.
std::string append_block(std::string& file, std::string block) {
  std::string handle;
  append_varint(handle, file.size());
  append_varint(handle, block.size());
  block.push_back(kRawBlock);
  const uint32_t crc = base::masked_crc32c(block);
  append_fixed(block, crc);
  file += block;
  return handle;
}

// A short key k with last <= k < next.
std::string separator(std::string last, const std::string& next) {
  const size_t differs =
      std::mismatch(last.begin(), last.end(), next.begin(), next.end()).first - last.begin();
  if (differs >= last.size() || differs >= next.size()) return last;
  const uint8_t byte = last[differs];
  if (byte < 0xff && byte + 1 < static_cast<uint8_t>(next[differs])) {
    last[differs] = static_cast<char>(byte + 1);
    last.resize(differs + 1);
  }
  return last;
}

// A short key k with last <= k.
std::string successor(std::string last) {
  for (size_t i = 0; i < last.size(); ++i) {
    if (static_cast<uint8_t>(last[i]) == 0xff) continue;
    last[i] = static_cast<char>(last[i] + 1);
    last.resize(i + 1);
    break;
  }
  return last;
}

void check_ascending(const TableEntries& entries) {
  for (size_t i = 1; i < entries.size(); ++i) {
    base::require(entries[i - 1].first < entries[i].first, "table", "key '", entries[i].first,
                  "' comes after '", entries[i - 1].first, "'; keys must ascend strictly");
  }
}

}  // namespace

std::string encode_table(const TableEntries& entries, size_t block_bytes) {
  check_ascending(entries);
  std::string file;
  BlockBuilder data(kRestartInterval), index(1);
  for (size_t i = 0; i < entries.size(); ++i) {
    const auto& [key, value] = entries[i];
    data.add(key, value);
    const bool is_last = i + 1 == entries.size();
    if (is_last || data.size() >= block_bytes) {
      index.add(is_last ? successor(key) : separator(key, entries[i + 1].first),
                append_block(file, data.finish()));
    }
  }
  std::string footer = append_block(file, BlockBuilder(kRestartInterval).finish());
  footer += append_block(file, index.finish());
  footer.resize(kTableFooterBytes - sizeof kTableMagic);
  append_fixed(footer, kTableMagic);
  return file + footer;
}

}  // namespace reckon::formats
