// SPDX-License-Identifier: Apache-2.0
// For tests of tables: LevelDB's own table code as the oracle, and entries like a checkpoint's.
#pragma once

#include <string>

#include <gtest/gtest.h>
#include <leveldb/env.h>
#include <leveldb/options.h>
#include <leveldb/table_builder.h>

#include "formats/table.h"

namespace reckon::formats {

class StringFile : public leveldb::WritableFile {
 public:
  leveldb::Status Append(const leveldb::Slice& data) override {
    bytes.append(data.data(), data.size());
    return {};
  }
  leveldb::Status Close() override { return {}; }
  leveldb::Status Flush() override { return {}; }
  leveldb::Status Sync() override { return {}; }
  std::string bytes;
};

inline std::string leveldb_table(const TableEntries& entries, leveldb::CompressionType compression,
                                 size_t block_bytes = 256 * 1024) {
  leveldb::Options options;
  options.compression = compression;
  options.block_size = block_bytes;
  StringFile file;
  leveldb::TableBuilder builder(options, &file);
  for (const auto& [key, value] : entries) builder.Add(key, value);
  EXPECT_TRUE(builder.Finish().ok());
  return file.bytes;
}

inline TableEntries sample(int count) {
  TableEntries entries = {{"", "header"}};
  for (int i = 0; i < count; ++i) {
    entries.emplace_back("scope/layer_" + std::to_string(100000 + i) + "/kernel",
                         std::string(i % 37, 'v'));
  }
  return entries;
}

}  // namespace reckon::formats
