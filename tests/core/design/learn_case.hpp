// Learning a design with few words.
#pragma once
#include <memory>
#include <string>
#include <utility>

#include "deciban/design/learn.hpp"
#include "deciban/formula/parser.hpp"
#include "models/fit_case.hpp"

namespace learn_case {

using namespace deciban;

inline design::ColumnSource source(const std::string& expression) {
  design::ColumnSource out;
  out.kind = design::ColumnSource::Kind::expression;
  out.expression = formula::parse_expression(expression);
  return out;
}

inline design::ColumnSource vector_source() {
  design::ColumnSource out;
  out.kind = design::ColumnSource::Kind::vector;
  return out;
}

inline design::LearnRequest request(const std::string& formula, const std::string& family = "gaussian") {
  design::LearnRequest out;
  out.formula = formula::parse_formula(formula);
  out.family = families::make_family(family, nullptr, nullptr, "");
  out.link = families::make_link("", out.family);
  return out;
}

struct Learned {
  design::DesignSpec spec;
  design::TrainingData training;
  Warnings warnings;

  bool warns(const std::string& code) const {
    for (const auto& warning : warnings)
      if (warning.code == code) return true;
    return false;
  }
};

inline Learned learn(const design::LearnRequest& request, const data::Table& data, const data::Table& vectors = {}) {
  Learned out;
  out.training = design::learn(request, data, vectors, RunContext(), out.spec, out.warnings);
  return out;
}

inline Learned learn(const std::string& formula, const data::Table& data) { return learn(request(formula), data); }

inline Error error_of(const design::LearnRequest& request, const data::Table& data, const data::Table& vectors = {}) {
  return fit_case::error_of([&] { learn(request, data, vectors); });
}

inline std::string code_of(const design::LearnRequest& request, const data::Table& data,
                           const data::Table& vectors = {}) {
  return error_of(request, data, vectors).code();
}

}  // namespace learn_case
