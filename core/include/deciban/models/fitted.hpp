#pragma once
#include "deciban/base/config.hpp"

#include <memory>
#include <string>
#include <vector>

#include "deciban/base/document.hpp"
#include "deciban/base/run_context.hpp"
#include "deciban/data/table.hpp"
#include "deciban/models/queries.hpp"

namespace deciban::models {

/// A fitted thing other than a GLM: a binner or a scorecard. Hosts fit, ask and store all of them through this one
/// face; each kind says in its own header what its arguments and questions are.
class Fitted {
 public:
  virtual ~Fitted() = default;
  /// "binner", "scorecard": the `kind` of the model file.
  virtual const char* kind() const = 0;
  /// The body of the model file.
  virtual Document document() const = 0;
  /// Warnings of the fit.
  virtual const Warnings& warnings() const = 0;
  /// Answers a question by its name. `rows` are new rows where the question needs them. Raises InputError
  /// `input.query`, `input.unknown_argument`, `input.argument`, DataError `model.no_data`.
  virtual Answer query(const std::string& name, const Document& arguments, const QueryData& rows,
                       const RunContext& context) const = 0;
};
using FittedPtr = std::shared_ptr<const Fitted>;

/// Fits a thing of a kind. `data` holds the features, `vectors` what belongs to the rows beside them ("y", "weights",
/// "exposure"). Raises InputError `input.kind` for an unknown kind, and what the kind raises.
FittedPtr fit(const std::string& kind, const Document& arguments, const data::Table& data, const data::Table& vectors,
              const RunContext& context);
/// Raises FormatError `format.kind` for a kind that is not one of these, `format.missing_key`, `format.invalid`.
FittedPtr fitted_from_document(const std::string& kind, const Document& document);

}  // namespace deciban::models
