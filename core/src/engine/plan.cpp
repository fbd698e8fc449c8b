#include "plan.hpp"

#include <algorithm>
#include <numeric>

namespace deciban::engine {
namespace {

using design::Block;

// Levels of a block when it is taken as a code: cells times the distinct values of its parts. 0: it has dense parts.
std::int64_t level_count(const Block& block) {
  std::int64_t levels = block.cells;
  for (const auto& part : block.parts) {
    if (!part.codes || levels > kLevelLimit) return 0;
    levels *= part.codes->cells();
  }
  return levels;
}

bool as_levels(const Block& block, std::int64_t widest) {
  if (block.parts.empty()) return block.codes != nullptr;
  const std::int64_t levels = level_count(block);
  if (levels == 0 || levels > kLevelLimit || levels * widest > kPairLimit) return false;
  return block.codes || block.width >= kWorthwhileWidth;
}

// Joint codes of a block and its parts; the block's own cells vary fastest.
std::shared_ptr<const data::Codes> joint_codes(const Block& block, std::int64_t rows, std::int64_t levels) {
  std::vector<std::shared_ptr<const data::Codes>> axes;
  if (block.codes) axes.push_back(block.codes);
  for (const auto& part : block.parts) axes.push_back(part.codes);
  if (axes.size() == 1) return axes[0];
  auto codes = std::make_shared<data::Codes>(rows, static_cast<std::int32_t>(levels));
  constexpr std::int64_t kPiece = 4096;
  std::vector<std::int32_t> joint(kPiece), piece(kPiece);
  for (std::int64_t begin = 0; begin < rows; begin += kPiece) {
    const int count = static_cast<int>(std::min(kPiece, rows - begin));
    std::fill(joint.begin(), joint.end(), 0);
    std::int32_t stride = 1;
    for (const auto& axis : axes) {
      axis->read(begin, count, piece.data());
      for (int i = 0; i < count; ++i) joint[i] += stride * piece[i];
      stride *= axis->cells();
    }
    codes->write(begin, count, joint.data());
  }
  return codes;
}

int find_or_add(Plan& plan, const std::shared_ptr<const data::Codes>& codes, int levels) {
  for (std::size_t c = 0; c < plan.codes.size(); ++c)
    if (plan.codes[c].codes == codes) return static_cast<int>(c);
  plan.codes.push_back({codes, levels});
  return static_cast<int>(plan.codes.size()) - 1;
}

Feature make_feature(Plan& plan, const Block& block, int index, std::int64_t rows, const std::vector<double>& anchors) {
  Feature feature;
  feature.block = index;
  feature.width = block.width;
  if (block.parts.empty()) {
    feature.code = find_or_add(plan, block.codes, block.cells);
    feature.columns = block.columns;
    return feature;
  }
  const std::int64_t levels = level_count(block);
  feature.code = find_or_add(plan, joint_codes(block, rows, levels), static_cast<int>(levels));
  for (std::int64_t level = 0; level < levels; ++level) {
    const std::int64_t cell = level % block.cells;
    for (int j = 0; j < block.width; ++j) {
      std::int64_t rest_level = level / block.cells;
      int rest_value = j;
      double value = 1.0;
      for (const auto& part : block.parts) {
        value *= part.column(rest_value % part.width)[rest_level % part.codes->cells()];
        rest_level /= part.codes->cells();
        rest_value /= part.width;
      }
      const int column = block.columns[static_cast<std::size_t>(cell) * block.width + j];
      feature.values.push_back(column < 0 ? value : value - anchors[static_cast<std::size_t>(column)]);
      feature.columns.push_back(column);
    }
  }
  return feature;
}

// Which of `count` groups takes each code, widest first into the group of fewest cells. Empty when one has no room.
std::vector<Group> balanced(const Plan& plan, const std::vector<int>& order, std::size_t count, std::int64_t room) {
  std::vector<Group> groups(count);
  for (const int code : order) {
    auto least = std::min_element(groups.begin(), groups.end(),
                                  [](const Group& a, const Group& b) { return a.cells < b.cells; });
    least->codes.push_back(code);
    least->cells *= plan.codes[static_cast<std::size_t>(code)].levels;
    if (least->codes.size() > 1 && least->cells > room) return {};
  }
  return groups;
}

// Codes in groups with records: the first number of balanced groups that have room.
void partition(Plan& plan) {
  std::vector<int> order(plan.codes.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return plan.codes[a].levels > plan.codes[b].levels; });
  const std::int64_t room = std::max<std::int64_t>(1, kRecordDoubles / plan.record_size);
  for (std::size_t count = 1; plan.groups.empty() && count <= order.size(); ++count)
    plan.groups = balanced(plan, order, count, room);
  for (auto& group : plan.groups) group.records = true;
}

class Cover {
 public:
  explicit Cover(Plan& plan) : plan_(plan), n_(plan.codes.size()), open_(n_ * n_, 1) {
    for (const auto& group : plan.groups) close(group);
  }

  // From the largest open pair on, adds the code that closes most pairs per added cell while there is room.
  void run() {
    for (;;) {
      Group group;
      if (!largest_open(group)) return;
      while (grow(group)) {
      }
      std::sort(group.codes.begin(), group.codes.end());
      close(group);
      plan_.groups.push_back(std::move(group));
    }
  }

 private:
  bool is_open(int a, int b) const {
    return open_[static_cast<std::size_t>(a) * n_ + static_cast<std::size_t>(b)] != 0;
  }

  void close(const Group& group) {
    for (const int a : group.codes)
      for (const int b : group.codes) open_[static_cast<std::size_t>(a) * n_ + static_cast<std::size_t>(b)] = 0;
  }

  bool largest_open(Group& group) const {
    group.cells = 0;
    for (int a = 0; a < static_cast<int>(n_); ++a)
      for (int b = a + 1; b < static_cast<int>(n_); ++b) {
        const std::int64_t cells = static_cast<std::int64_t>(plan_.codes[a].levels) * plan_.codes[b].levels;
        if (!is_open(a, b) || cells <= group.cells) continue;
        group.codes = {a, b};
        group.cells = cells;
      }
    return group.cells > 0;
  }

  bool grow(Group& group) const {
    int best = -1, best_closed = 0;
    for (int c = 0; c < static_cast<int>(n_); ++c) {
      if (std::find(group.codes.begin(), group.codes.end(), c) != group.codes.end()) continue;
      if (group.cells * plan_.codes[c].levels > kWeightCells) continue;
      int closed = 0;
      for (const int other : group.codes) closed += is_open(c, other);
      if (closed > best_closed ||
          (closed == best_closed && closed > 0 && plan_.codes[c].levels > plan_.codes[best].levels)) {
        best = c;
        best_closed = closed;
      }
    }
    if (best < 0) return false;
    group.codes.push_back(best);
    group.cells *= plan_.codes[best].levels;
    return true;
  }

  Plan& plan_;
  std::size_t n_;
  std::vector<char> open_;
};

void decode(const Plan& plan, Group& group) {
  std::int64_t stride = 1;
  for (const int code : group.codes) {
    const std::int64_t count = plan.codes[code].levels;
    group.levels.emplace_back();
    for (std::int64_t cell = 0; cell < group.cells; ++cell)
      group.levels.back().push_back(static_cast<std::int32_t>(cell / stride % count));
    stride *= count;
  }
}

int record_size(std::size_t dense) {
  const int used = 2 + static_cast<int>(dense);
  return used <= 2 ? 2 : used <= 4 ? 4 : (used + 7) / 8 * 8;
}

}  // namespace

int Plan::group_of(int a, int b) const {
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const auto& codes_of = groups[g].codes;
    const bool has_a = std::find(codes_of.begin(), codes_of.end(), a) != codes_of.end();
    if (has_a && std::find(codes_of.begin(), codes_of.end(), b) != codes_of.end()) return static_cast<int>(g);
  }
  return -1;
}

const std::vector<std::int32_t>& levels_in(const Group& group, int code) {
  const auto found = std::find(group.codes.begin(), group.codes.end(), code);
  return group.levels[static_cast<std::size_t>(found - group.codes.begin())];
}

Plan make_plan(const design::CodedDesign& design, const std::vector<double>& anchors) {
  Plan plan;
  std::int64_t widest = 1;
  for (const auto& block : design.blocks)
    if (block.parts.empty()) widest = std::max<std::int64_t>(widest, block.cells);
  for (std::size_t b = 0; b < design.blocks.size(); ++b) {
    const Block& block = design.blocks[b];
    const int index = static_cast<int>(b);
    if (as_levels(block, widest)) {
      plan.features.push_back(make_feature(plan, block, index, design.rows, anchors));
    } else if (block.codes) {
      plan.varying.push_back({index, block.cells, block.width, &block.columns});
    } else {
      for (int j = 0; j < block.width && !block.parts.empty(); ++j)
        plan.dense.push_back({index, j, block.columns[static_cast<std::size_t>(j)]});
    }
  }
  plan.record_size = record_size(plan.dense.size());
  partition(plan);
  for (auto& group : plan.groups) std::sort(group.codes.begin(), group.codes.end());
  Cover(plan).run();
  for (auto& group : plan.groups) decode(plan, group);
  return plan;
}

}  // namespace deciban::engine
