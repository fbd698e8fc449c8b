#include "deciban/export/model_file.hpp"

#include <string>

#include "deciban/base/error.hpp"
#include "deciban/models/glm_tables.hpp"
#include "fuzz/errors.hpp"
#include "fuzz/properties.hpp"
#include "fuzz/table.hpp"

using namespace deciban;

namespace {

template <class Call>
std::string refusal_trouble(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return fuzz::error_trouble(
        error, {ErrorKind::format, ErrorKind::formula, ErrorKind::input, ErrorKind::data, ErrorKind::numeric});
  }
  return "";
}

// What a host may ask of a model that was read.
std::string use_trouble(const models::GlmModel& model) {
  static const data::Table table = fuzz::rows();
  std::string trouble = refusal_trouble([&] {
    models::predict(model, Document::object({{"unseen", "missing"}}), table, data::Table(), RunContext());
  });
  if (trouble.empty()) trouble = refusal_trouble([&] { models::summary_text(model); });
  if (trouble.empty()) trouble = refusal_trouble([&] { models::print_text(model); });
  if (trouble.empty()) trouble = refusal_trouble([&] { models::relativities(model); });
  if (trouble.empty()) trouble = refusal_trouble([&] { models::actual_expected(model); });
  return trouble;
}

}  // namespace

std::string fuzz::model_file(const std::string& bytes) {
  models::GlmModel model;
  try {
    model = export_::model_from_json(bytes);
  } catch (const Error& error) {
    return error_trouble(error, {ErrorKind::format});
  }
  const std::string written = export_::model_to_json(model);
  try {
    if (export_::model_to_json(export_::model_from_json(written)) != written)
      return "a saved model reads back differently";
  } catch (const Error& error) {
    return std::string("a saved model is refused: ") + error.what();
  }
  return use_trouble(model);
}
