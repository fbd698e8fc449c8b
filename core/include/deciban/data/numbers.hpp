#pragma once
#include "deciban/base/config.hpp"

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

#include "deciban/data/column.hpp"

namespace deciban::data {

/// A double per row: values of its own, which copies share, or those of a column of the caller in place. The latter
/// live as long as the column does.
class Numbers {
 public:
  Numbers() = default;
  Numbers(std::vector<double> values) : own_(std::make_shared<std::vector<double>>(std::move(values))) {}
  Numbers(std::initializer_list<double> values) : Numbers(std::vector<double>(values)) {}
  /// False when the column does not hold its values as doubles side by side, NaN where they are missing.
  static bool in_place(const Column& column, Numbers& out);

  const double* data() const { return own_ ? own_->data() : borrowed_; }
  std::size_t size() const { return own_ ? own_->size() : size_; }
  bool empty() const { return size() == 0; }
  double operator[](std::size_t row) const { return data()[row]; }
  const double* begin() const { return data(); }
  const double* end() const { return data() + size(); }
  std::vector<double> to_vector() const { return {begin(), end()}; }
  /// The values to change, which nobody shares then.
  std::vector<double>& edit() {
    if (!own_ || own_.use_count() > 1) own_ = std::make_shared<std::vector<double>>(to_vector());
    return *own_;
  }

  friend bool operator==(const Numbers& a, const std::vector<double>& b) { return a.to_vector() == b; }

 private:
  std::shared_ptr<std::vector<double>> own_;
  const double* borrowed_ = nullptr;
  std::size_t size_ = 0;
  std::shared_ptr<const void> owner_;  // of what is borrowed, when it has one
};

}  // namespace deciban::data
