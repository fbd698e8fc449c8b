#include "deciban/data/dictionary_document.hpp"

#include "deciban/base/error.hpp"

namespace deciban::data {
namespace {

struct Name {
  Meaning meaning;
  const char* name;
};
constexpr Name kMeanings[] = {{Meaning::number, "number"},
                              {Meaning::boolean, "boolean"},
                              {Meaning::text, "text"},
                              {Meaning::date, "date"},
                              {Meaning::datetime, "datetime"}};

Meaning meaning_from(const std::string& name) {
  for (const Name& entry : kMeanings)
    if (name == entry.name) return entry.meaning;
  throw Error(ErrorKind::format, "format.invalid", "The file has levels of the unknown type \"" + name + "\".", "",
              Document::object({{"what", "levels.type"}, {"value", name}}));
}

}  // namespace

Document to_document(const Dictionary& levels) {
  Document document = Document::object();
  for (const Name& entry : kMeanings)
    if (entry.meaning == levels.meaning) document.set("type", entry.name);
  document.set("labels", levels.labels);
  if (!levels.numbers.empty()) document.set("values", levels.numbers);
  if (levels.declared) document.set("declared", true);
  if (levels.ordered) document.set("ordered", true);
  return document;
}

Dictionary dictionary_from_document(const Document& document) {
  Dictionary levels;
  levels.meaning = meaning_from(document.at("type").as_string("levels.type"));
  levels.labels = document.at("labels").as_strings("levels.labels");
  if (const Document* values = document.find("values")) levels.numbers = values->as_doubles("levels.values");
  if (const Document* flag = document.find("declared")) levels.declared = flag->as_bool("levels.declared");
  if (const Document* flag = document.find("ordered")) levels.ordered = flag->as_bool("levels.ordered");
  if (!levels.numbers.empty() && levels.numbers.size() != levels.labels.size())
    throw Error(ErrorKind::format, "format.invalid", "The file's level values and labels differ in number.");
  return levels;
}

}  // namespace deciban::data
