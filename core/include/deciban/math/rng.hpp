#pragma once
#include "deciban/base/config.hpp"

#include <array>
#include <cstdint>

namespace deciban {
namespace math {

struct BlockFunctions;

/// Philox4x32 with 10 rounds: four random words from a counter and a key.
/// Source: Salmon, Moraes, Dror, Shaw (2011), Parallel random numbers: as easy as 1, 2, 3.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// A number for a purpose given by name, e.g. `purpose("bootstrap")` (FNV-1a, 64 bits).
constexpr std::uint64_t purpose(const char* name) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (; *name != '\0'; ++name) hash = (hash ^ static_cast<unsigned char>(*name)) * 0x100000001b3ULL;
  return hash;
}

/// Random numbers that depend on (seed, purpose, index) only: not on threads, on the order of work, or on other
/// streams. Give every row, replicate or fold its own index. A stream is a small value; copying it repeats its numbers.
class Stream {
 public:
  Stream(std::uint64_t seed, std::uint64_t purpose, std::uint64_t index);
  /// 64 random bits.
  std::uint64_t bits();
  /// The next 2 `blocks` numbers of bits(), all at once; `blocks` is a multiple of 8. Not after an odd number of them.
  void fill(const BlockFunctions& functions, std::uint64_t* out, int blocks);
  /// Uniform on the open interval (0, 1): odd multiples of 2^-53, so that log(u) and log(1 - u) are finite.
  double uniform();

 private:
  std::array<std::uint32_t, 2> key_;
  std::uint64_t index_;
  std::uint64_t block_ = 0;
  std::uint64_t spare_ = 0;
  bool has_spare_ = false;
};

// Draws. All of them give the same bits on every CPU. Invalid parameters (negative, NaN, infinite) give NaN.

/// Standard normal, by inversion: one uniform per draw.
double draw_normal(Stream& stream);
/// Exponential with mean 1, by inversion.
double draw_exponential(Stream& stream);
/// Gamma with the given shape (>= 0) and scale 1. Marsaglia and Tsang (2000); shape 0 gives 0.
double draw_gamma(Stream& stream, double shape);
/// Poisson count. Inversion for mean < 10, else PTRS of Hormann (1993), The transformed rejection method.
double draw_poisson(Stream& stream, double mean);
/// Binomial count of n trials (n >= 0, whole). Inversion for n min(p, 1 - p) < 10, else BTRS of Hormann (1993).
double draw_binomial(Stream& stream, double n, double p);
/// Count with Var = mean + mean^2 / theta: Poisson with a gamma mean; an infinite theta is the Poisson law.
double draw_negative_binomial(Stream& stream, double mean, double theta);
/// Inverse Gaussian with Var = mean^3 / shape. Michael, Schucany and Haas (1976), The American Statistician 30, 88-90.
double draw_inverse_gaussian(Stream& stream, double mean, double shape);
/// Tweedie with 1 < var_power < 2 and Var = phi mean^var_power: a gamma law with a Poisson multiple of its shape.
double draw_tweedie(Stream& stream, double mean, double phi, double var_power);
/// Uniform on 0, ..., n - 1 without bias (Lemire 2019); 0 when n is 0.
std::uint64_t draw_index(Stream& stream, std::uint64_t n);

}  // namespace math
}  // namespace deciban
