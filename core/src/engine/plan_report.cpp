#include "deciban/engine/plan_report.hpp"

#include <algorithm>

#include "arrow_rows.hpp"
#include "deciban/base/text.hpp"
#include "deciban/engine/coded_objective.hpp"
#include "plan.hpp"
#include "sums.hpp"

namespace deciban::engine {
namespace {

using design::Block;

constexpr std::int64_t kDouble = static_cast<std::int64_t>(sizeof(double));

std::string counted(std::int64_t count, const std::string& what) {
  return format_count(count) + " " + what + (count == 1 ? "" : "s");
}

// Codes and values of a block as they lie in memory.
void describe_storage(const Block& block, PlanLine& line) {
  const auto add = [&](const std::string& text) { line.stored += (line.stored.empty() ? "" : "; ") + text; };
  if (block.codes) {
    add("codes of " + counted(block.codes->width(), "byte"));
    line.bytes_per_row += block.codes->width();
  }
  for (const auto& part : block.parts) {
    if (part.codes) {
      add("dictionary of " + counted(part.codes->cells(), "value") + ", codes of " +
          counted(part.codes->width(), "byte"));
      line.bytes_per_row += part.codes->width();
    } else {
      add(part.width == 1 ? "a value per row" : format_count(part.width) + " values per row");
      line.bytes_per_row += static_cast<double>(kDouble * part.width);
    }
  }
}

bool all_coded(const Block& block) {
  return std::all_of(block.parts.begin(), block.parts.end(), [](const auto& part) { return part.codes != nullptr; });
}

// Levels when the block is taken as a code, without an upper end.
double level_count(const Block& block) {
  double levels = block.cells;
  for (const auto& part : block.parts) levels *= part.codes ? part.codes->cells() : 1;
  return levels;
}

class Report {
 public:
  Report(const design::CodedDesign& design, const std::vector<std::string>& labels)
      : whole_(design),
        labels_(labels),
        wide_(arrow_block(design, kArrowColumns)),
        core_(wide_ < 0 ? design : without_block(design, wide_)),
        plan_(make_plan(core_, std::vector<double>(static_cast<std::size_t>(core_.n_columns), 0.0))),
        layout_(plan_) {}

  std::vector<PlanLine> lines() {
    for (std::size_t b = 0; b < whole_.blocks.size(); ++b) add_term(static_cast<int>(b));
    if (wide_ >= 0) add_arrow();
    for (std::size_t g = 0; g < plan_.groups.size(); ++g) add_group(g);
    add_dense();
    for (std::size_t v = 0; v < plan_.varying.size(); ++v) add_varying(v);
    add_total();
    return std::move(lines_);
  }

 private:
  // Block of the whole design behind one of the core.
  int whole_block(int block) const { return wide_ >= 0 && block >= wide_ ? block + 1 : block; }
  const std::string& label(int core_block) const { return labels_[static_cast<std::size_t>(whole_block(core_block))]; }

  void add_term(int b) {
    const Block& block = whole_.blocks[static_cast<std::size_t>(b)];
    PlanLine line;
    line.part = "term";
    line.name = labels_[static_cast<std::size_t>(b)];
    describe_storage(block, line);
    line.cells = static_cast<std::int64_t>(std::min(level_count(block), 9e15));
    describe_entry(b, block, line);
    line.bytes_per_row = line.enters == "dense columns" || line.enters == "varying" ? line.bytes_per_row : 0.0;
    lines_.push_back(std::move(line));
  }

  void describe_entry(int b, const Block& block, PlanLine& line) const {
    if (b == wide_) {
      line.enters = "arrow";
      line.reason = "widest factor, " + format_count(kArrowColumns) + " columns or more";
      return;
    }
    const int core = wide_ >= 0 && b > wide_ ? b - 1 : b;
    const auto is_here = [&](const auto& item) { return item.block == core; };
    if (std::any_of(plan_.features.begin(), plan_.features.end(), is_here)) {
      line.enters = "levels of a joint code";
      line.reason = block.parts.empty() ? "a factor is its codes"
                    : block.codes       ? "coded values times a factor: the values meet the sums, not the rows"
                                        : counted(block.width, "column") +
                                        " of few distinct values: " + format_count(kWorthwhileWidth) +
                                        " or more are cheaper as one code";
    } else if (std::any_of(plan_.varying.begin(), plan_.varying.end(), is_here)) {
      line.enters = "varying";
      line.reason = all_coded(block) ? too_wide(block) : "a factor times a value per row";
    } else if (block.parts.empty() || block.width == 0) {
      line.enters = "nothing";
      line.reason = "no columns";
    } else {
      line.enters = "dense columns";
      line.reason = !all_coded(block)                ? "a value per row: too many distinct ones"
                    : block.width < kWorthwhileWidth ? counted(block.width, "column") + ": fewer than " +
                                                           format_count(kWorthwhileWidth) + " are cheaper by row"
                                                     : too_wide(block);
    }
  }

  static std::string too_wide(const Block& block) {
    return format_count(static_cast<std::int64_t>(std::min(level_count(block), 9e15))) + " levels: more than " +
           format_count(kLevelLimit) + ", or than " + format_count(kPairLimit) + " cells with the widest factor";
  }

  void add_arrow() {
    PlanLine line;
    line.part = "arrow";
    line.name = labels_[static_cast<std::size_t>(wide_)];
    line.stored = "row numbers and codes by level";
    line.enters = "sparse rows of sums, one per level";
    for (int b = 0; b < static_cast<int>(whole_.blocks.size()); ++b)
      if (b != wide_) line.covers.push_back(labels_[static_cast<std::size_t>(b)]);
    line.cells = whole_.blocks[static_cast<std::size_t>(wide_)].cells;
    line.bytes_per_row = 4.0 + 4.0 * static_cast<double>(plan_.codes.size()) + 2.0 * kDouble;
    line.work_per_row = 2.0 + (core_.intercept ? 1.0 : 0.0) + static_cast<double>(plan_.dense.size());
    for (const auto& feature : plan_.features) line.work_per_row += feature.width;
    for (const auto& term : plan_.varying) line.work_per_row += term.width;
    line.reason = "no table of its levels with those of others: most of its cells are empty";
    lines_.push_back(std::move(line));
  }

  std::vector<std::string> labels_of(const Group& group) const {
    std::vector<std::string> names;
    for (const int code : group.codes)
      for (const auto& feature : plan_.features)
        if (feature.code == code) names.push_back(label(feature.block));
    return names;
  }

  void add_group(std::size_t g) {
    const Group& group = plan_.groups[g];
    PlanLine line;
    line.part = "group";
    line.name = std::to_string(g + 1);
    const bool narrow = group.records || group.cells <= 65536;
    line.stored = std::string("joint codes of ") + (narrow ? "2" : "4") + " bytes";
    const int size = group.records ? plan_.record_size : 1;
    line.enters = group.records ? "records of weight, score" +
                                      std::string(plan_.dense.empty() ? "" : " and weighted dense columns")
                                : "weights";
    line.covers = labels_of(group);
    line.cells = group.cells;
    line.bytes = group.cells * size * kDouble;
    line.bytes_per_row = narrow ? 2.0 : 4.0;
    line.work_per_row = size;
    line.reason = group.records ? "each code has records in one group: as few as tables of " +
                                      format_count(kRecordDoubles) + " doubles allow, of few cells each"
                                : "the largest pair without a table, and codes that close most pairs within " +
                                      format_count(kWeightCells) + " cells";
    lines_.push_back(std::move(line));
  }

  void add_dense() {
    const auto k = static_cast<std::int64_t>(plan_.dense.size());
    if (k == 0) return;
    PlanLine line;
    line.part = "dense";
    line.name = counted(k, "column");
    line.stored = "a value per row";
    line.enters = "products of columns";
    for (const auto& column : plan_.dense)
      if (line.covers.empty() || line.covers.back() != label(column.block)) line.covers.push_back(label(column.block));
    line.cells = (k + 1) * (k + 1);
    line.bytes = line.cells * kDouble;
    line.work_per_row = static_cast<double>(k * (k + 5) / 2);
    line.reason = "every pair of dense columns";
    lines_.push_back(std::move(line));
  }

  void add_varying(std::size_t v) {
    const Varying& term = plan_.varying[v];
    PlanLine line;
    line.part = "varying";
    line.name = label(term.block);
    line.stored = "codes and values per row";
    line.enters = "products with every code and column";
    const std::int64_t columns = static_cast<std::int64_t>(term.cells) * term.width;
    line.cells = term.cells * varying_size(term, plan_);
    for (const auto& code : plan_.codes) line.cells += code.levels * columns;
    for (std::size_t u = 0; u < v; ++u) line.cells += columns * plan_.varying[u].cells * plan_.varying[u].width;
    line.bytes = line.cells * kDouble;
    line.work_per_row =
        static_cast<double>(varying_size(term, plan_)) + static_cast<double>(plan_.codes.size()) * term.width;
    for (std::size_t u = 0; u < v; ++u) line.work_per_row += term.width * plan_.varying[u].width;
    line.reason = "a table with each code";
    lines_.push_back(std::move(line));
  }

  void add_total() {
    PlanLine line;
    line.part = "total";
    for (const auto& other : lines_) {
      line.bytes_per_row += other.bytes_per_row;
      line.work_per_row += other.work_per_row;
    }
    line.cells = layout_.size;
    line.bytes = layout_.size * kDouble;
    line.reason = "one partial sum, per " + format_count(parallel::kReduceRows) + " rows";
    lines_.push_back(std::move(line));
  }

  const design::CodedDesign& whole_;
  const std::vector<std::string>& labels_;
  const int wide_;
  const design::CodedDesign core_;
  const Plan plan_;
  const Layout layout_;
  std::vector<PlanLine> lines_;
};

}  // namespace

std::vector<PlanLine> explain(const design::CodedDesign& design, const std::vector<std::string>& labels) {
  return Report(design, labels).lines();
}

}  // namespace deciban::engine
