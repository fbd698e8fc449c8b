// The loops of kernels_*.cpp over the lanes of math/lanes.hpp; included after it with the same macros, once per
// variant.
namespace deciban {
namespace math {
namespace DECIBAN_LANES_NAMESPACE {

static constexpr int kVectors = 8 / kLanes;  // of 8 virtual lanes

// Short loops over accumulators must be unrolled: only then do these stay in registers.
#if defined(__GNUC__) && !defined(__clang__)
#define DECIBAN_UNROLL _Pragma("GCC unroll 8")
#else
#define DECIBAN_UNROLL
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
  for (; i + kLanes <= n; i += kLanes) store(out + i, load(x + i) - by);
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

// So few rows that thirty columns of them stay in the first-level cache.
static constexpr int kGramRows = 128;

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

// Sizes known to the compiler: 2, 4 and 8 doubles.
template <int Size>
DECIBAN_LANE_FUNCTION void add_records_of(const std::uint16_t* codes, const double* records, int n, double* table) {
  constexpr int kStep = Size < kLanes ? 1 : kLanes;
  for (int i = 0; i < n; ++i) {
    double* cell = table + Size * static_cast<std::size_t>(codes[i]);
    DECIBAN_UNROLL
    for (int j = 0; j < Size; j += kStep) {
      if (kStep == 1) {
        cell[j] += records[Size * i + j];
      } else {
        store(cell + j, load(cell + j) + load(records + Size * i + j));
      }
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
    for (int j = 0; j < size; j += kLanes) store(cell + j, load(cell + j) + load(record + j));
  }
}

static int poisson_log_loop(const double* eta, const double* y, const double* weight, int n, double* mu, double* score,
                            double* information, double* pearson) {
  double invalid[kLanes];
  F count = splat(0.0);
  const F zero = splat(0.0), one = splat(1.0), infinity = splat(kLaneInf);
  for (int i = 0; i < n; i += kLanes) {
    const F mean = exp(load(eta + i)), w = load(weight + i), response = load(y + i);
    const M inside = (mean > zero) & (mean < infinity), positive = w > zero;
    const M counts = inside & positive;
    const F m = select(inside, mean, splat(0.5));
    const F residual = response - m;
    const F ws = select(counts, w * residual, zero);
    store(mu + i, m);
    store(score + i, ws);
    store(information + i, select(counts, w * m, zero));
    store(pearson + i, select(counts, ws * residual / m, zero));
    count += select(positive, select(inside, zero, one), zero);
  }
  store(invalid, count);
  double total_invalid = 0.0;
  for (int v = 0; v < kLanes; ++v) total_invalid += invalid[v];
  return static_cast<int>(total_invalid);
}

#undef DECIBAN_UNROLL

static constexpr engine::Kernels kKernels = {shift_loop,       add_scaled_loop, add_gathered_loop, sum_loop,
                                             dot_loop,         gram_loop,       make_records_loop, add_weights_loop,
                                             add_records_loop, poisson_log_loop};

}  // namespace DECIBAN_LANES_NAMESPACE
}  // namespace math
}  // namespace deciban
