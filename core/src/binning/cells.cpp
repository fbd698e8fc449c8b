#include "cells.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "deciban/base/text.hpp"

namespace deciban::binning {
namespace {

constexpr int kDigitBits = 11, kDigits = 6;
constexpr std::size_t kDigitValues = std::size_t{1} << kDigitBits;

struct Item {
  std::uint64_t key;
  std::int32_t row;
};

// Order of the keys is the order of the numbers.
std::uint64_t key_of(double value) {
  value += 0.0;  // -0 becomes 0
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits >> 63 ? ~bits : bits | (std::uint64_t{1} << 63);
}

double number_of(std::uint64_t key) {
  const std::uint64_t bits = key >> 63 ? key & ~(std::uint64_t{1} << 63) : ~key;
  double value = 0.0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

std::size_t digit_of(std::uint64_t key, int digit) { return (key >> (digit * kDigitBits)) & (kDigitValues - 1); }

// The number with the fewest digits within `reach` of a number: edges are read by people.
double short_number(double number, double reach) {
  constexpr int kMostDigits = 15;
  for (int digits = 1; digits <= kMostDigits; ++digits) {
    double rounded = 0.0;
    if (parse_double(format_g(number, digits), rounded) && std::fabs(rounded - number) <= reach) return rounded;
  }
  return number;
}

}  // namespace

Cells Cells::empty_copy() const {
  Cells out;
  out.kind = kind;
  out.width = width;
  out.var_power = var_power;
  out.center = center;
  out.test_scale = test_scale;
  return out;
}

int sums_width(const Target& target) {
  if (target.kind == TargetKind::none) return 1;
  return target.kind == TargetKind::multiclass ? 1 + target.classes : 3;
}

void add_row(const Target& target, double center, std::size_t row, double* sums) {
  const double weight = target.weights.empty() ? 1.0 : target.weights[row];
  sums[0] += weight;
  if (target.kind == TargetKind::none) return;
  const double y = target.y[row];
  switch (target.kind) {
    case TargetKind::binary:
      sums[1] += weight * y;
      sums[2] += weight * (1.0 - y);
      break;
    case TargetKind::multiclass:
      sums[1 + static_cast<int>(y)] += weight;
      break;
    case TargetKind::counts:
      sums[1] += weight * y;
      sums[2] += weight * (target.exposure.empty() ? 1.0 : target.exposure[row]);
      break;
    default:
      sums[1] += weight * (y - center);
      sums[2] += weight * (y - center) * (y - center);
  }
}

Cells join(const Cells& cells, const std::vector<int>& cuts) {
  Cells out = cells.empty_copy();
  const auto width = static_cast<std::size_t>(cells.width);
  out.sums.assign((cuts.size() + 1) * width, 0.0);
  std::size_t interval = 0;
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    while (interval < cuts.size() && static_cast<std::size_t>(cuts[interval]) <= cell) ++interval;
    for (std::size_t k = 0; k < width; ++k) out.at(interval)[k] += cells.at(cell)[k];
  }
  return out;
}

double rate_of(const Cells& cells, const double* sums) {
  switch (cells.kind) {
    case TargetKind::binary:
      return sums[1] / (sums[1] + sums[2]);
    case TargetKind::counts:
      return sums[1] / sums[2];
    case TargetKind::continuous:
      return sums[1] / sums[0] + cells.center;
    case TargetKind::multiclass: {
      double total = 0.0;
      for (int c = 1; c < cells.width; ++c) total += (c - 1) * sums[c];
      return total / sums[0];
    }
    default:
      return std::numeric_limits<double>::quiet_NaN();
  }
}

void sort_numbers(std::vector<double>& values, std::vector<std::int32_t>& rows) {
  const std::size_t n = values.size();
  std::vector<Item> items(n), other(n);
  std::vector<std::size_t> counts(kDigits * kDigitValues, 0);
  for (std::size_t i = 0; i < n; ++i) {
    items[i] = {key_of(values[i]), rows[i]};
    for (int d = 0; d < kDigits; ++d) ++counts[d * kDigitValues + digit_of(items[i].key, d)];
  }
  for (int d = 0; d < kDigits && n > 0; ++d) {
    std::size_t* count = counts.data() + d * kDigitValues;
    if (count[digit_of(items[0].key, d)] == n) continue;  // all have the same digit here
    std::size_t total = 0;
    for (std::size_t v = 0; v < kDigitValues; ++v) {
      const std::size_t here = count[v];
      count[v] = total;
      total += here;
    }
    for (const Item& item : items) other[count[digit_of(item.key, d)]++] = item;
    items.swap(other);
  }
  for (std::size_t i = 0; i < n; ++i) {
    values[i] = number_of(items[i].key);
    rows[i] = items[i].row;
  }
}

bool edge_between(double a, double b, Closed closed, double& edge) {
  constexpr double kLargest = std::numeric_limits<double>::max();
  if (!std::isfinite(a) && !std::isfinite(b)) {
    edge = 0.0;
  } else if (!std::isfinite(a)) {
    edge = -kLargest;
  } else if (!std::isfinite(b)) {
    edge = kLargest;
  } else {
    edge = short_number(a * 0.5 + b * 0.5, b * 0.25 - a * 0.25);
    // Halves of subnormal numbers round, and between neighbouring doubles there is no number.
    if (!(edge > a && edge < b)) edge = closed == Closed::right ? a : b;
  }
  return closed == Closed::right ? a <= edge && edge < b : a < edge && edge <= b;
}

}  // namespace deciban::binning
