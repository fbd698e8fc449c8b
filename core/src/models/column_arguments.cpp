#include "column_arguments.hpp"

#include "deciban/data/read.hpp"
#include "deciban/design/expression.hpp"

namespace deciban::models {

Error wrong_argument(const char* name, const std::string& what) {
  return Error(ErrorKind::input, "input.argument", std::string("`") + name + "` must be " + what + ".",
               "See the help page of the function.", Document::object({{"argument", name}}));
}

const Document* given(const Document& arguments, const char* name) {
  const Document* value = arguments.find(name);
  return value && !value->is_null() ? value : nullptr;
}

const data::Column* raw_column(const Document& arguments, const char* name, const data::Table& data,
                               const data::Table& vectors) {
  const Document* value = given(arguments, name);
  if (!value) return nullptr;
  if (value->is_string()) return &data.at(value->as_string());
  if (value->type() != Document::Type::boolean) throw wrong_argument(name, "the name of a column or one value per row");
  return &vectors.at(name);
}

data::Numbers numbers(const Arguments& arguments, const char* name, const data::Table& data, const data::Table& vectors,
                      const RunContext& context) {
  const design::ColumnSource source = arguments.column(name, data);
  if (!source.given()) return {};
  if (source.kind == design::ColumnSource::Kind::expression)
    return design::numeric_values(*source.expression, data, context);
  const data::Column& column = vectors.at(name);
  data::Numbers values;
  if (data::Numbers::in_place(column, values)) return values;
  std::vector<double> read(static_cast<std::size_t>(column.length()));
  data::read_doubles(column, 0, column.length(), read.data());
  return read;
}

}  // namespace deciban::models
