#pragma once
#include "deciban/base/config.hpp"

#include <vector>

namespace deciban {
namespace math {

/// Instruction sets for which vector code is compiled. All of them give the same bits; they differ in speed only.
/// `avx512` means AVX-512 F, DQ, VL and BW. Other architectures than x86-64 have `baseline` only.
enum class Isa { baseline, avx2, avx512 };

/// The best instruction set of this CPU, lowered by the environment variable DECIBAN_ISA = baseline | avx2 | avx512,
/// which is read at every call: ask once per pass, not once per block.
/// Raises Error `isa.unsupported` (input) when the variable names something unknown or something this CPU lacks.
Isa active_isa();

/// What this CPU and this build can run, slowest first; `baseline` is always there.
std::vector<Isa> available_isas();

/// "baseline", "avx2" or "avx512".
const char* isa_name(Isa isa);

}  // namespace math
}  // namespace deciban
