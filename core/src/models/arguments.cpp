#include "arguments.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/formula/parser.hpp"

namespace deciban::models {
namespace {

Error wrong(const char* name, const std::string& requirement) {
  return Error(ErrorKind::input, "input.argument", std::string("`") + name + "` must be " + requirement + ".",
               "See the help page of the function.", Document::object({{"argument", name}}));
}

// Hosts differ in what is a whole number.
Document plain(const Document& value) {
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (value.is_array()) {
    Document out = Document::array();
    for (const Document& item : value.items()) out.push(plain(item));
    return out;
  }
  if (value.is_object()) {
    Document out = Document::object();
    for (const auto& member : value.members()) out.set(member.first, plain(member.second));
    return out;
  }
  if (value.type() != Document::Type::number) return value;
  const double number = value.as_double();
  const bool whole =
      std::fabs(number) < kExact && number == std::floor(number) && !(number == 0.0 && std::signbit(number));
  return whole ? Document(static_cast<std::int64_t>(number)) : value;
}

}  // namespace

Arguments::Arguments(const Document& document, std::vector<std::string> names, const std::vector<std::string>& more)
    : document_(document) {
  names.insert(names.end(), more.begin(), more.end());
  for (const auto& member : document.members("arguments")) {
    bool found = false;
    for (const auto& name : names) found = found || name == member.first;
    if (found) continue;
    const std::string close = closest_match(member.first, names);
    throw Error(ErrorKind::input, "input.unknown_argument", "`" + member.first + "` is not an argument.",
                close.empty() ? "See the help page of the function." : "Did you mean `" + close + "`?",
                Document::object({{"argument", member.first}}));
  }
}

const Document* Arguments::find(const char* name) const {
  const Document* value = document_.find(name);
  return value && !value->is_null() ? value : nullptr;
}

bool Arguments::has(const char* name) const { return find(name) != nullptr; }

std::string Arguments::text(const char* name, const std::string& otherwise) const {
  const Document* value = find(name);
  if (!value) return otherwise;
  if (!value->is_string()) throw wrong(name, "a text");
  return value->as_string();
}

double Arguments::number(const char* name, double otherwise) const {
  const Document* value = find(name);
  if (!value) return otherwise;
  if (!value->is_number()) throw wrong(name, "a number");
  return value->as_double();
}

std::int64_t Arguments::whole(const char* name, std::int64_t otherwise, std::int64_t lowest) const {
  const double value = number(name, static_cast<double>(otherwise));
  if (!(value >= static_cast<double>(lowest) && value <= 2147483647.0) || value != std::floor(value))
    throw wrong(name, "a whole number of at least " + std::to_string(lowest));
  return static_cast<std::int64_t>(value);
}

bool Arguments::flag(const char* name, bool otherwise) const {
  const Document* value = find(name);
  if (!value) return otherwise;
  if (value->type() != Document::Type::boolean) throw wrong(name, "true or false");
  return value->as_bool();
}

std::vector<std::pair<std::string, std::string>> Arguments::texts(const char* name) const {
  std::vector<std::pair<std::string, std::string>> texts;
  const Document* value = find(name);
  if (!value) return texts;
  if (!value->is_object()) throw wrong(name, "a list of names and texts, such as {\"Area\": \"sum\"}");
  for (const auto& member : value->members()) {
    if (!member.second.is_string()) throw wrong(name, "a list of names and texts, such as {\"Area\": \"sum\"}");
    texts.emplace_back(member.first, member.second.as_string());
  }
  return texts;
}

design::ColumnSource Arguments::column(const char* name, const data::Table& data) const {
  design::ColumnSource source;
  const Document* value = find(name);
  if (!value) return source;
  if (value->type() == Document::Type::boolean && value->as_bool()) {
    source.kind = design::ColumnSource::Kind::vector;
    return source;
  }
  if (!value->is_string()) throw wrong(name, "the name of a column, an expression, or one number per row");
  source.kind = design::ColumnSource::Kind::expression;
  const std::string& written = value->as_string();
  if (data.find(written)) {
    auto node = std::make_shared<formula::Node>();
    node->kind = formula::Node::Kind::name;
    node->text = written;
    source.expression = std::move(node);
  } else {
    source.expression = formula::parse_expression(written);
  }
  return source;
}

design::LearnRequest learn_request(const Arguments& arguments, formula::Formula formula, const data::Table& data) {
  design::LearnRequest request;
  request.formula = std::move(formula);
  request.weights = arguments.column("weights", data);
  request.exposure = arguments.column("exposure", data);
  request.offset = arguments.column("offset", data);
  request.freq_weights = arguments.column("freq_weights", data);
  for (const auto& contrast : arguments.texts("contrasts"))
    request.contrasts[contrast.first] = design::make_contrast(contrast.second);
  request.na_action = design::make_na_action(arguments.text("na_action", "omit"));
  request.unseen = design::make_unseen_level(arguments.text("unseen", "error"));
  return request;
}

Document by_name(const Document& arguments) {
  Document::Object members = arguments.members("arguments");
  std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  Document out = Document::object();
  for (auto& member : members)
    if (!member.second.is_null()) out.set(member.first, plain(member.second));
  return out;
}

}  // namespace deciban::models
