#include "response_target.hpp"

#include <cmath>
#include <cstdint>

#include "deciban/base/error.hpp"
#include "deciban/data/levels.hpp"
#include "deciban/data/read.hpp"

namespace deciban::models {
namespace {

using binning::TargetKind;

data::Numbers read_numbers(const data::Table& vectors, const char* name) {
  const data::Column* column = vectors.find(name);
  if (!column) return {};
  data::Numbers numbers;
  if (data::Numbers::in_place(*column, numbers)) return numbers;
  std::vector<double> values(static_cast<std::size_t>(column->length()));
  data::read_doubles(*column, 0, column->length(), values.data());
  return data::Numbers(std::move(values));
}

[[noreturn]] void missing(std::int64_t row) {
  throw Error(ErrorKind::data, "data.missing", "`y` is missing in row " + std::to_string(row + 1) + ".",
              "Leave such rows out.", Document::object({{"column", "y"}, {"row", row + 1}}));
}

// Codes of the levels as the response.
void read_classes(const data::Column& y, ReadTarget& out) {
  data::CodedColumn coded = data::encode_levels(y);
  std::vector<std::int32_t> new_code;
  out.classes = data::drop_levels(coded.levels, coded.codes.used(coded.levels.size()), new_code);
  coded.codes.renumber(new_code);
  std::vector<double> codes(coded.codes.size());
  coded.codes.for_each([&](std::size_t row, std::int32_t code) {
    if (code < 0) missing(static_cast<std::int64_t>(row));
    codes[row] = code;
  });
  out.target.y = data::Numbers(std::move(codes));
  out.target.classes = static_cast<int>(out.classes.size());
}

bool all_zero_or_one(const data::Numbers& y) {
  for (const double value : y)
    if (value != 0.0 && value != 1.0) return false;
  return true;
}

bool all_shares(const data::Numbers& y) {
  for (const double value : y)
    if (!(value >= 0.0 && value <= 1.0)) return false;
  return true;
}

void require_two(const ReadTarget& read) {
  if (read.target.classes <= 2) return;
  throw Error(ErrorKind::input, "binning.target",
              "The response has " + std::to_string(read.target.classes) + " classes; a binary one has two.",
              "Use `target = \"multiclass\"`.", Document::object({{"classes", read.target.classes}}));
}

}  // namespace

ReadTarget read_target(const data::Table& vectors, const std::string& kind, double var_power) {
  ReadTarget out;
  out.target.var_power = var_power;
  out.target.weights = read_numbers(vectors, "weights");
  out.target.exposure = read_numbers(vectors, "exposure");
  const data::Column* y = vectors.find("y");
  if (!kind.empty()) out.target.kind = binning::make_target_kind(kind);
  if (!y || (!kind.empty() && out.target.kind == TargetKind::none)) {
    out.target.kind = kind.empty() ? TargetKind::none : out.target.kind;
    if (out.target.kind == TargetKind::none) return out;
    throw Error(ErrorKind::input, "binning.target", "There is no response.", "Hand in y.");
  }
  if (y->is_categorical() || out.target.kind == TargetKind::multiclass) {
    read_classes(*y, out);
    if (kind.empty()) out.target.kind = out.target.classes <= 2 ? TargetKind::binary : TargetKind::multiclass;
    if (out.target.kind == TargetKind::binary) require_two(out);
    if (out.target.kind == TargetKind::binary || out.target.kind == TargetKind::multiclass) return out;
    out.classes = {};
  }
  out.target.y = read_numbers(vectors, "y");
  for (std::size_t row = 0; row < out.target.y.size(); ++row)
    if (std::isnan(out.target.y[row])) missing(static_cast<std::int64_t>(row));
  if (out.target.kind == TargetKind::binary && !kind.empty() && !all_shares(out.target.y)) {
    read_classes(*y, out);  // two numbers, such as 1 and 2
    require_two(out);
  }
  if (!kind.empty()) return out;
  out.target.kind = !out.target.exposure.empty()    ? TargetKind::counts
                    : all_zero_or_one(out.target.y) ? TargetKind::binary
                                                    : TargetKind::continuous;
  return out;
}

}  // namespace deciban::models
