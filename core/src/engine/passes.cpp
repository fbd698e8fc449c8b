#include "coded_parts.hpp"
#include "deciban/base/bytes.hpp"
#include "deciban/base/error.hpp"

namespace deciban::engine {

namespace {

// What the sums of a pass are of.
std::uint64_t pass_key(const Layout& layout, const linalg::Matrix& betas, Information kind) {
  ByteWriter out;
  for (const auto at : layout.group) out.put(at);
  for (const auto at : {layout.gram, layout.dense_score, layout.size}) out.put(at);
  out.put(static_cast<std::int64_t>(betas.cols()));
  out.put(static_cast<std::int64_t>(kind));
  out.put(betas.values());
  return hash_bytes(out.bytes());
}

}  // namespace

struct Pass::State {
  SharedSums sums;
  int models;
};

Pass::Pass(std::unique_ptr<State> state) : state_(std::move(state)) {}
Pass::Pass(Pass&&) noexcept = default;
Pass& Pass::operator=(Pass&&) noexcept = default;
Pass::~Pass() = default;
void Pass::merge(Pass&& other) { state_->sums.merge(std::move(other.state_->sums)); }
std::string Pass::to_bytes() const { return state_->sums.to_bytes(); }

std::int64_t CodedObjective::blocks() const { return all_rows(parts_->design.rows).partials(); }

Pass CodedObjective::pass(const linalg::Matrix& betas, Information kind, const PassBlocks& blocks,
                          const RunContext& context) const {
  if (parts_->arrow)
    throw Error(ErrorKind::input, "stream.wide_factor", "A factor of so many levels cannot be summed in parts yet.",
                "Fit it in one process.");
  auto state =
      std::make_unique<Pass::State>(Pass::State{SharedSums(pass_key(parts_->layout, betas, kind)), betas.cols()});
  parts_->add_blocks(all_rows(parts_->design.rows), parts_->counts, blocks, betas.cols(),
                     parts_->fill_of(models_at(betas), kind), state->sums, context);
  return Pass(std::move(state));
}

Pass CodedObjective::read_pass(const std::string& bytes) const {
  int models = 0;
  auto sums = SharedSums::from_bytes(bytes, [&](ByteReader& in) {
    auto part = std::make_unique<ModelSums>();
    const auto count = in.get<std::uint64_t>();
    for (std::uint64_t k = 0; k < count && in.ok(); ++k) {
      part->of.push_back(std::make_unique<Sums>(parts_->layout, parts_->spare));
      part->of.back()->read(in);
    }
    models = static_cast<int>(part->of.size());
    return part;
  });
  return Pass(std::make_unique<Pass::State>(Pass::State{std::move(sums), models}));
}

std::vector<Evaluation> CodedObjective::finish(Pass&& pass) const {
  return parts_->finish(pass.state_->sums, pass.state_->models);
}

}  // namespace deciban::engine
