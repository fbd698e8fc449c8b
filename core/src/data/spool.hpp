// Where the blocks of a dataset stand: on the heap, or in a temporary file. Internal to the data area.
#pragma once
#include "deciban/base/config.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace deciban::data {

/// Keeps blocks of bytes until the last owner goes. Blocks may be added by several threads.
class BlockStore {
 public:
  virtual ~BlockStore() = default;
  /// Takes a block; the number by which `at` knows it.
  virtual std::size_t add(std::vector<unsigned char>&& block) = 0;
  /// No more blocks are added; from here on they can be read.
  virtual void seal() = 0;
  virtual const unsigned char* at(std::size_t block) const = 0;
  virtual bool in_memory() const { return false; }
  std::int64_t bytes() const { return bytes_; }

 protected:
  std::mutex mutex_;
  std::int64_t bytes_ = 0;
};

/// @param spool  in an unnamed temporary file. Raises IoError `io.spool`.
std::shared_ptr<BlockStore> make_block_store(bool spool);

}  // namespace deciban::data
