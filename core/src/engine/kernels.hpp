#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>

#include "deciban/math/isa.hpp"
#include "deciban/parallel/block_grid.hpp"

namespace deciban::engine {

/// Arrays of a compute block that the loops of a family read and write.
struct FamilyRows {
  const double *eta, *y, *weight;
  int n;
  double *mu, *complement, *score, *information, *pearson, *deviance;
  double var_power = 0.0;
};

/// Loops over a compute block, compiled once per instruction set with equal bits. Sums run in 8 virtual lanes (lane =
/// row modulo 8) that are joined in a fixed order. Arrays have room for n rounded up to 8, and zeros behind row n.
struct Kernels {
  /// out[i] = x[i] - shift, and zeros up to the next multiple of 8.
  void (*shift)(const double* x, double shift, int n, double* out);
  /// out[i] += factor x[i].
  void (*add_scaled)(double factor, const double* x, int n, double* out);
  /// out[i] += table[codes[i]].
  void (*add_gathered)(const double* table, const std::uint16_t* codes, int n, double* out);
  double (*sum)(const double* a, int n);
  double (*dot)(const double* a, const double* b, int n);
  /// Sums over rows of k columns, column i of x at x + i * stride: gram[i * k + j] += h x_i x_j for i <= j,
  /// margins[2 * i] += h x_i, margins[2 * i + 1] += score x_i. `weighted` is room for four columns.
  void (*gram)(const double* x, const double* h, const double* score, int k, int stride, int n, double* weighted,
               double* gram, double* margins);
  /// Records of n rows: h, score, h x_1, ..., h x_k, column i of x at x + i * stride; the rest is left as it is.
  void (*make_records)(const double* h, const double* score, const double* x, int k, int stride, int size, int n,
                       double* records);
  /// table[code] += h.
  void (*add_weights)(const std::uint16_t* codes, const double* h, int n, double* table);
  /// table[code * size + j] += record[row * size + j]; `size` is 2, 4 or a multiple of 8.
  void (*add_records)(const std::uint16_t* codes, const double* records, int size, int n, double* table);
  /// From the predictor to mean, score, information and Pearson's square of the rows, and their unit deviance
  /// (poisson_log and tweedie_log: where y = 0 only; binomial_logit: where y is 0 or 1 only). Rows whose mean is not
  /// valid are counted if they have weight, and give zeros, as rows without weight do; their deviance may be anything.
  int (*poisson_log)(const FamilyRows& rows);
  int (*gamma_log)(const FamilyRows& rows);
  int (*gaussian_identity)(const FamilyRows& rows);
  int (*tweedie_log)(const FamilyRows& rows);  ///< 1 < var_power < 2
  int (*binomial_logit)(const FamilyRows& rows);
  int (*gamma_inverse)(const FamilyRows& rows);
};

const Kernels& kernels(math::Isa isa);

// One per translation unit kernels_*.cpp; null where the variant is not compiled.
const Kernels* baseline_kernels();
const Kernels* avx2_kernels();
const Kernels* avx512_kernels();

}  // namespace deciban::engine
