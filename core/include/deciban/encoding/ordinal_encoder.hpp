#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "deciban/base/document.hpp"
#include "deciban/base/run_context.hpp"
#include "deciban/data/table.hpp"
#include "deciban/encoding/level_codes.hpp"
#include "deciban/tables/table.hpp"

namespace deciban::encoding {

struct OrdinalOptions {
  std::string order = "level";  ///< declared or sorted levels; "frequency": the most frequent first
  std::string missing = "nan";  ///< missing values give NaN; "level": they are the last level
  std::string unseen = "nan";   ///< other values give NaN; "error"
};

struct OrdinalTerm {
  std::string label;
  LevelCoder coder;
  std::vector<double> value;  ///< by level: 1, 2, ...
};

/// Levels as whole numbers 1, 2, ... in an order that is kept: a plain value.
struct OrdinalEncoder {
  OrdinalOptions options;
  std::vector<OrdinalTerm> terms;
};

/// @param levels  orders that are given: column and its levels. Rows with another value raise DataError
///                `encoder.unseen_level`.
/// Raises InputError `encoder.columns`, `encoder.order`, `encoder.missing`, `encoder.unseen`, `encoder.levels` (a level
/// twice, or of a column that is not encoded), `data.unknown_column`; DataError `data.empty`.
OrdinalEncoder fit_ordinal_encoder(const OrdinalOptions& options, const std::vector<std::string>& columns,
                                   const std::vector<std::pair<std::string, std::vector<std::string>>>& levels,
                                   const data::Table& data, const RunContext& context);
/// Rows x columns, column-major.
std::vector<double> encode(const OrdinalEncoder& encoder, const data::Table& data, const RunContext& context);
/// Columns `term`, `level`, `value`, in order of the values.
tables::ResultTable encoded_levels(const OrdinalEncoder& encoder);

Document to_document(const OrdinalEncoder& encoder);
OrdinalEncoder ordinal_encoder_from_document(const Document& document);

}  // namespace deciban::encoding
