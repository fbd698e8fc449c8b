#pragma once
#include "deciban/base/config.hpp"

#include <optional>
#include <string>
#include <vector>

#include "deciban/base/document.hpp"
#include "deciban/binning/options.hpp"
#include "deciban/data/column.hpp"
#include "deciban/design/encoder_term.hpp"
#include "deciban/formula/ast.hpp"
#include "deciban/splines/basis.hpp"

namespace deciban::design {

/// How a factor enters where its margin is in the model.
enum class Contrast { treatment, sum, helmert, poly };

/// A variable bin(...): the bins that were found, and how (empty after loading: they are not found again).
struct BinTerm {
  binning::Bins bins;
  binning::BinningOptions options;
};

/// A variable of the formula (an expression between the operators) with what it learned from the training data.
struct Variable {
  enum class Kind { numeric, factor };
  std::string label;            ///< canonical text, such as `bs(log(Density), df = 4)`
  formula::NodePtr expression;  ///< the whole variable
  formula::NodePtr input;       ///< what is evaluated on rows: the expression itself or the argument of its function
  bool opaque = false;          ///< evaluated by the host; the data bring it as a column named `label`
  Kind kind = Kind::numeric;

  std::optional<splines::Basis> basis;  ///< numeric with learned state: bs, ns, ms, poly, scale, center
  std::optional<EncoderTerm> encoder;   ///< numeric: te, fe
  std::optional<BinTerm> bins;          ///< factor: bin

  data::Dictionary levels;  ///< factor: levels in order
  Contrast contrast = Contrast::treatment;
  int base = 0;                ///< treatment: the level without a column
  bool numbered = false;       ///< treatment: columns carry level numbers, as R's C(x, contr.treatment) names them
  data::Dictionary values;     ///< factor(x, labels = ...): what the data hold for each level; else empty
  bool missing_level = false;  ///< factor(x, na = TRUE): missing is a level of its own, the last one
  bool fixed_levels = false;   ///< factor(x, levels = ...): other values are missing
  std::vector<double> breaks;  ///< cut(): intervals between these; empty for other factors
  std::vector<int> interval_levels;  ///< cut(), bin(): level of each interval or bin, -1 for one without training rows
  bool right = true;                 ///< cut(): intervals are closed on the right
  bool include_lowest = false;       ///< cut(): the outermost break belongs to its interval

  /// Learns from the rows that are used and their response.
  bool waits_for_rows() const { return encoder || bins; }
  int n_levels() const { return static_cast<int>(levels.size()); }
  /// Columns of a factor: one per level when `full`, else one less.
  int n_columns(bool full) const;
  /// What R appends to the label for each column ("" for a single numeric column).
  std::vector<std::string> column_suffixes(bool full) const;
};

/// A term: a product of variables.
struct Term {
  std::string label;           ///< variables joined by ":"
  std::vector<int> variables;  ///< indices into DesignSpec::variables, ascending
  std::vector<char> full;      ///< for each: a factor has a column for every level (its margin is not in the model)
  int first_column = 0;        ///< in the coefficient vector
  int n_columns = 1;
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
  std::vector<Variable> variables;        ///< of the right-hand side, in order of appearance
  std::vector<Term> terms;                ///< in R's order: by number of variables, then by appearance
  std::vector<formula::NodePtr> offsets;  ///< offset() calls of the formula
  ColumnSource weights, exposure, offset, freq_weights;
  NaAction na_action = NaAction::omit;
  UnseenLevel unseen = UnseenLevel::error;
  data::Dictionary response_levels;  ///< of a two-level response: the first level is failure, the second success

  int n_columns() const;
  /// R's column names.
  std::vector<std::string> column_names() const;
  /// The variable of a term that is a single factor with treatment contrasts or all levels, else null: such terms have
  /// one coefficient per level.
  const Variable* level_variable(const Term& term) const;
  /// Coefficient of a level of such a term, -1 for the base level.
  int column_of_level(const Term& term, int level) const;
};

Document to_document(const DesignSpec& spec);
DesignSpec spec_from_document(const Document& document);

const char* contrast_name(Contrast contrast);
Contrast make_contrast(const std::string& name);  ///< InputError `input.contrasts`; R's contr.sum etc. are accepted
const char* na_action_name(NaAction action);
NaAction make_na_action(const std::string& name);  ///< InputError `input.na_action`
const char* unseen_level_name(UnseenLevel policy);
UnseenLevel make_unseen_level(const std::string& name);  ///< InputError `input.unseen`

}  // namespace deciban::design
