#include "covariance_document.hpp"

#include <cmath>
#include <utility>
#include <vector>

#include "deciban/base/error.hpp"

namespace deciban::models {
namespace {

using linalg::Arrow;
using linalg::Covariance;
using linalg::Matrix;

Error invalid(const std::string& what) {
  return Error(ErrorKind::format, "format.invalid", "The model file is damaged: " + what + ".",
               "Save the model again from the session that fitted it.");
}

// Lower triangle by rows.
std::vector<double> packed(const Matrix& matrix) {
  std::vector<double> values;
  for (int i = 0; i < matrix.rows(); ++i)
    for (int j = 0; j <= i; ++j) values.push_back(matrix(i, j));
  return values;
}

Matrix unpacked(const std::vector<double>& values, int p) {
  if (values.size() != static_cast<std::size_t>(p) * (static_cast<std::size_t>(p) + 1) / 2)
    throw invalid("the covariance has the wrong size");
  Matrix matrix(p, p);
  std::size_t next = 0;
  for (int i = 0; i < p; ++i)
    for (int j = 0; j <= i; ++j) matrix(i, j) = matrix(j, i) = values[next++];
  return matrix;
}

int count_in(const Document& document, const char* key, int most) {
  const std::int64_t value = document.at(key).as_int(key);
  if (value < 0 || value > most) throw invalid(std::string("covariance.") + key + " is out of range");
  return static_cast<int>(value);
}

std::vector<double> doubles_in(const Document& document, const char* key, std::size_t size) {
  std::vector<double> values = document.at(key).as_doubles(key);
  if (values.size() != size) throw invalid(std::string("covariance.") + key + " has the wrong size");
  return values;
}

// Entries per row and their columns; a model without borders has none.
void read_border(const Document& document, int q, Arrow& arrow) {
  const auto counts = doubles_in(document, "entries", arrow.diagonal.size());
  auto pattern = std::make_shared<linalg::SparsePattern>();
  for (const double count : counts) {
    if (!(count >= 0.0 && count <= q && count == std::floor(count))) throw invalid("covariance.entries is no count");
    pattern->start.push_back(pattern->start.back() + static_cast<std::int64_t>(count));
  }
  const auto total = static_cast<std::size_t>(pattern->start.back());
  const auto columns = doubles_in(document, "columns", total);
  arrow.border = doubles_in(document, "border", total);
  for (const double column : columns) {
    if (!(column >= 0.0 && column < q && column == std::floor(column)))
      throw invalid("covariance.columns is out of range");
    pattern->index.push_back(static_cast<std::int32_t>(column));
  }
  arrow.pattern = std::move(pattern);
}

}  // namespace

Document covariance_document(const Covariance& covariance) {
  if (!covariance.arrow()) return Document::object({{"kind", "model"}, {"lower_triangle", packed(covariance.core())}});
  const Arrow& arrow = *covariance.arrow();
  std::vector<double> unknown;
  for (int j = 0; j < covariance.cols(); ++j)
    if (!covariance.is_known(j)) unknown.push_back(j);
  Document document = Document::object({{"kind", "arrow"},
                                        {"lower_triangle", packed(covariance.core())},
                                        {"first", arrow.first},
                                        {"variances", covariance.variances()},
                                        {"unknown", unknown}});
  if (!arrow.pattern) return document;
  std::vector<double> entries, columns(arrow.pattern->index.begin(), arrow.pattern->index.end());
  for (int l = 0; l < arrow.size(); ++l)
    entries.push_back(static_cast<double>(arrow.pattern->start[l + 1] - arrow.pattern->start[l]));
  document.set("unit", covariance.unit());
  document.set("diagonal", arrow.diagonal);
  document.set("entries", entries);
  document.set("columns", columns);
  document.set("border", arrow.border);
  return document;
}

Covariance covariance_from_document(const Document& document, int p) {
  const std::vector<double> triangle = document.at("lower_triangle").as_doubles("covariance");
  const Document* kind = document.find("kind");
  if (!kind || !kind->is_string() || kind->as_string() != "arrow") return unpacked(triangle, p);
  auto arrow = std::make_shared<Arrow>();
  std::vector<double> variances = document.at("variances").as_doubles("covariance.variances");
  if (variances.size() > static_cast<std::size_t>(p)) throw invalid("covariance.variances has the wrong size");
  const int q = p - static_cast<int>(variances.size());
  arrow->first = count_in(document, "first", q);
  arrow->diagonal.assign(variances.size(), 0.0);
  if (document.find("border")) {
    arrow->diagonal = doubles_in(document, "diagonal", variances.size());
    read_border(document, q, *arrow);
  }
  std::vector<char> known(static_cast<std::size_t>(p), 1);
  for (const double column : document.at("unknown").as_doubles("covariance.unknown")) {
    if (!(column >= 0.0 && column < p)) throw invalid("covariance.unknown is out of range");
    known[static_cast<std::size_t>(column)] = 0;
  }
  const double unit = document.find("unit") ? document.at("unit").as_double("unit") : 1.0;
  return Covariance(unpacked(triangle, q), std::move(arrow), unit, std::move(variances), std::move(known));
}

}  // namespace deciban::models
