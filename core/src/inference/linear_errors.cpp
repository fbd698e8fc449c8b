#include "deciban/inference/linear_errors.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/design/sparse_rows.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/ordered_reduce.hpp"
#include "deciban/parallel/team.hpp"

namespace deciban::inference {
namespace {

using design::SparseRows;

// Entries of the covariance; those of a dense one without a look at where they are kept.
class Entries {
 public:
  explicit Entries(const linalg::Covariance& covariance) : covariance_(covariance), dense_(!covariance.arrow()) {}
  double operator()(int i, int j) const { return dense_ ? covariance_.core()(i, j) : covariance_(i, j); }

 private:
  const linalg::Covariance& covariance_;
  bool dense_;
};

// Twice the products of one entry with those before it, and its own square.
double quadratic_form(const SparseRows::Entry* first, const SparseRows::Entry* last, const Entries& entries,
                      const std::vector<double>& coefficients) {
  double total = 0.0;
  for (const SparseRows::Entry* a = first; a != last; ++a) {
    if (std::isnan(coefficients[static_cast<std::size_t>(a->column)])) continue;
    double cross = 0.0;
    for (const SparseRows::Entry* b = first; b != a; ++b)
      if (!std::isnan(coefficients[static_cast<std::size_t>(b->column)]))
        cross += entries(a->column, b->column) * b->value;
    total += a->value * (2.0 * cross + entries(a->column, a->column) * a->value);
  }
  return total;
}

template <class Body>
void each_row(const design::CodedDesign& design, const RunContext& context, Body&& body) {
  parallel::for_each(context, parallel::block_count(design.rows), [&](std::int64_t block) {
    SparseRows rows(design);
    parallel::for_compute_blocks(parallel::block_range(design.rows, block), [&](std::int64_t begin, int n) {
      rows.read(begin, n);
      for (int i = 0; i < n; ++i) body(static_cast<std::size_t>(begin + i), rows.row(i));
    });
  });
}

// What centring adds to the quadratic forms of a term: V centre, and centre' V centre.
struct Centring {
  std::vector<double> product;
  double square = 0.0, fit = 0.0;
};

Centring centring_of(int first, int last, const std::vector<double>& centre, const std::vector<double>& coefficients,
                     const Entries& entries) {
  Centring centring;
  centring.product.assign(static_cast<std::size_t>(last - first), 0.0);
  const auto known = [&](int j) { return !std::isnan(coefficients[static_cast<std::size_t>(j)]); };
  for (int i = first; i < last; ++i) {
    if (!known(i)) continue;
    const std::size_t k = static_cast<std::size_t>(i);
    for (int j = first; j < last; ++j)
      if (known(j) && centre[j] != 0.0)
        centring.product[k - static_cast<std::size_t>(first)] += entries(i, j) * centre[j];
    centring.square += centre[k] * centring.product[k - static_cast<std::size_t>(first)];
    centring.fit += centre[k] * coefficients[k];
  }
  return centring;
}

struct ColumnSums {
  std::vector<double> sums;
  double rows = 0.0;
  void merge(const ColumnSums& later) {
    rows += later.rows;
    for (std::size_t j = 0; j < sums.size(); ++j) sums[j] += later.sums[j];
  }
};

}  // namespace

std::vector<double> predictor_errors(const design::CodedDesign& design, const std::vector<double>& coefficients,
                                     const linalg::Covariance& covariance, const RunContext& context) {
  const Entries entries(covariance);
  std::vector<double> errors(static_cast<std::size_t>(design.rows));
  each_row(design, context, [&](std::size_t i, const SparseRows::Row& row) {
    errors[i] = row.missing ? std::nan("")
                            : std::sqrt(std::max(0.0, quadratic_form(row.begin(), row.end(), entries, coefficients)));
  });
  return errors;
}

TermValues term_values(const design::CodedDesign& design, const std::vector<int>& first,
                       const std::vector<double>& centre, const std::vector<double>& coefficients,
                       const linalg::Covariance& covariance, const RunContext& context) {
  const Entries entries(covariance);
  const std::size_t n = static_cast<std::size_t>(design.rows), terms = first.size() - 1;
  std::vector<Centring> centrings;
  for (std::size_t t = 0; t < terms && !centre.empty(); ++t)
    centrings.push_back(centring_of(first[t], first[t + 1], centre, coefficients, entries));
  TermValues values{std::vector<double>(n * terms), std::vector<double>(n * terms)};
  each_row(design, context, [&](std::size_t i, const SparseRows::Row& row) {
    const SparseRows::Entry* at = row.begin();
    while (at != row.end() && at->column < first[0]) ++at;  // the intercept
    for (std::size_t t = 0; t < terms; ++t) {
      const SparseRows::Entry* end = at;
      double fit = 0.0, product = 0.0;
      for (; end != row.end() && end->column < first[t + 1]; ++end) {
        const double coefficient = coefficients[static_cast<std::size_t>(end->column)];
        if (std::isnan(coefficient)) continue;
        fit += end->value * coefficient;
        if (!centre.empty())
          product += end->value * centrings[t].product[static_cast<std::size_t>(end->column - first[t])];
      }
      double square = quadratic_form(at, end, entries, coefficients);
      if (!centre.empty()) {
        fit -= centrings[t].fit;
        square += centrings[t].square - 2.0 * product;
      }
      values.fit[t * n + i] = row.missing ? std::nan("") : fit;
      values.se[t * n + i] = row.missing ? std::nan("") : std::sqrt(std::max(0.0, square));
      at = end;
    }
  });
  return values;
}

std::vector<double> column_means(const design::CodedDesign& design, const data::Numbers& frequencies,
                                 const RunContext& context) {
  const auto total =
      parallel::ordered_reduce<ColumnSums>(context, parallel::block_count(design.rows), [&](std::int64_t block) {
        auto part = std::make_unique<ColumnSums>();
        part->sums.assign(static_cast<std::size_t>(design.n_columns), 0.0);
        SparseRows rows(design);
        parallel::for_compute_blocks(parallel::block_range(design.rows, block), [&](std::int64_t begin, int n) {
          rows.read(begin, n);
          for (int i = 0; i < n; ++i) {
            const double f = frequencies.empty() ? 1.0 : frequencies[static_cast<std::size_t>(begin + i)];
            part->rows += f;
            for (const SparseRows::Entry& entry : rows.row(i))
              part->sums[static_cast<std::size_t>(entry.column)] += f * entry.value;
          }
        });
        return part;
      });
  std::vector<double> means(static_cast<std::size_t>(design.n_columns), 0.0);
  for (std::size_t j = 0; total && j < means.size(); ++j) means[j] = total->sums[j] / total->rows;
  return means;
}

}  // namespace deciban::inference
