#include "deciban/base/config.hpp"

#include "deciban/math/blocks.hpp"
#include "deciban/math/rng.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "accuracy.hpp"
#include "deciban/math/distributions.hpp"
#include "deciban/math/elementary.hpp"

namespace dm = deciban::math;
namespace {

using Words = std::array<std::uint32_t, 4>;

// Known answers published with Random123 (Salmon et al. 2011), file kat_vectors, philox 4x32 10.
TEST(MathPhilox, KnownAnswers) {
  EXPECT_EQ(dm::philox4x32({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(dm::philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(dm::philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(MathStream, DependsOnItsKeyOnly) {
  dm::Stream a(7, dm::purpose("bootstrap"), 3), b(7, dm::purpose("bootstrap"), 3);
  dm::Stream other_seed(8, dm::purpose("bootstrap"), 3), other_purpose(7, dm::purpose("folds"), 3),
      other_index(7, dm::purpose("bootstrap"), 4);
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t value = a.bits();
    EXPECT_EQ(value, b.bits());
    EXPECT_NE(value, other_seed.bits());
    EXPECT_NE(value, other_purpose.bits());
    EXPECT_NE(value, other_index.bits());
  }
}

// Regression lock (values of deciban 0.1.0): a change here changes every simulated portfolio and every fold.
TEST(MathStream, FilledAtOnceInAnyInstructionSet) {
  for (const dm::Isa isa : dm::available_isas()) {
    dm::Stream one(7, dm::purpose("fill"), 0x123456789abcdefULL), all = one;
    std::uint64_t words[2 * 24];
    all.fill(dm::block_functions(isa), words, 8);
    all.fill(dm::block_functions(isa), words + 16, 16);
    for (const std::uint64_t word : words) EXPECT_EQ(word, one.bits()) << dm::isa_name(isa);
    EXPECT_EQ(all.bits(), one.bits());
  }
}

TEST(MathStream, Lock) {
  dm::Stream stream(1, dm::purpose("lock"), 2);
  EXPECT_EQ(stream.bits(), 0x17120f54b353d0a6ULL);
  EXPECT_EQ(stream.bits(), 0xa9848a63b5d92274ULL);
  EXPECT_EQ(stream.bits(), 0x04752d5c79a1c774ULL);
}

/// Mean, variance and Kolmogorov distance are checked in units of their standard errors.
struct Moments {
  double mean = 0.0, variance = 0.0;
};
template <class Draw>
Moments moments(int n, Draw draw) {
  double sum = 0.0, square = 0.0, shift = 0.0;
  dm::Stream stream(42, dm::purpose("moments"), 0);
  for (int i = 0; i < n; ++i) {
    const double x = draw(stream);
    if (i == 0) shift = x;
    sum += x - shift;
    square += (x - shift) * (x - shift);
  }
  return {shift + sum / n, (square - sum * sum / n) / (n - 1)};
}

/// `kurtosis` is the fourth central moment over the squared variance.
void expect_moments(const Moments& found, int n, double mean, double variance, double kurtosis, const char* what) {
  EXPECT_LT(std::fabs(found.mean - mean), 4.0 * std::sqrt(variance / n)) << what;
  EXPECT_LT(std::fabs(found.variance / variance - 1.0), 4.0 * std::sqrt((kurtosis - 1.0) / n) + 20.0 / n) << what;
}

constexpr int kDraws = 200000;

TEST(MathDraws, Uniform) {
  expect_moments(moments(kDraws, [](dm::Stream& s) { return s.uniform(); }), kDraws, 0.5, 1.0 / 12.0, 1.8, "uniform");
  dm::Stream stream(1, 2, 3);
  for (int i = 0; i < kDraws; ++i) {
    const double u = stream.uniform();
    ASSERT_GT(u, 0.0);
    ASSERT_LT(u, 1.0);
  }
}

TEST(MathDraws, NormalAndExponential) {
  expect_moments(moments(kDraws, [](dm::Stream& s) { return dm::draw_normal(s); }), kDraws, 0.0, 1.0, 3.0, "normal");
  expect_moments(moments(kDraws, [](dm::Stream& s) { return dm::draw_exponential(s); }), kDraws, 1.0, 1.0, 9.0, "exp");
}

TEST(MathDraws, Gamma) {
  for (double shape : {0.05, 0.5, 1.0, 2.5, 300.0}) {
    const Moments found = moments(kDraws, [=](dm::Stream& s) { return dm::draw_gamma(s, shape); });
    expect_moments(found, kDraws, shape, shape, 3.0 + 6.0 / shape, "gamma");
  }
  dm::Stream stream(1, 1, 1);
  EXPECT_EQ(dm::draw_gamma(stream, 0.0), 0.0);
  EXPECT_TRUE(std::isnan(dm::draw_gamma(stream, -1.0)));
}

TEST(MathDraws, Poisson) {
  for (double mean : {0.01, 0.1, 1.0, 9.9, 10.0, 35.0, 1e4, 1e9}) {
    const Moments found = moments(kDraws, [=](dm::Stream& s) { return dm::draw_poisson(s, mean); });
    expect_moments(found, kDraws, mean, mean, 3.0 + 1.0 / mean, "poisson");
  }
  dm::Stream stream(1, 1, 1);
  EXPECT_EQ(dm::draw_poisson(stream, 0.0), 0.0);
  EXPECT_TRUE(std::isnan(dm::draw_poisson(stream, -1.0)));
  EXPECT_TRUE(std::isnan(dm::draw_poisson(stream, std::numeric_limits<double>::infinity())));
}

TEST(MathDraws, Binomial) {
  for (double n : {1.0, 20.0, 1000.0, 1e6}) {
    for (double p : {0.001, 0.3, 0.5, 0.97}) {
      const Moments found = moments(kDraws, [=](dm::Stream& s) { return dm::draw_binomial(s, n, p); });
      const double variance = n * p * (1.0 - p);
      expect_moments(found, kDraws, n * p, variance, 3.0 + (1.0 - 6.0 * p * (1.0 - p)) / variance, "binomial");
    }
  }
  dm::Stream stream(1, 1, 1);
  EXPECT_EQ(dm::draw_binomial(stream, 0.0, 0.5), 0.0);
  EXPECT_EQ(dm::draw_binomial(stream, 7.0, 0.0), 0.0);
  EXPECT_EQ(dm::draw_binomial(stream, 7.0, 1.0), 7.0);
  EXPECT_TRUE(std::isnan(dm::draw_binomial(stream, 2.5, 0.5)));
  EXPECT_TRUE(std::isnan(dm::draw_binomial(stream, 2.0, 1.5)));
}

/// Chi-squared test of counts against probabilities; the p-value of a right generator is uniform.
void expect_frequencies(const std::vector<double>& counts, const std::vector<double>& probabilities, const char* what) {
  double n = 0.0, chi2 = 0.0;
  for (double count : counts) n += count;
  int n_cells = 0;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    if (n * probabilities[k] < 10.0) continue;
    const double expected = n * probabilities[k];
    chi2 += (counts[k] - expected) * (counts[k] - expected) / expected;
    ++n_cells;
  }
  EXPECT_GT(dm::chi2_sf(chi2, n_cells - 1), 1e-4) << what << " chi2 " << chi2 << " on " << n_cells << " cells";
}

TEST(MathDraws, PoissonAndBinomialFrequencies) {
  for (double mean : {3.0, 12.0, 60.0}) {
    std::vector<double> counts(200), probabilities(200);
    dm::Stream stream(9, dm::purpose("frequencies"), 1);
    for (int i = 0; i < kDraws; ++i) counts[static_cast<std::size_t>(dm::draw_poisson(stream, mean))] += 1.0;
    for (int k = 0; k < 200; ++k) probabilities[k] = dm::exp(k * dm::log(mean) - mean - dm::log_factorial(k));
    expect_frequencies(counts, probabilities, "poisson");
  }
  for (double p : {0.05, 0.2, 0.6}) {
    const double n = 100.0;
    std::vector<double> counts(101), probabilities(101);
    dm::Stream stream(9, dm::purpose("frequencies"), 2);
    for (int i = 0; i < kDraws; ++i) counts[static_cast<std::size_t>(dm::draw_binomial(stream, n, p))] += 1.0;
    for (int k = 0; k <= 100; ++k) {
      probabilities[k] = dm::exp(dm::log_factorial(n) - dm::log_factorial(k) - dm::log_factorial(n - k) +
                                 k * dm::log(p) + (n - k) * dm::log1p(-p));
    }
    expect_frequencies(counts, probabilities, "binomial");
  }
}

TEST(MathDraws, Index) {
  dm::Stream stream(5, dm::purpose("index"), 0);
  std::vector<double> counts(7);
  for (int i = 0; i < kDraws; ++i) counts[dm::draw_index(stream, 7)] += 1.0;
  expect_frequencies(counts, std::vector<double>(7, 1.0 / 7.0), "index");
  EXPECT_EQ(dm::draw_index(stream, 1), 0u);
  EXPECT_EQ(dm::draw_index(stream, 0), 0u);
  // A bound that rejects a quarter of all words: the highest bit must still be fair enough.
  const std::uint64_t bound = 0xC000000000000000ULL;
  int n_upper = 0;
  for (int i = 0; i < kDraws; ++i) {
    const std::uint64_t value = dm::draw_index(stream, bound);
    ASSERT_LT(value, bound);
    n_upper += value >= 0x8000000000000000ULL ? 1 : 0;
  }
  EXPECT_NEAR(n_upper / static_cast<double>(kDraws), 1.0 / 3.0, 0.005);
}

}  // namespace
