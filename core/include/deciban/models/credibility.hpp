#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <utility>

#include "deciban/base/document.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/run_context.hpp"
#include "deciban/data/table.hpp"
#include "deciban/encoding/credibility.hpp"
#include "deciban/models/fitted.hpp"
#include "deciban/models/queries.hpp"

namespace deciban::models {

/// A credibility table as a fitted thing. The only question is `table`: that of encoding::credibility_table, with the
/// notes `collective`, `within`, `between`, `between_raw`, `prior_weight`, `levels`, `method`, `note`.
class CredibilityModel : public Fitted {
 public:
  CredibilityModel(encoding::CredibilityFit fit, std::string method)
      : fit_(std::move(fit)), method_(std::move(method)) {}
  const char* kind() const override { return "credibility"; }
  Document document() const override;
  const Warnings& warnings() const override { return none_; }
  Answer query(const std::string& name, const Document& arguments, const QueryData& rows,
               const RunContext& context) const override;

 private:
  encoding::CredibilityFit fit_;
  std::string method_;
  Warnings none_;
};

/// Credibility as R's actuar::cm has it. Arguments: level (name of a column, or true: a vector), y, weights (column
/// arguments), method ("buhlmann_straub", or "gamma_poisson": y are counts over weights). Raises InputError
/// `credibility.method`, `input.argument`, and as encoding::fit_credibility.
CredibilityModel fit_credibility_model(const Document& arguments, const data::Table& data, const data::Table& vectors,
                                       const RunContext& context);
/// Raises FormatError `format.missing_key`, `format.invalid`.
CredibilityModel credibility_from_document(const Document& document);

}  // namespace deciban::models
