#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <vector>

#include "deciban/base/document.hpp"
#include "deciban/data/table.hpp"
#include "deciban/design/learn.hpp"
#include "deciban/design/spec.hpp"

namespace deciban::models {

/// Typed access to the public arguments of a call. Absent and null mean the default. A wrong type raises InputError
/// `input.argument`, a name that is in neither list InputError `input.unknown_argument`.
class Arguments {
 public:
  Arguments(const Document& document, std::vector<std::string> known, const std::vector<std::string>& more = {});

  bool has(const char* name) const;
  std::string text(const char* name, const std::string& otherwise) const;
  double number(const char* name, double otherwise) const;
  std::int64_t whole(const char* name, std::int64_t otherwise, std::int64_t lowest) const;
  bool flag(const char* name, bool otherwise) const;
  /// An object of texts, such as {"Area": "sum"}.
  std::vector<std::pair<std::string, std::string>> texts(const char* name) const;
  /// A column argument: the name of a column of `data`, an expression over its columns, or true for a vector.
  design::ColumnSource column(const char* name, const data::Table& data) const;

 private:
  const Document* find(const char* name) const;
  const Document& document_;
};

/// The arguments that are given, by name, whole numbers as integers: a file holds the same text whichever host, in
/// whichever order, handed them over.
Document by_name(const Document& arguments);

/// What a design is learned from: contrasts, column arguments and policies; family and link are left as they are.
design::LearnRequest learn_request(const Arguments& arguments, formula::Formula formula, const data::Table& data);

}  // namespace deciban::models
