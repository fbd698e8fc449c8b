#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/data/table.hpp"

namespace deciban::data {

/// Makes a compact table of its own from rows that come piece by piece: text and categorical columns become codes of
/// one, two or four bytes, numbers that repeat (at most 65,536 distinct values) too, other numbers doubles. Nothing of
/// a piece is needed after it was added. A fit on the table gives the same bits as one on the pieces together, wherever
/// these begin and end.
///
/// Levels are those that the pieces have: a declared order (R factor, pandas categories) counts while all pieces
/// declare the same one, else levels are sorted.
class DatasetBuilder {
 public:
  /// @param spool  keeps the coded columns in a temporary file that is mapped into memory and has no name, so that it
  ///               goes with the last use of the table. Raises IoError `io.spool` when it cannot be written, or on
  ///               systems without such files (Windows).
  explicit DatasetBuilder(bool spool = false);
  ~DatasetBuilder();
  DatasetBuilder(const DatasetBuilder&) = delete;
  DatasetBuilder& operator=(const DatasetBuilder&) = delete;

  /// Adds rows. Columns are matched by name. Raises InputError `data.chunk_columns` when a piece has other columns than
  /// the first, DataError `data.bad_code` and what Table raises.
  /// @param chunks  how many of the caller's chunks the piece is, for the numbers in messages.
  void append(const Table& piece, const RunContext& context, std::int64_t chunks = 1);
  std::int64_t rows() const;
  /// Bytes of coded columns so far.
  std::int64_t bytes() const;
  /// The table. Nothing can be added afterwards.
  Table finish();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace deciban::data
