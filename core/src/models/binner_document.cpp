#include "deciban/base/config.hpp"

#include "deciban/base/error.hpp"
#include "deciban/data/dictionary_document.hpp"
#include "deciban/models/binner.hpp"

namespace deciban::models {
namespace {

Document sums_document(const std::vector<std::vector<double>>& rows) {
  Document list = Document::array();
  for (const auto& row : rows) list.push(row);
  return list;
}

std::vector<std::vector<double>> read_sums(const Document& document, const char* what, std::size_t bins) {
  std::vector<std::vector<double>> rows;
  for (const Document& row : document.items(what)) rows.push_back(row.as_doubles(what));
  const bool ragged = !rows.empty() && (rows.size() != bins || [&] {
    for (const auto& row : rows)
      if (row.size() != rows[0].size() || row.empty()) return true;
    return false;
  }());
  if (ragged)
    throw Error(ErrorKind::format, "format.invalid", std::string("`") + what + "` does not fit the bins.", "",
                Document::object({{"what", what}}));
  return rows;
}

Document variable_document(const BinnedVariable& variable) {
  Document out = Document::object({{"bins", binning::to_document(variable.bins)},
                                   {"monotonic", binning::trend_name(variable.trend)},
                                   {"gain", variable.gain}});
  if (!variable.pair.empty())
    out.set(
        "pair",
        Document::array().push(binning::to_document(variable.pair[0])).push(binning::to_document(variable.pair[1])));
  Document count = Document::array();
  for (const std::int64_t rows : variable.count) count.push(rows);
  out.set("count", std::move(count)).set("sums", sums_document(variable.sums));
  if (!variable.squares.empty()) out.set("squares", sums_document(variable.squares));
  return out;
}

std::size_t width_of(const Binner& binner) {
  switch (binner.target) {
    case binning::TargetKind::none:
      return 1;
    case binning::TargetKind::multiclass:
      return 1 + binner.classes.size();
    case binning::TargetKind::continuous:
      return 2;
    default:
      return 3;
  }
}

BinnedVariable read_variable(const Document& document, std::size_t width) {
  BinnedVariable variable;
  variable.bins = binning::bins_from_document(document.at("bins"));
  if (const Document* pair = document.find("pair")) {
    for (const Document& bins : pair->items("pair")) variable.pair.push_back(binning::bins_from_document(bins));
    if (variable.pair.size() != 2)
      throw Error(ErrorKind::format, "format.invalid", "A pair of variables has not two of them.", "",
                  Document::object({{"what", "pair"}}));
  }
  variable.trend = binning::make_trend(document.at("monotonic").as_string("monotonic"));
  variable.gain = document.at("gain").as_double("gain");
  const auto bins = static_cast<std::size_t>(variable.bins.size());
  for (const Document& rows : document.at("count").items("count")) variable.count.push_back(rows.as_int("count"));
  variable.sums = read_sums(document.at("sums"), "sums", bins);
  if (const Document* squares = document.find("squares")) variable.squares = read_sums(*squares, "squares", bins);
  const bool fits = variable.count.size() == bins && variable.sums.size() == bins &&
                    (bins == 0 || variable.sums[0].size() == width) &&
                    (variable.squares.empty() || variable.squares[0].size() == 3);
  if (!fits)
    throw Error(ErrorKind::format, "format.invalid", "The sums of `" + variable.bins.name + "` do not fit its bins.",
                "", Document::object({{"what", "sums"}, {"variable", variable.bins.name}}));
  return variable;
}

}  // namespace

Document Binner::document() const {
  Document out = Document::object({{"target", binning::target_kind_name(target)},
                                   {"var_power", var_power},
                                   {"smoothing", smoothing},
                                   {"weighted", weighted}});
  if (classes.size()) out.set("classes", data::to_document(classes));
  out.set("arguments", options);
  Document list = Document::array();
  for (const BinnedVariable& variable : variables) list.push(variable_document(variable));
  return out.set("variables", std::move(list)).set("warnings", to_document(fit_warnings));
}

Binner binner_from_document(const Document& document) {
  Binner binner;
  binner.target = binning::make_target_kind(document.at("target").as_string("target"));
  binner.var_power = document.at("var_power").as_double("var_power");
  binner.smoothing = document.at("smoothing").as_double("smoothing");
  binner.weighted = document.at("weighted").as_bool("weighted");
  if (const Document* classes = document.find("classes")) binner.classes = data::dictionary_from_document(*classes);
  binner.options = document.at("arguments");
  for (const Document& variable : document.at("variables").items("variables"))
    binner.variables.push_back(read_variable(variable, width_of(binner)));
  binner.fit_warnings = warnings_from_document(document.at("warnings"));
  return binner;
}

}  // namespace deciban::models
