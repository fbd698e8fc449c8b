#include "deciban/models/woe.hpp"

#include <cmath>
#include <limits>

#include "deciban/base/text.hpp"
#include "deciban/encoding/woe_names.hpp"
#include "woe_parts.hpp"

namespace deciban::models {
namespace {

using encoding::WoeCompat;
using encoding::WoeOptions;

Error wrong(const char* name, const std::string& requirement) {
  return Error(ErrorKind::input, "input.argument", std::string("`") + name + "` must be " + requirement + ".",
               "See the help page of the function.", Document::object({{"argument", name}}));
}

const Document* given(const Document& arguments, const char* name) {
  const Document* value = arguments.find(name);
  return value && !value->is_null() ? value : nullptr;
}

std::vector<std::string> names_of(const Document& arguments, const char* name) {
  const Document* value = given(arguments, name);
  if (!value) return {};
  if (value->is_string()) return {value->as_string()};
  if (!value->is_array()) throw wrong(name, "names of columns");
  std::vector<std::string> out;
  for (const Document& item : value->items()) {
    if (!item.is_string()) throw wrong(name, "names of columns");
    out.push_back(item.as_string());
  }
  return out;
}

encoding::LevelReduction read_reduction(const Arguments& arguments) {
  encoding::LevelReduction rules;
  rules.min_count = arguments.number("min_count", 0.0);
  rules.min_share = arguments.number("min_share", 0.0);
  rules.top_p = arguments.number("top_p", 1.0);
  if (!(rules.min_count >= 0.0)) throw wrong("min_count", "a number of rows, at least 0");
  if (!(rules.min_share >= 0.0 && rules.min_share <= 1.0)) throw wrong("min_share", "a share between 0 and 1");
  if (!(rules.top_p > 0.0 && rules.top_p <= 1.0)) throw wrong("top_p", "a share above 0 and at most 1");
  if (arguments.has("max_levels")) rules.max_levels = arguments.whole("max_levels", 1, 1);
  return rules;
}

void read_smoothing(const Document& arguments, WoeOptions& options) {
  const Document* value = given(arguments, "smoothing");
  if (!value) return;
  options.smoothing_auto = value->is_string() && value->as_string() == "auto";
  if (options.smoothing_auto) return;
  const double rows = value->is_number() ? value->as_double() : -1.0;
  if (!(rows >= 0.0))
    throw Error(ErrorKind::input, "woe.smoothing", "`smoothing` must be a number of rows of at least 0, or \"auto\".",
                "The default 1 pulls a level towards the portfolio as one row of it would.",
                Document::object({{"argument", "smoothing"}}));
  options.smoothing = rows;
}

// Splits that are given for a feature are its edges.
binning::BinningOptions binning_options(const Document& value, const char* name, binning::Closed closed) {
  Document options = value;
  if (value.is_array() || value.is_number()) {
    Document splits = value;
    if (value.is_number()) {
      splits = Document::array();
      splits.push(value);
    }
    options = Document::object({{"splits", std::move(splits)}, {"fixed", true}});
  }
  if (!options.is_object()) throw wrong(name, "options of binning, or splits");
  if (!given(options, "closed")) options.set("closed", binning::closed_name(closed));
  return binning::options_from_document(options);
}

void read_binning(const Document& arguments, WoeOptions& options) {
  const bool left = options.compat == WoeCompat::scorecard || options.compat == WoeCompat::optbinning;
  const binning::Closed closed = left ? binning::Closed::left : binning::Closed::right;
  options.binning.closed = closed;
  if (const Document* value = given(arguments, "binning")) options.binning = binning_options(*value, "binning", closed);
  if (const Document* features = given(arguments, "per_variable")) {
    if (!features->is_object()) throw wrong("per_variable", "options of binning, or splits, by the name of a feature");
    for (const auto& member : features->members())
      options.feature_binning[member.first] = binning_options(member.second, "per_variable", closed);
  }
}

Error unknown_query(const std::string& name) {
  return Error(ErrorKind::input, "input.query", "\"" + name + "\" is no question to an encoder.",
               "See the list in models/woe.hpp.", Document::object({{"name", name}}));
}

const data::Table& rows_of(const data::Table* X) {
  if (X) return *X;
  throw Error(ErrorKind::input, "input.data", "The question needs rows.", "Hand over X.");
}

}  // namespace

encoding::WoeEncoder fit_woe(const Document& document, const data::Table& X, const data::Table& vectors,
                             const RunContext& context) {
  const Arguments arguments(
      document, {"smoothing", "alpha", "method", "sign", "min_count", "min_share", "max_levels", "top_p", "unseen",
                 "dependence", "compat", "categorical", "binning", "per_variable", "target"});
  WoeOptions options;
  options.compat = encoding::make_compat(arguments.text("compat", "none"));
  read_smoothing(document, options);
  options.alpha = woe::read_alpha(arguments, 0.05);
  options.method = evidence::make_woe_method(arguments.text("method", "auto"));
  const char* sign = options.compat == WoeCompat::optbinning ? "non_events" : "events";
  options.positive_events = encoding::make_sign(arguments.text("sign", sign));
  options.reduction = read_reduction(arguments);
  options.unseen = encoding::make_woe_unseen(arguments.text("unseen", "neutral"));
  options.pairwise = encoding::make_dependence(arguments.text("dependence", "independent"));
  options.categorical = names_of(document, "categorical");
  read_binning(document, options);
  const encoding::WoeTarget target =
      encoding::read_woe_target(vectors.at("y"), vectors.find("sample_weight"), vectors.find("freq_weights"), context);
  return encoding::fit_woe(X, target, arguments.text("target", "y"), options, context);
}

Answer woe_query(const encoding::WoeEncoder& encoder, const std::string& name, const Document& arguments,
                 const data::Table* X, const RunContext& context) {
  using Answering = Answer (*)(const woe::Question&);
  struct Entry {
    const char* name;
    Answering answer;
    bool rows;
  };
  static const Entry kEntries[] = {{"mapping", woe::mapping, false},
                                   {"feature_stats", woe::feature_stats, false},
                                   {"feature_summary", woe::feature_summary, false},
                                   {"iv_analysis", woe::iv_analysis, false},
                                   {"diagnostics", woe::diagnostics, false},
                                   {"describe", woe::describe, false},
                                   {"text", woe::text, false},
                                   {"transform", woe::transform, true},
                                   {"predict_proba", woe::predict_proba, true},
                                   {"predict_ci", woe::predict_ci, true},
                                   {"predict", woe::predict, true},
                                   {"explain", woe::explain, true}};
  for (const Entry& entry : kEntries)
    if (name == entry.name) return entry.answer({encoder, arguments, entry.rows ? &rows_of(X) : X, context});
  throw unknown_query(name);
}

encoding::WoePreprocessor fit_woe_preprocessor(const Document& document, const data::Table& X,
                                               const data::Table& vectors, const RunContext& context) {
  const Arguments arguments(
      document, {"min_count", "min_share", "max_levels", "top_p", "other", "missing", "unseen", "categorical"});
  encoding::WoePreprocessor out = encoding::fit_preprocessor(X, vectors.find("freq_weights"), read_reduction(arguments),
                                                             names_of(document, "categorical"), context);
  out.other = arguments.text("other", "other");
  out.missing = arguments.text("missing", "missing");
  const std::string unseen = arguments.text("unseen", "other");
  if (unseen != "other" && unseen != "error")
    throw Error(ErrorKind::input, "woe.unseen_policy", "`unseen` is \"" + unseen + "\".",
                "Use one of \"other\", \"error\".", Document::object({{"argument", "unseen"}, {"value", unseen}}));
  out.unseen_error = unseen == "error";
  return out;
}

Answer woe_preprocessor_query(const encoding::WoePreprocessor& preprocessor, const std::string& name, const Document&,
                              const data::Table* X, const RunContext& context) {
  Answer out;
  if (name == "transform") {
    out.table = encoding::preprocess(preprocessor, rows_of(X), context);
  } else if (name == "summary") {
    out.table = preprocessor.summary();
  } else if (name == "mapping") {
    out.table = preprocessor.mapping();
  } else if (name == "describe") {
    std::vector<std::string> features;
    for (const auto& column : preprocessor.columns) features.push_back(column.bins.name);
    out.notes.set("features", features);
    Document options = encoding::to_document(preprocessor);
    options.erase("columns");
    options.erase("unseen_error");
    options.set("unseen", preprocessor.unseen_error ? "error" : "other");
    out.notes.set("options", std::move(options));
    out.notes.set("text", tables::render(preprocessor.summary(), {}));
  } else {
    throw unknown_query(name);
  }
  return out;
}

Answer WoeModel::query(const std::string& name, const Document& arguments, const QueryData& rows,
                       const RunContext& context) const {
  return woe_query(encoder_, name, arguments, rows.data, context);
}

Answer WoePreprocessorModel::query(const std::string& name, const Document& arguments, const QueryData& rows,
                                   const RunContext& context) const {
  return woe_preprocessor_query(preprocessor_, name, arguments, rows.data, context);
}

WoeModel fit_woe_model(const Document& arguments, const data::Table& X, const data::Table& vectors,
                       const RunContext& context) {
  return WoeModel(fit_woe(arguments, X, vectors, context));
}

WoeModel woe_model_from_document(const Document& document) {
  Document body = document;
  for (const char* key : {"format", "schema_version", "core_version", "kind"}) body.erase(key);
  return WoeModel(encoding::woe_from_document(body));
}

WoePreprocessorModel fit_woe_preprocessor_model(const Document& arguments, const data::Table& X,
                                                const data::Table& vectors, const RunContext& context) {
  return WoePreprocessorModel(fit_woe_preprocessor(arguments, X, vectors, context));
}

WoePreprocessorModel woe_preprocessor_from_document(const Document& document) {
  return WoePreprocessorModel(encoding::preprocessor_from_document(document));
}

namespace woe {

double read_alpha(const Arguments& arguments, double otherwise) {
  const double alpha = arguments.number("alpha", otherwise);
  if (alpha > 0.0 && alpha < 1.0) return alpha;
  throw Error(ErrorKind::input, "woe.alpha", "`alpha` is " + format_g(alpha, 6) + ".",
              "Give a number between 0 and 1; 0.05 makes intervals of 95 %.",
              Document::object({{"argument", "alpha"}, {"value", alpha}}));
}

std::size_t read_class(const Arguments& arguments, const encoding::WoeEncoder& encoder, std::size_t otherwise) {
  if (!arguments.has("class")) return otherwise;
  const std::string label = arguments.text("class", "");
  std::vector<std::string> labels;
  for (std::size_t c = 0; c < encoder.n_classes(); ++c) {
    labels.push_back(encoder.class_label(c));
    if (labels.back() == label) return c;
  }
  throw Error(ErrorKind::input, "woe.class", "The target has no class \"" + label + "\".",
              "Classes are " + join_some(labels) + ".", Document::object({{"class", label}}));
}

std::vector<std::size_t> read_classes(const Arguments& arguments, const encoding::WoeEncoder& encoder) {
  if (arguments.has("class")) return {read_class(arguments, encoder, 0)};
  return encoder.class_list();
}

std::string label_of(const encoding::WoeEncoder& encoder) {
  for (const auto& feature : encoder.features)
    if (feature.conditional) return "conditional on the bins";
  return "";
}

}  // namespace woe
}  // namespace deciban::models
