// SPDX-License-Identifier: Apache-2.0
#include "runtime/subprogram.h"

#include <atomic>
#include <cstring>

#include "base/check.h"
#include "runtime/compile.h"

namespace reckon::runtime {
namespace {

class CompiledSubprogram : public ops::Subprogram {
 public:
  explicit CompiledSubprogram(std::shared_ptr<const Program> program)
      : program_(std::move(program)) {
    execution_ = std::make_unique<Execution>(program_);
  }

  kernels::Fault run(const void* const* inputs, void* const* outputs,
                     const ops::KernelCall& call) const override {
    // Runs of one parent that overlap are rare: the later one makes an Execution of its own.
    if (is_busy_.test_and_set(std::memory_order_acquire)) {
      Execution own(program_);
      return run(own, inputs, outputs, call);
    }
    const Release release{is_busy_};
    return run(*execution_, inputs, outputs, call);
  }

 private:
  /// Also where an inner run throws.
  struct Release {
    std::atomic_flag& is_busy;
    ~Release() { is_busy.clear(std::memory_order_release); }
  };

  kernels::Fault run(Execution& execution, const void* const* inputs, void* const* outputs,
                     const ops::KernelCall& call) const {
    const auto parameters = static_cast<int32_t>(program_->parameters.size());
    for (int32_t i = 0; i < parameters; ++i) execution.feed(i, inputs[i]);
    for (int32_t i = 0; i < program_->result_count; ++i) execution.place_result(i, outputs[i]);
    if (kernels::Fault fault = execution.try_run(*call.run, call.pool)) return fault;
    for (int32_t i = 0; i < program_->result_count; ++i) {
      const ops::View& result = execution.result(i);
      if (result.data == outputs[i]) continue;  // written there, as most are
      const size_t bytes = static_cast<size_t>(result.elements) * dtype_size(result.dtype);
      if (bytes > 0) std::memmove(outputs[i], result.data, bytes);
    }
    return {};
  }

  std::shared_ptr<const Program> program_;
  std::unique_ptr<Execution> execution_;
  mutable std::atomic_flag is_busy_ = ATOMIC_FLAG_INIT;
};

}  // namespace

std::shared_ptr<const ops::Subprogram> compile_subprogram(const graph::Function& function,
                                                          const graph::Types& parameters) {
  CompileRequest request{
      {&function, function.results, {}}, parameters, std::nullopt, Results::kAtCaller};
  return std::make_shared<const CompiledSubprogram>(compile(request));
}

}  // namespace reckon::runtime
