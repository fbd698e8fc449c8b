#include "deciban/base/config.hpp"

#include "deciban/math/lanes_prelude.hpp"
#include "kernels.hpp"

#define DECIBAN_LANES_NAMESPACE engine_baseline
#define DECIBAN_LANES_BYTES DECIBAN_BASELINE_BYTES
#include "deciban/math/lanes.hpp"
//
#include "kernel_loops.hpp"

namespace deciban::engine {

const Kernels* baseline_kernels() { return &math::engine_baseline::kKernels; }

const Kernels& kernels(math::Isa isa) {
  const Kernels* found = nullptr;
  if (isa == math::Isa::avx2) found = avx2_kernels();
  if (isa == math::Isa::avx512) found = avx512_kernels();
  return found ? *found : *baseline_kernels();
}

}  // namespace deciban::engine
