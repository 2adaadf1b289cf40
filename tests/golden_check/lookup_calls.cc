// SPDX-License-Identifier: Apache-2.0
// Rows by number, masks, largest elements, hashes.
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include <reckon/strings.h>

#include "calls.h"

namespace reckon::golden {

void add_lookup_calls(CallTable& table) {
  table["gather"] = [](const Arguments& a) -> Tensors {
    return {gather(a[0], a[1],
                   {.axis = static_cast<int>(a.integer("axis", 0)),
                    .batch_dims = static_cast<int>(a.integer("batch_dims", 0))})};
  };
  table["embedding_lookup"] = [](const Arguments& a) -> Tensors {
    if (a.x.size() > 2 || a.has("max_norm")) throw Unsupported("partitions and max_norm");
    return {gather(a[0], a[1])};
  };
  table["boolean_mask"] = [](const Arguments& a) -> Tensors {
    return {boolean_mask(a[0], a[1], static_cast<int>(a.integer("axis", 0)))};
  };
  table["where_indices"] = [](const Arguments& a) -> Tensors { return {where(a[0])}; };
  table["top_k"] = [](const Arguments& a) -> Tensors {
    const TopK found = top_k(a[0], a.integer("k", 1));
    return {found.values, found.indices};
  };
  table["to_hash_bucket_fast"] = [](const Arguments& a) -> Tensors {
    return {strings::to_hash_bucket_fast(a[0], a.integer("num_buckets", 1))};
  };
}

}  // namespace reckon::golden
