// SPDX-License-Identifier: Apache-2.0
// Which instruction set the kernels use: the best that the processor has, or RECKON_ISA.
#pragma once

#include <string_view>

namespace reckon::kernels {

enum class Isa { kPortable, kAvx2, kAvx512 };

/// The choice for this process, made at the first call. RECKON_ISA=portable|avx2|avx512 lowers it.
///   throws  Error, kInvalidArgument, if RECKON_ISA names another set, or one that the processor
///   lacks
Isa isa();
/// True if the processor and the operating system can run it.
bool isa_available(Isa isa);
std::string_view isa_name(Isa isa);

}  // namespace reckon::kernels
