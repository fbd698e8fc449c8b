#pragma once
#include "deciban/base/config.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/data/codes.hpp"
#include "deciban/data/numbers.hpp"
#include "deciban/data/table.hpp"
#include "deciban/design/spec.hpp"
#include "row_checks.hpp"

namespace deciban::design {

/// Contrasts asked for by argument: variable label -> contrast.
using ContrastChoice = std::map<std::string, Contrast>;

/// What is asked of a variable but not kept once it has learned.
struct VariableWish {
  bool contrast_given = false;  ///< else ordered factors get polynomial contrasts
  std::string base_label;       ///< C(x, ref = "D")
  bool base_largest = false;    ///< C(x, base = "largest")
  bool base_last = false;       ///< contr.SAS
  bool is_cut = false;
  int intervals = 0;                ///< cut(x, 5)
  int label_digits = 3;             ///< cut(x, breaks, dig.lab = 3)
  std::vector<std::string> labels;  ///< factor(x, labels = c("one", "two"))
};

/// What a variable's function and arguments say, before any data are seen. Raises FormulaError by code.
Variable declare_variable(const formula::NodePtr& node, const data::Table& data, const ContrastChoice& contrasts,
                          VariableWish& wish);

/// The rows of a variable before it learns: codes of a factor's levels (negative: missing), or the numbers of its
/// input, either as codes of distinct `values` or, when these are many, one by one (NaN: missing).
struct RawVariable {
  data::Numbers numbers;
  data::RowCodes codes;
  bool coded_numbers = false;
  std::vector<double> values;  ///< ascending; of coded numbers
};

/// The numbers of an expression. It is evaluated at distinct values only where it reads one column that has few.
RawVariable read_numbers(const formula::Node& node, const data::Table& data, const RunContext& context);
/// Values that occur must be finite: DataError `data.non_finite`.
void check_finite(const std::string& label, const RawVariable& raw, const RowLabels& rows);

/// Reads the training rows. A basis learns its knots and coefficients here, from all rows where its own input is
/// present (as R, also from rows that are dropped for another column); a factor takes all levels of the data.
RawVariable read_training_variable(Variable& variable, const VariableWish& wish, const data::Table& data,
                                   const RunContext& context);

/// The column behind a factor; computed when the input is an expression.
data::Column factor_column(const Variable& variable, const data::Table& data, const RunContext& context);

/// What the host computed for the fit must be there again: InputError `predict.opaque_missing`.
void require_opaque(const formula::Node& node, const data::Table& data);

/// Reads rows against what the variable has learned; unseen levels get data::kUnseenCode.
/// @param unseen, n_unseen  labels (at most 20) and number of rows of unseen levels.
RawVariable read_variable(const Variable& variable, const data::Table& data, const RunContext& context,
                          std::vector<std::string>& unseen, std::int64_t& n_unseen);

/// Learns from the rows that are used: a factor drops levels without rows and settles its base.
/// @param weights  exposure or weight of each row for C(x, base = "largest"); empty: rows are counted.
void learn_variable(Variable& variable, const VariableWish& wish, RawVariable& raw, const data::Numbers& weights);

/// The rows of a variable in coded form.
struct CodedVariable {
  std::shared_ptr<const data::Codes> codes;  ///< of a factor's levels, or of distinct numbers; null: dense
  data::Numbers values;                      ///< distinct numbers, or a number per row
};
CodedVariable code_variable(const Variable& variable, RawVariable raw);

}  // namespace deciban::design
