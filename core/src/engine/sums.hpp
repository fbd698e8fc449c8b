#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "deciban/base/bytes.hpp"
#include "deciban/base/line_vector.hpp"
#include "deciban/engine/objective.hpp"
#include "kernels.hpp"
#include "plan.hpp"
#include "row_work.hpp"

namespace deciban::engine {

/// Where the sums of a plan stand in one array.
struct Layout {
  explicit Layout(const Plan& plan);

  std::vector<std::int64_t> group;    ///< tables: cells x record size, or cells
  std::int64_t gram = 0;              ///< (1 + dense)^2, upper: weights of the ones and the dense columns
  std::int64_t dense_score = 0;       ///< 1 + dense
  std::vector<std::int64_t> varying;  ///< cells x varying_size(): see Sums::add_varying
  std::vector<std::int64_t> pairs;    ///< of varying terms with codes and with earlier varying terms
  std::int64_t size = 0;
};

/// Sums of a varying term per cell: weight times its values, score times its values, their products among each other
/// and with the dense columns.
inline std::int64_t varying_size(const Varying& term, const Plan& plan) {
  return static_cast<std::int64_t>(term.width) * (2 + term.width + static_cast<std::int64_t>(plan.dense.size()));
}

/// Arrays that went out of use. Fresh memory from the system is slower than the sums themselves.
class SpareRoom {
 public:
  LineVector<double> take(std::size_t size);
  void give(LineVector<double>&& room);

 private:
  std::mutex mutex_;
  std::vector<LineVector<double>> rooms_;
};

/// Partial sums over rows, in the shape that a plan asks for.
struct Sums {
  Sums(const Layout& layout, SpareRoom& spare) : values(spare.take(layout.size)), spare_(spare) {}
  ~Sums() { spare_.give(std::move(values)); }
  Sums(const Sums&) = delete;
  Sums& operator=(const Sums&) = delete;
  void merge(const Sums& later);
  void write(ByteWriter& out) const;
  void read(ByteReader& in);

  bool counted = false;         ///< n and sum_w are those of weights of the model's own
  double n = 0.0, sum_w = 0.0;  ///< rows of positive weight, weights
  double deviance = 0.0, pearson = 0.0;
  std::int64_t invalid = 0;
  LineVector<double> values;

 private:
  SpareRoom& spare_;
};

/// Sums of several models that share a pass.
struct ModelSums {
  void merge(const ModelSums& later) {
    for (std::size_t k = 0; k < of.size(); ++k) of[k]->merge(*later.of[k]);
    if (visitor) visitor->merge(*later.visitor);
  }
  void write(ByteWriter& out) const {
    out.put(static_cast<std::uint64_t>(of.size()));
    for (const auto& sums : of) sums->write(out);
  }
  std::vector<std::unique_ptr<Sums>> of;
  std::unique_ptr<RowVisitor> visitor;  ///< of a pass in memory that shows its rows, else null
};

/// Adds blocks of rows to sums.
class Adder {
 public:
  Adder(const Plan& plan, const Layout& layout, const std::vector<JointCodes>& codes, const Kernels& kernels);
  void add(RowWork& rows, Sums& sums);

 private:
  void add_scalars(RowWork& rows, Sums& sums);
  void add_dense(RowWork& rows, Sums& sums);
  void add_groups(RowWork& rows, Sums& sums);
  void add_varying(RowWork& rows, Sums& sums);
  void add_varying_pairs(RowWork& rows, std::size_t v, Sums& sums);

  const Plan& plan_;
  const Layout& layout_;
  const std::vector<JointCodes>& codes_;
  const Kernels& kernels_;
  LineVector<double> gram_, weighted_, records_;
};

}  // namespace deciban::engine
