// SPDX-License-Identifier: Apache-2.0
#include "golden_case.h"

#include <algorithm>
#include <cmath>
#include <fstream>

#include "base/check.h"
#include "base/file_system.h"
#include "formats/npz_file.h"

namespace reckon::golden {
namespace {

using nlohmann::json;

json read_json(const std::string& path) {
  std::ifstream file(path);
  if (!file)
    base::fail(ErrorCode::kNotFound, "golden_check", path,
               " cannot be read; name a directory of goldens");
  return json::parse(file);
}

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

/// "text" is a list of strings, "hex" one of hexadecimal digits; a scalar may stand without its
/// list.
Array string_array(const json& entry) {
  std::vector<std::string> values;
  const bool is_hex = entry.contains("hex");
  const json& list = is_hex ? entry.at("hex") : entry.at("text");
  for (const json& item : list.is_array() ? list : json::array({list})) {
    values.push_back(is_hex ? from_hex(item.get<std::string>()) : item.get<std::string>());
  }
  return Array::strings(values, Shape(entry.at("shape").get<std::vector<int64_t>>()));
}

/// The arrays of a family by key.
class Keys {
 public:
  Keys(const std::string& directory, const std::string& name, const json& head)
      : arrays_(formats::read_npz(base::FileSystem::posix(), directory + "/" + name + ".npz")) {
    for (const auto& [key, entry] : head.at("strings").items()) arrays_[key] = string_array(entry);
    for (const auto& [key, dtype] : head.at("raw16").items())
      raw16_[key] = dtype.get<std::string>();
  }

  /// The Array of a key, with its bits for 16-bit floats; not valid() for null.
  Array get(const json& key) const {
    if (key.is_null()) return {};
    const std::string text = key.get<std::string>();
    const Array& array = arrays_.at(text);
    const auto raw = raw16_.find(text);
    if (raw == raw16_.end()) return array;
    const DType dtype = dtype_from_name(raw->second);
    return Array::borrow(dtype, array.shape(), array.raw(), std::make_shared<Array>(array));
  }

 private:
  std::map<std::string, Array> arrays_;
  std::map<std::string, std::string> raw16_;
};

/// `entry` holds tol, truth and disputed beside the list of keys.
std::vector<Want> read_wants(const Keys& keys, const json& list, const json& entry) {
  std::vector<Want> wants;
  for (size_t i = 0; i < list.size(); ++i) {
    Want want;
    want.output = keys.get(list[i]);
    const json& tolerance = entry.at("tol");
    want.relative = tolerance.at("rtol").get<double>();
    const json& absolute = tolerance.at("atol");
    if (i < absolute.size() && absolute[i].is_number()) want.absolute = absolute[i].get<double>();
    const json truths = entry.value("truth", json::array());
    if (i < truths.size() && truths[i].is_string() && truths[i] != "=")
      want.truth = keys.get(truths[i]);
    const json disputed = entry.value("disputed", json::object());
    if (disputed.contains(std::to_string(i))) {
      for (const json& index : disputed.at(std::to_string(i)))
        want.disputed.insert(index.get<int64_t>());
    }
    wants.push_back(std::move(want));
  }
  return wants;
}

bool is_supported(DType dtype) {
  const DType supported[] = {kFloat32, kFloat64, kInt32, kInt64, kUInt8, kBool, kString};
  return std::find(std::begin(supported), std::end(supported), dtype) != std::end(supported);
}

std::string unsupported_dtype(const Case& golden) {
  std::vector<Array> arrays = golden.inputs;
  for (const Want& want : golden.outputs) arrays.push_back(want.output);
  for (const Array& array : arrays) {
    if (array.valid() && !is_supported(array.dtype()))
      return std::string(dtype_name(array.dtype()));
  }
  return "";
}

bool is_denormal(const Array& array, int64_t index) {
  return is_supported(array.dtype()) && is_floating(array.dtype()) &&
         std::fpclassify(array.at<float>(index)) == FP_SUBNORMAL;
}

/// 0 / 0 by way of flushed denormals: neither answer is sensible there.
void mark_undecided(const std::vector<Array>& inputs, std::vector<Want>& wants) {
  for (Want& want : wants) {
    for (int64_t index : want.disputed) {
      for (const Array& input : inputs) {
        const bool is_aligned = input.num_elements() == want.output.num_elements();
        if (is_aligned && is_denormal(input, index)) want.undecided.insert(index);
      }
    }
  }
}

Case read_case(const Keys& keys, const json& entry) {
  Case golden;
  golden.name = entry.at("name").get<std::string>();
  golden.op = entry.at("op").get<std::string>();
  golden.attrs = entry.at("attrs");
  for (const json& key : entry.at("inputs")) golden.inputs.push_back(keys.get(key));
  golden.outputs = read_wants(keys, entry.at("outputs"), entry);
  if (entry.contains("grad")) {
    const json& grad = entry.at("grad");
    for (const json& key : grad.at("cotangents")) golden.cotangents.push_back(keys.get(key));
    golden.input_grads = read_wants(keys, grad.at("input_grads"), grad);
  }
  mark_undecided(golden.inputs, golden.outputs);
  mark_undecided(golden.inputs, golden.input_grads);
  golden.unsupported = unsupported_dtype(golden);
  return golden;
}

void flatten_values(const json& nested, std::vector<json>& flat) {
  if (!nested.is_array()) return flat.push_back(nested);
  for (const json& item : nested) flatten_values(item, flat);
}

double number(const json& value) {
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  if (!value.is_string()) return value.get<double>();
  return std::stod(value.get<std::string>());  // "nan", "inf", "-inf"
}

/// Values are there for 64 elements or fewer; zeros stand in for more, as only the shape matters
/// then.
Array rejected_input(const json& entry) {
  const DType dtype = dtype_from_name(entry.at("dtype").get<std::string>());
  const Shape shape(entry.at("shape").get<std::vector<int64_t>>());
  if (!entry.contains("values") || entry.at("values").is_null()) return Array::zeros(dtype, shape);
  std::vector<json> flat;
  flatten_values(entry.at("values"), flat);
  if (dtype == kString) {
    std::vector<std::string> texts;
    for (const json& value : flat) texts.push_back(value.get<std::string>());
    return Array::strings(texts, shape);
  }
  Array array = Array::zeros(dtype, shape);
  for (size_t i = 0; i < flat.size(); ++i) {
    const double value = number(flat[i]);
    if (dtype == kFloat32)
      array.mutable_data<float>()[i] = static_cast<float>(value);
    else if (dtype == kFloat64)
      array.mutable_data<double>()[i] = value;
    else if (dtype == kInt32)
      array.mutable_data<int32_t>()[i] = static_cast<int32_t>(value);
    else if (dtype == kInt64)
      array.mutable_data<int64_t>()[i] = static_cast<int64_t>(value);
    else if (dtype == kUInt8)
      array.mutable_data<uint8_t>()[i] = static_cast<uint8_t>(value);
    else if (dtype == kBool)
      array.mutable_data<bool>()[i] = value != 0;
  }
  return array;
}

}  // namespace

Family read_family(const std::string& directory, const std::string& name) {
  const json file = read_json(directory + "/" + name + ".json");
  const Keys keys(directory, name, file.at("head"));
  Family family{name, {}};
  for (const json& entry : file.at("cases")) family.cases.push_back(read_case(keys, entry));
  return family;
}

std::vector<Rejection> read_rejections(const std::string& path) {
  std::vector<Rejection> rejections;
  for (const json& entry : read_json(path)) {
    Rejection rejection;
    rejection.family = entry.at("family").get<std::string>();
    rejection.op = entry.at("op").get<std::string>();
    rejection.name = "errors." + std::to_string(rejections.size());
    rejection.attrs = entry.at("attrs");
    for (const json& input : entry.at("inputs")) rejection.inputs.push_back(rejected_input(input));
    rejections.push_back(std::move(rejection));
  }
  return rejections;
}

}  // namespace reckon::golden
