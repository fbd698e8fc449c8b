#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <memory>
#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/engine/objective.hpp"
#include "deciban/linalg/arrow.hpp"
#include "plan.hpp"

namespace deciban::engine {

/// Block of the design that becomes the arrow: the widest factor without values whose coefficients follow one another,
/// with at least so many of them (the first of equals); -1: none. Depends on the schema only.
int arrow_block(const design::CodedDesign& design, int least);

/// The design without that block, its coefficients numbered anew.
design::CodedDesign without_block(const design::CodedDesign& design, int block);

/// The rows by level of the arrow, and what they have in the other columns: sums of a level run over its rows in
/// their order, so that they depend on nothing else. A partial sum per 32,768 rows would hold levels times columns.
class ArrowRows {
 public:
  /// Borrows all of it. @param core, plan  of the design without the block; `anchors` of its coefficients.
  ArrowRows(const design::Block& block, const design::CodedDesign& core, const Plan& plan,
            const std::vector<double>& anchors);

  int first() const { return first_; }
  int size() const { return size_; }
  /// Coefficient by code, 0 for codes without one. @param beta  of the whole design.
  std::vector<double> by_code(const double* beta) const;
  /// Puts score and information of the arrow to those of the core.
  /// @param information, score  of all rows.
  void complete(const std::vector<double>& information, const std::vector<double>& score, const RunContext& context,
                Evaluation& at) const;

 private:
  struct Scratch;
  void find_pattern();
  template <class Visit>
  void for_entries(std::int64_t place, Visit&& visit) const;
  void add_level(int l, const double* information, const double* score, Scratch& scratch, linalg::Arrow& arrow,
                 double& score_of_level) const;

  const design::Block& block_;
  const design::CodedDesign& core_;
  const Plan& plan_;
  const std::vector<double>& anchors_;
  int first_ = 0, size_ = 0;
  std::vector<std::int64_t> start_;  // of the rows of each level, in rows_
  std::vector<std::uint32_t> rows_;
  std::vector<std::vector<std::int32_t>> codes_;  // of the plan, in the order of rows_
  std::vector<std::int64_t> chunks_;              // levels where pieces of work begin
  std::shared_ptr<const linalg::SparsePattern> pattern_;
};

}  // namespace deciban::engine
