#include "deciban/base/config.hpp"

#include <cmath>

#include "deciban/base/error.hpp"
#include "scorecard_parts.hpp"

namespace deciban::models {
namespace {

Document variable_document(const ScorecardVariable& variable) {
  return Document::object({{"used", variable.used},
                           {"reason", variable.reason},
                           {"coefficient", variable.coefficient},
                           {"std_error", variable.std_error},
                           {"points", variable.points},
                           {"unseen_points", variable.unseen_points}});
}

ScorecardVariable read_variable(const Document& document) {
  ScorecardVariable variable;
  variable.used = document.at("used").as_bool("used");
  variable.reason = document.at("reason").as_string("reason");
  variable.coefficient = document.at("coefficient").as_double("coefficient");
  variable.std_error = document.at("std_error").as_double("std_error");
  variable.points = document.at("points").as_doubles("points");
  variable.unseen_points = document.at("unseen_points").as_double("unseen_points");
  return variable;
}

void require(bool fits, const char* what) {
  if (fits) return;
  throw Error(ErrorKind::format, "format.invalid", std::string("The scorecard has an unusable `") + what + "`.",
              "The file was written by something else, or changed by hand.", Document::object({{"what", what}}));
}

}  // namespace

Document Scorecard::document() const {
  Document out = Document::object({{"base_score", base_score},
                                   {"base_odds", base_odds},
                                   {"pdo", pdo},
                                   {"digits", digits},
                                   {"intercept", intercept},
                                   {"intercept_error", intercept_error},
                                   {"events", events},
                                   {"non_events", non_events},
                                   {"auc", auc},
                                   {"ks", ks},
                                   {"score_edges", score_edges},
                                   {"score_weights", score_weights},
                                   {"score_squares", score_squares},
                                   {"arguments", options}});
  Document list = Document::array();
  for (const ScorecardVariable& variable : variables) list.push(variable_document(variable));
  out.set("scorecard", std::move(list));
  out.set("binner", binner.document());
  return out.set("warnings", to_document(fit_warnings));
}

Scorecard scorecard_from_document(const Document& document) {
  Scorecard card;
  card.binner = binner_from_document(document.at("binner"));
  require(card.binner.target == binning::TargetKind::binary, "binner");
  for (const Document& variable : document.at("scorecard").items("scorecard"))
    card.variables.push_back(read_variable(variable));
  require(card.variables.size() == card.binner.variables.size(), "scorecard");
  for (std::size_t k = 0; k < card.variables.size(); ++k)
    require(!card.variables[k].used ||
                card.variables[k].points.size() == static_cast<std::size_t>(card.binner.variables[k].bins.size()),
            "points");
  card.base_score = document.at("base_score").as_double("base_score");
  card.base_odds = document.at("base_odds").as_double("base_odds");
  card.pdo = document.at("pdo").as_double("pdo");
  card.digits = static_cast<int>(document.at("digits").as_int("digits"));
  card.intercept = document.at("intercept").as_double("intercept");
  card.intercept_error = document.at("intercept_error").as_double("intercept_error");
  card.events = document.at("events").as_double("events");
  card.non_events = document.at("non_events").as_double("non_events");
  card.auc = document.at("auc").as_double("auc");
  card.ks = document.at("ks").as_double("ks");
  card.score_edges = document.at("score_edges").as_doubles("score_edges");
  card.score_weights = document.at("score_weights").as_doubles("score_weights");
  card.score_squares = document.at("score_squares").as_doubles("score_squares");
  require(card.score_weights.size() == card.score_edges.size() + 1, "score_weights");
  require(card.score_squares.empty() || card.score_squares.size() == card.score_weights.size(), "score_squares");
  card.options = document.at("arguments");
  card.fit_warnings = warnings_from_document(document.at("warnings"));
  return card;
}

}  // namespace deciban::models
