// SPDX-License-Identifier: Apache-2.0
// ToHashBucketFast: FarmHash64's fingerprint of a string, modulo the number of buckets.
#include <string_view>

#include <reckon/strings.h>
#include "base/check.h"
#include "kernels/hash.h"
#include "ops/define.h"
#include "ops/row_chunks.h"

namespace reckon::ops {
namespace {

struct HashBucketOptions {
  int64_t num_buckets = 1;
};

const DefinedOp<HashBucketOptions> to_hash_bucket_fast_op = define<HashBucketOptions>({
    .name = "ToHashBucketFast",
    .inputs = {{"x", kStrings}},
    .attributes = {{"num_buckets", &HashBucketOptions::num_buckets}},
    .infer = [](const HashBucketOptions& options,
                const graph::InferContext& context) -> graph::Types {
      base::require(options.num_buckets >= 1, "to_hash_bucket_fast", "num_buckets is ",
                    options.num_buckets, ", expected 1 or more; pass the number of buckets");
      return {{kInt64, context.shape(0)}};
    },
    .kernel = [](const HashBucketOptions& options, const KernelSpec&) -> Kernel {
      return {[buckets = options.num_buckets](const KernelCall& call) {
        // A string of a few words costs about as much as 32 plain elements.
        for_row_chunks(call.pool, call.inputs[0].elements, 32, [&](int64_t first, int64_t last) {
          for (int64_t i = first; i < last; ++i) {
            call.out<int64_t>(0)[i] =
                kernels::hash_bucket(call.in<std::string_view>(0)[i], buckets);
          }
        });
        return kernels::Fault();
      }};
    },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon::strings {

Tensor to_hash_bucket_fast(Operand x, Integer num_buckets) {
  return ops::to_hash_bucket_fast_op({x}, {num_buckets});
}

}  // namespace reckon::strings
