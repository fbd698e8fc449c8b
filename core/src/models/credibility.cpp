#include "deciban/models/credibility.hpp"

#include "column_arguments.hpp"

namespace deciban::models {
namespace {

constexpr const char* kMethods[] = {"buhlmann_straub", "gamma_poisson"};

std::vector<double> doubles_of(const Document& document, const char* key, std::size_t size) {
  std::vector<double> values = document.at(key).as_doubles(key);
  if (values.size() == size) return values;
  throw Error(ErrorKind::format, "format.invalid", std::string("The file's `") + key + "` does not fit its levels.", "",
              Document::object({{"what", key}}));
}

}  // namespace

Document CredibilityModel::document() const {
  std::vector<double> rows, weight, sum, square;
  for (const auto& level : fit_.moments) {
    rows.push_back(level.rows);
    weight.push_back(level.weight);
    sum.push_back(level.sum);
    square.push_back(level.square);
  }
  return Document::object(
      {{"method", method_},
       {"levels", fit_.labels},
       {"moments", Document::object({{"rows", rows}, {"weight", weight}, {"sum", sum}, {"square", square}})},
       {"credibility", encoding::to_document(fit_.credibility)}});
}

Answer CredibilityModel::query(const std::string& name, const Document& arguments, const QueryData&,
                               const RunContext&) const {
  if (name != "table")
    throw Error(ErrorKind::input, "input.query", "\"" + name + "\" is no question to a credibility table.",
                "Use the functions of the package.", Document::object({{"value", name}}));
  const Arguments none(arguments, {});
  Answer answer;
  answer.table = encoding::credibility_table(fit_.credibility, fit_.labels, fit_.moments);
  answer.notes = encoding::to_document(fit_.credibility);
  answer.notes.set("method", method_);
  return answer;
}

CredibilityModel fit_credibility_model(const Document& document, const data::Table& data, const data::Table& vectors,
                                       const RunContext& context) {
  const Arguments arguments(document, {"level", "y", "weights", "method"});
  const std::string method = arguments.text("method", kMethods[0]);
  if (method != kMethods[0] && method != kMethods[1])
    throw Error(ErrorKind::input, "credibility.method", "`method` is \"" + method + "\".",
                "Use \"buhlmann_straub\" or \"gamma_poisson\".", Document::object({{"method", method}}));
  const data::Column* level = raw_column(document, "level", data, vectors);
  if (!level) throw wrong_argument("level", "given: what observations belong to");
  if (!arguments.has("y")) throw wrong_argument("y", "given: the observations");
  encoding::CredibilityRows rows;
  rows.y = numbers(arguments, "y", data, vectors, context);
  rows.weights = numbers(arguments, "weights", data, vectors, context);
  return {encoding::fit_credibility(*level, rows, method == kMethods[1]), method};
}

CredibilityModel credibility_from_document(const Document& document) {
  encoding::CredibilityFit fit;
  fit.labels = document.at("levels").as_strings("levels");
  const Document& moments = document.at("moments");
  const std::size_t size = fit.labels.size();
  const auto rows = doubles_of(moments, "rows", size), weight = doubles_of(moments, "weight", size);
  const auto sum = doubles_of(moments, "sum", size), square = doubles_of(moments, "square", size);
  for (std::size_t l = 0; l < size; ++l) fit.moments.push_back({rows[l], weight[l], sum[l], square[l]});
  fit.credibility = encoding::credibility_from_document(document.at("credibility"));
  return {std::move(fit), document.at("method").as_string("method")};
}

}  // namespace deciban::models
