// SPDX-License-Identifier: Apache-2.0
#include "inputs.h"

#include <cmath>
#include <sstream>

#include "claims.h"

namespace reckon::fuzz_face {
namespace {

constexpr int64_t kFeatures = 3;

struct Rows {
  Array x, id, y;
};

/// The third feature is the row's number, by which a bad row is known wherever a shuffle puts it.
Rows make_rows(const Input& input) {
  Choices numbers(input.data_seed);
  const auto draw = [&] { return static_cast<float>(numbers.between(-100, 100)) / 100; };
  std::vector<float> x, y;
  std::vector<int64_t> id;
  for (int64_t row = 0; row < input.rows; ++row) {
    x.insert(x.end(), {draw(), draw(), static_cast<float>(row)});
    y.push_back(draw());
    id.push_back(numbers.between(0, 4));
  }
  if (input.spoilt == Spoilt::kNotANumber)
    x[static_cast<size_t>(input.spoilt_row * kFeatures)] = NAN;
  return {Array::from(x, {input.rows, kFeatures}), Array::from(id, {input.rows}),
          Array::from(y, {input.rows, 1})};
}

/// Gives each element back, or throws at the bad one.
Dataset with_guard(const Dataset& rows, const Input& input) {
  const bool throws = input.spoilt == Spoilt::kThrows;
  const auto bad = static_cast<float>(input.spoilt_row);
  return rows.map_native(
      [throws, bad](const ArrayElement& element) {
        if (throws && element.features[1].at<float>(2) == bad) throw UsersOwn("a bad row");
        return element;
      },
      rows.spec());
}

}  // namespace

Dataset Input::make() const {
  const Rows data = make_rows(*this);
  Dataset set = with_guard(Dataset::from_arrays({{"id", data.id}, {"x", data.x}}, data.y), *this);
  if (shuffle == 1) set = set.shuffle({.buffer_size = rows, .seed = 5});
  if (shuffle == 2) set = set.shuffle({.buffer_size = rows});
  if (inner_repeat != 1) set = set.repeat(inner_repeat);
  set = set.batch(batch);
  if (taken_batches >= 0) set = set.take(taken_batches);
  if (outer_repeat != 1) set = set.repeat(outer_repeat);
  return has_prefetch ? set.prefetch(2) : set;
}

std::string Input::text() const {
  std::ostringstream out;
  out << "{data " << data_seed << ", rows " << rows << ", batch " << batch << ", repeat "
      << inner_repeat << ", take " << taken_batches << ", repeat " << outer_repeat << ", shuffle "
      << shuffle << (has_prefetch ? ", prefetch" : "");
  if (spoilt != Spoilt::kNo) {
    out << (spoilt == Spoilt::kThrows ? ", throws at row " : ", NaN in row ") << spoilt_row;
  }
  out << "}";
  return out.str();
}

Input choose_plain_input(Choices& choices) {
  Input input;
  input.data_seed = static_cast<uint64_t>(choices.between(1, 3));
  input.rows = choices.between(1, 9);
  input.batch = choices.between(1, 5);
  return input;
}

Input choose_input(Choices& choices) {
  Input input = choose_plain_input(choices);
  input.inner_repeat = choices.pick<int64_t>({-1, -1, 1, 2, 3, 0});
  input.shuffle = choices.between(0, 2);
  input.has_prefetch = choices.one_in(4);
  if (choices.one_in(3)) {
    input.taken_batches = choices.between(0, 4);
    input.outer_repeat = choices.pick<int64_t>({-1, 1, 2, 3});
  }
  return input;
}

Input spoil(Input input, Spoilt how, Choices& choices) {
  input.spoilt = how;
  input.spoilt_row = choices.between(0, input.rows - 1);
  return input;
}

}  // namespace reckon::fuzz_face
