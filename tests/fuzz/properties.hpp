// What must hold for any input. Each function returns "" when it does, else what is wrong; an exception that is no
// deciban::Error passes through. libFuzzer (target.cpp) and the replay of the corpus (replay.cpp) call the same ones.
#pragma once
#include <string>

namespace fuzz {

/// Bytes as a formula and as an expression: accepted, with a canonical text that reads back to the same tree, or
/// refused with a FormulaError; the same for its terms over columns of fixed names.
std::string formula(const std::string& bytes);

/// Bytes as a formula on a small table: a design is learned, survives its document and codes the same rows again, or
/// is refused with an Error.
std::string design(const std::string& bytes);

/// Bytes as a model file: refused with an Error, or read into a model that writes a file which reads back the same.
std::string model_file(const std::string& bytes);

}  // namespace fuzz
