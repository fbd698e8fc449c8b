#include "deciban/encoding/woe_target.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/data/levels.hpp"
#include "deciban/data/read.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"

namespace deciban::encoding {
namespace {

constexpr std::size_t kMostClasses = 1000;

data::Numbers read_numbers(const data::Column& column) {
  data::Numbers numbers;
  if (data::Numbers::in_place(column, numbers)) return numbers;
  std::vector<double> values(static_cast<std::size_t>(column.length()));
  data::read_doubles(column, 0, column.length(), values.data());
  return data::Numbers(std::move(values));
}

void require_length(const data::Column& column, std::int64_t rows) {
  if (column.length() == rows) return;
  throw Error(ErrorKind::input, "data.length_mismatch",
              "`" + column.name + "` has " + std::to_string(column.length()) + " values, the target " +
                  std::to_string(rows) + ".",
              "Give one value per row.", Document::object({{"column", column.name}, {"rows", column.length()}}));
}

data::Numbers read_weights(const data::Column* column, std::int64_t rows, bool whole) {
  if (!column) return {};
  require_length(*column, rows);
  data::Numbers weights = read_numbers(*column);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double w = weights[i];
    if (w >= 0.0 && w < HUGE_VAL && (!whole || w == std::floor(w))) continue;
    throw Error(ErrorKind::data, whole ? "woe.freq_weights" : "woe.weights",
                "`" + column->name + "` is " + format_g(w, 6) + " in row " + std::to_string(i + 1) + ".",
                whole ? "Frequency weights are whole numbers of at least 0."
                      : "Weights are finite and not negative; 0 leaves a row out.",
                Document::object({{"column", column->name}, {"row", static_cast<std::int64_t>(i + 1)}, {"value", w}}));
  }
  return weights;
}

Error missing(const data::Column& y, std::int64_t row) {
  return Error(ErrorKind::data, "woe.target_missing",
               "The target `" + y.name + "` is missing in row " + std::to_string(row + 1) + ".",
               "Leave out the rows whose outcome is not known.",
               Document::object({{"column", y.name}, {"row", row + 1}}));
}

// What the numbers of a target look like: one pass.
struct Look {
  bool zero_one = true, shares = true, whole = true;
  std::int64_t missing = -1;  ///< first row
};

// A block of rows; zeros and ones go to the codes.
Look look_at_block(const data::Column& y, parallel::RowRange range, data::RowCodes& class_codes) {
  Look look;
  double values[parallel::kComputeRows];
  std::int32_t codes[parallel::kComputeRows];
  parallel::for_compute_blocks(range, [&](std::int64_t begin, int count) {
    data::read_doubles(y, begin, count, values);
    bool zero_one = true;
    for (int i = 0; i < count; ++i) {
      zero_one = zero_one & ((values[i] == 0.0) | (values[i] == 1.0));
      codes[i] = values[i] == 1.0;
    }
    if (zero_one) return class_codes.write(begin, count, codes);
    look.zero_one = false;
    for (int i = 0; i < count; ++i) {
      if (std::isnan(values[i]) && look.missing < 0) look.missing = begin + i;
      look.shares = look.shares && values[i] >= 0.0 && values[i] <= 1.0;
      look.whole = look.whole && values[i] == std::floor(values[i]);
    }
  });
  return look;
}

Look look_at(const data::Column& y, WoeTarget& target, const RunContext& context) {
  target.class_codes = data::RowCodes(y.length(), 1);
  const std::int64_t blocks = parallel::block_count(y.length());
  std::vector<Look> looks(static_cast<std::size_t>(blocks));
  parallel::for_each(context, blocks, [&](std::int64_t block) {
    looks[static_cast<std::size_t>(block)] =
        look_at_block(y, parallel::block_range(y.length(), block), target.class_codes);
  });
  Look all;
  for (const Look& look : looks) {
    if (look.missing >= 0) throw missing(y, look.missing);
    all.zero_one = all.zero_one && look.zero_one;
    all.shares = all.shares && look.shares;
    all.whole = all.whole && look.whole;
  }
  return all;
}

void read_classes(const data::Column& y, WoeTarget& target) {
  data::CodedColumn coded = data::encode_levels(y);
  const std::vector<char> used = coded.codes.used(coded.levels.size());
  std::vector<std::int32_t> new_code;
  target.classes = data::drop_levels(coded.levels, used, new_code);
  coded.codes.for_each([&](std::size_t row, std::int32_t code) {
    if (code < 0) throw missing(y, static_cast<std::int64_t>(row));
  });
  if (target.classes.size() > kMostClasses)
    throw Error(ErrorKind::data, "woe.target",
                "The target `" + y.name + "` has " + std::to_string(target.classes.size()) + " different values.",
                "Give classes, or a share in [0, 1].",
                Document::object({{"column", y.name}, {"count", static_cast<std::int64_t>(target.classes.size())}}));
  coded.codes.renumber(new_code);
  target.class_codes = std::move(coded.codes);
  target.kind = target.classes.size() > 2 ? WoeTargetKind::multiclass : WoeTargetKind::binary;
}

// Rows of weight 0 get the code beyond the classes.
void leave_out(WoeTarget& target, const data::Numbers& weights) {
  if (weights.empty() || target.kind == WoeTargetKind::fractional) return;
  const auto none = static_cast<std::int32_t>(target.classes.size());
  std::size_t row = 0;
  target.class_codes.replace([&](std::int32_t code) { return weights[row++] == 0.0 ? none : code; });
}

void require_two_classes(const data::Column& y, const WoeTarget& target) {
  std::string only = "no rows";
  if (target.kind == WoeTargetKind::fractional) {
    bool event = false, non_event = false;
    for (std::size_t i = 0; i < target.share.size(); ++i) {
      if ((!target.sample_weight.empty() && target.sample_weight[i] == 0.0) ||
          (!target.freq_weights.empty() && target.freq_weights[i] == 0.0))
        continue;
      event = event || target.share[i] > 0.0;
      non_event = non_event || target.share[i] < 1.0;
    }
    if (event && non_event) return;
    if (event || non_event) only = event ? "1 only" : "0 only";
  } else {
    std::size_t present = 0;
    const std::vector<char> used = target.class_codes.used(target.classes.size());
    for (std::size_t k = 0; k < used.size(); ++k) {
      present += used[k] != 0;
      if (used[k]) only = target.classes.labels[k] + " only";
    }
    if (present >= 2 && present == used.size()) return;
    if (present >= 2) only = "a class without rows of positive weight";
  }
  throw Error(ErrorKind::data, "woe.one_class", "The target `" + y.name + "` has " + only + ".",
              "Weight of evidence needs rows of both outcomes (of every class), with positive weights.",
              Document::object({{"column", y.name}}));
}

}  // namespace

const char* woe_target_name(WoeTargetKind kind) {
  switch (kind) {
    case WoeTargetKind::binary:
      return "binary";
    case WoeTargetKind::fractional:
      return "fractional";
    case WoeTargetKind::multiclass:
      return "multiclass";
  }
  return "binary";
}

WoeTarget read_woe_target(const data::Column& y, const data::Column* sample_weight, const data::Column* freq_weights,
                          const RunContext& context) {
  WoeTarget target;
  target.sample_weight = read_weights(sample_weight, y.length(), false);
  target.freq_weights = read_weights(freq_weights, y.length(), true);
  const Look look = y.is_categorical() ? Look{false, false, true, -1} : look_at(y, target, context);
  if (look.zero_one && y.length() > 0) {
    target.classes.meaning = data::Meaning::number;
    target.classes.labels = {"0", "1"};
    target.classes.numbers = {0.0, 1.0};
  } else if (look.shares) {
    target.kind = WoeTargetKind::fractional;
    target.share = read_numbers(y);
    target.class_codes = {};
  } else if (look.whole) {
    read_classes(y, target);
  } else {
    throw Error(
        ErrorKind::data, "woe.target", "The target `" + y.name + "` has numbers that are no classes and no shares.",
        "Give classes (text, logical or whole numbers), or a share in [0, 1].", Document::object({{"column", y.name}}));
  }
  leave_out(target, target.sample_weight);
  leave_out(target, target.freq_weights);
  require_two_classes(y, target);
  return target;
}

}  // namespace deciban::encoding
