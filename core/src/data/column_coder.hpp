// One column of a dataset while its rows arrive. Internal to the data area.
#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "deciban/data/column.hpp"
#include "intern.hpp"
#include "spool.hpp"

namespace deciban::data {

/// Codes values in order of appearance and packs them in blocks of rows. Values of one kind in a row share a
/// dictionary; a column that changes its kind (text, then numbers) begins another.
class ColumnCoder {
 public:
  ColumnCoder(std::string name, BlockStore& store) : name_(std::move(name)), store_(store) {}

  void append(const ColumnView& view);
  /// Packs what is left. No rows can be added then.
  void close();
  /// The column, over blocks of `store`, which is sealed by now.
  Column finish(const std::shared_ptr<const BlockStore>& store);

 private:
  enum class Kind { none, number, boolean, level, declared };
  // What the codes of a block mean.
  struct Values {
    Kind kind = Kind::none;
    Meaning meaning = Meaning::number;
    std::shared_ptr<const Dictionary> declared;
    TextIndex texts;
    std::deque<std::string> storage;
    NumberIndex numbers;
    bool too_many = false;  // numbers: from here on they are stored one by one
    std::shared_ptr<const Dictionary> levels;
    std::shared_ptr<const std::vector<double>> distinct;
  };
  struct Block {
    Values* values;
    Type type;
    std::int64_t rows;
    std::size_t stored;
  };

  void begin(Kind kind, Meaning meaning, const std::shared_ptr<const Dictionary>& declared);
  bool continues(Kind kind, Meaning meaning, const std::shared_ptr<const Dictionary>& declared) const;
  void append_nothing(std::int64_t rows);
  void append_codes(const ColumnView& view, std::int64_t first, std::int64_t count);
  void append_texts(const ColumnView& view, std::int64_t first, std::int64_t count);
  void append_numbers(const ColumnView& view, std::int64_t first, std::int64_t count);
  void put_numbers(const double* numbers, std::int64_t count);
  void spell_out();
  void pack();
  std::int64_t open_rows() const;
  bool endless() const;
  ColumnView view_of(const Block& block, const BlockStore& store) const;

  std::string name_;
  BlockStore& store_;
  std::deque<Values> values_;
  std::vector<Block> blocks_;
  // rows of the block that is not packed yet
  std::vector<std::int32_t> open_codes_;
  std::vector<unsigned char> open_numbers_;
  std::shared_ptr<const Dictionary> last_dictionary_;  // of a chunk, whose codes have these ids:
  std::vector<std::int32_t> id_of_code_;
};

}  // namespace deciban::data
