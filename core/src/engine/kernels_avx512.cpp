#include "deciban/base/config.hpp"

#include "deciban/math/lanes_prelude.hpp"
#include "kernels.hpp"

// Everything from outside is included above: inline functions compiled below carry this target.
#if DECIBAN_X86_VARIANTS
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx512bw"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512vl,avx512bw")
#endif
#define DECIBAN_LANES_NAMESPACE engine_avx512
#define DECIBAN_LANES_BYTES 64
#include "deciban/math/lanes.hpp"
//
#include "kernel_loops.hpp"
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif

namespace deciban {
namespace engine {

const Kernels* avx512_kernels() {
#if DECIBAN_X86_VARIANTS
  return &math::engine_avx512::kKernels;
#else
  return nullptr;
#endif
}

}  // namespace engine
}  // namespace deciban
