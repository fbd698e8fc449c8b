// The response of binners and scorecards from the vectors of a call.
#pragma once
#include "deciban/base/config.hpp"

#include <string>

#include "deciban/binning/options.hpp"
#include "deciban/data/table.hpp"

namespace deciban::models {

struct ReadTarget {
  binning::Target target;
  data::Dictionary classes;  ///< empty where the response is numbers as they are
};

/// `kind`: "" to find it from the values (see models::Binner). Two levels of text are non-event and event, in their
/// order. Raises InputError `binning.target`, DataError `data.missing` (column, first row) for a missing response.
ReadTarget read_target(const data::Table& vectors, const std::string& kind, double var_power);

}  // namespace deciban::models
