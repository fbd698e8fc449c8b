#include "document.h"

#include <climits>
#include <cstdint>

#include "deciban/base/error.hpp"

namespace deciban::glue {
namespace {

// Length of the UTF-8 sequence at `at`, 0 when there is none (RFC 3629).
std::size_t sequence_length(const std::string& text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned first = byte(at), second = byte(at + 1);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  const unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (second < low || second > high) return 0;
  for (std::size_t i = 2; i < length; ++i)
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
  return length;
}

bool is_utf8(const std::string& text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = sequence_length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

Error wrong_argument(const std::string& what, const std::string& found) {
  return Error(ErrorKind::input, "input.argument", "`" + what + "` must be a plain value, not " + found + ".",
               "See the help page of the function.", Document::object({{"argument", what}}));
}

Document element(SEXP value, R_xlen_t i, const std::string& what) {
  switch (TYPEOF(value)) {
    case LGLSXP: {
      const int flag = LOGICAL_ELT(value, i);
      if (flag == NA_LOGICAL) throw wrong_argument(what, "NA");
      return Document(flag != 0);
    }
    case INTSXP: {
      const int number = INTEGER_ELT(value, i);
      if (number == NA_INTEGER) throw wrong_argument(what, "NA");
      return Document(number);
    }
    case REALSXP:
      return Document(REAL_ELT(value, i));
    case STRSXP: {
      const SEXP text = STRING_ELT(value, i);
      if (text == NA_STRING) throw wrong_argument(what, "NA");
      return Document(utf8_text(text, "argument `" + what + "`"));
    }
    case VECSXP:
      return to_document(VECTOR_ELT(value, i), what);
    default:
      throw wrong_argument(what, std::string("an object of type ") + Rf_type2char(TYPEOF(value)));
  }
}

// The type that all items share, null when they differ or are no single values.
Document::Type common_type(const Document::Array& items) {
  if (items.empty()) return Document::Type::null;
  Document::Type common = items.front().type();
  for (const Document& item : items) {
    if (item.is_number() && (common == Document::Type::number || common == Document::Type::integer)) {
      common = Document::Type::number;
    } else if (item.type() != common) {
      return Document::Type::null;
    }
  }
  return common;
}

double number_or_na(double value) { return value == value ? value : NA_REAL; }

SEXP array_to_r(const Document::Array& items) {
  const auto size = static_cast<R_xlen_t>(items.size());
  switch (common_type(items)) {
    case Document::Type::number: {
      Rcpp::NumericVector out(size);
      for (R_xlen_t i = 0; i < size; ++i) out[i] = number_or_na(items[i].as_double());
      return out;
    }
    case Document::Type::string: {
      Rcpp::CharacterVector out(size);
      for (R_xlen_t i = 0; i < size; ++i) SET_STRING_ELT(out, i, r_text(items[i].as_string()));
      return out;
    }
    case Document::Type::boolean: {
      Rcpp::LogicalVector out(size);
      for (R_xlen_t i = 0; i < size; ++i) out[i] = items[i].as_bool();
      return out;
    }
    default: {
      Rcpp::List out(size);
      for (R_xlen_t i = 0; i < size; ++i) out[i] = to_r(items[i]);
      return out;
    }
  }
}

}  // namespace

std::string utf8_text(SEXP charsxp, const std::string& what) {
  const bool bytes = Rf_getCharCE(charsxp) == CE_BYTES;
  std::string text = bytes ? "" : Rf_translateCharUTF8(charsxp);
  if (!bytes && is_utf8(text)) return text;
  throw Error(ErrorKind::data, "data.encoding", "The text of " + what + " is not valid in its encoding.",
              "Declare or convert the encoding: `Encoding(x) <- \"latin1\"`, or `iconv()`.",
              Document::object({{"where", what}}));
}

SEXP r_text(const std::string& text) {
  // R's strings cannot hold a zero byte
  const std::size_t size = std::min(text.find('\0'), text.size());
  return Rf_mkCharLenCE(text.data(), static_cast<int>(size), CE_UTF8);
}

Document to_document(SEXP value, const std::string& what) {
  if (TYPEOF(value) == NILSXP) return Document();
  const R_xlen_t size = Rf_xlength(value);
  if (TYPEOF(value) != VECSXP && size == 1) return element(value, 0, what);
  const SEXP names = Rf_getAttrib(value, R_NamesSymbol);
  if (TYPEOF(value) == VECSXP && names != R_NilValue) {
    Document out = Document::object();
    for (R_xlen_t i = 0; i < size; ++i) {
      const std::string key = utf8_text(STRING_ELT(names, i), "argument names");
      out.set(key, to_document(VECTOR_ELT(value, i), key));
    }
    return out;
  }
  if (TYPEOF(value) != VECSXP && !Rf_isVectorAtomic(value)) return element(value, 0, what);
  Document out = Document::array();
  for (R_xlen_t i = 0; i < size; ++i) out.push(element(value, i, what));
  return out;
}

SEXP to_r(const Document& document) {
  switch (document.type()) {
    case Document::Type::null:
      return R_NilValue;
    case Document::Type::boolean:
      return Rf_ScalarLogical(document.as_bool());
    case Document::Type::integer: {
      const std::int64_t value = document.as_int();
      const bool fits = value > INT_MIN && value <= INT_MAX;
      return fits ? Rf_ScalarInteger(static_cast<int>(value)) : Rf_ScalarReal(static_cast<double>(value));
    }
    case Document::Type::number:
      return Rf_ScalarReal(number_or_na(document.as_double()));
    case Document::Type::string: {
      const Rcpp::Shield<SEXP> text(r_text(document.as_string()));
      return Rf_ScalarString(text);
    }
    case Document::Type::array:
      return array_to_r(document.items());
    case Document::Type::object:
      break;
  }
  const Document::Object& members = document.members();
  const auto size = static_cast<R_xlen_t>(members.size());
  Rcpp::List out(size);
  Rcpp::CharacterVector names(size);
  for (R_xlen_t i = 0; i < size; ++i) {
    out[i] = to_r(members[i].second);
    SET_STRING_ELT(names, i, r_text(members[i].first));
  }
  out.names() = names;
  return out;
}

}  // namespace deciban::glue
