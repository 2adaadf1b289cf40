// SPDX-License-Identifier: Apache-2.0
// H16: what only an instantiation makes public headers say: their templates, of every type that
// they take. It is compiled, and not run.
#include <reckon/reckon.h>

using namespace reckon;

namespace {

template <class T>
void array_of(T value) {
  Array array = Array::from<T>({value, value}, {2});
  (void)array.data<T>();
  (void)array.mutable_data<T>();
  (void)Array::scalar(value);
  (void)array.item<T>();
  (void)array.at<T>(0);
}
template <class... Ts>
void arrays_of(Ts... values) {
  (array_of(values), ...);
}

template <class T>
void number_of(T value) {
  (void)Operand(value);
  (void)ParamValue(value);
  (void)Schedule(value);
  (void)optimizers::adam({.learning_rate = value});
  Params params{{"value", value}};
  params.set("other", value);
  (void)params.get<T>("value");
  (void)params.get<T>("value", value);
  (void)EvalResult().get<T>("loss");
}
template <class... Ts>
void numbers_of(Ts... values) {
  (number_of(values), ...);
}

EstimatorSpec all(const Features&, const Labels&, Mode, const Params&, const RunConfig&) {
  return {};
}
EstimatorSpec single(const Tensor&) { return {}; }

void model_functions() {
  (void)make_model_function(all);
  (void)make_model_function(&single);
  (void)make_model_function([](Tensor, Tensor, Mode) { return EstimatorSpec{}; });
  (void)make_model_function([](const Features&, const Params&) -> EstimatorSpec { return {}; });
  (void)make_model_function(
      std::function<EstimatorSpec(const Features&, Mode, const RunConfig&)>());
  Estimator(all, {}), Estimator(single), Estimator(make_model_function(all), {});
}

}  // namespace

int main(int argc, char**) {
  if (argc < 2) return 0;
  arrays_of<float, double, int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t,
            bool, std::string_view>(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, true, "1");
  (void)Array::from<std::string>({"a"}, {1}).item<std::string>();
  numbers_of<float, double, int8_t, short, int, long, long long, unsigned char, unsigned,
             unsigned long>(1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
  model_functions();
}
