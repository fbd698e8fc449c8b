#include "deciban/base/config.hpp"

#include <cstdio>
#include <limits>
#include <utility>

#include "covariance_document.hpp"
#include "deciban/inference/covariance.hpp"
#include "deciban/models/glm.hpp"

namespace deciban::models {
namespace {

Error invalid(const std::string& what) {
  return Error(ErrorKind::format, "format.invalid", "The model file is damaged: " + what + ".",
               "Save the model again from the session that fitted it.");
}

Document statistics_document(const FitStatistics& s) {
  return Document::object({{"nobs", s.nobs},
                           {"sum_weights", s.sum_weights},
                           {"rank", s.rank},
                           {"df_residual", s.df_residual},
                           {"df_null", s.df_null},
                           {"deviance", s.deviance},
                           {"null_deviance", s.null_deviance},
                           {"pearson_chi2", s.pearson_chi2},
                           {"dispersion", s.dispersion},
                           {"dispersion_ml", s.dispersion_ml},
                           {"log_likelihood", s.log_likelihood},
                           {"log_likelihood_df", s.log_likelihood_df},
                           {"log_likelihood_reason", s.log_likelihood_reason},
                           {"aic", s.aic},
                           {"bic", s.bic},
                           {"n_iter", s.n_iter},
                           {"status", s.status}});
}

FitStatistics statistics_from_document(const Document& document) {
  const auto number = [&](const char* key) { return document.at(key).as_double(key); };
  const auto whole = [&](const char* key) {
    const std::int64_t value = document.at(key).as_int(key);
    if (value < 0 || value > std::numeric_limits<int>::max()) throw invalid(std::string(key) + " is no count");
    return static_cast<int>(value);
  };
  FitStatistics s;
  s.nobs = number("nobs");
  s.sum_weights = number("sum_weights");
  s.rank = whole("rank");
  s.df_residual = number("df_residual");
  s.df_null = number("df_null");
  s.deviance = number("deviance");
  s.null_deviance = number("null_deviance");
  s.pearson_chi2 = number("pearson_chi2");
  s.dispersion = number("dispersion");
  if (document.find("dispersion_ml")) s.dispersion_ml = number("dispersion_ml");  // since 1.1
  s.log_likelihood = number("log_likelihood");
  s.log_likelihood_df = whole("log_likelihood_df");
  s.log_likelihood_reason = document.at("log_likelihood_reason").as_string("log_likelihood_reason");
  s.aic = number("aic");
  s.bic = number("bic");
  s.n_iter = whole("n_iter");
  s.status = document.at("status").as_string("status");
  return s;
}

Document estimate_document(const FamilyEstimate& estimate) {
  if (!estimate.estimated) return Document();
  return Document::object({{"std_error", estimate.std_error},
                           {"lower", estimate.lower},
                           {"upper", estimate.upper},
                           {"n_fits", estimate.n_fits}});
}

// Null where the parameter was given; absent before 1.1.
FamilyEstimate estimate_from_document(const Document* document) {
  if (!document || document->is_null()) return {};
  const std::int64_t n_fits = document->at("n_fits").as_int("n_fits");
  if (n_fits < 0 || n_fits > std::numeric_limits<int>::max()) throw invalid("n_fits is no count");
  return {true, document->at("std_error").as_double("std_error"), document->at("lower").as_double("lower"),
          document->at("upper").as_double("upper"), static_cast<int>(n_fits)};
}

std::string hexadecimal(std::uint64_t value) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
  return text;
}

std::uint64_t from_hexadecimal(const std::string& text) {
  const std::string digits = "0123456789abcdef";
  std::uint64_t value = 0;
  for (const char c : text.size() == 16 ? text : "?") {
    const std::size_t digit = digits.find(c);
    if (digit == std::string::npos) throw invalid("the fingerprint is not 16 hexadecimal digits");
    value = value * 16 + digit;
  }
  return value;
}

Document training_document(const GlmModel& model) {
  Document levels = Document::array();
  for (const auto& t : model.level_totals)
    levels.push(Document::object({{"term", t.term},
                                  {"level", t.level},
                                  {"rows", t.rows},
                                  {"exposure", t.exposure},
                                  {"observed", t.observed},
                                  {"fitted", t.fitted}}));
  return Document::object({{"rows", model.statistics.rows},
                           {"rows_dropped", model.statistics.rows_dropped},
                           {"fingerprint", hexadecimal(model.fingerprint)},
                           {"levels", std::move(levels)}});
}

void read_training(const Document& document, GlmModel& model) {
  model.statistics.rows = document.at("rows").as_int("training.rows");
  model.statistics.rows_dropped = document.at("rows_dropped").as_int("training.rows_dropped");
  if (model.statistics.rows < 0 || model.statistics.rows_dropped < 0) throw invalid("a number of rows is negative");
  model.fingerprint = from_hexadecimal(document.at("fingerprint").as_string("training.fingerprint"));
  for (const auto& item : document.at("levels").items("training.levels"))
    model.level_totals.push_back({item.at("term").as_string("term"), item.at("level").as_string("level"),
                                  item.at("rows").as_int("rows"), item.at("exposure").as_double("exposure"),
                                  item.at("observed").as_double("observed"), item.at("fitted").as_double("fitted")});
  std::size_t expected = 1;  // the total
  for (const auto& variable : model.spec.variables)
    if (variable.kind == design::Variable::Kind::factor) expected += variable.levels.size();
  if (model.level_totals.size() != expected) throw invalid("level totals and levels differ in number");
}

// Absent before 1.1.
void read_control(const Document* document, GlmModel& model) {
  if (!document) return;
  const std::int64_t max_iter = document->at("max_iter").as_int("max_iter");
  model.rank_tol = document->at("rank_tol").as_double("rank_tol");
  if (!(model.rank_tol > 0.0 && model.rank_tol < 1.0) || max_iter < 1 || max_iter > std::numeric_limits<int>::max())
    throw invalid("rank_tol or max_iter is out of range");
  model.max_iter = static_cast<int>(max_iter);
}

// What `given` holds beyond `known`: keys of objects at any depth, elements of arrays of equal length by position; null
// when there is nothing.
Document unknown_part(const Document& given, const Document& known) {
  Document unknown;
  if (given.is_object() && known.is_object())
    for (const auto& member : given.members()) {
      const Document* twin = known.find(member.first);
      Document part = twin ? unknown_part(member.second, *twin) : member.second;
      if (!twin || !part.is_null()) unknown.set(member.first, std::move(part));
    }
  if (!given.is_array() || !known.is_array() || given.items().size() != known.items().size()) return unknown;
  bool any = false;
  Document parts = Document::array();
  for (std::size_t i = 0; i < given.items().size(); ++i) {
    parts.push(unknown_part(given.items()[i], known.items()[i]));
    any = any || !parts.items().back().is_null();
  }
  return any ? parts : unknown;
}

// `known` with the keys of `unknown` that it lacks.
Document with_unknown(Document known, const Document& unknown) {
  if (known.is_object() && unknown.is_object())
    for (const auto& member : unknown.members()) {
      const Document* twin = known.find(member.first);
      known.set(member.first, twin ? with_unknown(*twin, member.second) : member.second);
    }
  if (!known.is_array() || !unknown.is_array() || known.items().size() != unknown.items().size()) return known;
  Document items = Document::array();
  for (std::size_t i = 0; i < known.items().size(); ++i) items.push(with_unknown(known.items()[i], unknown.items()[i]));
  return items;
}

Document covariance_of(const GlmModel& model) {
  Document document = covariance_document(model.covariance);
  document.set("estimator", model.covariance_kind);
  return document;
}

// Before 1.2 it was always that of the model.
std::string estimator_of(const Document& covariance) {
  const Document* estimator = covariance.find("estimator");
  return estimator ? inference::parse_covariance(estimator->as_string("covariance.estimator")).text() : "model";
}

GlmModel read_model(const Document& document) {
  GlmModel model;
  model.spec = design::spec_from_document(document.at("design"));
  if (!model.spec.formula.response) throw invalid("the formula has no response");
  model.family = families::family_from_document(document.at("family"));
  model.family_estimate = estimate_from_document(document.find("family_estimate"));
  model.link = families::link_from_document(document.at("link"));
  families::make_link(families::link_name(model.link), model.family);  // raises when they do not go together
  model.coefficients = document.at("coefficients").at("values").as_doubles("coefficients.values");
  const auto names = document.at("coefficients").at("names").as_strings("coefficients.names");
  if (names != model.names() || names.size() != model.coefficients.size())
    throw invalid("coefficient names and the design differ");
  model.covariance = covariance_from_document(document.at("covariance"), static_cast<int>(model.coefficients.size()));
  model.covariance_kind = estimator_of(document.at("covariance"));
  model.statistics = statistics_from_document(document.at("statistics"));
  if (static_cast<std::size_t>(model.statistics.rank) > names.size())
    throw invalid("the rank exceeds the coefficients");
  read_control(document.find("control"), model);
  read_training(document.at("training"), model);
  model.warnings = warnings_from_document(document.at("warnings"));
  const Document unknown = unknown_part(document, to_document(model));
  if (unknown.is_object()) model.extra = unknown;
  return model;
}

}  // namespace

Document to_document(const GlmModel& model) {
  Document document =
      Document::object({{"design", design::to_document(model.spec)},
                        {"family", families::to_document(model.family)},
                        {"family_estimate", estimate_document(model.family_estimate)},
                        {"link", families::to_document(model.link)},
                        {"coefficients", Document::object({{"names", model.names()}, {"values", model.coefficients}})},
                        {"covariance", covariance_of(model)},
                        {"statistics", statistics_document(model.statistics)},
                        {"control", Document::object({{"rank_tol", model.rank_tol}, {"max_iter", model.max_iter}})},
                        {"training", training_document(model)},
                        {"warnings", to_document(model.warnings)}});
  return with_unknown(std::move(document), model.extra);
}

GlmModel glm_from_document(const Document& document) {
  try {
    return read_model(document);
  } catch (const Error& error) {
    // An unknown family, a formula that does not parse and the like: here they are faults of the file.
    if (error.kind() == ErrorKind::format) throw;
    const std::string& message = error.message();
    throw invalid(message.substr(0, message.find_last_not_of('.') + 1));
  }
}

}  // namespace deciban::models
