#include "sums.hpp"

#include <algorithm>

namespace deciban::engine {

using parallel::kComputeRows;

namespace {

constexpr int kRecordRows = 64;  // records of so many rows are made at a time

std::int64_t columns_of(const Varying& term) { return static_cast<std::int64_t>(term.cells) * term.width; }

}  // namespace

Layout::Layout(const Plan& plan) {
  const auto take = [&](std::int64_t count) {
    const std::int64_t at = size;
    size += (count + 7) / 8 * 8;
    return at;
  };
  for (const auto& g : plan.groups) group.push_back(take(g.cells * (g.records ? plan.record_size : 1)));
  const auto k = static_cast<std::int64_t>(plan.dense.size()) + 1;
  gram = take(k * k);
  dense_score = take(k);
  for (const auto& term : plan.varying) varying.push_back(take(term.cells * varying_size(term, plan)));
  for (std::size_t v = 0; v < plan.varying.size(); ++v) {
    for (const auto& code : plan.codes) pairs.push_back(take(code.levels * columns_of(plan.varying[v])));
    for (std::size_t u = 0; u < v; ++u)
      pairs.push_back(take(columns_of(plan.varying[u]) * columns_of(plan.varying[v])));
  }
}

LineVector<double> SpareRoom::take(std::size_t size) {
  LineVector<double> room;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!rooms_.empty()) {
      room = std::move(rooms_.back());
      rooms_.pop_back();
    }
  }
  room.assign(size, 0.0);
  return room;
}

void SpareRoom::give(LineVector<double>&& room) {
  std::lock_guard<std::mutex> lock(mutex_);
  rooms_.push_back(std::move(room));
}

void Sums::write(ByteWriter& out) const {
  for (const double value : {n, sum_w, deviance, pearson}) out.put(value);
  out.put(invalid);
  out.put(values);
}

void Sums::read(ByteReader& in) {
  for (double* value : {&n, &sum_w, &deviance, &pearson}) *value = in.get<double>();
  invalid = in.get<std::int64_t>();
  in.get(values);
}

void Sums::merge(const Sums& later) {
  n += later.n;
  sum_w += later.sum_w;
  deviance += later.deviance;
  pearson += later.pearson;
  invalid += later.invalid;
  double* to = values.data();
  const double* from = later.values.data();
  for (std::size_t i = 0; i < values.size(); ++i) to[i] += from[i];
}

Adder::Adder(const Plan& plan, const Layout& layout, const std::vector<JointCodes>& codes, const Kernels& kernels)
    : plan_(plan), layout_(layout), codes_(codes), kernels_(kernels) {
  gram_.resize(plan.dense.size() * (plan.dense.size() + 2));
  weighted_.resize(4 * kComputeRows);
  records_.resize(static_cast<std::size_t>(plan.record_size) * kRecordRows);
}

void Adder::add(RowWork& rows, Sums& sums) {
  add_scalars(rows, sums);
  add_dense(rows, sums);
  add_groups(rows, sums);
  add_varying(rows, sums);
}

void Adder::add_scalars(RowWork& rows, Sums& sums) {
  sums.deviance += kernels_.dot(rows.weight, rows.deviance, rows.n);
  sums.pearson += kernels_.sum(rows.pearson, rows.n);
  sums.invalid += rows.invalid;
}

// The ones stand before the dense columns. Their own weight comes from plain sums.
void Adder::add_dense(RowWork& rows, Sums& sums) {
  const int k = static_cast<int>(plan_.dense.size());
  double* gram = sums.values.data() + layout_.gram;
  double* score = sums.values.data() + layout_.dense_score;
  gram[0] += kernels_.sum(rows.information, rows.n);
  score[0] += kernels_.sum(rows.score, rows.n);
  if (k == 0) return;
  std::fill(gram_.begin(), gram_.end(), 0.0);
  double* margins = gram_.data() + static_cast<std::ptrdiff_t>(k) * k;
  kernels_.gram(rows.dense(0), rows.information, rows.score, k, kComputeRows, rows.n, weighted_.data(), gram_.data(),
                margins);
  for (int j = 0; j < k; ++j) {
    gram[1 + j] += margins[2 * j];
    score[1 + j] += margins[2 * j + 1];
  }
  for (int i = 0; i < k; ++i)
    for (int j = i; j < k; ++j) gram[(1 + i) * (1 + k) + 1 + j] += gram_[static_cast<std::size_t>(i) * k + j];
}

void Adder::add_groups(RowWork& rows, Sums& sums) {
  const int size = plan_.record_size, k = static_cast<int>(plan_.dense.size());
  const bool any_records = !plan_.groups.empty() && plan_.groups[0].records;
  for (int first = 0; first < rows.n && any_records; first += kRecordRows) {
    const int count = std::min(kRecordRows, rows.n - first);
    double* record = records_.data();
    kernels_.make_records(rows.information + first, rows.score + first, k ? rows.dense(0) + first : nullptr, k,
                          kComputeRows, size, count, record);
    for (std::size_t g = 0; g < plan_.groups.size() && plan_.groups[g].records; ++g)
      kernels_.add_records(codes_[g].narrow.data() + rows.begin + first, record, size, count,
                           sums.values.data() + layout_.group[g]);
  }
  for (std::size_t g = 0; g < plan_.groups.size(); ++g) {
    if (plan_.groups[g].records) continue;
    double* table = sums.values.data() + layout_.group[g];
    if (codes_[g].wide.empty()) {
      kernels_.add_weights(codes_[g].narrow.data() + rows.begin, rows.information, rows.n, table);
    } else {
      const std::uint32_t* codes = codes_[g].wide.data() + rows.begin;
      for (int i = 0; i < rows.n; ++i) table[codes[i]] += rows.information[i];
    }
  }
}

void Adder::add_varying(RowWork& rows, Sums& sums) {
  if (plan_.varying.empty()) return;
  std::int32_t codes[kComputeRows];
  const std::size_t k = plan_.dense.size();
  for (std::size_t v = 0; v < plan_.varying.size(); ++v) {
    const Varying& term = plan_.varying[v];
    rows.varying_codes(v, codes);
    const std::int64_t size = varying_size(term, plan_);
    for (int i = 0; i < rows.n; ++i) {
      double* cell = sums.values.data() + layout_.varying[v] + size * codes[i];
      for (int j = 0; j < term.width; ++j) {
        const double u = rows.varying(v, j)[i], weighted = rows.information[i] * u;
        *cell++ += weighted;
        *cell++ += rows.score[i] * u;
        for (int l = 0; l < term.width; ++l) *cell++ += weighted * rows.varying(v, l)[i];
        for (std::size_t d = 0; d < k; ++d) *cell++ += weighted * rows.dense(d)[i];
      }
    }
    add_varying_pairs(rows, v, sums);
  }
}

// Tables of (code, cell and value of the term) and of (cell and value of an earlier term, those of the term).
void Adder::add_varying_pairs(RowWork& rows, std::size_t v, Sums& sums) {
  const Varying& term = plan_.varying[v];
  std::size_t pair = 0;
  for (std::size_t before = 0; before < v; ++before) pair += plan_.codes.size() + before;
  std::int32_t own[kComputeRows], other[kComputeRows];
  rows.varying_codes(v, own);
  for (const auto& code : plan_.codes) {
    double* table = sums.values.data() + layout_.pairs[pair++];
    code.codes->read(rows.begin, rows.n, other);
    for (int j = 0; j < term.width; ++j)
      for (int i = 0; i < rows.n; ++i)
        table[other[i] * columns_of(term) + own[i] * term.width + j] += rows.information[i] * rows.varying(v, j)[i];
  }
  for (std::size_t u = 0; u < v; ++u) {
    const Varying& earlier = plan_.varying[u];
    double* table = sums.values.data() + layout_.pairs[pair++];
    rows.varying_codes(u, other);
    for (int l = 0; l < earlier.width; ++l)
      for (int j = 0; j < term.width; ++j)
        for (int i = 0; i < rows.n; ++i)
          table[(other[i] * earlier.width + l) * columns_of(term) + own[i] * term.width + j] +=
              rows.information[i] * rows.varying(u, l)[i] * rows.varying(v, j)[i];
  }
}

}  // namespace deciban::engine
