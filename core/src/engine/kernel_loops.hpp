// The loops of kernels_*.cpp over the lanes of math/lanes.hpp; included after it with the same macros, once per
// variant.
namespace deciban {
namespace math {
namespace DECIBAN_LANES_NAMESPACE {

using engine::FamilyRows;

static constexpr int kVectors = 8 / kLanes;  // of 8 virtual lanes

// Short loops over accumulators must be unrolled: only then do these stay in registers.
#if defined(__GNUC__) && !defined(__clang__)
#define DECIBAN_UNROLL _Pragma("GCC unroll 8")
#else
#define DECIBAN_UNROLL
#endif

// The next block of a column is a new page of memory, where no processor looks ahead by itself.
#if defined(__GNUC__) || defined(__clang__)
#define DECIBAN_PREFETCH(address) __builtin_prefetch(address, 0, 3)
#else
#define DECIBAN_PREFETCH(address)
#endif

struct Sum8 {
  F part[kVectors];
};

DECIBAN_LANE_FUNCTION double total(const Sum8& sum) {
  double s[8];
  DECIBAN_UNROLL for (int v = 0; v < kVectors; ++v) store(s + v * kLanes, sum.part[v]);
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

static void shift_loop(const double* x, double shift, int n, double* out) {
  const F by = splat(shift);
  int i = 0;
  for (; i + 8 <= n; i += 8) {
    DECIBAN_PREFETCH(x + i + parallel::kComputeRows);
    for (int v = 0; v < 8; v += kLanes) store(out + i + v, load(x + i + v) - by);
  }
  for (; i < n; ++i) out[i] = x[i] - shift;
  for (; i % 8 != 0; ++i) out[i] = 0.0;
}

static void add_scaled_loop(double factor, const double* x, int n, double* out) {
  const F by = splat(factor);
  int i = 0;
  for (; i + kLanes <= n; i += kLanes) store(out + i, load(out + i) + by * load(x + i));
  for (; i < n; ++i) out[i] += factor * x[i];
}

static void add_gathered_loop(const double* table, const std::uint16_t* codes, int n, double* out) {
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    const double a = table[codes[i]], b = table[codes[i + 1]], c = table[codes[i + 2]], d = table[codes[i + 3]];
    out[i] += a;
    out[i + 1] += b;
    out[i + 2] += c;
    out[i + 3] += d;
  }
  for (; i < n; ++i) out[i] += table[codes[i]];
}

static double sum_loop(const double* a, int n) {
  Sum8 sum = {};
  for (int i = 0; i < n; i += 8) {
    DECIBAN_UNROLL
    for (int v = 0; v < kVectors; ++v) sum.part[v] += load(a + i + v * kLanes);
  }
  return total(sum);
}

// Column x against `Count` weighted columns.
template <int Count>
DECIBAN_LANE_FUNCTION void dots(const double* x, const double* const* weighted, int n, double* out) {
  Sum8 sums[Count] = {};
  for (int i = 0; i < n; i += 8) {
    DECIBAN_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      const F value = load(x + i + v * kLanes);
      DECIBAN_UNROLL
      for (int c = 0; c < Count; ++c) sums[c].part[v] += value * load(weighted[c] + i + v * kLanes);
    }
  }
  for (int c = 0; c < Count; ++c) out[c] += total(sums[c]);
}

static double dot_loop(const double* a, const double* b, int n) {
  double out = 0.0;
  dots<1>(a, &b, n, &out);
  return out;
}

// So few rows that thirty columns of them stay close, and enough that joining lanes costs little.
static constexpr int kGramRows = 256;

static void gram_rows(const double* x, const double* h, const double* score, int k, int stride, int n, double* weighted,
                      double* gram, double* margins) {
  const double* const both[2] = {h, score};
  for (int i = 0; i < k; ++i) dots<2>(x + i * stride, both, n, margins + 2 * i);
  for (int first = 0; first < k; first += 4) {
    const int count = k - first < 4 ? k - first : 4;
    const double* columns[4] = {};
    for (int c = 0; c < count; ++c) {
      double* column = weighted + c * kGramRows;
      columns[c] = column;
      for (int i = 0; i < n; i += kLanes) store(column + i, load(h + i) * load(x + (first + c) * stride + i));
    }
    for (int i = 0; i < first + count; ++i) {
      double* out = gram + i * k + first;
      if (count == 4) {
        dots<4>(x + i * stride, columns, n, out);
      } else {
        for (int c = 0; c < count; ++c) dots<1>(x + i * stride, columns + c, n, out + c);
      }
    }
  }
}

static void gram_loop(const double* x, const double* h, const double* score, int k, int stride, int n, double* weighted,
                      double* gram, double* margins) {
  for (int first = 0; first < n; first += kGramRows)
    gram_rows(x + first, h + first, score + first, k, stride, n - first < kGramRows ? n - first : kGramRows, weighted,
              gram, margins);
}

static void make_records_loop(const double* h, const double* score, const double* x, int k, int stride, int size, int n,
                              double* records) {
  if (k == 0) {
    for (int i = 0; i < n; ++i) {
      records[i * size] = h[i];
      records[i * size + 1] = score[i];
    }
    return;
  }
  int j = 0;
  for (int i = 0; i < n; ++i) {
    records[i * size] = h[i];
    records[i * size + 1] = score[i];
    records[i * size + 2] = h[i] * x[i];
  }
  for (j = 1; j + 1 < k; j += 2) {
    const double *a = x + j * stride, *b = a + stride;
    double* out = records + 2 + j;
    for (int i = 0; i < n; ++i) {
      out[i * size] = h[i] * a[i];
      out[i * size + 1] = h[i] * b[i];
    }
  }
  for (; j < k; ++j)
    for (int i = 0; i < n; ++i) records[i * size + 2 + j] = h[i] * x[j * stride + i];
}

static void add_weights_loop(const std::uint16_t* codes, const double* h, int n, double* table) {
  for (int i = 0; i < n; ++i) table[codes[i]] += h[i];
}

// Records are added in vectors of at most 32 bytes: a load of 64 bytes waits longer for the store before it to the same
// cell (1.2 against 0.8 ns per record on Zen 5).
#if DECIBAN_LANES_BYTES == 64
typedef double R __attribute__((vector_size(32)));
#else
typedef F R;
#endif
static constexpr int kRecordLanes = static_cast<int>(sizeof(R) / sizeof(double));

DECIBAN_LANE_FUNCTION void add_part(const double* record, double* cell) {
  R sum, part;
  std::memcpy(&sum, cell, sizeof sum);
  std::memcpy(&part, record, sizeof part);
  sum += part;
  std::memcpy(cell, &sum, sizeof sum);
}

// Sizes known to the compiler: 2, 4 and 8 doubles.
template <int Size>
DECIBAN_LANE_FUNCTION void add_records_of(const std::uint16_t* codes, const double* records, int n, double* table) {
  for (int i = 0; i < n; ++i) {
    double* cell = table + Size * static_cast<std::size_t>(codes[i]);
    if (Size < kRecordLanes) {
      for (int j = 0; j < Size; ++j) cell[j] += records[Size * i + j];
    } else {
      DECIBAN_UNROLL
      for (int j = 0; j < Size; j += kRecordLanes) add_part(records + Size * i + j, cell + j);
    }
  }
}

static void add_records_loop(const std::uint16_t* codes, const double* records, int size, int n, double* table) {
  if (size == 2) return add_records_of<2>(codes, records, n, table);
  if (size == 4) return add_records_of<4>(codes, records, n, table);
  if (size == 8) return add_records_of<8>(codes, records, n, table);
  for (int i = 0; i < n; ++i) {
    double* cell = table + static_cast<std::size_t>(size) * codes[i];
    const double* record = records + static_cast<std::size_t>(size) * i;
    for (int j = 0; j < size; j += kRecordLanes) add_part(record + j, cell + j);
  }
}

// What every family does with a block of rows: `Model` says the rest.
struct RowTerms {
  F mean, complement, score, information, pearson, deviance;  // per unit of weight
  M inside;
};

template <class Model>
DECIBAN_LANE_FUNCTION int family_loop(const FamilyRows& rows, Model model) {
  const F zero = splat(0.0), one = splat(1.0);
  F outside = zero;
  for (int i = 0; i < rows.n; i += kLanes) {
    const F w = load(rows.weight + i);
    const RowTerms at = model(load(rows.eta + i), load(rows.y + i));
    const M has_weight = w > zero, counts = at.inside & has_weight;
    store(rows.mu + i, at.mean);
    store(rows.complement + i, at.complement);
    store(rows.score + i, select(counts, w * at.score, zero));
    store(rows.information + i, select(counts, w * at.information, zero));
    store(rows.pearson + i, select(counts, w * at.pearson, zero));
    store(rows.deviance + i, select(counts, at.deviance, zero));
    outside += select(has_weight, select(at.inside, zero, one), zero);
  }
  double lanes[kLanes], count = 0.0;
  store(lanes, outside);
  for (int v = 0; v < kLanes; ++v) count += lanes[v];
  return static_cast<int>(count);
}

// exp(eta), 1/2 where that is no positive number.
DECIBAN_LANE_FUNCTION F log_link_mean(F eta, M& inside) {
  const F mean = exp(eta);
  inside = (mean > splat(0.0)) & (mean < splat(kLaneInf));
  return select(inside, mean, splat(0.5));
}

// log(y / m); near 1 the rounding of the ratio is taken back.
DECIBAN_LANE_FUNCTION F log_ratio(F y, F m) {
  const F ratio = y / m, excess = ratio - splat(1.0);
  const F correction = ((y - m) - excess * m) / y;
  return log(ratio) + select(abs(excess) < splat(0.5), correction, splat(0.0));
}

static int poisson_log_loop(const FamilyRows& rows) {
  return family_loop(rows, [](F eta, F y) {
    RowTerms at;
    const F m = at.mean = log_link_mean(eta, at.inside), residual = y - m;
    at.complement = splat(1.0) - m;
    at.score = residual;
    at.information = m;
    at.pearson = residual * residual / m;
    at.deviance = -2.0 * residual;
    return at;
  });
}

static int gamma_log_loop(const FamilyRows& rows) {
  return family_loop(rows, [](F eta, F y) {
    RowTerms at;
    const F one = splat(1.0), m = at.mean = log_link_mean(eta, at.inside);
    const F relative = (y - m) / m;
    at.complement = one - m;
    at.score = relative;
    at.information = one;
    at.pearson = relative * relative;
    // y = 0 reaches this for the quasi family only, where R takes log(1 / mu)
    at.deviance = 2.0 * (relative - log_ratio(select(y > splat(0.0), y, one), m));
    return at;
  });
}

static int gaussian_identity_loop(const FamilyRows& rows) {
  return family_loop(rows, [](F eta, F y) {
    RowTerms at;
    at.inside = abs(eta) < splat(kLaneInf);
    const F residual = y - eta;
    at.mean = eta;
    at.complement = splat(1.0) - eta;
    at.score = residual;
    at.information = splat(1.0);
    at.pearson = at.deviance = residual * residual;
    return at;
  });
}

static int tweedie_log_loop(const FamilyRows& rows) {
  const double p = rows.var_power;
  return family_loop(rows, [p](F eta, F y) {
    RowTerms at;
    const F m = at.mean = log_link_mean(eta, at.inside), residual = y - m;
    at.complement = splat(1.0) - m;
    at.information = exp(select(at.inside, (2.0 - p) * eta, splat(0.0)));
    at.score = residual * (at.information / m);
    at.pearson = at.score * (residual / m);
    at.deviance = 2.0 / (2.0 - p) * at.information;
    return at;
  });
}

// From e = exp(-|eta|) alone: nothing cancels however near to 0 or 1 the mean is.
static int binomial_logit_loop(const FamilyRows& rows) {
  return family_loop(rows, [](F eta, F y) {
    RowTerms at;
    const F zero = splat(0.0), one = splat(1.0), distance = abs(eta);
    const F e = exp(-distance), large = one / (one + e), small = e * large;
    const M up = eta > zero;
    const F m = at.mean = select(up, large, small), c = at.complement = select(up, small, large);
    at.inside = distance < splat(kLaneInf);  // a mean of 0 or 1 to the last digit has no information, and does no harm
    at.score = select(y > splat(0.5), c - (one - y), y - m);
    at.information = small * large;
    at.pearson = at.score * select(at.information > zero, at.score / at.information, zero);
    const F against = select(y > splat(0.5), zero - eta, eta);  // > 0 where the row speaks against the prediction
    at.deviance = 2.0 * (log1p(e) + select(against > zero, against, zero));
    return at;
  });
}

static int gamma_inverse_loop(const FamilyRows& rows) {
  return family_loop(rows, [](F eta, F y) {
    RowTerms at;
    const F zero = splat(0.0), one = splat(1.0), inverse = one / eta;
    at.inside = (eta > zero) & (eta < splat(kLaneInf)) & (inverse > zero) & (inverse < splat(kLaneInf));
    const F m = at.mean = select(at.inside, inverse, splat(0.5));
    const F relative = (y - m) / m;
    at.complement = one - m;
    at.score = m - y;
    at.information = m * m;
    at.pearson = relative * relative;
    at.deviance = 2.0 * (relative - log_ratio(select(y > zero, y, one), m));
    return at;
  });
}

#undef DECIBAN_UNROLL
#undef DECIBAN_PREFETCH

static constexpr engine::Kernels kKernels = {
    shift_loop,        add_scaled_loop,     add_gathered_loop, sum_loop,         dot_loop,       gram_loop,
    make_records_loop, add_weights_loop,    add_records_loop,  poisson_log_loop, gamma_log_loop, gaussian_identity_loop,
    tweedie_log_loop,  binomial_logit_loop, gamma_inverse_loop};

}  // namespace DECIBAN_LANES_NAMESPACE
}  // namespace math
}  // namespace deciban
