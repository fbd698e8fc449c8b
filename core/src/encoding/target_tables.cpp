// Tables and names of a target encoder, and its document.
#include "deciban/base/config.hpp"

#include <array>
#include <cmath>

#include "deciban/encoding/target_encoder.hpp"
#include "encoder_checks.hpp"

namespace deciban::encoding {
namespace {

constexpr std::array<const char*, 6> kSchemes = {"ordered", "kfold", "group", "time", "loo", "full"};
constexpr std::array<const char*, 4> kStatistics = {"mean", "rate", "quantile", "log_odds"};
constexpr std::array<const char*, 3> kWeights = {"fixed", "auto", "auto_ml"};
constexpr std::array<const char*, 3> kMissing = {"level", "prior", "nan"};
constexpr std::array<const char*, 3> kUnseen = {"prior", "nan", "error"};

template <class Value, std::size_t N>
Value choose(const std::array<const char*, N>& names, const std::string& name, const char* argument) {
  std::string all;
  for (std::size_t i = 0; i < N; ++i) {
    if (name == names[i]) return static_cast<Value>(i);
    all += std::string(i ? ", " : "") + "\"" + names[i] + "\"";
  }
  throw Error(ErrorKind::input, std::string("encoder.") + argument,
              std::string("`") + argument + "` is \"" + name + "\".", "Use one of " + all + ".",
              Document::object({{"argument", argument}, {"value", name}}));
}

template <class Value, std::size_t N>
const char* name_in(const std::array<const char*, N>& names, Value value) {
  return names[static_cast<std::size_t>(value)];
}

Document moments_document(const std::vector<LevelMoments>& moments) {
  std::vector<double> rows, weight, sum, square;
  for (const auto& level : moments) {
    rows.push_back(level.rows);
    weight.push_back(level.weight);
    sum.push_back(level.sum);
    square.push_back(level.square);
  }
  return Document::object({{"rows", rows}, {"weight", weight}, {"sum", sum}, {"square", square}});
}

std::vector<double> column_of(const Document& document, const char* key, std::size_t size) {
  std::vector<double> values = document.at(key).as_doubles(key);
  if (values.size() != size) throw invalid_document(key);
  return values;
}

std::vector<LevelMoments> moments_from_document(const Document& document, std::size_t size) {
  const auto rows = column_of(document, "rows", size), weight = column_of(document, "weight", size);
  const auto sum = column_of(document, "sum", size), square = column_of(document, "square", size);
  std::vector<LevelMoments> moments;
  for (std::size_t l = 0; l < size; ++l) moments.push_back({rows[l], weight[l], sum[l], square[l]});
  return moments;
}

Document levels_document(const EncodedLevels& levels) {
  Document document = Document::object({{"levels", levels.coder.document()},
                                        {"moments", moments_document(levels.moments)},
                                        {"value", levels.value},
                                        {"std_error", levels.std_error},
                                        {"credibility", to_document(levels.credibility)}});
  if (!levels.prior_weight.empty()) document.set("prior_weight", levels.prior_weight);
  if (levels.parent.empty()) return document;
  Document parents = Document::array();
  for (const std::int32_t parent : levels.parent) parents.push(Document(static_cast<std::int64_t>(parent)));
  document.set("parent", std::move(parents));
  return document;
}

EncodedLevels levels_from_document(const Document& document, const EncodedLevels* above) {
  EncodedLevels levels;
  levels.coder = LevelCoder::from_document(document.at("levels"));
  const auto size = static_cast<std::size_t>(levels.coder.size());
  levels.moments = moments_from_document(document.at("moments"), size);
  levels.value = column_of(document, "value", size);
  levels.std_error = column_of(document, "std_error", size);
  levels.credibility = credibility_from_document(document.at("credibility"));
  if (document.find("prior_weight")) levels.prior_weight = column_of(document, "prior_weight", size);
  if (!above) return levels;
  for (const Document& value : document.at("parent").items("parent")) {
    const std::int64_t parent = value.as_int("parent");
    if (parent < -1 || parent >= above->coder.size()) throw invalid_document("parent");
    levels.parent.push_back(static_cast<std::int32_t>(parent));
  }
  if (levels.parent.size() != size) throw invalid_document("parent");
  return levels;
}

}  // namespace

TargetScheme make_target_scheme(const std::string& name) { return choose<TargetScheme>(kSchemes, name, "scheme"); }
const char* target_scheme_name(TargetScheme scheme) { return name_in(kSchemes, scheme); }
TargetStatistic make_target_statistic(const std::string& name) {
  return choose<TargetStatistic>(kStatistics, name, "statistic");
}
const char* target_statistic_name(TargetStatistic statistic) { return name_in(kStatistics, statistic); }
PriorWeight make_prior_weight(const std::string& name) {
  if (name == "fixed") return choose<PriorWeight>(std::array<const char*, 2>{"auto", "auto_ml"}, name, "prior_weight");
  return choose<PriorWeight>(kWeights, name, "prior_weight");
}
MissingLevel make_missing_level(const std::string& name) { return choose<MissingLevel>(kMissing, name, "missing"); }
UnseenLevelRule make_unseen_rule(const std::string& name) { return choose<UnseenLevelRule>(kUnseen, name, "unseen"); }

Document options_document(const TargetOptions& options) {
  const bool fixed = options.prior_weight == PriorWeight::fixed;
  return Document::object(
      {{"scheme", target_scheme_name(options.scheme)},
       {"prior_weight", fixed ? Document(options.fixed_weight) : Document(name_in(kWeights, options.prior_weight))},
       {"seed", static_cast<std::int64_t>(options.seed)},
       {"n_folds", options.n_folds},
       {"n_permutations", options.n_permutations},
       {"statistic", target_statistic_name(options.statistic)},
       {"quantile", options.quantile},
       {"missing", name_in(kMissing, options.missing)},
       {"unseen", name_in(kUnseen, options.unseen)},
       {"min_rows", options.min_rows}});
}

TargetOptions options_from_document(const Document& document) {
  TargetOptions options;
  options.scheme = make_target_scheme(document.at("scheme").as_string("scheme"));
  const Document& weight = document.at("prior_weight");
  options.prior_weight = weight.is_number() ? PriorWeight::fixed : make_prior_weight(weight.as_string("prior_weight"));
  if (weight.is_number()) options.fixed_weight = weight.as_double("prior_weight");
  options.seed = static_cast<std::uint64_t>(document.at("seed").as_int("seed"));
  options.n_folds = static_cast<int>(document.at("n_folds").as_int("n_folds"));
  options.n_permutations = static_cast<int>(document.at("n_permutations").as_int("n_permutations"));
  options.statistic = make_target_statistic(document.at("statistic").as_string("statistic"));
  options.quantile = document.at("quantile").as_double("quantile");
  options.missing = make_missing_level(document.at("missing").as_string("missing"));
  options.unseen = make_unseen_rule(document.at("unseen").as_string("unseen"));
  options.min_rows = document.at("min_rows").as_int("min_rows");
  return options;
}

tables::ResultTable encoded_levels(const TargetEncoder& encoder) {
  std::vector<std::string> terms, labels, parents;
  std::vector<std::int64_t> rows;
  std::vector<double> weight, mean, credibility, value, std_error;
  for (const auto& term : encoder.terms) {
    const EncodedLevels& levels = term.depths.back();
    for (std::int32_t level = 0; level < levels.coder.size(); ++level) {
      const auto l = static_cast<std::size_t>(level);
      const LevelMoments& own = levels.moments[l];
      const std::int32_t parent = levels.parent.empty() ? -1 : levels.parent[l];
      terms.push_back(term.label);
      labels.push_back(levels.coder.label(level));
      parents.push_back(parent < 0 ? "" : term.depths[term.depths.size() - 2].coder.label(parent));
      rows.push_back(static_cast<std::int64_t>(own.rows));
      weight.push_back(own.weight);
      mean.push_back(own.weight > 0.0 ? own.mean() : std::nan(""));
      Credibility fit = levels.credibility;
      if (!levels.prior_weight.empty()) fit.prior_weight = levels.prior_weight[l];
      credibility.push_back(fit.credibility(own.weight));
      value.push_back(levels.value[l]);
      std_error.push_back(levels.std_error[l]);
    }
  }
  tables::ResultTable table;
  table.add("term", terms).add("level", labels).add("parent", parents).add_integers("rows", rows);
  table.add("weight", weight).add("mean", mean).add("credibility", credibility);
  return table.add("value", value).add("std_error", std_error);
}

tables::ResultTable encoded_terms(const TargetEncoder& encoder) {
  std::vector<std::string> terms, notes;
  std::vector<std::int64_t> levels;
  std::vector<double> collective, within, between, raw, weight;
  for (const auto& term : encoder.terms)
    for (const auto& depth : term.depths) {
      std::string label;
      for (const auto& column : depth.coder.columns()) label += (label.empty() ? "" : ":") + column;
      const bool last = &depth == &term.depths.back();
      terms.push_back(last ? term.label : label);
      levels.push_back(depth.coder.size());
      collective.push_back(depth.credibility.collective);
      within.push_back(depth.credibility.within);
      between.push_back(depth.credibility.between);
      raw.push_back(depth.credibility.between_raw);
      weight.push_back(depth.credibility.prior_weight);
      notes.push_back(depth.credibility.note);
    }
  tables::ResultTable table;
  table.add("term", terms).add_integers("levels", levels).add("collective", collective).add("within", within);
  return table.add("between", between).add("between_raw", raw).add("prior_weight", weight).add("note", notes);
}

Document to_document(const TargetEncoder& encoder) {
  Document terms = Document::array();
  for (const auto& term : encoder.terms) {
    Document depths = Document::array();
    for (const auto& depth : term.depths) depths.push(levels_document(depth));
    terms.push(Document::object({{"term", term.label}, {"prior", term.prior_value}, {"depths", depths}}));
  }
  Document options = options_document(encoder.options);
  if (!encoder.parents.empty()) {
    Document parents = Document::object({});
    for (const auto& pair : encoder.parents) parents.set(pair.first, pair.second);
    options.set("hierarchy", std::move(parents));
  }
  return Document::object({{"options", std::move(options)},
                           {"with_exposure", encoder.with_exposure},
                           {"terms", terms},
                           {"warnings", deciban::to_document(encoder.warnings)}});
}

TargetEncoder target_encoder_from_document(const Document& document) {
  TargetEncoder encoder;
  encoder.options = options_from_document(document.at("options"));
  if (const Document* parents = document.at("options").find("hierarchy"))
    for (const auto& member : parents->members("hierarchy"))
      encoder.parents.emplace_back(member.first, member.second.as_string("hierarchy"));
  encoder.with_exposure = document.at("with_exposure").as_bool("with_exposure");
  for (const Document& one : document.at("terms").items("terms")) {
    EncodedTerm term;
    term.label = one.at("term").as_string("term");
    term.prior_value = one.at("prior").as_double("prior");
    for (const Document& depth : one.at("depths").items("depths")) {
      EncodedLevels levels = levels_from_document(depth, term.depths.empty() ? nullptr : &term.depths.back());
      term.depths.push_back(std::move(levels));
    }
    if (term.depths.empty()) throw invalid_document("depths");
    encoder.terms.push_back(std::move(term));
  }
  if (encoder.terms.empty()) throw invalid_document("terms");
  encoder.warnings = warnings_from_document(document.at("warnings"));
  return encoder;
}

}  // namespace deciban::encoding
