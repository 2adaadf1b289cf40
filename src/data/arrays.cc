// SPDX-License-Identifier: Apache-2.0
// from_arrays(): the rows of Arrays in memory, which are shared and not copied.
#include "base/check.h"
#include "base/utf8.h"
#include "data/columns.h"
#include "data/nodes.h"

namespace reckon::reckon_internal::data {
namespace {

using Arrays = std::map<std::string, Array>;

std::string component_text(const std::string& name, bool is_label) {
  if (!is_label) return "feature \"" + name + "\"";
  return name.empty() ? "labels" : "label \"" + name + "\"";
}

class ColumnCheck {
 public:
  explicit ColumnCheck(Place place) : place_(place) {}

  void check(const std::string& name, const Array& column, bool is_label) {
    const std::string text = component_text(name, is_label);
    base::require_utf8("from_arrays", "the name", name, place_);
    const bool is_plural = text == "labels";
    require_at(column.valid() && column.shape().rank() > 0, "from_arrays", place_,
               base::concat_text(text, is_plural ? " are " : " is ",
                                 column.valid() ? column.text() : "an Array() without elements",
                                 ", which has no rows; give an Array of rank 1 or more"));
    const int64_t rows = column.shape()[0];
    if (first_.empty()) {
      first_ = text;
      rows_ = rows;
    }
    require_at(rows == rows_, "from_arrays", place_,
               base::concat_text(first_, " has ", rows_, " rows but ", text,
                                 is_plural ? " have " : " has ", rows,
                                 "; give every Array the same first dimension"));
  }

 private:
  Place place_;
  std::string first_;
  int64_t rows_ = 0;
};

}  // namespace

NodePtr make_arrays(const Arrays& features, const Arrays& labels, Place place) {
  require_at(!features.empty(), "from_arrays", place,
             "came without features; give at least one named Array");
  ColumnCheck check(place);
  DatasetSpec spec;
  std::vector<Array> columns;
  for (const Arrays* arrays : {&features, &labels}) {
    const bool is_label = arrays == &labels;
    for (const auto& [name, column] : *arrays) {
      check.check(name, column, is_label);
      (is_label ? spec.labels : spec.features).push_back(row_spec(name, column));
      columns.push_back(column);
    }
  }
  return make_columns("arrays", std::move(spec), std::move(columns));
}

void require_at(bool claim, const char* where, Place place, const std::string& text) {
  if (!claim) throw Error(ErrorCode::kInvalidArgument, where, text, place);
}

}  // namespace reckon::reckon_internal::data
