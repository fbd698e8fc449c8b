#include "deciban/data/dataset.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include "column_coder.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"
#include "spool.hpp"

namespace deciban::data {

struct DatasetBuilder::Parts {
  std::shared_ptr<BlockStore> store;
  std::deque<ColumnCoder> coders;
  std::vector<std::string> names;
  std::vector<char> beside;
  std::int64_t rows = 0, pieces = 0;
};

namespace {

Error other_columns(const std::string& name, std::int64_t piece, bool missing) {
  return Error(ErrorKind::input, "data.chunk_columns",
               "Chunk " + format_count(piece + 1) + " of the data has " +
                   (missing ? "no column `" + name + "`, which the first has."
                            : "a column `" + name + "`, which the first has not."),
               "All chunks must have the same columns.",
               Document::object({{"column", name}, {"chunk", piece + 1}, {"missing", missing}}));
}

}  // namespace

DatasetBuilder::DatasetBuilder(bool spool) : parts_(std::make_unique<Parts>()) {
  parts_->store = make_block_store(spool);
}

DatasetBuilder::~DatasetBuilder() = default;

void DatasetBuilder::append(const Table& piece, const RunContext& context, std::int64_t chunks) {
  Parts& parts = *parts_;
  if (parts.pieces == 0) {
    for (const Column& column : piece.columns()) {
      parts.names.push_back(column.name);
      parts.beside.push_back(column.beside);
      parts.coders.emplace_back(column.name, *parts.store);
    }
  }
  for (const std::string& name : parts.names)
    if (!piece.find(name)) throw other_columns(name, parts.pieces, true);
  if (piece.columns().size() > parts.names.size())
    for (const Column& column : piece.columns())
      if (std::find(parts.names.begin(), parts.names.end(), column.name) == parts.names.end())
        throw other_columns(column.name, parts.pieces, false);
  RunContext local = context;
  if (piece.rows() < parallel::kRowsWorthThreads) local.n_threads = 1;
  parallel::for_each(local, static_cast<std::int64_t>(parts.names.size()), [&](std::int64_t c) {
    const Column& column = *piece.find(parts.names[static_cast<std::size_t>(c)]);
    for (const ColumnView& view : column.chunks) parts.coders[static_cast<std::size_t>(c)].append(view);
  });
  parts.rows += piece.rows();
  parts.pieces += chunks;
}

std::int64_t DatasetBuilder::rows() const { return parts_->rows; }
std::int64_t DatasetBuilder::bytes() const { return parts_->store->bytes(); }

Table DatasetBuilder::finish() {
  for (ColumnCoder& coder : parts_->coders) coder.close();
  parts_->store->seal();
  Table table;
  for (std::size_t c = 0; c < parts_->coders.size(); ++c) {
    Column column = parts_->coders[c].finish(parts_->store);
    column.beside = parts_->beside[c] != 0;
    table.add(std::move(column));
  }
  parts_->coders.clear();
  return table;
}

}  // namespace deciban::data
