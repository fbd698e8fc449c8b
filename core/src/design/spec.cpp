#include "deciban/design/spec.hpp"

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/formula/parser.hpp"
#include "terms.hpp"

namespace deciban::design {
namespace {

template <class Value>
struct Choice {
  Value value;
  const char* name;
};
constexpr Choice<NaAction> kNaActions[] = {
    {NaAction::omit, "omit"}, {NaAction::exclude, "exclude"}, {NaAction::fail, "fail"}};
constexpr Choice<UnseenLevel> kUnseen[] = {
    {UnseenLevel::error, "error"}, {UnseenLevel::missing, "missing"}, {UnseenLevel::reference, "reference"}};
constexpr Choice<data::Meaning> kMeanings[] = {{data::Meaning::number, "number"},
                                               {data::Meaning::boolean, "boolean"},
                                               {data::Meaning::text, "text"},
                                               {data::Meaning::date, "date"},
                                               {data::Meaning::datetime, "datetime"}};

template <class Value, std::size_t N>
const char* name_of(const Choice<Value> (&choices)[N], Value value) {
  for (const auto& choice : choices)
    if (choice.value == value) return choice.name;
  return "";
}

template <class Value, std::size_t N>
Value choose(const Choice<Value> (&choices)[N], const std::string& name, const char* argument) {
  std::string all;
  for (const auto& choice : choices) {
    if (name == choice.name) return choice.value;
    all += std::string(all.empty() ? "" : ", ") + "\"" + choice.name + "\"";
  }
  throw Error(ErrorKind::input, std::string("input.") + argument,
              std::string("`") + argument + "` is \"" + name + "\".", "Use one of " + all + ".",
              Document::object({{"argument", argument}, {"value", name}}));
}

Document source_document(const ColumnSource& source) {
  if (source.kind == ColumnSource::Kind::none) return Document();
  if (source.kind == ColumnSource::Kind::vector) return Document(true);
  return Document(formula::to_text(*source.expression));
}

ColumnSource source_from_document(const Document* document) {
  ColumnSource source;
  if (!document || document->is_null()) return source;
  if (document->is_string()) {
    source.kind = ColumnSource::Kind::expression;
    source.expression = formula::parse_expression(document->as_string());
  } else if (document->as_bool("design source")) {
    source.kind = ColumnSource::Kind::vector;
  }
  return source;
}

Document dictionary_document(const data::Dictionary& levels) {
  Document document = Document::object({{"type", name_of(kMeanings, levels.meaning)}, {"labels", levels.labels}});
  if (!levels.numbers.empty()) document.set("values", levels.numbers);
  if (levels.declared) document.set("declared", true);
  if (levels.ordered) document.set("ordered", true);
  return document;
}

data::Dictionary dictionary_from_document(const Document& document) {
  data::Dictionary levels;
  levels.meaning = choose(kMeanings, document.at("type").as_string("levels.type"), "levels.type");
  levels.labels = document.at("labels").as_strings("levels.labels");
  if (const Document* values = document.find("values")) levels.numbers = values->as_doubles("levels.values");
  if (const Document* flag = document.find("declared")) levels.declared = flag->as_bool("levels.declared");
  if (const Document* flag = document.find("ordered")) levels.ordered = flag->as_bool("levels.ordered");
  if (!levels.numbers.empty() && levels.numbers.size() != levels.labels.size())
    throw Error(ErrorKind::format, "format.invalid", "The file's level values and labels differ in number.");
  return levels;
}

Document term_document(const Term& term) {
  Document document = Document::object({{"term", term.label}});
  const std::string expression = formula::to_text(*term.expression);
  if (expression != term.label) document.set("expression", expression);
  if (term.kind == Term::Kind::numeric) return document.set("kind", "numeric"), document;
  document.set("kind", "factor");
  document.set("levels", dictionary_document(term.levels));
  document.set("contrasts", term.full ? "none" : "treatment");
  if (!term.full) document.set("base", term.base);
  return document;
}

Error invalid(const std::string& message) { return Error(ErrorKind::format, "format.invalid", message); }

void read_factor(const Document& document, Term& term) {
  if (!is_factor_expression(*term.expression)) throw invalid("The file's factor `" + term.label + "` is no column.");
  term.kind = Term::Kind::factor;
  term.levels = dictionary_from_document(document.at("levels"));
  const std::string& contrasts = document.at("contrasts").as_string("contrasts");
  if (contrasts != "none" && contrasts != "treatment")
    throw invalid("The file's contrasts \"" + contrasts + "\" of `" + term.label + "` are not known.");
  term.full = contrasts == "none";
  const std::int64_t count = static_cast<std::int64_t>(term.levels.size());
  if (!term.full) {
    const std::int64_t base = document.at("base").as_int("base");
    if (base < 0 || base >= count) throw invalid("The file's base level of `" + term.label + "` does not exist.");
    term.base = static_cast<int>(base);
  }
  term.n_columns = static_cast<int>(term.full ? count : count - 1);
}

// The label is the expression unless the file holds one beside it (plain column names of fit_glm_xy).
Term term_from_document(const Document& document, int first_column) {
  Term term;
  term.label = document.at("term").as_string("term");
  const Document* expression = document.find("expression");
  term.expression = formula::parse_expression(expression ? expression->as_string("expression") : term.label);
  term.first_column = first_column;
  const std::string& kind = document.at("kind").as_string("kind");
  if (kind == "factor") {
    read_factor(document, term);
  } else if (kind != "numeric") {
    throw invalid("The file's kind \"" + kind + "\" of `" + term.label + "` is not known.");
  }
  return term;
}

}  // namespace

int DesignSpec::n_columns() const {
  int n = intercept ? 1 : 0;
  for (const auto& term : terms) n += term.n_columns;
  return n;
}

std::vector<std::string> DesignSpec::column_names() const {
  std::vector<std::string> names;
  if (intercept) names.push_back("(Intercept)");
  for (const auto& term : terms) {
    if (term.kind == Term::Kind::numeric) {
      names.push_back(term.label);
      continue;
    }
    for (int level = 0; level < static_cast<int>(term.levels.size()); ++level)
      if (term.column_of_level(level) >= 0) names.push_back(term.label + term.levels.labels[level]);
  }
  return names;
}

Document to_document(const DesignSpec& spec) {
  Document terms = Document::array(), offsets = Document::array();
  for (const auto& term : spec.terms) terms.push(term_document(term));
  for (const auto& offset : spec.offsets) offsets.push(formula::to_text(*offset));
  Document document = Document::object({{"formula", formula::to_text(spec.formula)},
                                        {"intercept", spec.intercept},
                                        {"terms", std::move(terms)},
                                        {"offsets", std::move(offsets)},
                                        {"weights", source_document(spec.weights)},
                                        {"exposure", source_document(spec.exposure)},
                                        {"offset", source_document(spec.offset)},
                                        {"freq_weights", source_document(spec.freq_weights)},
                                        {"na_action", na_action_name(spec.na_action)},
                                        {"unseen", unseen_level_name(spec.unseen)}});
  if (spec.response_levels.size()) document.set("response_levels", dictionary_document(spec.response_levels));
  return document;
}

DesignSpec spec_from_document(const Document& document) {
  DesignSpec spec;
  spec.formula = formula::parse_formula(document.at("formula").as_string("design.formula"));
  if (!spec.formula.response) throw invalid("The file's formula has no response.");
  spec.intercept = document.at("intercept").as_bool("design.intercept");
  int next = spec.intercept ? 1 : 0;
  for (const auto& item : document.at("terms").items("design.terms")) {
    spec.terms.push_back(term_from_document(item, next));
    next += spec.terms.back().n_columns;
  }
  for (const auto& item : document.at("offsets").items("design.offsets"))
    spec.offsets.push_back(formula::parse_expression(item.as_string("design.offsets")));
  spec.weights = source_from_document(document.find("weights"));
  spec.exposure = source_from_document(document.find("exposure"));
  spec.offset = source_from_document(document.find("offset"));
  spec.freq_weights = source_from_document(document.find("freq_weights"));
  spec.na_action = make_na_action(document.at("na_action").as_string("design.na_action"));
  spec.unseen = make_unseen_level(document.at("unseen").as_string("design.unseen"));
  if (const Document* levels = document.find("response_levels"))
    spec.response_levels = dictionary_from_document(*levels);
  return spec;
}

const char* na_action_name(NaAction action) { return name_of(kNaActions, action); }
NaAction make_na_action(const std::string& name) { return choose(kNaActions, name, "na_action"); }
const char* unseen_level_name(UnseenLevel policy) { return name_of(kUnseen, policy); }
UnseenLevel make_unseen_level(const std::string& name) { return choose(kUnseen, name, "unseen"); }

}  // namespace deciban::design
