#pragma once
#include "deciban/base/config.hpp"

#include "deciban/engine/objective.hpp"
#include "deciban/families/family.hpp"
#include "deciban/families/link.hpp"
#include "row_work.hpp"

namespace deciban::engine {

/// What a family and a link make of the predictor of a block of rows: mean, deviance, score and information.
class RowFamily {
 public:
  RowFamily(const families::Family& family, const families::Link& link) : family_(family), link_(link) {}
  const families::Link& link() const { return link_; }
  bool least_squares() const {
    return family_.variance == families::Variance::constant && link_.id == families::LinkId::identity;
  }

  void at_predictor(Information kind, RowWork& rows) const;
  /// Weighted least squares on starting means, as the score at zero coefficients. With pull 1 the predictor of the
  /// portfolio's mean itself: wherever the columns span it, it is a valid point, which a step away from it need not be.
  void at_start(double centre, double pull, RowWork& rows) const;

 private:
  double power_under_log() const;
  bool fused(RowWork& rows) const;
  void inner_deviance(RowWork& rows, double top) const;
  void general(RowWork& rows) const;
  void observe(RowWork& rows) const;

  families::Family family_;
  families::Link link_;
};

}  // namespace deciban::engine
