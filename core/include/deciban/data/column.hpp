#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace deciban::data {

/// Physical type of the values behind a ColumnView.
enum class Type {
  bit,  ///< Arrow boolean, one bit per value, least significant first
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
  float32,
  float64,
  decimal128,  ///< 16-byte little-endian integer times 10^-decimal_scale
  utf8,        ///< Arrow: int32 offsets + bytes
  large_utf8,  ///< Arrow: int64 offsets + bytes
  utf8_view,   ///< Arrow string view: 16-byte views + data buffers
  null,        ///< every value is missing
};

/// What the values mean, whatever their storage. Equal values of different storage give equal results.
enum class Meaning { number, boolean, text, date, datetime };

/// Distinct values of a categorical column. `labels` always holds text; `numbers` holds the value of each level when
/// the meaning is number, boolean, date or datetime, and is empty for text.
struct Dictionary {
  Meaning meaning = Meaning::text;
  std::vector<std::string> labels;
  std::vector<double> numbers;
  bool declared = false;  ///< the caller fixed the order (R factor, pandas categories, polars Enum)
  bool ordered = false;   ///< ordered factor: contrasts become polynomial

  std::size_t size() const { return labels.size(); }
  friend bool operator==(const Dictionary& a, const Dictionary& b) {
    return a.meaning == b.meaning && a.labels == b.labels && a.numbers == b.numbers && a.declared == b.declared &&
           a.ordered == b.ordered;
  }
};

/// A borrowed, read-only run of values: nothing is copied, the caller keeps the memory alive. Missing is a cleared bit
/// of `validity`, a value equal to `null_code`, or NaN: all three mean the same.
struct ColumnView {
  Type type = Type::null;
  Meaning meaning = Meaning::number;
  const void* values = nullptr;  ///< codes when `dictionary` or `numbers` is set; string views for utf8_view
  std::int64_t length = 0;
  std::int64_t stride = 0;  ///< bytes between values (numbers and codes only; not bit, not text); 0 repeats one value
  std::int64_t offset = 0;  ///< index of the first value, counted in elements (Arrow's offset)
  const std::uint8_t* validity = nullptr;  ///< Arrow bitmap, null when all values are present; `offset` applies
  bool has_null_code = false;
  std::int64_t null_code = 0;                    ///< R's NA_INTEGER, pandas' code -1
  const void* text_offsets = nullptr;            ///< utf8 / large_utf8
  const char* text_bytes = nullptr;              ///< utf8 / large_utf8
  const void* const* text_buffers = nullptr;     ///< utf8_view
  int decimal_scale = 0;                         ///< decimal128
  std::int64_t unit = 1;                         ///< integers are divided by it (1000 for milliseconds as datetime)
  std::shared_ptr<const Dictionary> dictionary;  ///< set: values are integer codes into it
  std::shared_ptr<const std::vector<double>> numbers;  ///< set: values are codes of these, and stay numbers (no factor)
  std::int64_t code_base = 0;                          ///< code of the first level (1 for an R factor)
};

/// A named column: one or more chunks (their dictionaries may differ) and whatever keeps their memory alive.
struct Column {
  std::string name;
  std::vector<ColumnView> chunks;
  std::shared_ptr<const void> owner;
  bool beside = false;  ///< handed in beside the data: a formula may name it, but "." does not mean it

  std::int64_t length() const;
  Meaning meaning() const;      ///< of the first chunk with a type; text when it is a dictionary of text
  bool is_categorical() const;  ///< enters a formula as a factor: text, dictionary or boolean
};

/// Marks the dictionaries of a column as declared by the caller (pandas categories, polars Enum: Arrow cannot tell) and
/// as ordered or not. Chunks that share a dictionary still share it afterwards; columns without one stay as they are.
void mark_declared(Column& column, bool ordered);

/// Owned columns, mostly for tests, simulation and results of the core itself. Codes below `code_base` are missing.
Column make_column(std::string name, std::vector<double> values);
Column make_column(std::string name, std::vector<std::int32_t> codes, Dictionary dictionary,
                   std::int64_t code_base = 0);
Column make_column(std::string name, const std::vector<std::string>& values);

}  // namespace deciban::data
