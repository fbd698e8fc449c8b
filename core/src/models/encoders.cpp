#include "deciban/models/encoders.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "arguments.hpp"
#include "column_arguments.hpp"
#include "deciban/base/text.hpp"
#include "deciban/data/levels.hpp"
#include "deciban/data/read.hpp"
#include "deciban/design/expression.hpp"
#include "deciban/formula/parser.hpp"
#include "deciban/parallel/team.hpp"
#include "deciban/resampling/folds.hpp"

namespace deciban::models {
namespace {

using encoding::FrequencyEncoder;
using encoding::OrdinalEncoder;
using encoding::TargetEncoder;

const char* const kKinds[] = {"target_encoder", "frequency_encoder", "ordinal_encoder"};

// A text or an array of texts.
std::vector<std::string> texts_of(const Document& value, const char* name) {
  if (value.is_string()) return {value.as_string()};
  if (!value.is_array()) throw wrong_argument(name, "names of columns");
  std::vector<std::string> texts;
  for (const Document& item : value.items()) {
    if (!item.is_string()) throw wrong_argument(name, "names of columns");
    texts.push_back(item.as_string());
  }
  return texts;
}

std::vector<std::string> columns_of(const Document& arguments, const data::Table& data) {
  if (const Document* columns = given(arguments, "columns")) return texts_of(*columns, "columns");
  std::vector<std::string> names;
  for (const auto& column : data.columns())
    if (!column.beside) names.push_back(column.name);
  return names;
}

std::uint64_t seed_of(const Document& arguments) {
  const Document* value = given(arguments, "seed");
  if (!value) return 0;
  const double seed = value->is_number() ? value->as_double() : -1.0;
  if (!(seed >= 0.0 && seed <= 0x1p53) || seed != std::floor(seed))
    throw Error(ErrorKind::input, "input.seed", "`seed` must be a whole number of at least 0.", "Such as seed = 1.",
                Document::object({{"argument", "seed"}}));
  return static_cast<std::uint64_t>(seed);
}

// Folds from 0 of a column of numbers; missing ones are never tested.
std::vector<std::int32_t> given_folds(const data::Column& column, double base) {
  std::vector<double> values(static_cast<std::size_t>(column.length()));
  data::read_doubles(column, 0, column.length(), values.data());
  std::vector<std::int32_t> folds;
  for (const double value : values) {
    const double fold = value == value ? value - base : resampling::kNeverTested;
    if (!(fold >= resampling::kNeverTested && fold < 32767.0) || fold != std::floor(fold))
      throw wrong_argument("folds", "numbers of folds");
    folds.push_back(static_cast<std::int32_t>(fold));
  }
  return folds;
}

std::vector<std::int32_t> training_folds(const Document& document, const Arguments& arguments,
                                         const encoding::TargetOptions& options, const data::Table& data,
                                         const data::Table& vectors, const RunContext& context) {
  using encoding::TargetScheme;
  const TargetScheme scheme = options.scheme;
  const auto unused = [&](const char* name, const char* schemes) {
    return Error(ErrorKind::input, "encoder.unused_argument",
                 std::string("`") + name + "` is given, but scheme \"" + encoding::target_scheme_name(scheme) +
                     "\" does not read it.",
                 std::string("Use scheme ") + schemes + ", or leave it out.", Document::object({{"argument", name}}));
  };
  const data::Column* groups = raw_column(document, "groups", data, vectors);
  const data::Column* time = raw_column(document, "time", data, vectors);
  const data::Column* folds = raw_column(document, "folds", data, vectors);
  if (groups && scheme != TargetScheme::group) throw unused("groups", "\"group\"");
  if (time && scheme != TargetScheme::time) throw unused("time", "\"time\"");
  const bool by_fold = scheme == TargetScheme::kfold || scheme == TargetScheme::group || scheme == TargetScheme::time;
  if (folds && !by_fold) throw unused("folds", "\"kfold\", \"group\" or \"time\"");
  if (folds) return given_folds(*folds, arguments.number("fold_base", 0.0));
  return encoding::scheme_folds(options, groups ? groups : time, data.rows(), context);
}

encoding::TargetOptions target_options(const Document& document, const Arguments& arguments) {
  encoding::TargetOptions options;
  options.scheme = encoding::make_target_scheme(arguments.text("scheme", "ordered"));
  const Document* weight = given(document, "prior_weight");
  if (weight && weight->is_number()) {
    options.prior_weight = encoding::PriorWeight::fixed;
    options.fixed_weight = weight->as_double();
  } else {
    options.prior_weight = encoding::make_prior_weight(arguments.text("prior_weight", "auto"));
  }
  options.seed = seed_of(document);
  options.n_folds = static_cast<int>(arguments.whole("n_folds", 5, 0));
  options.n_permutations = static_cast<int>(arguments.whole("n_permutations", 4, 0));
  options.statistic = encoding::make_target_statistic(arguments.text("statistic", "mean"));
  options.quantile = arguments.number("quantile", 0.5);
  options.missing = encoding::make_missing_level(arguments.text("missing", "level"));
  options.unseen = encoding::make_unseen_rule(arguments.text("unseen", "prior"));
  options.min_rows = arguments.whole("min_rows", 0, 0);
  return options;
}

tables::ResultTable table_of(const std::vector<std::string>& labels, std::vector<double> values, std::size_t rows) {
  tables::ResultTable table;
  if (labels.size() == 1) return table.add(labels[0], std::move(values));
  for (std::size_t t = 0; t < labels.size(); ++t) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(t * rows);
    table.add(labels[t], std::vector<double>(begin, begin + static_cast<std::ptrdiff_t>(rows)));
  }
  return table;
}

FittedEncoder fit_target(const Document& document, const data::Table& data, const data::Table& vectors,
                         const RunContext& context) {
  const Arguments arguments(
      document, {"columns",   "y",       "weights",      "exposure", "groups",    "time",           "folds",
                 "fold_base", "scheme",  "prior_weight", "seed",     "n_folds",   "n_permutations", "statistic",
                 "quantile",  "missing", "unseen",       "min_rows", "hierarchy", "training"});
  if (!arguments.has("y")) throw wrong_argument("y", "given: the target that levels are encoded by");
  const encoding::TargetOptions options = target_options(document, arguments);
  const bool training = arguments.flag("training", false);
  const std::vector<std::string> columns = columns_of(document, data);
  encoding::TargetRows rows;
  rows.y = numbers(arguments, "y", data, vectors, context);
  rows.weights = numbers(arguments, "weights", data, vectors, context);
  rows.exposure = numbers(arguments, "exposure", data, vectors, context);
  if (training) rows.folds = training_folds(document, arguments, options, data, vectors, context);
  std::vector<double> values;
  FittedEncoder out;
  TargetEncoder encoder = encoding::fit_target_encoder(options, columns, arguments.texts("hierarchy"), data,
                                                       std::move(rows), context, training ? &values : nullptr);
  out.warnings = encoder.warnings;
  if (training) out.training = table_of(columns, std::move(values), static_cast<std::size_t>(data.rows()));
  out.encoder = std::make_shared<const Encoder>(std::move(encoder));
  return out;
}

FittedEncoder fit_frequency(const Document& document, const data::Table& data, const data::Table& vectors,
                            const RunContext& context) {
  const Arguments arguments(document, {"columns", "weights", "normalize", "min_rows", "missing", "unseen", "training"});
  encoding::FrequencyOptions options;
  options.normalize = arguments.flag("normalize", options.normalize);
  options.min_rows = arguments.whole("min_rows", 0, 0);
  options.missing = arguments.text("missing", options.missing);
  options.unseen = arguments.text("unseen", options.unseen);
  FittedEncoder out;
  out.encoder = std::make_shared<const Encoder>(encoding::fit_frequency_encoder(
      options, columns_of(document, data), data, numbers(arguments, "weights", data, vectors, context), context));
  if (arguments.flag("training", false)) out.training = encode(*out.encoder, data, context);
  return out;
}

FittedEncoder fit_ordinal(const Document& document, const data::Table& data, const RunContext& context) {
  const Arguments arguments(document, {"columns", "order", "levels", "missing", "unseen", "training"});
  encoding::OrdinalOptions options;
  options.order = arguments.text("order", options.order);
  options.missing = arguments.text("missing", options.missing);
  options.unseen = arguments.text("unseen", options.unseen);
  std::vector<std::pair<std::string, std::vector<std::string>>> levels;
  if (const Document* value = given(document, "levels")) {
    if (!value->is_object()) throw wrong_argument("levels", "a list of columns with their levels");
    for (const auto& member : value->members()) levels.emplace_back(member.first, texts_of(member.second, "levels"));
  }
  FittedEncoder out;
  out.encoder = std::make_shared<const Encoder>(
      encoding::fit_ordinal_encoder(options, columns_of(document, data), levels, data, context));
  if (arguments.flag("training", false)) out.training = encode(*out.encoder, data, context);
  return out;
}

const encoding::LevelCoder& last_coder(const encoding::EncodedTerm& term) { return term.depths.back().coder; }
template <class Term>
const encoding::LevelCoder& last_coder(const Term& term) {
  return term.coder;
}

}  // namespace

const char* encoder_kind(const Encoder& encoder) { return kKinds[encoder.index()]; }

Document to_document(const Encoder& encoder) {
  return std::visit([](const auto& one) { return encoding::to_document(one); }, encoder);
}

Encoder encoder_from_document(const std::string& kind, const Document& document) {
  if (kind == kKinds[0]) return encoding::target_encoder_from_document(document);
  if (kind == kKinds[1]) return encoding::frequency_encoder_from_document(document);
  if (kind == kKinds[2]) return encoding::ordinal_encoder_from_document(document);
  throw Error(ErrorKind::format, "format.kind", "The file holds a \"" + kind + "\", not an encoder.",
              "Load it with load_model().", Document::object({{"kind", kind}}));
}

FittedEncoder fit_encoder(const std::string& kind, const Document& arguments, const data::Table& data,
                          const data::Table& vectors, const RunContext& context) {
  const parallel::FloatingPointGuard guard;
  if (kind == kKinds[0]) return fit_target(arguments, data, vectors, context);
  if (kind == kKinds[1]) return fit_frequency(arguments, data, vectors, context);
  if (kind == kKinds[2]) return fit_ordinal(arguments, data, context);
  throw Error(ErrorKind::input, "encoder.kind", "There is no encoder \"" + kind + "\".",
              "Use the functions of the package.", Document::object({{"kind", kind}}));
}

std::vector<std::string> encoder_references(const Document& arguments, const std::vector<std::string>& names) {
  std::vector<std::string> out;
  const auto add = [&](const std::string& name) {
    if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  };
  const auto known = [&](const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  std::vector<std::string> terms;
  if (const Document* columns = given(arguments, "columns")) terms = texts_of(*columns, "columns");
  if (const Document* parents = given(arguments, "hierarchy"))
    for (const auto& member : parents->members("hierarchy")) {
      terms.push_back(member.first);
      if (member.second.is_string()) terms.push_back(member.second.as_string());
    }
  for (const auto& term : terms) {
    if (known(term)) {
      add(term);
      continue;
    }
    for (const std::string& part : encoding::term_columns(term)) add(part);
  }
  for (const char* name : {"groups", "time", "folds", "level"})
    if (const Document* value = given(arguments, name))
      if (value->is_string()) add(value->as_string());
  for (const char* name : {"y", "weights", "exposure"}) {
    const Document* value = given(arguments, name);
    if (!value || !value->is_string()) continue;
    if (known(value->as_string()))
      add(value->as_string());
    else
      for (const auto& variable : formula::variables(*formula::parse_expression(value->as_string()))) add(variable);
  }
  return out;
}

tables::ResultTable encode(const Encoder& encoder, const data::Table& data, const RunContext& context) {
  const parallel::FloatingPointGuard guard;
  return std::visit(
      [&](const auto& one) {
        std::vector<std::string> labels;
        for (const auto& term : one.terms) labels.push_back(term.label);
        return table_of(labels, encoding::encode(one, data, context), static_cast<std::size_t>(data.rows()));
      },
      encoder);
}

tables::ResultTable encoder_table(const Encoder& encoder, const std::string& what) {
  if (what == "terms" && std::holds_alternative<TargetEncoder>(encoder))
    return encoding::encoded_terms(std::get<TargetEncoder>(encoder));
  return std::visit([](const auto& one) { return encoding::encoded_levels(one); }, encoder);
}

Document describe(const Encoder& encoder) {
  const Document document = to_document(encoder);
  std::vector<std::string> labels, columns;
  std::visit(
      [&](const auto& one) {
        for (const auto& term : one.terms) {
          labels.push_back(term.label);
          for (const auto& column : last_coder(term).columns())
            if (std::find(columns.begin(), columns.end(), column) == columns.end()) columns.push_back(column);
        }
      },
      encoder);
  if (const auto* target = std::get_if<TargetEncoder>(&encoder))  // a parent that is no part of the label
    for (const auto& term : target->terms)
      for (const auto& depth : term.depths)
        for (const auto& column : depth.coder.columns())
          if (std::find(columns.begin(), columns.end(), column) == columns.end()) columns.push_back(column);
  return Document::object(
      {{"kind", encoder_kind(encoder)}, {"terms", labels}, {"columns", columns}, {"options", document.at("options")}});
}

FoldAnswer make_folds(const Document& document, const data::Table& vectors, const RunContext& context) {
  const Arguments arguments(document, {"n", "scheme", "n_folds", "n_repeats", "seed", "strata", "groups", "time"});
  resampling::FoldRequest request;
  request.scheme = resampling::make_fold_scheme(arguments.text("scheme", "kfold"));
  request.n_folds = static_cast<int>(arguments.whole("n_folds", 5, 0));
  request.n_repeats = static_cast<int>(arguments.whole("n_repeats", 1, 0));
  request.seed = seed_of(document);
  const char* by = request.scheme == resampling::FoldScheme::stratified ? "strata"
                   : request.scheme == resampling::FoldScheme::group    ? "groups"
                   : request.scheme == resampling::FoldScheme::time     ? "time"
                                                                        : "";
  request.by = vectors.find(by);
  for (const auto& column : vectors.columns())
    if (column.name != by)
      throw Error(ErrorKind::input, "folds.unused_argument",
                  "`" + column.name + "` is given, but scheme \"" + resampling::fold_scheme_name(request.scheme) +
                      "\" does not read it.",
                  "Choose the scheme that it belongs to, or leave it out.",
                  Document::object({{"argument", column.name}}));
  if (!arguments.has("n") && !request.by) throw wrong_argument("n", "the number of rows");
  request.rows = arguments.has("n") ? arguments.whole("n", 0, 0) : request.by->length();
  const resampling::Folds folds = resampling::make_folds(request, context);
  FoldAnswer answer;
  answer.warnings = folds.warnings;
  answer.notes = Document::object({{"scheme", resampling::fold_scheme_name(folds.scheme)},
                                   {"n_folds", folds.n_folds},
                                   {"n_repeats", folds.n_repeats},
                                   {"seed", static_cast<std::int64_t>(folds.seed)},
                                   {"ordered", folds.ordered},
                                   {"rows", folds.rows}});
  std::vector<std::int64_t> repeats, numbers, train, test;
  for (int repeat = 0; repeat < folds.n_repeats; ++repeat) {
    const std::int32_t* fold = folds.repeat(repeat);
    answer.folds.add_integers("fold_" + std::to_string(repeat + 1), std::vector<std::int64_t>(fold, fold + folds.rows));
    for (int k = 0; k < folds.n_folds; ++k) {
      repeats.push_back(repeat + 1);
      numbers.push_back(k + 1);
      train.push_back(static_cast<std::int64_t>(resampling::rows_of_fold(folds, repeat, k, true).size()));
      test.push_back(static_cast<std::int64_t>(resampling::rows_of_fold(folds, repeat, k, false).size()));
    }
  }
  answer.sizes.add_integers("repeat", repeats).add_integers("fold", numbers);
  answer.sizes.add_integers("train_rows", train).add_integers("test_rows", test);
  return answer;
}

}  // namespace deciban::models
