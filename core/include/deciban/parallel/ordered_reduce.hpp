#pragma once
#include "deciban/base/config.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "deciban/base/error.hpp"
#include "deciban/parallel/team.hpp"

namespace deciban::parallel {

/// Combines partial results 0, 1, 2, ... in the shape of a binary counter: partials 2k and 2k+1 of a level are merged
/// into partial k of the next one, left.merge(right), and what is left at the end is merged from the last to the first.
/// The shape depends on the number of partials only, and a stream that does not know it in advance builds the same one.
/// Thread-safe: partials may arrive in any order.
template <class Partial>
class BinaryCarry {
 public:
  /// @param level  how often two partials were merged to make this one, which has the number `index` among its like.
  /// Raises InputError `stream.block_twice` when it is there already.
  void add(std::int64_t index, std::unique_ptr<Partial> partial, int level = 0) {
    for (;;) {
      std::unique_ptr<Partial> sibling;
      {
        std::lock_guard<std::mutex> lock(mutex_);
        const auto found = waiting_.find({level, index ^ 1});
        if (found == waiting_.end()) {
          if (waiting_.emplace(std::make_pair(level, index), std::move(partial)).second) return;
          throw Error(ErrorKind::input, "stream.block_twice",
                      "Block " + std::to_string(index) + " of the rows was added twice.", "Add each block once.",
                      Document::object({{"block", index}}));
        }
        sibling = std::move(found->second);
        waiting_.erase(found);
      }
      if (index & 1) std::swap(partial, sibling);
      partial->merge(*sibling);
      sibling.reset();
      index >>= 1;
      ++level;
    }
  }

  std::size_t waiting() const { return waiting_.size(); }
  /// Calls `body(level, index, partial)` for the partials that wait for others.
  template <class Body>
  void each(Body&& body) const {
    for (const auto& entry : waiting_) body(entry.first.first, entry.first.second, *entry.second);
  }
  /// The same, and hands them over.
  template <class Body>
  void drain(Body&& body) {
    auto waiting = std::move(waiting_);
    waiting_.clear();
    for (auto& entry : waiting) body(entry.first.first, entry.first.second, std::move(entry.second));
  }

  /// The total, or null when nothing was added. Leaves the object empty.
  std::unique_ptr<Partial> finish() {
    std::unique_ptr<Partial> total;  // keys ascend by level: the last partials have the lowest levels
    for (auto& entry : waiting_) {
      if (total) entry.second->merge(*total);
      total = std::move(entry.second);
    }
    waiting_.clear();
    return total;
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<int, std::int64_t>, std::unique_ptr<Partial>> waiting_;
};

/// Makes one Partial per item, in parallel, and merges them in an order that depends on `items` only.
/// @param make  `std::unique_ptr<Partial> make(item)`
template <class Partial, class Make>
std::unique_ptr<Partial> ordered_reduce(const RunContext& context, std::int64_t items, Make&& make) {
  BinaryCarry<Partial> carry;
  for_each(context, items, [&](std::int64_t item) { carry.add(item, make(item)); });
  return carry.finish();
}

}  // namespace deciban::parallel
