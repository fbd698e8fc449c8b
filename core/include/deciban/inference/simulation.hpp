#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/data/numbers.hpp"
#include "deciban/families/link.hpp"
#include "deciban/families/response_law.hpp"

namespace deciban::inference {

/// Responses of a model at its estimates, to be drawn again and again.
class Simulation {
 public:
  /// @param eta      linear predictors, offset included; NaN gives NaN.
  /// @param weights  prior weights, empty: 1; a weight that the law does not have, such as 0, gives NaN.
  Simulation(families::ResponseLaw law, const families::Link& link, double dispersion, const std::vector<double>& eta,
             data::Numbers weights);

  /// One response per row. Those of row i of set `index` depend on (seed, purpose, index, i) only.
  void draw(std::uint64_t seed, std::uint64_t purpose, std::int64_t index, const RunContext& context,
            double* out) const;

 private:
  families::ResponseLaw law_;
  double dispersion_;
  data::Numbers weights_;
  std::vector<double> mu_, complement_;
};

}  // namespace deciban::inference
