#include "dictionary_document.hpp"

namespace deciban::encoding {
namespace {

constexpr const char* kMeanings[] = {"number", "boolean", "text", "date", "datetime"};  // in the order of data::Meaning

}  // namespace

Document dictionary_document(const data::Dictionary& levels) {
  Document document =
      Document::object({{"type", kMeanings[static_cast<int>(levels.meaning)]}, {"labels", levels.labels}});
  if (!levels.numbers.empty()) document.set("values", levels.numbers);
  if (levels.declared) document.set("declared", true);
  if (levels.ordered) document.set("ordered", true);
  return document;
}

data::Dictionary dictionary_from_document(const Document& document) {
  data::Dictionary levels;
  const std::string& type = document.at("type").as_string("levels.type");
  int meaning = 0;
  while (meaning < 5 && type != kMeanings[meaning]) ++meaning;
  if (meaning == 5) throw invalid_document("levels.type");
  levels.meaning = static_cast<data::Meaning>(meaning);
  levels.labels = document.at("labels").as_strings("levels.labels");
  if (const Document* values = document.find("values")) levels.numbers = values->as_doubles("levels.values");
  if (!levels.numbers.empty() && levels.numbers.size() != levels.labels.size()) throw invalid_document("levels.values");
  if (const Document* flag = document.find("declared")) levels.declared = flag->as_bool("levels.declared");
  if (const Document* flag = document.find("ordered")) levels.ordered = flag->as_bool("levels.ordered");
  return levels;
}

Error invalid_document(const std::string& key) {
  return Error(ErrorKind::format, "format.invalid", "The encoder's \"" + key + "\" is not what an encoder writes.",
               "The file was changed; save the encoder again.", Document::object({{"key", key}}));
}

}  // namespace deciban::encoding
