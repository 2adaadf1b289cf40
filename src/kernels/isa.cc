// SPDX-License-Identifier: Apache-2.0
// Reads the processor's features once, and RECKON_ISA.
#include "kernels/isa.h"

#include <cstdlib>
#include <string>

#include "base/check.h"

namespace reckon::kernels {
namespace {

Isa best() {
  if (isa_available(Isa::kAvx512)) return Isa::kAvx512;
  return isa_available(Isa::kAvx2) ? Isa::kAvx2 : Isa::kPortable;
}

Isa chosen() {
  const char* wanted = std::getenv("RECKON_ISA");
  if (wanted == nullptr || *wanted == '\0') return best();
  for (Isa isa : {Isa::kPortable, Isa::kAvx2, Isa::kAvx512}) {
    if (isa_name(isa) != wanted) continue;
    base::require(isa_available(isa), "isa", "RECKON_ISA is ", wanted,
                  ", a set that this processor has is expected; the best here is ",
                  isa_name(best()));
    return isa;
  }
  base::fail(ErrorCode::kInvalidArgument, "isa", "RECKON_ISA is \"", wanted,
             "\", expected portable, avx2 or avx512; unset it to take the best");
}

}  // namespace

Isa isa() {
  static const Isa choice = chosen();
  return choice;
}

bool isa_available(Isa isa) {
#if defined(__x86_64__)
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (isa == Isa::kAvx2) return has_avx2;
  if (isa == Isa::kAvx512) {
    return has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  }
#endif
  return isa == Isa::kPortable;
}

std::string_view isa_name(Isa isa) {
  switch (isa) {
    case Isa::kAvx2:
      return "avx2";
    case Isa::kAvx512:
      return "avx512";
    case Isa::kPortable:
      break;
  }
  return "portable";
}

}  // namespace reckon::kernels
