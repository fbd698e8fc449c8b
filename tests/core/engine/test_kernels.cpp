#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "engine/kernels.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using engine::Kernels;
using fit_case::Random;
using fit_case::same_bits;
using Doubles = std::vector<double>;

namespace {

constexpr int kStride = 512;

// Zeros behind n, as blocks of rows have them.
Doubles padded(int n, Random& random) {
  Doubles out(kStride, 0.0);
  for (int i = 0; i < n; ++i) out[static_cast<std::size_t>(i)] = std::exp(3.0 * random.normal()) * random.normal();
  return out;
}

struct Inputs {
  int n, k;
  Doubles a, b, x, positive;
  std::vector<std::uint16_t> codes;

  Inputs(int n, int k, Random& random) : n(n), k(k), a(padded(n, random)), b(padded(n, random)), codes(kStride) {
    for (int j = 0; j < k; ++j) {
      const Doubles column = padded(n, random);
      x.insert(x.end(), column.begin(), column.end());
    }
    x.resize(x.size() + kStride);
    for (auto& code : codes) code = static_cast<std::uint16_t>(random.below(7));
  }
};

// Everything that a table of kernels computes from the inputs, one after the other.
Doubles results(const Kernels& kernels, const Inputs& in) {
  Doubles out;
  const auto keep = [&](const Doubles& values) { out.insert(out.end(), values.begin(), values.end()); };
  const int k = in.k, n = in.n;
  out.push_back(kernels.sum(in.a.data(), n));
  out.push_back(kernels.dot(in.a.data(), in.b.data(), n));
  Doubles shifted(kStride, -1.0), scaled = in.a, gathered = in.a;
  kernels.shift(in.a.data(), 0.3, n, shifted.data());
  keep(shifted);
  kernels.add_scaled(-1.7, in.b.data(), n, scaled.data());
  keep(scaled);
  kernels.add_gathered(in.b.data(), in.codes.data(), n, gathered.data());
  keep(gathered);
  Doubles gram(static_cast<std::size_t>(k) * k), margins(2 * static_cast<std::size_t>(k)), room(4 * kStride);
  kernels.gram(in.x.data(), in.a.data(), in.b.data(), k, kStride, n, room.data(), gram.data(), margins.data());
  for (int i = 0; i < k; ++i)
    for (int j = i; j < k; ++j) out.push_back(gram[static_cast<std::size_t>(i) * k + j]);
  keep(margins);
  for (const int size : {2, 4, 8, 16, 24}) {
    if (2 + k > size) continue;
    Doubles records(static_cast<std::size_t>(size) * kStride), table(7 * static_cast<std::size_t>(size));
    kernels.make_records(in.a.data(), in.b.data(), k ? in.x.data() : nullptr, k, kStride, size, n, records.data());
    keep(records);
    kernels.add_records(in.codes.data(), records.data(), size, n, table.data());
    keep(table);
  }
  Doubles weights(7);
  kernels.add_weights(in.codes.data(), in.a.data(), n, weights.data());
  keep(weights);
  Doubles w(kStride, 0.0), mu(kStride), complement(kStride), score(kStride), information(kStride), pearson(kStride),
      deviance(kStride);
  for (int i = 0; i < n; ++i) w[static_cast<std::size_t>(i)] = i % 5 ? std::fabs(in.b[static_cast<std::size_t>(i)]) : 0;
  for (const auto loop : {kernels.poisson_log, kernels.gamma_log, kernels.gaussian_identity, kernels.tweedie_log}) {
    out.push_back(loop({in.a.data(), in.x.data(), w.data(), n, mu.data(), complement.data(), score.data(),
                        information.data(), pearson.data(), deviance.data(), 1.6}));
    for (const auto* values : {&mu, &complement, &score, &information, &pearson, &deviance})
      out.insert(out.end(), values->begin(), values->begin() + n);
  }
  return out;
}

bool near(double got, long double expected, long double size) {
  return std::fabs(got - static_cast<double>(expected)) <= 1e-13 * static_cast<double>(size);
}

}  // namespace

TEST(Kernels, HaveTheSameBitsInEveryInstructionSet) {
  Random random(5);
  for (const int n : {1, 7, 8, 9, 127, 128, 129, 300, 511, 512})
    for (const int k : {0, 1, 2, 3, 4, 5, 6, 11, 21}) {
      const Inputs inputs(n, k, random);
      const Doubles expected = results(engine::kernels(math::Isa::baseline), inputs);
      for (const math::Isa isa : math::available_isas())
        EXPECT_TRUE(same_bits(results(engine::kernels(isa), inputs), expected))
            << math::isa_name(isa) << ", " << n << " rows, " << k << " columns";
    }
}

TEST(Kernels, SumWhatTheySay) {
  Random random(6);
  const Kernels& kernels = engine::kernels(math::active_isa());
  for (const int n : {1, 8, 130, 512}) {
    const int k = 6;
    const Inputs in(n, k, random);
    Doubles gram(k * k), margins(2 * k), room(4 * kStride);
    kernels.gram(in.x.data(), in.a.data(), in.b.data(), k, kStride, n, room.data(), gram.data(), margins.data());
    for (int i = 0; i < k; ++i) {
      long double h = 0, g = 0, h_size = 0, g_size = 0;
      for (int r = 0; r < n; ++r) {
        const long double x = in.x[i * kStride + r];
        h += in.a[r] * x;
        g += in.b[r] * x;
        h_size += std::fabs(in.a[r] * x);
        g_size += std::fabs(in.b[r] * x);
      }
      EXPECT_TRUE(near(margins[2 * i], h, h_size) && near(margins[2 * i + 1], g, g_size)) << n << " margin " << i;
      for (int j = i; j < k; ++j) {
        long double sum = 0, size = 0;
        for (int r = 0; r < n; ++r) {
          const long double term = static_cast<long double>(in.a[r]) * in.x[i * kStride + r] * in.x[j * kStride + r];
          sum += term;
          size += std::fabs(term);
        }
        EXPECT_TRUE(near(gram[i * k + j], sum, size)) << n << " gram " << i << ", " << j;
      }
    }
    Doubles table(7), expected(7);
    kernels.add_weights(in.codes.data(), in.a.data(), n, table.data());
    for (int r = 0; r < n; ++r) expected[in.codes[r]] += in.a[r];
    EXPECT_TRUE(same_bits(table, expected)) << "rows are added in their order";
  }
}

TEST(Kernels, PoissonCountsRowsWhoseMeanIsNotValid) {
  const double inf = HUGE_VAL, nan = std::nan("");
  const Doubles eta = {0.0, inf, -inf, nan, 800.0, -800.0, 1.0, 2.0};
  const Doubles y = {1, 1, 1, 1, 1, 1, nan, 3}, w = {2, 1, 1, 1, 1, 1, 0, 1};
  Doubles mu(8), complement(8), score(8), information(8), pearson(8), deviance(8);
  for (const math::Isa isa : math::available_isas()) {
    EXPECT_EQ(engine::kernels(isa).poisson_log({eta.data(), y.data(), w.data(), 8, mu.data(), complement.data(),
                                                score.data(), information.data(), pearson.data(), deviance.data()}),
              5);
    EXPECT_EQ(mu[0], 1.0);
    EXPECT_EQ(information[0], 2.0);
    for (int i = 1; i < 7; ++i) EXPECT_EQ(score[i] + information[i] + pearson[i], 0.0) << i;
    EXPECT_NEAR(score[7], 3.0 - std::exp(2.0), 1e-14);
    EXPECT_NEAR(pearson[7], (3.0 - std::exp(2.0)) * (3.0 - std::exp(2.0)) / std::exp(2.0), 1e-14);
  }
}
