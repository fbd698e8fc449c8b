#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/data/column.hpp"
#include "deciban/data/row_codes.hpp"

namespace deciban::data {

/// A categorical column as codes 0..K-1 into `levels`; missing is kMissingCode.
struct CodedColumn {
  RowCodes codes;
  Dictionary levels;
};

/// Text of one value: numbers as R's as.character (15 significant digits, the shorter of fixed and scientific), "FALSE"
/// and "TRUE", "2024-01-31", "2024-01-31 12:00:00" (UTC; a fraction of a second follows when there is one).
std::string level_label(Meaning meaning, double value);

/// Learns the levels of a column of any type. A declared order is kept with all declared levels, also those without
/// rows; otherwise text is sorted by UTF-8 bytes, numbers and dates ascending, FALSE before TRUE, and only values that
/// occur are levels. Numbers are labelled as R's as.character does (15 significant digits). -0 equals 0. NaN is
/// missing. Values with the same label are one level (0.3 and 0.1 + 0.2), as in R's factor(). An ordered dictionary
/// keeps its order too. Dictionaries whose chunks differ are united: all declared and equal keeps the order, else
/// sorted as above. Raises DataError `data.bad_code` for a code outside its dictionary.
CodedColumn encode_levels(const Column& column, const RunContext& context = {});

/// Codes of a column against stored levels: kMissingCode for missing, kUnseenCode for a value that is not a level.
/// Values match by number when both sides have numbers (a date equals a datetime at midnight), else by label, so that
/// an R factor "1", "2" meets integers 1, 2 and logical TRUE meets "TRUE".
/// @param unseen receives up to 20 distinct labels of unseen values in order of appearance; `n_unseen` their row count.
RowCodes recode_levels(const Column& column, const Dictionary& levels, std::vector<std::string>& unseen,
                       std::int64_t& n_unseen, const RunContext& context = {});

/// Keeps the levels marked in `used` (size K); `new_code` receives for each old code its new one or -1.
Dictionary drop_levels(const Dictionary& levels, const std::vector<char>& used, std::vector<std::int32_t>& new_code);

}  // namespace deciban::data
