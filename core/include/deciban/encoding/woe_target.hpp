#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/data/column.hpp"
#include "deciban/data/numbers.hpp"
#include "deciban/data/row_codes.hpp"

namespace deciban::encoding {

enum class WoeTargetKind { binary, fractional, multiclass };
const char* woe_target_name(WoeTargetKind kind);

/// The target and the weights of the rows. A row with weight 0 is in no sum and is not counted.
struct WoeTarget {
  WoeTargetKind kind = WoeTargetKind::binary;
  data::Dictionary classes;     ///< binary: two, the second one is the event; fractional: empty
  data::RowCodes class_codes;   ///< binary, multiclass: class of each row, `classes.size()` for rows with weight 0
  data::Numbers share;          ///< fractional: y in [0, 1]
  data::Numbers sample_weight;  ///< empty: 1
  data::Numbers freq_weights;   ///< empty: 1

  std::size_t n_classes() const { return kind == WoeTargetKind::fractional ? 2 : classes.size(); }
  bool plain() const { return kind != WoeTargetKind::fractional && sample_weight.empty() && freq_weights.empty(); }
};

/// Reads a target. 0/1, logical values and any column of two values are binary (the later value in sorted or declared
/// order is the event), other numbers in [0, 1] fractional, three or more levels or whole numbers multiclass.
/// Weights may be null. Raises DataError `woe.one_class`, `woe.target` (no class and no share in [0, 1]),
/// `woe.target_missing`, `woe.weights` (negative or not finite), `woe.freq_weights` (not whole); InputError
/// `data.length_mismatch`.
WoeTarget read_woe_target(const data::Column& y, const data::Column* sample_weight, const data::Column* freq_weights,
                          const RunContext& context = {});

}  // namespace deciban::encoding
