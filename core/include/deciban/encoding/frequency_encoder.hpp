#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "deciban/base/document.hpp"
#include "deciban/base/run_context.hpp"
#include "deciban/data/numbers.hpp"
#include "deciban/data/table.hpp"
#include "deciban/encoding/level_codes.hpp"
#include "deciban/tables/table.hpp"

namespace deciban::encoding {

struct FrequencyOptions {
  bool normalize = true;          ///< share of the total weight; false: the weight (rows) itself
  std::int64_t min_rows = 0;      ///< levels with fewer rows are one level together
  std::string missing = "level";  ///< missing values are a level; "nan": they give NaN
  std::string unseen = "zero";    ///< 0 for levels without training rows; "nan"; "error"
};

struct FrequencyTerm {
  std::string label;
  LevelCoder coder;
  std::vector<double> rows, weight, value;  ///< by level
};

/// How often a level occurs, of columns or joint columns "a:b": a plain value.
struct FrequencyEncoder {
  FrequencyOptions options;
  std::vector<FrequencyTerm> terms;
};

/// @param weights  non-negative, one per row; empty: rows are counted.
/// Raises InputError `encoder.columns`, `encoder.missing`, `encoder.unseen`, `data.unknown_column`; DataError
/// `data.empty`, `encoder.weights`, `encoder.no_weight`.
FrequencyEncoder fit_frequency_encoder(const FrequencyOptions& options, const std::vector<std::string>& terms,
                                       const data::Table& data, const data::Numbers& weights,
                                       const RunContext& context);
/// Rows x terms, column-major. Raises DataError `encoder.unseen_level` when the encoder refuses unseen levels.
std::vector<double> encode(const FrequencyEncoder& encoder, const data::Table& data, const RunContext& context);
/// Columns `term`, `level`, `rows`, `weight`, `value`.
tables::ResultTable encoded_levels(const FrequencyEncoder& encoder);

Document to_document(const FrequencyEncoder& encoder);
FrequencyEncoder frequency_encoder_from_document(const Document& document);

}  // namespace deciban::encoding
