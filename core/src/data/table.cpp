#include "deciban/data/table.hpp"

#include <unordered_set>
#include <utility>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"

namespace deciban::data {
namespace {

void check_length(const Column& column, const Column& first, std::int64_t rows) {
  const std::int64_t length = column.length();
  if (length == rows) return;
  throw Error(ErrorKind::input, "data.length_mismatch",
              "Column `" + column.name + "` has " + format_count(length) + " rows, but column `" + first.name +
                  "` has " + format_count(rows) + ".",
              "All columns of a table need the same number of rows.",
              Document::object({{"column", column.name}, {"length", length}, {"expected", rows}}));
}

[[noreturn]] void raise_duplicate(const std::string& name) {
  throw Error(ErrorKind::input, "data.duplicate_column", "There are two columns with the name `" + name + "`.",
              "Rename one of them: a formula could not tell them apart.", Document::object({{"column", name}}));
}

}  // namespace

Table::Table(std::vector<Column> columns) {
  std::unordered_set<std::string> seen;
  for (const Column& column : columns) {
    if (!seen.insert(column.name).second) raise_duplicate(column.name);
  }
  rows_ = columns.empty() ? 0 : columns.front().length();
  for (const Column& column : columns) check_length(column, columns.front(), rows_);
  columns_ = std::move(columns);
}

void Table::add(Column column) {
  if (find(column.name)) raise_duplicate(column.name);
  if (columns_.empty()) {
    rows_ = column.length();
  } else {
    check_length(column, columns_.front(), rows_);
  }
  columns_.push_back(std::move(column));
}

std::vector<std::string> Table::names() const {
  std::vector<std::string> out;
  out.reserve(columns_.size());
  for (const Column& column : columns_) out.push_back(column.name);
  return out;
}

const Column* Table::find(const std::string& name) const {
  for (const Column& column : columns_) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

const Column& Table::at(const std::string& name) const {
  if (const Column* column = find(name)) return *column;
  const std::vector<std::string> all = names();
  const std::string closest = closest_match(name, all);
  const std::string hint = !closest.empty() ? "Did you mean `" + closest + "`?"
                           : all.empty()    ? std::string("The data have no columns.")
                                            : "Columns of the data: " + join_some(all, 10) + ".";
  throw Error(ErrorKind::input, "data.unknown_column", "There is no column `" + name + "` in the data.", hint,
              Document::object({{"column", name}, {"closest", closest}}));
}

}  // namespace deciban::data
