#include <string>

#include "deciban/base/error.hpp"
#include "deciban/data/table.hpp"
#include "deciban/design/learn.hpp"
#include "deciban/formula/parser.hpp"
#include "fuzz/errors.hpp"
#include "fuzz/properties.hpp"
#include "fuzz/table.hpp"

using namespace deciban;

namespace {

std::string coded_trouble(const design::DesignSpec& spec, const data::Table& table) {
  if (static_cast<std::size_t>(spec.n_columns()) != spec.column_names().size()) return "columns and names differ";
  const Document document = design::to_document(spec);
  const design::DesignSpec again = design::spec_from_document(document);
  if (design::to_document(again) != document) return "the document of the design reads back as another one";
  const auto coded = design::code_new_rows(again, design::UnseenLevel::missing, table, RunContext());
  if (coded.n_columns != spec.n_columns()) return "new rows have other columns";
  return "";
}

}  // namespace

std::string fuzz::design(const std::string& bytes) {
  static const data::Table table = rows();
  deciban::design::LearnRequest request;
  request.family = families::make_family("gaussian", nullptr, nullptr, "");
  request.link = families::make_link("", request.family);
  deciban::design::DesignSpec spec;
  Warnings warnings;
  try {
    request.formula = formula::parse_formula(bytes);
    request.needs_response = request.formula.response != nullptr;
    deciban::design::learn(request, table, data::Table(), RunContext(), spec, warnings);
  } catch (const Error& error) {
    return error_trouble(error, {ErrorKind::formula, ErrorKind::data, ErrorKind::input, ErrorKind::numeric});
  }
  try {
    return coded_trouble(spec, table);
  } catch (const Error& error) {
    return "the rows of the fit, coded again: " + error.code() + ": " + error.what();
  }
}
