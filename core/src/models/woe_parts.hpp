#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <vector>

#include "arguments.hpp"
#include "deciban/models/woe.hpp"

namespace deciban::models::woe {

/// One question to an encoder.
struct Question {
  const encoding::WoeEncoder& encoder;
  const Document& arguments;
  const data::Table* X;
  const RunContext& context;
};

/// alpha in (0, 1): InputError `woe.alpha`.
double read_alpha(const Arguments& arguments, double otherwise);
/// The class of an argument, by its label; `otherwise` where it is left out. InputError `woe.class`.
std::size_t read_class(const Arguments& arguments, const encoding::WoeEncoder& encoder, std::size_t otherwise);
/// The class asked for, or all that have evidence of their own.
std::vector<std::size_t> read_classes(const Arguments& arguments, const encoding::WoeEncoder& encoder);
/// "conditional on the bins" where the bins of a feature were chosen with the target, else "".
std::string label_of(const encoding::WoeEncoder& encoder);

// tables without rows (woe_tables.cpp, woe_diagnostics.cpp)
Answer mapping(const Question& question);
Answer feature_stats(const Question& question);
Answer feature_summary(const Question& question);
Answer iv_analysis(const Question& question);
Answer diagnostics(const Question& question);
Answer describe(const Question& question);
Answer text(const Question& question);
/// What does not hold for probabilities, and for intervals of them.
Warnings assumption_warnings(const encoding::WoeEncoder& encoder, bool intervals, bool pairwise);

// rows (woe_rows.cpp)
Answer transform(const Question& question);
Answer predict_proba(const Question& question);
Answer predict_ci(const Question& question);
Answer predict(const Question& question);
Answer explain(const Question& question);

}  // namespace deciban::models::woe
