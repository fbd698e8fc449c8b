#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <vector>

#include "deciban/base/document.hpp"
#include "deciban/data/column.hpp"
#include "deciban/formula/ast.hpp"

namespace deciban::design {

/// One term of the right-hand side with what it learned from the training data.
struct Term {
  enum class Kind { numeric, factor };
  std::string label;            ///< canonical text, such as `log(Density)`
  formula::NodePtr expression;  ///< what to evaluate on new rows
  Kind kind = Kind::numeric;
  data::Dictionary levels;  ///< factor: levels with training rows, in order
  bool full = false;        ///< factor: a column for every level (no intercept in the model), else treatment contrasts
  int base = 0;             ///< factor: the level without a column
  int first_column = 0;     ///< in the coefficient vector
  int n_columns = 1;

  /// Coefficient of a level, -1 for the base level.
  int column_of_level(int level) const {
    if (full) return first_column + level;
    return level == base ? -1 : first_column + level - (level > base);
  }
};

/// Where the values of weights, exposure, offset or freq_weights come from.
struct ColumnSource {
  enum class Kind { none, expression, vector };
  Kind kind = Kind::none;
  formula::NodePtr expression;  ///< over columns of the data

  bool given() const { return kind != Kind::none; }
};

enum class NaAction { omit, exclude, fail };
enum class UnseenLevel { error, missing, reference };

/// Everything that turns columns into a design, for training rows and for new ones. A plain value, without data.
struct DesignSpec {
  formula::Formula formula;
  bool intercept = true;
  std::vector<Term> terms;
  std::vector<formula::NodePtr> offsets;  ///< offset() calls of the formula
  ColumnSource weights, exposure, offset, freq_weights;
  NaAction na_action = NaAction::omit;
  UnseenLevel unseen = UnseenLevel::error;
  data::Dictionary response_levels;  ///< of a two-level response: the first level is failure, the second success

  int n_columns() const;
  /// R's names: "(Intercept)", the label of a numeric term, label + level of a factor.
  std::vector<std::string> column_names() const;
};

Document to_document(const DesignSpec& spec);
DesignSpec spec_from_document(const Document& document);

const char* na_action_name(NaAction action);
NaAction make_na_action(const std::string& name);  ///< InputError `input.na_action`
const char* unseen_level_name(UnseenLevel policy);
UnseenLevel make_unseen_level(const std::string& name);  ///< InputError `input.unseen`

}  // namespace deciban::design
