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

// Words of 32 bits stand in lanes of 64, so that products need no widening.
static void philox_loop(const std::uint32_t* key, std::uint64_t index, std::uint64_t first, std::uint64_t* out,
                        int blocks) {
  constexpr std::uint64_t kLow = 0xffffffffULL;
  for (int b = 0; b < blocks; b += kLanes) {
    std::uint64_t counters[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) counters[lane] = first + static_cast<std::uint64_t>(b + lane);
    U counter;
    std::memcpy(&counter, counters, sizeof counter);
    U c0 = U() + (index & kLow), c1 = U() + (index >> 32), c2 = counter & kLow, c3 = counter >> 32;
    std::uint32_t key0 = key[0], key1 = key[1];
    for (int round = 0; round < 10; ++round) {
      const U product0 = c0 * 0xD2511F53ULL, product1 = c2 * 0xCD9E8D57ULL;
      c0 = (product1 >> 32) ^ c1 ^ static_cast<std::uint64_t>(key0);
      c2 = (product0 >> 32) ^ c3 ^ static_cast<std::uint64_t>(key1);
      c1 = product1 & kLow;
      c3 = product0 & kLow;
      key0 += 0x9E3779B9u;
      key1 += 0xBB67AE85u;
    }
    const U low = (c1 << 32) | c0, high = (c3 << 32) | c2;
    std::uint64_t words[2][kLanes];
    std::memcpy(words[0], &low, sizeof low);
    std::memcpy(words[1], &high, sizeof high);
    for (int lane = 0; lane < kLanes; ++lane) {
      out[2 * (b + lane)] = words[0][lane];
      out[2 * (b + lane) + 1] = words[1][lane];
    }
  }
}

static constexpr BlockFunctions kFunctions = {exp_loop, expm1_loop, log_loop, log1p_loop, logistic_loop, philox_loop};

}  // namespace DECIBAN_LANES_NAMESPACE
}  // namespace math
}  // namespace deciban
