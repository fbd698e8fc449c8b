#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "deciban/design/coded_design.hpp"

namespace deciban::engine {

/// One line about how CodedObjective would sum a design: a term, a group of joint cells, or the total.
struct PlanLine {
  std::string part;                 ///< "term", "arrow", "group", "dense", "varying", "total"
  std::string name;                 ///< label of the term, else a number
  std::string stored;               ///< term: codes and dictionaries; group: its joint codes
  std::string enters;               ///< term: as what it is summed; group: what is summed
  std::vector<std::string> covers;  ///< group: its terms, every pair of which has its cross-table there
  std::int64_t cells = 0;           ///< of the sums; term: levels
  std::int64_t bytes = 0;           ///< of one partial sum
  double bytes_per_row = 0.0;       ///< that a pass reads
  double work_per_row = 0.0;        ///< additions to sums
  std::string reason;
};

/// How CodedObjective would sum a design. Depends on the schema and distinct counts only, as the plan does.
/// @param labels  of the blocks.
std::vector<PlanLine> explain(const design::CodedDesign& design, const std::vector<std::string>& labels);

}  // namespace deciban::engine
