#pragma once
#include "deciban/base/config.hpp"

#include "deciban/math/blocks.hpp"

namespace deciban {
namespace math {

// One per translation unit blocks_*.cpp; nullptr where the variant is not compiled.
const BlockFunctions* baseline_functions();
const BlockFunctions* avx2_functions();
const BlockFunctions* avx512_functions();

}  // namespace math
}  // namespace deciban
