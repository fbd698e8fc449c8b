// Values per row: predictions on new data, residuals and fitted values on the training data.
#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>

#include "arguments.hpp"
#include "deciban/base/text.hpp"
#include "deciban/design/learn.hpp"
#include "deciban/diagnostics/residuals.hpp"
#include "deciban/engine/coded_objective.hpp"
#include "deciban/models/glm.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"
#include "training_rows.hpp"

namespace deciban::models {
namespace {

using parallel::kComputeRows;

enum class RowKind { response, pearson, deviance, working, anscombe, fitted, linear, prior_weights };

RowKind row_kind(const std::string& what) {
  const std::pair<const char*, RowKind> kinds[] = {
      {"response", RowKind::response}, {"pearson", RowKind::pearson},
      {"deviance", RowKind::deviance}, {"working", RowKind::working},
      {"anscombe", RowKind::anscombe}, {"fitted", RowKind::fitted},
      {"linear", RowKind::linear},     {"prior_weights", RowKind::prior_weights}};
  for (const auto& kind : kinds)
    if (what == kind.first) return kind.second;
  throw Error(
      ErrorKind::input, "input.type", "`type` is \"" + what + "\".",
      "Residuals are of type \"deviance\", \"pearson\", \"response\", \"working\", \"anscombe\" or \"quantile\".",
      Document::object({{"argument", "type"}, {"value", what}}));
}

// eta -> mean, in place
void to_means(const families::Link& link, std::vector<double>& eta, const RunContext& context) {
  const std::int64_t rows = static_cast<std::int64_t>(eta.size());
  parallel::for_each(context, parallel::block_count(rows), [&](std::int64_t block) {
    double mu[kComputeRows], complement[kComputeRows], slope[kComputeRows];
    parallel::for_compute_blocks(parallel::block_range(rows, block), [&](std::int64_t begin, int n) {
      families::inverse_link_block(link, eta.data() + begin, {mu, complement, slope, nullptr}, n);
      for (int i = 0; i < n; ++i) eta[begin + i] = mu[i];
    });
  });
}

void residual_block(const GlmModel& model, RowKind kind, const double* y, const double* w, double* values, int n) {
  double mu[kComputeRows], complement[kComputeRows], slope[kComputeRows], part[kComputeRows];
  double residuals[kComputeRows];
  families::inverse_link_block(model.link, values, {mu, complement, slope, nullptr}, n);
  families::residual_block(model.family, y, mu, complement, residuals, n);
  if (kind == RowKind::anscombe) return diagnostics::anscombe_block(model.family, y, mu, complement, w, values, n);
  if (kind == RowKind::pearson) families::variance_block(model.family, mu, complement, part, n);
  if (kind == RowKind::deviance) families::unit_deviance_block(model.family, y, mu, complement, part, n);
  for (int i = 0; i < n; ++i) {
    const double residual = residuals[i], weight = w ? w[i] : 1.0;
    switch (kind) {
      case RowKind::response:
        values[i] = residual;
        break;
      case RowKind::pearson:
        values[i] = residual * std::sqrt(weight / part[i]);
        break;
      case RowKind::deviance: {
        const double size = std::sqrt(std::max(0.0, weight * part[i]));
        values[i] = residual < 0.0 ? -size : size;
        break;
      }
      case RowKind::working:
        values[i] = residual / slope[i];
        break;
      case RowKind::fitted:
        values[i] = mu[i];
        break;
      case RowKind::prior_weights:
        values[i] = weight;
        break;
      case RowKind::anscombe:
      case RowKind::linear:
        break;
    }
  }
}

}  // namespace

std::vector<double> predict(const GlmModel& model, const Document& document, const data::Table& data,
                            const data::Table& vectors, const RunContext& context) {
  const parallel::FloatingPointGuard guard;
  const Arguments arguments(document, {"type", "exposure", "offset", "unseen"});
  const std::string type = arguments.text("type", "response");
  if (type != "response" && type != "link")
    throw Error(ErrorKind::input, "input.type", "`type` is \"" + type + "\".", "Use \"response\" or \"link\".",
                Document::object({{"argument", "type"}, {"value", type}}));
  const design::UnseenLevel unseen =
      arguments.has("unseen") ? design::make_unseen_level(arguments.text("unseen", "")) : model.spec.unseen;
  const design::CodedDesign design = design::code_new_rows(model.spec, unseen, data, context);
  const std::vector<double> offset = design::offset_of_new_rows(
      model.spec, arguments.column("exposure", data), arguments.column("offset", data), model.link, data, vectors);
  std::vector<double> values = engine::linear_predictor(design, model.coefficients, offset, context);
  if (type == "response") to_means(model.link, values, context);
  return values;
}

std::vector<double> row_values(const GlmModel& model, const std::string& what, const data::Table& data,
                               const data::Table& vectors, const RunContext& context, std::vector<std::int64_t>& kept) {
  const parallel::FloatingPointGuard guard;
  const RowKind kind = row_kind(what);
  const TrainingRows again(model, data, vectors, context);
  const design::TrainingData& training = again.training();
  std::vector<double> values = engine::linear_predictor(training.design, model.coefficients, training.offset, context);
  if (kind != RowKind::linear)
    parallel::for_each(context, parallel::block_count(training.design.rows), [&](std::int64_t block) {
      parallel::for_compute_blocks(parallel::block_range(training.design.rows, block), [&](std::int64_t begin, int n) {
        const double* w = training.weights.empty() ? nullptr : training.weights.data() + begin;
        residual_block(model, kind, training.y.data() + begin, w, values.data() + begin, n);
      });
    });
  kept = again.labelled_rows();
  return again.spread(std::move(values));
}

std::vector<std::string> required_columns(const GlmModel& model, bool with_response) {
  return design::required_columns(model.spec, with_response);
}

}  // namespace deciban::models
