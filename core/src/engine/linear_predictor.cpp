#include "deciban/base/config.hpp"

#include <cmath>

#include "deciban/engine/coded_objective.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"

namespace deciban::engine {

std::vector<double> linear_predictor(const design::CodedDesign& design, const std::vector<double>& coefficients,
                                     const std::vector<double>& offset, const RunContext& context) {
  std::vector<double> used = coefficients;
  for (auto& value : used)
    if (std::isnan(value)) value = 0.0;
  std::vector<double> eta(static_cast<std::size_t>(design.rows));
  parallel::for_each(context, parallel::block_count(design.rows), [&](std::int64_t index) {
    const auto range = parallel::block_range(design.rows, index);
    for (std::int64_t i = range.begin; i < range.end; ++i)
      eta[i] = (design.intercept ? used[0] : 0.0) + (offset.empty() ? 0.0 : offset[i]);
    for (const auto& block : design.blocks) {
      if (block.kind == design::Block::Kind::dense) {
        for (std::int64_t i = range.begin; i < range.end; ++i) eta[i] += used[block.columns[0]] * block.values[i];
        continue;
      }
      std::vector<double> level_values(block.columns.size(), 0.0);
      for (std::size_t level = 0; level < level_values.size(); ++level)
        if (block.columns[level] >= 0) level_values[level] = used[block.columns[level]];
      for (std::int64_t i = range.begin; i < range.end; ++i)
        eta[i] += block.codes[i] < 0 ? std::nan("") : level_values[block.codes[i]];
    }
  });
  return eta;
}

}  // namespace deciban::engine
