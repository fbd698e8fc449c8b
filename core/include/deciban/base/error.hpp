#pragma once
#include "deciban/base/config.hpp"

#include <exception>
#include <string>
#include <vector>

#include "deciban/base/document.hpp"

namespace deciban {

/// What a host needs to choose an exception class or a condition class.
enum class ErrorKind { input, formula, data, numeric, convergence, not_fitted, format, io, cancelled };

/// "InputError", "FormulaError", ...: the class name shown by hosts.
const char* error_class(ErrorKind kind);

/// The one exception of the core. `code` is a stable dotted string that users and tests may rely on; wording may
/// change. `what()` is the message followed by the hint.
class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string code, std::string message, std::string hint = "",
        Document context = Document::object());
  const char* what() const noexcept override { return text_.c_str(); }
  ErrorKind kind() const { return kind_; }
  const std::string& code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::string& hint() const { return hint_; }
  const Document& context() const { return context_; }

 private:
  ErrorKind kind_;
  std::string code_, message_, hint_, text_;
  Document context_;
};

/// Something that did not stop the work. Collected in results and raised by the host. `severity` is "note" or
/// "warning".
struct Warning {
  std::string code;
  std::string severity;
  std::string message;
  Document context = Document::object();
};
using Warnings = std::vector<Warning>;

Document to_document(const Warnings& warnings);
Warnings warnings_from_document(const Document& document);

}  // namespace deciban
