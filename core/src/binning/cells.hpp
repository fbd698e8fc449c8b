// Sums of the response by distinct value, level or interval: what every search for bins works on. Internal to binning.
#pragma once
#include "deciban/base/config.hpp"

#include <cstddef>
#include <vector>

#include "deciban/binning/options.hpp"

namespace deciban::binning {

/// Cells in an order whose neighbours may share a bin: distinct numbers ascending, or levels by rate. Each has `width`
/// sums: the weight, then
///   binary: events, non-events;  multiclass: one per class;  counts: claims, exposure;
///   continuous: sum of w y and of w y^2 (of y - center).
struct Cells {
  TargetKind kind = TargetKind::none;
  int width = 1;
  double var_power = 0.0;
  double center = 0.0;      ///< continuous with squared error: subtracted from y, so that nothing cancels
  double test_scale = 1.0;  ///< weights as counts in tests: sum w / sum w^2 (Kish)
  std::vector<double> values;
  std::vector<double> sums;

  std::size_t size() const { return sums.size() / static_cast<std::size_t>(width); }
  const double* at(std::size_t cell) const { return sums.data() + cell * static_cast<std::size_t>(width); }
  double* at(std::size_t cell) { return sums.data() + cell * static_cast<std::size_t>(width); }
  /// Cells of the same kind without any.
  Cells empty_copy() const;
};

/// Number of sums for a kind of response.
int sums_width(const Target& target);
/// Adds a row to the sums of a cell.
void add_row(const Target& target, double center, std::size_t row, double* sums);
/// Joins cells into intervals: cut k > 0 starts a new interval at cell cuts[k]. Values are left out.
Cells join(const Cells& cells, const std::vector<int>& cuts);
/// Mean of the response of some sums; multiclass: of the class number. NaN where there is no weight.
double rate_of(const Cells& cells, const double* sums);

/// Sorts numbers ascending, equal ones in their order, and carries their rows along. No NaN; -0 counts as 0.
void sort_numbers(std::vector<double>& values, std::vector<std::int32_t>& rows);

/// A number that separates a < b: the one with the fewest digits in the middle half between them, or, where rounding
/// leaves none, one of the two. False when no finite number does.
bool edge_between(double a, double b, Closed closed, double& edge);

}  // namespace deciban::binning
