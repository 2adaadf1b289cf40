// SPDX-License-Identifier: Apache-2.0
#include "mistakes/table.h"

namespace reckon::mistakes {

std::vector<Rows> table() {
  return {input_mistakes(),     label_mistakes(), shape_mistakes(), model_mistakes(),
          optimizer_mistakes(), call_mistakes(),  file_mistakes(),  graph_mistakes()};
}

}  // namespace reckon::mistakes
