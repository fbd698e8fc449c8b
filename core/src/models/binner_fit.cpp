#include "deciban/base/config.hpp"

#include <algorithm>
#include <utility>

#include "arguments.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/models/binner.hpp"
#include "deciban/parallel/team.hpp"
#include "response_target.hpp"

namespace deciban::models {
namespace {

constexpr const char* kOwnArguments[] = {"target", "var_power", "smoothing", "per_variable", "pairs"};

// The arguments of the binning area among those of the call.
Document binning_part(const Document& arguments) {
  Document part = Document::object();
  for (const auto& member : arguments.members("arguments")) {
    const bool own =
        std::find(std::begin(kOwnArguments), std::end(kOwnArguments), member.first) != std::end(kOwnArguments);
    if (!own) part.set(member.first, member.second);
  }
  return part;
}

// Options of each column: the common ones, and in their place those of `per_variable`.
std::vector<binning::BinningOptions> options_of(const Document& arguments, const data::Table& data) {
  const Document common = binning_part(arguments);
  const Document* special = arguments.find("per_variable");
  if (special && !special->is_null())
    for (const auto& member : special->members("per_variable")) data.at(member.first);
  std::vector<binning::BinningOptions> options;
  for (const data::Column& column : data.columns()) {
    Document merged = common;
    const Document* own = special && special->is_object() ? special->find(column.name) : nullptr;
    if (own)
      for (const auto& member : own->members("per_variable")) merged.set(member.first, member.second);
    options.push_back(binning::options_from_document(merged));
  }
  return options;
}

bool needs_squares(const binning::Target& target) {
  if (target.kind != binning::TargetKind::binary) return false;
  if (!target.weights.empty()) return true;
  for (const double y : target.y)
    if (y != 0.0 && y != 1.0) return true;
  return false;
}

// Sums of the rows by bin, as they are found by bin_codes().
void add_sums(const data::RowCodes& codes, const binning::Target& target, bool squares, BinnedVariable& variable) {
  const auto bins = static_cast<std::size_t>(variable.bins.size());
  const std::size_t width = target.kind == binning::TargetKind::none ? 1
                            : target.kind == binning::TargetKind::multiclass
                                ? 1 + static_cast<std::size_t>(target.classes)
                            : target.kind == binning::TargetKind::continuous ? 2
                                                                             : 3;
  std::vector<double> sums(bins * width, 0.0), square_sums(squares ? bins * 3 : 0, 0.0);
  variable.count.assign(bins, 0);
  codes.for_each([&](std::size_t row, std::int32_t code) {
    const double w = target.weights.empty() ? 1.0 : target.weights[row];
    if (code < 0 || w == 0.0) return;
    const auto bin = static_cast<std::size_t>(code);
    ++variable.count[bin];
    double* sum = sums.data() + bin * width;
    sum[0] += w;
    if (target.kind == binning::TargetKind::none) return;
    const double y = target.y[row];
    if (target.kind == binning::TargetKind::multiclass) {
      sum[1 + static_cast<std::size_t>(y)] += w;
      return;
    }
    sum[1] += w * y;
    if (target.kind == binning::TargetKind::binary) sum[2] += w * (1.0 - y);
    if (target.kind == binning::TargetKind::counts)
      sum[2] += w * (target.exposure.empty() ? 1.0 : target.exposure[row]);
    if (!squares) return;
    double* square = square_sums.data() + bin * 3;
    square[0] += w * w * y * y;
    square[1] += w * w * y * (1.0 - y);
    square[2] += w * w * (1.0 - y) * (1.0 - y);
  });
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const auto at = sums.begin() + static_cast<std::ptrdiff_t>(bin * width);
    variable.sums.emplace_back(at, at + static_cast<std::ptrdiff_t>(width));
    if (squares) variable.squares.push_back({square_sums[bin * 3], square_sums[bin * 3 + 1], square_sums[bin * 3 + 2]});
  }
}

// One warning per code: a frame may have hundreds of columns.
Warnings united(const std::vector<Warnings>& all) {
  Warnings out;
  std::vector<std::vector<std::string>> names;
  for (const Warnings& some : all)
    for (const Warning& warning : some) {
      const std::string& name = warning.context.at("variable").as_string();
      std::size_t k = 0;
      while (k < out.size() && out[k].code != warning.code) ++k;
      if (k == out.size()) {
        out.push_back(warning);
        names.emplace_back();
      }
      names[k].push_back(name);
    }
  for (std::size_t k = 0; k < out.size(); ++k) {
    if (names[k].size() > 1)
      out[k].message += " So it is with " + format_count(static_cast<std::int64_t>(names[k].size()) - 1) +
                        " more: " + join_some({names[k].begin() + 1, names[k].end()}) + ".";
    out[k].context.set("variables", names[k]);
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> pairs_of(const Document& arguments) {
  std::vector<std::pair<std::string, std::string>> pairs;
  const Document* given = arguments.find("pairs");
  if (!given || given->is_null()) return pairs;
  const auto wrong = [] {
    return Error(ErrorKind::input, "input.argument", "`pairs` must be a list of pairs of names.",
                 "Such as [[\"age\", \"power\"]].", Document::object({{"argument", "pairs"}}));
  };
  if (!given->is_array()) throw wrong();
  for (const Document& pair : given->items()) {
    if (!pair.is_array() || pair.items().size() != 2 || !pair.items()[0].is_string() || !pair.items()[1].is_string())
      throw wrong();
    pairs.emplace_back(pair.items()[0].as_string(), pair.items()[1].as_string());
  }
  return pairs;
}

// What belongs to numbers says nothing about the cells of a grid.
binning::BinningOptions pair_options(binning::BinningOptions options) {
  options.splits.clear();
  options.fixed.clear();
  options.groups.clear();
  options.special_codes.clear();
  return options;
}

data::Column joint_column(const std::vector<binning::Bins>& pair, const std::string& name, const data::Table& data,
                          const RunContext& context) {
  const data::RowCodes first = binning::bin_codes(pair[0], data.at(pair[0].name), context);
  const std::vector<std::int32_t> second = binning::bin_codes(pair[1], data.at(pair[1].name), context).to_vector();
  std::vector<std::int32_t> joint(second.size());
  const int width = pair[1].size();
  first.for_each([&](std::size_t row, std::int32_t code) {
    joint[row] = code < 0 || second[row] < 0 ? data::kMissingCode : code * width + second[row];
  });
  data::Dictionary cells;
  cells.meaning = data::Meaning::number;
  cells.declared = true;
  const std::vector<std::string> rows = binning::bin_labels(pair[0]), columns = binning::bin_labels(pair[1]);
  for (const std::string& row : rows)
    for (const std::string& column : columns) {
      cells.numbers.push_back(static_cast<double>(cells.labels.size()));
      cells.labels.push_back(row + " x " + column);
    }
  return data::make_column(name, std::move(joint), std::move(cells));
}

BinnedVariable fit_pair(const BinnedVariable& first, const BinnedVariable& second, const data::Table& data,
                        const binning::Target& target, const binning::BinningOptions& options,
                        const RunContext& context) {
  BinnedVariable variable;
  variable.pair = {first.bins, second.bins};
  const std::string name = first.bins.name + ":" + second.bins.name;
  binning::FittedBins fitted =
      binning::fit_bins(joint_column(variable.pair, name, data, context), target, options, context);
  variable.bins = std::move(fitted.bins);
  variable.gain = fitted.gain;
  return variable;
}

}  // namespace

data::RowCodes variable_codes(const BinnedVariable& variable, const data::Table& data, const RunContext& context) {
  const binning::Bins& bins = variable.bins;
  if (variable.pair.empty()) return binning::bin_codes(bins, data.at(bins.name), context);
  return binning::bin_codes(bins, joint_column(variable.pair, bins.name, data, context), context);
}

Binner fit_binner(const Document& arguments, const data::Table& data, const data::Table& vectors,
                  const RunContext& context) {
  const Arguments own(arguments, {"target", "var_power", "smoothing", "per_variable", "pairs"},
                      binning::binning_arguments());
  if (data.columns().empty())
    throw Error(ErrorKind::input, "input.no_variables", "There are no columns to bin.", "Hand in one or more.");
  Binner binner;
  binner.options = by_name(arguments);
  binner.var_power = own.number("var_power", 0.0);
  binner.smoothing = own.number("smoothing", 1.0);
  if (!(binner.smoothing >= 0.0))
    throw Error(ErrorKind::input, "input.argument", "`smoothing` must be a number of at least 0.", "",
                Document::object({{"argument", "smoothing"}}));
  const std::vector<binning::BinningOptions> options = options_of(arguments, data);
  const ReadTarget read = read_target(vectors, own.text("target", ""), binner.var_power);
  binner.target = read.target.kind;
  binner.classes = read.classes;
  binner.weighted = !read.target.weights.empty();
  const bool squares = needs_squares(read.target);
  const std::size_t n = data.columns().size();
  binner.variables.resize(n);
  std::vector<Warnings> warnings(n);
  parallel::for_each(context, static_cast<std::int64_t>(n), [&](std::int64_t item) {
    const auto k = static_cast<std::size_t>(item);
    const data::Column& column = data.columns()[k];
    RunContext inside;
    binning::FittedBins fitted = binning::fit_bins(column, read.target, options[k], inside);
    BinnedVariable& variable = binner.variables[k];
    variable.bins = std::move(fitted.bins);
    variable.trend = fitted.trend;
    variable.gain = fitted.gain;
    warnings[k] = std::move(fitted.warnings);
    add_sums(binning::bin_codes(variable.bins, column, inside), read.target, squares, variable);
  });
  for (const auto& [first, second] : pairs_of(arguments)) {
    binner.variables.push_back(fit_pair(binner.at(first), binner.at(second), data, read.target,
                                        pair_options(binning::options_from_document(binning_part(arguments))),
                                        context));
    add_sums(variable_codes(binner.variables.back(), data, context), read.target, squares, binner.variables.back());
  }
  binner.fit_warnings = united(warnings);
  return binner;
}

}  // namespace deciban::models
