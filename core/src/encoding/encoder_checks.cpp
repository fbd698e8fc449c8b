#include "encoder_checks.hpp"

#include <algorithm>

#include "deciban/base/text.hpp"

namespace deciban::encoding {

void check_choice(const char* argument, const std::string& value, std::initializer_list<const char*> choices) {
  std::string all;
  for (const char* choice : choices) {
    if (value == choice) return;
    all += std::string(all.empty() ? "" : ", ") + "\"" + choice + "\"";
  }
  throw Error(ErrorKind::input, std::string("encoder.") + argument,
              std::string("`") + argument + "` is \"" + value + "\".", "Use one of " + all + ".",
              Document::object({{"argument", argument}, {"value", value}}));
}

void check_data(const std::vector<std::string>& terms, const data::Table& data) {
  if (terms.empty())
    throw Error(ErrorKind::input, "encoder.columns", "There is no column to encode.", "Name the columns.");
  if (data.rows() == 0)
    throw Error(ErrorKind::data, "data.empty", "The data have no rows.", "An encoder learns from rows.");
}

std::vector<std::string> joint_columns(const std::string& label, const data::Table& data) {
  if (data.find(label)) return {label};
  std::vector<std::string> columns;
  for (std::size_t begin = 0; begin <= label.size();) {
    const std::size_t end = std::min(label.find(':', begin), label.size());
    std::string name = label.substr(begin, end - begin);
    name.erase(0, name.find_first_not_of(' '));
    name.erase(name.find_last_not_of(' ') + 1);
    data.at(name);  // raises
    if (std::find(columns.begin(), columns.end(), name) != columns.end())
      throw Error(ErrorKind::input, "encoder.columns", "`" + label + "` names `" + name + "` twice.",
                  "Name each column once.", Document::object({{"column", name}}));
    columns.push_back(std::move(name));
    begin = end + 1;
  }
  return columns;
}

Error unseen_level(const std::string& term, std::int64_t count, const std::vector<std::string>& levels,
                   const char* hint) {
  return Error(ErrorKind::data, "encoder.unseen_level",
               "`" + term + "` has levels that the encoder has not seen, in " + format_count(count) +
                   (count == 1 ? " row: " : " rows: ") + join_some(levels) + ".",
               hint, Document::object({{"column", term}, {"count", count}, {"levels", levels}}));
}

Error invalid_document(const std::string& key) {
  return Error(ErrorKind::format, "format.invalid", "The encoder's \"" + key + "\" is not what an encoder writes.",
               "The file was changed; save the encoder again.", Document::object({{"key", key}}));
}

}  // namespace deciban::encoding
