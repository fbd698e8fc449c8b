#pragma once
#include "deciban/base/config.hpp"

#include <memory>
#include <string>
#include <vector>

namespace deciban::formula {

struct Node;
using NodePtr = std::shared_ptr<const Node>;

/// One argument of a call; `name` is empty for a positional argument.
struct Argument {
  std::string name;
  NodePtr value;
};

/// A node of a parsed formula. The tree knows no functions and no data: calls are kept as written.
struct Node {
  enum class Kind { name, number, text, call, unary, binary, dot, paren, empty };
  Kind kind = Kind::empty;
  std::string text;                 ///< name, text literal, function of a call ("np.log" is "log"), operator symbol
  double number = 0.0;              ///< number literal
  std::vector<Argument> arguments;  ///< call arguments; operands of unary (1) and binary (2); paren (1)
  int position = 0;                 ///< 0-based offset of the first character, in code points
};

/// Response (null when one-sided) and right-hand side.
struct Formula {
  NodePtr response;
  NodePtr right;
  std::string source;
};

}  // namespace deciban::formula
