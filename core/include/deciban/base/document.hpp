#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace deciban {

/// A tree of plain values (null, bool, int64, double, string, array, object) whose objects keep the order of their
/// keys. Models are written to and read from it, errors and warnings carry their context in it, and hosts hand over
/// options in it. It knows nothing of any text format: `export` turns it into JSON and back.
class Document {
 public:
  enum class Type { null, boolean, integer, number, string, array, object };
  using Array = std::vector<Document>;
  using Member = std::pair<std::string, Document>;
  using Object = std::vector<Member>;

  Document() = default;
  Document(bool value) : type_(Type::boolean), integer_(value) {}
  Document(int value) : type_(Type::integer), integer_(value) {}
  Document(std::int64_t value) : type_(Type::integer), integer_(value) {}
  Document(double value) : type_(Type::number), number_(value) {}
  Document(const char* value) : type_(Type::string), string_(value) {}
  Document(std::string value) : type_(Type::string), string_(std::move(value)) {}
  Document(const std::vector<double>& values);
  Document(const std::vector<std::string>& values);

  static Document array();
  static Document object(std::initializer_list<Member> members = {});

  Type type() const { return type_; }
  bool is_null() const { return type_ == Type::null; }
  bool is_string() const { return type_ == Type::string; }
  bool is_number() const { return type_ == Type::integer || type_ == Type::number; }
  bool is_array() const { return type_ == Type::array; }
  bool is_object() const { return type_ == Type::object; }

  /// Typed access. Raises FormatError `format.invalid` that names `what` when the type differs. `as_double` also takes
  /// an integer, null (NaN) and the strings "NaN", "Infinity", "-Infinity".
  bool as_bool(const char* what = "value") const;
  std::int64_t as_int(const char* what = "value") const;
  double as_double(const char* what = "value") const;
  const std::string& as_string(const char* what = "value") const;
  const Array& items(const char* what = "value") const;
  const Object& members(const char* what = "value") const;
  std::vector<double> as_doubles(const char* what = "value") const;
  std::vector<std::string> as_strings(const char* what = "value") const;

  /// Object access: `find` gives nullptr when the key is absent, `at` raises FormatError `format.missing_key`,
  /// `set` replaces or appends.
  const Document* find(const std::string& key) const;
  const Document& at(const std::string& key) const;
  Document& set(const std::string& key, Document value);
  bool erase(const std::string& key);
  /// Array access: appends.
  Document& push(Document value);

  friend bool operator==(const Document& a, const Document& b);
  friend bool operator!=(const Document& a, const Document& b) { return !(a == b); }

 private:
  Type type_ = Type::null;
  std::int64_t integer_ = 0;
  double number_ = 0.0;
  std::string string_;
  Array items_;
  Object members_;
};

}  // namespace deciban
