// SPDX-License-Identifier: Apache-2.0
// The golden files: FAMILY.json and FAMILY.npz, and errors.json, as shared/golden/ops/README.md
// describes them.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <reckon/array.h>

namespace reckon::golden {

/// What one array should be.
struct Want {
  Array output;                ///< TensorFlow's; not valid() if there is nothing to compare
  std::optional<Array> truth;  ///< the same in float64
  double relative = 0, absolute = 0;
  std::set<int64_t> disputed;   ///< flat indices where the two differ in kind
  std::set<int64_t> undecided;  ///< of those, where an input is a denormal, which may count as zero
};

struct Case {
  std::string name, op;
  nlohmann::json attrs;
  std::vector<Array> inputs;
  std::vector<Want> outputs;
  std::vector<Array>
      cotangents;  ///< one for each output, or none at all; not valid() where none flows
  std::vector<Want> input_grads;
  std::string unsupported;  ///< why the case cannot be run at all; usually empty
};

/// A call that must be refused.
struct Rejection {
  std::string name, family, op;
  nlohmann::json attrs;
  std::vector<Array> inputs;
};

struct Family {
  std::string name;
  std::vector<Case> cases;
};

/// Throws reckon::Error for a missing or damaged file.
Family read_family(const std::string& directory, const std::string& name);
std::vector<Rejection> read_rejections(const std::string& path);

}  // namespace reckon::golden
