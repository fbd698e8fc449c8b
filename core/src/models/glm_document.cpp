#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "deciban/formula/parser.hpp"
#include "deciban/models/glm.hpp"

namespace deciban::models {
namespace {

constexpr const char* kKeys[] = {"design",     "family",     "link",     "coefficients",
                                 "covariance", "statistics", "training", "warnings"};

Error invalid(const std::string& what) {
  return Error(ErrorKind::format, "format.invalid", "The model file is damaged: " + what + ".",
               "Save the model again from the session that fitted it.");
}

// Lower triangle by rows.
std::vector<double> packed(const linalg::Matrix& matrix) {
  std::vector<double> values;
  for (int i = 0; i < matrix.rows(); ++i)
    for (int j = 0; j <= i; ++j) values.push_back(matrix(i, j));
  return values;
}

linalg::Matrix unpacked(const std::vector<double>& values, int p) {
  if (values.size() != static_cast<std::size_t>(p) * (p + 1) / 2) throw invalid("the covariance has the wrong size");
  linalg::Matrix matrix(p, p);
  std::size_t next = 0;
  for (int i = 0; i < p; ++i)
    for (int j = 0; j <= i; ++j) matrix(i, j) = matrix(j, i) = values[next++];
  return matrix;
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
  s.log_likelihood = number("log_likelihood");
  s.log_likelihood_df = whole("log_likelihood_df");
  s.log_likelihood_reason = document.at("log_likelihood_reason").as_string("log_likelihood_reason");
  s.aic = number("aic");
  s.bic = number("bic");
  s.n_iter = whole("n_iter");
  s.status = document.at("status").as_string("status");
  return s;
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
  for (const auto& term : model.spec.terms) expected += term.levels.size();
  if (model.level_totals.size() != expected) throw invalid("level totals and levels differ in number");
}

}  // namespace

Document to_document(const GlmModel& model) {
  Document document = Document::object(
      {{"design", design::to_document(model.spec)},
       {"family", families::to_document(model.family)},
       {"link", families::to_document(model.link)},
       {"coefficients", Document::object({{"names", model.names()}, {"values", model.coefficients}})},
       {"covariance", Document::object({{"kind", "model"}, {"lower_triangle", packed(model.covariance)}})},
       {"statistics", statistics_document(model.statistics)},
       {"training", training_document(model)},
       {"warnings", to_document(model.warnings)}});
  for (const auto& member : model.extra.members()) document.set(member.first, member.second);
  return document;
}

namespace {

GlmModel read_model(const Document& document) {
  GlmModel model;
  model.spec = design::spec_from_document(document.at("design"));
  model.family = families::family_from_document(document.at("family"));
  model.link = families::link_from_document(document.at("link"));
  families::make_link(families::link_name(model.link), model.family);  // raises when they do not go together
  model.coefficients = document.at("coefficients").at("values").as_doubles("coefficients.values");
  const auto names = document.at("coefficients").at("names").as_strings("coefficients.names");
  if (names != model.names() || names.size() != model.coefficients.size())
    throw invalid("coefficient names and the design differ");
  model.covariance = unpacked(document.at("covariance").at("lower_triangle").as_doubles("covariance"),
                              static_cast<int>(model.coefficients.size()));
  model.statistics = statistics_from_document(document.at("statistics"));
  if (static_cast<std::size_t>(model.statistics.rank) > names.size())
    throw invalid("the rank exceeds the coefficients");
  read_training(document.at("training"), model);
  model.warnings = warnings_from_document(document.at("warnings"));
  for (const auto& member : document.members())
    if (std::find_if(std::begin(kKeys), std::end(kKeys), [&](const char* key) { return member.first == key; }) ==
        std::end(kKeys))
      model.extra.set(member.first, member.second);
  return model;
}

}  // namespace

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
