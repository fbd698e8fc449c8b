#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "deciban/base/bytes.hpp"
#include "deciban/base/error.hpp"
#include "deciban/parallel/ordered_reduce.hpp"

namespace deciban::stream {

/// Sums over reduction blocks (32,768 rows each) of a pass, which threads, chunks, processes or machines may share:
/// each adds the blocks that it has, in any order, and the parts are merged. The total has the same bits however the
/// blocks were shared out, because sums meet in the shape of parallel::BinaryCarry, which their numbers alone decide.
///
/// Partial: `merge(later)`, `write(ByteWriter&) const`. Thread-safe is `add` only.
template <class Partial>
class Accumulator {
 public:
  /// @param key  what the sums are of (design, coefficients, ...): accumulators of different keys do not mix.
  explicit Accumulator(std::uint64_t key) : key_(key) {}

  /// The sums of block `block` of the whole data. Raises InputError `stream.block_twice`.
  void add(std::int64_t block, std::unique_ptr<Partial> sums) { carry_->add(block, std::move(sums)); }

  /// Takes over the blocks of another accumulator. Raises InputError `stream.other_pass` (its key differs) and
  /// `stream.block_twice`.
  void merge(Accumulator&& other) {
    if (other.key_ != key_)
      throw Error(ErrorKind::input, "stream.other_pass",
                  "The sums are of another pass: their designs, coefficients or weights differ.",
                  "Merge sums of one model at the same coefficients only.");
    other.carry_->drain([&](int level, std::int64_t index, std::unique_ptr<Partial> sums) {
      carry_->add(index, std::move(sums), level);
    });
  }

  /// All of it, for another process on a machine of the same kind: magic, key, sums, checksum.
  std::string to_bytes() const {
    ByteWriter out;
    out.put(kMagic);
    out.put(key_);
    out.put(static_cast<std::uint64_t>(carry_->waiting()));
    carry_->each([&](int level, std::int64_t index, const Partial& sums) {
      out.put(static_cast<std::int64_t>(level));
      out.put(index);
      sums.write(out);
    });
    out.put(hash_bytes(out.bytes()));
    return out.take();
  }

  /// @param read  `std::unique_ptr<Partial> read(ByteReader&)`: what write() wrote.
  /// Raises FormatError `stream.invalid` for bytes that to_bytes() did not write, or that were cut or changed.
  template <class Read>
  static Accumulator from_bytes(std::string_view bytes, Read&& read) {
    constexpr std::size_t kTail = sizeof(std::uint64_t);
    std::uint64_t expected = 0;
    if (bytes.size() >= kTail) std::memcpy(&expected, bytes.data() + bytes.size() - kTail, kTail);
    ByteReader in(bytes.substr(0, bytes.size() < kTail ? 0 : bytes.size() - kTail));
    if (bytes.size() < kTail || hash_bytes(bytes.substr(0, bytes.size() - kTail)) != expected ||
        in.get<std::uint64_t>() != kMagic)
      throw invalid();
    Accumulator out(in.get<std::uint64_t>());
    const auto count = in.get<std::uint64_t>();
    for (std::uint64_t k = 0; k < count && in.ok(); ++k) {
      const auto level = in.get<std::int64_t>(), index = in.get<std::int64_t>();
      std::unique_ptr<Partial> sums = read(in);
      if (in.ok() && sums) out.carry_->add(index, std::move(sums), static_cast<int>(level));
    }
    if (!in.ok() || in.left() != 0) throw invalid();
    return out;
  }

  /// The total, null when nothing was added; leaves the accumulator empty.
  std::unique_ptr<Partial> finalize() { return carry_->finish(); }

 private:
  static constexpr std::uint64_t kMagic = 0x314d55534e424344ULL;  // "DCBNSUM1"

  static Error invalid() {
    return Error(ErrorKind::format, "stream.invalid", "These bytes hold no sums of a pass, or not all of them.",
                 "Hand over the bytes of to_bytes() unchanged.");
  }

  std::uint64_t key_;
  std::unique_ptr<parallel::BinaryCarry<Partial>> carry_ = std::make_unique<parallel::BinaryCarry<Partial>>();
};

}  // namespace deciban::stream
