#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>

#include "deciban/data/column.hpp"

namespace deciban::data {

/// Values [begin, begin + count) of a column as doubles; missing becomes NaN. Booleans are 0/1, dates days, datetimes
/// seconds, dictionaries of numbers their values. int64 beyond 2^53 rounds to nearest. Raises DataError
/// `data.not_numeric` for text (names the column and a value), `data.bad_code` for a code outside its dictionary, and
/// InputError `data.out_of_range` for rows that the column does not have.
void read_doubles(const Column& column, std::int64_t begin, std::int64_t count, double* out);

}  // namespace deciban::data
