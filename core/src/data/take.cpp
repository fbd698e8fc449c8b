#include "deciban/data/take.hpp"

#include <utility>

#include "deciban/data/read.hpp"

namespace deciban::data {

RowTaker::RowTaker(const Table& table) {
  for (const Column& column : table.columns()) {
    Source source;
    source.column = &column;
    source.categorical = column.is_categorical();
    if (source.categorical) {
      source.coded = encode_levels(column);
    } else {
      source.numbers.resize(static_cast<std::size_t>(column.length()));
      read_doubles(column, 0, column.length(), source.numbers.data());
    }
    sources_.push_back(std::move(source));
  }
}

Table RowTaker::take(const std::vector<std::int64_t>& rows) const {
  Table out;
  for (const Source& source : sources_) {
    Column column;
    if (source.categorical) {
      std::vector<std::int32_t> codes;
      codes.reserve(rows.size());
      for (const std::int64_t row : rows) codes.push_back(source.coded.codes[static_cast<std::size_t>(row)]);
      column = make_column(source.column->name, std::move(codes), source.coded.levels);
    } else {
      std::vector<double> values;
      values.reserve(rows.size());
      for (const std::int64_t row : rows) values.push_back(source.numbers[static_cast<std::size_t>(row)]);
      column = make_column(source.column->name, std::move(values));
      for (ColumnView& chunk : column.chunks) chunk.meaning = source.column->meaning();
    }
    column.beside = source.column->beside;
    out.add(std::move(column));
  }
  return out;
}

}  // namespace deciban::data
