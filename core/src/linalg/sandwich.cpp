#include "deciban/linalg/sandwich.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "arrow_index.hpp"
#include "deciban/parallel/team.hpp"

namespace deciban::linalg {
namespace {

constexpr int kColumns = 16;  // of a product that a thread makes at a time

// a b a for symmetric matrices.
Matrix between(const Matrix& a, const Matrix& b, const RunContext& context) {
  const int p = a.cols();
  Matrix half(p, p), out(p, p);
  const auto by_columns = [&](auto&& body) {
    parallel::for_each(context, (p + kColumns - 1) / kColumns, [&](std::int64_t piece) {
      const int end = static_cast<int>(std::min<std::int64_t>(p, (piece + 1) * kColumns));
      for (int j = static_cast<int>(piece) * kColumns; j < end; ++j) body(j);
    });
  };
  by_columns([&](int j) {
    double* sum = half.column(j);
    for (int k = 0; k < p; ++k) {
      const double factor = a(k, j);
      if (factor == 0.0) continue;
      const double* column = b.column(k);
      for (int i = 0; i < p; ++i) sum[i] += column[i] * factor;
    }
  });
  by_columns([&](int j) {
    double* sum = out.column(j);
    for (int k = 0; k < p; ++k) {
      const double factor = half(k, j);
      if (factor == 0.0) continue;
      const double* column = a.column(k);
      for (int i = 0; i <= j; ++i) sum[i] += column[i] * factor;
    }
  });
  for (int j = 0; j < p; ++j)
    for (int i = 0; i < j; ++i) out(j, i) = out(i, j);
  return out;
}

// Row l of B / D, where D > 0 for the columns that the bread knows.
struct Level {
  std::int64_t begin, end;
  double diagonal;
};

Level level_of(const Arrow& arrow, int l) {
  return {arrow.pattern->start[static_cast<std::size_t>(l)], arrow.pattern->start[static_cast<std::size_t>(l) + 1],
          arrow.diagonal[static_cast<std::size_t>(l)]};
}

// K = T' M T
Matrix core_meat(const Covariance& bread, const ArrowMatrix& meat) {
  const Arrow &a = *bread.arrow(), &m = *meat.arrow();
  Matrix k = meat.core();
  for (int l = 0; l < a.size(); ++l) {
    if (!bread.is_known(a.first + l)) continue;
    const Level level = level_of(a, l);
    const double weight = m.diagonal[static_cast<std::size_t>(l)];
    for (std::int64_t e = level.begin; e < level.end; ++e)
      for (std::int64_t f = level.begin; f < level.end; ++f) {
        const double te = a.border[e] / level.diagonal, tf = a.border[f] / level.diagonal;
        k(a.pattern->index[e], a.pattern->index[f]) += te * tf * weight - te * m.border[f] - tf * m.border[e];
      }
  }
  return k;
}

// Variances of the arrow's columns: t V t' - 2 t S r' + m / D^2 with t = B / D and r = (M_B - t m) / D.
double variance_of_level(const Covariance& bread, const ArrowMatrix& meat, const Matrix& core, int l) {
  const Arrow &a = *bread.arrow(), &m = *meat.arrow();
  const Level level = level_of(a, l);
  const double weight = m.diagonal[static_cast<std::size_t>(l)];
  double sum = weight / (level.diagonal * level.diagonal);
  for (std::int64_t e = level.begin; e < level.end; ++e) {
    const double t = a.border[e] / level.diagonal;
    double inner = 0.0;
    for (std::int64_t f = level.begin; f < level.end; ++f) {
      const double tf = a.border[f] / level.diagonal, r = (m.border[f] - tf * weight) / level.diagonal;
      const int i = a.pattern->index[e], j = a.pattern->index[f];
      inner += core(i, j) * tf - 2.0 * bread.core()(i, j) * r;
    }
    sum += t * inner;
  }
  return sum;
}

}  // namespace

Covariance sandwich(const Covariance& bread, const ArrowMatrix& meat, const RunContext& context) {
  if (!bread.arrow()) return between(bread.core(), meat.core(), context);
  const Arrow& arrow = *bread.arrow();
  Matrix core = between(bread.core(), core_meat(bread, meat), context);
  std::vector<double> variances(static_cast<std::size_t>(arrow.size()), 0.0);
  std::vector<char> known(static_cast<std::size_t>(bread.cols()), 1);
  for (int j = 0; j < bread.cols(); ++j) known[static_cast<std::size_t>(j)] = bread.is_known(j);
  constexpr std::int64_t kLevels = 256;
  parallel::for_each(context, (arrow.size() + kLevels - 1) / kLevels, [&](std::int64_t piece) {
    const std::int64_t end = std::min<std::int64_t>(arrow.size(), (piece + 1) * kLevels);
    for (std::int64_t l = piece * kLevels; l < end; ++l)
      if (known[static_cast<std::size_t>(arrow.first + l)])
        variances[static_cast<std::size_t>(l)] = variance_of_level(bread, meat, core, static_cast<int>(l));
  });
  auto bare = std::make_shared<Arrow>();
  bare->first = arrow.first;
  bare->diagonal.assign(arrow.diagonal.size(), 0.0);
  return Covariance(std::move(core), std::move(bare), 1.0, std::move(variances), std::move(known));
}

}  // namespace deciban::linalg
