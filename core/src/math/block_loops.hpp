// The loops of blocks_*.cpp over the lane functions; included after lanes.hpp with the same macros, once per variant.
namespace deciban {
namespace math {
namespace DECIBAN_LANES_NAMESPACE {

// The rest of a block goes through a padded copy, so that every value takes the same code.
#define DECIBAN_BLOCK_LOOP(name, function)                   \
  static void name(const double* x, double* out, int n) {    \
    int i = 0;                                               \
    for (; i + kLanes <= n; i += kLanes) {                   \
      store(out + i, function(load(x + i)));                 \
    }                                                        \
    if (i < n) {                                             \
      double rest[kLanes] = {};                              \
      const int n_rest = n - i;                              \
      for (int j = 0; j < n_rest; ++j) rest[j] = x[i + j];   \
      store(rest, function(load(rest)));                     \
      for (int j = 0; j < n_rest; ++j) out[i + j] = rest[j]; \
    }                                                        \
  }

DECIBAN_BLOCK_LOOP(exp_loop, exp)
DECIBAN_BLOCK_LOOP(expm1_loop, expm1)
DECIBAN_BLOCK_LOOP(log_loop, log)
DECIBAN_BLOCK_LOOP(log1p_loop, log1p)
DECIBAN_BLOCK_LOOP(logistic_loop, logistic)

#undef DECIBAN_BLOCK_LOOP

static constexpr BlockFunctions kFunctions = {exp_loop, expm1_loop, log_loop, log1p_loop, logistic_loop};

}  // namespace DECIBAN_LANES_NAMESPACE
}  // namespace math
}  // namespace deciban
