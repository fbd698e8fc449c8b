#include "deciban/design/spec.hpp"

#include "blocks.hpp"
#include "deciban/base/choice.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/data/dictionary_document.hpp"
#include "deciban/formula/parser.hpp"
#include "deciban/splines/contrasts.hpp"

namespace deciban::design {
namespace {

constexpr Choice<NaAction> kNaActions[] = {
    {NaAction::omit, "omit"}, {NaAction::exclude, "exclude"}, {NaAction::fail, "fail"}};
constexpr Choice<UnseenLevel> kUnseen[] = {
    {UnseenLevel::error, "error"}, {UnseenLevel::missing, "missing"}, {UnseenLevel::reference, "reference"}};
constexpr Choice<Contrast> kContrasts[] = {{Contrast::treatment, "treatment"},
                                           {Contrast::sum, "sum"},
                                           {Contrast::helmert, "helmert"},
                                           {Contrast::poly, "poly"}};

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

// The label is the plain name of a column, not the text of an expression (fit_glm_xy).
bool is_plain_name(const Variable& variable) {
  return variable.expression->kind == formula::Node::Kind::name &&
         formula::to_text(*variable.expression) != variable.label;
}

formula::NodePtr plain_name(const std::string& label) {
  auto name = std::make_shared<formula::Node>();
  name->kind = formula::Node::Kind::name;
  name->text = label;
  return name;
}

const char* kind_name(Variable::Kind kind) { return kind == Variable::Kind::factor ? "factor" : "numeric"; }

Document variable_document(const Variable& variable) {
  Document document = Document::object({{"variable", variable.label}, {"kind", kind_name(variable.kind)}});
  if (variable.opaque) document.set("opaque", true);
  if (is_plain_name(variable)) document.set("plain_name", true);
  if (!variable.opaque && variable.input != variable.expression)
    document.set("input", formula::to_text(*variable.input));
  if (variable.basis) document.set("basis", splines::to_document(*variable.basis));
  if (variable.encoder) document.set("encoder", to_document(*variable.encoder));
  if (variable.kind == Variable::Kind::numeric) return document;
  document.set("levels", data::to_document(variable.levels));
  document.set("contrast", contrast_name(variable.contrast));
  document.set("base", variable.base);
  if (variable.numbered) document.set("numbered", true);
  if (variable.values.size()) document.set("values", data::to_document(variable.values));
  if (variable.missing_level) document.set("missing_level", true);
  if (variable.fixed_levels) document.set("fixed_levels", true);
  if (variable.breaks.empty() && !variable.bins) return document;
  Document intervals = Document::array();
  for (const int level : variable.interval_levels) intervals.push(level);
  if (variable.bins) {
    document.set("bins", Document::object({{"bins", binning::to_document(variable.bins->bins)},
                                           {"levels", std::move(intervals)},
                                           {"conditional", variable.bins->conditional}}));
    return document;
  }
  document.set("cut", Document::object({{"breaks", variable.breaks},
                                        {"levels", std::move(intervals)},
                                        {"right", variable.right},
                                        {"include_lowest", variable.include_lowest}}));
  return document;
}

Error damaged(const std::string& what) {
  return Error(ErrorKind::format, "format.invalid", "The model file is damaged: " + what + ".",
               "Save the model again from the session that fitted it.");
}

void read_cut(const Document& cut, Variable& variable) {
  variable.breaks = cut.at("breaks").as_doubles("cut.breaks");
  variable.right = cut.at("right").as_bool("cut.right");
  variable.include_lowest = cut.at("include_lowest").as_bool("cut.include_lowest");
  for (const auto& item : cut.at("levels").items("cut.levels")) {
    const std::int64_t level = item.as_int("cut.levels");
    if (level < -1 || level >= variable.n_levels())
      throw damaged("an interval of `" + variable.label + "` has no level");
    variable.interval_levels.push_back(static_cast<int>(level));
  }
  if (variable.breaks.size() < 2 || variable.interval_levels.size() + 1 != variable.breaks.size())
    throw damaged("breaks and intervals of `" + variable.label + "` differ in number");
}

void read_bins(const Document& document, Variable& variable) {
  BinTerm term;
  term.bins = binning::bins_from_document(document.at("bins"));
  term.conditional = document.at("conditional").as_bool("bins.conditional");
  for (const auto& item : document.at("levels").items("bins.levels")) {
    const std::int64_t level = item.as_int("bins.levels");
    if (level < -1 || level >= variable.n_levels()) throw damaged("a bin of `" + variable.label + "` has no level");
    variable.interval_levels.push_back(static_cast<int>(level));
  }
  if (static_cast<int>(variable.interval_levels.size()) != term.bins.size())
    throw damaged("bins and levels of `" + variable.label + "` differ in number");
  variable.bins = std::move(term);
}

bool flag(const Document& document, const char* key) {
  const Document* value = document.find(key);
  return value && value->as_bool(key);
}

Variable variable_from_document(const Document& document) {
  Variable variable;
  variable.label = document.at("variable").as_string("variable");
  variable.opaque = flag(document, "opaque");
  variable.expression =
      flag(document, "plain_name") ? plain_name(variable.label) : formula::parse_expression(variable.label);
  variable.input = variable.expression;
  if (const Document* input = document.find("input"))
    variable.input = formula::parse_expression(input->as_string("input"));
  if (const Document* basis = document.find("basis")) variable.basis = splines::basis_from_document(*basis);
  if (const Document* encoder = document.find("encoder")) variable.encoder = encoder_term_from_document(*encoder);
  const std::string& kind = document.at("kind").as_string("kind");
  if (kind == "numeric") return variable;
  if (kind != "factor") throw damaged("`" + variable.label + "` is neither numeric nor a factor");
  variable.kind = Variable::Kind::factor;
  variable.levels = data::dictionary_from_document(document.at("levels"));
  variable.contrast = make_contrast(document.at("contrast").as_string("contrast"));
  variable.numbered = flag(document, "numbered");
  if (const Document* values = document.find("values")) variable.values = data::dictionary_from_document(*values);
  if (variable.values.size() && variable.values.size() != variable.levels.size())
    throw damaged("levels and values of `" + variable.label + "` differ in number");
  variable.missing_level = flag(document, "missing_level");
  variable.fixed_levels = flag(document, "fixed_levels");
  const std::int64_t base = document.at("base").as_int("base");
  if (base < 0 || base >= variable.n_levels())
    throw damaged("the base level of `" + variable.label + "` does not exist");
  variable.base = static_cast<int>(base);
  if (const Document* cut = document.find("cut")) read_cut(*cut, variable);
  if (const Document* bins = document.find("bins")) read_bins(*bins, variable);
  return variable;
}

Document term_document(const Term& term) {
  Document variables = Document::array(), full = Document::array();
  for (const int v : term.variables) variables.push(v);
  for (const char flag : term.full) full.push(static_cast<bool>(flag));
  return Document::object({{"term", term.label}, {"variables", std::move(variables)}, {"full", std::move(full)}});
}

Term term_from_document(const Document& document, const std::vector<Variable>& variables, int first_column) {
  Term term;
  term.label = document.at("term").as_string("term");
  term.first_column = first_column;
  const auto& indices = document.at("variables").items("term.variables");
  const auto& full = document.at("full").items("term.full");
  if (indices.empty() || indices.size() != full.size()) throw damaged("the term `" + term.label + "` is incomplete");
  for (std::size_t k = 0; k < indices.size(); ++k) {
    const std::int64_t v = indices[k].as_int("term.variables");
    if (v < 0 || v >= static_cast<std::int64_t>(variables.size()))
      throw damaged("the term `" + term.label + "` names a variable that does not exist");
    if (k > 0 && v <= term.variables.back())
      throw damaged("the variables of the term `" + term.label + "` do not ascend");
    term.variables.push_back(static_cast<int>(v));
    term.full.push_back(full[k].as_bool("term.full"));
  }
  const TermSize size = term_size(term, variables);
  if (!size.fits) throw damaged("the term `" + term.label + "` has too many columns");
  term.n_columns = static_cast<int>(size.columns);
  return term;
}

}  // namespace

bool Variable::learned_from_response() const {
  return (bins && bins->conditional) || (encoder && encoder->function != "fe");
}

int Variable::n_columns(bool full) const {
  if (kind == Kind::factor) return full ? n_levels() : n_levels() - 1;
  return basis ? basis->columns() : 1;
}

std::vector<std::string> Variable::column_suffixes(bool full) const {
  if (kind == Kind::numeric) return basis ? basis->suffixes() : std::vector<std::string>{""};
  if (full) return levels.labels;
  if (n_levels() < 2) return {};
  switch (contrast) {
    case Contrast::treatment: {  // without the matrix: there may be very many levels
      std::vector<std::string> suffixes;
      for (int k = 0; k < n_levels(); ++k)
        if (k != base)
          suffixes.push_back(numbered ? std::to_string(k + 1) : levels.labels[static_cast<std::size_t>(k)]);
      return suffixes;
    }
    case Contrast::sum:
      return splines::sum(n_levels()).suffixes;
    case Contrast::helmert:
      return splines::helmert(n_levels()).suffixes;
    case Contrast::poly:
      return splines::polynomial(n_levels()).suffixes;
  }
  return {};
}

int DesignSpec::n_columns() const {
  int n = intercept ? 1 : 0;
  for (const auto& term : terms) n += term.n_columns;
  return n;
}

std::vector<std::string> DesignSpec::column_names() const {
  std::vector<std::string> names;
  if (intercept) names.push_back("(Intercept)");
  for (const auto& term : terms) {
    std::vector<std::string> joined = {""};
    for (std::size_t k = 0; k < term.variables.size(); ++k) {
      const Variable& variable = variables[static_cast<std::size_t>(term.variables[k])];
      const auto suffixes = variable.column_suffixes(term.full[k]);
      std::vector<std::string> next;
      for (const auto& suffix : suffixes)
        for (const auto& left : joined) next.push_back(left + (k ? ":" : "") + variable.label + suffix);
      joined = std::move(next);
    }
    names.insert(names.end(), joined.begin(), joined.end());
  }
  return names;
}

const Variable* DesignSpec::level_variable(const Term& term) const {
  if (term.variables.size() != 1) return nullptr;
  const Variable& variable = variables[static_cast<std::size_t>(term.variables[0])];
  const bool by_level =
      variable.kind == Variable::Kind::factor && (term.full[0] || variable.contrast == Contrast::treatment);
  return by_level ? &variable : nullptr;
}

int DesignSpec::column_of_level(const Term& term, int level) const {
  if (term.full[0]) return term.first_column + level;
  const int base = variables[static_cast<std::size_t>(term.variables[0])].base;
  return level == base ? -1 : term.first_column + level - (level > base);
}

Document to_document(const DesignSpec& spec) {
  Document variables = Document::array(), terms = Document::array(), offsets = Document::array();
  for (const auto& variable : spec.variables) variables.push(variable_document(variable));
  for (const auto& term : spec.terms) terms.push(term_document(term));
  for (const auto& offset : spec.offsets) offsets.push(formula::to_text(*offset));
  Document document = Document::object({{"formula", formula::to_text(spec.formula)},
                                        {"intercept", spec.intercept},
                                        {"variables", std::move(variables)},
                                        {"terms", std::move(terms)},
                                        {"offsets", std::move(offsets)},
                                        {"weights", source_document(spec.weights)},
                                        {"exposure", source_document(spec.exposure)},
                                        {"offset", source_document(spec.offset)},
                                        {"freq_weights", source_document(spec.freq_weights)},
                                        {"na_action", na_action_name(spec.na_action)},
                                        {"unseen", unseen_level_name(spec.unseen)}});
  if (spec.response_levels.size()) document.set("response_levels", data::to_document(spec.response_levels));
  return document;
}

DesignSpec spec_from_document(const Document& document) {
  DesignSpec spec;
  spec.formula = formula::parse_formula(document.at("formula").as_string("design.formula"));
  spec.intercept = document.at("intercept").as_bool("design.intercept");
  int next = spec.intercept ? 1 : 0;
  for (const auto& item : document.at("variables").items("design.variables"))
    spec.variables.push_back(variable_from_document(item));
  for (const auto& item : document.at("terms").items("design.terms")) {
    spec.terms.push_back(term_from_document(item, spec.variables, next));
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
    spec.response_levels = data::dictionary_from_document(*levels);
  return spec;
}

const char* contrast_name(Contrast contrast) { return name_of(kContrasts, contrast); }
Contrast make_contrast(const std::string& name) {
  std::string plain = name.compare(0, 6, "contr.") == 0 ? name.substr(6) : name;
  for (auto& c : plain)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return choose(kContrasts, plain, "input", "contrasts");
}
const char* na_action_name(NaAction action) { return name_of(kNaActions, action); }
NaAction make_na_action(const std::string& name) { return choose(kNaActions, name, "input", "na_action"); }
const char* unseen_level_name(UnseenLevel policy) { return name_of(kUnseen, policy); }
UnseenLevel make_unseen_level(const std::string& name) { return choose(kUnseen, name, "input", "unseen"); }

}  // namespace deciban::design
