#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/engine/coded_objective.hpp"
#include "deciban/linalg/arrow.hpp"

namespace deciban::inference {

/// Fisher scoring of one model in steps, so that several share a pass: it says where it wants to be evaluated and takes
/// what was found. Nothing is decided about rank: columns are kept as in the fit that it starts from.
class Refit {
 public:
  struct Rules {
    const std::vector<double>& start;
    const std::vector<char>& keep;
    const std::vector<double>& ranges;  ///< of the columns
    double phi;
  };
  enum class State { running, converged, separated, failed };

  explicit Refit(const Rules& rules) : rules_(rules), point_(rules.start) {}

  State state() const { return state_; }
  /// Where to evaluate, by expected information.
  const std::vector<double>& point() const { return point_; }
  void take(engine::Evaluation&& at, const RunContext& context);

  const std::vector<double>& beta() const { return beta_; }
  /// Of the last step but one that was taken; its information belongs to nearly beta().
  const engine::Evaluation& at() const { return at_; }
  /// Columns that run to infinity, with the sign of it; 0 for others.
  const std::vector<int>& runaway() const { return runaway_; }

 private:
  void next_step(const RunContext& context);
  void give_up(const std::vector<double>& step);

  const Rules& rules_;
  State state_ = State::running;
  std::vector<double> point_, beta_;
  engine::Evaluation at_;
  std::vector<int> runaway_;
  int steps_ = 0, halvings_ = 0;
  bool started_ = false;
};

}  // namespace deciban::inference
