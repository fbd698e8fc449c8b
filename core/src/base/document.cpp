#include "deciban/base/document.hpp"

#include <limits>
#include <utility>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"

namespace deciban {
namespace {

const char* type_name(Document::Type type) {
  switch (type) {
    case Document::Type::null:
      return "null";
    case Document::Type::boolean:
      return "a boolean";
    case Document::Type::integer:
      return "an integer";
    case Document::Type::number:
      return "a number";
    case Document::Type::string:
      return "a string";
    case Document::Type::array:
      return "an array";
    case Document::Type::object:
      return "an object";
  }
  return "unknown";
}

[[noreturn]] void raise_type(const char* what, const char* expected, Document::Type found) {
  throw Error(ErrorKind::format, "format.invalid",
              std::string("`") + what + "` must be " + expected + ", not " + type_name(found) + ".",
              "The file or the options were written by something else, or changed by hand.",
              Document::object({{"what", what}, {"expected", expected}, {"found", type_name(found)}}));
}

double quiet_nan() { return std::numeric_limits<double>::quiet_NaN(); }

constexpr double kExactIntegers = 9007199254740992.0;  // 2^53

}  // namespace

Document::Document(const std::vector<double>& values) : type_(Type::array), items_(values.begin(), values.end()) {}

Document::Document(const std::vector<std::string>& values) : type_(Type::array), items_(values.begin(), values.end()) {}

Document Document::array() {
  Document out;
  out.type_ = Type::array;
  return out;
}

Document Document::object(std::initializer_list<Member> members) {
  Document out;
  out.type_ = Type::object;
  for (const Member& member : members) out.set(member.first, member.second);
  return out;
}

bool Document::as_bool(const char* what) const {
  if (type_ != Type::boolean) raise_type(what, "a boolean", type_);
  return integer_ != 0;
}

std::int64_t Document::as_int(const char* what) const {
  if (type_ == Type::integer) return integer_;
  if (type_ == Type::number && number_ >= -kExactIntegers && number_ <= kExactIntegers) {
    const auto whole = static_cast<std::int64_t>(number_);
    if (static_cast<double>(whole) == number_) return whole;
  }
  raise_type(what, "an integer", type_);
}

double Document::as_double(const char* what) const {
  switch (type_) {
    case Type::integer:
      return static_cast<double>(integer_);
    case Type::number:
      return number_;
    case Type::null:
      return quiet_nan();
    case Type::string:
      if (string_ == "NaN") return quiet_nan();
      if (string_ == "Infinity") return std::numeric_limits<double>::infinity();
      if (string_ == "-Infinity") return -std::numeric_limits<double>::infinity();
      break;
    default:
      break;
  }
  raise_type(what, "a number", type_);
}

const std::string& Document::as_string(const char* what) const {
  if (type_ != Type::string) raise_type(what, "a string", type_);
  return string_;
}

const Document::Array& Document::items(const char* what) const {
  if (type_ != Type::array) raise_type(what, "an array", type_);
  return items_;
}

const Document::Object& Document::members(const char* what) const {
  if (type_ != Type::object) raise_type(what, "an object", type_);
  return members_;
}

std::vector<double> Document::as_doubles(const char* what) const {
  std::vector<double> out;
  out.reserve(items(what).size());
  for (const Document& item : items_) out.push_back(item.as_double(what));
  return out;
}

std::vector<std::string> Document::as_strings(const char* what) const {
  std::vector<std::string> out;
  out.reserve(items(what).size());
  for (const Document& item : items_) out.push_back(item.as_string(what));
  return out;
}

const Document* Document::find(const std::string& key) const {
  for (const Member& member : members_) {
    if (member.first == key) return &member.second;
  }
  return nullptr;
}

const Document& Document::at(const std::string& key) const {
  if (type_ != Type::object) raise_type(key.c_str(), "a member of an object", type_);
  if (const Document* found = find(key)) return *found;
  std::vector<std::string> keys;
  for (const Member& member : members_) keys.push_back(member.first);
  throw Error(ErrorKind::format, "format.missing_key", "The key `" + key + "` is missing.",
              "Keys found: " + (keys.empty() ? std::string("none") : join_some(keys, 10)) + ".",
              Document::object({{"key", key}}));
}

Document& Document::set(const std::string& key, Document value) {
  if (type_ == Type::null) type_ = Type::object;
  if (type_ != Type::object) raise_type(key.c_str(), "a member of an object", type_);
  for (Member& member : members_) {
    if (member.first == key) {
      member.second = std::move(value);
      return *this;
    }
  }
  members_.emplace_back(key, std::move(value));
  return *this;
}

bool Document::erase(const std::string& key) {
  for (auto member = members_.begin(); member != members_.end(); ++member) {
    if (member->first == key) {
      members_.erase(member);
      return true;
    }
  }
  return false;
}

Document& Document::push(Document value) {
  if (type_ == Type::null) type_ = Type::array;
  if (type_ != Type::array) raise_type("value", "an array", type_);
  items_.push_back(std::move(value));
  return *this;
}

bool operator==(const Document& a, const Document& b) {
  if (a.is_number() && b.is_number()) {
    if (a.type_ == Document::Type::integer && b.type_ == Document::Type::integer) return a.integer_ == b.integer_;
    const double x = a.as_double(), y = b.as_double();
    return x == y || (x != x && y != y);
  }
  if (a.type_ != b.type_) return false;
  switch (a.type_) {
    case Document::Type::boolean:
      return a.integer_ == b.integer_;
    case Document::Type::string:
      return a.string_ == b.string_;
    case Document::Type::array:
      return a.items_ == b.items_;
    case Document::Type::object:
      return a.members_ == b.members_;
    default:
      return true;
  }
}

}  // namespace deciban
