// What lanes.hpp needs from outside, to be included before the target of a variant is switched on.
#pragma once
#include "deciban/base/config.hpp"

#include <cfloat>
#include <cstdint>
#include <cstring>
#include <limits>

#include "deciban/math/lane_coefficients.hpp"

#if defined(__GNUC__)
/// Widest vector of the plain build; 8 means one double at a time.
#define DECIBAN_BASELINE_BYTES 16
#define DECIBAN_LANE_FUNCTION static inline __attribute__((always_inline))
#else
#define DECIBAN_BASELINE_BYTES 8
#define DECIBAN_LANE_FUNCTION static inline
#endif

/// Variants for AVX2 and AVX-512 are compiled by function-level targets: GCC and clang on x86-64.
#if defined(__GNUC__) && defined(__x86_64__)
#define DECIBAN_X86_VARIANTS 1
#else
#define DECIBAN_X86_VARIANTS 0
#endif

namespace deciban {
namespace math {

static_assert(FLT_EVAL_METHOD == 0, "equal bits need arithmetic in double precision (no x87)");

inline constexpr double kLaneInf = std::numeric_limits<double>::infinity();
inline constexpr double kLaneNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace math
}  // namespace deciban
