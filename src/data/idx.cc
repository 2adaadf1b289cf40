// SPDX-License-Identifier: Apache-2.0
// idx(): MNIST's pair of files as rows in memory.
#include "base/check.h"
#include "base/utf8.h"
#include "data/columns.h"
#include "data/idx_cache.h"
#include "data/nodes.h"

namespace reckon::reckon_internal::data {

NodePtr make_idx(const std::string& images, const std::string& labels, const IdxOptions& options) {
  const Array image_rows = idx_images(images), label_rows = idx_labels(labels);
  base::require(image_rows.shape()[0] == label_rows.shape()[0], "idx", images, " holds ",
                image_rows.shape()[0], " images but ", labels, " ", label_rows.shape()[0],
                " labels; give two files of one set");
  base::require_utf8("idx", "IdxOptions::feature", options.feature);
  return make_columns("idx", {{row_spec(options.feature, image_rows)}, {row_spec("", label_rows)}},
                      {image_rows, label_rows});
}

}  // namespace reckon::reckon_internal::data
