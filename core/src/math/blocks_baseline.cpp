#include "deciban/base/config.hpp"

#include "block_variants.hpp"
#include "deciban/math/lanes_prelude.hpp"

#define DECIBAN_LANES_NAMESPACE lanes_baseline
#define DECIBAN_LANES_BYTES DECIBAN_BASELINE_BYTES
#include "deciban/math/lanes.hpp"
//
#include "block_loops.hpp"

namespace deciban {
namespace math {

const BlockFunctions* baseline_functions() { return &lanes_baseline::kFunctions; }

void exp_block(const double* x, double* out, int n) { block_functions().exp(x, out, n); }
void expm1_block(const double* x, double* out, int n) { block_functions().expm1(x, out, n); }
void log_block(const double* x, double* out, int n) { block_functions().log(x, out, n); }
void log1p_block(const double* x, double* out, int n) { block_functions().log1p(x, out, n); }
void logistic_block(const double* x, double* out, int n) { block_functions().logistic(x, out, n); }

const BlockFunctions& block_functions(Isa isa) {
  const BlockFunctions* found = nullptr;
  if (isa == Isa::avx2) found = avx2_functions();
  if (isa == Isa::avx512) found = avx512_functions();
  return found != nullptr ? *found : *baseline_functions();
}

}  // namespace math
}  // namespace deciban
