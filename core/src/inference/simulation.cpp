#include "deciban/inference/simulation.hpp"

#include <cmath>

#include "deciban/math/rng.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"

namespace deciban::inference {

Simulation::Simulation(families::ResponseLaw law, const families::Link& link, double dispersion,
                       const std::vector<double>& eta, data::Numbers weights)
    : law_(std::move(law)),
      dispersion_(dispersion),
      weights_(std::move(weights)),
      mu_(eta.size()),
      complement_(eta.size()) {
  double slope[parallel::kComputeRows];
  parallel::for_compute_blocks({0, static_cast<std::int64_t>(eta.size())}, [&](std::int64_t begin, int n) {
    families::inverse_link_block(link, eta.data() + begin,
                                 {mu_.data() + begin, complement_.data() + begin, slope, nullptr}, n);
  });
}

// The set is part of the key, the row the index of the stream.
void Simulation::draw(std::uint64_t seed, std::uint64_t purpose, std::int64_t index, const RunContext& context,
                      double* out) const {
  const std::uint64_t key = math::Stream(seed, purpose, static_cast<std::uint64_t>(index)).bits();
  const std::int64_t rows = static_cast<std::int64_t>(mu_.size());
  parallel::for_each(context, parallel::block_count(rows), [&](std::int64_t block) {
    const parallel::RowRange range = parallel::block_range(rows, block);
    for (std::int64_t i = range.begin; i < range.end; ++i) {
      const std::size_t k = static_cast<std::size_t>(i);
      const double w = weights_.empty() ? 1.0 : weights_[k];
      math::Stream stream(seed, key, static_cast<std::uint64_t>(i));
      out[k] = std::isnan(mu_[k]) || !law_.valid_weight(w)
                   ? std::nan("")
                   : law_.draw(stream, {mu_[k], complement_[k], dispersion_, w, law_.family().theta});
    }
  });
}

}  // namespace deciban::inference
