#include "deciban/base/error.hpp"

#include <utility>

namespace deciban {

const char* error_class(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::input:
      return "InputError";
    case ErrorKind::formula:
      return "FormulaError";
    case ErrorKind::data:
      return "DataError";
    case ErrorKind::numeric:
      return "NumericError";
    case ErrorKind::convergence:
      return "ConvergenceError";
    case ErrorKind::not_fitted:
      return "NotFittedError";
    case ErrorKind::format:
      return "FormatError";
    case ErrorKind::io:
      return "IoError";
    case ErrorKind::cancelled:
      return "Cancelled";
  }
  return "Error";
}

Error::Error(ErrorKind kind, std::string code, std::string message, std::string hint, Document context)
    : kind_(kind),
      code_(std::move(code)),
      message_(std::move(message)),
      hint_(std::move(hint)),
      text_(hint_.empty() ? message_ : message_ + "\n" + hint_),
      context_(std::move(context)) {}

Document to_document(const Warnings& warnings) {
  Document out = Document::array();
  for (const Warning& warning : warnings) {
    out.push(Document::object({{"code", warning.code},
                               {"severity", warning.severity},
                               {"message", warning.message},
                               {"context", warning.context}}));
  }
  return out;
}

Warnings warnings_from_document(const Document& document) {
  Warnings out;
  for (const Document& item : document.items("warnings")) {
    Warning warning;
    warning.code = item.at("code").as_string("warning code");
    warning.severity = item.at("severity").as_string("warning severity");
    warning.message = item.at("message").as_string("warning message");
    if (const Document* context = item.find("context")) warning.context = *context;
    out.push_back(std::move(warning));
  }
  return out;
}

}  // namespace deciban
