#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>

#include "deciban/math/isa.hpp"

namespace deciban {
namespace math {

/// out[i] = f(x[i]) for i < n, with the bits of the scalar functions in elementary.hpp. Any n >= 0, any alignment;
/// out may be x. They ask `active_isa()` at every call; code that works in many small blocks takes `block_functions`
/// once per pass instead.
void exp_block(const double* x, double* out, int n);
void expm1_block(const double* x, double* out, int n);
void log_block(const double* x, double* out, int n);
void log1p_block(const double* x, double* out, int n);
void logistic_block(const double* x, double* out, int n);

/// The block functions of one instruction set.
struct BlockFunctions {
  using Function = void (*)(const double* x, double* out, int n);
  Function exp;
  Function expm1;
  Function log;
  Function log1p;
  Function logistic;
  /// Philox4x32 (rng.hpp) of the counters `first`, first + 1, ... under one index and key, two words of 64 bits each.
  /// `blocks` is a multiple of 8.
  void (*philox)(const std::uint32_t* key, std::uint64_t index, std::uint64_t first, std::uint64_t* out, int blocks);
};

/// The table for `isa`, which must be one of `available_isas()`.
const BlockFunctions& block_functions(Isa isa = active_isa());

}  // namespace math
}  // namespace deciban
