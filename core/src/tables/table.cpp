#include "deciban/tables/table.hpp"

#include <utility>

namespace deciban::tables {
namespace {

Column& append(ResultTable& table, std::string name, Column::Kind kind) {
  table.columns.emplace_back();
  table.columns.back().name = std::move(name);
  table.columns.back().kind = kind;
  return table.columns.back();
}

}  // namespace

std::size_t Column::size() const {
  if (kind == Kind::text) return texts.size();
  return kind == Kind::number ? numbers.size() : integers.size();
}

ResultTable& ResultTable::add(std::string name, std::vector<std::string> values) {
  append(*this, std::move(name), Column::Kind::text).texts = std::move(values);
  return *this;
}

ResultTable& ResultTable::add(std::string name, std::vector<double> values) {
  append(*this, std::move(name), Column::Kind::number).numbers = std::move(values);
  return *this;
}

ResultTable& ResultTable::add_integers(std::string name, std::vector<std::int64_t> values) {
  append(*this, std::move(name), Column::Kind::integer).integers = std::move(values);
  return *this;
}

ResultTable& ResultTable::add_flags(std::string name, std::vector<std::int64_t> values) {
  append(*this, std::move(name), Column::Kind::boolean).integers = std::move(values);
  return *this;
}

ResultTable& ResultTable::add_categories(std::string name, std::vector<std::int64_t> codes,
                                         std::vector<std::string> levels) {
  Column& column = append(*this, std::move(name), Column::Kind::category);
  column.integers = std::move(codes);
  column.levels = std::move(levels);
  return *this;
}

}  // namespace deciban::tables
