#include "response.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/math/elementary.hpp"

namespace deciban::binning {
namespace {

void check_length(const data::Numbers& numbers, const char* name, std::int64_t rows) {
  if (static_cast<std::int64_t>(numbers.size()) == rows) return;
  throw Error(ErrorKind::input, "data.length_mismatch",
              std::string("`") + name + "` has " + format_count(static_cast<std::int64_t>(numbers.size())) +
                  " values, the data have " + format_count(rows) + " rows.",
              "Hand in one value per row.", Document::object({{"argument", name}, {"rows", rows}}));
}

[[noreturn]] void bad_row(const char* code, const char* name, std::int64_t row, double value, const char* requirement) {
  throw Error(ErrorKind::input, code,
              std::string("`") + name + "` is " + format_exact(value) + " in row " + std::to_string(row + 1) +
                  "; it must be " + requirement + ".",
              "Leave such rows out, or give them weight 0.",
              Document::object({{"argument", name}, {"row", row + 1}, {"value", value}}));
}

bool valid_response(const Target& target, double y) {
  switch (target.kind) {
    case TargetKind::binary:
      return y >= 0.0 && y <= 1.0;
    case TargetKind::multiclass:
      return y >= 0.0 && y < target.classes && y == std::floor(y);
    case TargetKind::counts:
      return y >= 0.0 && std::isfinite(y);
    default:
      return std::isfinite(y) && (target.var_power == 0.0 || y > 0.0 || (target.var_power < 2.0 && y == 0.0));
  }
}

const char* requirement_of(const Target& target) {
  switch (target.kind) {
    case TargetKind::binary:
      return "0, 1, or a share between them";
    case TargetKind::multiclass:
      return "a class";
    case TargetKind::counts:
      return "a number of at least 0";
    default:
      return target.var_power == 0.0 ? "a finite number" : target.var_power < 2.0 ? "at least 0" : "above 0";
  }
}

double weight_of(const Target& target, std::size_t row) { return target.weights.empty() ? 1.0 : target.weights[row]; }

void check_classes(const Target& target, std::int64_t rows) {
  if (target.kind != TargetKind::binary && target.kind != TargetKind::multiclass) return;
  double lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
  for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row) {
    if (weight_of(target, row) == 0.0) continue;
    lowest = std::min(lowest, target.y[row]);
    highest = std::max(highest, target.y[row]);
  }
  const bool inside = target.kind == TargetKind::binary && lowest > 0.0 && lowest < 1.0;  // shares have both classes
  if (lowest < highest || inside) return;
  throw Error(ErrorKind::data, "binning.one_class",
              rows == 0          ? "There are no rows."
              : lowest > highest ? "All weights are 0."
                                 : "The response has one class only: " + format_exact(lowest) + ".",
              "Bins are found by what tells the classes apart; both must be there.",
              Document::object({{"value", lowest}, {"rows", rows}}));
}

}  // namespace

void check_target(const Target& target, std::int64_t rows, const BinningOptions& options) {
  if (target.kind == TargetKind::none) {
    const bool free = options.method == Method::quantile || options.method == Method::uniform ||
                      options.method == Method::kmeans || !options.splits.empty();
    if (free) return;
    throw Error(ErrorKind::input, "binning.target",
                std::string("`method = \"") + method_name(options.method) + "\"` needs a response.",
                "Hand in y, or use \"quantile\", \"uniform\" or \"kmeans\".");
  }
  if (target.kind == TargetKind::continuous && target.var_power != 0.0 &&
      !(target.var_power > 1.0 && target.var_power <= 2.0))
    throw Error(ErrorKind::input, "binning.var_power",
                "`var_power` is " + format_exact(target.var_power) + "; it must be 0, 2, or between 1 and 2.",
                "0 is squared error, 2 gamma.", Document::object({{"value", target.var_power}}));
  check_length(target.y, "y", rows);
  if (!target.weights.empty()) check_length(target.weights, "weights", rows);
  if (!target.exposure.empty()) check_length(target.exposure, "exposure", rows);
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto i = static_cast<std::size_t>(row);
    const double weight = weight_of(target, i);
    if (!(weight >= 0.0 && std::isfinite(weight)))
      bad_row("binning.weights", "weights", row, weight, "a number of at least 0");
    if (weight == 0.0) continue;
    if (!valid_response(target, target.y[i])) bad_row("binning.target", "y", row, target.y[i], requirement_of(target));
    if (target.kind == TargetKind::counts && !target.exposure.empty() &&
        !(target.exposure[i] > 0.0 && std::isfinite(target.exposure[i])))
      bad_row("binning.exposure", "exposure", row, target.exposure[i], "above 0");
  }
  check_classes(target, rows);
}

Cells start_cells(const Target& target, std::int64_t rows) {
  Cells cells;
  cells.kind = target.kind;
  cells.width = sums_width(target);
  cells.var_power = target.var_power;
  double weight = 0.0, squares = 0.0, total = 0.0;
  const bool centered = target.kind == TargetKind::continuous && target.var_power == 0.0;
  for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row) {
    const double w = weight_of(target, row);
    if (w == 0.0) continue;
    weight += w;
    squares += w * w;
    if (centered) total += w * target.y[row];
  }
  if (weight > 0.0) {
    cells.test_scale = weight / squares;
    if (centered) cells.center = total / weight;
  }
  return cells;
}

double null_deviance(const Target& target, const Cells& cells, const std::vector<std::int32_t>& rows) {
  std::vector<double> all(static_cast<std::size_t>(cells.width), 0.0);
  for (std::size_t cell = 0; cell < cells.size(); ++cell)
    for (int k = 0; k < cells.width; ++k) all[static_cast<std::size_t>(k)] += cells.at(cell)[k];
  const double power = target.var_power;
  if (target.kind == TargetKind::continuous && power == 0.0) return all[2] - all[1] * all[1] / all[0];
  const bool counts = target.kind == TargetKind::counts;
  const double mean = rate_of(cells, all.data());
  double own = 0.0;  // what the rows themselves contribute
  for (const std::int32_t row : rows) {
    const auto i = static_cast<std::size_t>(row);
    const double y = target.y[i], w = weight_of(target, i);
    if (w == 0.0 || y == 0.0) continue;
    if (counts) {
      own += w * y * math::log(y / (target.exposure.empty() ? 1.0 : target.exposure[i]));
    } else if (power == 2.0) {
      own -= w * math::log(y);
    } else {
      own -= w * math::pow(y, 2.0 - power) / ((power - 1.0) * (2.0 - power));
    }
  }
  if (counts) return mean > 0.0 ? 2.0 * (own - all[1] * math::log(mean)) : 0.0;
  if (power == 2.0) return 2.0 * (own + all[0] * math::log(mean));
  return mean > 0.0 ? 2.0 * (own + all[0] * math::pow(mean, 2.0 - power) / ((power - 1.0) * (2.0 - power))) : 0.0;
}

}  // namespace deciban::binning
