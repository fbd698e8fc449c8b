#include "deciban/export/json.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

#define JSON_ASSERT(condition) static_cast<void>(0)  // the parser reports errors by exception; R allows no abort()
#include <nlohmann/json.hpp>

#include "deciban/base/error.hpp"
#include "deciban/base/utf8.hpp"

namespace deciban::export_ {
namespace {

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxKeys = 10000;  // of one object: Document looks keys up one by one

Error bad_json(const std::string& why, std::int64_t byte) {
  return Error(ErrorKind::format, "format.json", "The text is not valid JSON: " + readable_text(why) + ".",
               "The file may be truncated or no deciban file.", Document::object({{"byte", byte}}));
}

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string number_text(double value) {
  if (std::isnan(value)) return "\"NaN\"";
  if (std::isinf(value)) return value > 0.0 ? "\"Infinity\"" : "\"-Infinity\"";
  return nlohmann::json(value).dump();
}

bool is_scalar(const Document& document) { return !document.is_array() && !document.is_object(); }

class Writer {
 public:
  explicit Writer(int indent) : indent_(indent) {}

  void write(const Document& document, int level) {
    switch (document.type()) {
      case Document::Type::null:
        text += "null";
        break;
      case Document::Type::boolean:
        text += document.as_bool() ? "true" : "false";
        break;
      case Document::Type::integer:
        text += std::to_string(document.as_int());
        break;
      case Document::Type::number:
        text += number_text(document.as_double());
        break;
      case Document::Type::string:
        text += quoted(document.as_string());
        break;
      case Document::Type::array:
        write_array(document.items(), level);
        break;
      case Document::Type::object:
        write_object(document.members(), level);
        break;
    }
  }

  std::string text;

 private:
  void line(int level) {
    if (indent_ >= 0) text += "\n" + std::string(static_cast<std::size_t>(indent_ * level), ' ');
  }

  void write_array(const Document::Array& items, int level) {
    bool flat = true;
    for (const auto& item : items) flat = flat && is_scalar(item);
    text += "[";
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i) text += flat && indent_ >= 0 ? ", " : ",";
      if (!flat) line(level + 1);
      write(items[i], level + 1);
    }
    if (!flat) line(level);
    text += "]";
  }

  void write_object(const Document::Object& members, int level) {
    text += "{";
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i) text += ",";
      line(level + 1);
      text += quoted(members[i].first) + (indent_ >= 0 ? ": " : ":");
      write(members[i].second, level + 1);
    }
    if (!members.empty()) line(level);
    text += "}";
  }

  int indent_;
};

// Builds a Document from the parser's events, without a second tree in between.
class Reader final : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return put(Document()); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(static_cast<std::int64_t>(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max()))
      return put(static_cast<double>(value));
    return put(static_cast<std::int64_t>(value));
  }
  bool number_float(number_float_t value, const string_t&) override { return put(value); }
  bool string(string_t& value) override { return put(value); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Document::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Document::array()); }
  bool end_array() override { return close(); }
  bool key(string_t& value) override {
    if (open_.back().find(value)) throw bad_json("the key \"" + value + "\" stands twice in one object", 0);
    if (open_.back().members().size() >= kMaxKeys) throw bad_json("an object has more than 10,000 keys", 0);
    keys_.back() = value;
    return true;
  }
  bool parse_error(std::size_t byte, const std::string&, const nlohmann::detail::exception& error) override {
    const std::string what = error.what();
    const std::size_t colon = what.find("syntax error");
    throw bad_json(colon == std::string::npos ? what : what.substr(colon), static_cast<std::int64_t>(byte));
  }

  Document root;

 private:
  bool put(Document value) {
    if (open_.empty()) {
      root = std::move(value);
    } else if (open_.back().is_array()) {
      open_.back().push(std::move(value));
    } else {
      open_.back().set(keys_.back(), std::move(value));
    }
    return true;
  }
  bool open(Document container) {
    if (open_.size() >= kMaxDepth) throw bad_json("it nests deeper than 64 levels", 0);
    open_.push_back(std::move(container));
    keys_.emplace_back();
    return true;
  }
  bool close() {
    Document done = std::move(open_.back());
    open_.pop_back();
    keys_.pop_back();
    return put(std::move(done));
  }

  std::vector<Document> open_;
  std::vector<std::string> keys_;
};

}  // namespace

std::string write_json(const Document& document, int indent) {
  Writer writer(indent);
  writer.write(document, 0);
  if (indent >= 0) writer.text += "\n";
  return std::move(writer.text);
}

Document read_json(const std::string& text) {
  // the parser takes a zero byte for the end of the text
  const std::size_t zero = text.find('\0');
  if (zero != std::string::npos) throw bad_json("it holds a zero byte", static_cast<std::int64_t>(zero));
  Reader reader;
  if (!nlohmann::json::sax_parse(text, &reader)) throw bad_json("it cannot be read", 0);
  return std::move(reader.root);
}

}  // namespace deciban::export_
