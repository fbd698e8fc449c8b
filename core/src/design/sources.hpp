#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <vector>

#include "deciban/base/error.hpp"
#include "deciban/base/run_context.hpp"
#include "deciban/data/numbers.hpp"
#include "deciban/data/table.hpp"
#include "deciban/design/spec.hpp"
#include "deciban/families/link.hpp"

namespace deciban::design {

/// Values of a column argument over the rows of `data`, in place where they are doubles; empty when it is not given. A
/// vector stands in `vectors` under the argument's name. Raises InputError `data.length_mismatch`.
data::Numbers read_source(const ColumnSource& source, const char* argument, const data::Table& data,
                          const data::Table& vectors, const RunContext& context);

/// What messages call it: the column or expression that was given, or the argument for a vector.
std::string source_label(const ColumnSource& source, const char* argument);

/// The same for the total offset: its only source, or "offset" when there are several.
std::string offset_label(const DesignSpec& spec);

/// total += values, total += log(values); an empty total stands for zeros.
void add_values(const data::Numbers& values, std::vector<double>& total);
void add_log(const data::Numbers& values, std::vector<double>& total);

/// Warns when an offset under a log link is a bare column that looks like an exposure in years.
void warn_raw_exposure(const DesignSpec& spec, const data::Numbers& offset, const families::Link& link,
                       Warnings& warnings);

}  // namespace deciban::design
